//! How long it is to the next purchase, against every pair of purchases looked at.

#![allow(clippy::cast_precision_loss, reason = "a few days")]

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proptest::prelude::*;
use repurchase::measure::{Occasion, SurvivalCurve, next_purchases};
use repurchase::record::Period;
use repurchase::{Error, measure::second_purchase_rate};

use super::oracle::{Row, log, occasions, on, rows};
use super::{OCCASIONS, PERIODS, TestResult, date, fixed_seed, log_of, order, small_shop, window};

fn days(from: NaiveDate, to: NaiveDate) -> u32 {
    u32::try_from(to.signed_duration_since(from).num_days()).unwrap()
}

#[test]
fn nobody_and_one() -> TestResult {
    let as_of = date("2026-12-31");
    let nobody = log_of::<&str>([]);
    assert!(next_purchases(&nobody, Period::Day, 30, as_of)?.is_empty());
    assert_eq!(SurvivalCurve::of_nth_purchase(&nobody, 1, as_of, Occasion::Order)?.spells(), 0);
    let one = log_of([order("ann", "2026-12-31", 100)]);
    let curve = SurvivalCurve::of_nth_purchase(&one, 1, as_of, Occasion::Order)?;
    assert_eq!((curve.spells(), curve.returned(), curve.steps()[0].gap_days), (1, 0, 0));
    assert_eq!(SurvivalCurve::of_nth_purchase(&one, u32::MAX, as_of, Occasion::Day)?.spells(), 0);
    let error = Error::OutOfRange { field: "number of the purchase", found: 0, min: 1, max: u32::MAX.into() };
    assert_eq!(SurvivalCurve::of_nth_purchase(&one, 0, as_of, Occasion::Day), Err(error));
    Ok(())
}

/// Bo's two orders of one day are a spell of 0 days, or one purchase day.
#[test]
fn orders_and_days() -> TestResult {
    let curve = |nth, occasion| {
        let curve = SurvivalCurve::of_nth_purchase(&small_shop(), nth, date("2026-04-10"), occasion)?;
        Ok(curve.steps().iter().map(|step| (step.gap_days, step.returned, step.waiting)).collect::<Vec<_>>())
    };
    let order = |nth| -> Result<_, Error> { curve(nth, Occasion::Order) };
    assert_eq!(order(1)?, [(0, 1, 0), (31, 1, 0), (39, 1, 0)]);
    assert_eq!(order(2)?, [(9, 0, 1), (10, 0, 1), (36, 0, 1)]);
    let day: Result<_, Error> = curve(1, Occasion::Day);
    assert_eq!(day?, [(31, 1, 0), (36, 0, 1), (39, 1, 0)]);
    Ok(())
}

/// Where everybody has been observed for long enough, the curve is the n-day second-purchase rate.
#[test]
fn a_curve_without_censoring_is_the_rate() -> TestResult {
    let (log, as_of) = (small_shop(), date("2026-04-10"));
    let curve = SurvivalCurve::of_nth_purchase(&log, 1, as_of, Occasion::Order)?;
    for within in 0..36 {
        let rate = second_purchase_rate(&log, window("2026-01-01", "2026-04-01"), within, as_of, Occasion::Order);
        assert_eq!(rate.unobserved, 0);
        let left = curve.survival_at(within).unwrap();
        assert!((1.0 - left - rate.rate.value().unwrap()).abs() < 1e-15, "{within}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn curves(rows in rows(), as_of in 0u64..160, nth in 1u32..5) {
        let (log, as_of) = (log(&rows), on(as_of));
        let seen: Vec<Row> = rows.iter().copied().filter(|row| row.day <= as_of).collect();
        for occasion in OCCASIONS {
            let customers = occasions(&seen, occasion);
            let spell = |bought: &Vec<NaiveDate>| {
                let start = *bought.get(nth as usize - 1)?;
                let next = bought.get(nth as usize);
                Some((days(start, next.copied().unwrap_or(as_of)), next.is_some()))
            };
            let expected = SurvivalCurve::of_days(customers.values().filter_map(spell));
            prop_assert_eq!(SurvivalCurve::of_nth_purchase(&log, nth, as_of, occasion).unwrap(), expected);
        }
    }

    #[test]
    fn next_days(rows in rows(), as_of in 0u64..160, within in 0u32..60) {
        let (log, as_of) = (log(&rows), on(as_of));
        let seen: Vec<Row> = rows.iter().copied().filter(|row| row.day <= as_of).collect();
        let customers = occasions(&seen, Occasion::Day);
        for period in PERIODS {
            let found = next_purchases(&log, period, within, as_of).unwrap();
            let mut expected: BTreeMap<_, (Vec<u32>, u64, u64)> = BTreeMap::new();
            for bought in customers.values() {
                for (at, &day) in bought.iter().enumerate() {
                    let counts = expected.entry(period.window(day).unwrap()).or_default();
                    match bought.get(at + 1).map(|&next| days(day, next)) {
                        _ if days(day, as_of) < within => counts.2 += 1,
                        Some(gap) if gap <= within => counts.0.push(gap),
                        _ => counts.1 += 1,
                    }
                }
            }
            prop_assert!(found.iter().map(|one| one.window).eq(expected.keys().copied()));
            for (found, (gaps, late, unobserved)) in found.iter().zip(expected.into_values()) {
                let mut gaps = gaps;
                gaps.sort_unstable();
                let count = gaps.len();
                prop_assert_eq!((found.rate.count(), found.rate.of()), (count as u64, count as u64 + late));
                prop_assert_eq!(found.unobserved, unobserved);
                let mean = (count > 0).then(|| f64::from(gaps.iter().sum::<u32>()) / count as f64);
                let median = (count > 0).then(|| f64::from(gaps[(count - 1) / 2] + gaps[count / 2]) / 2.0);
                prop_assert_eq!((found.mean_days, found.median_days), (mean, median));
            }
        }
    }
}
