//! A new customer's purchases; one who is alive is like a new one with `r + x`, `α + T`, `s` and `β + T`.

use super::Parameters;
use super::race::{Moment, Race};
use crate::number::special::{beta_kernel, integrate_panels};

/// The expected number of a new customer's purchases.
pub(in crate::predict) fn expected_purchases([r, alpha, s, beta]: Parameters, horizon: f64) -> f64 {
    // The expected time until the exit or the horizon, over β: the integral of (1 + u / β)^-s, to whose expm1 the
    // neighbourhood of s = 1 is no special case.
    let (log, above_one) = (libm::log1p(horizon / beta), s - 1.0);
    let power = above_one * log;
    let stay = if power.abs() < f64::MIN_POSITIVE { log } else { -libm::expm1(-power) / above_one };
    r * (beta / alpha) * stay
}

/// The log of the probability that a new customer does not buy.
pub(in crate::predict) fn ln_no_purchase([r, alpha, s, beta]: Parameters, horizon: f64) -> f64 {
    Race::new((r, alpha), (s, beta), horizon).ends().ln_no_purchase()
}

/// The probability of exactly `purchases`, 1 or more, of a new customer.
pub(in crate::predict) fn probability_of_purchases(
    [r, alpha, s, beta]: Parameters,
    purchases: u32,
    horizon: f64,
) -> f64 {
    if horizon <= 0.0 {
        return 0.0;
    }
    let (race, n) = (Race::new((r, alpha), (s, beta), horizon), f64::from(purchases));
    // n purchases until a moment, and no exit.
    let density = |moment: &Moment| {
        let [ln_alpha, bought, ln_beta, _] = moment.parts;
        beta_kernel(n, r, bought, libm::exp(-ln_alpha)) / n * libm::exp(-s * ln_beta)
    };
    let end = race.end();
    // The same without factors that do not depend on the moment, times the hazard of the exit.
    let height = |z: f64| {
        let moment = race.at(z);
        let [ln_alpha, bought, ln_beta, _] = moment.parts;
        n * libm::log(bought) - r * ln_alpha - s * ln_beta + libm::log(race.exit_hazard(z))
    };
    let (low, top, high) = support(race.length(), height);
    let sum = |low: f64, high: f64| {
        // No more panels than 2^32: `z` is at most 1500.
        let panels = f64::max(FEWEST, (high - low) / LONGEST).ceil() as u32;
        integrate_panels(low, high, panels, |z| race.exit_hazard(z) * density(&race.at(z)))
    };
    // The customer stays to the end, or leaves after the last of the purchases.
    f64::min(density(&end) + (sum(low, top) + sum(top, high)), 1.0)
}

/// The fewest panels on either side of the top, and the longest.
const FEWEST: f64 = 4.0;
const LONGEST: f64 = 1.5;
/// A logarithm this far below its top is negligible.
const NOTHING: f64 = 40.0;
/// A number of steps beyond what a search in 64 bits needs.
const MOST_STEPS: u32 = 100;

/// Roughly, where to cut an integral: the start, top and end of what is not far below the top of a concave `height` on
/// `[0, length]`, -infinity at 0.
pub(super) fn support(length: f64, height: impl Fn(f64) -> f64) -> (f64, f64, f64) {
    // The golden section.
    const SHARE: f64 = 0.618_033_988_749_894_8;
    let (mut low, mut high) = (0.0, length);
    let mut inner = [high - SHARE * (high - low), low + SHARE * (high - low)];
    let mut heights = inner.map(&height);
    for _ in 0..MOST_STEPS {
        if high - low <= 1e-4 * high {
            break;
        }
        if heights[0] > heights[1] {
            high = inner[1];
            inner = [high - SHARE * (high - low), inner[0]];
            heights = [height(inner[0]), heights[0]];
        } else {
            low = inner[0];
            inner = [inner[1], low + SHARE * (high - low)];
            heights = [heights[1], height(inner[1])];
        }
    }
    let top = if high < length { inner[0] } else { length };
    let floor = height(top) - NOTHING;
    let edge = |mut outside: f64| {
        let mut inside = top;
        if height(outside) >= floor {
            return outside;
        }
        for _ in 0..MOST_STEPS {
            if (outside - inside).abs() <= 0.02 * (outside - top).abs() {
                break;
            }
            let middle = 0.5 * (outside + inside);
            if height(middle) >= floor {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        outside
    };
    (edge(0.0), top, edge(length))
}
