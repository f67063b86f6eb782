//! `fit_shop(history, place, settings)`.

use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use repurchase::shop::{ShopModels, ShopOptions, ShopTally};
use serde::{Deserialize, Serialize};

use super::{FIT_TASK, Step, fault, json, read, refused, task};
use crate::history::{history_type, with_scale};
use crate::place::Place;

/// What the models are fitted to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FitTask {
    pub(crate) as_of: NaiveDate,
    /// The decimals of the finest amount.
    pub(crate) scale: u32,
    pub(crate) options: ShopOptions,
}

/// Tallies merge where the last of them come together, which is on an executor; the client gets the models.
#[derive(Debug, Default)]
pub(super) struct FitShop(Option<(FitTask, ShopTally)>);

#[derive(Serialize, Deserialize)]
struct Part {
    task: FitTask,
    tally: ShopTally,
}

impl Step for FitShop {
    const NAME: &'static str = "fit_shop";

    fn columns() -> Vec<DataType> {
        vec![history_type()]
    }

    fn add(&mut self, place: &Arc<Place>, columns: &[ArrayRef]) -> Result<()> {
        let [histories] = columns else { return Err(fault(Self::NAME)) };
        let (task, tally) = match &mut self.0 {
            Some(part) => part,
            none => {
                let task: FitTask = task(place, FIT_TASK)?;
                let tally = ShopTally::new(task.as_of, &task.options);
                none.insert((task, tally))
            }
        };
        with_scale(histories, task.scale)?.iter().try_for_each(|history| tally.add(history)).map_err(refused)
    }

    fn merge(&mut self, state: &str) -> Result<()> {
        let Part { task, tally: other } = read("a tally of a shop", state)?;
        match &mut self.0 {
            Some((_, tally)) => tally.merge(&other).map_err(refused)?,
            none => *none = Some((task, other)),
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Option<String>> {
        self.0.take().map(|(task, tally)| json(&Part { task, tally })).transpose()
    }

    fn answer(&mut self) -> Result<Option<String>> {
        let bought = self.0.take().filter(|(_, tally)| tally.customers() > 0);
        let fit = |(task, tally): (FitTask, _)| ShopModels::fit_tally(&tally, &task.options).map_err(refused);
        bought.map(|part| json(&fit(part)?)).transpose()
    }

    fn size(&self) -> usize {
        // A customer makes seven entries at most, of a value and a count each.
        size_of::<Self>() + self.0.as_ref().map_or(0, |(_, tally)| tally.customers() as usize * 7 * 32)
    }
}
