//! Quantiles of the shop's own customers.

use core::ops::{Bound, Range};

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::parallel;
use crate::parallel::blocks;
use crate::scale::range::range;
use crate::scale::ranks::{bin_ranks, share_ranks};

/// Fitted cut points: the values at which one bin of a population ends and the next begins.
///
/// **Share below** decides: of `N` values, the number strictly smaller, over `N`. With `k` bins a value's bin, counted
/// from 0, is `k * below / N` in integers, so equal values always share a bin and no bin holds more than its share from
/// the top. The cuts keep that rule for values that were not there when it was fitted: the bin is the **number of cuts
/// below the value**.
///
/// Ties can leave bins that no value reaches: see [`empty_bins`](CutPoints::empty_bins).
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Vec<T>", into = "Vec<T>"))]
#[cfg_attr(feature = "serde", serde(bound(serialize = "T: Clone + serde::Serialize")))]
#[cfg_attr(feature = "serde", serde(bound(deserialize = "T: Ord + serde::Deserialize<'de>")))]
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
        match cuts.windows(2).position(|pair| pair[0] > pair[1]) {
            Some(position) => Err(Error::NotAscending { what: "cut points", position: position + 1 }),
            None => Ok(Self { cuts }),
        }
    }

    /// Cuts the values into `bins` bins of equal shares.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when `bins` is not within 2..=255; [`Error::NoCustomers`] when there is no value.
    ///
    /// # Complexity
    ///
    /// Linear in values on average.
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
    ///
    /// # Complexity
    ///
    /// Linear in values on average.
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

