//! The fit of shares of customers by their number of phases, together with rates and dropout.

use super::likelihood::{EVEN, Likelihood, NOBODY, NUMBERS};
use super::{KINDS, Rhythm};
use crate::error::{Error, Result};
use crate::number::optimize::{Ascent, End, Evaluation, covariance};
use crate::number::weight::count;
use crate::predict::fit::search::{BOUND, Found, Search, ascend, go_on};
use crate::predict::purchases::beta_geometric::{self, ExtraChance};
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::{Fit, FitOptions, FitReport, Sample, Samples, StopReason};

/// The bounds of the coordinates.
const BOUNDS: [f64; NUMBERS] = [BOUND; NUMBERS];

/// A share to start from where it may be 0.
const FEW: f64 = 0.005;

/// A [slope](Likelihood::slopes) up to this is none.
const FLAT: f64 = 1e-9;

/// A slope on a part of the rows from which on that on all needs no look.
const STEEP: f64 = 0.05;

/// Shares without a rhythm.
const ALONE: [f64; KINDS] = [1.0, 0.0, 0.0, 0.0, 0.0];

/// Shares to start from.
const STARTS: [[f64; KINDS]; 2] = [[0.4, 0.2, 0.15, 0.15, 0.1], [0.1, 0.1, 0.2, 0.3, 0.3]];

/// `r`, `a` and `b` to start from, too, in a small shop where those without a rhythm are at a limit.
const INSIDE: [[f64; 3]; 2] = [[0.5, 0.5, 2.5], [50.0, 0.5, 2.5]];

/// Rows of the part of many on which a search starts.
const FEW_ROWS: usize = 1 << 12;

/// Rounds in which shares of 0 may become more.
const MOST_ROUNDS: usize = 4;

/// Fits one of the two models: `params` makes its parameters of numbers, `model` the model of its parameters.
pub(in crate::predict) fn fit<M, P>(
    name: &'static str,
    extra: ExtraChance,
    samples: &Samples,
    options: &FitOptions,
    params: impl Fn([f64; NUMBERS]) -> P,
    model: impl FnOnce(P) -> Result<M>,
) -> Result<Fit<M, P>> {
    // Without a rhythm.
    let (search, rate, alone) = beta_geometric::search(name, extra, samples.grouped(), options)?;
    let likelihood = Likelihood::of(samples, options.unit(), extra);
    let fitting = Fitting { search: &search, options, penalty: options.checked_penalty()? };
    let inside = INSIDE.map(|[r, a, b]| [r, r / rate, a, b]);
    let mut found = fitting.found(&alone, &inside, &likelihood)?;
    let [r, alpha, a, b, shares @ ..] = found.parameters;
    if found.standard_errors.is_none() && shares[0] < 1.0 {
        // The climb may have ended where shares do not sum to 1, and those of nobody are 0 since.
        let model = Rhythm { extra, unit: options.unit(), parameters: [r, alpha, a, b], shares };
        let of_row = |(sample, customers): (Sample, u64)| count(customers) * model.log_likelihood(&sample);
        found.report.log_likelihood = samples.with_gaps().map(of_row).sum();
    }
    let [_, age, ..] = search.units;
    found.to_fit(params, model, |[r, alpha, a, b, ..]| beta_geometric::limits([r, alpha, a, b], age))
}

struct Fitting<'a> {
    search: &'a Search<'a, 4>,
    options: &'a FitOptions,
    penalty: f64,
}

