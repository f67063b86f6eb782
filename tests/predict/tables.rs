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

    /// The sample in the columns `x`, `t_x` and `T`, whose numbers are taken as days: models of rates per day say of them
    /// what the table says, whatever its unit.
    #[track_caller]
    pub(crate) fn sample(&self) -> Sample {
        Sample::new(self.value("x"), self.number("t_x"), self.number("T")).expect("a sample")
    }
}

impl Row {
    /// The sample in the same columns and the horizon in `t`, from weeks to days: models of rates per week say of them
    /// what the table says.
    #[track_caller]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few days")]
    pub(crate) fn in_weeks(&self) -> (Sample, u32) {
        let [recency, age, horizon] = self.numbers(["t_x", "T", "t"]).map(|weeks| weeks * 7.0);
        let sample = Sample::new(self.value("x"), recency, age).expect("a sample");
        (sample, horizon.round() as u32)
    }

    /// The horizon in the column `t`, which is a whole number.
    #[track_caller]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few days")]
    pub(crate) fn horizon(&self) -> u32 {
        self.number("t") as u32
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

/// The CDNOW sample as of 1997-09-30.
pub(crate) fn cdnow() -> Samples {
    summaries("cdnow_summary_cal.csv")
}

/// Summaries of each customer, whose times are weeks: whole days / 7.
pub(crate) fn summaries(file: &str) -> Samples {
    let row = |row: &Row| {
        let days = |column| (row.number(column) * 7.0).round();
        Sample::new(row.value("x"), days("t_x"), days("T")).expect("a sample")
    };
    table(file).iter().map(row).collect()
}

/// Counted summaries in days.
pub(crate) fn counted(file: &str) -> Samples {
    let row = |row: &Row| {
        let [recency, age] = row.numbers(["recency_days", "age_days"]);
        let sample = Sample::new(row.value("repeats"), recency, age).expect("a sample");
        (sample, row.value::<u64>("customers"))
    };
    Samples::from_rows(None, table(file).iter().map(row), []).expect("samples")
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
