//! Bins of either kind.

use core::ops::Bound;

use crate::scale::range::range;
use crate::scale::{Bands, CutPoints};

/// A rule by which a number becomes a bin: by quantiles that were fitted, or by thresholds that were given.
///
/// They differ at their thresholds: a value equal to a cut of [`Quantiles`](Bins::Quantiles) lies below it, one equal to
/// a cut from the top or to a given edge above it.
///
/// # Examples
///
/// ```
/// use core::ops::Bound::{Excluded, Included};
/// use core::ops::RangeBounds;
///
/// use repurchase::scale::{Bands, Bins, CutPoints};
///
/// let fitted = Bins::Quantiles(CutPoints::new(vec![10, 20])?);
/// assert_eq!(fitted.range(1), Some((Excluded(&10), Included(&20))));
/// let given = Bins::Bands(Bands::new(vec![10, 20])?);
/// assert_eq!(given.range(1), Some((Included(&10), Excluded(&20))));
/// assert!(fitted.range(1).is_some_and(|range| range.contains(&20)));
/// let from_top = Bins::QuantilesFromTop(CutPoints::new(vec![10, 20])?);
/// assert_eq!((from_top.position(&20), fitted.position(&20)), (2, 1));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "serde", serde(bound(deserialize = "T: Ord + serde::Deserialize<'de>")))]
pub enum Bins<T> {
    /// Fitted to the shop's own customers, by the share below: each cut is the largest value of its bin.
    Quantiles(CutPoints<T>),
    /// Fitted, by the share above: each cut is the smallest value of its bin, so that the highest value always lies in
    /// the last bin, however many customers share it.
    ///
    /// # Formula
    ///
    /// Of `N` values in `k` bins, the bin, counted from 0, is `k - 1 - ⌊k * above / N⌋`, where `above` are strictly
    /// larger; cut `j` of `1..k` is the `(⌊j N / k⌋ + 1)`-th smallest value.
    QuantilesFromTop(CutPoints<T>),
    /// Given by the shop.
    Bands(Bands<T>),
}

impl<T: Ord> Bins<T> {
    /// The bin of a value, counted from 0.
    #[inline]
    pub fn position(&self, value: &T) -> usize {
        match self {
            Self::Quantiles(cuts) => cuts.position(value),
            Self::QuantilesFromTop(cuts) => cuts.position_from_top(value),
            Self::Bands(bands) => bands.position(value),
        }
    }

    /// The bins that no value can reach, because ties made the cuts around them equal; empty where the edges were given.
    pub fn empty_bins(&self) -> Vec<usize> {
        match self {
            Self::Quantiles(cuts) | Self::QuantilesFromTop(cuts) => cuts.empty_bins().collect(),
            Self::Bands(_) => Vec::new(),
        }
    }
}

impl<T> Bins<T> {
    /// The number of bins.
    pub fn bins(&self) -> usize {
        self.thresholds().len() + 1
    }

    /// The cuts or edges, ascending.
    pub fn thresholds(&self) -> &[T] {
        match self {
            Self::Quantiles(cuts) | Self::QuantilesFromTop(cuts) => cuts.cuts(),
            Self::Bands(bands) => bands.edges(),
        }
    }

    /// The values of a bin, each end with or without its threshold, or open; `None` for a bin that does not exist.
    pub fn range(&self, position: usize) -> Option<(Bound<&T>, Bound<&T>)> {
        match self {
            Self::Quantiles(cuts) => cuts.range(position),
            Self::QuantilesFromTop(cuts) => range(cuts.cuts(), position, [Bound::Included, Bound::Excluded]),
            Self::Bands(bands) => bands.range(position),
        }
    }

    /// Whether a value that equals a threshold lies above it.
    pub(crate) const fn is_inclusive(&self) -> bool {
        matches!(self, Self::QuantilesFromTop(_) | Self::Bands(_))
    }

    /// The same thresholds in another unit of the same order.
    pub(crate) fn map<U>(self, unit: impl FnMut(T) -> U) -> Bins<U> {
        match self {
            Self::Quantiles(cuts) => Bins::Quantiles(cuts.map(unit)),
            Self::QuantilesFromTop(cuts) => Bins::QuantilesFromTop(cuts.map(unit)),
            Self::Bands(bands) => Bins::Bands(bands.map(unit)),
        }
    }
}
