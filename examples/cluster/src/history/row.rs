//! A history as a struct in SQL.

use std::sync::{Arc, LazyLock};

use chrono::{NaiveDate, TimeDelta};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Date32Builder, Int64Array, Int64Builder, StringArray, StringBuilder,
    StructArray,
};
use datafusion::arrow::datatypes::{DataType, Date32Type, Field, Fields, Int64Type};
use datafusion::error::{DataFusionError, Result};
use repurchase::CustomerHistory;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde_json::Value;

/// What the library stores of a history, money as exact decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct HistoryRow {
    /// The first and the last purchase day, since 1970-01-01.
    pub(crate) days: Option<(i32, i32)>,
    pub(crate) purchases: i64,
    pub(crate) purchase_days: i64,
    pub(crate) shortest_gap_days: i64,
    pub(crate) longest_gap_days: i64,
    pub(crate) gap_squares: i64,
    pub(crate) gap_logarithms: i64,
    pub(crate) spend: Decimal,
    pub(crate) first_day_spend: Decimal,
    pub(crate) credits: i64,
    pub(crate) credited: Decimal,
}

const COUNTS: [&str; 7] =
    ["purchases", "purchase_days", "shortest_gap_days", "longest_gap_days", "gap_squares", "gap_logarithms", "credits"];

/// The names of the library's own stored form.
static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let dates = ["first_purchase", "last_purchase"].map(|name| (name, DataType::Date32));
    let counts = COUNTS.map(|name| (name, DataType::Int64));
    // As text: a decimal of Arrow has its scale in its type, and the scale of a file is not known before it is read.
    let money = ["spend", "first_day_spend", "credited"].map(|name| (name, DataType::Utf8));
    dates.into_iter().chain(counts).chain(money).map(|(name, kind)| Field::new(name, kind, true)).collect()
});

/// The type of a history in SQL.
pub(crate) fn history_type() -> DataType {
    DataType::Struct(FIELDS.clone())
}

pub(crate) fn array(rows: &[HistoryRow]) -> Result<StructArray> {
    let mut dates = [Date32Builder::new(), Date32Builder::new()];
    let mut counts = COUNTS.map(|_| Int64Builder::with_capacity(rows.len()));
    let mut money = [(); 3].map(|()| StringBuilder::new());
    for row in rows {
        let days = [row.days.map(|(first, _)| first), row.days.map(|(_, last)| last)];
        dates.iter_mut().zip(days).for_each(|(column, day)| column.append_option(day));
        let numbers = [
            row.purchases,
            row.purchase_days,
            row.shortest_gap_days,
            row.longest_gap_days,
            row.gap_squares,
            row.gap_logarithms,
            row.credits,
        ];
        counts.iter_mut().zip(numbers).for_each(|(column, number)| column.append_value(number));
        let amounts = [row.spend, row.first_day_spend, row.credited];
        money.iter_mut().zip(amounts).for_each(|(column, amount)| column.append_value(amount.to_string()));
    }
    let dates = dates.into_iter().map(|mut column| Arc::new(column.finish()) as ArrayRef);
    let counts = counts.into_iter().map(|mut column| Arc::new(column.finish()) as ArrayRef);
    let money = money.into_iter().map(|mut column| Arc::new(column.finish()) as ArrayRef);
    Ok(StructArray::try_new(FIELDS.clone(), dates.chain(counts).chain(money).collect(), None)?)
}

impl HistoryRow {
    /// The library's history; it checks that what was stored can be.
    pub(crate) fn to_history(self) -> Result<CustomerHistory> {
        let day = |day: i32| NaiveDate::default().checked_add_signed(TimeDelta::days(day.into()));
        let day = |of: Option<i32>| Value::from(of.and_then(day).map(|day| day.to_string()));
        let money = |amount: Decimal| Value::from(amount.to_string());
        let fields = [
            ("purchases", self.purchases.into()),
            ("purchase_days", self.purchase_days.into()),
            ("first_purchase", day(self.days.map(|(first, _)| first))),
            ("last_purchase", day(self.days.map(|(_, last)| last))),
            ("shortest_gap_days", self.shortest_gap_days.into()),
            ("longest_gap_days", self.longest_gap_days.into()),
            ("gap_squares", self.gap_squares.into()),
            ("gap_logarithms", self.gap_logarithms.into()),
            ("spend", money(self.spend)),
            ("first_day_spend", money(self.first_day_spend)),
            ("credits", self.credits.into()),
            ("credited", money(self.credited)),
        ];
        let refused = |error: serde_json::Error| DataFusionError::Execution(format!("a history: {error}"));
        CustomerHistory::deserialize(MapDeserializer::new(fields.into_iter())).map_err(refused)
    }

