//! Cases computed by hand.

use repurchase::Error;
use repurchase::measure::{
    CohortOptions, CohortTable, Concentration, Occasion, RateOptions, Scope, buyer_mix, next_window_rate,
    repurchase_rates, second_purchase_rate,
};
use repurchase::record::{Period, Windows};
use rust_decimal::Decimal;

use super::{TestResult, credit, date, log_of, order, ratio, small_shop, window};

#[test]
fn rates_by_hand() {
    let march = window("2026-03-01", "2026-04-01");
    let cases = [
        (Occasion::Order, Scope::Window, (1, 3), (1, 4)),
        (Occasion::Order, Scope::Lifetime, (1, 3), (2, 4)),
        (Occasion::Day, Scope::Window, (0, 3), (0, 3)),
        (Occasion::Day, Scope::Lifetime, (0, 3), (1, 3)),
    ];
    for (occasion, scope, users, orders) in cases {
        let options = RateOptions::default().with_occasion(occasion).with_scope(scope);
        let rates = repurchase_rates(&small_shop(), &march.into(), &options);
        assert_eq!(rates.len(), 1);
        assert_eq!(rates[0].window, march);
        assert_eq!(rates[0].users, ratio(users.0, users.1), "{options:?}");
        assert_eq!(rates[0].orders, ratio(orders.0, orders.1), "{options:?}");
    }
}

#[test]
fn window_bounds_are_half_open() -> TestResult {
    let log = log_of([order("ann", "2026-03-01", 1), order("ann", "2026-03-10", 1)]);
    let windows = Windows::new(vec![
        window("2026-02-01", "2026-03-01"),
        window("2026-03-01", "2026-03-10"),
        window("2026-03-01", "2026-03-11"),
        window("2026-03-02", "2026-03-11"),
        window("2026-03-11", "2026-04-01"),
    ])?;
    let rates = repurchase_rates(&log, &windows, &RateOptions::default());
    let users: Vec<_> = rates.iter().map(|rates| rates.users).collect();
    assert_eq!(users, [ratio(0, 0), ratio(0, 1), ratio(1, 1), ratio(0, 1), ratio(0, 0)]);
    let orders: Vec<_> = rates.iter().map(|rates| rates.orders).collect();
    assert_eq!(orders, [ratio(0, 0), ratio(0, 1), ratio(1, 2), ratio(0, 1), ratio(0, 0)]);
    Ok(())
}

#[test]
fn next_window_by_hand() {
    let (february, march, april) =
        (window("2026-02-01", "2026-03-01"), window("2026-03-01", "2026-04-01"), window("2026-04-01", "2026-05-01"));
    let log = small_shop();
    assert_eq!(next_window_rate(&log, february, march), ratio(1, 1));
    assert_eq!(next_window_rate(&log, march, april), ratio(1, 3));
    assert_eq!(next_window_rate(&log, march, february), ratio(1, 3), "any two windows");
    assert_eq!(next_window_rate(&log, march, march), ratio(3, 3), "a purchase in both counts in both");
}

#[test]
fn second_purchase_by_hand() {
    let march = window("2026-03-01", "2026-04-01");
    let second = |days, as_of, occasion| {
        let second = second_purchase_rate(&small_shop(), march, days, date(as_of), occasion);
        (second.rate.count(), second.rate.of(), second.unobserved)
    };
    // First purchases in March: Ann on the 1st, again after 31 days; Bo on the 5th, twice.
    assert_eq!(second(31, "2026-06-30", Occasion::Order), (2, 2, 0));
    assert_eq!(second(30, "2026-06-30", Occasion::Order), (1, 2, 0));
    assert_eq!(second(31, "2026-06-30", Occasion::Day), (1, 2, 0));
    assert_eq!(second(0, "2026-03-05", Occasion::Order), (1, 2, 0));
    assert_eq!(second(31, "2026-04-01", Occasion::Order), (1, 1, 1), "Bo is observed for 27 days");
    assert_eq!(second(31, "2026-03-31", Occasion::Order), (0, 0, 2));
    assert_eq!(second(31, "2026-03-04", Occasion::Order), (0, 0, 1), "Bo has not come yet");
}

