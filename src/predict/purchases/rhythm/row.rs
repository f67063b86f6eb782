//! The density of one customer, a row, and its derivatives. Fast on purpose, as the [likelihood](super::likelihood) is.

use super::erlang::{Erlang, MOST_PHASES};
use super::likelihood::NUMBERS;
use super::{KINDS, PHASES};
use crate::number::optimize::Evaluation;
use crate::number::special::{digamma_difference, exp_of_nonpositive, ln_rising, trigamma_difference};
use crate::predict::given::unit::Observed;
use crate::predict::purchases::beta_geometric::ExtraChance;

/// Customers of one `x`, whose gaps are all known or all unknown.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) repeats: u32,
    pub(super) known: bool,
    pub(super) rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// The numbers of `T` and of `t_x`.
    pub(super) age: u32,
    pub(super) recency: u32,
    pub(super) customers: f64,
    /// The logarithms of the gaps; of unknown ones as if all were `t_x`.
    pub(super) ln_gaps: f64,
}

/// The terms of one time `t`, for each `k`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Instant {
    pub(super) time: f64,
    /// `ln(1 + t / A)`.
    pub(super) log: [f64; KINDS],
    /// `1 / (α + k t)`.
    pub(super) inverse: [f64; KINDS],
}

/// The terms that customers of one `x` share, by `k`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shared {
    /// `ln d`.
    ln_odds: f64,
    weights: [f64; KINDS],
    ln_weights: [f64; KINDS],
    /// `K`, and how much digamma and trigamma grow from `r` to it.
    shape: [f64; KINDS],
    digamma: [f64; KINDS],
    trigamma: [f64; KINDS],
    /// The constants of `ln P` and `ln Q`; that of a `k` that is left out is below all numbers.
    constant: [f64; KINDS],
    /// The logarithm of the largest `W`.
    ln_waits: [f64; KINDS],
    /// The coefficients of `W`, `q W'`, `q (q W')'` and of the derivatives of `W`, `q W'` and `W` by `r`, `r` and `r`
    /// twice.
    powers: [[[f64; 6]; MOST_PHASES]; KINDS],
}

/// A `k` that is less likely than another by this logarithm does not count.
const NEGLIGIBLE: f64 = -45.0;

/// `r`, `α`, `ln d` and the weights.
const INNER: usize = 3 + KINDS;

/// The sums over rows of one group.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) value: f64,
    gradient: [f64; INNER],
    hessian: [[f64; INNER]; INNER],
}

/// One row's densities, in units of `e^most`.
struct Terms {
    most: f64,
    /// `P` and `d Q` of each `k`.
    stays: [f64; KINDS],
    leaves: [f64; KINDS],
    counts: [bool; KINDS],
}

impl Shared {
    pub(super) fn of(group: &Group, extra: ExtraChance, numbers: &[f64; NUMBERS], active: [bool; KINDS]) -> Self {
        let &[r, alpha, a, b, ref weights @ ..] = numbers;
        let (repeats, chances) = (f64::from(group.repeats), extra.chances(group.repeats));
        let mut shared = Self { weights: *weights, ln_weights: weights.map(libm::log), ..Self::default() };
        shared.ln_odds = if chances > 0.0 { libm::log(a / (b + (chances - 1.0))) } else { f64::NEG_INFINITY };
        shared.constant = [f64::NEG_INFINITY; KINDS];
        for (kind, phases) in PHASES.into_iter().enumerate().filter(|&(kind, _)| active[kind]) {
            let of = Observed { repeats: group.repeats, recency: 1.0, age: 1.0 };
            // The logarithms of gaps stand apart.
            let of_gaps = Erlang::ln_gap_factor(phases, &of, group.known.then_some(0.0));
            let (k, passed) = (f64::from(phases), f64::from(phases) * repeats);
            let shape = r + passed;
            shared.shape[kind] = shape;
            shared.digamma[kind] = digamma_difference(r, passed);
            shared.trigamma[kind] = trigamma_difference(r, passed);
            shared.constant[kind] = of_gaps + ln_rising(r, passed) - passed * libm::log(alpha / k);
            // (K)_j / j!, its logarithm's derivative by r, and that one's.
            let (mut rising, mut slope, mut bend, mut most) = (1.0, 0.0, 0.0, 0.0);
            for (phase, powers) in (0..phases).map(f64::from).zip(&mut shared.powers[kind]) {
                let by_r = rising * slope;
                *powers = [
                    rising,
                    phase * rising,
                    phase * phase * rising,
                    by_r,
                    phase * by_r,
                    rising * (slope * slope - bend),
                ];
                most += rising;
                rising *= (shape + phase) / (phase + 1.0);
                slope += 1.0 / (shape + phase);
                bend += 1.0 / ((shape + phase) * (shape + phase));
            }
            shared.ln_waits[kind] = libm::log(most);
        }
        shared
    }

