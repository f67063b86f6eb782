//! Whatever the number of threads: the same measures, and those of the parts of the shop together.

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::test_runner::Config;
use repurchase::measure::{
    BuyerSums, CohortOptions, CohortTable, InterpurchaseTimes, Life, Occasion, RateOptions, Referrals, SurvivalCurve,
    buyer_mix, membership_change, next_purchases, next_window_rate, notes, repurchase_rates, repurchase_rates_by,
    second_purchase_rate,
};
use repurchase::record::{Period, RecordColumns, Referral, Windows};
use repurchase::scale::Confidence;
use repurchase::{PurchaseLog, Ratio, ShopCalendar};
use rust_decimal::Decimal;

use super::{OCCASIONS, SCOPES, date, fixed_seed, window};
use crate::common::pools::on_any_number_of_threads;

/// Enough for several parts.
const ROWS: u64 = 70_000;
/// Parts of the shop that are too small to be cut.
const PARTS: u64 = 8;

fn log(seed: u64) -> PurchaseLog<u64> {
    log_of_rows(&rows(seed))
}

/// Customer, second and cents.
fn rows(seed: u64) -> [Vec<i64>; 3] {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let [mut customers, mut seconds, mut cents] = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROWS {
        customers.push((next() % 15_000) as i64);
        // The year 2025.
        seconds.push((20_089 + (next() % 365) as i64) * 86_400);
        cents.push((next() % 10_000) as i64 - 500);
    }
    [customers, seconds, cents]
}

