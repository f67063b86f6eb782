//! The survival of customers who leave with a probability `θ ~ Beta(a, b)` before each step:
//! `S(t) = B(a, b + t) / B(a, b)`.

use crate::error::{Error, Result};
use crate::number::special::{digamma_difference, discounted_survival, ln_beta_ratio};

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
    first(a, b) * (1.0 + next * rest)
}

/// `Σ S(t) (1 + discount)^-(t - 1)` over `t >= 1`.
pub(in crate::predict) fn discounted(a: f64, b: f64, discount: f64) -> f64 {
    first(a, b) * discounted_survival(b + 1.0, a + b + 1.0, discount)
}

/// Checks that a discount rate is finite and at least `1e-9`: a smaller one discounts nothing in the life of any shop.
pub(in crate::predict) fn rate(found: f64) -> Result<f64> {
    let (is_rate, expected) = (found.is_finite() && found >= 1e-9, "finite and 1e-9 or more");
    if is_rate { Ok(found) } else { Err(Error::Number { field: "discount", found, expected }) }
}
