//! The densities of customers, rows, and their derivatives. `benches/predict.rs`, `fit_mbg_cnbd`, must not get slower.

use super::block::{BLOCK, Block, NONE, Numbers, dot, times};
use super::erlang::{Erlang, MOST_PHASES};
use super::likelihood::NUMBERS;
use super::{KINDS, PHASES};
use crate::number::optimize::Evaluation;
use crate::number::special::{digamma_difference, ln_rising, trigamma_difference};
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
    /// `ln(1 + t / A)` and `1 / (α + k t)`.
    pub(super) of: [[f64; 2]; KINDS],
}

/// The terms that customers of one `x` share, by `k`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shared {
    /// `ln d`.
    pub(super) ln_odds: f64,
    weights: [f64; KINDS],
    pub(super) ln_weights: [f64; KINDS],
    /// `K`, and how much digamma and trigamma grow from `r` to it.
    pub(super) shape: [f64; KINDS],
    digamma: [f64; KINDS],
    trigamma: [f64; KINDS],
    /// The constants of `ln P` and `ln Q`; that of a `k` that is left out is below all numbers.
    pub(super) constant: [f64; KINDS],
    /// The logarithm of the largest `W`.
    pub(super) ln_waits: [f64; KINDS],
    /// The coefficients of `W`, `q W'`, `q (q W')'` and of the derivatives of `W`, `q W'` and `W` by `r`, `r` and `r`
    /// twice.
    pub(super) powers: [[[f64; 6]; MOST_PHASES]; KINDS],
}

/// `r`, `α`, `ln d` and the weights.
const INNER: usize = 3 + KINDS;

/// The sums over rows of one group.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) value: f64,
    gradient: [f64; INNER],
    hessian: [[f64; INNER]; INNER],
}

/// The densities of a block and their derivatives by what [`Sums`] have, in units of `e^most`.
pub(super) struct Densities {
    /// The density, and what there is of those who have left.
    all: Numbers,
    left: Numbers,
    /// Of both, the derivatives by `r` and `α`.
    by: [Numbers; 2],
    left_by: [Numbers; 2],
    /// Of the first, by `r` twice, by both and by `α` twice.
    twice: [Numbers; 3],
    /// Of each `k`: the density, its derivatives by `r` and `α`, and those who have left.
    of: [[Numbers; 4]; KINDS],
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
}

/// The sums of a `k`'s [powers](Shared::powers) of numbers: of a fixed length each, which the compiler unrolls.
#[inline(always)]
#[allow(clippy::inline_always, reason = "several times for each row")]
fn summed<const K: usize>(powers: &[[f64; 6]; MOST_PHASES], part: f64) -> [f64; 6] {
    let mut sums = powers[K - 1];
    for powers in powers[..K - 1].iter().rev() {
        for (sum, power) in sums.iter_mut().zip(powers) {
            *sum = *sum * part + power;
        }
    }
    sums
}

impl Densities {
    /// Those of nobody.
    pub(super) fn none() -> Self {
        let none = [NONE; 2];
        Self { all: NONE, left: NONE, by: none, left_by: none, twice: [NONE; 3], of: [[NONE; 4]; KINDS] }
    }

    /// Finds those of a block whose terms are found.
    fn find(&mut self, block: &Block, shared: &Shared, kinds: &[usize], at: [f64; 2]) {
        let Self { all, left, by, left_by, twice, .. } = self;
        [all, left].into_iter().chain(by).chain(left_by).chain(twice).for_each(|sums| *sums = NONE);
        for &kind in kinds {
            match PHASES[kind] {
                1 => self.add::<1>(block, shared, kind, at),
                2 => self.add::<2>(block, shared, kind, at),
                3 => self.add::<3>(block, shared, kind, at),
                5 => self.add::<5>(block, shared, kind, at),
                _ => self.add::<MOST_PHASES>(block, shared, kind, at),
            }
        }
    }

