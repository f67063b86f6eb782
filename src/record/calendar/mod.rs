//! The shop's calendar: from instants to days.

mod clock;
mod day;

use chrono::{DateTime, NaiveDate, Offset, TimeZone, Utc};

use crate::error::{Error, Result};

pub(crate) use clock::DayClock;
pub(crate) use day::Day;

/// The shop's time zone, which turns an instant into the shop's calendar day.
///
/// Two orders ten minutes apart across the shop's midnight lie on two days; the same two orders may lie on one day of a
/// shop elsewhere. Any [`TimeZone`] will do: [`Utc`], a [`FixedOffset`](chrono::FixedOffset) such as +08:00 for all of
/// China, or a zone with daylight saving from `chrono-tz`.
///
/// # Examples
///
/// ```
/// use chrono::{FixedOffset, NaiveDate, TimeZone, Utc};
/// use repurchase::ShopCalendar;
///
/// let shanghai = ShopCalendar::new(FixedOffset::east_opt(8 * 3600).expect("a valid offset"));
/// let before = Utc.with_ymd_and_hms(2026, 3, 1, 15, 55, 0).unwrap();
/// let after = Utc.with_ymd_and_hms(2026, 3, 1, 16, 5, 0).unwrap();
/// assert_eq!(shanghai.day(before)?, NaiveDate::from_ymd_opt(2026, 3, 1).unwrap());
/// assert_eq!(shanghai.day(after)?, NaiveDate::from_ymd_opt(2026, 3, 2).unwrap());
/// assert_eq!(ShopCalendar::utc().day(before)?, ShopCalendar::utc().day(after)?);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ShopCalendar<Tz = Utc> {
    zone: Tz,
}

impl ShopCalendar<Utc> {
    /// A shop whose days are those of UTC.
    pub const fn utc() -> Self {
        Self { zone: Utc }
    }
}

impl<Tz: TimeZone> ShopCalendar<Tz> {
    /// A shop whose days are those of `zone`.
    pub const fn new(zone: Tz) -> Self {
        Self { zone }
    }

    /// The shop's time zone.
    pub const fn zone(&self) -> &Tz {
        &self.zone
    }

    /// The shop's day at an instant.
    ///
    /// # Errors
    ///
    /// [`Error::NoDay`] at chrono's limits, where the zone's offset leads beyond the first or last day.
    pub fn day(&self, instant: DateTime<Utc>) -> Result<NaiveDate> {
        let offset = self.zone.offset_from_utc_datetime(&instant.naive_utc()).fix();
        match instant.naive_utc().checked_add_offset(offset) {
            Some(local) => Ok(local.date()),
            None => Err(Error::NoDay { unix_seconds: instant.timestamp() }),
        }
    }
}

impl Default for ShopCalendar<Utc> {
    fn default() -> Self {
        Self::utc()
    }
}
