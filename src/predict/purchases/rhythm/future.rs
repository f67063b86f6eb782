//! The future purchases of a customer who is alive, and in a phase.
//!
//! The phases that pass in a time are negative binomial; every `k`th is a purchase, after which the customer leaves with a
//! probability `p ~ Beta(a, b)`. All terms of all sums are positive.

use crate::number::special::{beta_kernel, ln_beta_ratio, regularized_beta};
use crate::predict::purchases::beta_geometric::future::{self as geometric, stay};

/// The most phases; a sum over more takes too long.
const MOST_PHASES: f64 = 1e5;

/// Sums are scaled down where they come to this.
const LARGE: f64 = 1e250;

/// The expected number of purchases within `odds` times the rate, of a customer in a `phase` of `k`.
///
/// # Formula
///
/// The sum over `n` of `P(N = n) H(⌊(n + phase) / k⌋)`, with `H(m) = sum_{i < m} E[(1 - p)^i]` and `N` the phases that
/// pass: to 1e-12. Where more than 100,000 phases matter, it is the number without phases of the same rate, to 1e-4.
pub(super) fn expected_purchases(shape: f64, odds: f64, [a, b]: [f64; 2], [k, phase]: [u32; 2]) -> f64 {
    if odds <= 0.0 {
        return 0.0;
    }
    let mean = shape * odds;
    // Up to the mean, some deviations and the geometric tail.
    let is_short = mean + 8.0 * (mean * (1.0 + odds)).sqrt() + 36.0 * odds <= MOST_PHASES;
    if !is_short {
        let odds = odds / f64::from(k);
        return geometric::expected_purchases(shape, odds, [a, b], 0, |chances| stay(a, b, chances));
    }
    let z = odds / (1.0 + odds);
    // In units of P(0), so that P(0) need not be known: the probabilities add up to one.
    let (mut probability, mut probabilities, mut sum) = (1.0, 1.0, 0.0);
    let (mut survival, mut made, mut purchases, mut at) = (1.0, 0.0, 0, phase);
    let mut passed = 0.0;
    while passed < 2.0 * MOST_PHASES && probability > 0.0 {
        let growth = z * (shape + passed) / (passed + 1.0);
        probability *= growth;
        probabilities += probability;
        passed += 1.0;
        at += 1;
        if at == k {
            made += survival;
            survival *= stay(a, b, purchases);
            (purchases, at) = (purchases + 1, 0);
        }
        let term = probability * made;
        sum += term;
        // Once they fall, the terms fall about as fast as a geometric series.
        if sum > 0.0 && term <= 1e-15 * sum * (1.0 - growth) {
            break;
        }
        if probabilities > LARGE {
            for number in [&mut probability, &mut probabilities, &mut sum] {
                *number /= LARGE;
            }
        }
    }
    sum / probabilities
}

/// The probability of exactly `n` purchases within `t`, of a customer in a `phase` of `k`, which is `every`; the rate of the phases is a rate per time `t`.
///
/// # Formula
///
/// `B(a, b + n) / B(a, b) P(N = n) + B(a + 1, b + n - 1) / B(a, b) P(N >= n)`, the second for `n > 0` only, where `N` is the
/// number of purchases without dropout, that of the `k n - phase`th to `k n - phase + k - 1`th passing phase.
pub(super) fn probability_of_purchases(
    shape: f64,
    [rate, t]: [f64; 2],
    [a, b]: [f64; 2],
    [every, phase]: [u32; 2],
    n: u32,
) -> f64 {
    let (within, beyond) = (t / (rate + t), rate / (rate + t));
    // The first of the phases that make `n` purchases.
    let first = f64::from(n) * f64::from(every) - f64::from(phase);
    if t <= 0.0 {
        return f64::from(n == 0);
    }
    let (mut passed, mut probability) = if n == 0 {
        (0.0, libm::exp(-shape * libm::log1p(t / rate)))
    } else {
        (first, beta_kernel(first, shape, within, beyond) / first)
    };
    let mut exactly = 0.0;
    while passed < first + f64::from(every) {
        exactly += probability;
        probability *= within * (shape + passed) / (passed + 1.0);
        passed += 1.0;
    }
    if n == 0 {
        return exactly;
    }
    let (at_least, _) = regularized_beta(first, shape, within, beyond);
    // Through all earlier purchases, and then the nth.
    let earlier = f64::from(n - 1);
    let before = libm::exp(ln_beta_ratio(a, b, earlier)) / (a + b + earlier);
    before * ((b + earlier) * exactly + a * at_least)
}
