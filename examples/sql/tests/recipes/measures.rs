//! Numbers about the shop.

use repurchase::chrono::{Datelike, NaiveDate};
use repurchase::measure::{
    CohortOptions, CohortTable, Concentration, CurveStep, Life, Occasion, RateOptions, RepurchaseRates, Scope,
    SurvivalCurve, next_purchases, next_window_rate, repurchase_rates, repurchase_rates_by, second_purchase_rate,
};
use repurchase::record::{Period, Windows};
use repurchase::rust_decimal::Decimal;
use repurchase::{Window, sql};

use crate::database::for_each_case;

type Days = (NaiveDate, NaiveDate);

/// Buyers and repeat buyers; purchases, and those that repeat inside the window and over the lifetime; returning buyers.
type Rates = ((u64, u64), u64, u64, u64, u64);

/// As a cohort's row, with a key in front; money as text.
type KeyedCohortRow = (i128, NaiveDate, u32, (u64, u64, u64), String, String, u8);

fn days(window: Window) -> Days {
    (window.start(), window.end())
}

fn lifetime() -> RateOptions {
    RateOptions::default().with_scope(Scope::Lifetime)
}

fn counts(inside: &RepurchaseRates, lifetime: &RepurchaseRates) -> Rates {
    let users = (inside.users.of(), inside.users.count());
    assert_eq!(inside.returning, lifetime.returning);
    (users, inside.orders.of(), inside.orders.count(), lifetime.orders.count(), inside.returning.count())
}

#[test]
fn repurchase_rates_are_the_library_s() {
    for_each_case(|case| {
        let log = case.shop.log();
        let expected = case.shop.windows.iter().map(|&window| {
            let rates = |options| repurchase_rates(&log, &Windows::from(window), options).remove(0);
            (days(window), counts(&rates(&RateOptions::default()), &rates(&lifetime())))
        });
        let found: Vec<(Days, Rates)> = case.rows(sql::REPURCHASE_RATES);
        assert_eq!(found, expected.collect::<Vec<_>>(), "{}", case.name());
    });
}

#[test]
fn rates_by_a_key_of_the_order_are_the_library_s() {
    for_each_case(|case| {
        let log = case.shop.keyed_log();
        let mut expected: Vec<(Days, i128, Rates)> = Vec::new();
        for &window in &case.shop.windows {
            let rates = |options| repurchase_rates_by(&log, &Windows::from(window), options, |id| id.key);
            let (inside, ever) = (rates(&RateOptions::default()), rates(&lifetime()));
            for (key, inside) in &inside {
                let (inside, ever) = (&inside[0], &ever[key][0]);
                if inside.users.of() > 0 {
                    expected.push((days(window), *key, counts(inside, ever)));
                }
            }
        }
        expected.sort_unstable();
        let found: Vec<(Days, i128, Rates)> = case.rows(sql::REPURCHASE_RATES_BY);
        assert_eq!(found, expected, "{}", case.name());
    });
}

#[test]
fn next_purchases_are_the_library_s() {
    /// The start, the counts, the mean and the median.
    type Row = (NaiveDate, (u64, u64, u64), Option<f64>, Option<f64>);
    for_each_case(|case| {
        let days = next_purchases(&case.shop.log(), Period::Day, case.within_days, case.as_of).unwrap();
        let expected = days.into_iter().map(|day| {
            let counts = (day.rate.of(), day.rate.count(), day.unobserved);
            (day.window.start(), counts, day.mean_days, day.median_days)
        });
        assert_eq!(case.rows::<Row>(sql::NEXT_PURCHASES), expected.collect::<Vec<_>>(), "{}", case.name());
    });
}

#[test]
fn order_timing_is_the_library_s() {
    for_each_case(|case| {
        let log = case.shop.log();
        let steps = [1, 2].map(|nth| {
            let curve = SurvivalCurve::of_nth_purchase(&log, nth, case.as_of, Occasion::Order).unwrap();
            let step = |step: &CurveStep| (nth, step.gap_days, step.at_risk, step.returned, step.waiting);
            curve.steps().iter().map(step).collect::<Vec<_>>()
        });
        let found: Vec<(u32, u32, u64, u64, u64)> = case.rows(sql::ORDER_TIMING);
        assert_eq!(found, steps.concat(), "{}", case.name());
    });
}

#[test]
fn next_window_rates_are_the_library_s() {
    for_each_case(|case| {
        let log = case.shop.log();
        let expected = case.shop.windows.windows(2).map(|pair| {
            let rate = next_window_rate(&log, pair[0], pair[1]);
            (days(pair[0]), rate.of(), rate.count())
        });
        let found: Vec<(Days, u64, u64)> = case.rows(sql::NEXT_WINDOW_RATE);
        assert_eq!(found, expected.collect::<Vec<_>>(), "{}", case.name());
    });
}

#[test]
fn second_purchase_rates_are_the_library_s() {
    for_each_case(|case| {
        let log = case.shop.log();
        let expected = case.shop.windows.iter().map(|&cohort| {
            let second = second_purchase_rate(&log, cohort, case.within_days, case.as_of, Occasion::Order);
            (days(cohort), second.rate.of(), second.rate.count(), second.unobserved)
        });
        let found: Vec<(Days, u64, u64, u64)> = case.rows(sql::SECOND_PURCHASE_RATE);
        assert_eq!(found, expected.collect::<Vec<_>>(), "{}", case.name());
    });
}

