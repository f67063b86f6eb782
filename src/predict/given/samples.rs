//! A whole shop's samples, as a fit looks at them.

use crate::history::Ledger;
use crate::number::runs::merged;
use crate::parallel;
use crate::predict::Sample;
use crate::predict::given::gather::add_equals;
use crate::predict::given::grouping::{self, Group, Part, Row};
use crate::record::calendar::Day;

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
/// assert_eq!(left.merge(right), samples);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # Complexity
///
/// Linear in customers where times are few, as days are; else that of sorting.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<(Sample, u64)>", into = "Vec<(Sample, u64)>"))]
pub struct Samples {
    /// Every `T` and `t_x`, ascending, no two equal.
    times: Vec<f64>,
    /// Ascending by `x`, no two equal and none empty.
    groups: Vec<Group>,
    customers: u64,
}

/// Rows of one `x`.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct Piece<'a> {
    pub(in crate::predict) repeats: u32,
    pub(in crate::predict) rows: &'a [Row],
}

impl Samples {
    /// The samples of every customer of a ledger, in weeks.
    pub fn in_weeks<Id>(ledger: &Ledger<Id>) -> Self {
        Self::in_units(ledger, |days| f64::from(days) / 7.0)
    }

    /// The samples of every customer of a ledger, in days.
    pub fn in_days<Id>(ledger: &Ledger<Id>) -> Self {
        Self::in_units(ledger, f64::from)
    }

    fn in_units<Id>(ledger: &Ledger<Id>, unit: impl Fn(u32) -> f64 + Sync) -> Self {
        let (first, last, days) = (ledger.first_days(), ledger.last_days(), ledger.purchase_days());
        let as_of = Day::from(ledger.as_of());
        Self::of_parts(&parallel::map_ranges(days.len(), grouping::PART, |range| {
            let [first, last] = [first, last].map(|days| days.get(range.clone()).unwrap_or_default());
            let rows = first.iter().zip(last).zip(days.get(range).unwrap_or_default());
            Part::of(rows.map(|((&first, &last), days)| {
                // A ledger has no customer without a purchase, and none who bought after its day.
                Sample::of_valid(days.saturating_sub(1), unit(last.since(first)), unit(as_of.since(first)))
            }))
        }))
    }

    /// The samples of two parts of a shop, that share no customer.
    ///
    /// # Complexity
    ///
    /// Linear in distinct rows.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        if self.groups.is_empty() {
            return other;
        }
        if other.groups.is_empty() {
            return self;
        }
        let (times, [left, right]) = union(&self.times, &other.times);
        let placed = |groups: Vec<Group>, ranks: Vec<u32>| {
            groups.into_iter().map(move |mut group| {
                group.rows.iter_mut().for_each(|row| *row = row.at(&ranks));
                group
            })
        };
        let both = |one: Group, other: Group| {
            let rows = merged(one.rows.into_iter(), other.rows.into_iter(), Row::order, Row::and);
            Group { repeats: one.repeats, rows: rows.collect() }
        };
        let (left, right) = (placed(self.groups, left), placed(other.groups, right));
        let groups = merged(left, right, |one, other| one.repeats.cmp(&other.repeats), both).collect();
        Self { times, groups, customers: self.customers.saturating_add(other.customers) }
    }

    /// How many customers.
    pub const fn customers(&self) -> u64 {
        self.customers
    }

    /// How many different rows.
    pub fn distinct_rows(&self) -> usize {
        self.groups.iter().map(|group| group.rows.len()).sum()
    }

    /// Each different row and the number of customers who share it, ascending by `x`, then `T`, then `t_x`.
    pub fn iter(&self) -> impl Iterator<Item = (Sample, u64)> + '_ {
        self.groups.iter().flat_map(move |group| group.rows.iter().map(move |row| self.sample(group.repeats, row)))
    }

    /// A row of `x`, and its customers.
    pub(in crate::predict) fn sample(&self, repeats: u32, row: &Row) -> (Sample, u64) {
        let time = |place: u32| self.times.get(place as usize).copied().unwrap_or_default();
        (Sample::of_valid(repeats, time(row.recency), time(row.age)), row.customers)
    }

    /// Every time of the rows, ascending.
    pub(in crate::predict) fn times(&self) -> &[f64] {
        &self.times
    }

    pub(in crate::predict) fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The rows in the order in which they stand, cut into parts of `size` rows or a little more: each the pieces of
    /// one `x` or more. How they are cut depends on them alone.
    pub(in crate::predict) fn cut(&self, size: usize) -> Vec<Vec<Piece<'_>>> {
        let (mut parts, mut part, mut rows) = (Vec::new(), Vec::new(), 0);
        for group in &self.groups {
            for piece in group.rows.chunks(size.max(1)) {
                part.push(Piece { repeats: group.repeats, rows: piece });
                rows += piece.len();
                if rows >= size {
                    parts.push(core::mem::take(&mut part));
                    rows = 0;
                }
            }
        }
        if !part.is_empty() {
            parts.push(part);
        }
        parts
    }

    /// Every `n`-th row, so that about `rows` are left.
    pub(in crate::predict) fn thinned(&self, rows: usize) -> Self {
        let step = (self.distinct_rows() / rows.max(1)).max(1);
        let (mut groups, mut skip) = (Vec::new(), 0);
        for group in &self.groups {
            let rows: Vec<Row> = group.rows.iter().skip(skip).step_by(step).copied().collect();
            skip = (skip + rows.len() * step).saturating_sub(group.rows.len());
            if !rows.is_empty() {
                groups.push(Group { repeats: group.repeats, rows });
            }
        }
        let customers = total(&groups);
        Self { times: self.times.clone(), groups, customers }
    }

    fn of_parts(parts: &[Part]) -> Self {
        let (times, groups) = grouping::group(parts);
        let customers = total(&groups);
        Self { times, groups, customers }
    }
}

