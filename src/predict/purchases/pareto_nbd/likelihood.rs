//! The likelihood of customers' samples and its derivatives.
//!
//! A customer's density is a sum over the ends of a silence: still there, or left at a moment of it. The logarithm of
//! each term is elementary in the parameters: the gradient of the log of the sum is the mean of the terms' gradients, its
//! Hessian the mean of their Hessians plus the covariance of their gradients.
//!
//! Written for speed before plainness: `benches/predict.rs`, id `predict/fit_pareto_nbd`, must not get slower.

use super::Parameters;
use super::race::{Moment, Race};
use crate::number::optimize::Evaluation;
use crate::number::special::{digamma_difference, ln_rising, trigamma_difference};
use crate::number::weight::count;
use crate::predict::TimeUnit;
use crate::predict::given::grouped::{Grouped, Piece};
use crate::predict::given::unit::Observed;

/// The race between the next purchase and the exit from the last purchase to the end of the observation.
pub(in crate::predict) fn silence([r, alpha, s, beta]: Parameters, of: &Observed) -> Race {
    let (k, recency) = (r + f64::from(of.repeats), of.recency);
    Race::new((k, alpha + recency), (s, beta + recency), of.age - recency)
}

/// `ln f(x, t_x | T)`.
pub(in crate::predict) fn log_likelihood(parameters: Parameters, of: &Observed) -> f64 {
    let [r, alpha, s, beta] = parameters;
    let (repeats, recency) = (f64::from(of.repeats), of.recency);
    let no_purchase = silence(parameters, of).ends().ln_no_purchase();
    if of.repeats == 0 {
        return no_purchase;
    }
    ln_rising(r, repeats)
        - repeats * libm::log(alpha + recency)
        - r * libm::log1p(recency / alpha)
        - s * libm::log1p(recency / beta)
        + no_purchase
}

/// Rows that are summed by themselves: short sums round less than a long one.
const BLOCK: usize = 256;

/// A shop's samples, cut into blocks.
#[derive(Debug)]
pub(in crate::predict) struct Likelihood<'a> {
    /// The times in the model's unit.
    times: Vec<f64>,
    blocks: Vec<Vec<Piece<'a>>>,
}

impl<'a> Likelihood<'a> {
    pub(in crate::predict) fn of(rows: &'a Grouped, unit: TimeUnit) -> Self {
        let times = rows.times.iter().map(|&days| unit.of_days(days)).collect();
        Self { times, blocks: rows.cut(BLOCK) }
    }

    /// The log-likelihood of samples and its derivatives by the parameters.
    pub(in crate::predict) fn evaluate(&self, parameters: &Parameters) -> Evaluation<4> {
        let of_block = |number: usize| {
            let mut block = Evaluation::ZERO;
            for piece in self.blocks.get(number).into_iter().flatten() {
                let rising = Rising::of(parameters[0], piece.repeats);
                for row in piece.rows {
                    let time = |number: u32| self.times.get(number as usize).copied().unwrap_or_default();
                    let (repeats, recency, age) = (piece.repeats, time(row.recency), time(row.age));
                    let of = Observed { repeats, recency, age };
                    block.add(&customer(parameters, &of, &rising), count(row.customers));
                }
            }
            block
        };
        Evaluation::sum(self.blocks.len(), of_block).mirrored()
    }
}

/// `Γ(r + x) / Γ(r)`: its log and the derivatives of that.
#[derive(Debug, Clone, Copy)]
struct Rising {
    log: f64,
    slope: f64,
    curvature: f64,
}

impl Rising {
    fn of(r: f64, repeats: u32) -> Self {
        let x = f64::from(repeats);
        let (log, slope, curvature) = (ln_rising(r, x), digamma_difference(r, x), trigamma_difference(r, x));
        Self { log, slope, curvature }
    }
}

/// Means of the parts of moments, and of their products; of those the upper half.
#[derive(Debug, Clone, Copy, Default)]
struct Means {
    weight: f64,
    parts: [f64; 4],
    products: [[f64; 4]; 4],
}

