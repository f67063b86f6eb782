//! Samples of opportunities, and where they come from, against an oracle that looks at every day.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use repurchase::predict::{OpportunitySample, opportunity_samples};
use repurchase::record::{Credit, Period, Record, Window, Windows};
use repurchase::{Error, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + Days::new(number)
}

fn record(customer: u32, number: u64, is_purchase: bool) -> Record<u32> {
    let at = day(number).and_hms_opt(12, 0, 0).unwrap().and_utc();
    if is_purchase {
        Order::new(customer, at, Decimal::TEN).unwrap().into()
    } else {
        Credit::new(customer, at, Decimal::ONE).unwrap().into()
    }
}

fn log_of(facts: &[(u32, u64, bool)]) -> PurchaseLog<u32> {
    let records = facts.iter().map(|&(customer, number, is_purchase)| record(customer, number, is_purchase));
    PurchaseLog::from_records(records, &ShopCalendar::utc()).unwrap()
}

/// Each window of each customer, looked at by itself.
fn naive(facts: &[(u32, u64, bool)], windows: &[(u64, u64)]) -> Vec<(u32, OpportunitySample)> {
    let Some(&(_, end)) = windows.last() else { return Vec::new() };
    let mut days: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for &(customer, number, _) in facts.iter().filter(|&&(_, number, is_purchase)| is_purchase && number < end) {
        days.entry(customer).or_default().push(number);
    }
    let sample = |days: &[u64]| {
        let first = days.iter().min().unwrap();
        let own = windows.iter().filter(|(start, _)| start > first);
        let bought: Vec<bool> = own.map(|&(start, end)| days.iter().any(|day| (start..end).contains(day))).collect();
        let repeats = bought.iter().filter(|&&bought| bought).count() as u32;
        let recency = bought.iter().rposition(|&bought| bought).map_or(0, |place| place as u32 + 1);
        OpportunitySample::new(repeats, recency, bought.len() as u32).unwrap()
    };
    days.iter().map(|(&customer, days)| (customer, sample(days))).collect()
}

proptest! {
    #![proptest_config(super::fixed_seed(128))]

    #[test]
    fn counts_what_a_look_at_every_window_counts(
        facts in prop::collection::vec((0u32..12, 0u64..200, prop::bool::weighted(0.9)), 0..120),
        steps in prop::collection::vec((0u64..20, 1u64..40), 0..8),
    ) {
        let mut end = 5;
        let windows: Vec<(u64, u64)> = steps
            .iter()
            .map(|&(gap, length)| {
                let start = end + gap;
                end = start + length;
                (start, end)
            })
            .collect();
        let opportunities = windows.iter().map(|&(start, end)| Window::new(day(start), day(end)).unwrap()).collect();
        let found = opportunity_samples(&log_of(&facts), &Windows::new(opportunities).unwrap()).unwrap();
        prop_assert_eq!(found, naive(&facts, &windows));
    }
}

#[test]
fn the_cohort_of_a_year_has_the_years_after_it() {
    let windows = Windows::periods(Period::Year, day(365), day(3 * 365 + 10)).unwrap();
    assert_eq!(windows.len(), 3, "2026, 2027 and 2028");
    // Won in 2025, and on the first and the last day of 2026; 2026 was the last one's own year.
    let log = log_of(&[(1, 0, true), (1, 364, true), (1, 365, true), (2, 365, true), (3, 729, true), (3, 730, true)]);
    let samples = opportunity_samples(&log, &windows).unwrap();
    let sample = |x, t_x, n| OpportunitySample::new(x, t_x, n).unwrap();
    assert_eq!(samples, [(1, sample(1, 1, 3)), (2, sample(0, 0, 2)), (3, sample(1, 1, 2))]);
}

#[test]
fn refuses_windows_that_overlap() {
    let log = log_of(&[(1, 0, true)]);
    let windows = Windows::trailing(30, [day(100), day(130), day(159)]).unwrap();
    let error = opportunity_samples(&log, &windows).unwrap_err();
    assert_eq!(error, Error::NotAscending { what: "days of opportunities", position: 2 });
    assert_eq!(opportunity_samples(&log, &Windows::new(Vec::new()).unwrap()), Ok(Vec::new()));
}

#[test]
fn a_sample_is_checked() {
    let error = |x, t_x, n| OpportunitySample::new(x, t_x, n).unwrap_err().to_string();
    assert_eq!(error(0, 1, 6), "recency t_x must lie between 0 and 0, found 1");
    assert_eq!(error(2, 1, 6), "recency t_x must lie between 2 and 6, found 1");
    assert_eq!(error(2, 7, 6), "recency t_x must lie between 2 and 6, found 7");
    assert_eq!(error(7, 7, 6), "repeats x must lie between 0 and 6, found 7");
    assert_eq!(error(0, 0, 100_001), "opportunities n must lie between 0 and 100000, found 100001");
    assert_eq!(OpportunitySample::new(0, 0, 0), Ok(OpportunitySample::NEW));
}

#[cfg(feature = "serde")]
#[test]
fn is_stored_and_checked_when_read() {
    use repurchase::predict::OpportunitySamples;

    let sample = OpportunitySample::new(2, 3, 6).unwrap();
    let text = serde_json::to_string(&sample).unwrap();
    assert_eq!(text, r#"{"repeats":2,"opportunities":6,"recency":3}"#);
    assert_eq!(serde_json::from_str::<OpportunitySample>(&text).unwrap(), sample);
    assert!(serde_json::from_str::<OpportunitySample>(r#"{"repeats":2,"opportunities":6,"recency":1}"#).is_err());
    let samples: OpportunitySamples = [sample, OpportunitySample::NEW, sample].into_iter().collect();
    let text = serde_json::to_string(&samples).unwrap();
    assert_eq!(serde_json::from_str::<OpportunitySamples>(&text).unwrap(), samples);
}