    /// Not even a credit.
    const fn is_empty(&self) -> bool {
        self.purchases == 0 && self.credits == 0
    }
}

/// The rows of a column of histories; `None` for one that is null.
pub(crate) fn rows(array: &dyn Array) -> Result<Vec<Option<HistoryRow>>> {
    let other = || {
        let found = array.data_type();
        DataFusionError::Execution(format!("expected a history as of purchase_history(day, amount), found {found}"))
    };
    let parts = array.as_struct_opt().ok_or_else(other)?;
    let column = |name: &str| parts.column_by_name(name).ok_or_else(other);
    let dates =
        |name: &str| -> Result<&Date32Array> { column(name)?.as_primitive_opt::<Date32Type>().ok_or_else(other) };
    let counts =
        |name: &str| -> Result<&Int64Array> { column(name)?.as_primitive_opt::<Int64Type>().ok_or_else(other) };
    let money = |name: &str| -> Result<&StringArray> { column(name)?.as_string_opt::<i32>().ok_or_else(other) };
    let (first, last) = (dates("first_purchase")?, dates("last_purchase")?);
    let (purchases, purchase_days) = (counts("purchases")?, counts("purchase_days")?);
    let (shortest, longest) = (counts("shortest_gap_days")?, counts("longest_gap_days")?);
    let (squares, logarithms, credits) = (counts("gap_squares")?, counts("gap_logarithms")?, counts("credits")?);
    let (spend, first_spend, credited) = (money("spend")?, money("first_day_spend")?, money("credited")?);
    let amount = |column: &StringArray, index| Decimal::from_str_exact(column.value(index)).map_err(|_| other());
    let row = |index| -> Result<Option<HistoryRow>> {
        if parts.is_null(index) {
            return Ok(None);
        }
        Ok(Some(HistoryRow {
            days: first.is_valid(index).then(|| (first.value(index), last.value(index))),
            purchases: purchases.value(index),
            purchase_days: purchase_days.value(index),
            shortest_gap_days: shortest.value(index),
            longest_gap_days: longest.value(index),
            gap_squares: squares.value(index),
            gap_logarithms: logarithms.value(index),
            spend: amount(spend, index)?,
            first_day_spend: amount(first_spend, index)?,
            credits: credits.value(index),
            credited: amount(credited, index)?,
        }))
    };
    (0..parts.len()).map(row).collect()
}

/// Whether there is a purchase or a credit, row by row.
pub(crate) fn is_known(array: &dyn Array) -> Result<Vec<bool>> {
    let parts = array.as_struct_opt();
    let counts = |name: &str| parts?.column_by_name(name)?.as_primitive_opt::<Int64Type>();
    let Some((purchases, credits)) = counts("purchases").zip(counts("credits")) else {
        let found = array.data_type();
        return Err(DataFusionError::Execution(format!("expected a history, found {found}")));
    };
    Ok((0..array.len()).map(|row| array.is_valid(row) && purchases.value(row) + credits.value(row) > 0).collect())
}

/// The library's histories of a column; `None` for one of whom nothing is known.
pub(crate) fn histories(array: &dyn Array) -> Result<Vec<Option<CustomerHistory>>> {
    let history = |row: Option<HistoryRow>| row.filter(|row| !row.is_empty()).map(HistoryRow::to_history).transpose();
    rows(array)?.into_iter().map(history).collect()
}

/// The column's histories, with money of at least `scale` decimals.
pub(crate) fn with_scale(array: &dyn Array, scale: u32) -> Result<Vec<CustomerHistory>> {
    let rescale = |amount: &mut Decimal| {
        if amount.scale() < scale {
            amount.rescale(scale);
        }
        if amount.scale() < scale {
            let problem = format!("{amount} does not fit 96 bits at the {scale} decimals of the finest amount");
            return Err(DataFusionError::Execution(problem));
        }
        Ok(())
    };
    let history = |row: Option<HistoryRow>| {
        let mut row = row.unwrap_or_default();
        for amount in [&mut row.spend, &mut row.first_day_spend, &mut row.credited] {
            rescale(amount)?;
        }
        row.to_history()
    };
    rows(array)?.into_iter().map(history).collect()
}
