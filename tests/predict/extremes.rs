//! Parameters, times and counts that no shop has: answers stay numbers, and come at once.

use chrono::NaiveDate;
use repurchase::CustomerHistory;
use repurchase::predict::{
    AnyModel, BgNbd, BgNbdParams, MbgNbd, MbgNbdParams, Nbd, NbdParams, OpportunitySample, OpportunitySamples,
    ParetoNbd, ParetoNbdParams, PurchaseModel, Sample, Samples, SpendSample, SpendSamples,
};
use rust_decimal::Decimal;

fn models(r: f64, alpha: f64, first: f64, second: f64) -> [AnyModel; 4] {
    [
        AnyModel::Nbd(Nbd::from_params(NbdParams { r, alpha }).unwrap()),
        AnyModel::BgNbd(BgNbd::from_params(BgNbdParams { r, alpha, a: first, b: second }).unwrap()),
        AnyModel::MbgNbd(MbgNbd::from_params(MbgNbdParams { r, alpha, a: first, b: second }).unwrap()),
        AnyModel::ParetoNbd(ParetoNbd::from_params(ParetoNbdParams { r, alpha, s: first, beta: second }).unwrap()),
    ]
}

/// Values by mpmath, 60 digits, as the integral over the log-odds of the dropout probability.
#[test]
fn expectations_over_ages_of_the_universe_have_their_values() {
    let table = [
        (1.5, 1e4, 1.0, 1e-6, 1e300, 1.000_682_178_891_520_2),
        (1.5, 1e4, 0.5, 1e-3, 1e250, 3.994_465_225_442_613e120),
    ];
    for (r, alpha, a, b, horizon, expected) in table {
        let model = BgNbd::from_params(BgNbdParams { r, alpha, a, b }).unwrap();
        let found = model.expected_purchases(&Sample::NEW, horizon).unwrap();
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
    ];
    let samples = [(0, 0.0, 1.0), (10_000, 0.5, 1.0), (u32::MAX, 0.3, 1.0), (3, 1e299, 1e300), (1, 5e-324, 5e-324)];
    for (r, alpha, first, second) in parameters {
        for (repeats, recency, age) in samples {
            let sample = Sample::new(repeats, recency, age).unwrap();
            for (model, horizon) in
                models(r, alpha, first, second).iter().flat_map(|model| [5e-324, 1.0, 1e300].map(|h| (model, h)))
            {
                let case = format!("{model:?} {sample:?} {horizon:e}");
                let expected = model.expected_purchases(&sample, horizon).unwrap();
                assert!(expected.is_finite() && expected >= 0.0, "{case}: {expected}");
                let alive = model.probability_alive(&sample);
                assert!((0.0..=1.0).contains(&alive), "{case}: {alive}");
                for purchases in [0, 2, 10_000, u32::MAX] {
                    let probability = model.probability_of_purchases(&sample, purchases, horizon).unwrap();
                    assert!((0.0..=1.0 + 1e-12).contains(&probability), "{case} {purchases}: {probability}");
                }
            }
        }
    }
}

/// Once, the panels of this integral were as many as a `u32` counts.
#[test]
fn the_longest_horizon_ends() {
    for model in models(1.0, 1e10, 0.5, 1e-20) {
        let probability = model.probability_of_purchases(&Sample::NEW, 2, 1e300).unwrap();
        assert!((0.0..=1.0).contains(&probability), "{model:?}: {probability}");
    }
}

/// However many customers share a row, and even where their sum is beyond a count, no order of the parts shows.
#[test]
fn rows_of_very_many_customers_do_not_depend_on_the_order() {
    let sample = Sample::new(1, 2.0, 4.0).unwrap();
    for counts in [[u64::from(u32::MAX), 2, 1, u64::from(u32::MAX), 7], [u64::MAX - 1, 2, 1, u64::MAX, 7]] {
        let rows = |order: [usize; 5]| Samples::from(order.map(|place| (sample, counts[place])).to_vec());
        let samples = rows([0, 1, 2, 3, 4]);
        let sum = counts.iter().fold(0, |sum: u64, &count| sum.saturating_add(count));
        assert_eq!(samples.iter().collect::<Vec<_>>(), [(sample, sum)]);
        assert_eq!((samples.customers(), samples.distinct_rows()), (sum, 1));
        for order in [[4, 3, 2, 1, 0], [2, 0, 3, 1, 4], [1, 4, 0, 2, 3]] {
            assert_eq!(rows(order), samples, "{order:?}");
        }
        let left = Samples::from(vec![(sample, counts[0]), (sample, counts[1])]);
        let right = Samples::from(counts[2..].iter().map(|&count| (sample, count)).collect::<Vec<_>>());
        assert_eq!(left.clone().merge(right.clone()), samples);
        assert_eq!(right.merge(left), samples);
    }
}

