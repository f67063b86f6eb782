//! Tables from a day to the windows and to the period in which it lies.
//!
//! Written for speed before plainness: `benches/measure.rs`, id `measure/repurchase_rates`, must not get slower.

use chrono::{Datelike, NaiveDate};

use crate::error::Result;
use crate::record::calendar::Day;
use crate::record::{Period, Window, Windows};

/// Days that a table holds at most, some 2,800 years; what lies beyond them is searched or reckoned.
const TABLE_DAYS: usize = 1 << 20;

/// The windows in which a day lies. Neither starts nor ends go back, so they are a range of positions, of which neither
/// bound goes back from one day to a later one.
#[derive(Debug)]
pub(super) struct WindowsOfDay {
    /// The number of the first day that has a place of its own; all days before it lie in no window and share place 0.
    first: i32,
    table: Vec<(u32, u32)>,
    starts: Vec<i32>,
    ends: Vec<i32>,
}

impl WindowsOfDay {
    /// Makes the table for days within `days`, both included.
    pub(super) fn new(windows: &Windows, days: (NaiveDate, NaiveDate)) -> Self {
        let number = |date: NaiveDate| Day::from(date).number();
        let starts: Vec<i32> = windows.iter().map(|window| number(window.start())).collect();
        let ends: Vec<i32> = windows.iter().map(|window| number(window.end())).collect();
        let earliest = starts.first().map_or(number(days.0), |&start| start.max(number(days.0)));
        let mut of_day = Self { first: earliest, table: vec![(0, 0)], starts, ends };
        let (mut low, mut high) = (0, 0);
        for day in (earliest..=number(days.1)).take(TABLE_DAYS) {
            low += of_day.ends[low..].iter().take_while(|&&end| end <= day).count();
            high += of_day.starts[high..].iter().take_while(|&&start| start <= day).count();
            of_day.table.push((position(low), position(high)));
        }
        of_day
    }

    /// The place of a day: the same for equal days, and greater for later ones, but for those before every window.
    #[inline]
    pub(super) fn place(&self, day: Day) -> u32 {
        // The whole range of chrono is shorter than 2^28 days.
        u32::try_from(day.number() - self.first + 1).unwrap_or(0)
    }

    /// The first of the windows that hold the day of a place, and the one after their last.
    #[inline]
    pub(super) fn at(&self, place: u32) -> (u32, u32) {
        self.table.get(place as usize).copied().unwrap_or_else(|| self.search(place))
    }

    #[cold]
    fn search(&self, place: u32) -> (u32, u32) {
        let day = i64::from(self.first) + i64::from(place) - 1;
        let up_to = |bounds: &[i32]| position(bounds.partition_point(|&bound| i64::from(bound) <= day));
        (up_to(&self.ends), up_to(&self.starts))
    }
}

const fn position(window: usize) -> u32 {
    // Four billion windows would have filled 32 GB before they came here.
    window as u32
}

/// The calendar period in which a day lies, counted from the one of a first day.
#[derive(Debug)]
pub(super) struct PeriodOfDay {
    period: Period,
    first: Day,
    origin: i32,
    table: Vec<u32>,
}

impl PeriodOfDay {
    /// Makes the table for days from the first of `days` on, fastest for those up to its last.
    pub(super) fn new(period: Period, days: (NaiveDate, NaiveDate)) -> Self {
        let (first, last) = days;
        let span = Day::from(last).since(first.into()) as usize;
        let mut of_day = Self { period, first: first.into(), origin: ordinal(period, first), table: Vec::new() };
        of_day.table = first.iter_days().take(TABLE_DAYS.min(span + 1)).map(|day| of_day.reckon(day)).collect();
        of_day
    }

    /// The period of a day, 0 for that of the first day.
    #[inline]
    pub(super) fn at(&self, day: Day) -> u32 {
        let place = day.since(self.first) as usize;
        self.table.get(place).copied().unwrap_or_else(|| self.reckon(day.date()))
    }

    fn reckon(&self, day: NaiveDate) -> u32 {
        // Only days before the first one are out of range, and nothing happened on them.
        u32::try_from(ordinal(self.period, day) - self.origin).unwrap_or(0)
    }

    /// Counts the periods from the first one on that have begun by a day, and those of them that are over with it.
    pub(super) fn begun_and_complete(&self, as_of: NaiveDate) -> (u32, u32) {
        if as_of < self.first.date() {
            return (0, 0);
        }
        let last = self.at(as_of.into());
        let is_over = as_of.succ_opt().is_none_or(|next| self.reckon(next) != last);
        (last + 1, last + u32::from(is_over))
    }

