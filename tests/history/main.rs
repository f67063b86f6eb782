//! The room `history`, through the public API: one naive fold as the oracle of every way to a customer's history.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::error::Error as StdError;

use chrono::{DateTime, NaiveDate, Utc};
use proptest::test_runner::{Config, RngSeed};
use repurchase::record::{Credit, CustomerId, Record};
use repurchase::{CustomerHistory, Error, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

mod any_input;
mod edges;
mod golden;
mod large;
mod laws;
mod lines;
mod many_customers;
mod money;
mod one_customer;
mod oracle;
mod parts;
#[cfg(feature = "rayon")]
#[path = "../predict/pools.rs"]
mod pools;
mod shop;
#[cfg(feature = "serde")]
mod stored;
#[cfg(feature = "rayon")]
mod threads;
mod types;

fn fixed_seed() -> Config {
    Config { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() }
}

const END: NaiveDate = NaiveDate::from_ymd_opt(2400, 1, 1).expect("a date");

#[track_caller]
fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[track_caller]
fn money(text: &str) -> Decimal {
    Decimal::from_str_exact(text).expect("an amount")
}

fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(12, 0, 0).expect("noon").and_utc()
}

#[track_caller]
fn order<Id>(customer: Id, day: &str, amount: &str) -> Record<Id> {
    Order::new(customer, noon(date(day)), money(amount)).expect("an order").into()
}

#[track_caller]
fn credit<Id>(customer: Id, day: &str, amount: &str) -> Record<Id> {
    Credit::new(customer, noon(date(day)), money(amount)).expect("a credit").into()
}

#[track_caller]
fn log_of<Id: CustomerId>(records: impl IntoIterator<Item = Record<Id>>) -> PurchaseLog<Id> {
    PurchaseLog::from_records(records, &ShopCalendar::utc()).expect("a log")
}

/// The history of one customer's purchases, given as days and amounts.
#[track_caller]
fn history(purchases: &[(&str, &str)]) -> CustomerHistory {
    let mut history = CustomerHistory::new();
    for (day, amount) in purchases {
        history.record_purchase(date(day), money(amount)).expect("a purchase");
    }
    history
}

fn cause(error: &Error) -> Option<&Error> {
    error.source().and_then(|source| source.downcast_ref::<Box<Error>>()).map(|cause| &**cause)
}
