//! The logarithm of the gamma function, its second derivative, and their series for large arguments.

use super::polynomial::polynomial;

/// The argument from which on the eight terms of the series below are exact to rounding.
pub(crate) const LARGE: f64 = 10.0;

/// `B_2k / (2k (2k - 1))`: Stirling's series of `ln Gamma(z) - (z - 1/2) ln z + z - ln(2 pi) / 2`, in `z^(1 - 2k)`.
pub(crate) const LN_GAMMA: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
    -3617.0 / 122_400.0,
];

/// `B_2k / 2k`: the series of `ln z - 1 / (2 z) - digamma(z)`, in `z^(-2k)`.
pub(crate) const DIGAMMA: [f64; 8] =
    [1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 1.0 / 132.0, -691.0 / 32_760.0, 1.0 / 12.0, -3617.0 / 8160.0];

/// `B_2k`: the series of `trigamma(z) - 1 / z - 1 / (2 z^2)`, in `z^(-2k - 1)`.
pub(crate) const TRIGAMMA: [f64; 8] =
    [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0, 7.0 / 6.0, -3617.0 / 510.0];

/// `ln Gamma(z)` for `z > 0`.
pub(crate) fn ln_gamma(z: f64) -> f64 {
    libm::lgamma(z)
}

/// Stirling's `ln Gamma(z) - (z - 1/2) ln z + z - ln(2 pi) / 2`, for `z >= 10`.
pub(crate) fn stirling_remainder(z: f64) -> f64 {
    let u = 1.0 / z;
    u * polynomial(&LN_GAMMA, u * u)
}

/// The second derivative of `ln Gamma`, for `z > 0`.
pub(crate) fn trigamma(z: f64) -> f64 {
    let (mut z, mut below) = (z, 0.0);
    while z < LARGE {
        let u = 1.0 / z;
        below += u * u;
        z += 1.0;
    }
    let u = 1.0 / z;
    u * (1.0 + u * (0.5 + u * polynomial(&TRIGAMMA, u * u))) + below
}
