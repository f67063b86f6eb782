//! What tests of products and categories share.

use chrono::NaiveDate;
use proptest::prelude::*;
use repurchase::ShopCalendar;
use repurchase::history::LineLog;
use repurchase::record::{OrderLine, OrderStatus};
use rust_decimal::Decimal;

use super::date;

pub(crate) type Line = OrderLine<&'static str, &'static str>;

pub(crate) fn line(customer: &'static str, day: &str, product: &'static str, quantity: &str) -> Line {
    let at = date(day).and_hms_opt(12, 0, 0).expect("noon").and_utc();
    let quantity = Decimal::from_str_exact(quantity).expect("a quantity");
    OrderLine::new(customer, at, product, quantity, Decimal::TEN).expect("a line")
}

pub(crate) fn log_of(lines: impl IntoIterator<Item = Line>) -> LineLog<&'static str, &'static str> {
    LineLog::from_lines(lines, &ShopCalendar::utc()).expect("a log")
}

/// A line of a random shop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) customer: u8,
    pub(crate) product: u8,
    pub(crate) day: NaiveDate,
    /// In halves.
    pub(crate) halves: i64,
    pub(crate) paid: bool,
}

impl Row {
    pub(crate) fn line(self) -> OrderLine<u8, u8> {
        let at = self.day.and_hms_opt(8, 0, 0).expect("a time").and_utc();
        let quantity = Decimal::new(self.halves * 5, 1);
        let line = OrderLine::new(self.customer, at, self.product, quantity, Decimal::ONE).expect("a line");
        line.with_status(if self.paid { OrderStatus::Paid } else { OrderStatus::Unpaid })
    }
}

pub(crate) fn on(day: u64) -> NaiveDate {
    date("2025-10-20").checked_add_days(chrono::Days::new(day)).expect("a day")
}

/// Few customers, products and days, so that they meet; the last day is the 59th.
pub(crate) fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (0u8..6, 0u8..4, 0u64..60, 1i64..7, prop::bool::weighted(0.9));
    let row =
        row.prop_map(|(customer, product, day, halves, paid)| Row { customer, product, day: on(day), halves, paid });
    prop::collection::vec(row, 0..60)
}

pub(crate) fn log(rows: &[Row]) -> LineLog<u8, u8> {
    LineLog::from_lines(rows.iter().map(|row| row.line()), &ShopCalendar::utc()).expect("a log")
}
