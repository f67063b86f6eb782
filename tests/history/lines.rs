//! The line log: one purchase for each customer, product and day, whatever the order of lines.

use std::collections::BTreeMap;

use chrono::{Days, FixedOffset, NaiveDate};
use proptest::prelude::*;
use repurchase::history::LineLog;
use repurchase::record::{OrderLine, OrderStatus};
use repurchase::{Error, ShopCalendar};
use rust_decimal::Decimal;

use super::{date, fixed_seed, money, noon};

fn line(
    customer: &'static str,
    day: &str,
    product: &'static str,
    quantity: &str,
) -> OrderLine<&'static str, &'static str> {
    OrderLine::new(customer, noon(date(day)), product, money(quantity), money("1")).expect("a line")
}

#[test]
fn lines_of_a_day_are_one_purchase() {
    let lines = [
        line("bo", "2026-03-02", "tea", "0.25"),
        line("ann", "2026-03-01", "tea", "1"),
        line("bo", "2026-03-02", "tea", "1.50"),
        line("bo", "2026-03-01", "pots", "2"),
        line("bo", "2026-03-01", "tea", "3"),
        line("cy", "2026-03-01", "cups", "3").with_status(OrderStatus::Cancelled),
    ];
    let log = LineLog::from_lines(lines, &ShopCalendar::utc()).unwrap();
    assert_eq!((log.customers(), log.products()), (&["ann", "bo"][..], &["pots", "tea"][..]));
    assert_eq!((log.purchases(), log.passed_over(), log.scale()), (4, 1, 2));
    assert_eq!(log.days(), Some((date("2026-03-01"), date("2026-03-02"))));
    let show = |one: repurchase::history::ProductPurchase<'_, &'static str>| {
        (*one.product, one.day.to_string(), one.quantity.to_string())
    };
    let bought: Vec<_> = log.purchases_of(&"bo").map(show).collect();
    let expected = [("pots", "2026-03-01", "2"), ("tea", "2026-03-01", "3"), ("tea", "2026-03-02", "1.75")];
    assert_eq!(bought, expected.map(|(product, day, quantity)| (product, day.to_owned(), quantity.to_owned())));
    assert_eq!(log.purchases_of(&"cy").count(), 0);

    let last = |customer, product, day| log.last_purchase(&customer, &product, date(day)).map(|one| one.quantity);
    assert_eq!(last("bo", "tea", "2026-03-02"), Some(money("1.75")));
    assert_eq!(last("bo", "tea", "2026-03-01"), Some(money("3")));
    assert_eq!(last("bo", "tea", "2026-02-28"), None);
    assert_eq!((last("ann", "pots", "2026-03-09"), last("cy", "cups", "2026-03-09")), (None, None));
    let all: Vec<_> = log.last_purchases(date("2026-03-01")).map(|(customer, one)| (*customer, *one.product)).collect();
    assert_eq!(all, [("ann", "tea"), ("bo", "pots"), ("bo", "tea")]);
}

#[test]
fn no_line_makes_an_empty_log() {
    let lines: [OrderLine<u64, u64>; 0] = [];
    let log = LineLog::from_lines(lines, &ShopCalendar::utc()).unwrap();
    assert_eq!((log.customers().len(), log.products().len(), log.purchases(), log.days()), (0, 0, 0, None));
    assert_eq!(log.last_purchases(NaiveDate::MAX).count(), 0);
    assert!(log.last_purchase(&1, &2, NaiveDate::MAX).is_none());
}

/// Two lines ten minutes apart, across midnight in Shanghai.
#[test]
fn days_are_the_shops() {
    let at = |minute| date("2026-03-01").and_hms_opt(15, minute, 0).unwrap().and_utc();
    let lines = [(50, Decimal::ONE), (59, Decimal::ONE)]
        .map(|(minute, one)| OrderLine::new(1, at(minute), 2, one, one).unwrap());
    let shanghai = ShopCalendar::new(FixedOffset::east_opt(8 * 3600).unwrap());
    assert_eq!(LineLog::from_lines(lines.clone(), &shanghai).unwrap().purchases(), 1);
    let later = ShopCalendar::new(FixedOffset::east_opt(8 * 3600 + 300).unwrap());
    assert_eq!(LineLog::from_lines(lines, &later).unwrap().purchases(), 2);
}

#[test]
fn a_line_without_a_day_says_which() {
    let at = chrono::DateTime::<chrono::Utc>::MAX_UTC;
    let lines = [noon(date("2026-03-01")), at].map(|at| OrderLine::new(1, at, 2, Decimal::ONE, Decimal::ONE).unwrap());
    let east = ShopCalendar::new(FixedOffset::east_opt(3600).unwrap());
    let error = LineLog::from_lines(lines, &east).map(|_| ()).unwrap_err();
    assert!(matches!(&error, Error::Record { index: 1, cause } if matches!(**cause, Error::NoDay { .. })), "{error:?}");
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn logs_hold_every_purchase(
        rows in prop::collection::vec((0u8..5, 0u8..4, 0u64..9, 1i64..2000, 0u32..4), 0..60), as_of in 0u64..10,
    ) {
        let on = |day| date("2025-12-28").checked_add_days(Days::new(day)).unwrap();
        let lines = rows.iter().map(|&(customer, product, day, mantissa, scale)| {
            OrderLine::new(customer, noon(on(day)), product, Decimal::new(mantissa, scale), Decimal::ZERO).unwrap()
        });
        let log = LineLog::from_lines(lines, &ShopCalendar::utc()).unwrap();
        let mut sums: BTreeMap<(u8, u8, NaiveDate), Decimal> = BTreeMap::new();
        for &(customer, product, day, mantissa, scale) in &rows {
            *sums.entry((customer, product, on(day))).or_default() += Decimal::new(mantissa, scale);
        }
        let found: BTreeMap<_, _> = log.customers().iter().flat_map(|customer| {
            log.purchases_of(customer).map(|one| ((*customer, *one.product, one.day), one.quantity))
        }).collect();
        prop_assert_eq!(log.purchases(), sums.len());
        let mut last: BTreeMap<(u8, u8), (NaiveDate, Decimal)> = BTreeMap::new();
        for (&(customer, product, day), &quantity) in sums.iter().filter(|((_, _, day), _)| *day <= on(as_of)) {
            last.insert((customer, product), (day, quantity));
        }
        let of_log: Vec<_> = log.last_purchases(on(as_of))
            .map(|(customer, one)| ((*customer, *one.product), (one.day, one.quantity))).collect();
        prop_assert_eq!(&of_log, &last.iter().map(|(key, value)| (*key, *value)).collect::<Vec<_>>());
        for customer in 0..5 {
            for product in 0..4 {
                let one = log.last_purchase(&customer, &product, on(as_of)).map(|one| (one.day, one.quantity));
                prop_assert_eq!(one, last.get(&(customer, product)).copied());
            }
        }
        prop_assert_eq!(found, sums);
    }
}
