//! The library as SQL functions.
//!
//! | function | of | gives |
//! |---|---|---|
//! | `order_fact(customer_id, placed_at, amount, status, refunded, offset)` | a row | its day, net amount, decimals |
//! | `purchase_history(day, amount[, kind])` | a customer's rows | the history: a struct |
//! | `rfm_fit(history, as_of, bins, occasion)` | all histories | the cut points, as JSON |
//! | `tier_fit(history)` | all histories | the tiers' lower ends, as JSON |
//! | `purchase_fit(history, as_of, model)` | all histories | parameters such as `r=..,alpha=..,a=..,b=..` |
//! | `spend_fit(history, as_of)` | all histories | parameters such as `p=..,q=..,gamma=..` |
//! | `rfm_score(history, rfm)` | a history | a struct of `r`, `f` and `m` |
//! | `rf_segment(history, rfm)` | a history | the named segment of five bins |
//! | `frequency_band(history)` | a history | the band of the mean gap |
//! | `membership_tier(history, tiers)` | a history | the tier |
//! | `cycles_missed(history, as_of)` | a history | missed purchase cycles |
//! | `probability_alive(history, as_of, model, params)` | a history | a probability |
//! | `expected_purchases(history, as_of, model, params, days)` | a history | a number |
//!
//! Functions travel over a cluster by name, so what a fit gives goes into the scalars as a literal. Every value that an
//! aggregate keeps merges in any order into the same value: counts by day, number and amount, never sums of floats.

mod fits;
mod order_fact;
mod scores;

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

use chrono::{NaiveDate, TimeDelta};
use clap::ValueEnum;
use repurchase_segment::forecast::{ModelArgument, Params, Question};

use crate::history::{PurchaseHistory, history_type};

/// All scalar functions.
pub fn scalars() -> Vec<Arc<ScalarUDF>> {
    let scores = scores::all().into_iter().map(|score| Arc::new(score.into()));
    [Arc::new(order_fact::OrderFact::default().into())].into_iter().chain(scores).collect()
}

/// All aggregate functions.
pub fn aggregates() -> Vec<Arc<AggregateUDF>> {
    vec![
        Arc::new(PurchaseHistory::default().into()),
        Arc::new(fits::Fit::<fits::Rfm>::new().into()),
        Arc::new(fits::Fit::<fits::Tiers>::new().into()),
        Arc::new(fits::Fit::<fits::Purchases>::new().into()),
        Arc::new(fits::Fit::<fits::Spend>::new().into()),
    ]
}

/// A history, and after it the literals of a function.
fn coerced(name: &str, found: &[DataType], literals: &[DataType]) -> Result<Vec<DataType>> {
    match found.split_first() {
        Some((history, rest)) if *history == history_type() && rest.len() == literals.len() => {
            Ok(std::iter::once(history.clone()).chain(literals.iter().cloned()).collect())
        }
        _ => {
            let expected = literals.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            plan_err!(
                "{name}: expected a history of purchase_history and behind it ({expected}), found {} arguments",
                found.len()
            )
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn refused(error: impl ToString) -> DataFusionError {
    DataFusionError::Execution(error.to_string())
}

fn bad(literal: &ScalarValue, expected: &str) -> DataFusionError {
    DataFusionError::Execution(format!("found the argument {literal}, expected {expected}"))
}

fn text(literal: Option<&ScalarValue>) -> Result<&str> {
    let literal = literal.unwrap_or(&ScalarValue::Null);
    literal.try_as_str().flatten().ok_or_else(|| bad(literal, "text"))
}

fn date(literal: Option<&ScalarValue>) -> Result<NaiveDate> {
    match literal {
        Some(ScalarValue::Date32(Some(day))) => NaiveDate::default()
            .checked_add_signed(TimeDelta::days((*day).into()))
            .ok_or_else(|| bad(&ScalarValue::Date32(Some(*day)), "a day of the calendar")),
        other => Err(bad(other.unwrap_or(&ScalarValue::Null), "a day such as DATE '1998-06-30'")),
    }
}

fn number(literal: Option<&ScalarValue>) -> Result<u32> {
    match literal {
        Some(ScalarValue::Int64(Some(number))) => {
            u32::try_from(*number).map_err(|_| bad(&ScalarValue::Int64(Some(*number)), "a number of 0 or more"))
        }
        other => Err(bad(other.unwrap_or(&ScalarValue::Null), "a number of 0 or more")),
    }
}

/// The segment program's question, of one model with or without its parameters.
fn question(model: &str, params: Option<&str>) -> Result<Question> {
    let model = ModelArgument::from_str(model, false)
        .map_err(|_| refused(format!("found the model {model:?}, expected mbg-nbd, bg-nbd or pareto-nbd")))?;
    let params = params.map(|params| params.parse::<Params>().map_err(refused)).transpose()?;
    Ok(Question { model, params, spend_params: None, horizon_days: 0 })
}
