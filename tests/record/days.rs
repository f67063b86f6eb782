//! The shop's days.
//!
//! Days are tested against hand-computed local times and, for random instants, against chrono's own conversion.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use repurchase::record::RecordColumns;
use repurchase::{Error, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::{date, east, error_text, fixed_seed, instant};

#[track_caller]
fn assert_days<Z: TimeZone>(zone: Z, cases: &[(&str, &str)]) {
    let calendar = ShopCalendar::new(zone);
    let orders: Vec<_> = cases.iter().map(|(at, _)| Order::new(*at, instant(at), Decimal::ONE).unwrap()).collect();
    let ledger = PurchaseLog::from_records(orders, &calendar).unwrap().ledger(NaiveDate::MAX).unwrap();
    for (at, day) in cases {
        assert_eq!(calendar.day(instant(at)), Ok(date(day)), "{at}");
        assert_eq!(ledger.get(at).unwrap().first_purchase(), Some(date(day)), "{at} in bulk");
    }
}

#[test]
fn midnight_of_the_shop_parts_two_days() {
    let (before, after) = ("2026-03-01T15:55:00Z", "2026-03-01T16:05:00Z");
    assert_days(east(8 * 3600), &[(before, "2026-03-01"), (after, "2026-03-02")]);
    assert_days(Tz::Asia__Shanghai, &[(before, "2026-03-01"), (after, "2026-03-02")]);
    assert_days(Utc, &[(before, "2026-03-01"), (after, "2026-03-01")]);
    assert_days(
        east(8 * 3600),
        &[("2026-03-01T15:59:59.999999999Z", "2026-03-01"), ("2026-03-01T16:00:00Z", "2026-03-02")],
    );
    assert_days(east(-86_399), &[("2026-03-01T23:59:58Z", "2026-02-28"), ("2026-03-01T23:59:59Z", "2026-03-01")]);
    assert_days(east(86_399), &[("2026-03-01T00:00:00Z", "2026-03-01"), ("2026-03-01T00:00:01Z", "2026-03-02")]);
    assert_eq!(ShopCalendar::default(), ShopCalendar::utc());
    assert_eq!(ShopCalendar::new(Tz::Europe__Berlin).zone(), &Tz::Europe__Berlin);
}

#[test]
fn days_of_23_and_25_hours() {
    // Spring forward on 8 March, back on 1 November 2026.
    assert_days(
        Tz::America__New_York,
        &[
            ("2026-03-08T04:59:59Z", "2026-03-07"),
            ("2026-03-08T05:00:00Z", "2026-03-08"),
            ("2026-03-08T06:59:59Z", "2026-03-08"),
            ("2026-03-08T07:00:00Z", "2026-03-08"),
            ("2026-03-09T03:59:59Z", "2026-03-08"),
            ("2026-03-09T04:00:00Z", "2026-03-09"),
            ("2026-11-01T03:59:59Z", "2026-10-31"),
            ("2026-11-01T04:00:00Z", "2026-11-01"),
            ("2026-11-02T04:59:59Z", "2026-11-01"),
            ("2026-11-02T05:00:00Z", "2026-11-02"),
        ],
    );
    // 29 March and 25 October 2026.
    assert_days(
        Tz::Europe__Berlin,
        &[
            ("2026-03-28T22:59:59Z", "2026-03-28"),
            ("2026-03-28T23:00:00Z", "2026-03-29"),
            ("2026-03-29T21:59:59Z", "2026-03-29"),
            ("2026-03-29T22:00:00Z", "2026-03-30"),
            ("2026-10-24T21:59:59Z", "2026-10-24"),
            ("2026-10-24T22:00:00Z", "2026-10-25"),
            ("2026-10-25T22:59:59Z", "2026-10-25"),
            ("2026-10-25T23:00:00Z", "2026-10-26"),
        ],
    );
    // Clocks go back at midnight: 17 February 2018 has its last hour twice.
    assert_days(
        Tz::America__Sao_Paulo,
        &[
            ("2018-02-18T01:59:59Z", "2018-02-17"),
            ("2018-02-18T02:00:00Z", "2018-02-17"),
            ("2018-02-18T02:59:59Z", "2018-02-17"),
            ("2018-02-18T03:00:00Z", "2018-02-18"),
            ("2018-11-04T02:59:59Z", "2018-11-03"),
            ("2018-11-04T03:00:00Z", "2018-11-04"),
        ],
    );
}

#[test]
fn a_day_that_the_shop_never_had() {
    // Samoa went from the east to the west of the date line: there was no 30 December 2011.
    assert_days(
        Tz::Pacific__Apia,
        &[
            ("2011-12-29T09:59:59Z", "2011-12-28"),
            ("2011-12-29T10:00:00Z", "2011-12-29"),
            ("2011-12-30T09:59:59Z", "2011-12-29"),
            ("2011-12-30T10:00:00Z", "2011-12-31"),
            ("2011-12-31T09:59:59Z", "2011-12-31"),
            ("2011-12-31T10:00:00Z", "2012-01-01"),
        ],
    );
}

#[test]
fn a_day_that_begins_twice() {
    // St. John's put its clocks back at 00:01: for an hour a later instant lies on the earlier day.
    assert_days(
        Tz::America__St_Johns,
        &[
            ("2010-11-07T02:29:59Z", "2010-11-06"),
            ("2010-11-07T02:30:00Z", "2010-11-07"),
            ("2010-11-07T02:30:59Z", "2010-11-07"),
            ("2010-11-07T02:31:00Z", "2010-11-06"),
            ("2010-11-07T03:29:59Z", "2010-11-06"),
            ("2010-11-07T03:30:00Z", "2010-11-07"),
        ],
    );
}

#[test]
fn the_ends_of_time_have_a_day_or_a_typed_error() {
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let cases = [
        (0, first, Some(NaiveDate::MIN)),
        (0, last, Some(NaiveDate::MAX)),
        (1, first, Some(NaiveDate::MIN)),
        (-1, first, None),
        (1, last, None),
        (-1, last, Some(NaiveDate::MAX)),
        (86_399, last, None),
        (-86_399, last, Some(NaiveDate::MAX)),
        (-86_399, first, None),
    ];
    for (seconds, at, day) in cases {
        let calendar = ShopCalendar::new(east(seconds));
        let no_day = Error::NoDay { unix_seconds: at.timestamp() };
        assert_eq!(calendar.day(at), day.ok_or(no_day.clone()), "{at} at {seconds}");
        let log = PurchaseLog::from_records([Order::new((), at, Decimal::ONE).unwrap()], &calendar);
        let refused = Error::Record { index: 0, cause: Box::new(no_day) };
        assert_eq!(log.map(|log| log.days()), day.map(|day| Some((day, day))).ok_or(refused), "{at} at {seconds}");
    }
    assert_eq!(
        error_text(ShopCalendar::new(east(1)).day(last)),
        "Unix time 8210266876799 s has no calendar day in the shop's time zone"
    );
}

/// Any instant of chrono, mostly of our time and close to the hours at which clocks change.
fn any_instant() -> impl Strategy<Value = DateTime<Utc>> {
    let (first, last) = (DateTime::<Utc>::MIN_UTC.timestamp(), DateTime::<Utc>::MAX_UTC.timestamp());
    let ours = -2_500_000_000..2_500_000_000i64;
    // The last seconds of an hour may hold a leap second of nanoseconds beyond a billion.
    let on_the_hour = (-1_200_000..700_000i64, -2..3i64).prop_map(|(hour, second)| hour * 3600 + second);
    let changes: &[i64] = &[1_289_097_000, 1_289_097_060, 1_325_239_200, 1_518_919_200, 1_772_953_200, 1_774_746_000];
    let at_a_change = (prop::sample::select(changes), -7300..7300i64).prop_map(|(change, second)| change + second);
    let at_an_end = prop_oneof![first..first + 200_000, last - 200_000..=last];
    let seconds = prop_oneof![4 => ours, 4 => on_the_hour, 4 => at_a_change, 1 => first..=last, 1 => at_an_end];
    (seconds, 0..2_000_000_000u32).prop_map(|(seconds, nanoseconds)| {
        let leap = seconds.rem_euclid(60) == 59;
        DateTime::from_timestamp(seconds, if leap { nanoseconds } else { nanoseconds / 2 })
            .expect("within chrono's range")
    })
}

fn assert_bulk_days<Z: TimeZone + Sync>(zone: Z, instants: &[DateTime<Utc>]) -> Result<(), TestCaseError> {
    let calendar = ShopCalendar::new(zone);
    let days: Vec<_> = instants.iter().map(|&at| calendar.day(at)).collect();
    let orders = instants.iter().enumerate().map(|(i, &at)| Order::new(i, at, Decimal::ONE).unwrap());
    let log = PurchaseLog::from_records(orders, &calendar);
    let customers: Vec<_> = (0..instants.len()).collect();
    let seconds: Vec<_> = instants.iter().map(DateTime::timestamp).collect();
    let amounts = vec![1; instants.len()];
    let columns = RecordColumns::new(&customers, &seconds, &amounts, 0).unwrap();
    let from_columns = match PurchaseLog::from_columns(columns, &calendar) {
        // Columns take some seconds for milliseconds: see the tests of columns.
        Err(Error::Record { cause, .. }) if matches!(*cause, Error::UnixMilliseconds { .. }) => log.clone(),
        from_columns => from_columns,
    };
    if let Some(index) = days.iter().position(Result::is_err) {
        let refused = Error::Record { index, cause: Box::new(days[index].clone().unwrap_err()) };
        prop_assert_eq!(log.unwrap_err(), refused.clone());
        prop_assert_eq!(from_columns.unwrap_err(), refused);
        return Ok(());
    }
    let ledger = log.unwrap().ledger(NaiveDate::MAX).unwrap();
    prop_assert_eq!(&ledger, &from_columns.unwrap().ledger(NaiveDate::MAX).unwrap());
    for ((_, history), day) in ledger.iter().zip(days) {
        prop_assert_eq!(history.first_purchase(), day.ok());
    }
    Ok(())
}

/// Every seven hours of two years, in which clocks change four times, by time, backwards and scattered.
#[test]
fn days_of_many_instants_in_any_order() {
    const COUNT: usize = 2_503;
    let instants: Vec<_> =
        (0..).map(|at| instant("2025-01-01T00:30:00Z") + TimeDelta::hours(7 * at)).take(COUNT).collect();
    let mut backwards = instants.clone();
    backwards.reverse();
    let scattered: Vec<_> = (0..COUNT).map(|at| instants[at * 1_009 % COUNT]).collect();
    // One far from the others, and back again.
    let mut with_outliers = instants.clone();
    for (place, at) in
        [(100, "1970-01-01T00:00:00Z"), (101, "2999-12-31T23:59:59Z"), (1_500, "-200000-01-01T00:00:00Z")]
    {
        with_outliers[place] = instant(at);
    }
    for instants in [instants, backwards, scattered, with_outliers] {
        for zone in [Tz::UTC, Tz::Europe__Berlin, Tz::Asia__Shanghai, Tz::Australia__Lord_Howe] {
            assert_bulk_days(zone, &instants).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn days_in_bulk_are_the_calendars_days(instants in prop::collection::vec(any_instant(), 0..40)) {
        for zone in [
            Tz::UTC, Tz::America__New_York, Tz::Europe__Berlin, Tz::Pacific__Apia, Tz::America__St_Johns,
            Tz::America__Sao_Paulo, Tz::Australia__Lord_Howe, Tz::Asia__Kathmandu, Tz::Africa__Monrovia,
            Tz::Antarctica__Troll, Tz::Pacific__Kwajalein, Tz::Africa__Casablanca,
        ] {
            assert_bulk_days(zone, &instants)?;
        }
        for seconds in [8 * 3600, 1, -1, 86_399, -86_399] {
            assert_bulk_days(east(seconds), &instants)?;
        }
    }

    #[test]
    fn a_day_is_that_of_local_time(seconds in -2_500_000_000..2_500_000_000i64) {
        let at = DateTime::from_timestamp(seconds, 0).unwrap();
        for zone in [Tz::America__New_York, Tz::Europe__Berlin, Tz::Pacific__Apia, Tz::America__St_Johns] {
            prop_assert_eq!(ShopCalendar::new(zone).day(at), Ok(at.with_timezone(&zone).date_naive()));
        }
    }
}