/// Cohort, offset, active, customers, purchases, revenue, revenue up to there, whether open.
type CohortRow = (NaiveDate, u32, u64, u64, u64, String, String, u8);

#[test]
fn cohorts_are_the_library_s() {
    let options = CohortOptions::default();
    for (recipe, options) in [(sql::COHORTS, options.clone()), (sql::COHORT_VALUE, options.with_life(Life::Days(30)))] {
        for_each_case(|case| {
            let table = CohortTable::of(&case.shop.log(), case.as_of, &options).unwrap();
            let cells = table.cohorts.iter().flat_map(|cohort| {
                cohort.cells.iter().map(|(&offset, cell)| {
                    let through = cohort.through(offset).unwrap().revenue;
                    let open = u8::from(offset >= cohort.complete_offsets);
                    let (start, customers) = (cohort.window.start(), cohort.customers);
                    (start, offset, cell.customers, customers, cell.purchases, cell.revenue, through, open)
                })
            });
            // Read as text: a number with a point would be rounded to binary64.
            let money = |text: String| text.parse::<Decimal>().unwrap();
            let found = case.rows::<CohortRow>(recipe).into_iter().map(
                |(start, offset, active, customers, purchases, revenue, through, open)| {
                    (start, offset, active, customers, purchases, money(revenue), money(through), open)
                },
            );
            assert_eq!(found.collect::<Vec<_>>(), cells.collect::<Vec<_>>(), "{}", case.name());
        });
    }
}

#[test]
fn cohorts_by_key_are_the_library_s() {
    /// The key, then as a cohort's row.
    type Row = (i128, NaiveDate, u32, (u64, u64, u64), Decimal, Decimal, u8);
    for_each_case(|case| {
        let options = CohortOptions::default();
        let groups = CohortTable::by(&case.shop.keyed_log(), case.as_of, &options, |id| id.key).unwrap();
        let mut expected: Vec<Row> = Vec::new();
        for (&key, cohort) in groups.iter().flat_map(|(key, table)| table.cohorts.iter().map(move |one| (key, one))) {
            for (&offset, cell) in &cohort.cells {
                let through = cohort.through(offset).unwrap().revenue;
                let (start, open) = (cohort.window.start(), u8::from(offset >= cohort.complete_offsets));
                let counts = (cell.customers, cohort.customers, cell.purchases);
                expected.push((key, start, offset, counts, cell.revenue, through, open));
            }
        }
        let money = |text: String| text.parse::<Decimal>().unwrap();
        let found = case.rows::<KeyedCohortRow>(sql::COHORTS_BY).into_iter().map(
            |(key, start, offset, counts, revenue, through, open)| {
                (key, start, offset, counts, money(revenue), money(through), open)
            },
        );
        assert_eq!(found.collect::<Vec<_>>(), expected, "{}", case.name());
    });
}

#[test]
fn payback_is_the_library_s() {
    for_each_case(|case| {
        let options = CohortOptions::default().with_life(Life::Days(30));
        let table = CohortTable::of(&case.shop.log(), case.as_of, &options).unwrap();
        let expected = table.cohorts.iter().map(|cohort| {
            let cost = Decimal::new(725, 2) * Decimal::from(cohort.window.start().month());
            (cohort.window.start(), cohort.customers, cohort.payback(cost).unwrap())
        });
        let found: Vec<(NaiveDate, u64, Option<u32>)> = case.rows(sql::COHORT_PAYBACK);
        assert_eq!(found, expected.collect::<Vec<_>>(), "{}", case.name());
    });
}

#[test]
fn retention_by_day_is_the_library_s() {
    for_each_case(|case| {
        let options = CohortOptions::default().with_life(Life::Days(1));
        let table = CohortTable::of(&case.shop.log(), case.as_of, &options).unwrap();
        let mut expected = Vec::new();
        for cohort in &table.cohorts {
            for (&day, cell) in cohort.cells.iter().filter(|(_, cell)| cell.customers > 0) {
                let later = cohort.unbounded_retention(day).unwrap().count();
                let open = u8::from(day >= cohort.complete_offsets);
                expected.push((cohort.window.start(), day, cell.customers, later, cohort.customers, open));
            }
        }
        let found: Vec<(NaiveDate, u32, u64, u64, u64, u8)> = case.rows(sql::DAY_RETENTION);
        assert_eq!(found, expected, "{}", case.name());
    });
}

#[test]
fn concentration_is_the_library_s() {
    for_each_case(|case| {
        let concentration = Concentration::of(&case.shop.ledger(case.as_of)).unwrap();
        let top = concentration.top_share(Decimal::new(2, 1)).unwrap();
        let found: Vec<(u64, u64, String, u64, String, u64)> = case.rows(sql::CONCENTRATION);
        let found: Vec<_> = found
            .into_iter()
            .map(|(customers, without, revenue, top, top_revenue, for_80)| {
                let money = |text: String| text.parse::<Decimal>().unwrap();
                (customers, without, money(revenue), top, money(top_revenue), for_80)
            })
            .collect();
        let expected = (
            concentration.customers(),
            concentration.without_revenue(),
            concentration.total(),
            top.customers.count(),
            top.revenue,
            concentration.customers_for(Decimal::new(8, 1)).unwrap().count(),
        );
        assert_eq!(found, [expected], "{}", case.name());
    });
}
