//! The survival of customers who leave with a probability `θ ~ Beta(a, b)` before each step:
//! `S(t) = B(a, b + t) / B(a, b)`.

use crate::error::{Error, Result};
use crate::number::special::{digamma_difference, discounted_survival, integrate, ln_beta_ratio};

/// `S(1) = b / (a + b)`.
pub(in crate::predict) fn first(a: f64, b: f64) -> f64 {
    1.0 / (1.0 + a / b)
}

/// `Σ S(t)` over `1 <= t <= steps`.
///
/// It is `b / (a - 1) · (1 - Π (b + i) / (a + b + i - 1))`, over `1 <= i <= steps`. Near `a = 1` the difference is taken
/// before it cancels. With `b + 1` in place of `b`, for the steps after the first, nothing overflows.
pub(in crate::predict) fn total(a: f64, b: f64, steps: u32) -> f64 {
    if steps == 0 {
        return 0.0;
    }
    let (next, others, above) = (b + 1.0, f64::from(steps - 1), a - 1.0);
    let rest = if above > 0.0 {
        -libm::expm1(ln_beta_ratio(above, next + 1.0, others)) / above
    } else if above < 0.0 {
        libm::expm1(-ln_beta_ratio(-above, next + a, others)) / -above
    } else {
        digamma_difference(next + 1.0, others)
    };
    // Where nobody leaves, rounding may go beyond.
    f64::min(first(a, b) * (1.0 + next * rest), f64::from(steps))
}

/// `Σ S(t) (1 + discount)^-(t - 1)` over `t >= 1`.
pub(in crate::predict) fn discounted(a: f64, b: f64, discount: f64) -> f64 {
    first(a, b) * discounted_survival(a, b + 1.0, discount)
}

/// Checks that a discount rate is finite and at least `1e-9`: a smaller one discounts nothing in the life of any shop.
pub(in crate::predict) fn rate(found: f64) -> Result<f64> {
    let (is_rate, expected) = (found.is_finite() && found >= 1e-9, "finite and 1e-9 or more");
    if is_rate { Ok(found) } else { Err(Error::Number { field: "discount", found, expected }) }
}

/// The argument from which on a survival function that varies at the pace of a power of 1 is smooth.
pub(in crate::predict) const SMOOTH_FROM: f64 = 64.0;

/// `Σ f(u)` over `1 <= u <= last`, of an `f` that falls and varies over a `pace`-th of its argument; `last` may be
/// infinite where the sum is finite and ends as fast as a power below -2.
///
/// Term by term at first, then Euler and Maclaurin's formula at the midpoints, whose derivatives are taken from central
/// differences; the integral is over panels in proportion to `u`.
pub(in crate::predict) fn smooth_total(last: f64, pace: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut sum, mut next, smooth_from) = (0.0, 1.0, libm::ceil(SMOOTH_FROM * pace));
    while next <= last && next < smooth_from {
        sum += f(next);
        next += 1.0;
    }
    if next > last {
        return sum;
    }
    let correction = |edge: f64| {
        let [first, third, fifth] = [0.5, 1.5, 2.5].map(|far| f(edge + far) - f(edge - far));
        let (cubic, quintic) = (third - 3.0 * first, fifth - 5.0 * third + 10.0 * first);
        first / 24.0 - cubic * (17.0 / 5760.0) + quintic * (367.0 / 967_680.0)
    };
    let (mut low, end) = (next - 0.5, last + 0.5);
    sum += correction(low);
    let (growth, mut panel_before) = (libm::exp2(1.0 / pace), f64::INFINITY);
    while low < end {
        let high = f64::min(low * growth, end);
        let panel = integrate(low, high, &f);
        sum += panel;
        if panel <= 1e-17 * sum && panel <= 0.5 * panel_before {
            return sum;
        }
        (low, panel_before) = (high, panel);
    }
    sum - correction(end)
}