/// A tally counts up to `2^63 - 1` customers, those of the first rows: no order of rows or parts shows.
#[test]
fn more_customers_than_a_tally_counts_are_left_out() {
    const MOST: u64 = i64::MAX as u64;
    let [none, one] = [0, 1].map(|repeats| OpportunitySample::new(repeats, repeats, 3).unwrap());
    for (rows, kept) in [
        ([(none, 5), (one, u64::MAX)], vec![(none, 5), (one, MOST - 5)]),
        ([(none, MOST), (one, 5)], vec![(none, MOST)]),
        ([(one, u64::MAX), (one, u64::MAX)], vec![(one, MOST)]),
    ] {
        let [first, last] = rows.map(|row| OpportunitySamples::from(vec![row]));
        let reversed = OpportunitySamples::from(vec![rows[1], rows[0]]);
        for samples in [rows.to_vec().into(), reversed, first.clone().merge(last.clone()), last.merge(first)] {
            assert_eq!((samples.customers(), samples.iter().collect::<Vec<_>>()), (MOST, kept.clone()));
        }
    }
    // Who are left out of a fit are counted among them all.
    let spent = SpendSample::new(1, 2.0).unwrap();
    let mut samples = SpendSamples::from(vec![(spent, u64::MAX), (SpendSample::NEW, 7)]);
    assert_eq!((samples.customers(), samples.left_out()), (MOST - 7, 7));
    let mut ann = CustomerHistory::new();
    ann.record_purchase(NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(), Decimal::TEN).unwrap();
    samples.add(&ann);
    assert_eq!((samples.customers(), samples.left_out()), (MOST - 7, 7), "there is no room for one more");
    samples.remove(&ann).unwrap();
    assert_eq!((samples.customers(), samples.left_out()), (MOST - 7, 6));
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
        let together = model.expected_purchases_of_all(&samples, 9.0).unwrap();
        for (sample, together) in samples.iter().zip(together) {
            let alone = model.expected_purchases(sample, 9.0).unwrap();
            assert_eq!(alone.to_bits(), together.to_bits(), "{model:?} {sample:?}");
        }
    }
}

/// Of someone who surely has left, the density is that of having left: it does not know how unlikely staying was.
#[test]
fn densities_of_those_who_left_do_not_cancel() {
    let model = MbgNbd::from_params(MbgNbdParams { r: 1e6, alpha: 1e-4, a: 1.0, b: 1e-3 }).unwrap();
    let found = model.log_likelihood(&Sample::new(0, 0.0, 1e6).unwrap());
    let expected = -1e-3_f64.ln_1p();
    assert!((found / expected - 1.0).abs() < 1e-14, "{found:e} {expected:e}");
}

/// Hardly anyone has left, and who has not is sure to buy: what is left is the probability of having left.
#[test]
fn the_chance_of_no_purchase_keeps_its_digits() {
    let model = BgNbd::from_params(BgNbdParams { r: 1.0, alpha: 1.0, a: 1e-6, b: 1e6 }).unwrap();
    let found = model.probability_no_purchase(&Sample::new(100, 9.0, 9.0).unwrap(), 1e6).unwrap();
    let expected = 1e-6 / (1e6 + 99.0 + 1e-6);
    assert!((found / expected - 1.0).abs() < 1e-14, "{found:e} {expected:e}");
}

/// Values by mpmath, 50 digits.
#[test]
fn no_time_is_too_long_for_nbd() {
    let model = |r, alpha| Nbd::from_params(NbdParams { r, alpha }).unwrap();
    let new = Sample::NEW;
    for (r, alpha, sample, purchases, horizon, expected) in [
        (0.000_1, 1e-300, new, 0, 1e300, 0.870_963_589_956_080_6),
        (0.000_1, 1e-300, new, 3, 1e300, 2.903_647_462_831_306_8e-5),
        (0.5, 1e300, new, 2, 1e300, 0.066_291_260_736_238_83),
        (2.0, 1e300, Sample::new(1, 1e300, 1e300).unwrap(), 1, 1e300, 0.296_296_296_296_296_3),
        (0.001, 1e-10, new, 100, 1e295, 4.980_215_683_841_033e-6),
    ] {
        let found = model(r, alpha).probability_of_purchases(&sample, purchases, horizon).unwrap();
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
        let model = MbgNbd::from_params(MbgNbdParams { r, alpha, a: 1.0, b: 1.0 }).unwrap();
        let sample = Sample::new(repeats, recency, age).unwrap();
        let alive = model.probability_alive(&sample);
        assert!((alive - expected).abs() < 1e-14, "{sample:?}: {alive} {expected}");
        let others =
            [Sample::NEW, sample, Sample::new(1, 0.5 * recency, age).unwrap(), Sample::new(0, 0.0, 1.0).unwrap()];
        for (one, many) in others.iter().zip(model.probabilities_alive(&others)) {
            assert_eq!(many.to_bits(), model.probability_alive(one).to_bits(), "{one:?}");
        }
    }
}
