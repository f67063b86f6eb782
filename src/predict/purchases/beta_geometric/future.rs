//! The future purchases of a customer who is alive, under BG/NBD and MBG/NBD.
//!
//! The purchase rate is gamma distributed, by shape and rate: the number of purchases in a time `t` would be negative
//! binomial. After each further purchase the customer leaves with a probability `p ~ Beta(a, b)`.

use crate::number::special::{beta_kernel, ln_beta_ratio, reciprocals, regularized_beta};

/// The mean of `1 - p` at the next chance to leave, of a customer who has stayed after `chances` of them.
pub(in crate::predict) fn stay(a: f64, b: f64, chances: u32) -> f64 {
    let b = b + f64::from(chances);
    b / (a + b)
}

/// The expected number of purchases within `odds` times the rate, of a customer alive now who has stayed after
/// `chances` chances to leave; all of `shape`, `a`, `b` positive, `odds >= 0`. `stays` gives [`stay`] of the same `a`
/// and `b`.
///
/// # Formula
///
/// The mean of `(1 - (1 + p odds)^-shape) / p` over `p ~ Beta(a, b + chances)`, right to 1e-13 of its value for
/// parameters from 1e-4 to 1e6, and beyond. Unlike in the textbooks' form by Gauss's hypergeometric function, nothing
/// cancels, and `a = 1` is no special case.
///
/// At most some 2,000 quick steps, one for each possible number of purchases, or a few hundred slow ones.
pub(in crate::predict) fn expected_purchases(
    shape: f64,
    odds: f64,
    [a, b]: [f64; 2],
    chances: u32,
    stays: impl Fn(u32) -> f64,
) -> f64 {
    if odds <= 0.0 {
        return 0.0;
    }
    let odds = f64::min(odds, MOST_EXPECTED / (shape + 1.0));
    // Counts matter up to the mean, some deviations and the geometric tail.
    let mean = shape * odds;
    let is_short = mean.max(odds) < 32.0;
    if is_short || mean <= MOST_MEAN && mean + 8.0 * (mean * (1.0 + odds)).sqrt() + 36.0 * odds <= MOST_COUNTS {
        by_counts(shape, odds, chances, stays)
    } else {
        by_dropout(shape, odds, a, b + f64::from(chances))
    }
}

/// The number of terms up to which the sum over counts is the quicker way.
const MOST_COUNTS: f64 = 2000.0;

/// The mean up to which the likeliest count is at most `e^600` times as likely as no purchase, which does not overflow.
const MOST_MEAN: f64 = 600.0;

/// The cap on expected purchases without dropout: beyond, the smallest dropout probabilities that matter underflow.
const MOST_EXPECTED: f64 = 1e299;

/// A number of steps beyond what either way takes: a NaN must not run for ever.
const MOST_STEPS: u32 = 100_000;

/// `1 / n` from `n = 1`.
const INVERSES: [f64; 127] = reciprocals(1.0, 1.0);

/// The expected purchases, by the number `n` that there would be without dropout: the sum of `P(n) H(n)` with
/// `H(n) = sum_{j < n} E[(1 - p)^j]`. All terms are positive.
fn by_counts(shape: f64, odds: f64, chances: u32, stays: impl Fn(u32) -> f64) -> f64 {
    let z = odds / (1.0 + odds);
    // In units of P(0), so that P(0) need not be known: the probabilities add up to one.
    let (mut probability, mut probabilities) = (1.0, 1.0);
    let (mut survival, mut made, mut sum) = (1.0, 0.0, 0.0);
    for n in 0..MOST_STEPS {
        // P(n + 1) = P(n) z (shape + n) / (n + 1).
        let inverse = INVERSES.get(n as usize).copied().unwrap_or_else(|| 1.0 / (f64::from(n) + 1.0));
        let growth = z * (shape + f64::from(n)) * inverse;
        probability *= growth;
        probabilities += probability;
        made += survival;
        survival *= stays(chances.saturating_add(n));
        let term = probability * made;
        sum += term;
        // Once they fall, the terms fall about as fast as a geometric series.
        if term <= 1e-15 * sum * (1.0 - growth) {
            break;
        }
    }
    sum / probabilities
}

/// A share of the sum that is negligible.
const NOTHING: f64 = 1e-18;

