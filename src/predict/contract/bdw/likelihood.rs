//! The likelihood of all renewals and its derivatives, for the fit.

use super::Growth;
use crate::number::optimize::Evaluation;
use crate::number::special::{
    digamma_difference, digamma_second_difference, ln_beta_ratio, trigamma, trigamma_difference,
};
use crate::predict::given::renewal::Renewals;

/// `ln L` and its derivatives by `alpha`, `beta` and `c`: at renewal `t`, each customer who comes to it adds `g` or
/// `ln(1 - e^g)`, with the log retention rate `g = ln S(t) - ln S(t - 1)`.
pub(super) fn evaluate(renewals: &Renewals, &[alpha, beta, c]: &[f64; 3]) -> Evaluation<3> {
    let (mut sum, mut age) = (Evaluation::ZERO, 0.0);
    for decisions in &renewals.decisions {
        let (renewed, left, before) = (decisions.renewed, decisions.left, age);
        age += 1.0;
        if renewed + left <= 0.0 {
            continue;
        }
        let (rate, slope, curvature) = ln_retention(alpha, beta, c, before, age);
        // The odds of renewal, and the derivatives of ln(1 - e^g) by g: minus the odds, and minus odds times (1 + odds).
        let odds = if left > 0.0 { 1.0 / libm::expm1(-rate) } else { 0.0 };
        sum.value += renewed * rate + if left > 0.0 { left * ln_complement(rate) } else { 0.0 };
        let (by_rate, by_square) = (renewed - left * odds, -left * odds * (1.0 + odds));
        for row in 0..3 {
            sum.gradient[row] += by_rate * slope[row];
            for column in row..3 {
                sum.hessian[row][column] += by_rate * curvature[row][column] + by_square * slope[row] * slope[column];
            }
        }
    }
    sum.mirrored()
}

/// `ln(1 - e^g)` for `g < 0`.
pub(super) fn ln_complement(g: f64) -> f64 {
    if g > -core::f64::consts::LN_2 { libm::log(-libm::expm1(g)) } else { libm::log1p(-libm::exp(g)) }
}

