//! Conversion of the shop's wall clock to instants, across the days on which clocks change.
//!
//! Wall times and instants are whole seconds since 1970-01-01T00:00 on the wall clock and in UTC.

use chrono::{DateTime, NaiveDate, Offset, TimeZone, Utc};

use crate::error::{Error, Result};
use crate::record::ShopCalendar;

pub(super) const SECONDS_A_DAY: i64 = 86_400;

/// A day as a number, days since 1970-01-01.
pub(super) fn number(day: NaiveDate) -> i64 {
    day.to_epoch_days().into()
}

/// The day's number and the second of the day that the shop's clock shows at an instant.
///
/// # Errors
///
/// [`Error::NoDay`] at chrono's limits.
pub(super) fn wall<Tz: TimeZone>(calendar: &ShopCalendar<Tz>, at: DateTime<Utc>) -> Result<(i64, i64)> {
    let day = number(calendar.day(at)?);
    let unix_seconds = at.timestamp();
    let offset = offset(calendar, unix_seconds).ok_or(Error::NoDay { unix_seconds })?;
    Ok((day, (unix_seconds + offset).rem_euclid(SECONDS_A_DAY)))
}

/// The first instant from `at` on at which the wall clock shows a time that `open` leaves as it is; `None` beyond
/// chrono's limits.
///
/// `open` maps a wall time to the first open wall time at or after it. An hour that the clock shows twice is met twice;
/// an hour that it skips is met at its end.
pub(super) fn first_open<Tz: TimeZone>(
    calendar: &ShopCalendar<Tz>,
    at: DateTime<Utc>,
    open: impl Fn(i64) -> i64,
) -> Option<DateTime<Utc>> {
    let start = at.timestamp();
    let mut now = start;
    loop {
        let wall = now + offset(calendar, now)?;
        let wait = open(wall) - wall;
        if wait <= 0 {
            // The instant itself keeps its fraction of a second.
            return if now == start { Some(at) } else { DateTime::from_timestamp(now, 0) };
        }
        now = steady_until(calendar, now, now.checked_add(wait)?)?;
    }
}

/// `to`, or the first second before it at which the zone's offset is another than at `from`.
///
/// A zone that changes its offset and takes that back within the same hour is not noticed.
fn steady_until<Tz: TimeZone>(calendar: &ShopCalendar<Tz>, from: i64, to: i64) -> Option<i64> {
    const HOUR: i64 = 3600;
    let steady = offset(calendar, from)?;
    let mut before = from;
    while before < to {
        let mut after = to.min(before + HOUR);
        if offset(calendar, after)? == steady {
            before = after;
            continue;
        }
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if offset(calendar, middle)? == steady { before = middle } else { after = middle }
        }
        return Some(after);
    }
    Some(to)
}

/// Seconds east of UTC; `None` beyond chrono's limits.
fn offset<Tz: TimeZone>(calendar: &ShopCalendar<Tz>, unix_seconds: i64) -> Option<i64> {
    let instant = DateTime::from_timestamp(unix_seconds, 0)?;
    Some(calendar.zone().offset_from_utc_datetime(&instant.naive_utc()).fix().local_minus_utc().into())
}

/// The first instant at which the shop's clock shows this second of a day or a later one; `None` at chrono's limits.
pub(super) fn instant<Tz: TimeZone>(
    calendar: &ShopCalendar<Tz>,
    day: i64,
    second_of_day: i64,
) -> Option<DateTime<Utc>> {
    let target = day * SECONDS_A_DAY + second_of_day;
    first_open(calendar, day_before(day)?, |wall| wall.max(target))
}

/// An instant before a day begins in any time zone, and within two days of it: offsets are shorter than a day.
pub(super) fn day_before(day: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(day.checked_sub(1)?.checked_mul(SECONDS_A_DAY)?, 0)
}