/// The expected purchases, by the trapezoidal rule over the log-odds of the dropout probability.
///
/// The integrand is analytic in a strip around the real line and falls exponentially on both sides, so that the rule
/// converges exponentially; its ends are summed as geometric series. It rises to one peak and falls.
fn by_dropout(shape: f64, odds: f64, a: f64, b: f64) -> f64 {
    let total = a + b;
    let (p0, q0) = (a / total, b / total);
    // The rule's error is the Fourier transform of the integrand at 2 pi / step. Of the beta density alone it is a
    // ratio of gamma functions, below 1e-16 from this frequency on whatever a and b; the purchases vary no faster.
    let precision = a * q0;
    let step = core::f64::consts::TAU / (676.0 + 80.0 * precision).sqrt();

    // p, and p^a (1 - p)^b in units of its peak at p0, by the distance of the log-odds of p from those of p0.
    let at = |distance: f64| {
        // The logarithm of p0 e^distance + q0, from the smaller share.
        if p0 < 0.5 {
            let ln_total = libm::log1p(p0 * libm::expm1(distance));
            (p0 * libm::exp(distance - ln_total), libm::exp(a * distance - total * ln_total))
        } else {
            let odds_against = libm::expm1(-distance);
            let less = if odds_against.is_finite() { libm::log1p(q0 * odds_against) } else { libm::log(q0) - distance };
            (p0 * libm::exp(-less), libm::exp(-b * distance - total * less))
        }
    };
    let (mut sum, mut weights) = (purchases(shape, odds, p0), 1.0);
    // Each end of the integrand, by x = p / (1 - p) towards p = 0 and its inverse towards p = 1, is c x^decay (1 + slope x
    // + ...), straight where `bend` times x is small.
    let last = purchases(shape, odds, 1.0);
    let slope = -total - 0.5 * (shape + 1.0) * odds;
    let slope_of_one = -total + 1.0 - shape * odds / (1.0 + odds) * (1.0 - last) / last;
    for (way, decay, slope, bend) in [(-step, a, slope, 1.0 - slope), (step, b, slope_of_one, 1.0 + total + shape)] {
        for distance in (1..MOST_STEPS).map(|i| way * f64::from(i)) {
            let (p, weight) = at(distance);
            let term = weight * purchases(shape, odds, p);
            sum += term;
            weights += weight;
            let x = if way < 0.0 { p } else { q0 / p0 * libm::exp(-distance) };
            if bend * x < NEARLY {
                sum += term * rest(decay * step, step, slope * x);
                break;
            }
            if term <= NOTHING * sum {
                break;
            }
        }
    }
    // The rounding of a and b moves the weights of a narrow peak; their own sum moves with them, and has no ends.
    if precision > 1e4 { sum / weights } else { step * sum * beta_kernel(a, b, p0, q0) }
}

/// The size of the second term of the series of an end at which the third is lost.
const NEARLY: f64 = 1e-8;

/// The sum of all terms after one of an end of the trapezoidal rule, in units of that term. It falls by `e^-decay` from
/// step to step, and holds a `second` part that falls by a further `e^-step`.
fn rest(decay: f64, step: f64, second: f64) -> f64 {
    let first = 1.0 / libm::expm1(decay);
    first + second * (1.0 / libm::expm1(decay + step) - first)
}

/// The mean number of purchases of a customer whose dropout probability is `p > 0`.
fn purchases(shape: f64, odds: f64, p: f64) -> f64 {
    -libm::expm1(-shape * libm::log1p(p * odds)) / p
}

