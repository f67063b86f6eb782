//! The room `measure`, through the public API: hand-computed cases, golden tables, and a naive oracle for random shops.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::error::Error as StdError;

use repurchase::measure::{Occasion, Scope};
use repurchase::record::{Credit, Period, Record};
use repurchase::{Order, PurchaseLog};
use rust_decimal::Decimal;

mod batches;
mod breadth;
mod by_hand;
mod cohorts;
#[path = "../common/mod.rs"]
mod common;
mod cycles;
mod edges;
mod golden;
mod groups;
mod ids_alike;
mod lines;
mod loyalty;
mod notes;
mod oracle;
mod rows;
#[cfg(feature = "serde")]
mod stored;
mod survival;
#[cfg(feature = "rayon")]
mod threads;
mod timing;

type TestResult = Result<(), Box<dyn StdError>>;

const OCCASIONS: [Occasion; 2] = [Occasion::Order, Occasion::Day];
const SCOPES: [Scope; 2] = [Scope::Window, Scope::Lifetime];
const PERIODS: [Period; 5] = [Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year];

use common::{date, fixed_seed, log_of, noon, ratio, window};

fn order(customer: &'static str, day: &str, cents: i64) -> Record<&'static str> {
    Order::new(customer, noon(date(day)), Decimal::new(cents, 2)).expect("an order").into()
}

fn credit(customer: &'static str, day: &str, cents: i64) -> Record<&'static str> {
    Credit::new(customer, noon(date(day)), Decimal::new(cents, 2)).expect("a credit").into()
}

/// Ann comes back after the window, Bo buys twice on one day, Cy bought before, Di only gets money back.
fn small_shop() -> PurchaseLog<&'static str> {
    log_of([
        order("cy", "2026-02-20", 500),
        order("bo", "2026-03-05", 1000),
        order("ann", "2026-03-01", 2000),
        credit("ann", "2026-03-02", 300),
        order("bo", "2026-03-05", 1500),
        order("cy", "2026-03-31", 700),
        order("ann", "2026-04-01", 2500),
        credit("di", "2026-03-07", 900),
    ])
}
