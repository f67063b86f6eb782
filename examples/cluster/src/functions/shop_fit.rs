//! The aggregate `shop_fit(history, as_of, options)`.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{ScalarValue, exec_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};
use repurchase::shop::{ShopModels, ShopOptions, ShopTally};
use serde::Serialize;

use super::{coerced, date, read, refused, text};
use crate::history::histories;

const NAME: &str = "shop_fit";

/// The models of a shop, as JSON; null where there is no history.
///
/// What travels between machines is a tally of some of the customers: of two groups, the merged one is that of both.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct ShopFit {
    signature: Signature,
}

impl Default for ShopFit {
    fn default() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for ShopFit {
    fn name(&self) -> &'static str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        coerced(NAME, arguments)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn state_fields(&self, arguments: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |part| Arc::new(Field::new(format_state_name(arguments.name, part), DataType::Utf8, true));
        Ok(vec![field("tally"), field("options")])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Fold::default()))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

#[derive(Debug, Default)]
struct Fold(Option<(ShopTally, ShopOptions)>);

impl Accumulator for Fold {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [column, literals @ ..] = values else { return exec_err!("{NAME} has no argument") };
        if column.is_empty() {
            return Ok(());
        }
        let (tally, _) = match &mut self.0 {
            Some(part) => part,
            none => {
                let literals = literals.iter().map(|literal| ScalarValue::try_from_array(literal, 0));
                let literals = literals.collect::<Result<Vec<_>>>()?;
                let options: ShopOptions = read("the options of a shop", text(literals.get(1))?)?;
                none.insert((ShopTally::new(date(literals.first())?, &options), options))
            }
        };
        histories(column.as_ref())?.iter().flatten().try_for_each(|history| tally.add(history)).map_err(refused)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let column = |at: usize| states.get(at).and_then(|column| column.as_string_opt::<i32>());
        let Some((tallies, options)) = column(0).zip(column(1)) else {
            return exec_err!("{NAME}: a partial state is of another build");
        };
        for (tally, options) in tallies.iter().zip(options).filter_map(|(tally, options)| tally.zip(options)) {
            let other: ShopTally = read("a tally of a shop", tally)?;
            match &mut self.0 {
                Some((tally, _)) => tally.merge(&other).map_err(refused)?,
                none => *none = Some((other, read("the options of a shop", options)?)),
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let (tally, options) = self.0.as_ref().map(|(tally, options)| (json(tally), json(options))).unzip();
        Ok(vec![ScalarValue::Utf8(tally.transpose()?), ScalarValue::Utf8(options.transpose()?)])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let fit = |(tally, options)| json(&ShopModels::fit_tally(&tally, &options).map_err(refused)?);
        Ok(ScalarValue::Utf8(self.0.take().map(fit).transpose()?))
    }

    fn size(&self) -> usize {
        // A customer makes seven entries at most, of a value and a count each.
        size_of::<Self>() + self.0.as_ref().map_or(0, |(tally, _)| tally.customers() as usize * 7 * 32)
    }
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(refused)
}