    fn terms(&self, row: &Row, since: &Instant, until: &Instant) -> Terms {
        let mut logarithms = [[0.0; KINDS]; 2];
        for (kind, phases) in PHASES.into_iter().enumerate() {
            let fixed = self.constant[kind] + f64::from(phases - 1) * row.ln_gaps;
            logarithms[0][kind] = fixed - self.shape[kind] * until.log[kind];
            logarithms[1][kind] = fixed - self.shape[kind] * since.log[kind] + self.ln_odds;
        }
        let largest =
            |kind: usize, more: f64| self.ln_weights[kind] + f64::max(logarithms[0][kind] + more, logarithms[1][kind]);
        let most = (0..KINDS).fold(f64::NEG_INFINITY, |most, kind| f64::max(most, largest(kind, 0.0)));
        let counts = core::array::from_fn(|kind| largest(kind, self.ln_waits[kind]) - most > NEGLIGIBLE);
        // Plain loops over them all, of which the compiler makes several at once.
        for logarithms in &mut logarithms {
            for logarithm in logarithms {
                // Above 0 where a weight is small.
                *logarithm = exp_of_nonpositive(f64::min(*logarithm - most, 700.0));
            }
        }
        let [stays, leaves] = logarithms;
        Terms { most, stays, leaves, counts }
    }

    /// The density of each `k` in units of a number.
    pub(super) fn densities(&self, row: &Row, instants: &[Instant]) -> [f64; KINDS] {
        let (since, until) = (&instants[row.recency as usize], &instants[row.age as usize]);
        let Terms { stays, leaves, .. } = self.terms(row, since, until);
        let mut densities = [0.0; KINDS];
        for (kind, phases) in PHASES.into_iter().enumerate() {
            let part = (until.time - since.time) * f64::from(phases) * until.inverse[kind];
            let powers = self.powers[kind].iter().take(phases as usize).rev();
            let waiting = powers.fold(0.0, |sum, power| sum * part + power[0]);
            densities[kind] = stays[kind] * waiting + leaves[kind];
        }
        densities
    }
}

/// The sums of a `k`'s [powers](Shared::powers) of a number: of a fixed length each, which the compiler unrolls.
#[inline]
fn summed(powers: &[[f64; 6]; MOST_PHASES], phases: u32, part: f64) -> [f64; 6] {
    match phases {
        1 => powers[0],
        2 => horner::<2>(powers, part),
        3 => horner::<3>(powers, part),
        5 => horner::<5>(powers, part),
        _ => horner::<MOST_PHASES>(powers, part),
    }
}

#[inline]
fn horner<const K: usize>(powers: &[[f64; 6]; MOST_PHASES], part: f64) -> [f64; 6] {
    let mut sums = powers[K - 1];
    for powers in powers[..K - 1].iter().rev() {
        for (sum, power) in sums.iter_mut().zip(powers) {
            *sum = *sum * part + power;
        }
    }
    sums
}

