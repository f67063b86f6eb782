//! Counts equal rows, given in any order: in parts, on all cores.

use crate::error::{Error, Result};
use crate::parallel;
use crate::scale::Tally;

/// Rows that are sorted by themselves.
const PART: usize = 1 << 15;

pub(super) const TOO_MANY: Error = Error::CountOverflow { field: "number of customers in a tally" };

/// The tally of rows in any order, equal ones included, each with its number of customers; [`Error::CountOverflow`] for
/// more customers than a tally counts.
pub(in crate::predict) fn counted<R: Ord + Copy + Send + Sync>(
    rows: impl IntoIterator<Item = (R, u64)>,
) -> Result<Tally<R>> {
    Tally::try_from(ascending(rows.into_iter().collect())?)
}

/// The rows in ascending order, equal ones joined, those without customers dropped.
fn ascending<R: Ord + Copy + Send + Sync>(mut rows: Vec<(R, u64)>) -> Result<Vec<(R, u64)>> {
    rows.retain(|&(_, customers)| customers > 0);
    let mut parts = parallel::map_ranges(rows.len(), PART, |part| {
        let mut rows = rows.get(part).unwrap_or_default().to_vec();
        rows.sort_unstable();
        add_equal(rows)
    });
    if parts.len() < 2 {
        return parts.pop().unwrap_or(Ok(Vec::new()));
    }
    let mut rows = parts.into_iter().collect::<Result<Vec<_>>>()?.concat();
    // The stable sort merges the ascending runs.
    parallel::sort(&mut rows, Ord::cmp);
    add_equal(rows)
}

/// Joins equal neighbours.
fn add_equal<R: PartialEq>(mut rows: Vec<(R, u64)>) -> Result<Vec<(R, u64)>> {
    let mut is_too_many = false;
    rows.dedup_by(|next, kept| {
        let is_equal = next.0 == kept.0;
        if is_equal {
            let sum = kept.1.checked_add(next.1);
            is_too_many |= sum.is_none();
            kept.1 = sum.unwrap_or_default();
        }
        is_equal
    });
    if is_too_many { Err(TOO_MANY) } else { Ok(rows) }
}
