//! The day up to which orders count, and whether the last one can be believed.

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
) -> Result<NaiveDate, Error> {
    let Some((last, row)) = times().max_by_key(|(seconds, row)| (*seconds, std::cmp::Reverse(*row))) else {
        return Err(Error::NoPurchase {
            orders: counts.orders,
            unpaid: counts.unpaid,
            cancelled: counts.cancelled,
            refunded: counts.fully_refunded,
            mend: mend(rows, counts),
        });
    };
    if let Some(day) = options.as_of {
        return Ok(day);
    }
    let day = |seconds: i64| rows.clock.day(seconds);
    let date = |day: i64| i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days).unwrap_or(NaiveDate::MAX);
    let last_day = day(last);
    // Zones differ by less than two days, so that nothing nearer can make the last day a far one.
    let far = last - YEAR * 86_400;
    let before =
        times().map(|(seconds, _)| seconds).filter(|seconds| *seconds > far).map(day).any(|one| one != last_day);
    if counts.rows < ROWS || before {
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
