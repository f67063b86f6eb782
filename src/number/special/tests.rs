//! Tests against tables of 50 digits and more (`tests/data/special.py`), and of laws that hold for every argument.

use proptest::prelude::*;

use super::gamma::ln_gamma;
use super::quadrature::integrate;
use super::*;
use crate::number::golden::{Worst, rows};

/// Compares a function with the rows of its name, or with all where rows have none; the last column is the value.
#[track_caller]
fn check(table: &str, function: &str, f: &dyn Fn(&[f64]) -> f64, floor: f64, limit: f64) {
    let mut worst = Worst::default();
    for (_, row) in rows(table).filter(|&(name, _)| name == function || name.parse::<f64>().is_ok()) {
        let (&expected, at) = row.split_last().unwrap();
        worst.see(f(at), expected, floor, at);
    }
    worst.below(limit, function);
}

#[test]
fn gamma_functions_have_their_values() {
    let table = include_str!("../../../tests/data/special_gamma.csv");
    check(table, "ln_gamma", &|at| ln_gamma(at[0]), 1e-2, 1e-13);
    check(table, "trigamma", &|at| trigamma(at[0]), 0.0, 1e-14);
    check(table, "ln_rising", &|at| ln_rising(at[0], at[1]), 1e-2, 1e-13);
    check(table, "digamma_difference", &|at| digamma_difference(at[0], at[1]), 0.0, 1e-14);
    check(table, "trigamma_difference", &|at| trigamma_difference(at[0], at[1]), 0.0, 1e-14);
}

#[test]
fn beta_functions_have_their_values() {
    let table = include_str!("../../../tests/data/special_beta.csv");
    check(table, "ln_beta", &|at| ln_beta(at[0], at[1]), 1e-2, 1e-13);
    check(table, "ln_beta", &|at| ln_beta(at[1], at[0]), 1e-2, 1e-13);
    check(table, "ln_beta_ratio", &|at| ln_beta_ratio(at[0], at[1], at[2]), 0.0, 1e-13);
}

#[test]
fn both_tails_of_the_beta_distribution_have_their_values() {
    let (mut worst_lower, mut worst_upper) = (Worst::default(), Worst::default());
    for (_, row) in rows(include_str!("../../../tests/data/special_incomplete_beta.csv")) {
        let &[a, b, z, expected_lower, expected_upper] = &row[..] else { panic!("{row:?}") };
        let (lower, upper) = regularized_beta(a, b, z, 1.0 - z);
        worst_lower.see(lower, expected_lower, 0.0, &[a, b, z]);
        worst_upper.see(upper, expected_upper, 0.0, &[a, b, z]);
    }
    worst_lower.below(1e-12, "lower tail");
    worst_upper.below(1e-12, "upper tail");
}

#[test]
fn discounted_survival_has_its_values() {
    let table = include_str!("../../../tests/data/special_survival.csv");
    check(table, "discounted_survival", &|at| discounted_survival(at[1] - at[0], at[0], at[2]), 0.0, 1e-13);
}

#[test]
fn logistic_functions_have_their_values() {
    // mpmath, 50 digits.
    let table = [
        (-800.0, 0.0, 0.0),
        (-700.0, 9.859_676_543_759_77e-305, 9.859_676_543_759_77e-305),
        (-40.0, 4.248_354_255_291_589e-18, 4.248_354_255_291_589e-18),
        (-0.5, 0.377_540_668_798_145_4, 0.474_076_984_180_106_7),
        (0.0, 0.5, core::f64::consts::LN_2),
        (1e-3, 0.500_249_999_979_166_7, 0.693_647_305_559_940_1),
        (3.0, 0.952_574_126_822_433_2, 3.048_587_351_573_742),
        (800.0, 1.0, 800.0),
    ];
    for (z, expected_logistic, expected_ln) in table {
        let close = |value: f64, expected: f64| (value - expected).abs() <= 1e-15 * expected;
        assert!(close(logistic(z), expected_logistic), "logistic({z}) = {:e}", logistic(z));
        assert!(close(ln_1p_exp(z), expected_ln), "ln_1p_exp({z}) = {:e}", ln_1p_exp(z));
    }
}