impl Fitting<'_> {
    fn found(&self, alone: &Found<4>, inside: &[[f64; 4]], likelihood: &Likelihood) -> Result<Found<NUMBERS>> {
        let without = joined(alone.parameters, ALONE);
        let step = likelihood.distinct_rows() / FEW_ROWS;
        let part = (step > 1).then(|| likelihood.thinned(step));
        let is_steep = part.as_ref().is_some_and(|part| part.slopes(&without).iter().any(|&slope| slope > STEEP));
        if !is_steep && likelihood.slopes(&without).iter().all(|&slope| slope <= FLAT) {
            let standard_errors = alone.standard_errors.map(|errors| joined(errors, [0.0; KINDS]));
            return Ok(Found { parameters: without, standard_errors, report: alone.report });
        }
        let mut evaluations = alone.report.evaluations;
        // Without a rhythm, nobody may be seen to leave, nor customers to differ. With one, they may, and parameters at their
        // limits have no slope that would show it.
        let from: &[[f64; 4]] = if alone.standard_errors.is_none() && self.search.tries_all { inside } else { &[] };
        let mut starts: Vec<_> = [&alone.parameters]
            .into_iter()
            .chain(from)
            .flat_map(|from| STARTS.map(|shares| joined(*from, shares)))
            .collect();
        if !self.search.tries_all {
            // Where one climb is enough, it begins near its end.
            let few = part.as_ref().unwrap_or(likelihood);
            starts.insert(0, joined(alone.parameters, few.shares(&joined(alone.parameters, [EVEN; KINDS]), FEW)));
        }
        if let Some(part) = part {
            let near = self.near(alone, &part, likelihood, &starts[0], &mut evaluations)?;
            starts.insert(0, near);
        }
        let best = self.best(likelihood, &starts, &mut evaluations)?;
        let gradient_norm = best.evaluation.gradient_norm();
        if best.end == End::Unfinished {
            return Err(Error::NotConverged { model: self.search.model, evaluations, gradient_norm });
        }
        let spread = covariance(&best.evaluation.hessian).filter(|_| best.end == End::Maximum);
        let numbers = self.numbers(&best.point);
        let all: f64 = numbers[4..].iter().sum();
        let mut parameters = numbers;
        parameters[4..].iter_mut().for_each(|share| *share /= all);
        let standard_errors = spread.map(|spread| {
            let mut errors = parameters;
            for (index, error) in errors.iter_mut().enumerate() {
                let variance = spread[index][index];
                *error = if index < 4 {
                    *error * variance.sqrt()
                } else {
                    // Of weights without a given sum, which varies as that of a Poisson number of customers.
                    f64::max(4.0 * *error * variance - *error * *error / likelihood.customers, 0.0).sqrt()
                };
            }
            errors
        });
        let squares: f64 = best.point[..4].iter().map(|logarithm| logarithm * logarithm).sum();
        let report = FitReport {
            log_likelihood: best.evaluation.value + self.penalty * squares,
            evaluations,
            gradient_norm,
            distinct_rows: likelihood.distinct_rows(),
            stop: if standard_errors.is_some() { StopReason::Maximum } else { StopReason::Boundary },
            ..alone.report
        };
        Ok(Found { parameters, standard_errors, report })
    }

    /// Near the maximum of many rows: what a rhythm changes in a part of them, and the best shares there.
    fn near(
        &self,
        alone: &Found<4>,
        part: &Likelihood,
        likelihood: &Likelihood,
        start: &[f64; NUMBERS],
        evaluations: &mut u32,
    ) -> Result<[f64; NUMBERS]> {
        let mut near = self.numbers(&self.best(part, &[*start], evaluations)?.point);
        let without = joined(alone.parameters, ALONE);
        let of_part = self.climb(part, &[without], evaluations)?;
        if alone.standard_errors.is_some() && of_part.end == End::Maximum {
            let of_part = self.numbers(&of_part.point);
            near.iter_mut()
                .take(4)
                .zip(without.iter().zip(of_part))
                .for_each(|(near, (all, part))| *near *= all / part);
        }
        near[4..].iter_mut().for_each(|share| *share = f64::max(*share, FEW));
        let shares = likelihood.shares(&near, 0.0);
        near[4..].copy_from_slice(&shares);
        Ok(near)
    }

    /// The highest climb, on which no share of 0 would be better above it.
    fn best(
        &self,
        likelihood: &Likelihood,
        starts: &[[f64; NUMBERS]],
        evaluations: &mut u32,
    ) -> Result<Ascent<NUMBERS>> {
        let mut best = self.climb(likelihood, starts, evaluations)?;
        for _ in 0..MOST_ROUNDS {
            let mut numbers = self.numbers(&best.point);
            if numbers[4..].iter().all(|&share| share > 0.0) {
                break;
            }
            let slopes = likelihood.slopes(&numbers);
            let mut is_best = true;
            for (share, slope) in numbers[4..].iter_mut().zip(slopes) {
                if *share <= 0.0 && slope > FLAT {
                    (*share, is_best) = (0.01, false);
                }
            }
            if is_best {
                break;
            }
            let other = self.climb(likelihood, &[numbers], evaluations)?;
            if other.evaluation.value <= best.evaluation.value {
                break;
            }
            best = other;
        }
        Ok(best)
    }

    /// Climbs by the logarithms of parameters and the roots of shares: a share of 0 is a maximum like any other.
    fn climb(
        &self,
        likelihood: &Likelihood,
        starts: &[[f64; NUMBERS]],
        evaluations: &mut u32,
    ) -> Result<Ascent<NUMBERS>> {
        let points: Vec<_> = starts.iter().map(|start| self.point(start)).collect();
        let objective = |point: &[f64; NUMBERS]| self.objective(likelihood, point, false);
        let best = ascend(self.search.tries_all, self.options, &points, &BOUNDS, evaluations, objective);
        let best = best.ok_or(Error::NoCustomers { what: self.search.model })?;
        let freely = |point: &[f64; NUMBERS]| self.objective(likelihood, point, true);
        let Some(mut end) = go_on(&best, self.options, &BOUNDS, evaluations, freely) else { return Ok(best) };
        let all: f64 = end.point[4..].iter().map(|root| root * root).sum();
        end.point[4..].iter_mut().for_each(|root| *root /= all.sqrt());
        end.evaluation = objective(&end.point);
        *evaluations += 1;
        Ok(end)
    }

    /// Computes the objective, with two ways to hold the sum of the shares. Where all `k` are nearly as likely, shares
    /// have far to go along a sphere that the Lagrangian holds them to, in steps as small as customers are many.
    /// `freely`, the likelihood of weights is that of the shares that they are in proportion to, and only their sum is
    /// held, loosely: the same maximum.
    fn objective(&self, likelihood: &Likelihood, point: &[f64; NUMBERS], freely: bool) -> Evaluation<NUMBERS> {
        let numbers = self.numbers_of(point);
        let mut evaluation = likelihood.evaluate(&numbers);
        if freely {
            let (customers, sum) = (likelihood.customers, numbers[4..].iter().sum::<f64>());
            let (over, hold) = (sum - 1.0, customers.sqrt());
            evaluation.value += customers * (over - libm::log(sum)) - hold * over * over;
            for row in 4..NUMBERS {
                evaluation.gradient[row] += customers * (1.0 - 1.0 / sum) - 2.0 * hold * over;
                for column in 4..NUMBERS {
                    evaluation.hessian[row][column] += customers / (sum * sum) - 2.0 * hold;
                }
            }
        }
        for row in 0..NUMBERS {
            for column in 0..NUMBERS {
                evaluation.hessian[row][column] *= slope(row, &numbers, point) * slope(column, &numbers, point);
            }
        }
        for index in 0..NUMBERS {
            let bend = if index < 4 { numbers[index] } else { 2.0 };
            evaluation.hessian[index][index] += evaluation.gradient[index] * bend;
            evaluation.gradient[index] *= slope(index, &numbers, point);
        }
        for (index, logarithm) in point.iter().take(4).enumerate() {
            evaluation.value -= self.penalty * logarithm * logarithm;
            evaluation.gradient[index] -= 2.0 * self.penalty * logarithm;
            evaluation.hessian[index][index] -= 2.0 * self.penalty;
        }
        evaluation
    }

    fn point(&self, numbers: &[f64; NUMBERS]) -> [f64; NUMBERS] {
        let mut point = numbers.map(f64::sqrt);
        for (index, unit) in self.search.units.into_iter().enumerate() {
            point[index] = libm::log(numbers[index] / unit);
        }
        point
    }

    fn numbers_of(&self, point: &[f64; NUMBERS]) -> [f64; NUMBERS] {
        let mut numbers = point.map(|root| root * root);
        for (index, unit) in self.search.units.into_iter().enumerate() {
            numbers[index] = unit * libm::exp(point[index]);
        }
        numbers
    }

    /// The numbers at a point, with shares of nobody at 0.
    fn numbers(&self, point: &[f64; NUMBERS]) -> [f64; NUMBERS] {
        let mut numbers = self.numbers_of(point);
        numbers[4..].iter_mut().filter(|share| **share < NOBODY).for_each(|share| *share = 0.0);
        numbers
    }
}

/// The derivative of a number by its coordinate.
fn slope(index: usize, numbers: &[f64; NUMBERS], point: &[f64; NUMBERS]) -> f64 {
    if index < 4 { numbers[index] } else { 2.0 * point[index] }
}

fn joined([r, alpha, a, b]: [f64; 4], [one, two, three, five, eight]: [f64; KINDS]) -> [f64; NUMBERS] {
    [r, alpha, a, b, one, two, three, five, eight]
}
