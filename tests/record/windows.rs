//! Windows and periods.

use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use repurchase::record::{Period, Windows};
use repurchase::{Error, Window};

use super::{date, error_text, fixed_seed, window};

#[test]
fn a_window_through_its_last_day() {
    assert_eq!(Window::through(date("2026-03-02"), date("2026-03-31")), Ok(window("2026-03-02", "2026-04-01")));
    assert_eq!(Window::through(date("2026-03-02"), date("2026-03-02")).map(Window::days), Ok(1));
    let backwards = Window::through(date("2026-03-02"), date("2026-03-01"));
    assert_eq!(backwards, Err(Error::EmptyWindow { start: date("2026-03-02"), end: date("2026-03-02") }));
    assert!(matches!(Window::through(NaiveDate::MAX, NaiveDate::MAX), Err(Error::DayOverflow { .. })));
}

#[test]
fn windows_are_half_open() {
    let march = window("2026-03-01", "2026-04-01");
    assert_eq!(
        (march.start(), march.last(), march.end()),
        (date("2026-03-01"), date("2026-03-31"), date("2026-04-01"))
    );
    assert_eq!(march.days(), 31);
    for (day, inside) in [("2026-02-28", false), ("2026-03-01", true), ("2026-03-31", true), ("2026-04-01", false)] {
        assert_eq!(march.contains(date(day)), inside, "{day}");
    }
    assert_eq!(march.to_string(), "2026-03-01..=2026-03-31");
    assert_eq!(window("2024-02-28", "2024-03-01").days(), 2);
    assert_eq!(
        error_text(Window::new(march.end(), march.start())),
        "a window must end after it starts, found start 2026-04-01 and end 2026-03-01"
    );
    assert_eq!(
        Window::new(march.start(), march.start()),
        Err(Error::EmptyWindow { start: march.start(), end: march.start() })
    );
    let all = Window::new(NaiveDate::MIN, NaiveDate::MAX).unwrap();
    assert_eq!(i64::from(all.days()), (NaiveDate::MAX - NaiveDate::MIN).num_days());
    assert!(all.contains(NaiveDate::MIN) && !all.contains(NaiveDate::MAX));
}

#[test]
fn the_last_days_include_the_day_itself() {
    let as_of = date("2024-03-01");
    assert_eq!(Window::last_days(as_of, 1), Window::new(as_of, date("2024-03-02")));
    assert_eq!(Window::last_days(as_of, 2), Window::new(date("2024-02-29"), date("2024-03-02")));
    assert_eq!(Window::last_days(as_of, 366).unwrap().start(), date("2023-03-02"));
    let max = u64::from(u32::MAX);
    let none = Error::OutOfRange { field: "days of a window", found: 0, min: 1, max };
    assert_eq!(Window::last_days(as_of, 0), Err(none));
    assert_eq!(error_text(Window::last_days(as_of, 0)), "days of a window must lie between 1 and 4294967295, found 0");
    assert!(matches!(Window::last_days(as_of, u32::MAX), Err(Error::DayOverflow { .. })));
    assert_eq!(
        Window::last_days(NaiveDate::MAX, 1),
        Err(Error::DayOverflow { from: NaiveDate::MAX, days: 1 }),
        "the day after the last day of all"
    );
    assert_eq!(Window::last_days(NaiveDate::MIN, 1).unwrap().start(), NaiveDate::MIN);
    assert!(matches!(Window::last_days(NaiveDate::MIN, 2), Err(Error::DayOverflow { .. })));
    let yesterday = NaiveDate::MAX.pred_opt().unwrap();
    assert_eq!(Window::last_days(yesterday, 7).unwrap().last(), yesterday);
}

#[test]
fn periods_by_hand() {
    use Period::{Day, Month, Quarter, Week, Year};
    let cases = [
        (Day, "2024-02-29", "2024-02-29", "2024-03-01", "2024-02-29"),
        // ISO weeks at the ends of years; 2020 and 2026 have 53 of them.
        (Week, "2020-12-31", "2020-12-28", "2021-01-04", "2020-W53"),
        (Week, "2021-01-03", "2020-12-28", "2021-01-04", "2020-W53"),
        (Week, "2021-01-04", "2021-01-04", "2021-01-11", "2021-W01"),
        (Week, "2024-12-30", "2024-12-30", "2025-01-06", "2025-W01"),
        (Week, "2026-12-31", "2026-12-28", "2027-01-04", "2026-W53"),
        (Week, "2027-01-03", "2026-12-28", "2027-01-04", "2026-W53"),
        (Week, "2026-03-01", "2026-02-23", "2026-03-02", "2026-W09"),
        (Month, "2024-02-29", "2024-02-01", "2024-03-01", "2024-02"),
        (Month, "2023-02-28", "2023-02-01", "2023-03-01", "2023-02"),
        (Month, "1900-02-28", "1900-02-01", "1900-03-01", "1900-02"),
        (Month, "2026-12-31", "2026-12-01", "2027-01-01", "2026-12"),
        (Quarter, "2026-01-01", "2026-01-01", "2026-04-01", "2026Q1"),
        (Quarter, "2026-03-31", "2026-01-01", "2026-04-01", "2026Q1"),
        (Quarter, "2026-05-31", "2026-04-01", "2026-07-01", "2026Q2"),
        (Quarter, "2026-08-31", "2026-07-01", "2026-10-01", "2026Q3"),
        (Quarter, "2026-12-31", "2026-10-01", "2027-01-01", "2026Q4"),
        (Year, "2024-02-29", "2024-01-01", "2025-01-01", "2024"),
    ];
    for (period, day, start, end, name) in cases {
        assert_eq!(period.window(date(day)), Ok(window(start, end)), "{period:?} of {day}");
        assert_eq!(period.name(date(day)), name, "{period:?} of {day}");
    }
}

