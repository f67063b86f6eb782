//! What a repeat-purchase model is given of a customer.

use crate::error::{Error, Result};
use crate::history::RepeatSummary;
use crate::predict::purchases::model;

/// `x`, `t_x` and `T` of one customer: repeat purchases, recency and age.
///
/// Times are in any one unit, weeks by the custom of the field; a model's rates and horizons are in the unit of the
/// samples that it was fitted on.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::predict::Sample;
/// use rust_decimal::Decimal;
///
/// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
/// let mut history = CustomerHistory::new();
/// history.record_purchase(day(1), Decimal::TEN)?;
/// history.record_purchase(day(15), Decimal::TEN)?;
/// let summary = history.repeat_summary(day(29)).expect("bought before");
/// assert_eq!(Sample::in_weeks(&summary), Sample::new(1, 2.0, 4.0)?);
///
/// assert!(Sample::new(0, 2.0, 4.0).is_err(), "without a repeat there is no recency");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredSample", into = "StoredSample"))]
pub struct Sample {
    repeats: u32,
    recency: f64,
    age: f64,
}

impl Sample {
    /// A customer at the first purchase: `x`, `t_x` and `T` are 0.
    ///
    /// What a model says of it, it says of a new customer.
    pub const NEW: Self = Self { repeats: 0, recency: 0.0, age: 0.0 };

    /// A customer of `repeats` repeat purchases, the last of them at `recency`, observed up to `age`; both times are
    /// counted from the first purchase.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless `0 <= recency <= age <= 1e300`, and unless the recency is 0 exactly when
    /// there is no repeat.
    pub fn new(repeats: u32, recency: f64, age: f64) -> Result<Self> {
        let refused = |field, found, expected| Err(Error::Number { field, found, expected });
        if !(0.0..=model::LARGEST).contains(&age) {
            return refused("age T", age, model::TIME);
        }
        if !(recency >= 0.0 && recency <= age) {
            return refused("recency t_x", recency, "0 or more and at most the age T");
        }
        match repeats {
            0 if recency > 0.0 => refused("recency t_x", recency, "0 without a repeat purchase"),
            1.. if recency <= 0.0 => refused("recency t_x", recency, "above 0 with a repeat purchase"),
            // The sign of a zero is dropped.
            _ => Ok(Self { repeats, recency: recency.abs(), age: age.abs() }),
        }
    }

    /// From numbers that were a sample before.
    pub(in crate::predict) const fn of_valid(repeats: u32, recency: f64, age: f64) -> Self {
        Self { repeats, recency, age }
    }

    /// A customer's summary, with times in weeks.
    pub fn in_weeks(summary: &RepeatSummary) -> Self {
        Self { repeats: summary.repeats(), recency: summary.recency_weeks(), age: summary.age_weeks() }
    }

    /// A customer's summary, with times in days.
    pub fn in_days(summary: &RepeatSummary) -> Self {
        let (recency, age) = (summary.recency_days(), summary.age_days());
        Self { repeats: summary.repeats(), recency: recency.into(), age: age.into() }
    }

    /// `x`: purchase days - 1.
    pub const fn repeats(&self) -> u32 {
        self.repeats
    }

    /// `t_x`: from the first purchase to the last. 0 when `x` is 0.
    pub const fn recency(&self) -> f64 {
        self.recency
    }

    /// `T`: from the first purchase to the end of the observation.
    pub const fn age(&self) -> f64 {
        self.age
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSample {
    repeats: u32,
    recency: f64,
    age: f64,
}

#[cfg(feature = "serde")]
impl From<Sample> for StoredSample {
    fn from(Sample { repeats, recency, age }: Sample) -> Self {
        Self { repeats, recency, age }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<StoredSample> for Sample {
    type Error = Error;

    fn try_from(StoredSample { repeats, recency, age }: StoredSample) -> Result<Self> {
        Self::new(repeats, recency, age)
    }
}
