//! Shops that tests of models share.

use std::error::Error as StdError;

use chrono::{NaiveDate, NaiveDateTime};
use repurchase::record::{Credit, Record};
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

pub(crate) type TestResult = Result<(), Box<dyn StdError>>;

pub(crate) use crate::common::date;

/// Orders of customers on days counted from 2025-01-01.
pub(crate) fn log_of(purchases: impl IntoIterator<Item = (u32, i64)>) -> PurchaseLog<u32> {
    let start = date("2025-01-01").and_hms_opt(12, 0, 0).expect("noon").and_utc();
    let order = |(customer, day)| Order::new(customer, start + chrono::Duration::days(day), Decimal::TEN);
    let orders: Result<Vec<_>, _> = purchases.into_iter().map(order).collect();
    PurchaseLog::from_records(orders.expect("orders"), &ShopCalendar::utc()).expect("a log")
}

/// The day of a number that [`log_of`] takes.
pub(crate) fn day(number: i64) -> NaiveDate {
    date("2025-01-01") + chrono::Duration::days(number)
}

pub(crate) fn cdnow() -> PurchaseLog<u32> {
    read(include_str!("../../examples/data/cdnow_orders.csv"))
}

pub(crate) fn online_retail() -> PurchaseLog<u32> {
    read(include_str!("../data/online_retail_orders.csv"))
}

fn read(text: &str) -> PurchaseLog<u32> {
    let record = |row: csv::Result<csv::StringRecord>| -> Result<Record<u32>, Box<dyn StdError>> {
        let row = row?;
        let at = NaiveDateTime::parse_from_str(&row[1], "%Y-%m-%d %H:%M:%S");
        let at = at.or_else(|_| row[1].parse::<NaiveDate>().map(|day| day.into()))?.and_utc();
        let (customer, amount) = (row[0].parse()?, Decimal::from_str_exact(&row[2])?);
        Ok(if amount < Decimal::ZERO {
            Credit::new(customer, at, -amount)?.into()
        } else {
            Order::new(customer, at, amount)?.into()
        })
    };
    let records: Result<Vec<_>, _> = csv::Reader::from_reader(text.as_bytes()).records().map(record).collect();
    PurchaseLog::from_records(records.expect("records"), &ShopCalendar::utc()).expect("a log")
}
