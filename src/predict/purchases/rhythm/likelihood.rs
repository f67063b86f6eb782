//! The likelihood of customers of unknown numbers of phases. Fast on purpose: `fit_mbg_cnbd` of `benches/predict.rs`
//! must not get slower.
//!
//! With `K = r + k x`, `A = α / k`, `c` chances to leave and the [factor](super::Erlang::ln_gap_factor) `g` of the
//! gaps, a customer's density is
//!
//! ```text
//! B(a, b + c) / B(a, b) · Σ u_k (P_k W_k + d Q_k),   d = a / (b + c - 1),
//! P_k = g Γ(K) / Γ(r) A^r (A + T)^-K,   Q_k = g Γ(K) / Γ(r) A^r (A + t_x)^-K,   W_k = Σ_{j < k} (K)_j / j! q^j
//! ```
//!
//! where `q = (T - t_x) / (A + T)`, and `d` is 0 where `c` is. The weights `u` may have any sum: their Lagrangian
//! `-N Σ u` has its maximum where they are shares.

use super::block::{ALL, BLOCK, Block, NONE, Numbers, dot, times};
use super::row::{Densities, Group, Instant, Row, Shared, Sums};
use super::{KINDS, PHASES};
use crate::number::optimize::{Evaluation, maximize};
use crate::number::weight::count;
use crate::parallel;
use crate::predict::given::numbering::Numbering;
use crate::predict::purchases::beta_geometric::{ExtraChance, add_staying};
use crate::predict::{Samples, TimeUnit};

/// `r`, `α`, `a` and `b`, and the weights of all `k`.
pub(super) const NUMBERS: usize = 4 + KINDS;

/// A shop's samples by `x`.
#[derive(Debug)]
pub(super) struct Likelihood {
    extra: ExtraChance,
    /// The times in the model's unit.
    times: Vec<f64>,
    groups: Vec<Group>,
    pub(super) customers: f64,
}

/// A share of as many as of each other `k`.
pub(super) const EVEN: f64 = 0.2;

/// Evaluations in search of [shares](Likelihood::shares), each a small part of one of the likelihood.
const CLIMBS: u32 = 12;

/// The slope of a share of 0 from which on it is hardly less likely.
const NEARLY: f64 = -0.03;

/// A share below this is 0: not one customer in a million.
pub(super) const NOBODY: f64 = 1e-6;

/// Rows of a part.
const PART: usize = 1 << 10;

/// Parts whose blocks are kept until they are added: a megabyte.
const AT_ONCE: usize = 1 << 6;

impl Likelihood {
    pub(super) fn of(samples: &Samples, unit: TimeUnit, extra: ExtraChance) -> Self {
        let (mut numbering, mut rows) = (Numbering::default(), Vec::new());
        let ln_day = libm::log(unit.of_days(1.0));
        for ((repeats, age, recency), ln_gaps, customers) in samples.rhythm_rows() {
            let [age, recency] = [age, recency].map(f64::from_bits);
            let x = f64::from(repeats);
            let (known, ln_gaps) = match (repeats, ln_gaps) {
                (0, _) => (true, 0.0),
                (_, Some(ln_gaps)) => (true, ln_gaps + x * ln_day),
                (_, None) => (repeats == 1, x * libm::log(unit.of_days(recency))),
            };
            let [age, recency] = [age, recency].map(|days| numbering.of(days));
            rows.push((repeats, known, Row { age, recency, customers: count(customers), ln_gaps }));
        }
        rows.sort_by_key(|&(repeats, known, _)| (repeats, known));
        let group = |rows: &[(u32, bool, Row)]| Group {
            repeats: rows.first().map_or(0, |row| row.0),
            known: rows.first().is_none_or(|row| row.1),
            rows: rows.iter().map(|row| row.2).collect(),
        };
        let same = |one: &(u32, bool, Row), other: &(u32, bool, Row)| (one.0, one.1) == (other.0, other.1);
        let groups: Vec<Group> = rows.chunk_by(same).map(group).collect();
        Self::of_groups(groups, numbering.times().iter().map(|&days| unit.of_days(days)).collect(), extra)
    }