    /// The days of a period.
    pub(super) fn window(&self, position: u32) -> Result<Window> {
        let ordinal = i64::from(self.origin) + i64::from(position);
        // A week may begin before chrono's first day, and then has no window.
        self.period.window(start(self.period, ordinal).unwrap_or(self.first.date()))
    }
}

/// The number of a day's period on a scale on which each follows the one before it.
fn ordinal(period: Period, day: NaiveDate) -> i32 {
    let month0 = day.month0() as i32;
    match period {
        Period::Day => Day::from(day).number(),
        // 1970-01-01 was a Thursday.
        Period::Week => (Day::from(day).number() + 3).div_euclid(7),
        Period::Month => day.year() * 12 + month0,
        Period::Quarter => day.year() * 4 + month0 / 3,
        Period::Year => day.year(),
    }
}

/// The first day of the period of an [`ordinal`].
fn start(period: Period, ordinal: i64) -> Option<NaiveDate> {
    let days = |number: i64| Day::default().plus(number).ok().map(Day::date);
    let month = |number: i64| {
        let (year, month0) = (i32::try_from(number.div_euclid(12)).ok()?, u32::try_from(number.rem_euclid(12)).ok()?);
        NaiveDate::from_ymd_opt(year, month0 + 1, 1)
    };
    match period {
        Period::Day => days(ordinal),
        Period::Week => days(ordinal * 7 - 3),
        Period::Month => month(ordinal),
        Period::Quarter => month(ordinal * 3),
        Period::Year => month(ordinal * 12),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIODS: [Period; 5] = [Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year];

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
    }

    #[test]
    fn periods_follow_the_calendar() {
        for period in PERIODS {
            for first in [day(1969, 11, 20), day(-3, 2, 28), day(2023, 12, 31)] {
                let of_day = PeriodOfDay::new(period, (first, day(2024, 3, 1)));
                let mut position = 0;
                let mut window = period.window(first);
                for date in first.iter_days().take(900) {
                    if !window.as_ref().is_ok_and(|window| window.contains(date)) {
                        (position, window) = (position + 1, period.window(date));
                    }
                    assert_eq!(of_day.at(date.into()), position, "{period:?} {date}");
                    assert_eq!(of_day.window(position), window, "{period:?} {date}");
                    let is_over = window.as_ref().is_ok_and(|window| window.last() == date);
                    assert_eq!(of_day.begun_and_complete(date), (position + 1, position + u32::from(is_over)));
                }
            }
        }
    }

    #[test]
    fn a_search_finds_what_the_table_says() -> Result<()> {
        let windows = vec![
            Window::new(day(2024, 1, 3), day(2024, 1, 20))?,
            Window::new(day(2024, 1, 3), day(2024, 1, 25))?,
            Window::new(day(2024, 1, 10), day(2024, 1, 25))?,
            Window::new(day(2024, 2, 1), day(2024, 2, 2))?,
        ];
        let windows = Windows::new(windows)?;
        for first in [day(2023, 12, 30), day(2024, 1, 15)] {
            let of_day = WindowsOfDay::new(&windows, (first, day(2024, 2, 10)));
            for date in first.iter_days().take(45) {
                let place = of_day.place(date.into());
                let (low, high) = of_day.at(place);
                assert_eq!(place > 0 && of_day.search(place) == (low, high), place > 0, "{date}");
                for (position, window) in windows.iter().enumerate() {
                    let found = (low as usize..high as usize).contains(&position);
                    assert_eq!(found, window.contains(date), "{date} in {window}");
                }
            }
        }
        Ok(())
    }

    #[test]
    fn absurd_spans_are_searched_and_reckoned() -> Result<()> {
        let (first, last) = (NaiveDate::MIN, NaiveDate::MAX);
        let windows = Windows::from(Window::new(day(2024, 1, 1), day(2025, 1, 1))?);
        let of_day = WindowsOfDay::new(&windows, (first, last));
        for (date, expected) in
            [(first, (0, 0)), (day(2024, 12, 31), (0, 1)), (day(2025, 1, 1), (1, 1)), (last, (1, 1))]
        {
            assert_eq!(of_day.at(of_day.place(date.into())), expected, "{date}");
        }
        for period in PERIODS {
            let of_day = PeriodOfDay::new(period, (first, last));
            let (begun, complete) = of_day.begun_and_complete(last);
            assert_eq!((begun - 1, complete), (of_day.at(Day::MAX), begun), "{period:?}");
        }
        Ok(())
    }
}
