//! The maximum of a penalised logistic likelihood.

use super::VisitorParams;
use super::sample::{FEATURES, VisitorSample};
use crate::error::{Error, Result};
use crate::number::exact_sum;
use crate::number::optimize::{End, Evaluation, maximize};
use crate::number::special::{ln_1p_exp, logistic};

/// The name of the model in errors.
const NAME: &str = "the model of visitors";

/// The most that a standard deviation adds: with the default penalty none comes near it.
const MOST_LOG_ODDS: f64 = 60.0;
const MOST_EVALUATIONS: u32 = 200;

/// 1, and then the numbers of a visitor in standard deviations from their means.
type Standard = [f64; FEATURES + 1];

/// The maximum, of visitors and whether they bought.
#[allow(clippy::cast_precision_loss, reason = "visitors are fewer than 2^53")]
pub(super) fn climb(rows: &[(VisitorSample, bool)], penalty: f64) -> Result<VisitorParams> {
    if rows.is_empty() {
        return Err(Error::NothingObserved { what: NAME });
    }
    let buyers = rows.iter().filter(|(_, bought)| *bought).count();
    if buyers == 0 || buyers == rows.len() {
        let direction = if buyers == 0 { "no visitor bought" } else { "every visitor bought" };
        return Err(Error::NoMaximum { direction: direction.into() });
    }
    let of = rows.len() as f64;
    let mean = |term: &dyn Fn(&[f64; FEATURES]) -> f64| {
        exact_sum(rows.iter().map(|(sample, _)| term(&sample.features()))) / of
    };
    let means: [f64; FEATURES] = core::array::from_fn(|at| mean(&|features| features[at]));
    let deviations: [f64; FEATURES] = core::array::from_fn(|at| {
        let square = |features: &[f64; FEATURES]| (features[at] - means[at]) * (features[at] - means[at]);
        mean(&square).sqrt()
    });
    // What is the same of everybody has no digit left to differ in.
    let varies = |at: usize| deviations[at] > 1e-12 * means[at].abs().max(1.0);
    let standard = |sample: &VisitorSample| {
        let mut all: Standard = [1.0; FEATURES + 1];
        for (at, feature) in sample.features().into_iter().enumerate() {
            all[at + 1] = if varies(at) { (feature - means[at]) / deviations[at] } else { 0.0 };
        }
        all
    };
    let rows: Vec<(Standard, bool)> = rows.iter().map(|(sample, bought)| (standard(sample), *bought)).collect();
    let mut start = [0.0; FEATURES + 1];
    start[0] = libm::log(buyers as f64 / (of - buyers as f64));
    let ascent = maximize(start, &[MOST_LOG_ODDS; FEATURES + 1], MOST_EVALUATIONS, |at| evaluate(&rows, at, penalty));
    if ascent.end != End::Maximum {
        let gradient_norm = ascent.evaluation.gradient_norm();
        return Err(Error::NotConverged { model: NAME, evaluations: ascent.evaluations, gradient_norm });
    }
    let of_number = |at: usize| if varies(at) { ascent.point[at + 1] / deviations[at] } else { 0.0 };
    let coefficients: [f64; FEATURES] = core::array::from_fn(of_number);
    let shift: f64 = coefficients.iter().zip(means).map(|(coefficient, mean)| coefficient * mean).sum();
    let [views, searches, favourites, carts, recency, visit_days, categories] = coefficients;
    let intercept = ascent.point[0] - shift;
    Ok(VisitorParams { intercept, views, searches, favourites, carts, recency, visit_days, categories })
}

/// The likelihood less the penalty, at coefficients by standard deviations.
fn evaluate(rows: &[(Standard, bool)], at: &Standard, penalty: f64) -> Evaluation<{ FEATURES + 1 }> {
    let mut whole = Evaluation::<{ FEATURES + 1 }>::ZERO;
    for (numbers, bought) in rows {
        let log_odds: f64 = numbers.iter().zip(at).map(|(number, coefficient)| number * coefficient).sum();
        let p = logistic(log_odds);
        whole.value -= ln_1p_exp(if *bought { -log_odds } else { log_odds });
        let (error, curvature) = (f64::from(*bought) - p, p * (1.0 - p));
        for (row, one) in numbers.iter().enumerate() {
            whole.gradient[row] += error * one;
            for (column, other) in numbers.iter().enumerate().skip(row) {
                whole.hessian[row][column] -= curvature * one * other;
            }
        }
    }
    for (index, coefficient) in at.iter().enumerate().skip(1) {
        whole.value -= 0.5 * penalty * coefficient * coefficient;
        whole.gradient[index] -= penalty * coefficient;
        whole.hessian[index][index] -= penalty;
    }
    whole.mirrored()
}
