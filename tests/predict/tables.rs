//! Tables of reference values, and how near a value must come to them.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

use repurchase::predict::{Sample, Samples};

/// One row of a table, by column.
#[derive(Debug)]
pub(crate) struct Row(BTreeMap<String, String>);

impl Row {
    #[track_caller]
    pub(crate) fn text(&self, column: &str) -> &str {
        self.0.get(column).unwrap_or_else(|| panic!("no column {column}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn value<T: FromStr>(&self, column: &str) -> T {
        self.text(column).parse().unwrap_or_else(|_| panic!("no value in {column}: {self:?}"))
    }

    /// A number, exactly as binary64 reads it.
    #[track_caller]
    pub(crate) fn number(&self, column: &str) -> f64 {
        self.value(column)
    }

    #[track_caller]
    pub(crate) fn numbers<const N: usize>(&self, columns: [&str; N]) -> [f64; N] {
        columns.map(|column| self.number(column))
    }

    /// The sample in the columns `x`, `t_x` and `T`.
    #[track_caller]
    pub(crate) fn sample(&self) -> Sample {
        Sample::new(self.value("x"), self.number("t_x"), self.number("T")).expect("a sample")
    }
}

/// The rows of a file in `tests/data`; lines that start with `#` say where it comes from.
#[track_caller]
pub(crate) fn table(file: &str) -> Vec<Row> {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let rows: Vec<Row> = reader.deserialize().map(|row| Row(row.expect("a row"))).collect();
    assert!(!rows.is_empty(), "{path} holds rows");
    rows
}

/// The CDNOW sample as of 1997-09-30, in weeks.
pub(crate) fn cdnow() -> Samples {
    table("cdnow_summary_cal.csv").iter().map(Row::sample).collect()
}

/// Counted summaries in days, as samples in units of `days_per_unit`.
pub(crate) fn counted(file: &str, days_per_unit: f64) -> Samples {
    let row = |row: &Row| {
        let time = |column| row.number(column) / days_per_unit;
        let sample = Sample::new(row.value("repeats"), time("recency_days"), time("age_days")).expect("a sample");
        (sample, row.value::<u64>("customers"))
    };
    table(file).iter().map(row).collect::<Vec<_>>().into()
}

/// Customers, as a weight in a sum.
#[allow(clippy::cast_precision_loss, reason = "customers are few")]
pub(crate) fn count(customers: u64) -> f64 {
    customers as f64
}

/// Fails unless `found` differs from `expected` by at most `tolerance` times it.
#[track_caller]
pub(crate) fn close(found: f64, expected: f64, tolerance: f64, what: impl Debug) {
    let error = (found - expected).abs();
    // Numbers too small to have all digits are compared as they are.
    let is_close = error <= tolerance * expected.abs() + 1e-290;
    assert!(is_close, "{what:?}: found {found:e}, expected {expected:e}, off by {:e}", error / expected.abs());
}