const PERIODS: [Period; 5] = [Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year];

#[test]
fn a_period_beyond_the_calendar_is_refused() {
    for period in PERIODS {
        // Chrono's last day is a 31 December, whose every period ends on a day that does not exist.
        let error = period.window(NaiveDate::MAX).unwrap_err();
        assert!(matches!(error, Error::DayOverflow { from: NaiveDate::MAX, .. }), "{period:?}: {error}");
        assert!(Windows::periods(period, NaiveDate::MAX, NaiveDate::MAX).is_err(), "{period:?}");
        assert!(!period.name(NaiveDate::MAX).is_empty() && !period.name(NaiveDate::MIN).is_empty());
    }
    for period in [Period::Day, Period::Month, Period::Quarter, Period::Year] {
        assert_eq!(period.window(NaiveDate::MIN).unwrap().start(), NaiveDate::MIN, "{period:?}");
    }
    // A week may reach below the first day, which is no Monday.
    assert_ne!(chrono::Datelike::weekday(&NaiveDate::MIN), chrono::Weekday::Mon);
    let error = Period::Week.window(NaiveDate::MIN).unwrap_err();
    assert_eq!(error.to_string(), "there is no day -7 days from -262143-01-01");
}

#[test]
fn periods_cover_from_first_to_last() {
    let months = Windows::periods(Period::Month, date("2023-12-31"), date("2024-03-01")).unwrap();
    let names: Vec<_> = months.iter().map(|month| Period::Month.name(month.start())).collect();
    assert_eq!(names, ["2023-12", "2024-01", "2024-02", "2024-03"]);
    assert_eq!((months.len(), months.is_empty()), (4, false));
    let ends: Vec<_> = months.iter().map(|month| month.last().to_string()).collect();
    assert_eq!(ends, ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-01"], "up to the as-of day");
    let none = Windows::periods(Period::Week, date("2024-03-02"), date("2024-03-01")).unwrap();
    assert_eq!((none.is_empty(), none.len(), none.iter().next()), (true, 0, None));
    let leap_year = Windows::periods(Period::Day, date("2024-01-01"), date("2024-12-31")).unwrap();
    assert_eq!(leap_year.len(), 366);
}

#[test]
fn windows_never_go_back() {
    let (march, april) = (window("2026-03-01", "2026-04-01"), window("2026-04-01", "2026-05-01"));
    let spring = window("2026-03-01", "2026-06-01");
    for fine in [vec![], vec![march], vec![march, april], vec![march, march], vec![march, spring]] {
        let windows = Windows::new(fine.clone()).unwrap();
        assert!(windows.iter().eq(fine.iter().copied()) && windows.iter().len() == fine.len());
    }
    for (wrong, position) in [(vec![april, march], 1), (vec![march, spring, march], 2), (vec![spring, april], 1)] {
        assert_eq!(Windows::new(wrong), Err(Error::NotAscending { what: "windows", position }));
    }
    assert_eq!(error_text(Windows::new(vec![april, march])), "windows must ascend: number 1 (from 0) does not");
    assert!(Windows::from(march).iter().eq([march]));
    let days = |texts: &[&str]| texts.iter().map(|text| date(text)).collect::<Vec<_>>();
    let trailing = Windows::trailing(30, days(&["2026-03-31", "2026-03-31", "2026-04-30"])).unwrap();
    assert!(
        trailing
            .iter()
            .eq(["2026-03-31", "2026-03-31", "2026-04-30"].map(|day| Window::last_days(date(day), 30).unwrap()))
    );
    let back = Windows::trailing(30, days(&["2026-04-30", "2026-03-31"]));
    assert_eq!(back, Err(Error::NotAscending { what: "windows", position: 1 }));
    assert!(matches!(Windows::trailing(0, days(&["2026-04-30"])), Err(Error::OutOfRange { .. })));
    assert!(Windows::trailing(0, []).unwrap().is_empty());
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn periods_part_the_calendar(day in -800_000..3_000_000i64) {
        let day = NaiveDate::default() + TimeDelta::days(day);
        for period in PERIODS {
            let window = period.window(day).unwrap();
            prop_assert!(window.contains(day));
            for same in [window.start(), window.last()] {
                prop_assert_eq!(period.window(same), Ok(window));
                prop_assert_eq!(period.name(same), period.name(day));
            }
            let next = period.window(window.end()).unwrap();
            prop_assert_eq!(next.start(), window.end());
            prop_assert!(period.name(next.start()) != period.name(day));
        }
    }

    #[test]
    fn windows_hold_their_days(day in -800_000..3_000_000i64, days in 1..2000u32, other in -2100..2100i64) {
        let as_of = NaiveDate::default() + TimeDelta::days(day);
        let window = Window::last_days(as_of, days).unwrap();
        prop_assert_eq!((window.days(), window.last()), (days, as_of));
        prop_assert_eq!(window.contains(as_of + TimeDelta::days(other)), other <= 0 && -other < i64::from(days));
    }
}
