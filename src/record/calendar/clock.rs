//! The days of many instants.
//!
//! Written for speed before plainness: `benches/history.rs`, ids `history/log_from_columns` and
//! `history/log_from_records`, must not get slower.

use chrono::{DateTime, NaiveDateTime, Offset, TimeZone};

use super::{Day, ShopCalendar};
use crate::error::{Error, Result};
use crate::record::when::When;

/// [`ShopCalendar::day`] for many instants: asks the zone once per day of UTC, not once per instant.
///
/// A day of UTC on whose every hour the zone has the same offset is taken to have it throughout; on any other day
/// (clocks change) the zone is asked for each instant.
#[derive(Debug)]
pub(crate) struct DayClock<'a, Tz> {
    zone: &'a Tz,
    /// One slot for each remainder of the day's number, so that a few years of any order of days never collide.
    slots: Vec<Slot>,
    stretch: Option<Stretch>,
    /// Days by which the stretch may still grow: no more than instants came that reached beyond it.
    growth: usize,
}

/// Days of UTC, one after the other, on which the zone has the same offset.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    first: i64,
    last: i64,
    /// Seconds east of UTC.
    offset: i32,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    utc_day: i64,
    /// Seconds east of UTC, or `None` on a day on which clocks change.
    offset: Option<i32>,
}

const SECONDS_A_DAY: i64 = 86_400;

impl Stretch {
    /// Whether all these instants lie in it; then `days` are theirs.
    fn days(self, unix_seconds: &[i64], days: &mut Vec<Day>) -> bool {
        let (start, length) = (self.first * SECONDS_A_DAY, (self.last - self.first + 1) * SECONDS_A_DAY);
        // With a day more no sum is negative, so that the division costs a multiplication and nothing else.
        let (lead, before) = ((i64::from(self.offset) + SECONDS_A_DAY) as u64, self.first as i32 - 1);
        let mut latest = 0;
        days.clear();
        days.extend(unix_seconds.iter().map(|&seconds| {
            // Of an instant before the start, more than any length.
            let elapsed = seconds.wrapping_sub(start) as u64;
            latest = latest.max(elapsed);
            Day(before.wrapping_add((elapsed.wrapping_add(lead) / SECONDS_A_DAY as u64) as i32))
        }));
        latest < length as u64
    }
}

impl<'a, Tz: TimeZone> DayClock<'a, Tz> {
    const SLOTS: usize = 4096;

    /// Days, of some decades: an instant far from all others shall not have the zone asked for every day between.
    const LONGEST_STRETCH: i64 = 1 << 14;

    pub(crate) fn new(calendar: &'a ShopCalendar<Tz>) -> Self {
        // No instant of chrono lies on the day `i64::MIN`.
        let empty = Slot { utc_day: i64::MIN, offset: None };
        Self { zone: &calendar.zone, slots: vec![empty; Self::SLOTS], stretch: None, growth: 0 }
    }

    /// The day at a number of seconds since 1970-01-01T00:00:00Z.
    #[inline]
    pub(crate) fn day(&mut self, unix_seconds: i64) -> Result<Day> {
        let utc_day = unix_seconds.div_euclid(SECONDS_A_DAY);
        match self.slots[Self::slot(utc_day)] {
            Slot { utc_day: known, offset: Some(offset) } if known == utc_day => {
                let seconds = unix_seconds - utc_day * SECONDS_A_DAY + i64::from(offset);
                // An offset is shorter than a day, and `look_up` has seen that the days before and after this one
                // exist.
                let turn = i32::from(seconds >= SECONDS_A_DAY) - i32::from(seconds < 0);
                Ok(Day(utc_day as i32 + turn))
            }
            _ => self.look_up(unix_seconds, utc_day),
        }
    }

    /// The day of a record.
    #[inline]
    pub(crate) fn day_of(&mut self, when: When) -> Result<Day> {
        match when {
            When::At(instant) => self.day(instant.timestamp()),
            When::On(day) => Ok(day.into()),
        }
    }

