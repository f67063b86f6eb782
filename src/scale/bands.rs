//! Thresholds that the shop gives.

use core::ops::Bound;

use crate::error::{Error, Result};
use crate::scale::range::range;

/// Given thresholds: `n` edges make `n + 1` half-open bands `[.., e0) [e0, e1) .. [en, ..]`.
///
/// A value that equals an edge lies in the band above it; equal values always lie in the same band. `T` is whatever is
/// cut: days, counts, money.
///
/// # Examples
///
/// ```
/// use core::ops::Bound::{Excluded, Included};
///
/// use repurchase::scale::Bands;
///
/// let days = Bands::new(vec![30, 50, 80])?;
/// assert_eq!(days.position(&29), 0);
/// assert_eq!(days.position(&30), 1);
/// assert_eq!(days.position(&1000), 3);
/// assert_eq!(days.range(1), Some((Included(&30), Excluded(&50))));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bands<T> {
    edges: Vec<T>,
}

impl<T: Ord> Bands<T> {
    /// Bands between the given edges. No edge at all makes one band that holds everything.
    ///
    /// # Errors
    ///
    /// [`Error::NotAscending`] when an edge is not above the one before it.
    pub fn new(edges: Vec<T>) -> Result<Self> {
        Error::ascending("band edges", &edges, |lower, upper| lower >= upper)?;
        Ok(Self { edges })
    }

    /// Edges that are known to ascend.
    pub(crate) const fn ascending(edges: Vec<T>) -> Self {
        Self { edges }
    }

    /// The band of a value, counted from 0: the number of edges that are not above it.
    #[inline]
    pub fn position(&self, value: &T) -> usize {
        self.edges.iter().take_while(|edge| *edge <= value).count()
    }
}

impl<T> Bands<T> {
    /// The same edges in another unit of the same order.
    pub(crate) fn map<U>(self, unit: impl FnMut(T) -> U) -> Bands<U> {
        Bands { edges: self.edges.into_iter().map(unit).collect() }
    }

    /// The number of bands, one more than edges.
    pub fn len(&self) -> usize {
        self.edges.len() + 1
    }

    /// Returns `false`: there is always one band.
    pub const fn is_empty(&self) -> bool {
        false
    }

    /// The edges, strictly ascending.
    pub fn edges(&self) -> &[T] {
        &self.edges
    }

    /// The values of a band, for asking [`contains`](core::ops::RangeBounds::contains) or a database: the lower edge is
    /// part of it, the upper is not. `None` for a band that does not exist.
    pub fn range(&self, position: usize) -> Option<(Bound<&T>, Bound<&T>)> {
        range(&self.edges, position, [Bound::Included, Bound::Excluded])
    }
}

crate::stored::stored! { Bands<T: Ord> as edges: Vec<T> => Self::new(edges) }