    fn of_groups(groups: Vec<Group>, times: Vec<f64>, extra: ExtraChance) -> Self {
        let customers = groups.iter().flat_map(|group| &group.rows).map(|row| row.customers).sum();
        Self { extra, times, groups, customers }
    }

    /// Keeps every `step`th row, the first included.
    pub(super) fn thinned(&self, step: usize) -> Self {
        let (mut groups, mut skip) = (Vec::new(), 0);
        for group in &self.groups {
            let rows: Vec<Row> = group.rows.iter().skip(skip).step_by(step).copied().collect();
            skip = (skip + rows.len() * step).saturating_sub(group.rows.len());
            if !rows.is_empty() {
                groups.push(Group { rows, ..*group });
            }
        }
        Self::of_groups(groups, self.times.clone(), self.extra)
    }

    pub(super) fn distinct_rows(&self) -> usize {
        self.groups.iter().map(|group| group.rows.len()).sum()
    }

    /// The Lagrangian: the log-likelihood less `N (Σ u - 1)`, and its derivatives. By a weight of 0 only the term
    /// `N (Σ u - 1)` has a derivative.
    pub(super) fn evaluate(&self, &numbers: &[f64; NUMBERS]) -> Evaluation<NUMBERS> {
        let [r, alpha, a, b, weights @ ..] = numbers;
        let mut sum = Evaluation::ZERO;
        let by_repeats = |group: &Group| (group.repeats, group.rows.iter().map(|row| row.customers).sum());
        let by_repeats: Vec<_> = self.groups.iter().map(by_repeats).collect();
        add_staying(self.extra, &by_repeats, a, b, &mut sum);
        sum.value -= self.customers * (weights.iter().sum::<f64>() - 1.0);
        sum.gradient[4..].iter_mut().for_each(|slope| *slope -= self.customers);
        let active = weights.map(|weight| weight > 0.0);
        let kinds: Vec<usize> = ALL.into_iter().filter(|&kind| active[kind]).collect();
        let kinds = kinds.as_slice();
        let instants = self.instants(alpha, active);
        let parts = self.parts();
        let of_rows = Evaluation::sum(parts.len(), |part| {
            let (mut sum, mut block, mut densities) = (Evaluation::ZERO, Block::empty(), Densities::none());
            for &(group, rows) in parts.get(part).into_iter().flatten() {
                let shared = Shared::of(group, self.extra, &numbers, active);
                let mut sums = Sums::default();
                for rows in rows.chunks(BLOCK) {
                    block.fill(rows, &instants);
                    sums.add(&mut block, &mut densities, &shared, kinds, [r, alpha]);
                }
                let chances = self.extra.chances(group.repeats);
                // Nobody can have left without a chance.
                let before = if chances > 0.0 { 1.0 / (b + (chances - 1.0)) } else { 0.0 };
                sums.add_to(&mut sum, a, before);
            }
            sum
        });
        sum.add(&of_rows, 1.0);
        sum.mirrored()
    }

    /// The gain of likelihood if customers were of each `k`, on average: the slope of the
    /// log-likelihood by the weight of each, over the customers. 0 where a weight is best, below where 0 is.
    pub(super) fn slopes(&self, numbers: &[f64; NUMBERS]) -> [f64; KINDS] {
        let [_, alpha, _, _, weights @ ..] = numbers;
        let instants = self.instants(*alpha, [true; KINDS]);
        let parts = self.parts();
        let of_parts = parallel::map(parts.len(), |part| {
            let (mut sums, mut block) = ([0.0; KINDS], Block::empty());
            for &(group, rows) in parts.get(part).into_iter().flatten() {
                let shared = Shared::of(group, self.extra, numbers, [true; KINDS]);
                for rows in rows.chunks(BLOCK) {
                    block.fill(rows, &instants);
                    let densities = block.densities(&shared);
                    let weighed = weighed(&block.customers, &mixed(&densities, weights));
                    sums.iter_mut().zip(&densities).for_each(|(sum, density)| *sum += dot(&weighed, density));
                }
            }
            sums
        });
        let mut slopes = [-1.0; KINDS];
        for sums in of_parts {
            slopes.iter_mut().zip(sums).for_each(|(slope, sum)| *slope += sum / self.customers);
        }
        slopes
    }

