//! The coordinates of the search.

use super::GammaGammaParams;
use crate::number::optimize::Evaluation;

/// Coordinates in which the search runs straight to a boundary: the precision `h = 1 / (1 / (p x) + 1 / q)` at the average
/// `x`, the odds `t = q / (p x)` and the usual spend `p gamma / q`.
///
/// In `p` and `q` the likelihood has a ridge where `1 / (p x) + 1 / q`, the variance of `ln m`, is that of the sample, and
/// `gamma` runs along with both.
pub(in crate::predict) struct Course {
    /// The average `x`.
    pub(in crate::predict) repeats: f64,
}

impl Course {
    pub(in crate::predict) fn start(&self, p: f64, q: f64) -> [f64; 3] {
        let a = p * self.repeats;
        [a * q / (a + q), q / a, 1.0]
    }

    pub(in crate::predict) fn params(&self, &[precision, odds, usual]: &[f64; 3]) -> GammaGammaParams {
        let (p, q) = (precision * (1.0 + 1.0 / odds) / self.repeats, precision * (1.0 + odds));
        GammaGammaParams { p, q, gamma: usual * odds * self.repeats }
    }

    /// Turns derivatives by the logarithms of `p`, `q`, `gamma` into those by the coordinates.
    pub(in crate::predict) fn derivatives(of: Evaluation<3>, at: &[f64; 3]) -> Evaluation<3> {
        let share = at[1] / (1.0 + at[1]);
        // By ln h: ln p and ln q gain 1. By ln t: ln p, ln q, ln gamma gain `share - 1`, `share`, 1. By the usual
        // spend: ln gamma gains 1.
        let step = |[p, q, gamma]: [f64; 3]| [p + q, (share - 1.0) * p + share * q + gamma, gamma];
        let [p, q, gamma] = of.hessian.map(step);
        let column = |index: usize| step([p[index], q[index], gamma[index]]);
        let mut by =
            Evaluation { gradient: step(of.gradient), hessian: [column(0), column(1), column(2)], value: of.value };
        by.hessian[1][1] += share * (1.0 - share) * (of.gradient[0] + of.gradient[1]);
        // From logarithms to the coordinates themselves.
        for (row, scale) in at.iter().enumerate() {
            by.hessian[row][row] -= by.gradient[row];
            by.gradient[row] /= scale;
            for (column, other) in at.iter().enumerate() {
                by.hessian[row][column] /= scale * other;
            }
        }
        by
    }
}
