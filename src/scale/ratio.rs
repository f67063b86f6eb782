//! A share as a count of a population, never as a bare fraction.

use crate::error::{Error, Result};
use crate::number::quotient;
use crate::scale::{Confidence, Interval};

/// `count` members out of a population of `of`, such as repeat buyers of all buyers.
///
/// A ratio keeps its denominator, so that the population of every share is known, shares of disjoint
/// populations can be [merged](Ratio::merge) exactly, and the share of nobody is `None`, not 0.
///
/// # Examples
///
/// ```
/// use repurchase::Ratio;
/// use repurchase::scale::Confidence;
///
/// let mut north = Ratio::new(30, 100)?;
/// assert_eq!(north.value(), Some(0.3));
/// north.merge(&Ratio::new(5, 20)?)?;
/// assert_eq!(north, Ratio::new(35, 120)?);
/// assert_eq!(Ratio::new(0, 0)?.value(), None);
/// assert_eq!(north.to_string(), "35 of 120 (29.17%)");
///
/// let interval = Ratio::new(0, 10)?.wilson(Confidence::default()).expect("ten customers");
/// assert_eq!((interval.low, (interval.high - 0.277_532_8).abs() < 1e-6), (0.0, true));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
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

    /// Makes a ratio of counts that were taken from the population itself.
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
    pub fn value(self) -> Option<f64> {
        quotient(i128::from(self.count), i128::from(self.of))
    }

    /// Adds the members and the population of another ratio, whose population must be disjoint from this one's.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] when the joint population does not fit 64 bits; the ratio is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        // A count is not larger than its population.
        let of = self.of.checked_add(other.of).ok_or(Error::CountOverflow { field: "population of a ratio" })?;
        *self = Self { count: self.count + other.count, of };
        Ok(())
    }

    /// Wilson's score interval for the share in the wider population that this one samples.
    ///
    /// `None` when the population is empty. Unlike the normal approximation it never leaves 0..=1 and has a width at 0
    /// of n and n of n.
    ///
    /// # Formula
    ///
    /// `(p + z²/2n ± z √(p (1 - p) / n + z²/4n²)) / (1 + z²/n)`, where `p = count / of`, `n = of` and `z` is the
    /// [quantile](Confidence::z) of the confidence.
    ///
    /// # References
    ///
    /// E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", Journal of the
    /// American Statistical Association 22(158), 209-212, doi 10.1080/01621459.1927.10502953.
    #[allow(clippy::cast_precision_loss, reason = "an interval is an estimate")]
    pub fn wilson(self, confidence: Confidence) -> Option<Interval> {
        let (p, n, z) = (self.value()?, self.of as f64, confidence.z());
        let z2n = z * z / n;
        let scale = 1.0 + z2n;
        let middle = (p + z2n / 2.0) / scale;
        let reach = z * (p * (1.0 - p) / n + z2n / (4.0 * n)).sqrt() / scale;
        // At the ends the bound is exact: rounding must not leave 1e-17 where the formula gives 0.
        let low = if self.count == 0 { 0.0 } else { (middle - reach).clamp(0.0, 1.0) };
        let high = if self.count == self.of { 1.0 } else { (middle + reach).clamp(0.0, 1.0) };
        Some(Interval { low, high })
    }

    /// Newcombe's hybrid score interval of this share less that of a separate population, within -1..=1: method 10 of
    /// `doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I`.
    pub(crate) fn difference_interval(self, other: Self, confidence: Confidence) -> Option<Interval> {
        let shares = [self, other];
        let intervals = shares.map(|share| share.wilson(confidence));
        let Interval { low, high } = Interval::of_difference(shares.map(Self::value), intervals)?;
        Interval::of(low.max(-1.0), high.min(1.0))
    }
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

crate::stored::stored! { Ratio { count: u64, of: u64 } <=> Self::new(count, of) }
