//! The numbers that parameters, times and spends may be.

use crate::error::{Error, Result};

/// Numbers for which every answer of every model is a number.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct Range {
    low: f64,
    high: f64,
    words: &'static str,
}

/// The range of parameters; a fit ends within it.
pub(in crate::predict) const PARAMETERS: Range = Range { low: 1e-30, high: 1e30, words: "from 1e-30 to 1e30" };

/// The range of times above 0, in days.
pub(in crate::predict) const TIMES: Range = Range { low: 1e-15, high: 1e15, words: "0, or from 1e-15 to 1e15 days" };

/// The range of mean spends above 0.
pub(in crate::predict) const SPENDS: Range = Range { low: 1e-40, high: 1e40, words: "0, or from 1e-40 to 1e40" };

/// The range of a parameter in money, which a fit may take `1e30` times as far as mean spends go.
pub(in crate::predict) const SCALES: Range = Range { low: 1e-100, high: 1e100, words: "from 1e-100 to 1e100" };

impl Range {
    /// Checks a number above 0.
    pub(in crate::predict) fn check(self, field: &'static str, found: f64) -> Result<()> {
        let refused = |expected| Err(Error::Number { field, found, expected });
        if !(found.is_finite() && found > 0.0) {
            return refused("finite and above 0");
        }
        if self.holds(found) { Ok(()) } else { refused(self.words) }
    }

    /// Checks a number that may be 0, too.
    pub(in crate::predict) fn check_or_zero(self, field: &'static str, found: f64) -> Result<()> {
        if found.abs() <= 0.0 || self.holds(found) {
            return Ok(());
        }
        Err(Error::Number { field, found, expected: self.words })
    }

    fn holds(self, found: f64) -> bool {
        self.low <= found && found <= self.high
    }
}
