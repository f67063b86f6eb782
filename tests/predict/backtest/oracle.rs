//! Random shops, recounted purchase by purchase and pair by pair.

#![allow(clippy::cast_precision_loss, reason = "small counts")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use repurchase::CustomerHistory;
use repurchase::predict::{
    Backtest, Baseline, Calibration, FitOptions, Holdout, Nbd, NbdParams, PurchaseModel, Sample, Scores, TimeUnit,
};
use repurchase::segment::MissedCycles;
use rust_decimal::Decimal;

use crate::shops::{day, log_of};

/// The purchase days of each customer who is known at the split.
type Days = BTreeMap<u32, BTreeSet<i64>>;

fn known(purchases: &[(u32, i64)], split: i64, end: i64) -> Days {
    let mut days = Days::new();
    for &(customer, day) in purchases.iter().filter(|&&(_, day)| day <= end) {
        days.entry(customer).or_default().insert(day);
    }
    days.retain(|_, days| days.first().is_some_and(|&first| first <= split));
    days
}

fn sample(days: &BTreeSet<i64>, until: i64) -> Sample {
    let known: Vec<i64> = days.iter().copied().filter(|&day| day <= until).collect();
    let days = |day: i64| (day - known[0]) as f64;
    let units = |pair: &[i64]| (((pair[1] - pair[0]) as f64).ln() * 4_294_967_296.0).round();
    let ln_gaps = known.windows(2).map(units).sum::<f64>() / 4_294_967_296.0;
    let sample = Sample::new(known.len() as u32 - 1, days(known[known.len() - 1]), days(until)).expect("a sample");
    sample.with_ln_gaps(ln_gaps).expect("gaps")
}

fn near(found: Option<f64>, expected: Option<f64>) -> bool {
    match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 1e-12 * (1.0 + expected.abs()),
        (found, expected) => found.is_none() && expected.is_none(),
    }
}

fn mean(numbers: &[f64]) -> Option<f64> {
    (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64)
}

/// Every pair is looked at.
fn auc(forecasts: &[f64], actual: &[f64]) -> Option<f64> {
    let mut pairs = Vec::new();
    for (buyer, _) in forecasts.iter().zip(actual).filter(|(_, actual)| **actual > 0.0) {
        for (other, _) in forecasts.iter().zip(actual).filter(|(_, actual)| **actual <= 0.0) {
            pairs.push(if buyer > other {
                1.0
            } else if buyer < other {
                0.0
            } else {
                0.5
            });
        }
    }
    mean(&pairs)
}

fn group(rows: &[Calibration], expected: &[f64], actual: &[f64], groups: &[usize]) {
    let different: BTreeSet<usize> = groups.iter().copied().collect();
    assert_eq!(rows.iter().map(|row| row.group as usize).collect::<Vec<_>>(), Vec::from_iter(different));
    for row in rows {
        let of = |numbers: &[f64]| {
            let of_group = numbers.iter().zip(groups).filter(|(_, group)| **group == row.group as usize);
            of_group.map(|(number, _)| *number).collect::<Vec<_>>()
        };
        assert_eq!(row.customers as usize, of(expected).len());
        assert!(near(Some(row.mean_expected), mean(&of(expected))));
        assert!(near(Some(row.mean_actual), mean(&of(actual))));
    }
}

fn check_counting(scores: &Scores, expected: &[f64], actual: &[f64], repeats: &[u32]) {
    let errors: Vec<f64> = expected.iter().zip(actual).map(|(left, right)| (left - right).abs()).collect();
    let squares: Vec<f64> = errors.iter().map(|error| error * error).collect();
    assert_eq!(scores.customers as usize, actual.len());
    assert_eq!(scores.buyers as usize, actual.iter().filter(|&&actual| actual > 0.0).count());
    assert!(near(Some(scores.actual as f64), Some(actual.iter().sum())));
    assert!(near(scores.expected, Some(expected.iter().sum())));
    assert!(near(scores.mae, mean(&errors)));
    assert!(near(scores.rmse, mean(&squares).map(f64::sqrt)));
    assert!(near(scores.auc_expected, auc(expected, actual)));
    let below = |of: f64| expected.iter().filter(|&&other| other < of).count();
    let deciles: Vec<usize> = expected.iter().map(|&of| 1 + 10 * below(of) / expected.len()).collect();
    group(&scores.by_decile, expected, actual, &deciles);
    let frequencies: Vec<usize> = repeats.iter().map(|&repeats| repeats.min(7) as usize).collect();
    group(&scores.by_frequency, expected, actual, &frequencies);
}

