//! The likelihood of all samples and its derivatives, for the fit.

use crate::number::optimize::Evaluation;
use crate::predict::OpportunitySamples;

/// Samples, sorted for the two parts of their likelihood.
///
/// Up to the last purchase it is a product; the counts of its factors are enough. After it comes a sum over the
/// opportunity before which the customer left, in which `t_x` is only the start: customers of equal `x` and `n` share it.
#[derive(Debug)]
pub(in crate::predict) struct Likelihood {
    /// The customers with an `i`-th purchase, from 0 on.
    bought: Vec<f64>,
    /// The customers with an `i`-th opportunity without a purchase, before their last purchase.
    passed: Vec<f64>,
    /// The customers with an `i`-th opportunity up to their last purchase.
    seen: Vec<f64>,
    tails: Vec<Tail>,
    /// The tails in parts of about as much work.
    parts: Vec<core::ops::Range<usize>>,
    pub(in crate::predict) most_opportunities: u32,
}

/// Customers of the same `x` and `n`.
#[derive(Debug)]
struct Tail {
    repeats: u32,
    opportunities: u32,
    /// `t_x`, descending from below `n`, and its customers.
    customers: Vec<(u32, f64)>,
}

impl Likelihood {
    #[allow(clippy::cast_precision_loss, reason = "customers are fewer than 2^53")]
    pub(in crate::predict) fn of(samples: &OpportunitySamples) -> Self {
        let rows: Vec<_> = samples.iter().collect();
        let (mut bought, mut passed, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        for &(sample, customers) in &rows {
            let (repeats, recency, customers) = (sample.repeats(), sample.recency(), customers as f64);
            add_at(&mut bought, repeats, customers);
            add_at(&mut passed, recency - repeats, customers);
            add_at(&mut seen, recency, customers);
        }
        let by_tail = rows.chunk_by(|(left, _), (right, _)| {
            (left.repeats(), left.opportunities()) == (right.repeats(), right.opportunities())
        });
        let tails = by_tail.filter_map(|rows| {
            let (sample, _) = rows.first()?;
            let (repeats, opportunities) = (sample.repeats(), sample.opportunities());
            let customers = rows.iter().rev().map(|&(sample, customers)| (sample.recency(), customers as f64));
            // Who bought at the last opportunity has no opportunities after it.
            let customers: Vec<_> = customers.filter(|&(recency, _)| recency < opportunities).collect();
            (!customers.is_empty()).then_some(Tail { repeats, opportunities, customers })
        });
        let tails: Vec<Tail> = tails.collect();
        Self {
            parts: parts(&tails),
            bought: at_least(bought),
            passed: at_least(passed),
            seen: at_least(seen),
            tails,
            most_opportunities: rows.iter().map(|(sample, _)| sample.opportunities()).max().unwrap_or(0),
        }
    }

    /// `ln L` and its derivatives by alpha, beta, gamma and delta.
    pub(in crate::predict) fn evaluate(&self, parameters: &[f64; 4]) -> Evaluation<4> {
        let mut sum = Evaluation::ZERO;
        self.add_up_to_last_purchase(parameters, &mut sum);
        let of_part = |part: usize| {
            let (mut sum, part) = (Evaluation::ZERO, self.parts.get(part).cloned().unwrap_or_default());
            for tail in self.tails.get(part).unwrap_or_default() {
                let (mut jet, mut at) = (Evaluation { value: 1.0, ..Evaluation::ZERO }, tail.opportunities);
                for &(recency, customers) in &tail.customers {
                    while at > recency {
                        at -= 1;
                        step(&mut jet, parameters, tail.repeats, at);
                    }
                    add_logarithm(&mut sum, &jet, customers);
                }
            }
            sum
        };
        sum.add(&Evaluation::sum(self.parts.len(), of_part), 1.0);
        sum.mirrored()
    }

    fn add_up_to_last_purchase(&self, &[alpha, beta, gamma, delta]: &[f64; 4], sum: &mut Evaluation<4>) {
        let both = alpha + beta;
        // As many factors stand below the line as above it. Each is divided by alpha + beta: the logarithms stay small.
        for (row, (start, counts)) in [(alpha, &self.bought), (beta, &self.passed)].into_iter().enumerate() {
            for (i, &customers) in (0u32..).zip(counts) {
                let factor = start + f64::from(i);
                sum.value += customers * libm::log(factor / both);
                sum.gradient[row] += customers / factor;
                sum.hessian[row][row] -= customers / (factor * factor);
            }
        }
        for (i, &customers) in (0u32..).zip(&self.seen) {
            let i = f64::from(i);
            let (divisor, stays, ends) = (both + i, delta + i, gamma + delta + i);
            sum.value -= customers * (libm::log1p(i / both) + libm::log1p(gamma / stays));
            let squared = customers / (divisor * divisor);
            for row in 0..2 {
                sum.gradient[row] -= customers / divisor;
                sum.hessian[row][1] += squared;
            }
            sum.hessian[0][0] += squared;
            sum.gradient[2] -= customers / ends;
            sum.gradient[3] += customers * gamma / (stays * ends);
            let squared = customers / (ends * ends);
            sum.hessian[2][2] += squared;
            sum.hessian[2][3] += squared;
            sum.hessian[3][3] += squared - customers / (stays * stays);
        }
    }
}

/// Steps of a part: some hundred microseconds of work.
const PART: u64 = 1 << 12;

/// Cuts tails into parts of [`PART`] steps, or a little more.
fn parts(tails: &[Tail]) -> Vec<core::ops::Range<usize>> {
    let (mut parts, mut start, mut steps) = (Vec::new(), 0, 0);
    for (tail, end) in tails.iter().zip(1..) {
        let furthest = tail.customers.last().map_or(0, |&(recency, _)| recency);
        steps += u64::from(tail.opportunities - furthest);
        if steps >= PART || end == tails.len() {
            parts.push(start..end);
            (start, steps) = (end, 0);
        }
    }
    parts
}

fn add_at(counts: &mut Vec<f64>, place: u32, customers: f64) {
    let place = place as usize;
    if counts.len() <= place {
        counts.resize(place + 1, 0.0);
    }
    counts[place] += customers;
}

/// Turns the number of customers at each count into the number above it.
fn at_least(mut counts: Vec<f64>) -> Vec<f64> {
    let mut above = 0.0;
    for count in counts.iter_mut().rev() {
        above += core::mem::replace(count, above);
    }
    counts
}

/// Adds `times` times the logarithm of a function.
fn add_logarithm(sum: &mut Evaluation<4>, function: &Evaluation<4>, times: f64) {
    let share = times / function.value;
    sum.value += times * libm::log(function.value);
    for row in 0..4 {
        sum.gradient[row] += share * function.gradient[row];
        for column in row..4 {
            let product = function.gradient[row] * function.gradient[column] / function.value;
            sum.hessian[row][column] += share * (function.hessian[row][column] - product);
        }
    }
}

/// Steps from the probability `q` of no purchase after opportunity `at + 1`, if alive there, to that after opportunity
/// `at`: `w + v u q`, by leaving, staying and passing by. Only the upper half of the Hessian is kept.
fn step(jet: &mut Evaluation<4>, &[alpha, beta, gamma, delta]: &[f64; 4], repeats: u32, at: u32) {
    let (missed, at, repeats) = (f64::from(at - repeats), f64::from(at), f64::from(repeats));
    // u = (beta + missed) / (alpha + beta + at), and its derivatives by alpha and beta.
    let share = 1.0 / (alpha + beta + at);
    let (u, buys, square) = ((beta + missed) * share, (alpha + repeats) * share, share * share);
    let u_first = [-u * share, buys * share];
    let u_second = [[2.0 * u * square, (u - buys) * square], [0.0, -2.0 * buys * square]];
    // v = 1 - w, and the derivatives of w = gamma / (gamma + delta + at) by gamma and delta.
    let share = 1.0 / (gamma + delta + at);
    let (v, w, square) = ((delta + at) * share, gamma * share, share * share);
    let w_first = [v * share, -w * share];
    let w_second = [[-2.0 * v * square, (w - v) * square], [0.0, 2.0 * w * square]];
    let passes = u * jet.value;
    let mut slope = jet.gradient.map(|slope| u * slope);
    for row in 0..2 {
        slope[row] += u_first[row] * jet.value;
    }
    for row in 0..4 {
        for column in row..4 {
            let mut curvature = u * jet.hessian[row][column];
            if row < 2 {
                curvature += u_first[row] * jet.gradient[column];
            }
            if column < 2 {
                curvature += u_first[column] * jet.gradient[row] + u_second[row][column] * jet.value;
            }
            curvature *= v;
            if row > 1 {
                curvature += w_second[row - 2][column - 2] * (1.0 - passes) - w_first[row - 2] * slope[column];
            }
            if column > 1 {
                curvature -= w_first[column - 2] * slope[row];
            }
            jet.hessian[row][column] = curvature;
        }
    }
    jet.gradient = slope.map(|slope| v * slope);
    jet.gradient[2] += w_first[0] * (1.0 - passes);
    jet.gradient[3] += w_first[1] * (1.0 - passes);
    jet.value = w + v * passes;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::predict::OpportunitySample;

    #[test]
    fn derivatives_are_those_of_the_value() -> Result<()> {
        let rows = [(0, 0, 4, 7), (2, 3, 9, 2), (2, 5, 9, 1), (2, 9, 9, 3), (5, 5, 6, 1), (1, 20, 40, 2), (0, 0, 0, 3)];
        let rows = rows.map(|(x, t_x, n, customers)| Ok((OpportunitySample::new(x, t_x, n)?, customers)));
        let samples = OpportunitySamples::try_from(rows.into_iter().collect::<Result<Vec<_>>>()?)?;
        let likelihood = Likelihood::of(&samples);
        let at = [0.7, 1.9, 0.4, 3.1];
        let here = likelihood.evaluate(&at);
        for row in 0..4 {
            let beside = |way: f64| {
                let mut beside = at;
                beside[row] += 1e-5 * way;
                likelihood.evaluate(&beside)
            };
            let (left, right) = (beside(-1.0), beside(1.0));
            let slope = (right.value - left.value) / 2e-5;
            assert!((slope - here.gradient[row]).abs() < 1e-7, "{row}: {slope} {here:?}");
            for column in 0..4 {
                let curvature = (right.gradient[column] - left.gradient[column]) / 2e-5;
                assert!((curvature - here.hessian[row][column]).abs() < 1e-7, "{row} {column}: {curvature} {here:?}");
            }
        }
        Ok(())
    }

    #[test]
    fn counts_become_counts_of_at_least() {
        let mut counts = Vec::new();
        for (place, customers) in [(3, 2.0), (0, 5.0), (1, 1.0), (3, 1.0)] {
            add_at(&mut counts, place, customers);
        }
        assert_eq!(at_least(counts), [4.0, 3.0, 3.0, 0.0]);
    }
}
