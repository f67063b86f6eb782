//! Breadth, paths and units per buyer: by hand, at the edges, and against an oracle.

#![allow(clippy::float_cmp, reason = "quotients are correctly rounded")]

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use proptest::prelude::*;
use repurchase::measure::{CategoryPaths, category_breadth, units_per_buyer};
use repurchase::{Error, Window};
use rust_decimal::Decimal;

use super::lines::{Row, line, log, log_of, on, rows};
use super::{TestResult, date, fixed_seed, ratio, window};

#[test]
fn breadth_counts_inside_the_window() {
    let log = log_of([
        line("ann", "2026-02-28", "tea", "1"),
        line("ann", "2026-03-01", "pots", "1"),
        line("ann", "2026-03-31", "pots", "1"),
        line("bo", "2026-03-05", "tea", "1"),
        line("bo", "2026-03-05", "pots", "1"),
        line("bo", "2026-03-09", "cups", "1"),
        line("cy", "2026-04-01", "tea", "1"),
    ]);
    let march = category_breadth(&log, window("2026-03-01", "2026-04-01"));
    assert_eq!((march.cross_category, march.single_category()), (ratio(1, 2), ratio(1, 2)));
    assert_eq!(march.customers, BTreeMap::from([(1, 1), (3, 1)]));
    let may = category_breadth(&log, window("2026-05-01", "2026-06-01"));
    assert_eq!((may.cross_category, may.single_category(), may.customers.len()), (ratio(0, 0), ratio(0, 0), 0));
}

/// Two categories on the first day count for both, a third day for nothing.
#[test]
fn days_of_several_categories_count_for_each() {
    let log = log_of([
        line("ann", "2026-01-01", "tea", "1"),
        line("ann", "2026-01-01", "pots", "2"),
        line("ann", "2026-01-01", "tea", "3"),
        line("ann", "2026-01-02", "tea", "1"),
        line("ann", "2026-01-03", "cups", "1"),
        line("bo", "2026-01-01", "pots", "1"),
        line("bo", "2026-01-09", "cups", "1"),
        line("bo", "2026-01-09", "tea", "1"),
        line("cy", "2026-01-01", "cups", "1"),
        line("cy", "2026-01-01", "tea", "1"),
    ]);
    let paths = CategoryPaths::of(&log, date("2026-01-31"));
    assert_eq!(paths.customers(), 2);
    let cells: Vec<_> = paths.iter().map(|(from, to, count)| (*from, *to, count)).collect();
    assert_eq!(cells, [("pots", "cups", 1), ("pots", "tea", 2), ("tea", "tea", 1)]);
    assert_eq!(
        (paths.first(&"pots"), paths.first(&"tea"), paths.first(&"cups")),
        (ratio(2, 2), ratio(1, 2), ratio(0, 2))
    );
    assert_eq!((paths.second(&"tea"), paths.second(&"cups")), (ratio(2, 2), ratio(1, 2)));
    assert_eq!((paths.share(&"pots", &"cups"), paths.lift(&"pots", &"cups")), (ratio(1, 2), Some(1.0)));
    assert_eq!((paths.share(&"tea", &"cups"), paths.lift(&"tea", &"cups")), (ratio(0, 1), Some(0.0)));
    assert_eq!((paths.share(&"cups", &"tea"), paths.lift(&"cups", &"tea")), (ratio(0, 0), None));
    assert_eq!(paths.lift(&"tea", &"pots"), None, "nobody came to pots");
    // Bo's second day lies after this one.
    let earlier = CategoryPaths::of(&log, date("2026-01-08"));
    assert_eq!((earlier.customers(), earlier.count(&"pots", &"cups")), (1, 0));
    assert_eq!(CategoryPaths::of(&log, date("2026-01-01")).iter().count(), 0);
}

/// The articles' question, by hand: of 100 customers 20 come to B second, but of 10 who began with A, 6.
#[test]
fn lift_by_hand() {
    let lines = (0u8..100).flat_map(|customer| {
        let first = u8::from(customer < 10);
        let second = if customer < 6 || (10..24).contains(&customer) { 7 } else { 8 };
        let row = |product, day| Row { customer, product, day: on(day), halves: 2, paid: true };
        [row(first, 0), row(second, 5)]
    });
    let paths = CategoryPaths::of(&log(&lines.collect::<Vec<_>>()), on(5));
    assert_eq!((paths.share(&1, &7), paths.second(&7)), (ratio(6, 10), ratio(20, 100)));
    assert_eq!(paths.lift(&1, &7), Some(3.0));
}

