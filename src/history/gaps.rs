//! Gaps between a customer's purchase days.

use super::logarithms::{from_units, gap_logarithm};
use crate::number::quotient;

/// The sums kept of the gaps: enough for their mean, extremes, deviation and regularity, exact, and mergeable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct GapSums {
    pub(crate) shortest: u32,
    pub(crate) longest: u32,
    pub(crate) squares: u64,
    /// The sum of their [logarithms](gap_logarithm).
    pub(crate) logarithms: u64,
}

impl GapSums {
    /// Counts the days since the purchase before, which are no gap when they are 0.
    #[inline]
    pub(crate) fn add(&mut self, gap: u32) {
        // A gap is never 0, so a shortest gap of 0 stands for no gap: it wraps to the longest.
        self.shortest = self.shortest.wrapping_sub(1).min(gap.wrapping_sub(1)).wrapping_add(1);
        self.longest = self.longest.max(gap);
        // All gaps of chrono's range together are shorter than 2^28 days, so their squares sum to less than 2^56.
        self.squares += u64::from(gap) * u64::from(gap);
        // Of gaps that are together shorter than 2^28 days, the logarithms sum to less than 2^27: in units, to less than 2^59.
        self.logarithms += gap_logarithm(gap);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.shortest = match (self.shortest, other.shortest) {
            (0, only) | (only, 0) => only,
            (left, right) => left.min(right),
        };
        self.longest = self.longest.max(other.longest);
        self.squares += other.squares;
        self.logarithms += other.logarithms;
    }
}

/// The gaps of one customer: the days between consecutive purchase days.
///
/// Several purchases on one day make no gap, so a gap is 1 day or more. Population: the gaps of one customer of two
/// purchase days or more; made by [`CustomerHistory::gaps`](crate::CustomerHistory::gaps), which is `None` for the
/// others.
#[doc(alias = "inter-purchase time")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GapStatistics {
    count: u32,
    sum: u32,
    sums: GapSums,
}

impl GapStatistics {
    pub(crate) fn new(count: u32, sum: u32, sums: GapSums) -> Option<Self> {
        (count > 0).then_some(Self { count, sum, sums })
    }

    /// The number of gaps, 1 or more: purchase days - 1.
    pub const fn count(self) -> u32 {
        self.count
    }

    /// Days from the first to the last purchase: the gaps' sum.
    pub const fn span_days(self) -> u32 {
        self.sum
    }

    /// The mean gap in days, 1 or more: `(last - first) / (purchase days - 1)`.
    pub fn mean_days(self) -> f64 {
        f64::from(self.sum) / f64::from(self.count)
    }

    /// The mean gap without its fraction, 1 or more, which lies between the same whole edges.
    pub const fn whole_mean_days(self) -> u32 {
        self.sum / self.count
    }

    /// The mean gap as people can check it: `9/2 = 4.50`.
    pub(crate) fn mean_in_words(self) -> String {
        format!("{}/{} = {:.2}", self.sum, self.count, self.mean_days())
    }

    /// The shortest gap in days.
    pub const fn shortest_days(self) -> u32 {
        self.sums.shortest
    }

    /// The longest gap in days.
    pub const fn longest_days(self) -> u32 {
        self.sums.longest
    }

    /// The sum of the gaps' natural logarithms, 0 or more, each as [`gap_logarithm`] gives it.
    pub fn ln_sum(self) -> f64 {
        from_units(self.sums.logarithms)
    }

    /// The sample standard deviation of the gaps in days, 0 or more; `None` for a single gap. Formula:
    /// `√((n Σg² - (Σg)²) / (n (n - 1)))`; all but the root and the quotient under it is exact.
    pub fn standard_deviation_days(self) -> Option<f64> {
        let (n, sum) = (i128::from(self.count), i128::from(self.sum));
        quotient(n * i128::from(self.sums.squares) - sum * sum, n * (n - 1)).map(f64::sqrt)
    }
}
