//! Newton's method for the few parameters of a likelihood, with the safeguards that let it start anywhere.

use crate::parallel;

/// The value, gradient and Hessian of an objective at a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evaluation<const N: usize> {
    pub(crate) value: f64,
    pub(crate) gradient: [f64; N],
    /// Symmetric; both halves are filled.
    pub(crate) hessian: [[f64; N]; N],
}

impl<const N: usize> Evaluation<N> {
    pub(crate) const ZERO: Self = Self { value: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] };

    /// Fills the lower half of the Hessian from the upper.
    pub(crate) fn mirrored(mut self) -> Self {
        for row in 0..N {
            for column in 0..row {
                self.hessian[row][column] = self.hessian[column][row];
            }
        }
        self
    }

    /// Adds `times` times another.
    pub(crate) fn add(&mut self, part: &Self, times: f64) {
        self.value += times * part.value;
        self.gradient.iter_mut().zip(part.gradient).for_each(|(sum, part)| *sum += times * part);
        let hessians = self.hessian.iter_mut().flatten().zip(part.hessian.iter().flatten());
        hessians.for_each(|(sum, part)| *sum += times * part);
    }

    /// The sum over `0..parts`, on all cores: each part by itself, and then one after the other.
    pub(crate) fn sum(parts: usize, of_part: impl Fn(usize) -> Self + Send + Sync) -> Self {
        let mut sum = Self::ZERO;
        for part in parallel::map(parts, of_part) {
            sum.add(&part, 1.0);
        }
        sum
    }

    /// Turns derivatives by the parameters into derivatives by their logarithms.
    pub(crate) fn by_logarithms(mut self, parameters: &[f64; N]) -> Self {
        for row in 0..N {
            for column in 0..N {
                self.hessian[row][column] *= parameters[row] * parameters[column];
            }
            self.gradient[row] *= parameters[row];
            self.hessian[row][row] += self.gradient[row];
        }
        self
    }

    /// Subtracts `penalty` times the squared logarithms of the parameters; derivatives are by these logarithms.
    pub(crate) fn penalise(&mut self, penalty: f64, logarithms: &[f64; N]) {
        for (index, logarithm) in logarithms.iter().enumerate() {
            self.value -= penalty * logarithm * logarithm;
            self.gradient[index] -= 2.0 * penalty * logarithm;
            self.hessian[index][index] -= 2.0 * penalty;
        }
    }

    fn is_finite(&self) -> bool {
        self.value.is_finite()
            && self.gradient.iter().all(|slope| slope.is_finite())
            && self.hessian.iter().flatten().all(|curvature| curvature.is_finite())
    }

    pub(crate) fn gradient_norm(&self) -> f64 {
        self.gradient.iter().fold(0.0, |norm, slope| slope.abs().max(norm))
    }
}

/// The end of a maximisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ascent<const N: usize> {
    pub(crate) point: [f64; N],
    pub(crate) evaluation: Evaluation<N>,
    /// Points at which the objective was evaluated.
    pub(crate) evaluations: u32,
    pub(crate) end: End,
}

/// The reason why a maximisation ended, the more of an end the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// The limit of evaluations was reached, or the objective is not finite.
    Unfinished,
    /// The objective grows towards a bound, or is flat in some direction as far as its digits reach.
    Runaway,
    /// The gradient vanishes and the Hessian is negative definite.
    Maximum,
}

/// The longest move of a coordinate in one step.
const LONGEST_STEP: f64 = 2.0;
/// A Newton step this short is the last: the error that it leaves is of the order of its square.
const LAST_STEP: f64 = 1e-7;
/// The damping with which a climb begins where it needs any, and the least that it comes down to.
const DAMPING: f64 = 1e-3;
const LEAST_DAMPING: f64 = 1e-9;
/// The relative rounding error of an objective that is a long sum.
const NOISE: f64 = 1e-14;

