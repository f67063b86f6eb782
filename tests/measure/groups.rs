//! Rates of many windows and groups at once, by keys of orders, against counts that loop over everything.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use proptest::prelude::*;
use repurchase::measure::{Occasion, RateOptions, Scope, repurchase_rates, repurchase_rates_by};
use repurchase::record::{Keyed, Windows};
use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar, Window};
use rust_decimal::Decimal;

use super::cohorts::keyed_record;
use super::oracle::{Kind, Row, log, rows, windows};
use super::{OCCASIONS, SCOPES, TestResult, date, fixed_seed, ratio, small_shop, window};

fn key_of(row: &Row) -> u8 {
    // Of one customer several, of one day several.
    (row.cents % 3) as u8
}

fn keyed(rows: &[Row]) -> PurchaseLog<Keyed<u8, u8>> {
    let records = rows.iter().map(|row| keyed_record(row.record(), key_of(row)));
    PurchaseLog::from_records(records, &ShopCalendar::utc()).unwrap()
}

/// Each customer's occasions as day and key, ascending: of one day's orders those of smaller keys first.
fn occasions(rows: &[Row], occasion: Occasion) -> BTreeMap<u8, Vec<(NaiveDate, u8)>> {
    let mut customers: BTreeMap<u8, Vec<(NaiveDate, u8)>> = BTreeMap::new();
    for row in rows.iter().filter(|row| matches!(row.kind, Kind::Order)) {
        customers.entry(row.customer).or_default().push((row.day, key_of(row)));
    }
    for occasions in customers.values_mut() {
        occasions.sort_unstable();
        if occasion == Occasion::Day {
            occasions.dedup();
        }
    }
    customers
}

/// Users, orders and returning customers, as the docs say.
fn naive(
    customers: &BTreeMap<u8, Vec<(NaiveDate, u8)>>,
    (window, key): (Window, u8),
    options: RateOptions,
) -> (Ratio, Ratio, Ratio) {
    let (mut users, mut repeaters, mut all, mut repeats, mut returning) = (0, 0, 0, 0, 0);
    for occasions in customers.values() {
        let first_day = occasions[0].0;
        let is_repeat = |place: usize, day: NaiveDate| match options.occasion {
            Occasion::Order => place > 0,
            Occasion::Day => day > first_day,
        };
        let inside = || {
            let places = occasions.iter().enumerate();
            places.filter(|&(_, &(day, of))| of == key && window.contains(day)).map(|(place, &(day, _))| (place, day))
        };
        let (count, later) = (inside().count() as u64, inside().filter(|&(place, day)| is_repeat(place, day)).count());
        users += u64::from(count > 0);
        repeaters += u64::from(count > 1);
        all += count;
        repeats += match options.scope {
            Scope::Window => count.saturating_sub(1),
            Scope::Lifetime => later as u64,
        };
        returning += u64::from(later > 0);
    }
    (ratio(repeaters, users), ratio(repeats, all), ratio(returning, users))
}

#[test]
fn returning_customers_by_hand() {
    let march = window("2026-03-01", "2026-04-01");
    // Ann's first order is in March and so is her only one; Bo's two are of one day; Cy bought in February.
    for (occasion, returning) in [(Occasion::Order, (2, 3)), (Occasion::Day, (1, 3))] {
        for scope in SCOPES {
            let options = RateOptions::default().with_occasion(occasion).with_scope(scope);
            let rates = repurchase_rates(&small_shop(), &march.into(), &options);
            assert_eq!(rates[0].returning, ratio(returning.0, returning.1), "{options:?}");
        }
    }
}

#[test]
fn one_customer_of_two_channels() -> TestResult {
    let rows = [("web", "2026-01-05"), ("store", "2026-01-05"), ("store", "2026-01-07"), ("web", "2026-02-01")];
    let orders = rows.map(|(key, day)| Order::on(Keyed { customer: "ann", key }, date(day), Decimal::ONE).unwrap());
    let months = Windows::new(vec![window("2026-01-01", "2026-02-01"), window("2026-02-01", "2026-03-01")])?;
    let options = RateOptions::default().with_scope(Scope::Lifetime);
    for turn in 0..4 {
        let mut orders = orders.clone();
        orders.rotate_left(turn);
        let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
        let rates = repurchase_rates_by(&log, &months, &options, |id| id.key);
        let found = |key| {
            let [january, february] = rates[key][..] else { panic!("two months") };
            [(january.users, january.orders, january.returning), (february.users, february.orders, february.returning)]
        };
        // Both orders of the first day: the store's is the first, by the alphabet.
        assert_eq!(found("store"), [(ratio(1, 1), ratio(1, 2), ratio(1, 1)), Default::default()]);
        let first = (ratio(0, 1), ratio(1, 1), ratio(1, 1));
        assert_eq!(found("web"), [first, first]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn keys_of_orders(rows in rows(), windows in windows(), by in 0usize..50) {
        let mut turned = rows.clone();
        turned.reverse();
        turned.rotate_left(by.min(rows.len()));
        let (log, turned, plain) = (keyed(&rows), keyed(&turned), log(&rows));
        for options in OCCASIONS.into_iter().flat_map(|occasion| {
            SCOPES.map(|scope| RateOptions::default().with_occasion(occasion).with_scope(scope))
        }) {
            let customers = occasions(&rows, options.occasion);
            let groups = repurchase_rates_by(&log, &windows, &options, |id| id.key);
            prop_assert_eq!(&groups, &repurchase_rates_by(&turned, &windows, &options, |id| id.key));
            let all = customers.values().flatten();
            let bought = all.filter(|(day, _)| windows.iter().any(|window| window.contains(*day)));
            prop_assert!(groups.keys().copied().eq(bought.map(|&(_, key)| key).collect::<BTreeSet<_>>()));
            for (&key, rates) in &groups {
                prop_assert!(rates.iter().map(|rates| rates.window).eq(windows.iter()));
                for rates in rates {
                    let expected = naive(&customers, (rates.window, key), options);
                    prop_assert_eq!((rates.users, rates.orders, rates.returning), expected, "{:?}", options);
                }
            }
            // Orders belong to one group each, and so do first orders.
            let whole = repurchase_rates(&plain, &windows, &options);
            prop_assert_eq!(&whole, &repurchase_rates(&log, &windows, &options), "keys change nothing else");
            if options.occasion == Occasion::Order && options.scope == Scope::Lifetime {
                for (at, whole) in whole.iter().enumerate() {
                    let mut sum = Ratio::default();
                    for rates in groups.values() {
                        sum.merge(&rates[at].orders).unwrap();
                    }
                    prop_assert_eq!(sum, whole.orders);
                }
            }
        }
    }

    #[test]
    fn returning_customers(rows in rows(), windows in windows()) {
        let one_key: Vec<Row> = rows.iter().map(|&row| Row { cents: row.cents * 3, ..row }).collect();
        for occasion in OCCASIONS {
            let options = RateOptions::default().with_occasion(occasion);
            let customers = occasions(&one_key, occasion);
            for rates in repurchase_rates(&log(&one_key), &windows, &options) {
                prop_assert_eq!(rates.returning, naive(&customers, (rates.window, 0), options).2);
            }
        }
    }
}
