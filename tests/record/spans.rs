//! Spans of the calendar: by hand, and against counting month by month.

use chrono::{Days, Months, NaiveDate};
use proptest::prelude::*;
use repurchase::record::CalendarSpan;
use repurchase::scale::Language;

use super::{date, fixed_seed};

#[test]
fn spans_by_hand() {
    let cases = [
        ("2013-06-15", "2016-08-15", "3 years 2 months", "3年2个月"),
        ("2013-06-15", "2016-08-14", "3 years 1 month 30 days", "3年1个月30天"),
        ("2026-01-31", "2026-02-28", "1 month", "1个月"),
        ("2026-01-31", "2026-03-01", "1 month 1 day", "1个月1天"),
        ("2024-02-29", "2025-02-28", "1 year", "1年"),
        ("2026-03-01", "2026-03-01", "0 days", "0天"),
        ("2025-12-31", "2026-01-01", "1 day", "1天"),
        ("2025-03-01", "2026-03-02", "1 year 1 day", "1年1天"),
    ];
    for (start, end, english, chinese) in cases {
        let span = CalendarSpan::between(date(start), date(end));
        assert_eq!((span.to_string().as_str(), span.describe(Language::Chinese).as_str()), (english, chinese));
        assert_eq!(CalendarSpan::between(date(end), date(start)), span, "in either order");
    }
}

#[test]
fn the_longest_span() {
    let span = CalendarSpan::between(NaiveDate::MIN, NaiveDate::MAX);
    assert_eq!((span.years, span.months, span.days), (524_285, 11, 30));
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn spans_are_counted_month_by_month(start in 0u64..3000, days in 0u64..3000) {
        let start = date("2019-12-25").checked_add_days(Days::new(start)).unwrap();
        let end = start.checked_add_days(Days::new(days)).unwrap();
        let months = (1..200).take_while(|&months| start.checked_add_months(Months::new(months)).unwrap() <= end).count();
        let months = u32::try_from(months).unwrap();
        let rest = end - start.checked_add_months(Months::new(months)).unwrap();
        let span = CalendarSpan::between(start, end);
        prop_assert_eq!((span.years * 12 + span.months, i64::from(span.days)), (months, rest.num_days()));
        prop_assert!(span.months < 12 && span.days < 31);
    }
}