/// Few cuts: counting them all, four at a time, is faster than a search that branches.
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
    pub(crate) fn of_ranks(mut values: Vec<T>, ranks: &[u64]) -> Self
    where
        T: Ord + Clone,
    {
        Self { cuts: select(&mut values, &places_in_memory(ranks)) }
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

impl<T: Ord> TryFrom<Vec<T>> for CutPoints<T> {
    type Error = Error;

    fn try_from(cuts: Vec<T>) -> Result<Self> {
        Self::new(cuts)
    }
}

impl<T> From<CutPoints<T>> for Vec<T> {
    fn from(cuts: CutPoints<T>) -> Self {
        cuts.cuts
    }
}

/// Ranks of values in memory, none of which is above their number.
fn places_in_memory(ranks: &[u64]) -> Vec<usize> {
    ranks.iter().map(|&rank| rank as usize).collect()
}

/// The values of the given ranks (from 1, ascending, at most as many as values).
fn select<T: Ord + Clone>(values: &mut [T], ranks: &[usize]) -> Vec<T> {
    let mut selected = Vec::with_capacity(ranks.len());
    let (mut rest, mut passed) = (values, 0);
    for &rank in ranks {
        // A rank that was selected before is the last of what was passed.
        if rank > passed {
            let (_, value, above) = rest.select_nth_unstable(rank - passed - 1);
            selected.push(value.clone());
            (rest, passed) = (above, rank);
        } else if let Some(value) = selected.last().cloned() {
            selected.push(value);
        }
    }
    selected
}

/// An integer whose distance from a smaller one is a `u64`.
pub(crate) trait Key: Copy + Ord + Send + Sync {
    fn above(self, smaller: Self) -> u64;
}

impl Key for u32 {
    #[inline]
    fn above(self, smaller: Self) -> u64 {
        (self - smaller).into()
    }
}

impl Key for i64 {
    #[inline]
    fn above(self, smaller: Self) -> u64 {
        self.abs_diff(smaller)
    }
}

/// [`CutPoints`] of the values at the given ranks, from a histogram: days and counts are only counted, amounts of money
/// sorted only where a rank lies.
pub(crate) fn cuts_of_keys<K: Key>(values: &[K], ranks: &[u64]) -> CutPoints<K> {
    let Some(scheme) = Buckets::of(values) else {
        return CutPoints { cuts: Vec::new() };
    };
    let places = places(&histogram(values, |value| scheme.bucket(value)), &places_in_memory(ranks));
    let groups: Vec<_> = places.chunk_by(|left, right| left.1 == right.1).collect();
    // The values of each bucket that is asked for; where all are equal, one of them.
    let mut members: Vec<Vec<K>> = vec![Vec::new(); groups.len()];
    let mut wanted = [None::<u16>; BUCKETS];
    let mut more = false;
    for (number, group) in groups.iter().enumerate() {
        let at = group[0].1;
        if scheme.is_one_value(at) {
            members[number].extend(values.iter().find(|&&value| scheme.bucket(value) == at));
        } else {
            // There are fewer buckets than 2^16, so fewer groups.
            (wanted[at], more) = (Some(number as u16), true);
        }
    }
    if more {
        let of_part = |part: Range<usize>| {
            let mut members: Vec<Vec<K>> = vec![Vec::new(); groups.len()];
            for &value in blocks(&values[part]).flatten() {
                if let Some(number) = wanted[scheme.bucket(value)] {
                    members[usize::from(number)].push(value);
                }
            }
            members
        };
        for part in parallel::map_ranges(values.len(), parallel::part_size(values.len(), LEAST), of_part) {
            members.iter_mut().zip(part).for_each(|(members, more)| members.extend(more));
        }
    }
    let cuts = groups.into_iter().zip(&mut members).flat_map(|(group, members)| {
        let rank = |&(rank, at, below): &(usize, usize, usize)| if scheme.is_one_value(at) { 1 } else { rank - below };
        select(members, &group.iter().map(rank).collect::<Vec<_>>())
    });
    CutPoints { cuts: cuts.collect() }
}

/// Buckets that ascend with values, laid out for the range of a sample: whatever lies outside it shares the first or
/// the last one.
struct Buckets<K> {
    low: K,
    /// Whether distances from `low` are counted one by one.
    exact: bool,
}

const BUCKETS: usize = 1 << 12;

impl<K: Key> Buckets<K> {
    fn of(values: &[K]) -> Option<Self> {
        const SAMPLE: usize = 1 << 10;
        let sample = || values.iter().step_by(values.len() / SAMPLE + 1);
        let (&low, &high) = (sample().min()?, sample().max()?);
        Some(Self { low, exact: high.above(low) < BUCKETS as u64 - 2 })
    }

    #[inline]
    fn bucket(&self, value: K) -> usize {
        if value < self.low {
            return 0;
        }
        let distance = value.above(self.low);
        if self.exact { distance.min(BUCKETS as u64 - 2) as usize + 1 } else { floating_bucket(distance) + 1 }
    }

    fn is_one_value(&self, bucket: usize) -> bool {
        self.exact && 0 < bucket && bucket < BUCKETS - 1
    }
}

/// Bits of a distance that tell buckets apart, from its highest on.
const FINE_BITS: u32 = 6;
const _: () = assert!((((u64::BITS - FINE_BITS + 1) << FINE_BITS) as usize) < BUCKETS);

/// The place of a distance's highest bit and the six bits below it. Buckets ascend with distances and widen with them,
/// so that the long tail of money takes no room from its crowded start.
#[inline]
const fn floating_bucket(distance: u64) -> usize {
    let shift = (u64::BITS - 1 - FINE_BITS).saturating_sub((distance | 1).leading_zeros());
    ((shift as usize) << FINE_BITS) + (distance >> shift) as usize
}

/// Values for which it pays to wake another core.
const LEAST: usize = 1 << 16;

/// How many values, fewer than 2^32, lie in each bucket.
fn histogram<K: Key>(values: &[K], bucket: impl Fn(K) -> usize + Send + Sync) -> Vec<usize> {
    let of_part = |part: Range<usize>| {
        // Neighbours count apart: where they are equal, the second would have to wait for the first.
        let mut counts = vec![[0_u32; 2]; BUCKETS];
        for block in blocks(&values[part]) {
            let pairs = block.chunks_exact(2);
            for &value in pairs.remainder() {
                counts[bucket(value)][0] += 1;
            }
            for pair in pairs {
                for (side, &value) in pair.iter().enumerate() {
                    counts[bucket(value)][side] += 1;
                }
            }
        }
        counts
    };
    let mut sums = vec![0; BUCKETS];
    for counts in parallel::map_ranges(values.len(), parallel::part_size(values.len(), LEAST), of_part) {
        sums.iter_mut().zip(counts).for_each(|(sum, [left, right])| *sum += left as usize + right as usize);
    }
    sums
}

/// Of each rank, its bucket and how many values lie in the buckets below.
fn places(counts: &[usize], ranks: &[usize]) -> Vec<(usize, usize, usize)> {
    let (mut below, mut at) = (0, 0);
    let place = |&rank: &usize| {
        while let Some(count) = counts.get(at).filter(|&count| below + count < rank) {
            below += count;
            at += 1;
        }
        (rank, at, below)
    };
    ranks.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same each time.
    fn numbers(count: usize) -> impl Iterator<Item = u64> {
        core::iter::successors(Some(1u64), |x| {
            Some(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
        })
        .map(|x| x >> 33)
        .take(count)
    }

    #[track_caller]
    fn agrees_with_sorting<K: Key + core::fmt::Debug>(values: &[K]) {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        for bins in [2, 5, 10, 255] {
            let ranks = bin_ranks(values.len() as u64, bins).unwrap();
            let expected: Vec<K> = ranks.iter().map(|&rank| sorted[rank as usize - 1]).collect();
            assert_eq!(cuts_of_keys(values, &ranks).cuts(), expected, "{bins} bins");
        }
    }

    /// Of more values than the sample holds, most outliers escape it.
    #[test]
    fn histograms_find_what_sorting_finds() {
        const COUNT: usize = 20_000;
        let narrow: Vec<u32> = numbers(COUNT).map(|x| 5_000 + (x % 7) as u32).collect();
        agrees_with_sorting(&narrow);
        let with_outliers: Vec<u32> = numbers(COUNT)
            .map(|x| match x % 97 {
                0 => 0,
                1 => u32::MAX,
                _ => 5_000 + (x % 1_000) as u32,
            })
            .collect();
        agrees_with_sorting(&with_outliers);
        let mostly_outside: Vec<u32> =
            (0..COUNT as u32).map(|i| if i % 20 == 0 { 7 } else { i % 3 * 1_000_000 }).collect();
        agrees_with_sorting(&mostly_outside);
        let long_tail: Vec<i64> = numbers(COUNT).map(|x| (x as i64 >> (x % 31)) - 1_000).collect();
        agrees_with_sorting(&long_tail);
        let ends: Vec<i64> = numbers(COUNT).map(|x| [i64::MIN, i64::MAX, 0, -1][x as usize % 4]).collect();
        agrees_with_sorting(&ends);
        agrees_with_sorting(&vec![3u32; COUNT]);
        agrees_with_sorting(&[i64::MIN]);
    }
}
