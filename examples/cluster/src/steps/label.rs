//! `label_customers(customer_id, history, place, settings)`.

use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use repurchase::Ledger;
use repurchase::shop::ShopModels;
use repurchase_segment::customers;
use repurchase_segment::overview::Counted;
use repurchase_segment::shop::level;
use serde::{Deserialize, Serialize};

use super::sums::Sums;
use super::{LABEL_TASK, Step, fault, json, read, refused, task, unique};
use crate::history::{history_type, with_scale};
use crate::place::{Place, PlaceWriter};
use crate::table::TableWriter;

/// As what the customers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
pub(crate) enum Format {
    Csv,
    Parquet,
}

impl Format {
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// By what the customers are labelled, and how they are written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LabelTask {
    pub(crate) as_of: NaiveDate,
    /// The decimals of the finest amount.
    pub(crate) scale: u32,
    pub(crate) models: ShopModels,
    /// Whether a day with a purchase is what may be repeated, and not a purchase.
    pub(crate) by_day: bool,
    pub(crate) format: Format,
}

/// The files of all customers, and what they add up to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Labelled {
    pub(crate) files: Vec<Part>,
    pub(crate) counted: Counted,
}

/// A file, and the customers in it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) file: String,
    /// The smallest id, by which the files have an order.
    pub(crate) first: String,
    pub(crate) customers: u64,
}

#[derive(Debug, Default)]
pub(super) struct LabelCustomers {
    known: Option<Known>,
    file: Option<(Part, TableWriter<PlaceWriter>)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Known {
    task: LabelTask,
    sums: Sums,
    files: Vec<Part>,
}

impl LabelCustomers {
    fn finish(&mut self) -> Result<Option<Known>> {
        if let (Some((part, table)), Some(known)) = (self.file.take(), &mut self.known) {
            table.finish()?.finish()?;
            known.files.push(part);
        }
        Ok(self.known.take())
    }
}

impl Step for LabelCustomers {
    const NAME: &'static str = "label_customers";

    fn columns() -> Vec<DataType> {
        vec![DataType::Utf8, history_type()]
    }

    fn add(&mut self, place: &Arc<Place>, columns: &[ArrayRef]) -> Result<()> {
        let [ids, histories] = columns else { return Err(fault(Self::NAME)) };
        let Known { task, sums, .. } = match &mut self.known {
            Some(known) => known,
            none => {
                let task: LabelTask = task(place, LABEL_TASK)?;
                let sums = Sums::new(&task.models);
                none.insert(Known { task, sums, files: Vec::new() })
            }
        };
        let ids = ids.as_string::<i32>().iter().map(|id| id.unwrap_or_default().to_owned());
        let ledger =
            Ledger::from_histories(ids.zip(with_scale(histories, task.scale)?), task.as_of).map_err(refused)?;
        let profiles = task.models.profile_all(&ledger).map_err(refused)?;
        sums.add(&ledger, &profiles).map_err(refused)?;
        let Some(first) = ledger.ids().first() else { return Ok(()) };
        let (part, table) = match &mut self.file {
            Some(file) => file,
            none => {
                let file = unique("customers", task.format.extension());
                let part = Part { file, first: first.clone(), customers: 0 };
                let writer = PlaceWriter::new(place, part.file.clone());
                none.insert((part, TableWriter::new(writer, task.format, task.scale)?))
            }
        };
        let mut rows = Vec::new();
        let level = level().map_err(refused)?;
        customers::write_rows(&ledger, &profiles, Some(&task.models), level, &mut rows)?;
        table.write(&rows)?;
        part.customers += ledger.len() as u64;
        Ok(())
    }

    fn merge(&mut self, state: &str) -> Result<()> {
        let other: Known = read("what customers add up to", state)?;
        match &mut self.known {
            Some(known) => {
                known.files.extend(other.files);
                known.sums.merge(other.sums).map_err(refused)?;
            }
            none => *none = Some(other),
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Option<String>> {
        self.finish()?.as_ref().map(json).transpose()
    }

    fn answer(&mut self) -> Result<Option<String>> {
        let Some(Known { task, sums, mut files }) = self.finish()? else { return Ok(None) };
        files.sort_by(|left, right| left.first.cmp(&right.first));
        let counted = sums.counted(&task.models, task.by_day).map_err(refused)?;
        Ok(Some(json(&Labelled { files, counted })?))
    }
}
