//! P(Y >= n) of the purchases `Y` of a new Pareto/NBD customer, for every `n` from one quadrature.

use super::Parameters;
use super::future::{ln_no_purchase, support};
use super::race::Race;
use crate::number::special::{TWENTY_NODES, beta_kernel, integrate_panels, visit_nodes};

/// The length of a panel, in widths of the narrowest peak that it may hold: one of [`SHARPEST`] purchases.
const PEAKS: f64 = 3.0;
const SHARPEST: f64 = 256.0;
/// The first panel ends where this many purchases are expected before the rate is known to its width.
const FIRST: f64 = 8.0;
const MOST_PANELS: u32 = 4096;

/// The probability that a purchase has come, of each of a quadrature's moments.
struct Node {
    weight: f64,
    bought: f64,
}

/// Gives `each` the probabilities of 1 purchase or more, 2 or more, and so on, until it says no.
///
/// The `n`th purchase comes at a moment with density `Γ(r + n) / (Γ(r) Γ(n)) α^r u^(n - 1) (α + u)^-(r + n)`, and the
/// customer is still there then with probability `(β / (β + u))^s`. From one `n` to the next, only the weights of the
/// nodes change: by `u / (α + u)`, and by `(r + n) / n` for all.
pub(super) fn each_at_least(parameters: Parameters, horizon: f64, each: &mut dyn FnMut(f64) -> bool) {
    let ([r, alpha, s, beta], mut n) = (parameters, 1.0);
    let mut at_least = -libm::expm1(ln_no_purchase(parameters, horizon));
    if !each(at_least) {
        return;
    }
    let race = Race::new((r, alpha), (s, beta), horizon);
    let mut nodes = Vec::with_capacity(64);
    let sharpness = (1.0 / SHARPEST + 1.0 / (r + s)).sqrt();
    let (mut low, length) = (0.0, race.length());
    for panel in 0..MOST_PANELS {
        let width = if panel == 0 {
            // `z` where the near share is FIRST / (FIRST + r + s).
            libm::log1p(FIRST / (r + s))
        } else {
            -libm::expm1(-low) * (PEAKS * sharpness)
        };
        let high = if panel + 1 < MOST_PANELS { f64::min(low + f64::min(width, 2.0), length) } else { length };
        visit_nodes(low, high, TWENTY_NODES, |z, weight| {
            let [ln_alpha, bought, ln_beta, _] = race.at(z).parts;
            let density = race.purchase_hazard(z) * libm::exp(-r * ln_alpha - s * ln_beta);
            nodes.push(Node { weight: r * weight * density, bought });
        });
        low = high;
        if low >= length {
            break;
        }
    }
    loop {
        let growth = (r + n) / n;
        let mut sum = 0.0;
        for node in &mut nodes {
            node.weight *= node.bought * growth;
            sum += node.weight;
        }
        n += 1.0;
        at_least = f64::min(sum, at_least);
        if !each(at_least) {
            return;
        }
    }
}

/// The probability of `purchases` or more, 1 or more.
pub(super) fn at_least(parameters: Parameters, purchases: u32, horizon: f64) -> f64 {
    if purchases <= 1 || horizon <= 0.0 {
        return -libm::expm1(ln_no_purchase(parameters, horizon));
    }
    let ([r, alpha, s, beta], n) = (parameters, f64::from(purchases));
    let race = Race::new((r, alpha), (s, beta), horizon);
    let density = |z: f64| {
        let [ln_alpha, bought, ln_beta, _] = race.at(z).parts;
        if bought <= 0.0 {
            return 0.0;
        }
        race.purchase_hazard(z) * beta_kernel(n, r, bought, libm::exp(-ln_alpha)) / bought * libm::exp(-s * ln_beta)
    };
    let height = |z: f64| {
        let [ln_alpha, bought, ln_beta, _] = race.at(z).parts;
        (n - 1.0) * libm::log(bought) - r * ln_alpha - s * ln_beta + libm::log(race.purchase_hazard(z))
    };
    let (low, top, high) = support(race.length(), height);
    let sum = |low: f64, high: f64| {
        let panels = f64::max(4.0, (high - low) / 1.5).ceil() as u32;
        integrate_panels(low, high, panels, density)
    };
    f64::min(sum(low, top) + sum(top, high), 1.0)
}

/// The time after which such a customer, still there with probability `alive`, has bought with this probability; the
/// hazard falls, so that Newton's steps from an earlier moment never go too far. `None` where it never comes, or later
/// than `latest`.
pub(super) fn time_until(parameters: Parameters, alive: f64, probability: f64, start: f64, latest: f64) -> Option<f64> {
    let ([r, alpha, s, beta], mut time) = (parameters, start);
    for _ in 0..MOST_STEPS {
        let missing = probability + alive * libm::expm1(ln_no_purchase(parameters, time));
        let neither = -r * libm::log1p(time / alpha) - s * libm::log1p(time / beta);
        let density = alive * (r / (alpha + time)) * libm::exp(neither);
        let step = missing / density;
        time += step;
        if time.is_nan() || time > latest {
            return None;
        }
        if step <= 1e-9 * time {
            break;
        }
    }
    Some(time)
}

/// A number of steps beyond what a search needs that ends.
const MOST_STEPS: u32 = 100;
