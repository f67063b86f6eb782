//! Shops of a few customers, drawn at random: every fit ends, and whatever model it leaves has an answer for each of them.

use repurchase::Error;
use repurchase::predict::{FitOptions, GammaGamma, ModelKind, PurchaseModel, Sample, Samples};
use repurchase::scale::Confidence;

use super::chance::Chance;

/// A number below `end`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 32 bits")]
fn below(chance: &mut Chance, end: u32) -> u32 {
    (chance.uniform() * f64::from(end)) as u32
}

/// One to sixty customers of three days or ten years, who never come back, always do, or anything between; amounts all alike,
/// none, tiny and huge.
fn shop(chance: &mut Chance) -> Samples {
    let most = if chance.happens(0.5) { 6 } else { 60 };
    let (customers, span) = (1 + below(chance, most), [3, 30, 365, 3650][below(chance, 4) as usize]);
    let kind = below(chance, 5);
    let customer = |_| {
        let age = below(chance, span + 1);
        let most = age.min([1, 3, 10, 100, 1000][below(chance, 5) as usize]);
        let repeats = match kind {
            0 => 0,
            1 => below(chance, 2).min(age),
            2 => below(chance, most + 1),
            3 => most,
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few")]
            _ => ((3.0 * chance.gamma(0.5)) as u32).min(most),
        };
        let recency = if repeats > 0 { repeats + below(chance, age - repeats + 1) } else { 0 };
        let mean = match below(chance, 6) {
            0 => 10.0,
            1 => 0.0,
            2 => 1e9 * chance.uniform(),
            3 => 1e-6,
            _ => (5.0 + 3.0 * chance.normal()).abs(),
        };
        let sample = Sample::new(repeats, recency.into(), age.into()).unwrap();
        if repeats > 0 && chance.happens(0.9) { sample.with_mean_spend(mean).unwrap() } else { sample }
    };
    (0..customers).map(customer).collect()
}

fn every_fit_ends(shops: u64) {
    let options = FitOptions::default();
    for seed in 0..shops {
        let samples = shop(&mut Chance(seed * 7919 + 1));
        for kind in ModelKind::ALL {
            let fit = match kind.fit(&samples, &options) {
                Ok(fit) => fit,
                Err(Error::NothingObserved { .. }) => continue,
                Err(error) => panic!("{seed} {kind:?}: {error}"),
            };
            let report = fit.report();
            assert!(report.log_likelihood.is_finite() && report.gradient_norm.is_finite(), "{seed} {report:?}");
            for one in report.identifications() {
                assert!(
                    one.likelihood_ratio.is_finite() && one.largest_error.is_none_or(f64::is_finite),
                    "{seed} {one:?}"
                );
            }
            for (sample, horizon) in samples.iter().flat_map(|(sample, _)| [0, 90].map(|horizon| (sample, horizon))) {
                let model = fit.model();
                let chances = [model.probability_alive(&sample), model.probability_buys(&sample, horizon)];
                assert!(chances.iter().all(|chance| (0.0..=1.0).contains(chance)), "{seed} {kind:?} {sample:?}");
                assert!(model.expected_purchases(&sample, horizon).is_finite());
                let interval = model.interval_of_purchases(&sample, Confidence::default(), horizon).unwrap();
                assert!(interval.low <= interval.high);
                let next = model.next_purchase(&sample, horizon);
                assert!(next.early_days <= next.late_days);
            }
        }
        match GammaGamma::fit(&samples, &options) {
            Ok(fit) => assert!(fit.report().gradient_norm.is_finite(), "{seed} {fit:?}"),
            Err(Error::NoCustomers { .. }) => {}
            Err(error) => panic!("{seed}: {error}"),
        }
    }
}

#[test]
fn every_fit_of_a_small_shop_ends() {
    every_fit_ends(30);
}

/// Some minutes with optimisation.
#[test]
#[ignore = "ten thousand shops: run with --release"]
fn every_fit_of_ten_thousand_small_shops_ends() {
    every_fit_ends(10_000);
}
