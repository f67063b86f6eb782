//! The density of a customer's mean spend, and the likelihood with its derivatives.

use super::GammaGammaParams;
use crate::number::optimize::Evaluation;
use crate::number::special::{
    deviance, digamma_difference, ln_beta, stirling_remainder, trigamma, trigamma_difference,
};
use crate::number::weight::count;

#[derive(Clone, Copy)]
pub(in crate::predict) struct Row {
    pub(in crate::predict) repeats: u32,
    pub(super) customers: f64,
    pub(super) total: f64,
    pub(super) ln_total: f64,
}

impl Row {
    /// Makes a row with amounts in units of `unit`.
    pub(in crate::predict) fn new(repeats: u32, mean: f64, customers: u64, unit: f64) -> Self {
        let total = mean * f64::from(repeats) / unit;
        Self { repeats, customers: count(customers), total, ln_total: libm::log(total) }
    }
}

/// `u = s / (gamma + s)` of a total spend `s`, its complement and both logarithms, none of them by cancellation.
pub(in crate::predict) struct Odds {
    u: f64,
    w: f64,
    ln_u: f64,
    ln_w: f64,
}

impl Odds {
    pub(in crate::predict) fn of(row: &Row, gamma: f64) -> Self {
        let ln_ratio = row.ln_total - libm::log(gamma);
        if row.total < gamma {
            let ratio = row.total / gamma;
            let ln_w = -libm::log1p(ratio);
            Self { u: ratio / (1.0 + ratio), w: 1.0 / (1.0 + ratio), ln_u: ln_w + ln_ratio, ln_w }
        } else {
            let ratio = gamma / row.total;
            let ln_u = -libm::log1p(ratio);
            Self { u: 1.0 / (1.0 + ratio), w: ratio / (1.0 + ratio), ln_u, ln_w: ln_u - ln_ratio }
        }
    }
}

/// The size of both shapes from which on the density is computed around its mean.
const LARGE: f64 = 10.0;

/// `p x` and `q`, prepared for densities, once for each different `x`.
pub(in crate::predict) struct Shape {
    /// `p x`.
    a: f64,
    /// `q`.
    b: f64,
    /// The part that does not depend on the spend.
    constant: f64,
}

impl Shape {
    pub(in crate::predict) fn of(repeats: u32, params: GammaGammaParams) -> Self {
        let (a, b) = (params.p * f64::from(repeats), params.q);
        let constant = if a < LARGE || b < LARGE {
            -ln_beta(a, b)
        } else {
            let remainder = stirling_remainder(a) + stirling_remainder(b) - stirling_remainder(a + b);
            0.5 * libm::log(a * (b / (a + b)) / core::f64::consts::TAU) - remainder
        };
        Self { a, b, constant }
    }

    /// `ln [u^a w^b / B(a, b)]`, the density of `ln m`.
    pub(in crate::predict) fn ln_density(&self, odds: &Odds) -> f64 {
        let Self { a, b, constant } = *self;
        if a < LARGE || b < LARGE {
            return constant + a * odds.ln_u + b * odds.ln_w;
        }
        // Around the mean, the large logarithms cancel to the sum of two deviances.
        let (sum, excess) = (a + b, odds.u * b - odds.w * a);
        constant - a * deviance(excess / a, odds.u * (sum / a)) - b * deviance(-excess / b, odds.w * (sum / b))
    }
}

/// Sums over the customers of one `x`.
#[derive(Default)]
struct Sums {
    customers: f64,
    ln_u: f64,
    ln_w: f64,
    u: f64,
    w: f64,
    u_w: f64,
    /// The slope of `q u - p x w` by `ln gamma`.
    excess: f64,
}

/// The sum over customers of the log density of `ln m`, with its derivatives by the logarithms of `p`, `q`, `gamma`.
/// Rows ascend by `x`.
pub(in crate::predict) fn evaluate(rows: &[Row], params: GammaGammaParams) -> Evaluation<3> {
    let part = |part: usize| {
        rows.get(part * PART..).map_or(Evaluation::ZERO, |rows| sum(&rows[..rows.len().min(PART)], params))
    };
    Evaluation::sum(rows.len().div_ceil(PART), part).mirrored()
}

/// Rows of a part: some hundred microseconds of work.
pub(in crate::predict) const PART: usize = 1 << 12;

/// Sums the values, the gradients and the upper halves of the Hessians of rows.
fn sum(rows: &[Row], params: GammaGammaParams) -> Evaluation<3> {
    let mut all = Evaluation::ZERO;
    for same in rows.chunk_by(|left, right| left.repeats == right.repeats) {
        let Some(repeats) = same.first().map(|row| row.repeats) else { continue };
        let (shape, mut sums) = (Shape::of(repeats, params), Sums::default());
        let Shape { a, b, .. } = shape;
        for row in same {
            let (customers, odds) = (row.customers, Odds::of(row, params.gamma));
            all.value += customers * shape.ln_density(&odds);
            sums.customers += customers;
            sums.ln_u += customers * odds.ln_u;
            sums.ln_w += customers * odds.ln_w;
            sums.u += customers * odds.u;
            sums.w += customers * odds.w;
            sums.u_w += customers * odds.u * odds.w;
            sums.excess += customers * (b * odds.u - a * odds.w);
        }
        let by_p = a * (sums.customers * digamma_difference(a, b) + sums.ln_u);
        let by_q = b * (sums.customers * digamma_difference(b, a) + sums.ln_w);
        all.gradient[0] += by_p;
        all.gradient[1] += by_q;
        all.gradient[2] += sums.excess;
        all.hessian[0][0] += by_p + a * a * sums.customers * trigamma_difference(a, b);
        all.hessian[0][1] += a * b * sums.customers * trigamma(a + b);
        all.hessian[0][2] -= a * sums.w;
        all.hessian[1][1] += by_q + b * b * sums.customers * trigamma_difference(b, a);
        all.hessian[1][2] += b * sums.u;
        all.hessian[2][2] -= (a + b) * sums.u_w;
    }
    all
}
