//! The regularized incomplete beta function: both tails of the beta, binomial and negative binomial distributions.

use super::beta::ln_beta;
use super::difference::ln_rising;
use super::gamma::{LARGE, stirling_remainder};
use super::polynomial::{polynomial, reciprocals};

/// The last step of a continued fraction that has all digits.
const EXACT: f64 = 5e-16;

/// The most steps, enough for arguments up to 1e10.
const MOST_STEPS: u32 = 1_000_000;

/// `I_z(a, b)` and `1 - I_z(a, b)` for `a, b > 0`, of `z` and `y = 1 - z` in `[0, 1]`, each exact to rounding, however
/// small. The steps grow as `sqrt(max(a, b))`.
pub(crate) fn regularized_beta(a: f64, b: f64, z: f64, y: f64) -> (f64, f64) {
    regularized_beta_by(a, b, z, y, EXACT, || beta_kernel(a, b, z, y))
}

/// The same, to a `precision` of the smaller part, given the [`beta_kernel`], which is not asked for where a series is the
/// quicker way.
pub(crate) fn regularized_beta_by(
    a: f64,
    b: f64,
    z: f64,
    y: f64,
    precision: f64,
    kernel: impl FnOnce() -> f64,
) -> (f64, f64) {
    if z <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let swapped = |(upper, lower): (f64, f64)| (lower, upper);
    let by_fraction = |a: f64, b: f64, z: f64, y: f64| {
        let part = kernel() / fraction(a, b, z, y, precision);
        (part, 1.0 - part)
    };
    if a <= 1.0 && (b <= 1.0 && z <= 0.5 || b > 1.0 && b * z <= SMALL) {
        by_series(a, b, z)
    } else if b <= 1.0 && (a <= 1.0 || a * y <= SMALL) {
        swapped(by_series(b, a, y))
    } else if b <= 1.0 || a > 1.0 && z * b <= y * a {
        by_fraction(a, b, z, y)
    } else {
        swapped(by_fraction(b, a, y, z))
    }
}

/// The product of `b` and `z` up to which the terms of the alternating series fall fast.
const SMALL: f64 = 0.7;

/// Sums the series for `a <= 1`, and `z <= 0.5` with `b <= 1` or `b z <= 0.7` with `b > 1`.
///
/// `I_z(a, b) = z^a / (a B(a, b)) [1 + a sum_n (1 - b)_n / n! z^n / (a + n)]`. It is near 1 for small `a`, so its
/// logarithm is summed from parts that are all as small as `a`.
fn by_series(a: f64, b: f64, z: f64) -> (f64, f64) {
    let (mut sum, mut power, mut n) = (0.0_f64, 1.0_f64, 1.0);
    for _ in 0..MOST_STEPS {
        power *= (n - b) / n * z;
        let term = power / (a + n);
        sum += term;
        if term.abs() <= 1e-17 * sum.abs() {
            break;
        }
        n += 1.0;
    }
    let ln = a * libm::log(z) + ln_rising(b, a) - ln_rising(1.0, a) + libm::log1p(a * sum);
    (libm::exp(ln), -libm::expm1(ln))
}

/// Computes the fraction for `z` not far above the mean `a / (a + b)`: the continued fraction of Didonato and Morris
/// (1992, equation 9), by Lentz's method. `I_z(a, b)` is the [`beta_kernel`] over it.
fn fraction(a: f64, b: f64, z: f64, y: f64, precision: f64) -> f64 {
    let from_mean = 1.0 - excess(a, b, z, y);
    let mut fraction = a * from_mean / (a + 1.0);
    let (mut numerators, mut denominators) = (fraction, 0.0);
    for step in (1..=MOST_STEPS).map(f64::from) {
        let at = a + 2.0 * step;
        let left = step * (b - step) * z / (at - 1.0);
        let over = (a + step - 1.0) / (at - 1.0) * (a + b + step - 1.0) * z * left;
        let under = step + left + (a + step) / (at + 1.0) * (from_mean + step * (1.0 + y));
        numerators = under + over / numerators;
        denominators = 1.0 / (under + over * denominators);
        let ratio: f64 = numerators * denominators;
        fraction *= ratio;
        if (ratio - 1.0).abs() < precision {
            break;
        }
    }
    fraction
}

/// `z^a y^b / B(a, b)` of `z` and `y = 1 - z`.
///
/// It is `z y` times the density of the beta distribution of `a` and `b` at `z`; and `n` times the probability that a
/// negative binomial count of shape `b` is `n = a`, where each step goes on with probability `z`.
pub(crate) fn beta_kernel(a: f64, b: f64, z: f64, y: f64) -> f64 {
    if a < LARGE || b < LARGE {
        let ln_z = if y < 0.5 { libm::log1p(-y) } else { libm::log(z) };
        let ln_y = if z < 0.5 { libm::log1p(-z) } else { libm::log(y) };
        return libm::exp(a * ln_z + b * ln_y - ln_beta(a, b));
    }
    // Around the mean, the large logarithms cancel to the sum of two deviances.
    let (sum, excess) = (a + b, excess(a, b, z, y));
    let deviance = a * deviance(excess / a, z * (sum / a)) + b * deviance(-excess / b, y * (sum / b));
    let remainder = stirling_remainder(a) + stirling_remainder(b) - stirling_remainder(sum);
    (a * (b / sum) / core::f64::consts::TAU).sqrt() * libm::exp(-deviance - remainder)
}

/// `z b - y a`: how far `z` lies above the mean, in units of `a + b`.
fn excess(a: f64, b: f64, z: f64, y: f64) -> f64 {
    z * b - y * a
}

/// `u - ln(1 + u)`, given `u` and, where `u` is near -1, a better `1 + u`.
pub(crate) fn deviance(u: f64, one_plus: f64) -> f64 {
    /// `1 / (2k + 3)`.
    const ATANH: [f64; 16] = reciprocals(3.0, 2.0);
    if u.abs() > 0.5 {
        return u - libm::log(one_plus);
    }
    // ln(1 + u) = 2 atanh(r) = 2 (r + r^3 / 3 + ...), and u - 2 r = u r.
    let r = u / (2.0 + u);
    r * (u - 2.0 * r * r * polynomial(&ATANH, r * r))
}