fn check(purchases: &[(u32, i64)], split: i64, end: i64, step: u32) {
    let days = known(purchases, split, end);
    let holdout = Holdout::of(&log_of(purchases.iter().copied()), day(split), day(end)).expect("a hold-out");
    let length = end - split;
    assert_eq!((holdout.split(), holdout.end(), i64::from(holdout.horizon_days())), (day(split), day(end), length));
    assert_eq!(holdout.customers().len(), days.len());
    for (customer, days) in holdout.customers().iter().zip(days.values()) {
        assert_eq!((customer.sample, customer.at_end), (sample(days, split), sample(days, end)));
        assert_eq!(customer.purchases() as usize, days.iter().filter(|&&day| day > split).count());
        let last_period = days.iter().filter(|&&day| split - length < day && day <= split).count();
        assert_eq!(customer.last_period as usize, last_period);
        let mut history = CustomerHistory::new();
        for &number in days.iter().filter(|&&day| day <= split) {
            history.record_purchase(day(number), Decimal::TEN).expect("a purchase");
        }
        let standing = MissedCycles::default().standing(&history, day(split)).expect("has bought");
        assert_eq!(customer.risk, standing.risk());
    }

    let actual: Vec<f64> = holdout.customers().iter().map(|customer| customer.purchases().into()).collect();
    let again: Vec<f64> = actual.iter().map(|actual| actual.min(1.0)).collect();
    let repeats: Vec<u32> = holdout.customers().iter().map(|customer| customer.sample.repeats()).collect();
    let model = Nbd::from_params(NbdParams { r: 0.7, alpha: 5.0 }, TimeUnit::Week).expect("a model");
    let of_each = |number: &dyn Fn(&Sample) -> f64| {
        holdout.customers().iter().map(|customer| number(&customer.sample)).collect::<Vec<f64>>()
    };
    let ahead = length as u32;
    let scores = holdout.score(&model);
    let expected = of_each(&|sample| model.expected_purchases(sample, ahead));
    check_counting(&scores, &expected, &actual, &repeats);
    let buys = of_each(&|sample| 1.0 - model.probability_no_purchase(sample, ahead));
    assert!(near(scores.auc_buys_again, auc(&buys, &actual)));
    assert!(near(scores.auc_alive, auc(&vec![1.0; actual.len()], &actual)));
    let losses: Vec<f64> = buys.iter().zip(&again).map(|(p, again)| (p - again) * (p - again)).collect();
    assert!(near(scores.brier, mean(&losses)));
    let log_scores: Vec<f64> = days
        .values()
        .map(|days| model.log_likelihood(&sample(days, end)) - model.log_likelihood(&sample(days, split)))
        .collect();
    assert!(near(scores.log_score, mean(&log_scores)));

    let counting: [(Baseline, &dyn Fn(usize) -> f64); 4] = [
        (Baseline::Nobody, &|_| 0.0),
        (Baseline::SameAsLastPeriod, &|index| holdout.customers()[index].last_period.into()),
        (Baseline::SameAsSoFar, &|index| repeats[index].into()),
        (Baseline::OwnRate, &|index| match repeats[index] {
            0 => 0.0,
            // In weeks, as golden tables are: in days, other forecasts are equal to the last bit.
            x => f64::from(x) / (holdout.customers()[index].sample.age_days() / 7.0) * (f64::from(ahead) / 7.0),
        }),
    ];
    for (baseline, count) in counting {
        let expected: Vec<f64> = (0..actual.len()).map(count).collect();
        let scores = holdout.score_baseline(baseline);
        check_counting(&scores, &expected, &actual, &repeats);
        assert_eq!((scores.brier, scores.log_score, scores.auc_alive, scores.auc_buys_again), (None, None, None, None));
    }
    let by_days = holdout.score_baseline(Baseline::DaysSinceLast);
    let since_last = of_each(&|sample| sample.recency_days() / 7.0 - sample.age_days() / 7.0);
    assert!(near(by_days.auc_buys_again, auc(&since_last, &actual)));
    assert_eq!((by_days.expected, by_days.mae, by_days.brier, by_days.by_decile.len()), (None, None, None, 0));
    let by_cycles = holdout.score_baseline(Baseline::MissedCycles);
    let risks: Vec<f64> = holdout.customers().iter().map(|customer| -f64::from(customer.risk as u8)).collect();
    assert!(near(by_cycles.auc_buys_again, auc(&risks, &actual)));
    let wrong: Vec<f64> =
        risks.iter().zip(&again).map(|(&risk, &again)| f64::from((risk > -3.0) != (again > 0.0))).collect();
    assert!(near(by_cycles.brier, mean(&wrong)));

    let tracking = holdout.tracking(&model, step).expect("a series");
    let first = days.values().filter_map(|days| days.first().copied()).min();
    let points: Vec<i64> = first.map_or(Vec::new(), |first| {
        (first + 1..=end).filter(|day| (day - first) % i64::from(step) == 0 || *day == end).collect()
    });
    assert_eq!(
        tracking.iter().map(|point| point.day).collect::<Vec<_>>(),
        points.iter().map(|&n| day(n)).collect::<Vec<_>>()
    );
    for (point, &until) in tracking.iter().zip(&points) {
        let so_far = days.values().map(|days| days.iter().skip(1).filter(|&&day| day <= until).count());
        assert_eq!(point.actual as usize, so_far.sum::<usize>());
        let firsts = days.values().filter_map(|days| days.first()).filter(|&&first| first <= until);
        let new = |first: &i64| model.expected_purchases(&Sample::NEW, (until - first) as u32);
        assert!(near(Some(point.expected), Some(firsts.map(new).sum())));
    }
}