/// Climbs to a maximum of an objective, every coordinate within its own bound on either side of 0.
///
/// Newton steps where the Hessian is negative definite, damped (Levenberg, Marquardt) where it is not or where a step
/// did not help. A coordinate that comes to its bound stays there, and the others climb on.
pub(crate) fn maximize<const N: usize>(
    start: [f64; N],
    bounds: &[f64; N],
    limit: u32,
    mut objective: impl FnMut(&[f64; N]) -> Evaluation<N>,
) -> Ascent<N> {
    let mut at = Ascent { point: start, evaluation: objective(&start), evaluations: 1, end: End::Unfinished };
    if !at.evaluation.is_finite() {
        return at;
    }
    // On a plateau a light damping leads out faster: where it helped, the next begins with less.
    let (mut damping, mut lightest, mut is_settled) = (0.0, DAMPING, false);
    let mut held = [false; N];
    while at.evaluations < limit {
        let Some(step) = damped_step(&at.evaluation, damping, held) else {
            damping = f64::max(damping * 8.0, lightest);
            if damping > 1e12 {
                // No direction is uphill: the objective is flat here.
                return Ascent { end: End::Runaway, ..at };
            }
            continue;
        };
        let longest = step.iter().fold(0.0, |longest, part: &f64| part.abs().max(longest));
        let gain = 0.5 * step.iter().zip(at.evaluation.gradient).map(|(part, slope)| part * slope).sum::<f64>();
        let noise = NOISE * (1.0 + at.evaluation.value.abs());
        let is_newton = damping <= 0.0;
        let is_last = is_newton && (longest <= LAST_STEP || gain <= noise && longest <= 1e-3);
        if !is_last && gain <= noise {
            if is_newton || is_settled {
                return Ascent { end: End::Runaway, ..at };
            }
            // Nothing is left to gain against the damping; without it there is a maximum here, or no end.
            (damping, is_settled) = (0.0, true);
            continue;
        }
        // To the first bound at most.
        let (mut shrink, mut stopped) = (f64::min(LONGEST_STEP / longest, 1.0), None);
        for (index, ((coordinate, part), bound)) in at.point.iter().zip(step).zip(bounds).enumerate() {
            let left = bound - coordinate * part.signum();
            if part.abs() * shrink > left {
                (shrink, stopped) = (f64::max(left, 0.0) / part.abs(), Some(index));
            }
        }
        let mut point = at.point;
        point.iter_mut().zip(step).for_each(|(coordinate, part)| *coordinate += part * shrink);
        let evaluation = objective(&point);
        at.evaluations += 1;
        let is_better = evaluation.is_finite() && evaluation.value >= at.evaluation.value - noise;
        if is_better {
            (at.point, at.evaluation, is_settled) = (point, evaluation, false);
            if let Some(index) = stopped {
                held[index] = true;
            }
            if damping < DAMPING {
                lightest = if is_newton { lightest } else { f64::max(damping / 8.0, LEAST_DAMPING) };
                damping = 0.0;
            } else {
                damping /= 8.0;
            }
        }
        if is_last && stopped.is_none() {
            return Ascent { end: if held.contains(&true) { End::Runaway } else { End::Maximum }, ..at };
        }
        if !is_better {
            (damping, lightest) = (f64::max(damping * 8.0, DAMPING), DAMPING);
        }
    }
    at
}

/// The step to the maximum of the quadratic with the objective's derivatives, its curvature enlarged by `damping`,
/// along the coordinates that are not `held`; `None` where that quadratic has no maximum.
fn damped_step<const N: usize>(evaluation: &Evaluation<N>, damping: f64, held: [bool; N]) -> Option<[f64; N]> {
    let largest = evaluation.hessian.iter().flatten().fold(0.0, |largest, part: &f64| part.abs().max(largest));
    let mut curvature = evaluation.hessian.map(|row| row.map(|part| -part));
    for (index, row) in curvature.iter_mut().enumerate() {
        row[index] += damping * f64::max(row[index].abs(), 1e-3 * largest);
    }
    let mut slope = evaluation.gradient;
    for index in (0..N).filter(|&index| held[index]) {
        curvature[index] = [0.0; N];
        for row in &mut curvature {
            row[index] = 0.0;
        }
        (curvature[index][index], slope[index]) = (1.0, 0.0);
    }
    Some(solve(&cholesky(&curvature)?, &slope))
}

/// The inverse of the negated Hessian, which is the covariance of a maximum-likelihood estimate; `None` where the
/// Hessian is not negative definite.
pub(crate) fn covariance<const N: usize>(hessian: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let root = cholesky(&hessian.map(|row| row.map(|part| -part)))?;
    let mut inverse = [[0.0; N]; N];
    for (index, row) in inverse.iter_mut().enumerate() {
        let mut unit = [0.0; N];
        unit[index] = 1.0;
        *row = solve(&root, &unit);
    }
    Some(inverse)
}

/// The lower triangular root of a positive definite matrix; `None` for any other matrix.
fn cholesky<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut root = [[0.0; N]; N];
    for row in 0..N {
        for column in 0..=row {
            let dot: f64 = (0..column).map(|inner| root[row][inner] * root[column][inner]).sum();
            let rest = matrix[row][column] - dot;
            if row == column {
                // Rounding may have left this pivot of a singular matrix.
                if rest.is_nan() || rest <= 1e-15 * matrix[row][row].abs() {
                    return None;
                }
                root[row][row] = rest.sqrt();
            } else {
                root[row][column] = rest / root[column][column];
            }
        }
    }
    Some(root)
}