    /// Adds those of `K` phases.
    fn add<const K: usize>(&mut self, block: &Block, shared: &Shared, kind: usize, [r, alpha]: [f64; 2]) {
        let (per_alpha, of_alpha) = (1.0 / alpha, r / alpha);
        let (shape, weight, digamma, trigamma) =
            (shared.shape[kind], shared.weights[kind], shared.digamma[kind], shared.trigamma[kind]);
        let (since, until, part, powers) =
            (&block.since[kind], &block.until[kind], block.part(kind), &shared.powers[kind]);
        for index in 0..BLOCK {
            let (stays, gone) = (block.terms.stays[kind][index], block.terms.leaves[kind][index]);
            let [waiting, moving, bending, by_r, moving_by_r, by_r_twice] = summed::<K>(powers, part[index]);
            let (log, inverse) = (until.log[index], until.inverse[index]);
            // Of ln P by r and α, and of W by α.
            let slopes = [digamma - log, of_alpha - shape * inverse];
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
            let (log, inverse) = (since.log[index], since.inverse[index]);
            let slopes = [digamma - log, of_alpha - shape * inverse];
            let gone_by = [gone * slopes[0], gone * slopes[1]];
            let density = [stays * waiting + gone, alive[0] + gone_by[0], alive[1] + gone_by[1], gone];
            self.all[index] += weight * density[0];
            self.left[index] += weight * gone;
            for by in 0..2 {
                self.by[by][index] += weight * density[1 + by];
                self.left_by[by][index] += weight * gone_by[by];
            }
            let curve = shape * inverse * inverse - of_alpha * per_alpha;
            self.twice[0][index] += weight * (alive[2] + gone_by[0] * slopes[0] + gone * trigamma);
            self.twice[1][index] += weight * (alive[3] + gone_by[0] * slopes[1] + gone * (per_alpha - inverse));
            self.twice[2][index] += weight * (alive[4] + gone_by[1] * slopes[1] + gone * curve);
            for (to, density) in self.of[kind].iter_mut().zip(density) {
                to[index] = density;
            }
        }
    }
}

impl Sums {
    /// Adds the rows of a block, of these `k` alone.
    pub(super) fn add(
        &mut self,
        block: &mut Block,
        densities: &mut Densities,
        shared: &Shared,
        kinds: &[usize],
        at: [f64; 2],
    ) {
        block.find_terms(shared, kinds, true);
        densities.find(block, shared, kinds, at);
        let Densities { all, left, by, left_by, twice, of } = densities;
        let customers = &block.customers;
        let inverse = all.map(|all| 1.0 / all);
        let weighed = times(&inverse, customers);
        let mut slopes = [NONE; INNER];
        for (slope, density) in slopes.iter_mut().zip([&by[0], &by[1], left]) {
            *slope = times(density, &inverse);
        }
        for &kind in kinds {
            slopes[3 + kind] = times(&of[kind][0], &inverse);
        }
        let places = || (0..3).chain(kinds.iter().map(|kind| 3 + kind));
        for row in places() {
            let slope = times(&slopes[row], customers);
            self.gradient[row] += slope.iter().sum::<f64>();
            for column in places().filter(|&column| column >= row) {
                self.hessian[row][column] -= dot(&slope, &slopes[column]);
            }
        }
        let seconds =
            [(0, 0, &twice[0]), (0, 1, &twice[1]), (0, 2, &left_by[0]), (1, 1, &twice[2]), (1, 2, &left_by[1])];
        for (row, column, second) in seconds.into_iter().chain([(2, 2, &*left)]) {
            self.hessian[row][column] += dot(&weighed, second);
        }
        for &kind in kinds {
            for (row, density) in of[kind][1..].iter().enumerate() {
                self.hessian[row][3 + kind] += dot(&weighed, density);
            }
        }
        self.value += dot(customers, &block.terms.most) + Block::logarithms(customers, all);
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