#[test]
fn quadrature_is_exact_for_polynomials_and_close_for_the_rest() {
    // int_1^3 x^39 dx = (3^40 - 1) / 40
    let power = integrate(1.0, 3.0, |x| x.powi(39));
    let expected = (3f64.powi(40) - 1.0) / 40.0;
    assert!((power / expected - 1.0).abs() < 1e-14, "{power:e}");
    let (mut ones, mut power) = (0.0, 0.0);
    visit_nodes(1.0, 3.0, TWELVE_NODES, |x, weight| (ones, power) = (ones + weight, power + weight * x.powi(23)));
    assert!((ones - 2.0).abs() < 1e-15 && (power * 24.0 / (3f64.powi(24) - 1.0) - 1.0).abs() < 1e-14, "{power:e}");
    let panels = integrate_panels(0.0, 30.0, 6, |x| libm::exp(-x));
    assert!((panels + libm::expm1(-30.0)).abs() < 1e-15, "{panels:e}");
    let arch = integrate_panels(-1.0, 1.0, 1, |x| 1.0 / (1.0 + x * x));
    assert!((arch - core::f64::consts::FRAC_PI_2).abs() < 1e-14, "{arch:e}");
}

/// Draws parameters from the smallest to the largest.
fn sizes() -> impl Strategy<Value = f64> {
    (-9.0..10.0).prop_map(|exponent| libm::pow(10.0, exponent))
}

proptest! {
    /// Two ways to the same value, one of them through larger numbers.
    #[test]
    fn differences_add_up(z in sizes(), d in sizes(), e in sizes()) {
        let close = |value: f64, parts: &[f64]| {
            let size: f64 = parts.iter().map(|part| part.abs()).sum();
            (value - parts.iter().sum::<f64>()).abs() <= 1e-13 * size.max(1.0)
        };
        prop_assume!(z + d > z && z + d + e > z + d);
        prop_assert!(close(ln_rising(z, d + e), &[ln_rising(z, d), ln_rising(z + d, e)]));
        prop_assert!(close(digamma_difference(z, d + e), &[digamma_difference(z, d), digamma_difference(z + d, e)]));
        prop_assert!(close(ln_beta_ratio(z, d, e), &[ln_rising(d, e), -ln_rising(z + d, e)]));
        prop_assert!(close(ln_beta_ratio(z, d, e), &[ln_beta_ratio(e, d, z)]));
        prop_assert!(close(ln_beta(z, d), &[ln_gamma(z), -ln_rising(d, z)]));
    }

    /// Tails are probabilities, sum to 1, and swap with the arguments.
    #[test]
    fn tails_are_probabilities(a in sizes(), b in sizes(), z in 0.0..1.0) {
        let (lower, upper) = regularized_beta(a, b, z, 1.0 - z);
        prop_assert!((0.0..=1.0).contains(&lower) && (0.0..=1.0).contains(&upper), "{lower:e} {upper:e}");
        prop_assert!((lower + upper - 1.0).abs() < 1e-13);
        let (swapped_upper, swapped_lower) = regularized_beta(b, a, 1.0 - z, z);
        prop_assert!((swapped_upper - upper).abs() <= 1e-12 * upper);
        prop_assert!((swapped_lower - lower).abs() <= 1e-12 * lower);
    }

    /// Checks the bounds of one term of the sum and of the sum of all discounts.
    #[test]
    fn survival_is_bounded(b in sizes(), left in sizes(), discount in 1e-4..10.0) {
        let survival = discounted_survival(left, b, discount);
        let never_leaves = (1.0 + discount) / discount;
        prop_assert!(1.0 <= survival && survival <= never_leaves * (1.0 + 1e-13), "{survival:e}");
    }
}
