//! Parameters, times and counts that no shop has: answers stay numbers, and come at once.

use chrono::NaiveDate;
use repurchase::predict::{
    AnyModel, BgNbd, BgNbdParams, MbgNbd, MbgNbdParams, Nbd, NbdParams, OpportunitySample, OpportunitySamples,
    ParetoNbd, ParetoNbdParams, PurchaseModel, Sample, Samples, TimeUnit,
};
use repurchase::{CustomerHistory, Error};
use rust_decimal::Decimal;

fn models(r: f64, alpha: f64, first: f64, second: f64) -> [AnyModel; 4] {
    [
        AnyModel::Nbd(Nbd::from_params(NbdParams { r, alpha }, TimeUnit::Day).unwrap()),
        AnyModel::BgNbd(BgNbd::from_params(BgNbdParams { r, alpha, a: first, b: second }, TimeUnit::Day).unwrap()),
        AnyModel::MbgNbd(MbgNbd::from_params(MbgNbdParams { r, alpha, a: first, b: second }, TimeUnit::Day).unwrap()),
        AnyModel::ParetoNbd(
            ParetoNbd::from_params(ParetoNbdParams { r, alpha, s: first, beta: second }, TimeUnit::Day).unwrap(),
        ),
    ]
}

/// Values by mpmath, 60 digits, as the integral over the log-odds of the dropout probability.
#[test]
fn expectations_at_the_largest_rate_have_their_values() {
    let table = [
        (1.5, 1e-30, 1.0, 1e-6, 1_000_000_000, 1.000_090_414_522_620_7),
        (1.5, 1e-30, 0.5, 1e-3, 1_000_000_000, 126_316_081_467_366_249.9),
    ];
    for (r, alpha, a, b, horizon, expected) in table {
        let model = BgNbd::from_params(BgNbdParams { r, alpha, a, b }, TimeUnit::Day).unwrap();
        let found = model.expected_purchases(&Sample::NEW, horizon);
        assert!((found / expected - 1.0).abs() < 1e-13, "{found:e} {expected:e}");
    }
}

#[test]
fn answers_are_finite_and_probabilities_are_probabilities() {
    let parameters = [
        (1.5, 1e4, 1.0, 1e-6),
        (1e3, 1e-6, 1e-6, 0.1),
        (1.0, 1e10, 0.5, 1e-20),
        (0.5, 1.0, 1e-4, 1.5),
        (1e-20, 1e-20, 1e-4, 1e-20),
        (1e3, 1e-4, 1e-4, 2.0),
        (1.5, 1e-30, 1.0, 1e-6),
        (1e3, 1e-30, 1e-6, 1e-30),
        (1.0, 1e-30, 0.5, 1e-29),
    ];
    let samples = [(0, 0.0, 1.0), (10_000, 0.5, 1.0), (u32::MAX, 0.3, 1.0), (3, 1e14, 1e15), (1, 1e-15, 1e-15)];
    for (r, alpha, first, second) in parameters {
        for (repeats, recency, age) in samples {
            let sample = Sample::new(repeats, recency, age).unwrap();
            for (model, horizon) in
                models(r, alpha, first, second).iter().flat_map(|model| [0, 1, u32::MAX].map(|h| (model, h)))
            {
                let case = format!("{model:?} {sample:?} {horizon}");
                let expected = model.expected_purchases(&sample, horizon);
                assert!(expected.is_finite() && expected >= 0.0, "{case}: {expected}");
                let alive = model.probability_alive(&sample);
                assert!((0.0..=1.0).contains(&alive), "{case}: {alive}");
                for purchases in [0, 2, 10_000, u32::MAX] {
                    let probability = model.probability_of_purchases(&sample, purchases, horizon);
                    assert!((0.0..=1.0 + 1e-12).contains(&probability), "{case} {purchases}: {probability}");
                }
            }
        }
    }
}

/// Once, the panels of this integral were as many as a `u32` counts.
#[test]
fn the_longest_horizon_ends() {
    for model in models(1.0, 1e-5, 0.5, 1e-30) {
        let probability = model.probability_of_purchases(&Sample::NEW, 2, 1_000_000_000);
        assert!((0.0..=1.0).contains(&probability), "{model:?}: {probability}");
    }
}

/// A tally counts up to `2^63 - 1` customers; one more is an error, whatever the order, and changes nothing.
#[test]
fn more_customers_than_a_tally_counts_are_refused() {
    const MOST: u64 = i64::MAX as u64;
    let too_many = Error::CountOverflow { field: "number of customers in a tally" };
    let [none, one] = [0, 1].map(|repeats| OpportunitySample::new(repeats, repeats, 3).unwrap());
    let of = |rows: &[(OpportunitySample, u64)]| OpportunitySamples::try_from(rows.to_vec());
    for rows in [[(none, 5), (one, MOST - 4)], [(one, u64::MAX), (one, u64::MAX)], [(none, MOST), (one, 1)]] {
        assert_eq!(of(&rows), Err(too_many.clone()));
    }
    let [mut most, few] = [(none, MOST - 4), (one, 5)].map(|row| of(&[row]).unwrap());
    let before = most.clone();
    assert_eq!((most.merge(&few), &most), (Err(too_many.clone()), &before));
    most.merge(&of(&[(one, 4)]).unwrap()).unwrap();
    assert_eq!(most.customers(), MOST);

    let (day, sample) = (NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(), Sample::new(1, 2.0, 4.0).unwrap());
    let of = |rows: &[(Sample, u64)]| Samples::from_rows(Some(day), rows.iter().copied(), []);
    assert_eq!(of(&[(sample, MOST), (sample, 1)]), Err(too_many.clone()));
    assert_eq!(of(&[(sample, u64::MAX), (Sample::NEW, 1)]), Err(too_many.clone()));
    let spent = Samples::from_rows(None, [], [(1, 2.0, MOST), (1, 3.0, 1)]);
    assert_eq!(spent, Err(too_many.clone()));
    let mut most = of(&[(sample, MOST)]).unwrap();
    let before = most.clone();
    assert_eq!((most.merge(&of(&[(Sample::NEW, 1)]).unwrap()), &most), (Err(too_many.clone()), &before));
    let mut ann = CustomerHistory::new();
    ann.record_purchase(day, Decimal::TEN).unwrap();
    assert_eq!((most.add(&ann), &most), (Err(too_many), &before));
}

