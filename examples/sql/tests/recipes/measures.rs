//! Numbers about the shop.

use repurchase::chrono::NaiveDate;
use repurchase::measure::{
    CohortOptions, CohortTable, Concentration, Life, Occasion, RateOptions, Scope, next_window_rate, repurchase_rates,
    second_purchase_rate,
};
use repurchase::record::{Period, Windows};
use repurchase::rust_decimal::Decimal;
use repurchase::{Window, sql};

use crate::database::for_each_case;

type Days = (NaiveDate, NaiveDate);

/// Buyers and repeat buyers; purchases, and those that repeat inside the window and over the lifetime.
type Rates = (Days, (u64, u64), u64, u64, u64);

fn days(window: Window) -> Days {
    (window.start(), window.end())
}

#[test]
fn repurchase_rates_are_the_library_s() {
    for_each_case(|case| {
        let log = case.shop.log();
        let expected = case.shop.windows.iter().map(|&window| {
            let rates = |options| repurchase_rates(&log, &Windows::from(window), options).remove(0);
            let (inside, lifetime) =
                (rates(&RateOptions::default()), rates(&RateOptions::default().with_scope(Scope::Lifetime)));
            let users = (inside.users.of(), inside.users.count());
            (days(window), users, inside.orders.of(), inside.orders.count(), lifetime.orders.count())
        });
        let found: Vec<Rates> = case.rows(sql::REPURCHASE_RATES);
        assert_eq!(found, expected.collect::<Vec<_>>(), "{}", case.name());
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
type CohortRow = (NaiveDate, u32, u64, u64, u64, Decimal, Decimal, u8);

#[test]
fn cohorts_are_the_library_s() {
    let options = CohortOptions::default();
    for (recipe, options) in [(sql::COHORTS, options.clone()), (sql::COHORT_VALUE, options.with_life(Life::Days(30)))] {
        for_each_case(|case| {
            let table = CohortTable::of(&case.shop.log(), &options, case.as_of).unwrap();
            let cells = table.cohorts.iter().flat_map(|cohort| {
                cohort.cells.iter().map(|(&offset, cell)| {
                    let through = cohort.through(offset).unwrap().revenue;
                    let open = u8::from(offset >= cohort.complete_offsets);
                    let (start, customers) = (cohort.window.start(), cohort.customers);
                    (start, offset, cell.customers, customers, cell.purchases, cell.revenue, through, open)
                })
            });
            let found: Vec<CohortRow> = case.rows(recipe);
            assert_eq!(found, cells.collect::<Vec<_>>(), "{}", case.name());
        });
    }
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
