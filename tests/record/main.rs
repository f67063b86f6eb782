//! The room `record`, through the public API: what an order is, on which of the shop's days it lies, which days count.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use chrono::{DateTime, FixedOffset, Utc};
use repurchase::{Error, Order};

mod book;
mod book_laws;
mod columns;
#[path = "../common/mod.rs"]
mod common;
mod days;
mod lines;
mod matches;
mod orders;
mod spans;
#[cfg(feature = "serde")]
mod stored;
mod windows;

use common::{date, fixed_seed, instant, money, window};

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