impl Means {
    fn add(&mut self, Moment { parts }: &Moment, weight: f64) {
        self.weight += weight;
        for row in 0..4 {
            let weighted = weight * parts[row];
            self.parts[row] += weighted;
            self.products[row][row..].iter_mut().zip(&parts[row..]).for_each(|(sum, part)| *sum += weighted * part);
        }
    }

    /// Turns sums into means, and products into covariances.
    fn normalised(mut self) -> Self {
        let scale = if self.weight > 0.0 { 1.0 / self.weight } else { 0.0 };
        self.parts.iter_mut().for_each(|part| *part *= scale);
        for (row, mean) in self.products.iter_mut().zip(self.parts) {
            row.iter_mut().zip(self.parts).for_each(|(product, other)| *product = *product * scale - mean * other);
        }
        self
    }
}

/// The log of one customer's density and its derivatives; of the Hessian the upper half.
fn customer(parameters: &Parameters, of: &Observed, rising: &Rising) -> Evaluation<4> {
    let [r, alpha, s, beta] = *parameters;
    let (repeats, recency) = (f64::from(of.repeats), of.recency);
    let (race, mut exits) = (silence(*parameters, of), Means::default());
    let ends = race.exits(|moment, weight| exits.add(moment, weight));
    let exits = exits.normalised();
    let left = ends.exit / (ends.exit + libm::exp(ends.ln_neither));

    // The parts a, b, c, e of a moment, from those since the last purchase to those since the first: ln(1 + u / α),
    // u / (α + u), ln(1 + u / β) and u / (β + u).
    let (by_alpha, by_beta) = (recency / alpha, recency / beta);
    let last = [libm::log1p(by_alpha), by_alpha / (1.0 + by_alpha), libm::log1p(by_beta), by_beta / (1.0 + by_beta)];
    let scale = [1.0, 1.0 / (1.0 + by_alpha), 1.0, 1.0 / (1.0 + by_beta)];
    let since_first =
        |parts: [f64; 4]| core::array::from_fn::<f64, 4, _>(|part| last[part] + scale[part] * parts[part]);
    let (stayed, gone) = (since_first(race.end().parts), since_first(exits.parts));

    // The slopes of the log of a term, of which d is 1 for those who left and 0 for those still there.
    let k = r + repeats;
    let slopes = |[a, b, c, e]: [f64; 4], d: f64| [-a, (k * b - repeats) / alpha, d / s - c, ((s + d) * e - d) / beta];
    let (slopes_stayed, slopes_gone) = (slopes(stayed, 0.0), slopes(gone, 1.0));
    let between: [f64; 4] = core::array::from_fn(|place| slopes_gone[place] - slopes_stayed[place]);
    let within = [-1.0, k / alpha * scale[1], -1.0, (s + 1.0) / beta * scale[3]];

    let mut at = Evaluation::ZERO;
    at.value = rising.log - repeats * libm::log(alpha + recency) - r * last[0] - s * last[2] + ends.ln_no_purchase();
    for row in 0..4 {
        at.gradient[row] = slopes_stayed[row] + left * between[row];
        for (column, covariance) in exits.products[row].iter().enumerate().skip(row) {
            let of_gone = within[row] * within[column] * covariance;
            at.hessian[row][column] = left * ((1.0 - left) * between[row] * between[column] + of_gone);
        }
    }

    // The Hessians of the logs of terms, by the mean; of b and e they have the square.
    let mean = |part: usize| stayed[part] + left * (gone[part] - stayed[part]);
    let bend_stayed = |part: usize| stayed[part] * (2.0 - stayed[part]);
    let bend_gone =
        |part: usize| gone[part] * (2.0 - gone[part]) - scale[part] * scale[part] * exits.products[part][part];
    at.gradient[0] += rising.slope;
    at.hessian[0][0] += rising.curvature;
    at.hessian[0][1] += mean(1) / alpha;
    at.hessian[1][1] += (repeats - k * ((1.0 - left) * bend_stayed(1) + left * bend_gone(1))) / (alpha * alpha);
    at.hessian[2][2] -= left / (s * s);
    at.hessian[2][3] += mean(3) / beta;
    at.hessian[3][3] += (left - s * (1.0 - left) * bend_stayed(3) - (s + 1.0) * left * bend_gone(3)) / (beta * beta);
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::golden::{Worst, rows};
    use crate::predict::{Sample, Samples};

    /// The CDNOW sample as of 1997-09-30, its weeks as days.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
    fn cdnow() -> Samples {
        let text = include_str!("../../../../tests/data/cdnow_summary_cal.csv");
        let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
        let row = |line: &str| line.split(',').map(|cell| cell.parse().unwrap()).collect::<Vec<f64>>();
        lines.map(row).map(|row| Sample::new(row[1] as u32, row[2], row[3]).unwrap()).collect()
    }

    #[test]
    fn gradient_of_fifty_digits() {
        let (samples, mut value, mut slopes) = (cdnow(), Worst::default(), Worst::default());
        let table = rows(include_str!("../../../../tests/data/predict/cdnow_gradient.csv"));
        for (_, row) in table.filter(|(model, _)| *model == "pareto_nbd") {
            let found = Likelihood::of(samples.grouped(), TimeUnit::Day).evaluate(&[row[0], row[1], row[2], row[3]]);
            value.see(found.value, row[4], 0.0, &row);
            for (slope, &expected) in found.gradient.iter().zip(&row[5..]) {
                // Sums of terms of the size of customers, which cancel.
                slopes.see(*slope, expected, 2357.0, &row);
            }
        }
        value.below(1e-13, "ln L");
        slopes.below(1e-13, "gradient");
    }

    /// The value is compared with the one that has its own tables, the gradient with differences of the value, and the
    /// Hessian with differences of the gradient.
    #[test]
    fn derivatives_are_those_of_the_value() {
        let samples: Vec<Samples> =
            [(0, 0.0, 30.0), (2, 7.0, 30.0), (2, 7.0, 7.0), (90, 29.0, 30.0), (3000, 500.0, 1e3)]
                .map(|(repeats, recency, age)| [Sample::new(repeats, recency, age).unwrap()].into_iter().collect())
                .into();
        let points =
            [[0.5, 10.0, 0.6, 12.0], [3.0, 0.1, 0.02, 40.0], [0.02, 300.0, 30.0, 0.5], [400.0, 30.0, 900.0, 3e3]];
        for (parameters, sample) in points.iter().flat_map(|point| samples.iter().map(move |sample| (point, sample))) {
            let at = Likelihood::of(sample.grouped(), TimeUnit::Day).evaluate(parameters);
            let alone = log_likelihood(*parameters, &TimeUnit::Day.of_sample(&sample.iter().next().unwrap().0));
            assert!((at.value - alone).abs() <= 1e-13 * alone.abs(), "{parameters:?} {sample:?}");
            for place in 0..4 {
                let step = 1e-4 * parameters[place];
                let beside = |steps: f64| {
                    let mut point = *parameters;
                    point[place] += steps * step;
                    Likelihood::of(sample.grouped(), TimeUnit::Day).evaluate(&point)
                };
                let [left, right, far_left, far_right] = [-1.0, 1.0, -2.0, 2.0].map(beside);
                let slope = |f: &dyn Fn(&Evaluation<4>) -> f64| {
                    (8.0 * (f(&right) - f(&left)) - (f(&far_right) - f(&far_left))) / (12.0 * step)
                };
                let near = |found: f64, by_differences: f64, size: f64| {
                    let noise = 1e-9 * by_differences.abs() + 1e-14 * size / step;
                    assert!(
                        (found - by_differences).abs() <= noise,
                        "{found} {by_differences} {parameters:?} {sample:?}"
                    );
                };
                let size = 1.0 + at.value.abs();
                near(at.gradient[place], slope(&|at| at.value), size);
                for (other, parameter) in parameters.iter().enumerate() {
                    near(at.hessian[other][place], slope(&|at| at.gradient[other]), size / parameter);
                }
            }
        }
    }
}
