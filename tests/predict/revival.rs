//! Customers who come back: the rate learnt again by hand and recovered from simulated shops, and the laws of the model.

#![allow(clippy::cast_precision_loss, reason = "small counts")]

use proptest::prelude::*;
use repurchase::Error;
use repurchase::predict::{
    AnyModel, BgNbd, BgNbdParams, FitOptions, Holdout, MbgNbd, MbgNbdParams, ModelKind, Nbd, NbdParams, ParetoNbd,
    ParetoNbdParams, PurchaseModel, Returns, Revival, Sample, Samples, TimeUnit,
};
use repurchase::scale::Language;

use crate::chance::Chance;
use crate::fixed_seed;
use crate::shops::{TestResult, cdnow, date, day, log_of, online_retail};
use crate::tables::close;

fn models() -> [AnyModel; 4] {
    let unit = TimeUnit::Week;
    [
        Nbd::from_params(NbdParams { r: 0.5, alpha: 6.0 }, unit).unwrap().into(),
        MbgNbd::from_params(MbgNbdParams { r: 0.5, alpha: 6.0, a: 0.9, b: 1.6 }, unit).unwrap().into(),
        BgNbd::from_params(BgNbdParams { r: 0.5, alpha: 6.0, a: 0.9, b: 1.6 }, unit).unwrap().into(),
        ParetoNbd::from_params(ParetoNbdParams { r: 0.5, alpha: 6.0, s: 0.7, beta: 9.0 }, unit).unwrap().into(),
    ]
}

fn samples() -> impl Strategy<Value = Sample> {
    (0..30_u32, 0.01..1.0, 1..900_u32).prop_map(|(repeats, part, age)| {
        let age = f64::from(age);
        Sample::new(repeats, if repeats > 0 { part * age } else { 0.0 }, age).unwrap()
    })
}

proptest! {
    #![proptest_config(fixed_seed(64))]

    #[test]
    fn no_revival_is_the_model_to_the_bit(sample in samples(), days in 0..800_u32, purchases in 0..5_u32) {
        for model in models() {
            let plain = Revival::NONE.of(model);
            for (found, expected) in [
                (plain.log_likelihood(&sample), model.log_likelihood(&sample)),
                (plain.probability_alive(&sample), model.probability_alive(&sample)),
                (plain.expected_purchases(&sample, days), model.expected_purchases(&sample, days)),
                (plain.expected_purchases_all(&[sample], days)[0], model.expected_purchases_all(&[sample], days)[0]),
                (plain.probability_alive_all(&[sample])[0], model.probability_alive_all(&[sample])[0]),
                (
                    plain.probability_of_purchases(&sample, purchases, days),
                    model.probability_of_purchases(&sample, purchases, days),
                ),
            ] {
                prop_assert_eq!(found.to_bits(), expected.to_bits());
            }
        }
    }

    /// Probabilities sum to one, and their mean is the expectation: the plain one and that of those who left.
    #[test]
    fn probabilities_and_their_mean(sample in samples(), rho in 0.0..1.5, days in 1..200_u32) {
        for model in models() {
            let reviving = Revival::new(rho)?.of(model);
            let probability = |n| reviving.probability_of_purchases(&sample, n, days);
            let (mut sum, mut mean) = (0.0, 0.0);
            for n in 0..1_500 {
                let of_n = probability(n);
                prop_assert!((0.0..=1.0).contains(&of_n));
                sum += of_n;
                mean += f64::from(n) * of_n;
            }
            let (expected, plain) = (reviving.expected_purchases(&sample, days), model.expected_purchases(&sample, days));
            prop_assert!((sum - 1.0).abs() < 1e-9, "{} {}", sum, expected);
            prop_assert!((mean - expected).abs() < 1e-6 * (1.0 + expected), "{} {}", mean, expected);
            prop_assert!(expected >= plain);
            prop_assert_eq!(reviving.expected_purchases_all(&[sample], days)[0].to_bits(), {
                let alive = model.probability_alive_all(&[sample])[0];
                let all = model.expected_purchases_all(&[sample], days)[0];
                let (r, alpha) = (0.5, 6.0);
                let rate = (r + f64::from(sample.repeats())) / (alpha + sample.recency_days() / 7.0);
                if rho > 0.0 { all + (1.0 - alive) * (rho * (rate * (f64::from(days) / 7.0))) } else { all }.to_bits()
            });
        }
    }
}

#[test]
fn refused() {
    for rho in [-0.1, f64::NAN, f64::INFINITY, 129.0] {
        assert!(matches!(Revival::new(rho), Err(Error::Number { field: "rate of return", .. })), "{rho}");
    }
    assert_eq!(Revival::new(-0.0).unwrap(), Revival::NONE);
    #[cfg(feature = "serde")]
    {
        assert_eq!(serde_json::from_str::<Revival>("0.25").unwrap(), Revival::new(0.25).unwrap());
        assert!(serde_json::from_str::<Revival>("-1.0").unwrap_err().to_string().contains("rate of return"));
    }
}