fn shop() -> impl Strategy<Value = Vec<(u32, i64)>> {
    prop::collection::vec((0..9u32, 0..120i64), 0..60)
}

proptest! {
    #![proptest_config(Config { rng_seed: RngSeed::Fixed(1), failure_persistence: None, cases: 300, ..Config::default() })]

    #[test]
    fn random_shops(purchases in shop(), split in -5..130i64, length in 1..100i64, step in 1..40u32) {
        check(&purchases, split, split + length, step);
    }

    #[test]
    fn the_order_of_the_input_changes_nothing(purchases in shop(), split in 20..100i64) {
        let (log, reversed) = (log_of(purchases.iter().copied()), log_of(purchases.iter().rev().copied()));
        let holdout = Holdout::of(&log, day(split), day(split + 40)).expect("a hold-out");
        prop_assert_eq!(&holdout, &Holdout::of(&reversed, day(split), day(split + 40)).expect("a hold-out"));
        let model = Nbd::from_params(NbdParams { r: 0.7, alpha: 5.0 }, TimeUnit::Week).expect("a model");
        let again = Holdout::of(&reversed, day(split), day(split + 40)).expect("a hold-out");
        prop_assert_eq!(holdout.score(&model), again.score(&model));
    }
}

proptest! {
    #![proptest_config(Config { rng_seed: RngSeed::Fixed(2), failure_persistence: None, cases: 12, ..Config::default() })]

    /// Every model on every shop ends in numbers or in an error that says why.
    #[test]
    fn any_shop_has_a_backtest(purchases in shop(), split in 20..100i64, penalty in prop::sample::select(vec![0.0, 0.1])) {
        let holdout = Holdout::of(&log_of(purchases), day(split), day(split + 40)).expect("a hold-out");
        match Backtest::run(&holdout, &FitOptions::default().with_penalty(penalty)) {
            Ok(backtest) => for candidate in &backtest.candidates {
                let scores = candidate.scores.as_ref();
                prop_assert_eq!(candidate.fit.is_some(), scores.is_some());
                prop_assert!(scores.is_none_or(|scores| scores.log_score.is_some_and(f64::is_finite)));
            }
            Err(error) => prop_assert!(holdout.customers().is_empty() || error.to_string().contains("no customer"), "{error}"),
        }
    }
}
