//! Whatever the number of threads: the same measures, and those of the parts of the shop together.

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::test_runner::Config;
use repurchase::measure::{
    CohortOptions, CohortTable, RateOptions, buyer_mix, next_window_rate, notes, repurchase_rates, second_purchase_rate,
};
use repurchase::record::{Period, RecordColumns, Windows};
use repurchase::{PurchaseLog, Ratio, ShopCalendar};

use super::{OCCASIONS, SCOPES, fixed_seed, window};
use crate::common::pools::on_any_number_of_threads;

/// Enough for several parts.
const ROWS: u64 = 70_000;
/// Parts of the shop that are too small to be cut.
const PARTS: u64 = 8;

fn log(seed: u64) -> PurchaseLog<u64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let (mut customers, mut seconds, mut cents) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROWS {
        customers.push(next() % 15_000);
        // The year 2025.
        seconds.push((20_089 + (next() % 365) as i64) * 86_400);
        cents.push((next() % 10_000) as i64 - 500);
    }
    let columns = RecordColumns::new(&customers, &seconds, &cents, 2).expect("equally long");
    PurchaseLog::from_columns(columns, &ShopCalendar::utc()).expect("days")
}

#[track_caller]
fn merged(ratios: impl Iterator<Item = Ratio>) -> Ratio {
    let mut sum = Ratio::default();
    ratios.for_each(|ratio| sum.merge(&ratio).expect("few customers"));
    sum
}

proptest! {
    #![proptest_config(Config { cases: 1, ..fixed_seed(256) })]

    #[test]
    fn measures_of_all_are_those_of_the_parts(seed in any::<u64>()) {
        let log = log(seed);
        let parts: Vec<_> = (0..PARTS).map(|part| log.of_customers(|id| id % PARTS == part)).collect();
        let last = NaiveDate::from_ymd_opt(2025, 12, 31).unwrap();
        let months = Windows::periods(Period::Month, log.days().unwrap().0, last).unwrap();
        let questions = on_any_number_of_threads(|| notes(&log, last));
        prop_assert!(!questions.is_empty());
        for occasion in OCCASIONS {
            for scope in SCOPES {
                let options = RateOptions::default().with_occasion(occasion).with_scope(scope);
                let rates = on_any_number_of_threads(|| repurchase_rates(&log, &months, &options));
                let of_parts: Vec<_> = parts.iter().map(|part| repurchase_rates(part, &months, &options)).collect();
                for (month, rate) in rates.iter().enumerate() {
                    let of_parts = || of_parts.iter().map(|rates| rates[month]);
                    prop_assert_eq!(rate.users, merged(of_parts().map(|rate| rate.users)));
                    prop_assert_eq!(rate.orders, merged(of_parts().map(|rate| rate.orders)));
                }
            }
            let cohort = window("2025-01-01", "2025-04-01");
            // So long that some of the cohort are too new.
            let second = on_any_number_of_threads(|| second_purchase_rate(&log, cohort, 300, last, occasion));
            let of_parts = || parts.iter().map(|part| second_purchase_rate(part, cohort, 300, last, occasion));
            prop_assert!(second.unobserved > 0 && second.rate.of() > 0);
            prop_assert_eq!(second.rate, merged(of_parts().map(|second| second.rate)));
            prop_assert_eq!(second.unobserved, of_parts().map(|second| second.unobserved).sum::<u64>());
        }
        let (first, next) = (window("2025-03-01", "2025-04-01"), window("2025-04-01", "2025-05-01"));
        let of_parts = parts.iter().map(|part| next_window_rate(part, first, next));
        prop_assert_eq!(on_any_number_of_threads(|| next_window_rate(&log, first, next)), merged(of_parts));
        let cohorts = on_any_number_of_threads(|| CohortTable::of(&log, last, &CohortOptions::default()).unwrap());
        let tables: Vec<_> =
            parts.iter().map(|part| CohortTable::of(part, last, &CohortOptions::default()).unwrap()).collect();
        for cohort in &cohorts.cohorts {
            let of_parts = tables.iter().filter_map(|table| table.cohort(cohort.window.start()));
            let customers: u64 = of_parts.map(|cohort| cohort.customers).sum();
            prop_assert_eq!(cohort.customers, customers);
        }
        let mixes = on_any_number_of_threads(|| buyer_mix(&log, Period::Month, last).unwrap());
        let of_parts: Vec<_> = parts.iter().map(|part| buyer_mix(part, Period::Month, last).unwrap()).collect();
        prop_assert_eq!(mixes.len(), 12);
        for (month, mix) in mixes.iter().enumerate() {
            let months = || of_parts.iter().map(|mixes| &mixes[month]);
            prop_assert_eq!(mix.net_revenue, months().map(|mix| mix.net_revenue).sum());
            prop_assert_eq!(mix.other_credits, months().map(|mix| mix.other_credits).sum());
            prop_assert_eq!(mix.returning.revenue, months().map(|mix| mix.returning.revenue).sum());
            prop_assert_eq!(mix.new.customers, months().map(|mix| mix.new.customers).sum::<u64>());
            prop_assert_eq!(mix.returning.purchases, months().map(|mix| mix.returning.purchases).sum::<u64>());
        }
    }
}
