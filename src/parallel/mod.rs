//! Work in parts: on all cores with the feature `rayon`, one part after the other without it.
//!
//! How work is cut does not depend on the number of threads, and the parts' answers come in the order of the parts.
//! Whoever puts them together in that order gets the same bits on one core and on many.
//!
//! Written for speed before plainness: `benches/threads.rs` must not get slower.

mod blocks;

use core::cmp::Ordering;
use core::ops::Range;

pub(crate) use blocks::{BLOCK, blocks, fetch};

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
    if parts > 1 && !is_one_thread() {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};
        return (0..parts).into_par_iter().map(work).collect();
    }
    (0..parts).map(work).collect()
}

/// The answer for each part of `items`, which the work may change: `size` long, only the last may be shorter. Work is
/// given the number of the part.
pub(crate) fn map_chunks<T: Send, R: Send>(
    items: &mut [T],
    size: usize,
    work: impl Fn(usize, &mut [T]) -> R + Send + Sync,
) -> Vec<R> {
    let size = size.max(1);
    #[cfg(feature = "rayon")]
    if items.len() > size && !is_one_thread() {
        use rayon::iter::{IndexedParallelIterator, ParallelIterator};
        use rayon::slice::ParallelSliceMut;
        return items.par_chunks_mut(size).enumerate().map(|(part, items)| work(part, items)).collect();
    }
    items.chunks_mut(size).enumerate().map(|(part, items)| work(part, items)).collect()
}

/// The answer for each item, which the work may change. Work is given the number of the item.
pub(crate) fn map_each<T: Send, R: Send>(items: &mut [T], work: impl Fn(usize, &mut T) -> R + Send + Sync) -> Vec<R> {
    #[cfg(feature = "rayon")]
    if items.len() > 1 && !is_one_thread() {
        use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
        return items.par_iter_mut().enumerate().map(|(part, item)| work(part, item)).collect();
    }
    items.iter_mut().enumerate().map(|(part, item)| work(part, item)).collect()
}

/// Threads that work on parts.
fn threads() -> usize {
    #[cfg(feature = "rayon")]
    return rayon::current_num_threads();
    #[cfg(not(feature = "rayon"))]
    1
}

/// Whether parts are worked on by one thread, so that what one of them worked out is at hand for all others.
pub(crate) fn is_one_thread() -> bool {
    threads() == 1
}

/// Parts of a thread: enough for threads to come to their end together, few enough for joining them to cost nothing.
const PARTS_A_THREAD: usize = 4;

/// The length of the parts of `len` items: none shorter than `least`, for which it pays to wake another core. For one
/// thread, all is one part, as it is without the feature.
pub(crate) fn part_size(len: usize, least: usize) -> usize {
    // Few items ask for no threads, which are started when they are first asked for.
    match if len > least { threads() } else { 1 } {
        1 => len,
        threads => len.div_ceil(PARTS_A_THREAD * threads).max(least),
    }
}

/// The answers for the parts of `0..len`, one after the other.
pub(crate) fn concat<R: Send>(len: usize, least: usize, work: impl Fn(Range<usize>) -> Vec<R> + Send + Sync) -> Vec<R> {
    joined(map_ranges(len, part_size(len, least), work))
}

/// The value of each of `0..len`.
pub(crate) fn collect<T: Send>(len: usize, least: usize, value: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
    #[cfg(feature = "rayon")]
    if len > least && !is_one_thread() {
        use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
        return (0..len).into_par_iter().with_min_len(part_size(len, least)).map(value).collect();
    }
    #[cfg(not(feature = "rayon"))]
    let _ = least;
    (0..len).map(value).collect()
}

/// Work that is done side by side with other work.
pub(crate) type Task<'a> = Box<dyn FnMut() + Send + 'a>;

/// Does all of the work.
pub(crate) fn run(tasks: &mut [Task<'_>]) {
    map_each(tasks, |_, task| task());
}

/// The parts one after the other; a single one stays as it is.
pub(crate) fn joined<T>(parts: Vec<Vec<T>>) -> Vec<T> {
    let mut parts = parts.into_iter();
    let mut all = parts.next().unwrap_or_default();
    all.reserve_exact(parts.as_slice().iter().map(Vec::len).sum());
    parts.for_each(|part| all.extend(part));
    all
}

/// Items that one core sorts before another is awake.
#[cfg(any(test, feature = "rayon"))]
const MANY: usize = 1 << 14;

/// Works on each item, such as a customer's few.
pub(crate) fn for_each<T: Send>(items: &mut [T], work: impl Fn(&mut T) + Send + Sync) {
    #[cfg(feature = "rayon")]
    if items.len() > MANY / 16 && !is_one_thread() {
        use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};
        return items.par_iter_mut().for_each(work);
    }
    items.iter_mut().for_each(work);
}

/// Sorts items, equal ones in the order in which they are; quick where they are a few sorted runs.
pub(crate) fn sort<T: Send>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering + Send + Sync) {
    #[cfg(feature = "rayon")]
    if items.len() > MANY && !is_one_thread() {
        return rayon::slice::ParallelSliceMut::par_sort_by(items, order);
    }
    items.sort_by(order);
}

/// Sorts items by an order in which no two are equal.
pub(crate) fn sort_distinct<T: Send>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering + Send + Sync) {
    #[cfg(feature = "rayon")]
    if items.len() > MANY && !is_one_thread() {
        return rayon::slice::ParallelSliceMut::par_sort_unstable_by(items, order);
    }
    items.sort_unstable_by(order);
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

    #[test]
    #[cfg(feature = "rayon")]
    fn one_thread_works_on_one_part() -> Result<(), rayon::ThreadPoolBuildError> {
        for (threads, size) in [(1, 1000), (2, 125), (4, 63), (200, 10)] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
            assert_eq!(pool.install(|| (part_size(1000, 10), part_size(10, 10))), (size, 10));
        }
        Ok(())
    }

    #[test]
    fn many_items_come_in_order() {
        for len in [0, 1, 5, MANY, 10 * MANY + 7] {
            let items: Vec<usize> = (0..len).rev().collect();
            assert_eq!(concat(len, 3, |part| items[part].to_vec()), items);
            let mut sorted = items.clone();
            sort_distinct(&mut sorted, Ord::cmp);
            assert!(sorted.iter().copied().eq(0..len));
            let mut stable: Vec<_> = items.iter().map(|&item| (item % 7, item)).collect();
            sort(&mut stable, |left, right| left.0.cmp(&right.0));
            assert!(stable.is_sorted_by(|left, right| left.0 < right.0 || left.0 == right.0 && left.1 > right.1));
            for_each(&mut sorted, |item| *item += 1);
            assert!(sorted.into_iter().eq(1..=len));
        }
    }

    #[test]
    fn chunks_are_the_parts_of_a_slice() {
        for (len, size) in [(0, 3), (1, 3), (3, 3), (10, 3), (10, 0), (5, usize::MAX)] {
            let mut items: Vec<usize> = vec![0; len];
            let lengths = map_chunks(&mut items, size, |part, items| {
                items.fill(part);
                items.len()
            });
            let parts = map_ranges(len, size, |part| part.len());
            assert_eq!(lengths, parts);
            assert!(items.iter().enumerate().all(|(at, &part)| part == at / size.clamp(1, 100)));
        }
    }
}
