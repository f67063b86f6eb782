//! The distribution of the sum of future spends: a mixture of beta prime distributions, and its quantiles. Fast on
//! purpose: `benches/predict.rs`, `value_interval`, must not get slower.

use crate::number::special::{FOUR_NODES, TWELVE_NODES, beta_kernel, ln_beta, regularized_beta_by, visit_nodes};

/// The distribution of the sum of future spends: `n` of them are `Gamma(of_each n, ν)`, with `ν ~ Gamma(shape, scale)`.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct SpendSum {
    pub(in crate::predict) of_each: f64,
    pub(in crate::predict) shape: f64,
    pub(in crate::predict) scale: f64,
}

/// A customer's purchases and what they sum up to.
#[derive(Debug)]
pub(in crate::predict) struct Outcome {
    /// The counts, ascending from 1, or from a mean of counts.
    counts: Vec<Count>,
    /// Whether the counts are 1, 2, 3, and so on.
    is_each: bool,
    /// The probability of a purchase.
    buys: f64,
    total: SpendSum,
}

/// A number of purchases.
#[derive(Debug, Clone, Copy)]
struct Count {
    purchases: f64,
    probability: f64,
    /// The logarithm of the beta function of their sum; NaN where it would lose digits.
    ln_beta: f64,
}

/// The sum of a beta distribution's parameters up to which the logarithms of its density round to less than 1e-11.
const FEW: f64 = 1e4;

impl Outcome {
    /// `counts` are counts above 0, ascending, with their probabilities, and each whole number up to the last if `is_each`.
    pub(in crate::predict) fn new(counts: &[(f64, f64)], is_each: bool, buys: f64, total: SpendSum) -> Self {
        let count = |&(purchases, probability): &(f64, f64)| {
            let a = total.of_each * purchases;
            let ln_beta = if a + total.shape <= FEW { ln_beta(a, total.shape) } else { f64::NAN };
            Count { purchases, probability, ln_beta }
        };
        Self { counts: counts.iter().map(count).collect(), is_each, buys, total }
    }

    /// The amount that is exceeded with this probability; 0 where no purchase is as likely as that.
    pub(in crate::predict) fn quantile(&self, above: f64) -> Option<f64> {
        if self.buys <= above {
            return Some(0.0);
        }
        let below = self.buys - above;
        // The smaller of the two probabilities has the digits; its logarithm is nearly straight in that of the amount.
        let (is_low, target) = if below < above { (true, below) } else { (false, above) };
        let mut at = self.start(below);
        let mut terms = Vec::with_capacity(self.counts.len());
        let mut here: Option<Place> = None;
        // The probability rises with the amount if it is the lower part, falls if it is the upper.
        let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
        for _ in 0..MOST_STEPS {
            let moved = here.and_then(|from| self.moved(&from, at, &mut terms));
            let place = moved.unwrap_or_else(|| self.place(at, target, &mut terms));
            here = Some(place);
            let (step, rate) = self.step(&place, &terms, is_low, target);
            let part = if is_low { place.parts[0] } else { place.parts[1] };
            if (part > target) == is_low {
                high = at;
            } else {
                low = at;
            }
            let mut next = at + step.clamp(-LONGEST_STEP, LONGEST_STEP);
            if step.is_nan() {
                next = at + if high.is_finite() { -LONGEST_STEP } else { LONGEST_STEP };
            }
            if !(next > low && next < high) {
                next = match (low.is_finite(), high.is_finite()) {
                    (true, true) => low + 0.5 * (high - low),
                    (true, false) => low + LONGEST_STEP,
                    _ => high - LONGEST_STEP,
                };
            }
            // What such a step leaves is of the order of its fourth power. One that was cut short leaves more.
            let is_small = step.abs() <= LONGEST_STEP && (next - at).abs() * rate <= LAST_STEP;
            let is_last = is_small || (next - at).abs() <= 1e-15 * (1.0 + at.abs());
            at = next;
            if is_last {
                break;
            }
        }
        Some(self.total.scale * libm::exp(at)).filter(|amount| amount.is_finite())
    }

    /// Returns where to begin, by the logarithm of the amount over the scale: the middle of the smallest number of
    /// purchases that is exceeded with no more than the probability asked for.
    fn start(&self, below: f64) -> f64 {
        let mut sum = 0.0;
        let usual = self.counts.iter().find(|count| {
            sum += count.probability;
            sum >= below
        });
        let purchases = usual.or(self.counts.last()).map_or(1.0, |count| count.purchases);
        libm::log(self.total.of_each * purchases / self.total.shape)
    }

