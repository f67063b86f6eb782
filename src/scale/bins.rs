//! Bins of either kind.

use core::ops::Bound;

use crate::scale::{Bands, CutPoints};

/// How a number becomes a bin: by quantiles that were fitted, or by thresholds that were given.
///
/// The two differ at their thresholds: a value equal to a fitted cut lies below it, one equal to a given edge above it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "serde", serde(bound(serialize = "T: Clone + serde::Serialize")))]
#[cfg_attr(feature = "serde", serde(bound(deserialize = "T: Ord + serde::Deserialize<'de>")))]
pub enum Bins<T> {
    /// Fitted to the shop's own customers.
    Quantiles(CutPoints<T>),
    /// Given by the shop.
    Bands(Bands<T>),
}

impl<T: Ord> Bins<T> {
    /// The bin of a value, counted from 0.
    #[inline]
    pub fn position(&self, value: &T) -> usize {
        match self {
            Self::Quantiles(cuts) => cuts.position(value),
            Self::Bands(bands) => bands.position(value),
        }
    }

    /// The bins that no value can reach, because ties made the cuts around them equal; empty where the edges were given.
    pub fn empty_bins(&self) -> Vec<usize> {
        match self {
            Self::Quantiles(cuts) => cuts.empty_bins().collect(),
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
            Self::Quantiles(cuts) => cuts.cuts(),
            Self::Bands(bands) => bands.edges(),
        }
    }

    /// The values of a bin, each end with or without its threshold, or open; `None` for a bin that does not exist.
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
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn range(&self, position: usize) -> Option<(Bound<&T>, Bound<&T>)> {
        match self {
            Self::Quantiles(cuts) => cuts.range(position),
            Self::Bands(bands) => bands.range(position),
        }
    }

    /// Whether a value that equals a threshold lies above it.
    pub(crate) const fn is_inclusive(&self) -> bool {
        matches!(self, Self::Bands(_))
    }

    /// The same thresholds in another unit of the same order.
    pub(crate) fn map<U>(self, unit: impl FnMut(T) -> U) -> Bins<U> {
        match self {
            Self::Quantiles(cuts) => Bins::Quantiles(cuts.map(unit)),
            Self::Bands(bands) => Bins::Bands(bands.map(unit)),
        }
    }
}
