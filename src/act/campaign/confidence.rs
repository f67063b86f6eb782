//! How sure an interval is to be, and the interval.

use super::quantile::{normal_within, student_within};
use crate::error::{Error, Result};

/// The confidence of an interval: the share of samples whose interval holds the truth. 95% by default.
///
/// # Examples
///
/// ```
/// use repurchase::Ratio;
/// use repurchase::act::campaign::Confidence;
///
/// assert_eq!(Confidence::default(), Confidence::new(0.95)?);
/// // The same quantile serves one share.
/// assert!((Confidence::default().z() - Ratio::Z_95).abs() < 1e-15);
/// assert!(Confidence::new(1.0).is_err());
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64", into = "f64"))]
pub struct Confidence {
    level: f64,
}

impl Confidence {
    /// A confidence such as 0.95.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless it lies above 0 and below 1.
    pub const fn new(level: f64) -> Result<Self> {
        if level > 0.0 && level < 1.0 {
            Ok(Self { level })
        } else {
            Err(Error::Number { field: "confidence", found: level, expected: "above 0 and below 1" })
        }
    }

    /// The level, above 0 and below 1.
    pub const fn level(self) -> f64 {
        self.level
    }

    /// The two-sided quantile of the standard normal distribution: 1.96 for 95%.
    pub fn z(self) -> f64 {
        // Below the smallest level that has a quantile above 0, the interval is as narrow as numbers are.
        normal_within(self.level).max(f64::MIN_POSITIVE)
    }

    /// The two-sided quantile of Student's t distribution.
    pub(super) fn t(self, df: f64) -> f64 {
        // Below a level of 1e-300 the search would work on numbers without digits.
        student_within(self.level.max(1e-300), df)
    }
}

impl Default for Confidence {
    fn default() -> Self {
        Self { level: 0.95 }
    }
}

impl TryFrom<f64> for Confidence {
    type Error = Error;

    fn try_from(level: f64) -> Result<Self> {
        Self::new(level)
    }
}

impl From<Confidence> for f64 {
    fn from(confidence: Confidence) -> Self {
        confidence.level
    }
}

/// The bounds of an interval for a number of any size and sign, `low <= high`.
///
/// Differences and lifts have these, which may be negative or above 1. A single share has an
/// [`Interval`](crate::scale::Interval), which promises to lie within 0..=1: two types, so that who is given a share's
/// need not ask.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredBounds"))]
#[non_exhaustive]
pub struct Bounds {
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Bounds {
    /// `None` unless both are finite and in order.
    pub(super) fn of(low: f64, high: f64) -> Option<Self> {
        (low <= high && low.is_finite() && high.is_finite()).then_some(Self { low, high })
    }

    /// Whether a number lies within the bounds, both of which belong to them.
    pub fn contains(self, number: f64) -> bool {
        self.low <= number && number <= self.high
    }

    /// The bounds less a number.
    pub(super) fn less(self, number: f64) -> Option<Self> {
        Self::of(self.low - number, self.high - number)
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct StoredBounds {
    low: f64,
    high: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredBounds> for Bounds {
    type Error = &'static str;

    fn try_from(StoredBounds { low, high }: StoredBounds) -> Result<Self, Self::Error> {
        Self::of(low, high).ok_or("the bounds of an interval must be finite and low <= high")
    }
}