fn log_of_rows([customers, seconds, cents]: &[Vec<i64>; 3]) -> PurchaseLog<u64> {
    let customers: Vec<u64> = customers.iter().map(|&id| id as u64).collect();
    let columns = RecordColumns::new(&customers, seconds, cents, 2).expect("equally long");
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

    /// Of groups, of the next purchase, of those who were brought and of members: on any number of threads, of the same records
    /// in another order, and of the parts of the shop together.
    #[test]
    fn later_measures_of_all_are_those_of_the_parts(seed in any::<u64>(), by in 1..ROWS as usize) {
        let rows = rows(seed);
        let log = log_of_rows(&rows);
        let turned = log_of_rows(&rows.map(|mut column| {
            column.reverse();
            column.rotate_left(by);
            column
        }));
        let parts: Vec<_> = (0..PARTS).map(|part| log.of_customers(|id| id % PARTS == part)).collect();
        let last = date("2025-12-31");
        let months = Windows::periods(Period::Month, date("2025-01-01"), last).unwrap();

        for options in OCCASIONS.into_iter().flat_map(|occasion| {
            SCOPES.map(|scope| RateOptions::default().with_occasion(occasion).with_scope(scope))
        }) {
            let of = |log: &PurchaseLog<u64>| repurchase_rates_by(log, &months, &options, |id| id % PARTS);
            let groups = on_any_number_of_threads(|| of(&log));
            prop_assert_eq!(&groups, &of(&turned));
            prop_assert!(groups.into_values().eq(parts.iter().map(|part| repurchase_rates(part, &months, &options))));
        }

        let options = CohortOptions::default().with_life(Life::Days(30));
        let of = |log: &PurchaseLog<u64>| CohortTable::by(log, last, &options, |id| id % PARTS).unwrap();
        let tables = on_any_number_of_threads(|| of(&log));
        prop_assert_eq!(&tables, &of(&turned));
        prop_assert!(tables.into_values().eq(parts.iter().map(|part| CohortTable::of(part, last, &options).unwrap())));

        let of = |log: &PurchaseLog<u64>| next_purchases(log, Period::Month, 30, last).unwrap();
        let times = on_any_number_of_threads(|| of(&log));
        prop_assert_eq!(&times, &of(&turned));
        let of_parts: Vec<_> = parts.iter().map(of).collect();
        for (month, whole) in times.iter().enumerate() {
            let months = || of_parts.iter().map(|times: &Vec<InterpurchaseTimes>| &times[month]);
            prop_assert_eq!(whole.rate, merged(months().map(|times| times.rate)));
            prop_assert_eq!(whole.unobserved, months().map(|times| times.unobserved).sum::<u64>());
        }

        for nth in 1..4 {
            let of = |log: &PurchaseLog<u64>| SurvivalCurve::of_nth_purchase(log, nth, last, Occasion::Day).unwrap();
            let curve = on_any_number_of_threads(|| of(&log));
            prop_assert_eq!(&curve, &of(&turned));
            let counts = |curve: &SurvivalCurve| -> Vec<(u64, u64, u64)> {
                curve.steps().iter().map(|step| (step.gap_days.into(), step.returned, step.waiting)).collect()
            };
            let mut sum = std::collections::BTreeMap::new();
            for (days, returned, waiting) in parts.iter().flat_map(|part| counts(&of(part))) {
                let at: &mut (u64, u64) = sum.entry(days).or_default();
                *at = (at.0 + returned, at.1 + waiting);
            }
            prop_assert!(counts(&curve).into_iter().eq(sum.into_iter().map(|(days, (one, other))| (days, one, other))));
        }

        // A third was brought, by somebody of the same part.
        let brought = (0..15_000_u64).filter(|id| id % 3 == 0);
        let pairs = brought.map(|id| Referral { referrer: (id + PARTS) % 15_000, referred: id, day: date("2024-12-31") });
        let of = |log: &PurchaseLog<u64>| {
            let referrals = Referrals::of(&log.ledger(last).unwrap(), pairs.clone());
            let cohort = window("2025-01-01", "2025-07-01");
            referrals.new_customers(log, cohort, 60, Occasion::Order, Confidence::default()).unwrap()
        };
        let new = on_any_number_of_threads(|| of(&log));
        prop_assert_eq!(new, of(&turned));
        let of_parts: Vec<_> = parts.iter().map(of).collect();
        prop_assert!(new.referred.returned.of() > 1_000 && new.others.returned.of() > 1_000);
        prop_assert_eq!(new.referred_share, merged(of_parts.iter().map(|part| part.referred_share)));
        prop_assert_eq!(new.referred.returned, merged(of_parts.iter().map(|part| part.referred.returned)));
        prop_assert_eq!(new.others.returned, merged(of_parts.iter().map(|part| part.others.returned)));
        prop_assert_eq!(new.referred.revenue, of_parts.iter().map(|part| part.referred.revenue).sum::<Decimal>());
        prop_assert_eq!(new.others.revenue, of_parts.iter().map(|part| part.others.revenue).sum::<Decimal>());

        let joined = (0..15_000_u64).filter(|id| id % 5 < 2).map(|id| (id, date("2025-07-01")));
        let of = |log: &PurchaseLog<u64>| membership_change(log, joined.clone(), 90, last, Confidence::default()).unwrap();
        let change = on_any_number_of_threads(|| of(&log));
        prop_assert_eq!(change, of(&turned));
        prop_assert_eq!(change, membership_change(&log, joined.clone().rev(), 90, last, Confidence::default()).unwrap());
        let own: Vec<_> = (0..PARTS).zip(&parts).map(|(part, log)| {
            let joined = joined.clone().filter(|(id, _)| id % PARTS == part);
            membership_change(log, joined, 90, last, Confidence::default()).unwrap()
        }).collect();
        prop_assert!(change.members > 1_000);
        prop_assert_eq!(change.members, own.iter().map(|part| part.members).sum::<u64>());
        prop_assert_eq!(change.too_new, own.iter().map(|part| part.too_new).sum::<u64>());
        for (whole, of_parts) in [
            (change.before, own.iter().map(|part| part.before).collect::<Vec<_>>()),
            (change.joining_day, own.iter().map(|part| part.joining_day).collect()),
            (change.after, own.iter().map(|part| part.after).collect()),
        ] {
            let counts = |sums: &BuyerSums| (sums.customers, sums.purchases, sums.revenue);
            let sum = of_parts.iter().map(counts).fold(Default::default(), |one: (u64, u64, Decimal), more| {
                (one.0 + more.0, one.1 + more.1, one.2 + more.2)
            });
            prop_assert_eq!(counts(&whole), sum);
        }
    }
}
