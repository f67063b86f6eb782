//! Values by their rank: what cut points and quantiles are.
//!
//! Written for speed before plainness: `benches/scale.rs`, id `scale/cut_points_fit`, and `benches/segment.rs`, id
//! `segment/fit`, must not get slower.

use core::ops::Range;

use crate::parallel::{self, blocks};

/// Ranks of values in memory, at most their number each.
fn in_memory(ranks: &[u64]) -> Vec<usize> {
    ranks.iter().map(|&rank| rank as usize).collect()
}

/// The values of the given ranks (from 1, ascending, at most as many as values).
pub(crate) fn of_ranks<T: Ord + Clone>(mut values: Vec<T>, ranks: &[u64]) -> Vec<T> {
    select(&mut values, &in_memory(ranks))
}

/// [`of_ranks`] of values that it may put in another order.
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

/// The values of the given ranks, from a histogram: days and counts are only counted, amounts of money sorted only where
/// a rank lies.
pub(crate) fn at_ranks<K: Key>(values: &[K], ranks: &[u64]) -> Vec<K> {
    let Some(scheme) = Buckets::of(values) else {
        return Vec::new();
    };
    let places = places(&histogram(values, |value| scheme.bucket(value)), &in_memory(ranks));
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
    let selected = groups.into_iter().zip(&mut members).flat_map(|(group, members)| {
        let rank = |&(rank, at, below): &(usize, usize, usize)| if scheme.is_one_value(at) { 1 } else { rank - below };
        select(members, &group.iter().map(rank).collect::<Vec<_>>())
    });
    selected.collect()
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

/// Counts the values, fewer than 2^32, in each bucket.
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

/// Returns each rank with its bucket and the number of values in the buckets below.
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
            let rank = |bin: u64| (bin * values.len() as u64).div_ceil(bins);
            let ranks: Vec<u64> = (1..bins).map(rank).collect();
            let expected: Vec<K> = ranks.iter().map(|&rank| sorted[rank as usize - 1]).collect();
            assert_eq!(at_ranks(values, &ranks), expected, "{bins} bins");
        }
    }

    /// Checks more values than the sample holds, most outliers of which escape it.
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
