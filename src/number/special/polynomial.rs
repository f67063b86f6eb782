//! Polynomials, and their differences without cancellation.

/// `c[0] + c[1] y + c[2] y^2 + ...`
pub(crate) fn polynomial(c: &[f64], y: f64) -> f64 {
    c.iter().rev().fold(0.0, |sum, &c| sum * y + c)
}

/// `p(u)` and the divided difference `(p(u) - p(v)) / (u - v)` of the polynomial `p` with the coefficients `c`.
pub(crate) fn divided_difference(c: &[f64], u: f64, v: f64) -> (f64, f64) {
    // With p(y) = c + y r(y): p(u) - p(v) = (u - v) r(u) + v (r(u) - r(v)).
    c.iter().rev().fold((0.0, 0.0), |(r, d), &c| (c + u * r, r + v * d))
}

/// `1 / first`, `1 / (first + step)` and so on.
pub(crate) const fn reciprocals<const N: usize>(first: f64, step: f64) -> [f64; N] {
    let (mut reciprocals, mut divisor, mut i) = ([0.0; N], first, 0);
    while i < N {
        reciprocals[i] = 1.0 / divisor;
        divisor += step;
        i += 1;
    }
    reciprocals
}
