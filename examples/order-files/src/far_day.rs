//! The day up to which orders count, and whether the last one and the first one can be believed.

use std::cmp::Reverse;
use std::fmt::Write;

use chrono::NaiveDate;

use crate::counts::Counts;
use crate::error::Error;
use crate::layout::Role;
use crate::options::ReadOptions;
use crate::resolve::Rows;
use crate::said::Said;

/// Rows from which on a file tells how far its days lie apart.
const ROWS: u64 = 20;

/// The gap that no shop has in its orders.
const YEAR: i64 = 365;

/// The columns that make orders none, and what reads them otherwise.
fn mend(rows: &Rows, counts: &Counts) -> Said {
    let mut mends = [String::new(), String::new()];
    if let Some(name) = rows.plan.status.map(|place| rows.plan.name(place)) {
        _ = write!(mends[0], "; --status WORD=paid says what a word of column {name} means");
        _ = write!(mends[1], "；--status 词=paid 说明 {name} 列的某个词是已付款");
    }
    for (role, place, count) in [
        (Role::PaidAt, rows.plan.paid, counts.unpaid),
        (Role::CancelledAt, rows.plan.cancelled, counts.cancelled),
        (Role::Refunded, rows.plan.refunded, counts.fully_refunded),
    ] {
        if let (Some(place), 1..) = (place, count) {
            let name = rows.plan.name(place);
            _ = write!(mends[0], "; --columns {role}= leaves column {name} unread");
            _ = write!(mends[1], "；--columns {role}= 则不读 {name} 列");
        }
    }
    mends.into()
}

/// The day up to which orders count, and a first day that lies far before all others.
pub(crate) struct Days {
    pub(crate) as_of: NaiveDate,
    pub(crate) far_first: Option<FarFirst>,
}

/// A first day that may stand for a missing date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FarFirst {
    pub(crate) day: NaiveDate,
    pub(crate) line: u64,
    /// The day behind it.
    pub(crate) next: NaiveDate,
}

/// Days that programs write for none: 1900-01-01, 1970-01-01.
fn is_placeholder(seconds: i64) -> bool {
    let day = seconds.div_euclid(86_400);
    day == -25_567 || seconds.abs() < 86_400
}

/// The day that was asked for, or the last with a purchase or credit, of their moments and rows: all of them, or the first
/// and the last of each day of UTC, which say the same.
///
/// # Errors
///
/// [`Error::FarLastDay`] where that lies more than a year, and farther than all earlier days span, behind the day before
/// it; [`Error::NoPurchase`] where there is neither purchase nor credit.
pub(crate) fn as_of<I: Iterator<Item = (i64, u32)>>(
    times: impl Fn() -> I,
    rows: &Rows,
    options: &ReadOptions,
    counts: &Counts,
) -> Result<Days, Error> {
    let mut all = times();
    let ends = all.next().map(|one| {
        all.fold([one; 2], |[first, last], one| {
            let is_last = (one.0, Reverse(one.1)) > (last.0, Reverse(last.1));
            [if one < first { one } else { first }, if is_last { one } else { last }]
        })
    });
    let Some([first, (last, row)]) = ends else {
        return Err(Error::NoPurchase {
            orders: counts.orders,
            unpaid: counts.unpaid,
            cancelled: counts.cancelled,
            refunded: counts.fully_refunded,
            mend: mend(rows, counts),
        });
    };
    let far_first = far_first(&times, first, last, rows, counts.rows);
    let as_of = match options.as_of {
        Some(day) => day,
        None => last_day(&times, (last, row), rows, counts.rows)?,
    };
    Ok(Days { as_of, far_first })
}

fn date(day: i64) -> NaiveDate {
    i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days).unwrap_or(NaiveDate::MAX)
}

/// The first day, where it lies more than a year, and farther than all later days span or at the zero of a calendar, before the
/// day behind it.
fn far_first<I: Iterator<Item = (i64, u32)>>(
    times: &impl Fn() -> I,
    (first, row): (i64, u32),
    last: i64,
    rows: &Rows,
    count: u64,
) -> Option<FarFirst> {
    let day = |seconds: i64| rows.clock.day(seconds);
    let far = first + YEAR * 86_400;
    let first_day = day(first);
    let is_near = |(seconds, _): (i64, u32)| seconds < far && day(seconds) != first_day;
    if last < far || count < ROWS && !is_placeholder(first) || times().any(is_near) {
        return None;
    }
    let next = times().map(|(seconds, _)| seconds).filter(|seconds| *seconds >= far).min().map(day)?;
    let is_far = next - first_day > day(last) - next || is_placeholder(first);
    is_far.then(|| FarFirst { day: date(first_day), line: rows.lines.line(row), next: date(next) })
}

/// The last day.
fn last_day<I: Iterator<Item = (i64, u32)>>(
    times: &impl Fn() -> I,
    (last, row): (i64, u32),
    rows: &Rows,
    count: u64,
) -> Result<NaiveDate, Error> {
    let day = |seconds: i64| rows.clock.day(seconds);
    let last_day = day(last);
    // Zones differ by less than two days, so that nothing nearer can make the last day a far one.
    let far = last - YEAR * 86_400;
    let before =
        times().map(|(seconds, _)| seconds).filter(|seconds| *seconds > far).map(day).any(|one| one != last_day);
    if count < ROWS || before {
        return Ok(date(last_day));
    }
    let earlier = || times().map(|(seconds, _)| seconds).filter(|seconds| *seconds <= far);
    let (Some(first), Some(second)) = (earlier().min().map(day), earlier().max().map(day)) else {
        return Ok(date(last_day));
    };
    let gap = last_day - second;
    if gap > YEAR && gap > second - first {
        let line = rows.lines.line(row);
        return Err(Error::FarLastDay { last: date(last_day), line, days: gap, before: date(second) });
    }
    Ok(date(last_day))
}