    /// The shares under which the customers are the most likely at other numbers, to start a climb of all numbers from;
    /// in place of 0, `few` where that is hardly less likely. Found from those of the numbers, none of them 0.
    pub(super) fn shares(&self, numbers: &[f64; NUMBERS], few: f64) -> [f64; KINDS] {
        let mut even = *numbers;
        even[4..].fill(EVEN);
        let instants = self.instants(numbers[1], [true; KINDS]);
        let parts = self.parts();
        let densities = parallel::map(parts.len(), |part| {
            let (mut block, mut blocks) = (Block::empty(), Vec::new());
            for &(group, rows) in parts.get(part).into_iter().flatten() {
                let shared = Shared::of(group, self.extra, &even, [true; KINDS]);
                for rows in rows.chunks(BLOCK) {
                    block.fill(rows, &instants);
                    blocks.push((block.customers, block.densities(&shared)));
                }
            }
            blocks
        });
        // By the roots of shares, as the climb. Blocks are worked on by all cores and added in their order.
        let objective = |roots: &[f64; KINDS]| {
            let weights = roots.map(|root| root * root);
            let mut sum = Evaluation::<KINDS>::ZERO;
            for parts in densities.chunks(AT_ONCE) {
                let of_parts = parallel::map(parts.len(), |part| {
                    let blocks = parts.get(part).into_iter().flatten();
                    blocks.map(|(customers, densities)| by_weights(customers, densities, &weights)).collect::<Vec<_>>()
                });
                of_parts.iter().flatten().for_each(|block| sum.add(block, 1.0));
            }
            let mut sum = sum.mirrored();
            sum.value -= self.customers * (roots.iter().map(|root| root * root).sum::<f64>() - 1.0);
            for row in 0..KINDS {
                sum.gradient[row] -= self.customers;
                sum.hessian[row].iter_mut().zip(roots).for_each(|(curve, root)| *curve *= 4.0 * roots[row] * root);
                sum.hessian[row][row] += 2.0 * sum.gradient[row];
                sum.gradient[row] *= 2.0 * roots[row];
            }
            sum
        };
        let start: [f64; KINDS] = core::array::from_fn(|kind| numbers[4 + kind].sqrt());
        let top = maximize(start, &[1.5; KINDS], CLIMBS, objective);
        // The diagonal at a root of 0 has the slope alone.
        let mut shares = top.point.map(|root| root * root);
        for (share, curves) in shares.iter_mut().zip(top.evaluation.hessian.iter().enumerate()) {
            let slope = 0.5 * curves.1[curves.0] / self.customers;
            if *share < NOBODY {
                *share = if slope > NEARLY { few } else { 0.0 };
            }
        }
        let all: f64 = shares.iter().sum();
        shares.map(|share| share / all)
    }

    /// The rows in parts that do not depend on threads.
    fn parts(&self) -> Vec<Vec<(&Group, &[Row])>> {
        let (mut parts, mut part, mut size) = (Vec::new(), Vec::new(), 0);
        for group in &self.groups {
            for rows in group.rows.chunks(PART) {
                part.push((group, rows));
                size += rows.len();
                if size >= PART {
                    parts.push(core::mem::take(&mut part));
                    size = 0;
                }
            }
        }
        parts.push(part);
        parts
    }

    fn instants(&self, alpha: f64, active: [bool; KINDS]) -> Vec<Instant> {
        let instant = |&time: &f64| {
            let mut instant = Instant { time, ..Instant::default() };
            for (kind, phases) in PHASES.into_iter().map(f64::from).enumerate().filter(|&(kind, _)| active[kind]) {
                instant.of[kind] = [libm::log1p(time * phases / alpha), 1.0 / (alpha + phases * time)];
            }
            instant
        };
        self.times.iter().map(instant).collect()
    }
}

