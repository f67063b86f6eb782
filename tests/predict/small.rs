//! Shops of a few customers, drawn at random: every fit ends, and whatever model it leaves has an answer for each of them.

#![allow(clippy::cast_precision_loss, reason = "few customers")]

use repurchase::Error;
use repurchase::predict::{
    Bdw, BgBb, FitOptions, GammaGamma, ModelKind, OpportunitySample, OpportunitySamples, PurchaseModel, RenewalCohort,
    Sample, Samples, Sbg,
};
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

/// Up to three cohorts of up to twelve periods, of whom some, all or none leave in each; and opportunities.
fn renewals_end(chance: &mut Chance) {
    let cohort = |chance: &mut Chance| {
        let (mut there, leaving) = (u64::from(below(chance, 60)), [0.0, 0.1, 0.5, 1.0][below(chance, 4) as usize]);
        let mut survivors = vec![there];
        for _ in 0..=below(chance, 12) {
            there = (0..there).filter(|_| !chance.happens(leaving)).count() as u64;
            survivors.push(there);
        }
        RenewalCohort::new(survivors).unwrap()
    };
    let cohorts: Vec<_> = (0..=below(chance, 3)).map(|_| cohort(chance)).collect();
    let ended = |likelihood: Result<f64, Error>, sum: &dyn Fn() -> f64| match likelihood {
        Ok(found) => assert!((found - sum()).abs() <= 1e-8 * (1.0 + found.abs()), "{found} {} {cohorts:?}", sum()),
        Err(Error::NoCustomers { .. } | Error::NothingObserved { .. }) => {}
        Err(error) => panic!("{error} {cohorts:?}"),
    };
    let options = FitOptions::default();
    let sbg = Sbg::fit(&cohorts, &options);
    ended(sbg.clone().map(|fit| fit.report().log_likelihood), &|| {
        sbg.as_ref().unwrap().model().log_likelihood(&cohorts).unwrap()
    });
    let bdw = Bdw::fit(&cohorts, &options);
    ended(bdw.clone().map(|fit| fit.report().log_likelihood), &|| {
        bdw.as_ref().unwrap().model().log_likelihood(&cohorts).unwrap()
    });
    let yearly = |_| {
        let opportunities = below(chance, 9);
        let recency = below(chance, opportunities + 1);
        let repeats = if recency > 0 { 1 + below(chance, recency) } else { 0 };
        OpportunitySample::new(repeats, recency, opportunities).unwrap()
    };
    let samples: OpportunitySamples = (0..20).map(yearly).collect();
    let fit = BgBb::fit(&samples, &options);
    ended(fit.clone().map(|fit| fit.report().log_likelihood), &|| {
        let model = fit.as_ref().unwrap().model();
        samples.iter().map(|(sample, customers)| customers as f64 * model.log_likelihood(&sample)).sum()
    });
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
            // What is reported is the likelihood of the model that is returned.
            let each = samples.iter().map(|(sample, customers)| customers as f64 * fit.model().log_likelihood(&sample));
            let sum: f64 = each.sum();
            assert!(
                (report.log_likelihood - sum).abs() <= 1e-8 * (1.0 + sum.abs()),
                "{seed} {kind:?} {report:?} {sum}"
            );
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
            Ok(fit) => {
                assert!(fit.report().gradient_norm.is_finite(), "{seed} {fit:?}");
                let each = samples.spends().filter(|&(_, mean, _)| mean > 0.0).map(|(repeats, mean, customers)| {
                    let sample = Sample::new(repeats, 1.0, 1.0).unwrap().with_mean_spend(mean).unwrap();
                    customers as f64 * fit.model().log_likelihood(&sample).unwrap()
                });
                let (sum, found) = (each.sum::<f64>(), fit.report().log_likelihood);
                assert!((found - sum).abs() <= 1e-6 * (1.0 + sum.abs()), "{seed} {found} {sum} {fit:?}");
            }
            Err(Error::NoCustomers { .. }) => {}
            Err(error) => panic!("{seed}: {error}"),
        }
        renewals_end(&mut Chance(seed * 7919 + 2));
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