/// The probability of exactly `n` purchases within `t`, of a customer alive now; all of `shape`, `rate`, `a`, `b`
/// positive, `t >= 0`.
///
/// # Formula
///
/// `B(a, b + n) / B(a, b) P(N = n) + B(a + 1, b + n - 1) / B(a, b) P(N >= n)`, the second for `n > 0` only, where `N`
/// is the negative binomial number of purchases without dropout: the customer stays through `n`, or leaves at the
/// `n`th. Both terms are right to 1e-12 of themselves, however small, in `O(sqrt(n + shape))` steps.
pub(in crate::predict) fn probability_of_purchases(shape: f64, rate: f64, a: f64, b: f64, n: u32, t: f64) -> f64 {
    let odds = t / rate;
    if n == 0 {
        return libm::exp(-shape * libm::log1p(odds));
    }
    if odds <= 0.0 {
        return 0.0;
    }
    let (within, beyond) = (t / (rate + t), rate / (rate + t));
    let (n, earlier) = (f64::from(n), f64::from(n - 1));
    let exactly = beta_kernel(n, shape, within, beyond) / n;
    let (at_least, _) = regularized_beta(n, shape, within, beyond);
    // Through all earlier purchases, and then the nth.
    let before = libm::exp(ln_beta_ratio(a, b, earlier)) / (a + b + earlier);
    before * ((b + earlier) * exactly + a * at_least)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::number::golden::{Worst, rows};

    fn expected_purchases(shape: f64, rate: f64, a: f64, b: f64, t: f64) -> f64 {
        super::expected_purchases(shape, t / rate, [a, b], 0, |chances| stay(a, b, chances))
    }

    fn by_counts(shape: f64, odds: f64, a: f64, b: f64) -> f64 {
        super::by_counts(shape, odds, 0, |chances| stay(a, b, chances))
    }

    #[test]
    fn expectations_have_their_values() {
        let (mut chosen, mut dropout, mut counts) = (Worst::default(), Worst::default(), Worst::default());
        for (_, row) in rows(include_str!("../../../../tests/data/beta_geometric_expected.csv")) {
            let &[shape, rate, a, b, t, expected] = &row[..] else { panic!("{row:?}") };
            let odds = t / rate;
            chosen.see(expected_purchases(shape, rate, a, b, t), expected, 0.0, &row);
            dropout.see(by_dropout(shape, odds, a, b), expected, 0.0, &row);
            if odds < 100.0 && shape * odds < 600.0 {
                counts.see(by_counts(shape, odds, a, b), expected, 0.0, &row);
            }
        }
        chosen.below(1e-13, "expected purchases");
        dropout.below(1e-13, "by dropout");
        counts.below(1e-13, "by counts");
    }

    #[test]
    fn probabilities_have_their_values() {
        let mut worst = Worst::default();
        for (_, row) in rows(include_str!("../../../../tests/data/beta_geometric_probability.csv")) {
            let &[shape, rate, a, b, n, t, expected] = &row[..] else { panic!("{row:?}") };
            worst.see(probability_of_purchases(shape, rate, a, b, n as u32, t), expected, 0.0, &row);
        }
        worst.below(1e-12, "probability of purchases");
    }

    #[test]
    fn in_no_time_nothing_happens() {
        assert_eq!(expected_purchases(2.0, 3.0, 1.0, 1.0, 0.0).to_bits(), 0);
        assert_eq!(probability_of_purchases(2.0, 3.0, 1.0, 1.0, 0, 0.0).to_bits(), 1f64.to_bits());
        assert_eq!(probability_of_purchases(2.0, 3.0, 1.0, 1.0, 1, 0.0).to_bits(), 0);
    }

    /// Numbers from `10^low` to `10^high`.
    fn sizes(low: f64, high: f64) -> impl Strategy<Value = f64> {
        (low..high).prop_map(|exponent| libm::pow(10.0, exponent))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn probabilities_sum_to_one_and_their_mean_is_expected(
            shape in sizes(-2.0, 1.0), odds in sizes(-3.0, 0.3), a in sizes(-4.0, 3.0), b in sizes(-4.0, 3.0),
        ) {
            let (mut sum, mut mean) = (0.0, 0.0);
            for n in 0..400 {
                let probability = probability_of_purchases(shape, 1.0, a, b, n, odds);
                sum += probability;
                mean += f64::from(n) * probability;
            }
            let expected = expected_purchases(shape, 1.0, a, b, odds);
            prop_assert!((sum - 1.0).abs() < 1e-12, "{sum}");
            prop_assert!((mean / expected - 1.0).abs() < 1e-12, "{mean} {expected}");
        }

        /// Two ways that share no step.
        #[test]
        fn both_ways_agree(
            shape in sizes(-4.0, 2.0), odds in sizes(-6.0, 0.7), a in sizes(-6.0, 8.0), b in sizes(-6.0, 8.0),
        ) {
            let counts = by_counts(shape, odds, a, b);
            let dropout = by_dropout(shape, odds, a, b);
            prop_assert!((counts / dropout - 1.0).abs() < 2e-13, "{counts} {dropout}");
        }

        /// More time brings more purchases, never more than without dropout, nor than dropout lets happen.
        #[test]
        fn expectations_grow_within_bounds(
            shape in sizes(-4.0, 6.0), rate in sizes(-4.0, 6.0), a in sizes(-4.0, 6.0), b in sizes(-4.0, 6.0),
            t in sizes(-4.0, 6.0), longer in 1.0..10.0,
        ) {
            let now = expected_purchases(shape, rate, a, b, t);
            let later = expected_purchases(shape, rate, a, b, t * longer);
            prop_assert!(0.0 < now && now <= later * (1.0 + 1e-13), "{now} {later}");
            prop_assert!(now <= shape * t / rate * (1.0 + 1e-13));
            prop_assert!(a <= 1.0 || now <= (a + b - 1.0) / (a - 1.0) * (1.0 + 1e-10));
        }

        #[test]
        fn probabilities_are_probabilities(
            shape in sizes(-4.0, 6.0), rate in sizes(-4.0, 6.0), a in sizes(-4.0, 6.0), b in sizes(-4.0, 6.0),
            t in sizes(-4.0, 6.0), n in 0u32..10_000,
        ) {
            let probability = probability_of_purchases(shape, rate, a, b, n, t);
            prop_assert!((0.0..=1.0 + 1e-13).contains(&probability), "{probability}");
        }
    }
}
