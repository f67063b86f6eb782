//! Work in parts: on all cores with the feature `rayon`, one part after the other without it.
//!
//! How work is cut does not depend on the number of threads, and the parts' answers come in the order of the parts.
//! Whoever puts them together in that order gets the same bits on one core and on many.

use core::ops::Range;

/// The answer for each part of `0..len`; every part is `size` long, only the last may be shorter.
///
/// A single part is worked on where it is asked for: small inputs never leave their thread.
pub(crate) fn map_ranges<R: Send>(len: usize, size: usize, work: impl Fn(Range<usize>) -> R + Send + Sync) -> Vec<R> {
    let size = size.max(1);
    map(len.div_ceil(size), |part| work(part * size..len.min((part + 1) * size)))
}

/// The answer for each of `0..parts`.
pub(crate) fn map<R: Send>(parts: usize, work: impl Fn(usize) -> R + Send + Sync) -> Vec<R> {
    #[cfg(feature = "rayon")]
    if parts > 1 {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};
        return (0..parts).into_par_iter().map(work).collect();
    }
    (0..parts).map(work).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_everything_once_and_in_order() {
        for (len, size) in [(0, 3), (1, 3), (3, 3), (10, 3), (10, 0), (5, usize::MAX)] {
            let parts = map_ranges(len, size, |part| part);
            assert_eq!(parts.into_iter().flatten().collect::<Vec<_>>(), (0..len).collect::<Vec<_>>());
        }
    }
}