/// Solves `root rootᵀ v = right`.
fn solve<const N: usize>(root: &[[f64; N]; N], right: &[f64; N]) -> [f64; N] {
    let mut solution = *right;
    for row in 0..N {
        let dot: f64 = (0..row).map(|inner| root[row][inner] * solution[inner]).sum();
        solution[row] = (solution[row] - dot) / root[row][row];
    }
    for row in (0..N).rev() {
        let dot: f64 = (row + 1..N).map(|inner| root[inner][row] * solution[inner]).sum();
        solution[row] = (solution[row] - dot) / root[row][row];
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `-Σ c (x - m)² - Σ (x - m)⁴`, with a maximum at `m`.
    fn hill(at: &[f64; 2]) -> Evaluation<2> {
        let (mut evaluation, centre) = (Evaluation::ZERO, [3.0, -2.0]);
        for index in 0..2 {
            let (from, curvature) = (at[index] - centre[index], [1.0, 1e-3][index]);
            evaluation.value -= curvature * from.powi(2) + from.powi(4);
            evaluation.gradient[index] = -2.0 * curvature * from - 4.0 * from.powi(3);
            evaluation.hessian[index][index] = -2.0 * curvature - 12.0 * from.powi(2);
        }
        evaluation
    }

    #[test]
    fn climbs_to_the_top() {
        let ascent = maximize([0.0, 0.0], &[18.0; 2], 100, hill);
        assert_eq!(ascent.end, End::Maximum);
        assert!((ascent.point[0] - 3.0).abs() < 1e-12 && (ascent.point[1] + 2.0).abs() < 1e-9, "{ascent:?}");
    }

    #[test]
    fn starts_where_the_hessian_has_no_sign() {
        // ln of a Cauchy density, convex in the tail.
        let cauchy = |at: &[f64; 1]| {
            let (x, q) = (at[0], 1.0 + at[0] * at[0]);
            Evaluation { value: -q.ln(), gradient: [-2.0 * x / q], hessian: [[-2.0 / q + 4.0 * x * x / (q * q)]] }
        };
        let ascent = maximize([7.0], &[18.0], 100, cauchy);
        assert_eq!(ascent.end, End::Maximum);
        assert!(ascent.point[0].abs() < 1e-9);
    }

    #[test]
    fn says_when_there_is_no_top() {
        let slope = |at: &[f64; 2]| {
            let tail = (-at[0]).exp();
            let y = at[1];
            Evaluation { value: -tail - y * y, gradient: [tail, -2.0 * y], hessian: [[-tail, 0.0], [0.0, -2.0]] }
        };
        let ascent = maximize([0.0, 1.0], &[18.0; 2], 100, slope);
        assert!(ascent.end == End::Runaway && ascent.point[1].abs() < 1e-7, "{ascent:?}");
        let flat = |_: &[f64; 2]| Evaluation { value: 1.0, ..Evaluation::ZERO };
        assert_eq!(maximize([0.0, 1.0], &[18.0; 2], 100, flat).end, End::Runaway);
        let nan = |_: &[f64; 2]| Evaluation { value: f64::NAN, ..Evaluation::ZERO };
        assert_eq!(maximize([0.0, 1.0], &[18.0; 2], 100, nan).end, End::Unfinished);
        assert_eq!(maximize([0.0, 0.0], &[18.0; 2], 3, hill).end, End::Unfinished);
    }

    #[test]
    fn climbs_on_where_one_coordinate_has_come_to_its_bound() {
        // Up for ever in the first; the second has its top where it is half the first, and far to go.
        let wall = |at: &[f64; 2]| {
            let from = at[1] - 0.5 * at[0];
            Evaluation {
                value: at[0] - 1e-3 * from * from,
                gradient: [1.0 + 1e-3 * from, -2e-3 * from],
                hessian: [[-0.5e-3, 1e-3], [1e-3, -2e-3]],
            }
        };
        let ascent = maximize([17.0, -15.0], &[18.0; 2], 100, wall);
        assert_eq!((ascent.end, ascent.point[0]), (End::Runaway, 18.0), "{ascent:?}");
        assert!((ascent.point[1] - 9.0).abs() < 1e-9, "{ascent:?}");
        // A start outside the bounds comes inside.
        let ascent = maximize([30.0, -2.0], &[18.0; 2], 100, hill);
        assert_eq!(ascent.end, End::Maximum);
        assert!((ascent.point[0] - 3.0).abs() < 1e-9, "{ascent:?}");
        // Each coordinate has a bound of its own.
        let ascent = maximize([17.0, -15.0], &[40.0, 18.0], 100, wall);
        assert_eq!((ascent.end, ascent.point[0]), (End::Runaway, 40.0), "{ascent:?}");
    }

    #[test]
    fn inverts() {
        let inverse = covariance(&[[-4.0, -1.0], [-1.0, -2.0]]).unwrap();
        let expected = [[2.0 / 7.0, -1.0 / 7.0], [-1.0 / 7.0, 4.0 / 7.0]];
        assert!(inverse.iter().flatten().zip(expected.iter().flatten()).all(|(a, b)| (a - b).abs() < 1e-15));
        assert_eq!(covariance(&[[-1.0, 1.0], [1.0, -1.0]]), None);
    }
}
