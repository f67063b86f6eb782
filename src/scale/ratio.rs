//! A share as a count of a population, never as a bare fraction.

use crate::error::{Error, Result};
use crate::number::quotient;
use crate::scale::Interval;

/// `count` members out of a population of `of`, such as repeat buyers of all buyers.
///
/// A ratio keeps its denominator, so that the population of every share is known, shares of disjoint
/// populations can be [merged](Ratio::merge) exactly, and the share of nobody is `None`, not 0.
///
/// # Examples
///
/// ```
/// use repurchase::Ratio;
///
/// let north = Ratio::new(30, 100)?;
/// let south = Ratio::new(5, 20)?;
/// assert_eq!(north.merge(south)?, Ratio::new(35, 120)?);
/// assert_eq!(north.value(), Some(0.3));
/// assert_eq!(Ratio::new(0, 0)?.value(), None);
/// assert_eq!(north.to_string(), "30 of 100 (30.00%)");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredRatio"))]
pub struct Ratio {
    count: u64,
    of: u64,
}

impl Ratio {
    /// `count` of `of`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when `count` is larger than `of`.
    pub const fn new(count: u64, of: u64) -> Result<Self> {
        if count > of {
            return Err(Error::OutOfRange { field: "count", found: count, min: 0, max: of });
        }
        Ok(Self { count, of })
    }

    /// For counts that were taken from the population itself.
    pub(crate) const fn counted(count: u64, of: u64) -> Self {
        debug_assert!(count <= of, "a part is not larger than its whole");
        Self { count, of }
    }

    /// The members counted.
    pub const fn count(self) -> u64 {
        self.count
    }

    /// The population (denominator).
    pub const fn of(self) -> u64 {
        self.of
    }

    /// The share, within 0..=1, correctly rounded; `None` when the population is empty.
    #[allow(clippy::cast_possible_wrap, reason = "u64 fits i128")]
    pub fn value(self) -> Option<f64> {
        quotient(i128::from(self.count), i128::from(self.of))
    }

    /// The ratio of two disjoint populations taken together.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] when the joint population does not fit in 64 bits.
    pub const fn merge(self, other: Self) -> Result<Self> {
        match (self.count.checked_add(other.count), self.of.checked_add(other.of)) {
            (Some(count), Some(of)) => Ok(Self { count, of }),
            _ => Err(Error::CountOverflow { field: "population of a ratio" }),
        }
    }

    /// Wilson's score interval for the share in the wider population of which this one is a sample.
    ///
    /// `z` is the standard normal quantile of the confidence, such as [`Ratio::Z_95`] for 95%. `None` when the
    /// population is empty or `z` is not a finite number above 0. Unlike the normal approximation it never leaves
    /// 0..=1 and has a width at 0 of n and n of n.
    ///
    /// # Formula
    ///
    /// `(p + z²/2n ± z √(p (1 - p) / n + z²/4n²)) / (1 + z²/n)`, where `p = count / of` and `n = of`.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::Ratio;
    ///
    /// let interval = Ratio::new(0, 10)?.wilson(Ratio::Z_95).expect("ten customers");
    /// assert_eq!(interval.low, 0.0);
    /// assert!((interval.high - 0.277_532_8).abs() < 1e-6);
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    ///
    /// # References
    ///
    /// E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", Journal of the
    /// American Statistical Association 22(158), 209-212, doi 10.1080/01621459.1927.10502953.
    #[allow(clippy::cast_precision_loss, reason = "an interval is an estimate")]
    pub fn wilson(self, z: f64) -> Option<Interval> {
        let p = self.value()?;
        if !(z.is_finite() && z > 0.0) {
            return None;
        }
        // Far beyond any confidence the interval is 0..=1 to the last bit; the square must stay finite.
        let z = z.min(1e100);
        let n = self.of as f64;
        let z2n = z * z / n;
        let scale = 1.0 + z2n;
        let middle = (p + z2n / 2.0) / scale;
        let reach = z * (p * (1.0 - p) / n + z2n / (4.0 * n)).sqrt() / scale;
        // At the ends the bound is exact: rounding must not leave 1e-17 where the formula gives 0.
        let low = if self.count == 0 { 0.0 } else { (middle - reach).clamp(0.0, 1.0) };
        let high = if self.count == self.of { 1.0 } else { (middle + reach).clamp(0.0, 1.0) };
        Some(Interval { low, high })
    }

    /// The standard normal quantile of a two-sided 95% interval.
    pub const Z_95: f64 = 1.959_963_984_540_054;
}

/// Prints the counts and the percentage: `30 of 100 (30.00%)`, `0 of 0` for an empty population.
impl core::fmt::Display for Ratio {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} of {}", self.count, self.of)?;
        match self.value() {
            Some(value) => write!(f, " ({:.2}%)", value * 100.0),
            None => Ok(()),
        }
    }
}

#[cfg(feature = "serde")]
crate::stored::stored! { StoredRatio { count: u64, of: u64 } -> Ratio: Self::new(count, of) }