/// The log of the share of those of one age who renew up to the next, and its derivatives.
///
/// With `F(b) = ln Γ(α + b) - ln Γ(b)` it is `F(β + t₀^c) - F(β + t₁^c)`.
fn ln_retention(alpha: f64, beta: f64, c: f64, from: f64, to: f64) -> (f64, [f64; 3], [[f64; 3]; 3]) {
    let Growth { from: start, by, beyond } = Growth::new(c, from, to);
    let low = beta + start;
    let rate = ln_beta_ratio(alpha, low, by) - alpha * beyond;
    let by_alpha = -digamma_difference(alpha + low, by) - beyond;
    let by_beta = -digamma_second_difference(alpha, low, by);
    let twice_alpha = -trigamma_difference(alpha + low, by);
    let mut curvature = [[twice_alpha, twice_alpha, 0.0], [0.0; 3], [0.0; 3]];
    let mut by_c = 0.0;
    for (age, grown, sign) in [(from, start, 1.0), (to, start + by, -1.0)] {
        if age > 1.0 {
            // The first and second derivatives of t^c by c; F' and F''.
            let (ln_age, at) = (libm::log(age), beta + grown);
            let (first, second) = (grown * ln_age, grown * ln_age * ln_age);
            let (slope, bend) = (digamma_difference(at, alpha), trigamma_difference(at, alpha));
            by_c += sign * slope * first;
            curvature[0][2] += sign * trigamma(alpha + at) * first;
            curvature[1][2] += sign * bend * first;
            // Of larger powers the two cancel, but the first would underflow before.
            curvature[2][2] += if grown < 1e100 { sign * (bend * first * first + slope * second) } else { 0.0 };
        }
        curvature[1][1] += sign * trigamma_difference(beta + grown, alpha);
    }
    (rate, [by_alpha, by_beta, by_c], curvature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::predict::RenewalCohort;

    #[test]
    fn derivatives_are_those_of_the_value() -> Result<()> {
        let cohorts = [RenewalCohort::new(vec![90, 70, 55, 55, 41, 40])?, RenewalCohort::new(vec![30, 22, 0])?];
        let renewals = Renewals::of(&cohorts)?;
        for at in [[0.7, 1.9, 1.4], [3.0, 0.2, 0.3], [20.0, 60.0, 2.5], [0.01, 0.02, 1.0]] {
            let here = evaluate(&renewals, &at);
            for row in 0..3 {
                let step = 1e-5 * at[row];
                let beside = |way: f64| {
                    let mut beside = at;
                    beside[row] += step * way;
                    evaluate(&renewals, &beside)
                };
                let (left, right) = (beside(-1.0), beside(1.0));
                let near = |one: f64, other: f64| (one - other).abs() < 1e-6 * (1.0 + one.abs());
                let slope = (right.value - left.value) / (2.0 * step);
                assert!(near(slope, here.gradient[row]), "{at:?} {row}: {slope} {here:?}");
                for column in 0..3 {
                    let curvature = (right.gradient[column] - left.gradient[column]) / (2.0 * step);
                    assert!(near(curvature, here.hessian[row][column]), "{at:?} {row} {column}: {curvature} {here:?}");
                }
            }
        }
        Ok(())
    }

    #[test]
    fn curvatures_stay_right_where_powers_are_large() -> Result<()> {
        let renewals = Renewals::of(&[RenewalCohort::new(vec![3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2])?])?;
        for c in [60.0, 150.0, 208.0, 460.0] {
            let at = |c: f64| evaluate(&renewals, &[0.19 / c, 0.92, c]);
            let (here, step) = (at(c), 1e-5 * c);
            for row in 0..3 {
                let slope = |way: f64| evaluate(&renewals, &[0.19 / c, 0.92, c + way * step]).gradient[row];
                let curvature = (slope(1.0) - slope(-1.0)) / (2.0 * step);
                let (found, size) = (here.hessian[row][2], 1e-6 * (1.0 + here.hessian[row][row].abs()) / c);
                assert!((found - curvature).abs() < size, "{c} {row}: {found} {curvature}");
            }
        }
        Ok(())
    }

    #[test]
    fn derivatives_stay_right_beyond_the_largest_number() -> Result<()> {
        // Ages in the power of c that no number holds: the retention rate is (1 - 1 / t)^(alpha c).
        let renewals = Renewals::of(&[RenewalCohort::new(vec![90, 70, 55, 51, 41, 40])?])?;
        let (alpha, c) = (1e-4, 3000.0);
        let here = evaluate(&renewals, &[alpha, 1e-3, c]);
        let (renewed, left) = ([55.0, 51.0, 41.0, 40.0], [15.0, 4.0, 10.0, 1.0]);
        let (first_renewal, mut by_c) = (alpha / (alpha + 1e-3), 0.0);
        for (i, t) in (1..4).zip(3..) {
            let ln = (1.0 - 1.0 / f64::from(t)).ln();
            by_c += alpha * ln * (renewed[i] - left[i] / (-alpha * c * ln).exp_m1());
        }
        // At the second renewal, ln Γ(α + β + 1) - ln Γ(β + 1) stands beside α c ln 2.
        let start = libm::lgamma(alpha + 1e-3 + 1.0) - libm::lgamma(1e-3 + 1.0);
        let second = start - alpha * c * 2f64.ln();
        by_c += -alpha * 2f64.ln() * (renewed[0] - left[0] / (-second).exp_m1());
        assert!((here.gradient[2] - by_c).abs() < 1e-9 * by_c.abs(), "{here:?} {by_c} {first_renewal}");
        assert!(here.hessian.iter().flatten().all(|part| part.is_finite()));
        Ok(())
    }
}
