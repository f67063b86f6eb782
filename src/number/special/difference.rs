//! The growth of the logarithm of the gamma function, and of its derivatives, from `z` to `z + d`.
//!
//! The difference of two values loses all digits where `d` is small beside `z`; these do not.

use super::gamma::{DIGAMMA, LARGE, LN_GAMMA, TRIGAMMA};
use super::polynomial::divided_difference;

/// The number of factors up to which a product is quicker than the logarithms of Stirling's formula.
const FEW: f64 = 16.0;

/// Whether `d` is a whole number, small enough for a product of as many factors of the size of `z` to stay finite.
pub(crate) fn is_few(z: f64, d: f64) -> bool {
    d <= FEW && d.fract() == 0.0 && z < 1e15
}

/// The logarithm of the rising factorial, `ln Gamma(z + d) - ln Gamma(z)`, for `z > 0` and `d >= 0`.
pub(crate) fn ln_rising(z: f64, d: f64) -> f64 {
    if is_few(z, d) {
        let (mut product, mut i) = (1.0, 0.0);
        while i < d {
            product *= z + i;
            i += 1.0;
        }
        return libm::log(product);
    }
    // Gamma(z + 1 + d) / Gamma(z + 1) is (z + d) / z times Gamma(z + d) / Gamma(z); the product less one.
    let (mut z, mut excess) = (z, 0.0);
    while z < LARGE {
        let factor = d / z;
        excess += factor + excess * factor;
        z += 1.0;
    }
    let (u, v) = (1.0 / (z + d), 1.0 / z);
    let (remainder, slope) = divided_difference(&LN_GAMMA, u * u, v * v);
    let less = d * u * v * (remainder + v * (u + v) * slope);
    (z - 0.5) * libm::log1p(d * v) - d + d * libm::log(z + d) - less - libm::log1p(excess)
}

/// The derivative of [`ln_rising`] by `z`: `digamma(z + d) - digamma(z)`.
pub(crate) fn digamma_difference(z: f64, d: f64) -> f64 {
    let (mut z, mut below) = (z, 0.0);
    if d <= FEW && d.fract() == 0.0 {
        let mut i = 0.0;
        while i < d {
            below += 1.0 / (z + i);
            i += 1.0;
        }
        return below;
    }
    while z < LARGE {
        below += d / (z + d) / z;
        z += 1.0;
    }
    let (u, v) = (1.0 / (z + d), 1.0 / z);
    let (series, slope) = divided_difference(&DIGAMMA, u * u, v * v);
    // The series is u^2 p(u^2): u^2 p(u^2) - v^2 p(v^2) = (u - v) (u + v) [p(u^2) + v^2 slope].
    libm::log1p(d * v) + d * u * v * (0.5 + (u + v) * (series + v * v * slope)) + below
}

/// The second derivative of [`ln_rising`] by `z`: `trigamma(z + d) - trigamma(z)`.
pub(crate) fn trigamma_difference(z: f64, d: f64) -> f64 {
    let (mut z, mut below) = (z, 0.0);
    while z < LARGE {
        let (u, v) = (1.0 / (z + d), 1.0 / z);
        below += d * u * v * (u + v);
        z += 1.0;
    }
    let (u, v) = (1.0 / (z + d), 1.0 / z);
    let (series, slope) = divided_difference(&TRIGAMMA, u * u, v * v);
    // The series is u^3 p(u^2): u^3 p(u^2) - v^3 p(v^2) = (u - v) [(u^2 + u v + v^2) p(u^2) + v^3 (u + v) slope].
    let powers = (u * u + u * v + v * v) * series + v * v * v * (u + v) * slope;
    -d * u * v * (1.0 + 0.5 * (u + v) + powers) - below
}
