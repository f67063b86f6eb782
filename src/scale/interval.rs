//! The interval of an estimate.

use crate::error::{Error, Result};

/// The ends of an interval, `low <= high`, both finite and both part of it.
///
/// The interval of a share lies within 0..=1; that of a difference may be negative.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// The interval between two numbers.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] for an end that is not finite, or a lower end above the upper one.
    pub fn new(low: f64, high: f64) -> Result<Self> {
        let refused = |field, found, expected| Err(Error::Number { field, found, expected });
        if !high.is_finite() {
            return refused("upper end of an interval", high, "finite");
        }
        if !(low.is_finite() && low <= high) {
            return refused("lower end of an interval", low, "finite and at most the upper end");
        }
        Ok(Self { low, high })
    }

    /// `None` unless both ends are finite and in order.
    pub(crate) fn of(low: f64, high: f64) -> Option<Self> {
        Self::new(low, high).ok()
    }

    /// The interval moved down by a number.
    pub(crate) fn less(self, number: f64) -> Option<Self> {
        Self::of(self.low - number, self.high - number)
    }

    /// Returns the interval of the difference of two independent estimates, the first less the second, from the
    /// interval of each: square and add.
    pub(crate) fn of_difference(estimates: [Option<f64>; 2], intervals: [Option<Self>; 2]) -> Option<Self> {
        let ([p, q], [of_p, of_q]) = (estimates, intervals);
        let (p, q, of_p, of_q) = (p?, q?, of_p?, of_q?);
        let reach = |down: f64, up: f64| (down * down + up * up).sqrt();
        Self::of(p - q - reach(p - of_p.low, of_q.high - q), p - q + reach(of_p.high - p, q - of_q.low))
    }

    /// Whether a number lies in the interval.
    pub fn contains(self, number: f64) -> bool {
        self.low <= number && number <= self.high
    }
}

crate::stored::stored! { Interval { low: f64, high: f64 } <=> Self::new(low, high) }