/// A hold-out of 90 days after 400, of customers who leave; those who have left come back at `rho` times their own rate.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "days are few")]
fn shop(customers: u32, rho: f64, chance: &mut Chance) -> Holdout {
    let (r, alpha, split, end) = (1.0, 40.0, 400.0, 490.0);
    let mut purchases = Vec::new();
    for customer in 0..customers {
        let (rate, leaving) = (chance.gamma(r) / alpha, chance.beta(1.0, 3.0));
        let (first, mut repeats) = (chance.uniform() * 200.0, 0.0);
        let mut now: f64 = first;
        let mut last = first;
        purchases.push((customer, now as i64));
        let mut gone = chance.happens(leaving);
        while !gone {
            now += chance.exponential() / rate;
            if now >= end {
                break;
            }
            (last, repeats) = (now, repeats + 1.0);
            purchases.push((customer, now as i64));
            gone = chance.happens(leaving);
        }
        if gone && last <= split && rho > 0.0 {
            let mut back = split + 1.0;
            loop {
                back += chance.exponential() / (rho * (r + repeats) / (alpha + last - first));
                if back >= end {
                    break;
                }
                purchases.push((customer, back as i64));
            }
        }
    }
    Holdout::of(&log_of(purchases), day(split as i64), day(end as i64)).unwrap()
}

fn fitted(holdout: &Holdout) -> AnyModel {
    *ModelKind::MbgNbd.fit(&holdout.samples(), &FitOptions::default()).unwrap().model()
}

#[test]
fn a_known_rate_is_recovered() {
    let mut chance = Chance(77);
    for rho in [0.1, 0.3] {
        let holdout = shop(6_000, rho, &mut chance);
        let returns = Returns::of(&holdout, &fitted(&holdout));
        // Some thousand have left: their returns tell the rate to a tenth or so.
        close(returns.learnt.rho(), rho, 0.2, "rho");
        assert_eq!(returns.in_force(), returns.learnt);
    }
    let holdout = shop(6_000, 0.0, &mut chance);
    let returns = Returns::of(&holdout, &fitted(&holdout));
    assert!(returns.learnt.rho() < 0.02, "{returns:?}");
    assert_eq!(returns.in_force(), Revival::NONE);
}

/// The highest of the log scores on a fine grid, and the gain, customer by customer.
#[test]
fn by_hand() {
    let holdout = shop(900, 0.3, &mut Chance(78));
    let model = fitted(&holdout);
    let returns = Returns::of(&holdout, &model);
    let log_score = |rho: f64| -> Vec<f64> {
        let reviving = Revival::new(rho).unwrap().of(model);
        let customers = holdout.customers().iter();
        let score = customers.map(|customer| {
            let stays_away = reviving.probability_no_purchase(&customer.sample, 90);
            if customer.buys_again() { 1.0 - stays_away } else { stays_away }.max(1e-15).ln()
        });
        score.collect()
    };
    let (plain, learnt) = (log_score(0.0), log_score(returns.learnt.rho()));
    let best: f64 = learnt.iter().sum();
    for step in 0..400 {
        let other: f64 = log_score(f64::from(step) * 0.005).iter().sum();
        assert!(other <= best + 1e-9, "{step}");
    }
    let customers = plain.len() as f64;
    let gains: Vec<f64> = learnt.iter().zip(plain).map(|(with, without)| with - without).collect();
    let mean = gains.iter().sum::<f64>() / customers;
    close(returns.gain.mean, mean, 1e-6, "gain");
    let squares: f64 = gains.iter().map(|gain| (gain - mean).powi(2)).sum();
    let error = (squares / customers / (customers - 1.0)).sqrt();
    close(returns.gain.standard_error.unwrap(), error, 1e-6, "standard error");
    let silent = || holdout.customers().iter().filter(|customer| model.probability_alive(&customer.sample) < 0.1);
    assert_eq!(returns.silent, silent().count() as u64);
    assert_eq!(returns.returned, silent().filter(|customer| customer.buys_again()).count() as u64);
    assert!(returns.silent > 20 && returns.returned > 0);
}

#[test]
fn shops_without_anybody_gone() -> TestResult {
    // Of NBD nobody leaves; of nobody nothing is learnt.
    let holdout = Holdout::of(&cdnow(), date("1998-04-01"), date("1998-06-30"))?;
    let returns = Returns::of(&holdout, &models()[0]);
    assert_eq!((returns.learnt, returns.silent, returns.describe(Language::English)), (Revival::NONE, 0, None));
    let nobody = Holdout::of(&log_of([(1, 50)]), day(10), day(40))?;
    let returns = Returns::of(&nobody, &models()[1]);
    assert_eq!((returns.customers, returns.in_force(), returns.gain.standard_error), (0, Revival::NONE, None));
    Ok(())
}