fn total(groups: &[Group]) -> u64 {
    groups.iter().flat_map(|group| &group.rows).fold(0, |sum: u64, row| sum.saturating_add(row.customers))
}

/// Two ascending lists as one, and where in it the numbers of either stand.
fn union(left: &[f64], right: &[f64]) -> (Vec<f64>, [Vec<u32>; 2]) {
    let (left_times, right_times) = (left.iter().copied(), right.iter().copied());
    // Times are not negative, so that their bits ascend with them.
    let order = |one: &f64, other: &f64| one.to_bits().cmp(&other.to_bits());
    let times: Vec<f64> = merged(left_times, right_times, order, |time, _| time).collect();
    let places = |of: &[f64]| {
        let mut all = times.iter().zip(0u32..);
        of.iter().filter_map(|time| all.find(|(one, _)| one.to_bits() == time.to_bits())).map(|(_, at)| at).collect()
    };
    let ranks = [places(left), places(right)];
    (times, ranks)
}

/// Samples that are read at once, before they are grouped on all cores.
const BATCH: usize = 8 * grouping::PART;

impl FromIterator<Sample> for Samples {
    fn from_iter<I: IntoIterator<Item = Sample>>(samples: I) -> Self {
        let mut samples = samples.into_iter();
        let (mut parts, mut batch) = (Vec::new(), Vec::with_capacity(samples.size_hint().0.min(BATCH)));
        loop {
            batch.extend(samples.by_ref().take(BATCH));
            parts.extend(parallel::map_ranges(batch.len(), grouping::PART, |range| {
                Part::of(batch.get(range).unwrap_or_default().iter().copied())
            }));
            if batch.len() < BATCH {
                return Self::of_parts(&parts);
            }
            batch.clear();
        }
    }
}

/// Rows in any order, with the number of customers of each.
impl From<Vec<(Sample, u64)>> for Samples {
    fn from(mut rows: Vec<(Sample, u64)>) -> Self {
        let key = |sample: &Sample| (sample.repeats(), sample.age().to_bits(), sample.recency().to_bits());
        rows.retain(|&(_, customers)| customers > 0);
        // Rows that stand in order already, as stored ones do, are seen in a pass.
        rows.sort_unstable_by_key(|(sample, _)| key(sample));
        add_equals(&mut rows, key);
        let parts = [Part::of(rows.iter().map(|&(sample, _)| sample))];
        let mut samples = Self::of_parts(&parts);
        // The rows are all different: each is there once, in its order.
        let counted = samples.groups.iter_mut().flat_map(|group| &mut group.rows).zip(rows);
        counted.for_each(|(row, (_, customers))| row.customers = customers);
        samples.customers = total(&samples.groups);
        samples
    }
}

impl From<Samples> for Vec<(Sample, u64)> {
    fn from(samples: Samples) -> Self {
        samples.iter().collect()
    }
}
