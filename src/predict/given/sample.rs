//! One customer's purchases, as models see them.

use crate::error::{Error, Result};
use crate::history::RepeatSummary;
use crate::predict::given::range::{SPENDS, TIMES};

/// `x`, `t_x`, `T`, `Σ ln g` and `m` of one customer: repeat purchases, recency, age, logarithms of gaps and mean spend, with
/// times in days.
///
/// A model converts days to its own [`TimeUnit`](crate::predict::TimeUnit). Only models of spend use the mean spend, an
/// `f64` in any one unit of money, and only models of regular customers the logarithms.
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
/// history.record_purchase(day(1), Decimal::from(90))?;
/// history.record_purchase(day(15), Decimal::from(20))?;
/// history.record_purchase(day(20), Decimal::from(25))?;
/// let summary = history.repeat_summary(day(29)).expect("bought before");
/// assert_eq!(Sample::of(&summary).mean_spend(), Some(22.5));
/// assert!((Sample::of(&summary).ln_gaps().expect("known") - (14f64.ln() + 5f64.ln())).abs() < 1e-9);
///
/// assert!(Sample::new(0, 2.0, 4.0).is_err(), "without a repeat there is no recency");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    repeats: u32,
    recency_days: f64,
    age_days: f64,
    /// [`NO_GAPS`] where it is not known, and with fewer than two repeats, of whom `t_x` says it.
    ln_gaps: f64,
    /// [`UNKNOWN`] where it is not known, and without a repeat.
    mean_spend: f64,
}

/// The mark of an unknown mean spend, below every one. An `Option` would make a sample half as large again.
const UNKNOWN: f64 = -1.0;

/// The mark of unknown gaps, below every sum of logarithms.
const NO_GAPS: f64 = f64::NEG_INFINITY;

impl Sample {
    /// A new customer, at the first purchase: `x`, `t_x` and `T` are 0.
    pub const NEW: Self = Self::of_valid(0, 0.0, 0.0);

    /// A customer with `repeats` repeat purchases, the last one `recency_days` after the first purchase, observed up to
    /// `age_days` after it.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless `0 <= recency <= age`, the recency is 0 exactly without a repeat, and times above 0 lie
    /// between `1e-15` and `1e15` days: within these, every answer of every model is a number.
    pub fn new(repeats: u32, recency_days: f64, age_days: f64) -> Result<Self> {
        let refused = |field, found, expected| Err(Error::Number { field, found, expected });
        TIMES.check_or_zero("age T", age_days)?;
        if !(recency_days >= 0.0 && recency_days <= age_days) {
            return refused("recency t_x", recency_days, "0 or more and at most the age T");
        }
        match repeats {
            0 if recency_days > 0.0 => refused("recency t_x", recency_days, "0 without a repeat purchase"),
            1.. if recency_days <= 0.0 => refused("recency t_x", recency_days, "above 0 with a repeat purchase"),
            _ => {
                TIMES.check_or_zero("recency t_x", recency_days)?;
                // The sign of a zero is dropped.
                Ok(Self::of_valid(repeats, recency_days.abs(), age_days.abs()))
            }
        }
    }

    /// The sample with the customer's mean spend on a repeat purchase day.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless the mean is 0 or from `1e-40` to `1e40`, and 0 without a repeat.
    pub fn with_mean_spend(self, mean_spend: f64) -> Result<Self> {
        checked_mean_spend(self.repeats, mean_spend)?;
        // The sign of a zero is dropped.
        let mean_spend = if self.repeats > 0 { mean_spend.abs() } else { UNKNOWN };
        Ok(Self { mean_spend, ..self })
    }

    /// The sample with the sum of the natural logarithms of the customer's gaps in days.
    ///
    /// With one repeat or none, `t_x` says what the sum is, and it changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless the sum is finite and at most that of equal gaps, `x ln(t_x / x)`; and, with one repeat or
    /// none, unless it is that; all but for the rounding of logarithms.
    pub fn with_ln_gaps(self, ln_gaps: f64) -> Result<Self> {
        let of_equal = self.ln_of_equal_gaps();
        // A gap's logarithm as an integer is up to half a unit of 2^-32 above.
        let rounding = 1e-9 * (f64::from(self.repeats) + of_equal.abs());
        let is_possible = ln_gaps.is_finite()
            && ln_gaps <= of_equal + rounding
            && (self.repeats > 1 || ln_gaps >= of_equal - rounding);
        if !is_possible {
            let expected = "finite and at most that of equal gaps";
            return Err(Error::Number { field: "sum of the gaps' logarithms", found: ln_gaps, expected });
        }
        Ok(self.with_valid_ln_gaps(ln_gaps))
    }

