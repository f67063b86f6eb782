//! Columns of records.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use repurchase::record::RecordColumns;
use repurchase::{Error, PurchaseLog, ShopCalendar};

use super::east;

#[test]
fn columns_beyond_the_ends_of_time_are_refused_by_row() {
    for beyond in
        [i64::MIN, i64::MAX, DateTime::<Utc>::MAX_UTC.timestamp() + 1, DateTime::<Utc>::MIN_UTC.timestamp() - 1]
    {
        let (seconds, amounts) = ([0, beyond], [1, 1]);
        let columns = RecordColumns::new(&["ann", "bo"], &seconds, &amounts, 2).unwrap();
        let error = Error::Record { index: 1, cause: Box::new(Error::NoDay { unix_seconds: beyond }) };
        assert_eq!(PurchaseLog::from_columns(columns, &ShopCalendar::utc()).unwrap_err(), error);
        assert!(PurchaseLog::from_columns(columns, &ShopCalendar::new(Tz::Europe__Berlin)).is_err());
        assert!(PurchaseLog::from_columns(columns, &ShopCalendar::new(east(-86_399))).is_err());
    }
}

/// 2026-03-01T12:00:00Z in milliseconds would be a day of the year 58134.
#[test]
fn milliseconds_are_refused_by_name() {
    let of = |seconds: &[i64]| {
        let (customers, amounts) = (vec!["ann"; seconds.len()], vec![1; seconds.len()]);
        let columns = RecordColumns::new(&customers, seconds, &amounts, 2).unwrap();
        PurchaseLog::from_columns(columns, &ShopCalendar::utc()).map(|log| log.purchases())
    };
    let error = of(&[1_772_366_400, 1_772_366_400_000]).unwrap_err();
    let cause = Box::new(Error::UnixMilliseconds { unix_seconds: 1_772_366_400_000 });
    assert_eq!(error, Error::Record { index: 1, cause });
    assert_eq!(
        error.to_string(),
        "record 1: Unix time 1772366400000 s lies beyond the year 5000: are these milliseconds? seconds are expected"
    );
    // The last second before 5138-11-16T09:46:40Z, and what is no time of ours either way.
    assert_eq!((of(&[99_999_999_999]), of(&[7_258_118_400_000])), (Ok(1), Ok(1)));
    assert!(of(&[100_000_000_000]).is_err() && of(&[7_258_118_399_999]).is_err());
}

#[test]
fn columns_are_equally_long() {
    assert!(RecordColumns::<u64>::new(&[], &[], &[], 0).is_ok());
    let error = RecordColumns::new(&["ann", "bo"], &[0], &[1, 2], 2).unwrap_err();
    assert_eq!(error, Error::ColumnLength { column: "unix_seconds", found: 1, expected: 2 });
    assert_eq!(error.to_string(), "columns must be equally long: 2 customers, but 1 in unix_seconds");
    let error = RecordColumns::new(&["ann"], &[0], &[1, 2], 2).unwrap_err();
    assert_eq!(error, Error::ColumnLength { column: "amounts", found: 2, expected: 1 });
    assert!(RecordColumns::new(&["ann"], &[0], &[1], 28).is_ok());
    let error = RecordColumns::new(&["ann"], &[0], &[1], 29).unwrap_err();
    assert_eq!(error, Error::OutOfRange { field: "scale", found: 29, min: 0, max: 28 });
}