impl Sums {
    /// Adds a row but for the logarithm of what it returns, a number of the size of 1.
    pub(super) fn add(&mut self, row: &Row, shared: &Shared, instants: &[Instant], [r, alpha]: [f64; 2]) -> f64 {
        let (since, until) = (&instants[row.recency as usize], &instants[row.age as usize]);
        let Terms { most, stays, leaves, counts } = shared.terms(row, since, until);
        // Of the density: itself, its derivatives by r and α, those of who has left, and both by the weights.
        let (mut all, mut by, mut left, mut left_by) = (0.0, [0.0; 2], 0.0, [0.0; 2]);
        let (mut twice, mut by_weight) = ([0.0; 3], [[0.0; 4]; KINDS]);
        let (per_alpha, of_alpha) = (1.0 / alpha, r / alpha);
        for (kind, phases) in PHASES.into_iter().enumerate().filter(|&(kind, _)| counts[kind]) {
            let (log, inverse, shape, weight) =
                (until.log[kind], until.inverse[kind], shared.shape[kind], shared.weights[kind]);
            let part = (until.time - since.time) * f64::from(phases) * inverse;
            let [waiting, moving, bending, by_r, moving_by_r, by_r_twice] = summed(&shared.powers[kind], phases, part);
            let (stays, gone, trigamma) = (stays[kind], leaves[kind], shared.trigamma[kind]);
            // Of ln P by r and α, and of W by α.
            let slopes = [shared.digamma[kind] - log, of_alpha - shape * inverse];
            let by_alpha = -inverse * moving;
            let alive = [
                stays * (waiting * slopes[0] + by_r),
                stays * (waiting * slopes[1] + by_alpha),
                stays * (waiting * (slopes[0] * slopes[0] + trigamma) + 2.0 * slopes[0] * by_r + by_r_twice),
                stays
                    * (waiting * (slopes[0] * slopes[1] + per_alpha - inverse)
                        + slopes[0] * by_alpha
                        + slopes[1] * by_r
                        - inverse * moving_by_r),
                stays
                    * (waiting * (slopes[1] * slopes[1] - of_alpha * per_alpha + shape * inverse * inverse)
                        + 2.0 * slopes[1] * by_alpha
                        + inverse * inverse * (moving + bending)),
            ];
            let (log, inverse) = (since.log[kind], since.inverse[kind]);
            let slopes = [shared.digamma[kind] - log, of_alpha - shape * inverse];
            let gone_by = [gone * slopes[0], gone * slopes[1]];
            let density = [stays * waiting + gone, alive[0] + gone_by[0], alive[1] + gone_by[1], gone];
            all += weight * density[0];
            left += weight * gone;
            for index in 0..2 {
                by[index] += weight * density[1 + index];
                left_by[index] += weight * gone_by[index];
            }
            twice[0] += weight * (alive[2] + gone_by[0] * slopes[0] + gone * trigamma);
            twice[1] += weight * (alive[3] + gone_by[0] * slopes[1] + gone * (per_alpha - inverse));
            let curve = shape * inverse * inverse - of_alpha * per_alpha;
            twice[2] += weight * (alive[4] + gone_by[1] * slopes[1] + gone * curve);
            by_weight[kind] = density;
        }
        let (inverse, times) = (1.0 / all, row.customers);
        let mut slopes = [by[0] * inverse, by[1] * inverse, left * inverse, 0.0, 0.0, 0.0, 0.0, 0.0];
        slopes[3..].iter_mut().zip(&by_weight).for_each(|(slope, density)| *slope = density[0] * inverse);
        for (row, (gradient, &slope)) in self.hessian.iter_mut().zip(self.gradient.iter_mut().zip(&slopes)) {
            let slope = slope * times;
            *gradient += slope;
            row.iter_mut().zip(&slopes).for_each(|(sum, other)| *sum -= slope * other);
        }
        let inverse = times * inverse;
        let seconds = [[twice[0], twice[1], left_by[0]], [0.0, twice[2], left_by[1]], [0.0, 0.0, left]];
        for (index, (sums, second)) in self.hessian.iter_mut().zip(seconds).enumerate() {
            sums[..3].iter_mut().zip(second).for_each(|(sum, second)| *sum += inverse * second);
            sums[3..].iter_mut().zip(&by_weight).for_each(|(sum, density)| *sum += inverse * density[1 + index]);
        }
        self.value += times * most;
        if (times - 1.0).abs() < 0.5 {
            return all;
        }
        self.value += times * libm::log(all);
        1.0
    }

    /// Adds them to the likelihood; of the Hessian the upper half.
    pub(super) fn add_to(&self, sum: &mut Evaluation<NUMBERS>, a: f64, before: f64) {
        // The derivatives of ln d = ln a - ln(b + c - 1), and the places of the others.
        let slopes = [1.0 / a, -before];
        let place = |index: usize| if index < 2 { index } else { index + 1 };
        let (gradient, hessian) = (&self.gradient, &self.hessian);
        sum.value += self.value;
        for row in (0..INNER).filter(|&row| row != 2) {
            sum.gradient[place(row)] += gradient[row];
            for column in (row..INNER).filter(|&column| column != 2) {
                sum.hessian[place(row)][place(column)] += hessian[row][column];
            }
        }
        for (index, slope) in slopes.into_iter().enumerate() {
            sum.gradient[2 + index] += gradient[2] * slope;
            for (row, curvatures) in hessian.iter().take(2).enumerate() {
                sum.hessian[row][2 + index] += curvatures[2] * slope;
            }
            for (column, curvature) in hessian[2].iter().enumerate().skip(3) {
                sum.hessian[2 + index][place(column)] += curvature * slope;
            }
        }
        sum.hessian[2][2] += slopes[0] * slopes[0] * (hessian[2][2] - gradient[2]);
        sum.hessian[2][3] += slopes[0] * slopes[1] * hessian[2][2];
        sum.hessian[3][3] += before * before * (hessian[2][2] + gradient[2]);
    }
}