/// The log-likelihood of a block's customers and its derivatives by the weights; of the Hessian the upper half.
fn by_weights(customers: &Numbers, densities: &[Numbers; KINDS], weights: &[f64; KINDS]) -> Evaluation<KINDS> {
    let mut block = Evaluation::ZERO;
    let all = mixed(densities, weights);
    let inverse = all.map(|all| 1.0 / all);
    let slopes = densities.map(|density| times(&density, &inverse));
    block.value = Block::logarithms(customers, &all);
    for (row, slope) in slopes.iter().enumerate() {
        let slope = times(slope, customers);
        block.gradient[row] = slope.iter().sum();
        for (column, other) in slopes.iter().enumerate().skip(row) {
            block.hessian[row][column] = -dot(&slope, other);
        }
    }
    block
}

/// The density of whoever may be of any `k`.
fn mixed(densities: &[Numbers; KINDS], weights: &[f64; KINDS]) -> Numbers {
    let mut all = NONE;
    for (density, weight) in densities.iter().zip(weights) {
        all.iter_mut().zip(density).for_each(|(all, density)| *all += density * weight);
    }
    all
}

fn weighed(customers: &Numbers, all: &Numbers) -> Numbers {
    let mut weighed = *customers;
    weighed.iter_mut().zip(all).for_each(|(customers, all)| *customers /= all);
    weighed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::purchases::model::PurchaseModel;
    use crate::predict::purchases::rhythm::Rhythm;
    use crate::predict::{Sample, Samples};

    const NUMBERS_HERE: [f64; NUMBERS] = [0.8, 3.0, 0.7, 2.3, 0.4, 0.2, 0.1, 0.2, 0.1];

    fn samples() -> Vec<(Sample, u64)> {
        let row = |x, recency, age| Sample::new(x, recency, age).unwrap();
        let known = |x, recency: f64, age, share: f64| {
            let equal = f64::from(x) * (recency / f64::from(x)).ln();
            row(x, recency, age).with_ln_gaps(equal - share).unwrap()
        };
        vec![
            (row(0, 0.0, 300.0), 7),
            (row(0, 0.0, 20.0), 3),
            (row(1, 40.0, 90.0), 2),
            (row(4, 90.0, 400.0), 1),
            (known(4, 90.0, 400.0, 0.3), 2),
            (known(4, 90.0, 400.0, 2.0), 1),
            (known(9, 63.0, 70.0, 0.1), 1),
            (known(60, 420.0, 900.0, 30.0), 1),
            (row(2, 70.0, 70.0), 1),
        ]
    }

    #[test]
    fn it_is_the_sum_of_the_customers_and_its_derivatives_are_right() {
        for extra in [ExtraChance(0), ExtraChance(1)] {
            let samples = samples();
            let grouped = Samples::from_rows(None, samples.clone(), []).unwrap();
            let likelihood = Likelihood::of(&grouped, TimeUnit::Week, extra);
            assert!((likelihood.customers - 19.0).abs() < 1e-9);
            let found = likelihood.evaluate(&NUMBERS_HERE);
            let [r, alpha, a, b, shares @ ..] = NUMBERS_HERE;
            let model = Rhythm { extra, unit: TimeUnit::Week, parameters: [r, alpha, a, b], shares };
            let sum: f64 = samples.iter().map(|(sample, n)| count(*n) * model.log_likelihood(sample)).sum();
            assert!((found.value / sum - 1.0).abs() < 1e-13, "{} {sum}", found.value);
            let slopes = likelihood.slopes(&NUMBERS_HERE);
            for row in 0..NUMBERS {
                let at = |way: f64| {
                    let mut numbers = NUMBERS_HERE;
                    numbers[row] *= 1.0 + way * 1e-5;
                    likelihood.evaluate(&numbers)
                };
                let (up, down, step) = (at(1.0), at(-1.0), 2e-5 * NUMBERS_HERE[row]);
                let near = |found: f64, expected: f64| (found - expected).abs() < 1e-6 * (1.0 + expected.abs());
                assert!(near(found.gradient[row], (up.value - down.value) / step), "{row} {found:?}");
                for column in 0..NUMBERS {
                    let expected = (up.gradient[column] - down.gradient[column]) / step;
                    assert!(near(found.hessian[row][column], expected), "{row} {column} {expected} {found:?}");
                }
                if row >= 4 {
                    assert!(near(19.0 * slopes[row - 4], found.gradient[row]), "{row}");
                }
            }
        }
    }
}
