//! The shop's calendar: from instants to days.

use chrono::{DateTime, NaiveDate, Offset, TimeZone, Utc};

use super::when::When;
use crate::error::{Error, Result};
use crate::scale::cuts::Key;

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

/// A calendar day as a number, for arithmetic in bulk: days since 1970-01-01, within chrono's range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Day(i32);

impl Day {
    pub(crate) const MIN: Self = Self(NaiveDate::MIN.to_epoch_days());
    pub(crate) const MAX: Self = Self(NaiveDate::MAX.to_epoch_days());

    #[inline]
    fn new(number: i64) -> Option<Self> {
        let number = i32::try_from(number).ok()?;
        (Self::MIN.0..=Self::MAX.0).contains(&number).then_some(Self(number))
    }

    /// The day `count` days after chrono's first, for counts that came from a day.
    #[inline]
    pub(crate) const fn nth(count: u32) -> Self {
        Self(Self::MIN.0 + count as i32)
    }

    #[inline]
    pub(crate) const fn number(self) -> i32 {
        self.0
    }

    /// Days from `earlier` to `self`, 0 where `earlier` is not earlier.
    #[inline]
    pub(crate) fn since(self, earlier: Self) -> u32 {
        // The whole range of chrono is shorter than 2^28 days.
        u32::try_from(self.0 - earlier.0).unwrap_or(0)
    }

    pub(crate) fn date(self) -> NaiveDate {
        // A `Day` is only made within chrono's range, so the fallback is never taken.
        NaiveDate::from_epoch_days(self.0).unwrap_or_default()
    }

    pub(crate) fn plus(self, days: i64) -> Result<Self> {
        i64::from(self.0)
            .checked_add(days)
            .and_then(Self::new)
            .ok_or_else(|| Error::DayOverflow { from: self.date(), days })
    }
}

impl Key for Day {
    fn above(self, smaller: Self) -> u64 {
        self.since(smaller).into()
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self(date.to_epoch_days())
    }
}

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
    /// the same, or starts anew where they lie apart from it.
    fn stretch_to(&mut self, unix_seconds: &[i64]) -> Option<Stretch> {
        let utc_day = |seconds: Option<&i64>| Some(seconds?.div_euclid(SECONDS_A_DAY));
        let (low, high) = (utc_day(unix_seconds.iter().min())?, utc_day(unix_seconds.iter().max())?);
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
        let instant = DateTime::from_timestamp(unix_seconds, 0)?;
        Some(self.zone.offset_from_utc_datetime(&instant.naive_utc()).fix().local_minus_utc())
    }

    fn offset_throughout(&self, utc_day: i64) -> Option<i32> {
        let midnight = utc_day.checked_mul(SECONDS_A_DAY)?;
        let first = self.offset(midnight)?;
        (1..=24).all(|hour| self.offset(midnight + hour * 3600) == Some(first)).then_some(first)
    }
}
