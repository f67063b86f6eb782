//! The shop's time zone, and the instants of its clock.

use std::fmt;
use std::str::FromStr;

use chrono::{FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};

use crate::error::Error;

/// A time zone: a place such as `Asia/Shanghai`, or an offset such as `+08:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Place(Tz),
    Fixed(FixedOffset),
}

impl Zone {
    /// UTC.
    pub const UTC: Self = Self(Kind::Place(Tz::UTC));
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

impl From<FixedOffset> for Zone {
    fn from(offset: FixedOffset) -> Self {
        Self(Kind::Fixed(offset))
    }
}

impl From<Tz> for Zone {
    fn from(place: Tz) -> Self {
        Self(Kind::Place(place))
    }
}

/// As it is read: `Asia/Shanghai`, `+08:00`.
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Place(place) => f.write_str(place.name()),
            Kind::Fixed(offset) => fmt::Display::fmt(offset, f),
        }
    }
}

impl FromStr for Zone {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if let Some(seconds) = crate::offset::offset(text.as_bytes()) {
            if let Some(offset) = FixedOffset::east_opt(seconds) {
                return Ok(offset.into());
            }
        }
        let place = TZ_VARIANTS.iter().find(|place| place.name().eq_ignore_ascii_case(text));
        place.copied().map(Self::from).ok_or_else(|| {
            let expected = [
                "a zone such as Asia/Shanghai or Europe/Berlin, or an offset such as +08:00",
                "时区，如 Asia/Shanghai、Europe/Berlin，或与 UTC 的时差，如 +08:00",
            ];
            Error::option("--time-zone", text, expected)
        })
    }
}

impl TimeZone for Zone {
    type Offset = FixedOffset;

    fn from_offset(offset: &FixedOffset) -> Self {
        Self::from(*offset)
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<FixedOffset> {
        self.offset_from_local_datetime(&local.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<FixedOffset> {
        match &self.0 {
            Kind::Place(place) => place.offset_from_local_datetime(local).map(|offset| offset.fix()),
            Kind::Fixed(offset) => MappedLocalTime::Single(*offset),
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> FixedOffset {
        self.offset_from_utc_datetime(&utc.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> FixedOffset {
        match &self.0 {
            Kind::Place(place) => place.offset_from_utc_datetime(utc).fix(),
            Kind::Fixed(offset) => *offset,
        }
    }
}

const DAY: i64 = 86_400;

/// Turns the clock of a zone into instants; asks the zone once for each day.
pub(crate) struct LocalClock {
    zone: Zone,
    days: Vec<(i64, Option<i32>)>,
}

impl LocalClock {
    /// Slots, one for each remainder of the day's number.
    const SLOTS: usize = 4096;

    pub(crate) fn new(zone: Zone) -> Self {
        Self { zone, days: vec![(i64::MIN, None); Self::SLOTS] }
    }

    /// The instant at which the clock shows `local` seconds since 1970-01-01: the earlier of two, and where clocks leap
    /// over it, the moment at which they leap.
    #[inline]
    pub(crate) fn instant(&mut self, local: i64) -> i64 {
        if let Kind::Fixed(offset) = &self.zone.0 {
            return local - i64::from(offset.local_minus_utc());
        }
        let day = local.div_euclid(DAY);
        let slot = (day & (Self::SLOTS as i64 - 1)) as usize;
        if self.days[slot].0 != day {
            self.days[slot] = (day, self.offset_around(day));
        }
        match self.days[slot].1 {
            Some(offset) => local - i64::from(offset),
            None => self.instant_on_changing_day(local),
        }
    }

    fn offset_at(&self, utc: i64) -> i32 {
        let instant = chrono::DateTime::from_timestamp(utc, 0).unwrap_or_default();
        self.zone.offset_from_utc_datetime(&instant.naive_utc()).local_minus_utc()
    }

    /// The offset of a day of the clock; `None` where clocks change near it.
    fn offset_around(&self, day: i64) -> Option<i32> {
        let first = self.offset_at((day - 1) * DAY);
        let same = [0, 1, 2].into_iter().all(|days| self.offset_at((day + days) * DAY) == first);
        same.then_some(first)
    }

    #[cold]
    fn instant_on_changing_day(&self, local: i64) -> i64 {
        let text = chrono::DateTime::from_timestamp(local, 0).unwrap_or_default().naive_utc();
        match self.zone.offset_from_local_datetime(&text) {
            MappedLocalTime::Single(offset) | MappedLocalTime::Ambiguous(offset, _) => {
                local - i64::from(offset.local_minus_utc())
            }
            MappedLocalTime::None => {
                // With the offset before the leap, the clock would show `local` as late as it is after the leap.
                let before = self.offset_at(local - DAY);
                let after = self.offset_at(local + DAY);
                let leap =
                    (local - i64::from(after)..=local - i64::from(before)).find(|&utc| self.offset_at(utc) == after);
                leap.unwrap_or(local - i64::from(before))
            }
        }
    }

    /// What the clock shows at an instant, as a message has it.
    pub(crate) fn text(&self, utc: i64) -> String {
        let time = chrono::DateTime::from_timestamp(utc + i64::from(self.offset_at(utc)), 0);
        time.map(|time| time.naive_utc().to_string()).unwrap_or_default()
    }

    /// The day of the clock at an instant, in days since 1970-01-01.
    pub(crate) fn day(&self, utc: i64) -> i64 {
        (utc + i64::from(self.offset_at(utc))).div_euclid(DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &str, local: &str) -> i64 {
        let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").unwrap().and_utc().timestamp();
        LocalClock::new(zone.parse().unwrap()).instant(local) - local
    }

    #[test]
    fn clocks_that_change_have_an_instant_for_each_time_they_show_or_leap_over() {
        assert_eq!(at("Europe/Berlin", "2025-07-01 12:00"), -7200);
        assert_eq!(at("Europe/Berlin", "2025-01-01 12:00"), -3600);
        // Twice 02:30: the earlier, in summer time. Never 02:30: the leap at 02:00, which is 03:00.
        assert_eq!(at("Europe/Berlin", "2025-10-26 02:30"), -7200);
        assert_eq!(at("Europe/Berlin", "2025-03-30 02:30"), -3600 - 1800);
        // Midnight that never was keeps its day.
        let clock = LocalClock::new("America/Sao_Paulo".parse().unwrap());
        let local = 17_839 * DAY;
        assert_eq!(LocalClock::new("America/Sao_Paulo".parse().unwrap()).instant(local) - local, 10_800);
        assert_eq!(clock.day(local + 10_800), 17_839);
    }

    #[test]
    fn zones_are_places_or_offsets() {
        assert!("asia/shanghai".parse::<Zone>().is_ok());
        assert_eq!("+0530".parse::<Zone>().unwrap(), FixedOffset::east_opt(19_800).unwrap().into());
        assert_eq!(
            "Mars".parse::<Zone>().unwrap_err().to_string(),
            "--time-zone: found \"Mars\", expected a zone such as Asia/Shanghai or Europe/Berlin, or an offset such as +08:00"
        );
    }
}
