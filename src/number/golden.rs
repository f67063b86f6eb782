//! Reference tables, and how far from them a function is.

/// The rows of a table without its two header lines; the first column may be text.
pub(crate) fn rows(table: &str) -> impl Iterator<Item = (&str, Vec<f64>)> {
    table.lines().skip(2).map(|line| {
        let name = line.split(',').next().unwrap();
        let skip = usize::from(name.parse::<f64>().is_err());
        (name, line.split(',').skip(skip).map(|field| field.parse().unwrap()).collect())
    })
}

/// The largest error of a function over its rows: relative, and absolute below `floor`.
#[derive(Default)]
pub(crate) struct Worst {
    error: f64,
    at: String,
    rows: u32,
}

impl Worst {
    /// Adds a row whose arguments are `at`.
    pub(crate) fn see(&mut self, value: f64, expected: f64, floor: f64, at: &[f64]) {
        let error = (value - expected).abs() / expected.abs().max(floor);
        self.rows += 1;
        // A NaN is the worst error of all.
        if error.is_nan() || error > self.error {
            (self.error, self.at) = (error, format!("{at:?}: {value:e}, expected {expected:e}"));
        }
    }

    /// Asserts that no error was above `limit`.
    #[track_caller]
    pub(crate) fn below(&self, limit: f64, what: &str) {
        println!("{what}: {:.1e} over {} rows, worst at {}", self.error, self.rows, self.at);
        assert!(self.rows > 0 && self.error < limit, "{what}: {:e} at {}", self.error, self.at);
    }
}
