//! Empty logs, quiet periods, far days and sums that do not fit.

use chrono::NaiveDate;
use repurchase::measure::{
    BuyerSums, CohortOptions, CohortTable, Concentration, Occasion, RateOptions, buyer_mix, next_window_rate,
    repurchase_rates, repurchase_rates_by, second_purchase_rate,
};
use repurchase::record::{Credit, Period, Record, Windows};
use repurchase::{Error, Ledger, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::{TestResult, credit, date, log_of, order, ratio, small_shop, window};

#[test]
fn empty_logs_have_right_answers() -> TestResult {
    let march = window("2026-03-01", "2026-04-01");
    for log in [log_of([]), log_of([credit("ann", "2026-03-05", 100)])] {
        let rates = repurchase_rates(&log, &march.into(), &RateOptions::default());
        assert_eq!((rates[0].users, rates[0].orders), (ratio(0, 0), ratio(0, 0)));
        assert!(repurchase_rates_by(&log, &march.into(), &RateOptions::default(), |&customer| customer).is_empty());
        assert_eq!(next_window_rate(&log, march, march), ratio(0, 0));
        let second = second_purchase_rate(&log, march, 30, date("2026-12-31"), Occasion::Order);
        assert_eq!((second.rate, second.unobserved), (ratio(0, 0), 0));
        let cohorts = CohortTable::of(&log, date("2026-12-31"), &CohortOptions::default())?;
        assert!(cohorts.cohorts.is_empty() && cohorts.cohort(date("2026-03-05")).is_none());
        assert_eq!((cohorts.retention(0)?, cohorts.through(0)?), (ratio(0, 0), BuyerSums::default()));
        assert_eq!(cohorts.unbounded_retention(0)?, ratio(0, 0));
        assert_eq!(cohorts.other_credits, Decimal::new(if log.credits() == 0 { 0 } else { 100 }, 2));
        let concentration = Concentration::of(&log.ledger(date("2026-12-31"))?)?;
        assert_eq!((concentration.customers(), concentration.without_revenue()), (0, 0));
        assert_eq!(concentration.total(), Decimal::ZERO);
        assert_eq!(concentration.gini(), None);
        assert_eq!(concentration.customers_for(Decimal::new(8, 1))?, ratio(0, 0));
        let top = concentration.top_share(Decimal::new(2, 1))?;
        assert_eq!((top.customers, top.revenue, top.share), (ratio(0, 0), Decimal::ZERO, None));
        assert_eq!(concentration.lorenz(10).count(), 0);
    }
    assert!(buyer_mix(&log_of::<&str>([]), Period::Day, date("2026-12-31"))?.is_empty());
    assert!(buyer_mix(&small_shop(), Period::Day, date("2025-12-31"))?.is_empty());
    assert!(repurchase_rates(&small_shop(), &Windows::new(Vec::new())?, &RateOptions::default()).is_empty());
    Ok(())
}

#[test]
fn a_far_as_of_day_costs_nothing() -> TestResult {
    let table = CohortTable::of(&small_shop(), NaiveDate::MAX, &CohortOptions::default().with_period(Period::Day))?;
    let first = &table.cohorts[0];
    assert_eq!(first.offsets, first.complete_offsets);
    assert_eq!(first.at(first.offsets - 1), Some(BuyerSums::default()));
    assert_eq!(first.at(first.offsets), None);
    assert_eq!(buyer_mix(&small_shop(), Period::Month, NaiveDate::MAX)?.len(), 3);
    Ok(())
}

#[test]
fn quiet_periods_stand_with_zeros() -> TestResult {
    let log = log_of([order("ann", "2026-01-05", 100), order("ann", "2026-04-05", 100)]);
    let mix = buyer_mix(&log, Period::Month, date("2026-12-31"))?;
    assert_eq!(mix.len(), 4);
    assert_eq!(mix[2].window, window("2026-03-01", "2026-04-01"));
    assert_eq!((mix[2].new.customers, mix[2].net_revenue), (0, Decimal::ZERO));
    assert_eq!(mix[2].returning_share().value(), None);
    Ok(())
}

#[test]
fn sums_that_do_not_fit_are_refused_in_any_order() -> TestResult {
    let noon = date("2026-03-05").and_hms_opt(12, 0, 0).expect("noon").and_utc();
    let huge = |customer| Order::new(customer, noon, Decimal::MAX);
    let log = PurchaseLog::from_records([huge("ann")?, huge("bo")?], &ShopCalendar::utc())?;
    let overflow = Error::AmountOverflow { field: "sum of amounts" };
    assert_eq!(buyer_mix(&log, Period::Month, date("2026-03-31")), Err(overflow));
    let overflow = Error::AmountOverflow { field: "total revenue" };
    assert_eq!(Concentration::of(&log.ledger(date("2026-03-31"))?), Err(overflow));

    // More was spent than fits, and enough of it was given back: the net is what counts.
    let back = Credit::new("bo", noon, Decimal::MAX)?;
    let records: [Record<_>; 3] = [huge("ann")?.into(), huge("bo")?.into(), back.into()];
    let log = PurchaseLog::from_records(records, &ShopCalendar::utc())?;
    assert_eq!(buyer_mix(&log, Period::Month, date("2026-03-31"))?[0].net_revenue, Decimal::MAX);
    Ok(())
}

#[test]
fn shares_of_too_many_digits_are_refused() -> TestResult {
    let noon = date("2026-03-05").and_hms_opt(12, 0, 0).expect("noon").and_utc();
    let ledger = Ledger::from_records([Order::new(1, noon, Decimal::MAX)?], &ShopCalendar::utc(), date("2026-03-31"))?;
    let concentration = Concentration::of(&ledger)?;
    assert_eq!(concentration.customers_for(Decimal::new(8, 1))?, ratio(1, 1));
    assert_eq!(concentration.gini(), Some(0.0), "of a single customer");
    let share = Decimal::from_str_exact("0.8000000000000000000000000001")?;
    let error = Error::AmountOverflow { field: "share of the total revenue" };
    assert_eq!(concentration.customers_for(share), Err(error));
    Ok(())
}
