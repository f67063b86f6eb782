//! Quantiles of the shop's own customers.

use core::ops::Bound;

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::number::select;
use crate::scale::range::range;
use crate::scale::ranks::{bin_ranks, share_ranks};

/// Fitted cut points: the values at which one bin of a population ends and the next begins.
///
/// **Share below** decides: of `N` values, the number strictly smaller, over `N`. With `k` bins a value's bin, counted
/// from 0, is `k * below / N` in integers, so equal values always share a bin and no bin holds more than its share from
/// the top. The cuts keep that rule for values that were not there when it was fitted: the bin is the **number of cuts
/// below the value**.
///
/// Ties can leave bins that no value reaches: see [`empty_bins`](CutPoints::empty_bins). A fit takes time linear in values
/// on average.
///
/// # Examples
///
/// ```
/// use repurchase::scale::CutPoints;
///
/// let cuts = CutPoints::fit([1, 1, 1, 1, 1, 1, 2, 3, 5, 9], 5)?;
/// assert_eq!(cuts.cuts(), [1, 1, 1, 3]);
/// assert_eq!((cuts.position(&1), cuts.position(&2), cuts.position(&100)), (0, 3, 4));
/// assert_eq!(cuts.empty_bins().collect::<Vec<_>>(), [1, 2]);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # Formula
///
/// Cut `j` of `1..k` is the `⌈j N / k⌉`-th smallest value: `below >= ⌈j N / k⌉` exactly when that value is below. In
/// SQL: `k * (rank() over (order by v) - 1) / count(*) over ()`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CutPoints<T> {
    cuts: Vec<T>,
}

impl<T: Ord> CutPoints<T> {
    /// Cut points that were fitted elsewhere, such as by a database.
    ///
    /// # Errors
    ///
    /// [`Error::NotAscending`] when a cut is below the one before it; equal cuts are fine.
    pub fn new(cuts: Vec<T>) -> Result<Self> {
        Error::ascending("cut points", &cuts, |lower, upper| lower > upper)?;
        Ok(Self { cuts })
    }

    /// Cuts the values into `bins` bins of equal shares.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when `bins` is not within 2..=255; [`Error::NoCustomers`] when there is no value.
    pub fn fit(values: impl IntoIterator<Item = T>, bins: u8) -> Result<Self>
    where
        T: Clone,
    {
        let values: Vec<T> = values.into_iter().collect();
        let ranks = bin_ranks(values.len() as u64, bins)?;
        Ok(Self::of_ranks(values, &ranks))
    }

    /// Cuts the values where the given shares of them lie below: shares of 0.8 and 0.95 make the bins of the lower 80%,
    /// the next 15% and the top 5%.
    ///
    /// # Errors
    ///
    /// [`Error::Share`] for a share that is not above 0 and below 1, [`Error::NotAscending`] when one is not above the
    /// one before it, [`Error::NoCustomers`] when there is no value.
    pub fn fit_shares(values: impl IntoIterator<Item = T>, shares: &[Decimal]) -> Result<Self>
    where
        T: Clone,
    {
        let values: Vec<T> = values.into_iter().collect();
        let ranks = share_ranks(values.len() as u64, shares)?;
        Ok(Self::of_ranks(values, &ranks))
    }

    /// The bin of a value, counted from 0: the number of cuts below it.
    #[inline]
    pub fn position(&self, value: &T) -> usize {
        count(&self.cuts, |cut| cut < value)
    }

    /// The bin of a value where cuts are the smallest values of their bins: the number of cuts that are not above it.
    #[inline]
    pub(crate) fn position_from_top(&self, value: &T) -> usize {
        count(&self.cuts, |cut| cut <= value)
    }

    /// The bins that no value can reach, because ties made the cuts around them equal.
    pub fn empty_bins(&self) -> impl Iterator<Item = usize> + '_ {
        let equal = self.cuts.windows(2).enumerate().filter(|(_, pair)| pair[0] == pair[1]);
        equal.map(|(lower, _)| lower + 1)
    }
}

/// Counts the few cuts that are passed: counting them all, four at a time, is faster than a search that branches.
#[inline]
fn count<T>(cuts: &[T], is_passed: impl Fn(&T) -> bool) -> usize {
    let passed = |cuts: &[T]| cuts.iter().filter(|cut| is_passed(cut)).count();
    let fours = cuts.chunks_exact(4);
    passed(fours.remainder()) + fours.map(passed).sum::<usize>()
}

impl<T> CutPoints<T> {
    /// The number of bins, one more than cuts.
    pub fn bins(&self) -> usize {
        self.cuts.len() + 1
    }

    /// The cuts, ascending, perhaps with equal neighbours.
    pub fn cuts(&self) -> &[T] {
        &self.cuts
    }

    /// The values of a bin, for asking [`contains`](core::ops::RangeBounds::contains) or a database: the lower cut is
    /// not part of it, the upper is. Nothing lies between [equal cuts](CutPoints::empty_bins). `None` for a bin that
    /// does not exist.
    pub fn range(&self, position: usize) -> Option<(Bound<&T>, Bound<&T>)> {
        range(&self.cuts, position, [Bound::Excluded, Bound::Included])
    }

    /// The values of the given ranks (from 1, ascending, at most as many as values).
    pub(crate) fn of_ranks(values: Vec<T>, ranks: &[u64]) -> Self
    where
        T: Ord + Clone,
    {
        Self { cuts: select::of_ranks(values, ranks) }
    }

    /// Cuts that are known to ascend.
    pub(crate) const fn ascending(cuts: Vec<T>) -> Self {
        Self { cuts }
    }

    /// The same cuts in another unit of the same order.
    pub(crate) fn map<U>(self, unit: impl FnMut(T) -> U) -> CutPoints<U> {
        CutPoints { cuts: self.cuts.into_iter().map(unit).collect() }
    }
}

crate::stored::stored! { CutPoints<T: Ord> as cuts: Vec<T> => Self::new(cuts) }

/// [`CutPoints`] of the values at the given ranks.
pub(crate) fn cuts_of_keys<K: select::Key>(values: &[K], ranks: &[u64]) -> CutPoints<K> {
    CutPoints { cuts: select::at_ranks(values, ranks) }
}