/// Customers of few and of many repeat purchases are remembered in two ways.
#[test]
fn many_at_once_are_each_by_itself() {
    let samples: Vec<Sample> = [0, 1, 30, 31, 32, 33, 500, 4095, 4096, 9000]
        .into_iter()
        .flat_map(|repeats| {
            [3.0, 3.5, 3.0].map(|age| Sample::new(repeats, if repeats > 0 { 2.5 } else { 0.0 }, age).unwrap())
        })
        .collect();
    for model in models(0.5, 4.0, 0.8, 2.4) {
        let together = model.expected_purchases_all(&samples, 9);
        for (sample, together) in samples.iter().zip(together) {
            let alone = model.expected_purchases(sample, 9);
            assert_eq!(alone.to_bits(), together.to_bits(), "{model:?} {sample:?}");
        }
    }
}

/// Of someone who surely has left, the density is that of having left: it does not know how unlikely staying was.
#[test]
fn densities_of_those_who_left_do_not_cancel() {
    let model = MbgNbd::from_params(MbgNbdParams { r: 1e6, alpha: 1e-4, a: 1.0, b: 1e-3 }, TimeUnit::Day).unwrap();
    let found = model.log_likelihood(&Sample::new(0, 0.0, 1e6).unwrap());
    let expected = -1e-3_f64.ln_1p();
    assert!((found / expected - 1.0).abs() < 1e-14, "{found:e} {expected:e}");
}

/// Hardly anyone has left, and who has not is sure to buy: what is left is the probability of having left.
#[test]
fn the_chance_of_no_purchase_keeps_its_digits() {
    let model = BgNbd::from_params(BgNbdParams { r: 1.0, alpha: 1.0, a: 1e-6, b: 1e6 }, TimeUnit::Day).unwrap();
    let found = model.probability_no_purchase(&Sample::new(100, 9.0, 9.0).unwrap(), 1_000_000);
    let expected = 1e-6 / (1e6 + 99.0 + 1e-6);
    assert!((found / expected - 1.0).abs() < 1e-14, "{found:e} {expected:e}");
}

/// Values by mpmath, 50 digits.
#[test]
fn the_longest_times_of_nbd_have_their_values() {
    let model = |r, alpha| Nbd::from_params(NbdParams { r, alpha }, TimeUnit::Day).unwrap();
    let (new, horizon) = (Sample::NEW, 1_000_000_000);
    for (r, alpha, sample, purchases, expected) in [
        (0.000_1, 1e-30, new, 0, 0.991_060_118_647_831),
        (0.000_1, 1e-30, new, 3, 3.304_029_275_403_096e-5),
        (0.5, 1e9, new, 2, 0.066_291_260_736_238_83),
        (2.0, 1e9, Sample::new(1, 1e9, 1e9).unwrap(), 1, 0.296_296_296_296_296_3),
        (0.001, 1e-26, new, 100, 9.273_595_562_682_707e-6),
    ] {
        let found = model(r, alpha).probability_of_purchases(&sample, purchases, horizon);
        assert!(
            (found / expected - 1.0).abs() < 1e-12,
            "{r:e} {alpha:e} {purchases} {horizon:e}: {found:e} {expected:e}"
        );
    }
}

/// Values by mpmath, 50 digits: a difference of the logarithms of `1 + T / alpha` and `1 + t_x / alpha` would be off by
/// up to 8e-7 here. Many at once are each by itself, to the bit, also beside customers of whom little is known.
#[test]
fn the_silence_of_the_most_frequent_keeps_its_digits() {
    let table = [
        (1_000_000.0, 1.0, 4, 9_999_997_000.000_45, 10_000_000_000.0, 0.787_418_882_226_914_3),
        (10_000_000.0, 0.001, 1, 999_999_900.000_005, 1_000_000_000.0, 0.423_883_090_830_375_7),
        (0.5, 0.01, 2_000_000_000, 999_999_990.000_000_1, 1_000_000_000.0, 0.804_775_495_834_465_5),
    ];
    for (r, alpha, repeats, recency, age, expected) in table {
        let model = MbgNbd::from_params(MbgNbdParams { r, alpha, a: 1.0, b: 1.0 }, TimeUnit::Day).unwrap();
        let sample = Sample::new(repeats, recency, age).unwrap();
        let alive = model.probability_alive(&sample);
        assert!((alive - expected).abs() < 1e-14, "{sample:?}: {alive} {expected}");
        let others =
            [Sample::NEW, sample, Sample::new(1, 0.5 * recency, age).unwrap(), Sample::new(0, 0.0, 1.0).unwrap()];
        for (one, many) in others.iter().zip(model.probability_alive_all(&others)) {
            assert_eq!(many.to_bits(), model.probability_alive(one).to_bits(), "{one:?}");
        }
    }
}
