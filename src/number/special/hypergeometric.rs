//! Gauss's hypergeometric function with a parameter of 1: discounted survival with beta-distributed dropout.

/// The most steps, enough for discount rates down to 1e-10.
const MOST_STEPS: u32 = 1_000_000;

/// `2F1(1, b; c; 1 / (1 + d))` for a discount rate `d > 0` and `c = a + b`, `a, b > 0`: the sum of `(b)_n / (c)_n (1 + d)^-n`.
///
/// Pfaff's transformation makes it `(1 + d) / d * 2F1(1, c - b; c; -1 / d)`, whose continued fraction (Gauss's) has
/// positive terms only. It takes about `10 / sqrt(d)` steps where `d` is small.
pub(crate) fn discounted_survival(a: f64, b: f64, discount: f64) -> f64 {
    let (both, w) = (a + b, 1.0 / discount);
    // Lentz's method: the fraction 1 + k1 w / (1 + k2 w / (1 + ...)) is the product of the ratios of its convergents.
    let (mut fraction, mut numerators, mut denominators) = (1.0, 1.0, 0.0);
    let mut term = a / both * w;
    let (mut m, mut odd) = (0.0, true);
    for _ in 0..MOST_STEPS {
        numerators = 1.0 + term / numerators;
        denominators = 1.0 / (1.0 + term * denominators);
        let ratio: f64 = numerators * denominators;
        fraction *= ratio;
        // Three roundings; the convergents lie on alternate sides.
        if (ratio - 1.0).abs() < 5e-16 {
            break;
        }
        if odd {
            m += 1.0;
        }
        odd = !odd;
        let at = both + 2.0 * m;
        term = w * if odd {
            (a + m) / at * ((both - 1.0 + m) / (at - 1.0))
        } else {
            m / (at - 1.0) * ((b + m - 1.0) / (at - 2.0))
        };
    }
    (1.0 + w) / fraction
}
