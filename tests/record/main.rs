//! The room `record`, through the public API: what an order is, on which of the shop's days it lies, which days count.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use proptest::test_runner::{Config, RngSeed};
use repurchase::{Error, Order, Window};
use rust_decimal::Decimal;

mod book;
mod book_laws;
mod columns;
mod days;
mod lines;
mod matches;
mod orders;
mod spans;
#[cfg(feature = "serde")]
mod stored;
mod windows;

fn fixed_seed() -> Config {
    Config { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() }
}

#[track_caller]
fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[track_caller]
fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

#[track_caller]
fn money(text: &str) -> Decimal {
    Decimal::from_str_exact(text).expect("an amount")
}

#[track_caller]
fn window(start: &str, end: &str) -> Window {
    Window::new(date(start), date(end)).expect("a window")
}

#[track_caller]
fn east(seconds: i32) -> FixedOffset {
    FixedOffset::east_opt(seconds).expect("an offset")
}

const NOON: DateTime<Utc> = DateTime::from_timestamp(1_772_366_400, 0).expect("an instant");

#[track_caller]
fn order(amount: &str) -> Order<&'static str> {
    Order::new("ann", NOON, money(amount)).expect("an order")
}

#[track_caller]
fn error_text<T: core::fmt::Debug>(result: Result<T, Error>) -> String {
    result.expect_err("an error").to_string()
}