    pub(in crate::predict) const fn with_valid_ln_gaps(self, ln_gaps: f64) -> Self {
        // The sign of a zero is dropped.
        let ln_gaps = if self.repeats > 1 { ln_gaps + 0.0 } else { NO_GAPS };
        Self { ln_gaps, ..self }
    }

    /// The sample of a customer's [summary](crate::CustomerHistory::repeat_summary), with gaps and mean spend.
    pub fn of(summary: &RepeatSummary) -> Self {
        let (recency, age) = (summary.recency_days(), summary.age_days());
        let mean_spend = summary.mean_spend().unwrap_or(UNKNOWN);
        let times = Self::of_valid(summary.repeats(), recency.into(), age.into());
        Self { mean_spend, ..times.with_valid_ln_gaps(summary.ln_gaps()) }
    }

    /// Makes a sample of checked numbers, without gaps and mean spend.
    pub(in crate::predict) const fn of_valid(repeats: u32, recency_days: f64, age_days: f64) -> Self {
        Self { repeats, recency_days, age_days, ln_gaps: NO_GAPS, mean_spend: UNKNOWN }
    }

    /// `x`: purchase days - 1.
    pub const fn repeats(&self) -> u32 {
        self.repeats
    }

    /// `t_x`: the days from the first purchase to the last, 0 when `x` is 0.
    pub const fn recency_days(&self) -> f64 {
        self.recency_days
    }

    /// `T`: the days from the first purchase to the end of the observation.
    pub const fn age_days(&self) -> f64 {
        self.age_days
    }

    /// `Σ ln g`: the sum of the natural logarithms of the gaps in days; `None` where it is not known.
    pub fn ln_gaps(&self) -> Option<f64> {
        if self.repeats < 2 { Some(self.ln_of_equal_gaps()) } else { self.known_ln_gaps() }
    }

    /// The sum where it is known of two repeats or more, whose `t_x` does not say it.
    pub(in crate::predict) fn known_ln_gaps(&self) -> Option<f64> {
        self.ln_gaps.is_finite().then_some(self.ln_gaps)
    }

    /// The largest possible sum.
    fn ln_of_equal_gaps(&self) -> f64 {
        let repeats = f64::from(self.repeats);
        if self.repeats == 0 { 0.0 } else { repeats * libm::log(self.recency_days / repeats) }
    }

    /// `m`: the mean spend on a repeat purchase day; `None` where it is not known, and when `x` is 0.
    #[doc(alias = "AOV")]
    pub fn mean_spend(&self) -> Option<f64> {
        (self.mean_spend >= 0.0).then_some(self.mean_spend)
    }
}

pub(in crate::predict) fn checked_mean_spend(repeats: u32, found: f64) -> Result<()> {
    const FIELD: &str = "mean spend m";
    SPENDS.check_or_zero(FIELD, found)?;
    if repeats == 0 && found > 0.0 {
        return Err(Error::Number { field: FIELD, found, expected: "0 without a repeat purchase" });
    }
    Ok(())
}

crate::stored::stored! {
    Sample(sample) {
        repeats: u32 = sample.repeats,
        recency_days: f64 = sample.recency_days,
        age_days: f64 = sample.age_days,
        #[serde(default, skip_serializing_if = "Option::is_none")] ln_gaps: Option<f64> = sample.known_ln_gaps(),
        #[serde(default, skip_serializing_if = "Option::is_none")] mean_spend: Option<f64> = sample.mean_spend(),
    } <=> {
        let times = Sample::new(repeats, recency_days, age_days)?;
        let sample = ln_gaps.map_or(Ok(times), |ln_gaps| times.with_ln_gaps(ln_gaps))?;
        mean_spend.map_or(Ok(sample), |mean_spend| sample.with_mean_spend(mean_spend))
    }
}
