//! A shop's purchases, laid out for fits.

use crate::predict::given::grouping::{self, Group, Part, Row};
use crate::predict::given::numbering::Numbering;

/// `x`, and the bits of `T` and `t_x` in days: times are not negative, so that their bits ascend with them.
pub(in crate::predict) type Key = (u32, u64, u64);

/// The different rows of `x`, `T` and `t_x`, each with its number of customers.
#[derive(Debug, Clone, Default)]
pub(in crate::predict) struct Grouped {
    /// Every `T` and `t_x` in days, ascending, no two equal.
    pub(in crate::predict) times: Vec<f64>,
    /// Ascending by `x`, no two equal and none empty.
    pub(in crate::predict) groups: Vec<Group>,
    pub(in crate::predict) customers: u64,
}

/// Rows of one `x`.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct Piece<'a> {
    pub(in crate::predict) repeats: u32,
    pub(in crate::predict) rows: &'a [Row],
}

impl Grouped {
    pub(in crate::predict) fn of_parts(parts: &[Part]) -> Self {
        let (times, groups) = grouping::group(parts);
        Self { customers: total(&groups), times, groups }
    }

    /// Groups different rows, which ascend.
    pub(in crate::predict) fn of_ascending(rows: impl Iterator<Item = (Key, u64)>) -> Self {
        let mut numbering = Numbering::default();
        let mut groups: Vec<Group> = Vec::new();
        for ((repeats, age, recency), customers) in rows {
            let [age, recency] = [age, recency].map(|bits| numbering.of(f64::from_bits(bits)));
            let row = Row { age, recency, customers };
            match groups.last_mut() {
                Some(group) if group.repeats == repeats => group.rows.push(row),
                _ => groups.push(Group { repeats, rows: vec![row] }),
            }
        }
        let (times, ranks) = grouping::ranked(numbering.times());
        groups.iter_mut().flat_map(|group| &mut group.rows).for_each(|row| *row = row.at(&ranks));
        Self { customers: total(&groups), times, groups }
    }

    pub(in crate::predict) fn iter(&self) -> impl Iterator<Item = (Key, u64)> + '_ {
        let bits = |number: u32| self.times.get(number as usize).copied().unwrap_or_default().to_bits();
        self.groups.iter().flat_map(move |group| {
            group.rows.iter().map(move |row| ((group.repeats, bits(row.age), bits(row.recency)), row.customers))
        })
    }

    pub(in crate::predict) fn distinct_rows(&self) -> usize {
        self.groups.iter().map(|group| group.rows.len()).sum()
    }

    /// The rows in order, cut into parts of `size` rows or a little more, each the pieces of one `x` or more. The cuts
    /// depend on the rows alone.
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
        Self { times: self.times.clone(), customers: total(&groups), groups }
    }
}

fn total(groups: &[Group]) -> u64 {
    groups.iter().flat_map(|group| &group.rows).map(|row| row.customers).sum()
}
