//! A whole shop's samples, as a fit looks at them.

use super::Sample;
use super::places::Places;
use crate::history::Ledger;

/// The samples of a shop's customers: each different one once, with the number of customers who share it.
///
/// Equal rows are counted, so that a fit looks at each of them once, and they stand in one order, so that no order of
/// the input and no split into parts changes a fit by a bit.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{Sample, Samples};
///
/// let (one, other) = (Sample::new(1, 2.0, 4.0)?, Sample::new(0, 0.0, 4.0)?);
/// let samples: Samples = [one, other, one].into_iter().collect();
/// assert_eq!((samples.customers(), samples.distinct_rows()), (3, 2));
///
/// let (left, right): (Samples, Samples) = ([one].into_iter().collect(), [one, other].into_iter().collect());
/// assert_eq!(left.merge(&right), samples);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # Complexity
///
/// Linear in customers where times are few, as days are; else that of sorting.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<(Sample, u32)>", into = "Vec<(Sample, u32)>"))]
pub struct Samples {
    /// Every `T` and `t_x`, ascending, no two equal.
    times: Vec<f64>,
    /// Ascending by `x`, `T`, `t_x`, no two equal.
    rows: Vec<Row>,
    customers: u64,
}

/// One sample, its times by their places in the list of times, and its customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) repeats: u32,
    pub(super) age: u32,
    pub(super) recency: u32,
    pub(super) customers: u32,
}

impl Samples {
    /// The samples of every customer of a ledger, in weeks.
    pub fn in_weeks<Id>(ledger: &Ledger<Id>) -> Self {
        let summaries = ledger.iter().filter_map(|(_, history)| history.repeat_summary(ledger.as_of()));
        summaries.map(|summary| Sample::in_weeks(&summary)).collect()
    }

    /// The samples of two parts of a shop.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).collect::<Vec<_>>().into()
    }

    /// How many customers.
    pub const fn customers(&self) -> u64 {
        self.customers
    }

    /// How many different rows.
    pub fn distinct_rows(&self) -> usize {
        self.rows.len()
    }

    /// Each different row and the number of customers who share it, ascending by `x`, then `T`, then `t_x`.
    pub fn iter(&self) -> impl Iterator<Item = (Sample, u32)> + '_ {
        let time = |place: u32| self.times.get(place as usize).copied().unwrap_or_default();
        let sample = move |row: &Row| (Sample::of_valid(row.repeats, time(row.recency), time(row.age)), row.customers);
        self.rows.iter().map(sample)
    }

    /// Every time of the rows, ascending.
    pub(super) fn times(&self) -> &[f64] {
        &self.times
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Every `n`-th row, so that about `rows` are left.
    pub(super) fn thinned(&self, rows: usize) -> Self {
        let step = (self.rows.len() / rows.max(1)).max(1);
        let rows: Vec<Row> = self.rows.iter().step_by(step).copied().collect();
        let customers = rows.iter().map(|row| u64::from(row.customers)).sum();
        Self { times: self.times.clone(), rows, customers }
    }

    fn gather(samples: impl Iterator<Item = (Sample, u32)>) -> Self {
        let mut places = Places::default();
        let mut rows = Vec::with_capacity(samples.size_hint().0);
        for (sample, customers) in samples.filter(|&(_, customers)| customers > 0) {
            let (age, recency) = (places.of(sample.age()), places.of(sample.recency()));
            rows.push(Row { repeats: sample.repeats(), age, recency, customers });
        }
        let mut order: Vec<(f64, u32)> = places.times().iter().copied().zip(0..).collect();
        order.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
        let mut ranks = vec![0; order.len()];
        for (&(_, place), rank) in order.iter().zip(0..) {
            if let Some(of_place) = ranks.get_mut(place as usize) {
                *of_place = rank;
            }
        }
        let rank = |place: u32| ranks.get(place as usize).copied().unwrap_or_default();
        for row in &mut rows {
            (row.age, row.recency) = (rank(row.age), rank(row.recency));
        }
        sort(&mut rows, order.len());
        // A count that does not fit fills one row and goes on in the next, whatever the order of its parts.
        rows.dedup_by(|next, kept| {
            if next.key() != kept.key() {
                return false;
            }
            let room = u32::MAX - kept.customers;
            let moved = next.customers.min(room);
            kept.customers += moved;
            next.customers -= moved;
            next.customers == 0
        });
        let customers = rows.iter().map(|row| u64::from(row.customers)).sum();
        Self { times: order.into_iter().map(|(time, _)| time).collect(), rows, customers }
    }
}

impl Row {
    const fn key(&self) -> (u32, u32, u32) {
        (self.repeats, self.age, self.recency)
    }
}

impl FromIterator<Sample> for Samples {
    fn from_iter<I: IntoIterator<Item = Sample>>(samples: I) -> Self {
        Self::gather(samples.into_iter().map(|sample| (sample, 1)))
    }
}

/// Rows in any order, with the number of customers of each.
impl From<Vec<(Sample, u32)>> for Samples {
    fn from(rows: Vec<(Sample, u32)>) -> Self {
        Self::gather(rows.into_iter())
    }
}

impl From<Samples> for Vec<(Sample, u32)> {
    fn from(samples: Samples) -> Self {
        samples.iter().collect()
    }
}

/// The most values of a part of the key at which rows are sorted by counting.
const COUNTED: usize = 1 << 16;

/// Sorts rows by their keys: by counting, part by part, where the parts take few values.
fn sort(rows: &mut Vec<Row>, times: usize) {
    let repeats = rows.iter().map(|row| row.repeats).max().map_or(0, |most| most as usize + 1);
    if repeats.max(times) > COUNTED.min(rows.len()) {
        rows.sort_unstable_by_key(Row::key);
        return;
    }
    let mut sorted = rows.clone();
    place(rows, &mut sorted, times, |row| row.recency);
    place(&sorted, rows, times, |row| row.age);
    place(rows, &mut sorted, repeats, |row| row.repeats);
    *rows = sorted;
}

/// Copies rows in the order of one part of their keys, equals in the order in which they stand.
fn place(from: &[Row], to: &mut [Row], values: usize, part: impl Fn(&Row) -> u32) {
    let mut next = vec![0; values + 1];
    for row in from {
        if let Some(count) = next.get_mut(part(row) as usize + 1) {
            *count += 1;
        }
    }
    let mut before = 0;
    for start in &mut next {
        before += *start;
        *start = before;
    }
    for row in from {
        let start = &mut next[part(row) as usize];
        to[*start] = *row;
        *start += 1;
    }
}
