//! Sorts samples and counts equal ones: in parts, on all cores. The groups do not depend on the parts.
//!
//! Fast on purpose: `samples/simulated` of `benches/predict.rs` must not get slower. Each part is laid out by `x`; then,
//! for each `x`, the rows of all parts are sorted by counting.

use crate::parallel;
use crate::predict::Sample;
use crate::predict::given::numbering::Numbering;
use crate::predict::given::rhythms::{self, RhythmKey};
use crate::predict::given::spends::SpendKey;

/// The samples of a part.
pub(in crate::predict) const PART: usize = 1 << 15;

/// The rows of one `x`.
#[derive(Debug, Clone)]
pub(in crate::predict) struct Group {
    pub(in crate::predict) repeats: u32,
    /// Ascending by `T` and `t_x`, no two equal.
    pub(in crate::predict) rows: Vec<Row>,
}

/// `T` and `t_x` by their numbers in the list of times, and the customers who share them.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct Row {
    pub(in crate::predict) age: u32,
    pub(in crate::predict) recency: u32,
    pub(in crate::predict) customers: u64,
}

impl Row {
    fn key(&self) -> u64 {
        key(self.age, self.recency)
    }

    /// The row with its times renumbered.
    pub(in crate::predict) fn at(self, ranks: &[u32]) -> Self {
        Self { age: rank(ranks, self.age), recency: rank(ranks, self.recency), ..self }
    }

    fn of_key(key: u64, customers: u64) -> Self {
        Self { age: (key >> u32::BITS) as u32, recency: key as u32, customers }
    }
}

fn key(age: u32, recency: u32) -> u64 {
    u64::from(age) << u32::BITS | u64::from(recency)
}

fn rank(ranks: &[u32], number: u32) -> u32 {
    ranks.get(number as usize).copied().unwrap_or_default()
}

/// One drawer for each `x`; the last holds all larger ones too.
const DRAWERS: usize = 256;

fn drawer(repeats: u32) -> usize {
    (repeats as usize).min(DRAWERS - 1)
}

/// A part of the samples, drawer by drawer.
pub(in crate::predict) struct Part {
    /// The times in the order of first sight.
    times: Vec<f64>,
    /// `x`, and `T` and `t_x` by their numbers in `times`.
    rows: Vec<(u32, [u32; 2])>,
    /// The end of each drawer in the rows.
    ends: Vec<usize>,
    /// `x` and the bits of `m` of each customer whose mean spend is known.
    pub(in crate::predict) spends: Vec<SpendKey>,
    /// The keys of each customer whose gaps are known.
    pub(in crate::predict) rhythms: Vec<RhythmKey>,
}

impl Part {
    pub(in crate::predict) fn of(samples: impl Iterator<Item = Sample>) -> Self {
        let (mut numbering, mut ends) = (Numbering::default(), vec![0; DRAWERS]);
        let (mut spends, mut rhythms) = (Vec::new(), Vec::new());
        let (least, most) = samples.size_hint();
        let mut unsorted = Vec::with_capacity(most.unwrap_or(least).min(PART));
        samples.for_each(|sample| {
            ends[drawer(sample.repeats())] += 1;
            if let Some(mean) = sample.mean_spend() {
                spends.push((sample.repeats(), mean.to_bits()));
            }
            rhythms.extend(rhythms::key(&sample));
            unsorted.push((sample.repeats(), [numbering.of(sample.age_days()), numbering.of(sample.recency_days())]));
        });
        let (mut rows, mut before) = (unsorted.clone(), 0);
        for end in &mut ends {
            before += core::mem::replace(end, before);
        }
        for row in unsorted {
            let end = &mut ends[drawer(row.0)];
            rows[*end] = row;
            *end += 1;
        }
        Self { times: numbering.times().to_vec(), rows, ends, spends, rhythms }
    }

    pub(in crate::predict) fn is_full(&self) -> bool {
        self.rows.len() >= PART
    }

    fn in_drawer(&self, drawer: usize) -> &[(u32, [u32; 2])] {
        let start = drawer.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(drawer).copied().unwrap_or(start);
        self.rows.get(start..end).unwrap_or_default()
    }
}

/// Every time of the parts, ascending, and the groups of their rows, ascending by `x`.
pub(in crate::predict) fn group(parts: &[Part]) -> (Vec<f64>, Vec<Group>) {
    let mut numbering = Numbering::default();
    let mut numbers: Vec<Vec<u32>> =
        parts.iter().map(|part| part.times.iter().map(|&time| numbering.of(time)).collect()).collect();
    let (times, ranks) = ranked(numbering.times());
    numbers.iter_mut().flatten().for_each(|number| *number = rank(&ranks, *number));
    let sorting = Sorting { parts, ranked: numbers, times: times.len() };
    // One part is sorted where it was asked for.
    let at_once = if parts.len() > 1 { 1 } else { DRAWERS };
    let groups = parallel::map_ranges(DRAWERS, at_once, |drawers| {
        drawers.flat_map(|drawer| sorting.groups(drawer)).collect::<Vec<_>>()
    });
    (times, groups.into_iter().flatten().collect())
}

