//! Campaigns.

#![allow(clippy::inconsistent_digit_grouping, reason = "cents stand apart: 5_000_00")]

use repurchase::Ratio;
use repurchase::act::campaign::{Comparison, Funnel, MoneySample};
use repurchase::scale::{Confidence, Interval};
use rust_decimal::Decimal;

use super::common::{fixed_seed, ratio};
use chance::Chance;

mod assignment;
mod bootstrap;
#[allow(dead_code, reason = "has more than is drawn here")]
#[path = "../../predict/chance.rs"]
pub(crate) mod chance;
mod coverage;
mod effects;
mod funnel;
mod money;
mod outcome;
mod rates;
mod response;
mod rows;
mod sample_size;
mod stored;
mod words;

type TestResult = Result<(), Box<dyn std::error::Error>>;

#[track_caller]
fn conversions(shown: u64, converted: u64) -> Funnel {
    Funnel::new(shown).with_converted(converted).expect("a funnel")
}

/// At 95%.
fn compare_rates(treated: Ratio, control: Ratio) -> Comparison {
    Comparison::of_rates(treated, control, Confidence::default())
}

/// At 95%.
fn compare_money(treated: MoneySample, control: MoneySample) -> Comparison {
    Comparison::of_money(treated, control, Confidence::default())
}

fn cents(amount: i64) -> Decimal {
    Decimal::new(amount, 2)
}

/// The rows of a table in `tests/data`, below its comment and its names.
#[track_caller]
fn rows(text: &str) -> Vec<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let rows: Vec<_> = reader.records().collect::<Result<_, _>>().expect("a table");
    assert!(!rows.is_empty());
    rows
}

#[track_caller]
fn field<T: std::str::FromStr>(row: &csv::StringRecord, column: usize) -> T {
    row[column].parse().unwrap_or_else(|_| panic!("column {column} of {row:?}"))
}

/// Two columns of a table; nothing where they are empty.
#[track_caller]
fn bounds(row: &csv::StringRecord, column: usize) -> Option<(f64, f64)> {
    (!row[column].is_empty()).then(|| (field(row, column), field(row, column + 1)))
}

/// Fails unless both bounds are right to `tolerance` of the larger of their width and their size, or both are missing.
#[track_caller]
fn assert_bounds(found: Option<Interval>, expected: Option<(f64, f64)>, tolerance: f64, what: &str) {
    let (Some(found), Some((low, high))) = (found, expected) else {
        assert!(found.is_none() && expected.is_none(), "{what}: found {found:?}, expected {expected:?}");
        return;
    };
    let allowed = tolerance * (high - low).max(low.abs()).max(high.abs());
    let is_near = (found.low - low).abs() <= allowed && (found.high - high).abs() <= allowed;
    assert!(is_near, "{what}: found {found:?}, expected {low} to {high}");
}

impl Chance {
    /// How many of `trials` succeed, each with a probability.
    fn successes(&mut self, trials: u64, probability: f64) -> u64 {
        (0..trials).filter(|_| self.uniform() < probability).count() as u64
    }

    /// An exponential amount in cents of a mean, of those who buy at all.
    fn spend(&mut self, share: f64, mean: f64) -> i64 {
        if self.uniform() < share { (-self.uniform().ln() * mean * 100.0).round() as i64 } else { 0 }
    }
}