    /// Computes all parts at one amount, to [`PRECISION`] of the target; `terms` become each number's part of the
    /// density.
    fn place(&self, at: f64, target: f64, terms: &mut Vec<f64>) -> Place {
        let (shape, mut place) = (self.total.shape, Place::of(at));
        let [z, y] = place.shares;
        terms.clear();
        for &Count { purchases, probability, ln_beta } in &self.counts {
            let a = self.total.of_each * purchases;
            let kernel = if ln_beta.is_nan() {
                beta_kernel(a, shape, z, y)
            } else {
                libm::exp(a * place.ln_z + shape * place.ln_y - ln_beta)
            };
            let (lower, upper) =
                regularized_beta_by(a, shape, z, y, (PRECISION * target / probability).clamp(5e-16, 1e-3), || kernel);
            place.parts[0] += probability * lower;
            place.parts[1] += probability * upper;
            terms.push(probability * kernel);
        }
        place
    }

    /// Computes all parts at another amount, from those at one nearby; `None` where it is too far for a quadrature of
    /// the density.
    fn moved(&self, from: &Place, at: f64, terms: &mut [f64]) -> Option<Place> {
        let (shape, most) = (self.total.shape, self.counts.last()?.purchases);
        let mut place = Place::of(at);
        let slope =
            |place: &Place, count: f64| (self.total.of_each * count * place.shares[1] - shape * place.shares[0]).abs();
        let steepest = [from, &place].map(|place| slope(place, 1.0).max(slope(place, most)));
        let change = (at - from.at).abs() * steepest[0].max(steepest[1]);
        if !(self.is_each && change <= FAR) {
            return None;
        }
        let ratios = |place: &Place| {
            let of_each = libm::exp(self.total.of_each * (place.ln_z - from.ln_z));
            (of_each, libm::exp(shape * (place.ln_y - from.ln_y)))
        };
        let mut passed = 0.0;
        visit_nodes(from.at, at, if change <= NEAR { FOUR_NODES } else { TWELVE_NODES }, |node, weight| {
            let (of_each, of_all) = ratios(&Place::of(node));
            passed += weight * of_all * of_each * terms.iter().rev().fold(0.0, |sum, term| sum * of_each + term);
        });
        place.parts = [from.parts[0] + passed, from.parts[1] - passed];
        let (of_each, mut power) = ratios(&place);
        for term in terms {
            power *= of_each;
            *term *= power;
        }
        Some(place)
    }

    /// The step to where the probability is the target, by Householder's method of the third order on its logarithm, and
    /// how fast that bends.
    fn step(&self, place: &Place, terms: &[f64], is_low: bool, target: f64) -> (f64, f64) {
        let (SpendSum { of_each, shape, .. }, [z, y]) = (self.total, place.shares);
        // The density by the logarithm of the amount, and its two derivatives.
        let [mut density, mut slope, mut curvature] = [0.0; 3];
        for (count, &term) in self.counts.iter().zip(terms) {
            let a = of_each * count.purchases;
            let of_term = a * y - shape * z;
            density += term;
            slope += term * of_term;
            curvature += term * (of_term * of_term - (a + shape) * z * y);
        }
        let (part, sign) = if is_low { (place.parts[0], 1.0) } else { (place.parts[1], -1.0) };
        let [first, second, third] = [density, slope, curvature].map(|derivative| sign * derivative / part);
        let excess = libm::log(part / target);
        let (by_one, by_two) = (first, second - first * first);
        let by_three = third - 3.0 * first * second + 2.0 * first * first * first;
        let newton = -excess / by_one;
        let (bent, twice) = (by_two / by_one, by_three / by_one);
        let step = newton * (1.0 + 0.5 * newton * bent) / (1.0 + newton * bent + newton * newton * twice / 6.0);
        let rate = by_one.abs().max(bent.abs()).max(twice.abs().sqrt());
        // Far from the target, the series says little.
        let is_near = step / newton > 0.25 && step / newton < 4.0;
        (if is_near { step } else { newton }, if is_near { rate } else { f64::INFINITY })
    }
}

/// An amount, by the logarithm of it over the scale.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: f64,
    /// The amount over the sum of it and the scale, and the rest to 1.
    shares: [f64; 2],
    ln_z: f64,
    ln_y: f64,
    /// The probabilities of some purchases that bring less, and more.
    parts: [f64; 2],
}

impl Place {
    fn of(at: f64) -> Self {
        // From the smaller of the two shares.
        let less = libm::exp(-at.abs());
        let (ln_larger, larger) = (-libm::log1p(less), 1.0 / (1.0 + less));
        let (smaller, ln_smaller) = (less * larger, ln_larger - at.abs());
        if at < 0.0 {
            Self { at, shares: [smaller, larger], ln_z: ln_smaller, ln_y: ln_larger, parts: [0.0; 2] }
        } else {
            Self { at, shares: [larger, smaller], ln_z: ln_larger, ln_y: ln_smaller, parts: [0.0; 2] }
        }
    }
}

/// The error of a probability that is asked for, relative to it.
const PRECISION: f64 = 1e-12;
const MOST_STEPS: u32 = 200;
const LONGEST_STEP: f64 = 4.0;
/// The last step, over the length on which the logarithm of the probability bends.
const LAST_STEP: f64 = 1e-3;
/// The change of the logarithm of a density over a quadrature of four nodes, and over one of twelve, up to which it is
/// exact to rounding.
const NEAR: f64 = 0.5;
const FAR: f64 = 10.0;
