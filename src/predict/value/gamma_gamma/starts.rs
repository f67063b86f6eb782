//! The starts of climbs, and their bounds.
//!
//! For a given `gamma`, the `u` of customers have Beta distributions, an exponential family: the likelihood is concave in
//! `p` and `q`, and has one top. Of the highest likelihoods by `gamma`, the profile, there may be several tops where mean
//! spends are decades apart, each near the total spend of a customer, as the likelihood of a Laplace distribution has a
//! corner at each observation.

use super::course::Course;
use super::likelihood::{Row, evaluate};
use crate::number::optimize::{Evaluation, maximize};
use crate::predict::GammaGammaParams;
use crate::predict::fit::limit::FAR;
use crate::predict::fit::search::BOUND;

/// `p` and `q` of spends as uneven as is usual, then more, then less.
const USUAL: [(f64, f64); 3] = [(5.0, 4.0), (1.0, 1.5), (50.0, 50.0)];

/// The variance of the logarithms of mean spends from which on they are wild: one deviation is a factor of seven.
const WILD: f64 = 4.0;

/// The most rows from which the profile is computed.
const MOST_ROWS: usize = 1024;
/// The most values of `gamma` at which it is computed.
const MOST_SCALES: usize = 256;
/// The most evaluations for the top at one `gamma`.
const MOST_EVALUATIONS: u32 = 50;
/// The most tops of the profile to start from.
const MOST_TOPS: usize = 4;

/// The dispersion of mean spends, in units of their geometric mean.
pub(super) struct Dispersion {
    /// The variance of their logarithms.
    variance: f64,
    /// The largest of their logarithms, either way.
    furthest: f64,
    /// The largest ratio, either way, of a customer's `x` to the average.
    repeats: f64,
}

impl Dispersion {
    /// The dispersion of one row or more, ascending by `x`.
    pub(super) fn of(rows: &[Row], course: &Course) -> Self {
        let (mut squares, mut customers, mut furthest) = (0.0, 0.0, 0.0);
        for same in rows.chunk_by(|left, right| left.repeats == right.repeats) {
            let ln_repeats = same.first().map_or(0.0, |row| libm::log(f64::from(row.repeats)));
            for row in same {
                let ln_mean = row.ln_total - ln_repeats;
                squares += row.customers * ln_mean * ln_mean;
                customers += row.customers;
                furthest = f64::max(furthest, ln_mean.abs());
            }
        }
        let ratio = |row: Option<&Row>| row.map_or(1.0, |row| f64::from(row.repeats) / course.repeats);
        let repeats = f64::max(1.0 / ratio(rows.first()), ratio(rows.last()));
        Self { variance: squares / customers, furthest, repeats }
    }

    /// Whether the likelihood may have several tops.
    pub(super) fn is_wild(&self) -> bool {
        self.variance > WILD
    }

    /// The bounds of the coordinates' logarithms. A parameter is at its limit for every customer, however few or many
    /// their purchases. At the maximum, the usual spend, where each customer's density of `ln m` has its top, lies
    /// between the lowest mean and the highest.
    pub(super) fn bounds(&self) -> [f64; 3] {
        let of_shapes = f64::max(BOUND, libm::log(FAR * self.repeats));
        [of_shapes, of_shapes, f64::max(BOUND, libm::log(FAR) + self.furthest)]
    }

    /// The tops of the profile where spends are wild, the highest first, and usual places.
    pub(super) fn starts(&self, rows: &[Row], course: &Course) -> Vec<[f64; 3]> {
        let mut starts = if self.is_wild() { tops(rows, course) } else { Vec::new() };
        starts.extend(USUAL.map(|(p, q)| course.start(p, q)));
        starts
    }
}

fn tops(rows: &[Row], course: &Course) -> Vec<[f64; 3]> {
    let part: Vec<Row> = rows.iter().step_by(rows.len().div_ceil(MOST_ROWS)).copied().collect();
    let mut scales: Vec<f64> = part.iter().map(|row| row.total).collect();
    scales.sort_by(f64::total_cmp);
    scales.dedup();
    let step = scales.len().div_ceil(MOST_SCALES);
    // From each top to the next.
    let mut from = [0.0; 2];
    let profile: Vec<_> = scales.iter().step_by(step).map(|&gamma| top(&part, course, gamma, &mut from)).collect();
    let height = |index: usize| profile.get(index).map_or(f64::NEG_INFINITY, |&(height, _)| height);
    let is_top = |&(index, &(here, _)): &(usize, &(f64, _))| {
        here >= index.checked_sub(1).map_or(f64::NEG_INFINITY, height) && here >= height(index + 1)
    };
    let mut tops: Vec<_> = profile.iter().enumerate().filter(is_top).map(|(_, &top)| top).collect();
    tops.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    tops.into_iter().take(MOST_TOPS).map(|(_, start)| start).collect()
}

/// The top of the likelihood at one `gamma`, with its height; `from` is where to begin, and where it was found.
fn top(rows: &[Row], course: &Course, gamma: f64, from: &mut [f64; 2]) -> (f64, [f64; 3]) {
    let params = |&[p, q]: &[f64; 2]| GammaGammaParams { p: libm::exp(p) / course.repeats, q: libm::exp(q), gamma };
    let ascent = maximize(*from, &[BOUND; 2], MOST_EVALUATIONS, |at| {
        let Evaluation { value, gradient: [by_p, by_q, _], hessian: [of_p, of_q, _] } = evaluate(rows, params(at));
        Evaluation { value, gradient: [by_p, by_q], hessian: [[of_p[0], of_p[1]], [of_q[0], of_q[1]]] }
    });
    *from = ascent.point;
    let GammaGammaParams { p, q, .. } = params(from);
    let [precision, odds, _] = course.start(p, q);
    (ascent.evaluation.value, [precision, odds, gamma / (odds * course.repeats)])
}
