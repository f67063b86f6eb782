//! Rows in any order, counted: in parts, on all cores.

use crate::parallel;
use crate::scale::Tally;

/// Rows that are sorted by themselves.
const PART: usize = 1 << 15;

/// Rows in any order, any of them more than once, with the number of customers of each.
///
/// Of more customers than a tally counts, those of the last rows are left out.
pub(in crate::predict) fn gather<R: Ord + Copy + Send + Sync>(rows: impl IntoIterator<Item = (R, u64)>) -> Tally<R> {
    let rows: Vec<_> = rows.into_iter().filter(|&(_, customers)| customers > 0).collect();
    let mut parts = parallel::map_ranges(rows.len(), PART, |part| {
        let mut rows = rows.get(part).unwrap_or_default().to_vec();
        rows.sort_unstable();
        add_equals(&mut rows, |&row| row);
        rows
    });
    if parts.len() < 2 {
        return Tally::of_ascending(parts.pop().unwrap_or_default());
    }
    let mut rows = parts.concat();
    // This sort puts runs that ascend together, for which it is quick.
    rows.sort();
    add_equals(&mut rows, |&row| row);
    Tally::of_ascending(rows)
}

/// Makes one of rows of one key; they stand beside each other.
pub(in crate::predict) fn add_equals<R, K: PartialEq>(rows: &mut Vec<(R, u64)>, key: impl Fn(&R) -> K) {
    rows.dedup_by(|next, kept| {
        let is_equal = key(&next.0) == key(&kept.0);
        if is_equal {
            kept.1 = kept.1.saturating_add(next.1);
        }
        is_equal
    });
}