/// Different times in ascending order, and the rank of each.
pub(in crate::predict) fn ranked(times: &[f64]) -> (Vec<f64>, Vec<u32>) {
    let mut order: Vec<(f64, u32)> = times.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
    let mut ranks = vec![0; order.len()];
    for (&(_, number), rank) in order.iter().zip(0..) {
        if let Some(of_number) = ranks.get_mut(number as usize) {
            *of_number = rank;
        }
    }
    (order.into_iter().map(|(time, _)| time).collect(), ranks)
}

struct Sorting<'a> {
    parts: &'a [Part],
    /// The ranks of each part's times among all.
    ranked: Vec<Vec<u32>>,
    times: usize,
}

impl Sorting<'_> {
    /// The groups of a drawer.
    fn groups(&self, drawer: usize) -> Vec<Group> {
        if drawer == 0 {
            return self.without_repeats();
        }
        if drawer < DRAWERS - 1 {
            let keys = self.rows(drawer, |_, key| key);
            // The number of a drawer is its `x`.
            return if keys.is_empty() { Vec::new() } else { vec![self.group(drawer as u32, keys)] };
        }
        let mut rows = self.rows(drawer, |repeats, key| (repeats, key));
        rows.sort_unstable();
        let of_one = |rows: &[(u32, u64)]| self.group(rows[0].0, rows.iter().map(|&(_, key)| key).collect());
        rows.chunk_by(|left, right| left.0 == right.0).map(of_one).collect()
    }

    /// `of` each `x` and key of a drawer's rows.
    fn rows<T>(&self, drawer: usize, of: impl Fn(u32, u64) -> T) -> Vec<T> {
        let mut rows = Vec::with_capacity(self.parts.iter().map(|part| part.in_drawer(drawer).len()).sum());
        for (part, ranks) in self.parts.iter().zip(&self.ranked) {
            let row =
                |&(repeats, [age, recency]): &(u32, [u32; 2])| of(repeats, key(rank(ranks, age), rank(ranks, recency)));
            rows.extend(part.in_drawer(drawer).iter().map(row));
        }
        rows
    }

    /// Groups customers without a repeat, whose `t_x` is 0, the first of all times: only `T` differs.
    fn without_repeats(&self) -> Vec<Group> {
        let mut customers = vec![0; self.times];
        for (part, ranks) in self.parts.iter().zip(&self.ranked) {
            for &(_, [age, _]) in part.in_drawer(0) {
                customers[rank(ranks, age) as usize] += 1;
            }
        }
        let rows = customers.into_iter().zip(0..).filter(|&(customers, _)| customers > 0);
        let rows: Vec<Row> = rows.map(|(customers, age)| Row { age, recency: 0, customers }).collect();
        if rows.is_empty() { Vec::new() } else { vec![Group { repeats: 0, rows }] }
    }

    fn group(&self, repeats: u32, mut keys: Vec<u64>) -> Group {
        if self.times > COUNTED || self.times > keys.len() {
            keys.sort_unstable();
        } else {
            let mut sorted = keys.clone();
            sort_by(&keys, &mut sorted, self.times, |key| key as u32);
            sort_by(&sorted, &mut keys, self.times, |key| (key >> u32::BITS) as u32);
        }
        let mut rows: Vec<Row> = Vec::with_capacity(keys.len());
        for key in keys {
            match rows.last_mut() {
                Some(last) if last.key() == key => last.customers += 1,
                _ => rows.push(Row::of_key(key, 1)),
            }
        }
        Group { repeats, rows }
    }
}

/// The most times at which rows are sorted by counting.
const COUNTED: usize = 1 << 16;

/// Copies keys, sorted stably by one part of them.
fn sort_by(from: &[u64], to: &mut [u64], values: usize, part: impl Fn(u64) -> u32) {
    let mut next = vec![0; values + 1];
    for &key in from {
        if let Some(count) = next.get_mut(part(key) as usize + 1) {
            *count += 1;
        }
    }
    let mut before = 0;
    for start in &mut next {
        before += *start;
        *start = before;
    }
    for &key in from {
        let start = &mut next[part(key) as usize];
        to[*start] = key;
        *start += 1;
    }
}