/// The words, with their counts, of the customers of CDNOW whom the model took for gone.
#[test]
fn cdnow_returns() -> TestResult {
    let log = cdnow();
    let split = date("1998-04-01");
    let holdout = Holdout::of(&log, split, date("1998-06-30"))?;
    let model = *ModelKind::MbgNbd.fit(&Samples::of(&log.ledger(split)?), &FitOptions::default())?.model();
    let returns = Returns::of(&holdout, &model);
    // Too few have come back in these 90 days to reckon with them.
    assert_eq!((returns.silent, returns.returned, returns.in_force()), (57, 2, Revival::NONE));
    let words = returns.describe(Language::English).ok_or("silent customers")?;
    let start = "silent for long; about one in 29 such customers of this shop came back within 90 days (2 of 57 with";
    assert!(words.starts_with(start), "{words}");
    let words = returns.describe(Language::Chinese).ok_or("silent customers")?;
    let counts = format!("活跃概率低于 10% 的 {} 位中有 {} 位）", returns.silent, returns.returned);
    assert!(words.ends_with(&counts), "{words}");
    // In Online Retail everybody is alive: what a rate could gain is rounding.
    let retail = Holdout::of(&online_retail(), date("2011-09-10"), date("2011-12-09"))?;
    let returns = Returns::of(&retail, &fitted(&retail));
    assert_eq!((returns.learnt, returns.silent, returns.gain.mean.to_bits()), (Revival::NONE, 0, 0));
    Ok(())
}

proptest! {
    #![proptest_config(fixed_seed(64))]

    /// Against the probabilities of each number, added up.
    #[test]
    fn probabilities_at_least_are_sums(sample in samples(), rho in 0.001..1.5, days in 1..400_u32) {
        for model in models() {
            let reviving = Revival::new(rho)?.of(model);
            let mut rest = 1.0;
            let mut expected = Vec::new();
            for n in 0..60 {
                rest -= reviving.probability_of_purchases(&sample, n, days);
                expected.push(rest);
            }
            let mut found = Vec::new();
            reviving.probabilities_at_least(&sample, days, &mut |at_least| {
                found.push(at_least);
                found.len() < expected.len()
            });
            prop_assert_eq!(found.len(), expected.len());
            for (n, (found, expected)) in (1..).zip(found.iter().zip(&expected)) {
                prop_assert!((found - expected).abs() < 1e-11, "{} {} {}", n, found, expected);
                let alone = reviving.probability_at_least(&sample, n, days);
                prop_assert!((alone - expected).abs() < 1e-11, "{} {} {}", n, alone, expected);
            }
            let buys = reviving.probability_buys(&sample, days);
            prop_assert!((buys - expected[0]).abs() < 1e-12);
            let least = expected.iter().position(|&more| more <= 0.05).and_then(|n| u32::try_from(n).ok());
            let near = expected.iter().any(|more| (more - 0.05).abs() < 1e-9);
            prop_assert!(near || least.is_none() || reviving.quantile_of_purchases(&sample, 0.95, days) == least);
        }
    }

    /// Against every day in turn.
    #[test]
    fn the_first_day_bought_is_the_first(sample in samples(), rho in 0.001..1.5, probability in 0.001..0.999) {
        for model in models() {
            let reviving = Revival::new(rho)?.of(model);
            let first = (0..500).find(|&day| reviving.probability_buys(&sample, day) >= probability);
            let found = reviving.days_until(&sample, probability);
            if let Some(first) = first {
                prop_assert_eq!(found, Some(first));
            } else {
                prop_assert!(found.is_none_or(|day| day >= 500), "{:?}", found);
            }
        }
    }
}

/// Far from the mean of those who come back, the sum of what is left; of a new customer of nobody but them.
#[test]
fn the_tail_of_those_who_come_back_keeps_its_digits() {
    let params = MbgNbdParams { r: 1e-30, alpha: 1.0, a: 1e30, b: 1e-30 };
    let reviving = Revival::new(1.0).unwrap().of(MbgNbd::from_params(params, TimeUnit::Day).unwrap().into());
    // Bought once more, 1 day after the first: comes back once a day.
    let sample = Sample::new(1, 1.0, 1e15).unwrap();
    // P(N >= n) of a Poisson number of mean 1 / 2 a day, by mpmath.
    for (days, n, expected) in POISSON {
        let found = reviving.probability_at_least(&sample, n, days);
        close(found, expected, 1e-12, "at least");
    }
}

/// Days, purchases and the probability of as many or more.
const POISSON: [(u32, u32, f64); 6] = [
    (2, 1, 0.632_120_558_828_557_7),
    (2, 20, 1.587_527_601_073_263e-19),
    (2, 100, 3.981_280_818_956_854_4e-159),
    (200, 100, 0.513_298_798_279_148_7),
    (200, 60, 0.999_993_658_496_572_6),
    (200, 160, 2.050_697_541_690_438e-8),
];
