//! Parameters found again in simulated customers.

use repurchase::predict::{FitOptions, ParetoNbd, PurchaseModel, Sample, Samples, TimeUnit};

use super::model;
use crate::chance::Chance;
use crate::tables::{close, count};

/// The model's story: who buys at a rate of one's own until leaving unseen.
fn customer(chance: &mut Chance, [r, alpha, s, beta]: [f64; 4], age: f64) -> Sample {
    let (rate, dropout) = (chance.gamma(r) / alpha, chance.gamma(s) / beta);
    let end = (chance.exponential() / dropout).min(age);
    let seen = chance.customer(rate, end, |_, _| false);
    Sample::new(seen.repeats(), seen.recency_days(), age).unwrap()
}

#[test]
fn finds_parameters_again() {
    let truth = [0.8, 8.0, 0.7, 12.0];
    let customers = if cfg!(debug_assertions) { 8_000 } else { 50_000 };
    let mut chance = Chance(1);
    // Ages of 50 to 149.
    let samples: Samples =
        (0..customers).map(|number| customer(&mut chance, truth, f64::from(50 + number % 100))).collect();
    let fitted = ParetoNbd::fit(&samples, &FitOptions::default().with_unit(TimeUnit::Day)).unwrap().interior().unwrap();
    let (found, errors) = (fitted.model.params(), fitted.standard_errors);
    let found = [(found.r, errors.r), (found.alpha, errors.alpha), (found.s, errors.s), (found.beta, errors.beta)];
    for ((found, error), truth) in found.into_iter().zip(truth) {
        let tolerance = if cfg!(debug_assertions) { 0.2 } else { 0.1 };
        close(found, truth, tolerance, error);
        // Within three standard errors, which are of the size that so many customers should give.
        assert!(
            (found - truth).abs() < 3.0 * error && error < 0.5 * tolerance * truth,
            "{found} ± {error}, truth {truth}"
        );
    }
    // The log-likelihood of the fit is that of its model, and no other parameters near are more likely.
    let log_likelihood = |model: &ParetoNbd| -> f64 {
        samples.iter().map(|(sample, customers)| count(customers) * model.log_likelihood(&sample)).sum()
    };
    let top = fitted.report.log_likelihood;
    close(log_likelihood(&fitted.model), top, 1e-13, "ln L");
    for (place, factor) in (0..4).flat_map(|place| [(place, 0.98), (place, 1.02)]) {
        let mut beside = found.map(|(parameter, _)| parameter);
        beside[place] *= factor;
        assert!(log_likelihood(&model(&beside, TimeUnit::Day)) < top, "{place} {factor}");
    }
}
