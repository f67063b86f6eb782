//! The library as SQL functions.
//!
//! | function | of | gives |
//! |---|---|---|
//! | `order_fact(customer_id, placed_at, amount, status, refunded, offset, bad_rows)` | a row | its customer, day, net amount, decimals, marks, fault |
//! | `purchase_history(day, amount[, kind])` | a customer's rows | the history: a struct |
//! | `purchase_facts(row)` | a customer's rows of `order_fact` | the rows by day, kind and amount, for the job: bytes |
//! | `shop_fit(history, as_of, options)` | all histories | the models of the shop, as JSON |
//! | `shop_profile(history, as_of, shop)` | a history | every label, figure and amount: a struct |
//!
//! The options are [`ShopOptions`](repurchase::shop::ShopOptions) as JSON, of which all may be left out: `{}`.
//!
//! Functions travel over a cluster by name, so what the fit gives goes into the scalar as a literal. Every value that an
//! aggregate keeps merges in any order into the same value: counts by day, number and amount, never sums of floats.

mod order_fact;
mod shop_fit;
mod shop_profile;
mod store_settings;

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use serde::de::DeserializeOwned;

use crate::history::{PurchaseHistory, history_type, refused};
use crate::steps;

/// All scalar functions.
pub fn scalars() -> Vec<Arc<ScalarUDF>> {
    vec![
        Arc::new(order_fact::OrderFact::default().into()),
        Arc::new(shop_profile::ShopProfile::default().into()),
        Arc::new(store_settings::StoreSettings::default().into()),
    ]
}

/// All aggregate functions, and the steps of the job.
pub fn aggregates() -> Vec<Arc<AggregateUDF>> {
    let mut all = vec![
        Arc::new(PurchaseHistory::default().into()),
        Arc::new(PurchaseHistory::facts().into()),
        Arc::new(shop_fit::ShopFit::default().into()),
    ];
    all.extend(steps::aggregates());
    all
}

/// A history, a day and a text.
fn coerced(name: &str, found: &[DataType]) -> Result<Vec<DataType>> {
    match found {
        [history, _, _] if *history == history_type() => Ok(vec![history.clone(), DataType::Date32, DataType::Utf8]),
        _ => plan_err!(
            "{name}: expected a history of purchase_history, a day and a text, found {} arguments",
            found.len()
        ),
    }
}

pub(crate) fn read<T: DeserializeOwned>(what: &str, json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| refused(format!("expected {what}: {error}")))
}

fn bad(literal: &ScalarValue, expected: &str) -> DataFusionError {
    DataFusionError::Execution(format!("found the argument {literal}, expected {expected}"))
}

pub(crate) fn text(literal: Option<&ScalarValue>) -> Result<&str> {
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