#[test]
fn units_are_exact() -> TestResult {
    let log = log_of([
        line("ann", "2026-03-01", "rice", "0.1"),
        line("ann", "2026-03-02", "rice", "0.20"),
        line("bo", "2026-03-31", "rice", "1"),
        line("cy", "2026-03-31", "tea", "7"),
        line("di", "2026-04-01", "rice", "5"),
    ]);
    let units = units_per_buyer(&log, window("2026-03-01", "2026-04-01"))?;
    assert_eq!(units.len(), 2);
    assert_eq!((units["rice"].buyers, units["rice"].units.to_string()), (2, "1.3".to_owned()));
    assert_eq!((units["rice"].value(), units["tea"].value()), (Some(0.65), Some(7.0)));
    assert!(units_per_buyer(&log, window("2026-05-01", "2026-06-01"))?.is_empty());
    assert_eq!(repurchase::measure::UnitsPerBuyer::default().value(), None);

    let most = Decimal::MAX.to_string();
    let log = log_of([line("ann", "2026-03-01", "oil", &most), line("bo", "2026-03-01", "oil", "1")]);
    let overflow = Error::AmountOverflow { field: "units of a product" };
    assert_eq!(units_per_buyer(&log, window("2026-03-01", "2026-04-01")), Err(overflow));
    Ok(())
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn breadth_and_units_are_those_of_a_naive_count(rows in rows(), start in 0u64..50, days in 1u64..40) {
        let (log, window) = (log(&rows), Window::new(on(start), on(start + days)).unwrap());
        let inside: Vec<&Row> = rows.iter().filter(|row| row.paid && window.contains(row.day)).collect();
        let mut categories: BTreeMap<u8, BTreeSet<u8>> = BTreeMap::new();
        let mut products: BTreeMap<u8, (BTreeSet<u8>, i64)> = BTreeMap::new();
        for row in inside {
            categories.entry(row.customer).or_default().insert(row.product);
            let (buyers, halves) = products.entry(row.product).or_default();
            buyers.insert(row.customer);
            *halves += row.halves;
        }
        let breadth = category_breadth(&log, window);
        let cross = categories.values().filter(|set| set.len() > 1).count() as u64;
        prop_assert_eq!(breadth.cross_category, ratio(cross, categories.len() as u64));
        prop_assert_eq!(breadth.customers.values().sum::<u64>(), categories.len() as u64);
        for (number, customers) in &breadth.customers {
            prop_assert_eq!(*customers, categories.values().filter(|set| set.len() as u64 == *number).count() as u64);
        }
        let units = units_per_buyer(&log, window).unwrap();
        prop_assert_eq!(units.len(), products.len());
        for (product, (buyers, halves)) in products {
            let found = units[&product];
            prop_assert_eq!((found.buyers, found.units), (buyers.len() as u64, Decimal::new(halves * 5, 1)));
        }
    }

    #[test]
    fn paths_are_those_of_a_naive_count(rows in rows(), as_of in 0u64..70) {
        let (log, as_of) = (log(&rows), on(as_of));
        let mut days: BTreeMap<u8, BTreeMap<NaiveDate, BTreeSet<u8>>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.paid && row.day <= as_of) {
            days.entry(row.customer).or_default().entry(row.day).or_default().insert(row.product);
        }
        days.retain(|_, days| days.len() > 1);
        let paths = CategoryPaths::of(&log, as_of);
        prop_assert_eq!(paths.customers(), days.len() as u64);
        let holds = |at: usize, category: u8| {
            move |days: &BTreeMap<NaiveDate, BTreeSet<u8>>| days.values().nth(at).is_some_and(|set| set.contains(&category))
        };
        let mut cells = 0;
        for from in 0..4 {
            let first = days.values().filter(|days| holds(0, from)(days)).count() as u64;
            prop_assert_eq!(paths.first(&from), ratio(first, days.len() as u64));
            for to in 0..4 {
                let second = days.values().filter(|days| holds(1, to)(days)).count() as u64;
                let both = days.values().filter(|days| holds(0, from)(days) && holds(1, to)(days)).count() as u64;
                prop_assert_eq!((paths.second(&to).count(), paths.share(&from, &to)), (second, ratio(both, first)));
                cells += usize::from(both > 0);
                #[allow(clippy::cast_precision_loss, reason = "a few customers")]
                let lift = (first * second > 0).then(|| (both * days.len() as u64) as f64 / (first * second) as f64);
                prop_assert_eq!(paths.lift(&from, &to), lift);
            }
        }
        prop_assert_eq!(paths.iter().count(), cells);
    }
}
