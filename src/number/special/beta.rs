//! The logarithm of the beta function, and how it falls as an argument grows.

use super::difference::{is_few, ln_rising};
use super::gamma::{DIGAMMA, LARGE, LN_GAMMA, ln_gamma, stirling_remainder};

/// `ln(2 pi) / 2`.
const HALF_LN_TAU: f64 = 0.918_938_533_204_672_7;

/// `ln B(a, b)` for `a, b > 0`.
///
/// Three log-gammas would cancel: where both arguments are large, Stirling's formula does it beforehand.
pub(crate) fn ln_beta(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low < LARGE {
        return ln_gamma(low) - ln_rising(high, low);
    }
    let share = low / high;
    let remainder = stirling_remainder(low) + stirling_remainder(high) - stirling_remainder(low + high);
    (low - 0.5) * libm::log(low / (low + high)) - high * libm::log1p(share) - 0.5 * libm::log(high)
        + (HALF_LN_TAU + remainder)
}

/// `ln [B(a, b + x) / B(a, b)]` for `a, b > 0` and `x >= 0`: the sum of `ln((b + i) / (a + b + i))` over whole `i < x`,
/// and what continues it in between.
///
/// Exact to rounding also where `a` is small beside `b`, or both are huge: it is the mixed second difference of
/// `ln Gamma` at `b` by `a` and `x`, and nothing in it cancels.
pub(crate) fn ln_beta_ratio(a: f64, b: f64, x: f64) -> f64 {
    if is_few(a, x) {
        let (mut excess, mut i) = (0.0, 0.0);
        while i < x {
            let factor = a / (b + i);
            excess += factor + excess * factor;
            i += 1.0;
        }
        return -libm::log1p(excess);
    }
    let (mut b, mut excess) = (b, 0.0);
    // One step up in b divides by (b + a) (b + x) / (b (b + a + x)) = 1 + a x / (b (b + a + x)).
    while b < LARGE {
        let factor = f64::min(a / b * (x / (b + a + x)), 1e300);
        excess += factor + excess * factor;
        b += 1.0;
    }
    let (by_a, by_x) = (b + a, b + x);
    let main = (b - 0.5) * ln_joint(a, b, x) + a * libm::log1p(x / by_a) + x * libm::log1p(a / by_x);
    let reciprocal = reciprocal(a, b, x);
    let remainder = reciprocal.times(reciprocal).series(&LN_GAMMA).times(reciprocal);
    -(main + remainder.mixed + libm::log1p(excess))
}

/// The mixed second difference of the digamma function at `b > 0` by `a > 0` and `x >= 0`, which is not above 0:
/// `digamma(b + a + x) - digamma(b + a) - digamma(b + x) + digamma(b)`, minus the derivative of [`ln_beta_ratio`] by `b`.
pub(crate) fn digamma_second_difference(a: f64, b: f64, x: f64) -> f64 {
    let (mut b, mut below) = (b, 0.0);
    while b < LARGE {
        below += reciprocal(a, b, x).mixed;
        b += 1.0;
    }
    let reciprocal = reciprocal(a, b, x);
    let square = reciprocal.times(reciprocal);
    ln_joint(a, b, x) - (0.5 * reciprocal.mixed + square.series(&DIGAMMA).times(square).mixed + below)
}

/// The mixed second difference of the logarithm at `b` by `a` and `x`.
fn ln_joint(a: f64, b: f64, x: f64) -> f64 {
    let (by_a, by_x, both) = (b + a, b + x, b + a + x);
    let joint = a / by_a * (x / by_x);
    if joint < 0.5 { libm::log1p(-joint) } else { libm::log(b / by_a * (both / by_x)) }
}

/// `1 / b`, by `a` and `x`.
fn reciprocal(a: f64, b: f64, x: f64) -> Corners {
    let (by_a, by_x, both) = (b + a, b + x, b + a + x);
    Corners {
        value: 1.0 / b,
        by_a: -a / by_a / b,
        by_x: -x / by_x / b,
        mixed: a / by_a / b * (x / by_x) * ((b + both) / both),
    }
}

/// A function at `b`, what it gains by `a` and by `x`, and its mixed second difference by both: no sums that cancel.
#[derive(Clone, Copy, Default)]
struct Corners {
    value: f64,
    by_a: f64,
    by_x: f64,
    mixed: f64,
}

impl Corners {
    /// The polynomial in this function of these coefficients, the constant one first.
    fn series(self, coefficients: &[f64]) -> Self {
        coefficients.iter().rev().fold(Self::default(), |sum, &c| {
            let product = sum.times(self);
            Self { value: product.value + c, ..product }
        })
    }

    /// The same of the product of two functions.
    fn times(self, other: Self) -> Self {
        let (f, g) = (self, other);
        Self {
            value: f.value * g.value,
            by_a: (f.value + f.by_a) * g.by_a + f.by_a * g.value,
            by_x: (f.value + f.by_x) * g.by_x + f.by_x * g.value,
            mixed: (f.value + f.by_a + f.by_x + f.mixed) * g.mixed
                + f.by_a * g.by_x
                + f.by_x * g.by_a
                + f.mixed * (g.value + g.by_a + g.by_x),
        }
    }
}