#[test]
fn cohorts_by_hand() -> TestResult {
    let table = CohortTable::of(&small_shop(), date("2026-04-30"), &CohortOptions::default())?;
    let rows: Vec<_> = table
        .cohorts
        .iter()
        .map(|cohort| {
            let active: Vec<_> =
                (0..cohort.offsets).map(|offset| cohort.at(offset).expect("begun").customers).collect();
            (cohort.window.start(), cohort.customers, active, cohort.complete_offsets)
        })
        .collect();
    assert_eq!(rows, [(date("2026-02-01"), 1, vec![1, 1, 0], 3), (date("2026-03-01"), 2, vec![2, 1], 2)]);
    assert_eq!(table.cohorts[1].retention(1), Some(ratio(1, 2)));
    assert_eq!(table.cohorts[1].retention(2), None);
    assert_eq!(table.retention(1)?, ratio(2, 3));
    assert_eq!(table.cohort(date("2026-02-28")), table.cohorts.first());

    // The last day of April is still to come: offsets that hold it are not complete.
    let table = CohortTable::of(&small_shop(), date("2026-04-29"), &CohortOptions::default())?;
    let complete: Vec<_> = table.cohorts.iter().map(|cohort| (cohort.offsets, cohort.complete_offsets)).collect();
    assert_eq!(complete, [(3, 2), (2, 1)]);
    assert_eq!(table.retention(1)?, ratio(1, 1), "of February alone");
    Ok(())
}

#[test]
fn mix_by_hand() -> TestResult {
    let mix = buyer_mix(&small_shop(), Period::Month, date("2026-04-30"))?;
    let rows: Vec<_> = mix
        .iter()
        .map(|mix| {
            let new = (mix.new.customers, mix.new.purchases, mix.new.revenue.to_string());
            let returning = (mix.returning.customers, mix.returning.purchases, mix.returning.revenue.to_string());
            (new, returning, mix.other_credits.to_string(), mix.net_revenue.to_string())
        })
        .collect();
    let sums = |customers, purchases, revenue: &str| (customers, purchases, revenue.to_owned());
    let expected = [
        (sums(1, 1, "5.00"), sums(0, 0, "0.00"), "0.00".to_owned(), "5.00".to_owned()),
        (sums(2, 3, "42.00"), sums(1, 1, "7.00"), "9.00".to_owned(), "40.00".to_owned()),
        (sums(0, 0, "0.00"), sums(1, 1, "25.00"), "0.00".to_owned(), "25.00".to_owned()),
    ];
    assert_eq!(rows, expected);
    assert_eq!(mix[1].returning_share(), ratio(1, 3));
    let as_of_half = buyer_mix(&small_shop(), Period::Month, date("2026-03-04"))?;
    assert_eq!((as_of_half.len(), as_of_half[1].new.customers), (2, 1));
    Ok(())
}

#[test]
fn concentration_by_hand() -> TestResult {
    let records = [("a", 500), ("b", 300), ("c", 100), ("d", 100)].map(|(who, cents)| order(who, "2026-03-01", cents));
    let paid_back = [order("e", "2026-03-01", 200), credit("e", "2026-03-02", 200), credit("f", "2026-03-02", 5)];
    let log = log_of(records.into_iter().chain(paid_back).chain([order("g", "2026-03-03", 0)]));
    let concentration = Concentration::of(&log.ledger(date("2026-03-31"))?)?;
    assert_eq!((concentration.customers(), concentration.without_revenue()), (4, 2));
    assert_eq!(concentration.total(), Decimal::TEN);

    // The ceiling of 1.04 customers is two of them.
    let top = concentration.top_share(Decimal::new(26, 2))?;
    assert_eq!((top.customers, top.revenue, top.share), (ratio(2, 4), Decimal::from(8), Some(0.8)));
    assert_eq!(concentration.top_share(Decimal::new(2500, 4))?.customers, ratio(1, 4));

    assert_eq!(concentration.customers_for(Decimal::new(8, 1))?, ratio(2, 4), "exactly 80%");
    assert_eq!(concentration.customers_for(Decimal::new(800_000_001, 9))?, ratio(3, 4));
    assert_eq!(concentration.customers_for(Decimal::new(1, 28))?, ratio(1, 4));
    // Σ |x - y| over all pairs, both ways, is 28; over 2 n² times the mean of 2.50 it is 28 / 80.
    assert_eq!(concentration.gini(), Some(0.35));

    let curve: Vec<_> = concentration.lorenz(2).map(|point| (point.customers.count(), point.share)).collect();
    assert_eq!(curve, [(0, Some(0.0)), (2, Some(0.2)), (4, Some(1.0))]);
    assert_eq!(concentration.lorenz(0).count(), 0);
    assert_eq!(concentration.lorenz(usize::MAX).count(), 5);

    for refused in [Decimal::ZERO, Decimal::ONE, Decimal::NEGATIVE_ONE] {
        let error = Error::Share { position: 0, found: refused };
        assert_eq!(concentration.top_share(refused), Err(error.clone()));
        assert_eq!(concentration.customers_for(refused), Err(error));
    }
    Ok(())
}