    /// The days of instants, with one comparison for all of them where the zone has the same offset throughout; the
    /// place of the first that has none.
    pub(crate) fn days(&mut self, unix_seconds: &[i64], days: &mut Vec<Day>) -> Result<(), (usize, Error)> {
        if self.stretch.is_some_and(|known| known.days(unix_seconds, days)) {
            return Ok(());
        }
        if self.stretch_to(unix_seconds).is_some_and(|grown| grown.days(unix_seconds, days)) {
            return Ok(());
        }
        days.clear();
        for (at, &seconds) in unix_seconds.iter().enumerate() {
            days.push(self.day(seconds).map_err(|error| (at, error))?);
        }
        Ok(())
    }

    /// The stretch of all these instants, if there is one; what is known grows towards them as far as the offset stays
    /// the same, or starts anew where they lie apart from it. When it starts anew changes time alone.
    fn stretch_to(&mut self, unix_seconds: &[i64]) -> Option<Stretch> {
        let utc_day = |seconds: Option<i64>| Some(seconds?.div_euclid(SECONDS_A_DAY));
        let seconds = || unix_seconds.iter().copied();
        let (low, high) = (utc_day(seconds().min())?, utc_day(seconds().max())?);
        let mut stretch = match self.stretch {
            Some(known) if known.first <= high + 1 && low <= known.last + 1 => known,
            _ => Stretch { first: low, last: low, offset: self.offset_on(low)? },
        };
        self.growth += unix_seconds.len();
        while high > stretch.last && self.may_grow(stretch, stretch.last + 1) {
            stretch.last += 1;
        }
        while low < stretch.first && self.may_grow(stretch, stretch.first - 1) {
            stretch.first -= 1;
        }
        self.stretch = Some(stretch);
        (stretch.first <= low && high <= stretch.last).then_some(stretch)
    }

    fn may_grow(&mut self, stretch: Stretch, to: i64) -> bool {
        if self.growth == 0 || stretch.last - stretch.first >= Self::LONGEST_STRETCH {
            return false;
        }
        self.growth -= 1;
        self.offset_on(to) == Some(stretch.offset)
    }

    fn slot(utc_day: i64) -> usize {
        (utc_day & (Self::SLOTS as i64 - 1)) as usize
    }

    /// The offset on a day of UTC; `None` where clocks change, or next to chrono's ends.
    fn offset_on(&mut self, utc_day: i64) -> Option<i32> {
        let slot = Self::slot(utc_day);
        if self.slots[slot].utc_day != utc_day {
            let has_neighbours = Day::new(utc_day - 1).is_some() && Day::new(utc_day + 1).is_some();
            let offset = self.offset_throughout(utc_day).filter(|_| has_neighbours);
            self.slots[slot] = Slot { utc_day, offset };
        }
        self.slots[slot].offset
    }

    #[cold]
    fn look_up(&mut self, unix_seconds: i64, utc_day: i64) -> Result<Day> {
        self.offset_on(utc_day);
        self.offset(unix_seconds)
            .and_then(|offset| Day::new((unix_seconds + i64::from(offset)).div_euclid(SECONDS_A_DAY)))
            .ok_or(Error::NoDay { unix_seconds })
    }

    fn offset(&self, unix_seconds: i64) -> Option<i32> {
        Some(self.offset_at(DateTime::from_timestamp(unix_seconds, 0)?.naive_utc()))
    }

    fn offset_at(&self, utc: NaiveDateTime) -> i32 {
        self.zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
    }

    fn offset_throughout(&self, utc_day: i64) -> Option<i32> {
        // One date for all hours: making each from its seconds would take most of the time.
        let date = DateTime::from_timestamp(utc_day.checked_mul(SECONDS_A_DAY)?, 0)?.date_naive();
        let offset = |hour| Some(self.offset_at(date.and_hms_opt(hour, 0, 0)?));
        let (first, next) = (offset(0)?, self.offset((utc_day + 1) * SECONDS_A_DAY)?);
        (next == first && (1..24).all(|hour| offset(hour) == Some(first))).then_some(first)
    }
}
