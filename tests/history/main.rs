//! The room `history`, through the public API: one naive fold as the oracle of every way to a customer's history.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::error::Error as StdError;

use chrono::NaiveDate;
use repurchase::{CustomerHistory, Error};

mod any_input;
mod batches;
#[path = "../common/mod.rs"]
mod common;
mod edges;
mod golden;
mod ids;
mod kept;
mod large;
mod laws;
mod lines;
mod many_customers;
mod mend;
mod money;
mod one_customer;
mod oracle;
mod parts;
mod shop;
#[cfg(feature = "serde")]
mod stored;
#[cfg(feature = "rayon")]
mod threads;
mod types;

use common::{credit, date, fixed_seed, log_of, merged, money, noon, order};

const END: NaiveDate = NaiveDate::from_ymd_opt(2400, 1, 1).expect("a date");

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
    // What is printed already is no source: a chain of errors would say it twice.
    assert!(error.source().is_none());
    match error {
        Error::Record { cause, .. } | Error::Customer { cause, .. } | Error::FinestAmount { cause, .. } => Some(cause),
        _ => None,
    }
}
