//! The search for the maximum of a likelihood, or for the boundary without one.

use super::identification::Simpler;
use super::limit::{FAR, Latent, Limit};
use super::report::{Boundary, Fit, FitReport, Fitted, StopReason};
use crate::error::{Error, Result};
use crate::number::optimize::{Ascent, End, Evaluation, covariance, maximize};
use crate::predict::FitOptions;
use crate::predict::given::grouped::Grouped;

/// The search for the maximum of one model's likelihood.
pub(in crate::predict) struct Search<'a, const N: usize> {
    pub(in crate::predict) model: &'static str,
    /// The unit of each parameter: 1 for shapes, the sample's largest time or amount for the others.
    pub(in crate::predict) units: [f64; N],
    /// The largest logarithm, either way, of each parameter in its unit.
    pub(in crate::predict) bounds: [f64; N],
    /// Whether a climb that leads to a maximum is not the last: the likelihood may have several.
    pub(in crate::predict) tries_all: bool,
    pub(in crate::predict) options: &'a FitOptions,
    pub(in crate::predict) customers: u64,
    pub(in crate::predict) left_out: u64,
    pub(in crate::predict) distinct_rows: usize,
}

/// The end of a search.
pub(in crate::predict) struct Found<const N: usize> {
    pub(in crate::predict) parameters: [f64; N],
    /// `None` on a boundary.
    pub(in crate::predict) standard_errors: Option<[f64; N]>,
    pub(in crate::predict) report: FitReport,
}

impl<const N: usize> Found<N> {
    /// The same without a maximum: rounding may have made one of a ridge.
    pub(in crate::predict) fn without_maximum(mut self) -> Self {
        (self.standard_errors, self.report.stop) = (None, StopReason::Boundary);
        self
    }

    /// Adds the evidence of the data for its quantities; `dropout` of a model that has it.
    pub(in crate::predict) fn identified(mut self, simpler: &Simpler, dropout: Option<Latent>) -> Self {
        self.report.identified = simpler.identify(self.report.log_likelihood, dropout);
        self
    }

    /// The result of a model's `fit`: `params` makes its parameters of numbers, `from_params` the model of parameters.
    pub(in crate::predict) fn to_fit<M, P>(
        &self,
        params: impl Fn([f64; N]) -> P,
        from_params: impl FnOnce(P) -> Result<M>,
        limits: impl FnOnce([f64; N]) -> Vec<Limit>,
    ) -> Result<Fit<M, P>> {
        let (model, report) = (from_params(params(self.parameters))?, self.report);
        Ok(match self.standard_errors {
            Some(errors) => Fit::Interior(Fitted { model, standard_errors: params(errors), report }),
            None => Fit::Boundary(Boundary { limits: limits(self.parameters), nearest: model, report }),
        })
    }
}

/// The largest logarithm, either way, of a finite parameter in its unit: at 1e9 and more, the likelihood of samples that
/// are not many decades apart cannot be told from its limit.
pub(in crate::predict) const BOUND: f64 = 20.7;

/// The part of the log-likelihood that is negligible, as a difference in height and as a slope by the logarithm of a
/// parameter.
const NEGLIGIBLE: f64 = 1e-6;

/// The number of customers up to which every start is tried: their likelihood may have more than one maximum.
const FEW_CUSTOMERS: u64 = 512;

/// Distinct rows from which on a search starts on a part of them.
const MANY_ROWS: usize = 1 << 15;

/// The size of a shop's samples.
pub(in crate::predict) struct Extent {
    pub(in crate::predict) customers: u64,
    pub(in crate::predict) distinct_rows: usize,
    /// The sums over all customers: repeat purchases, and the time observed in the model's unit.
    pub(in crate::predict) repeats: f64,
    pub(in crate::predict) time: f64,
    /// The largest `T`.
    pub(in crate::predict) age: f64,
}

impl<'a, const N: usize> Search<'a, N> {
    /// Within the usual bounds, nobody left out; every start is tried where customers are few.
    pub(in crate::predict) const fn new(
        model: &'static str,
        units: [f64; N],
        options: &'a FitOptions,
        customers: u64,
        distinct_rows: usize,
    ) -> Self {
        let tries_all = customers <= FEW_CUSTOMERS;
        Self { model, units, bounds: [BOUND; N], tries_all, options, customers, left_out: 0, distinct_rows }
    }

    /// The search of a model of purchases in time, and the purchase rate to start from; an error without customers, and
    /// where every `T` is 0.
    pub(in crate::predict) fn by_time(
        model: &'static str,
        extent: &Extent,
        options: &'a FitOptions,
        units: impl Fn(f64) -> [f64; N],
    ) -> Result<(Self, f64)> {
        let &Extent { customers, distinct_rows, repeats, time, age } = extent;
        if customers == 0 {
            return Err(Error::NoCustomers { what: model });
        }
        if age <= 0.0 {
            return Err(Error::NothingObserved { what: model });
        }
        let search = Self::new(model, units(age), options, customers, distinct_rows);
        Ok((search, if repeats > 0.0 { repeats / time } else { 1.0 / age }))
    }

    /// The starts; where rows are many, after the maximum of a part of them, which `climb` finds quickly near that of all.
    pub(in crate::predict) fn starts(
        &self,
        rows: &Grouped,
        starts: &[[f64; N]],
        climb: impl FnOnce(&[[f64; N]], &Grouped) -> Result<Found<N>>,
    ) -> Vec<[f64; N]> {
        let part = (rows.distinct_rows() > MANY_ROWS && self.near().is_none()).then(|| rows.thinned(MANY_ROWS / 2));
        let found = part.and_then(|part| climb(starts, &part).ok()).filter(|found| found.standard_errors.is_some());
        found.iter().map(|found| found.parameters).chain(starts.iter().copied()).collect()
    }

    /// Climbs from each start in turn until one leads to a maximum with nothing above it, or [from all](Self::tries_all).
    /// `likelihood` takes parameters and gives derivatives by them.
    /// An error for a bad penalty, and when the highest climb did not end.
    pub(in crate::predict) fn climb(
        &self,
        starts: &[[f64; N]],
        likelihood: impl Fn(&[f64; N]) -> Evaluation<N>,
    ) -> Result<Found<N>> {
        let penalty = self.options.checked_penalty()?;
        let objective = |logarithms: &[f64; N]| {
            let parameters = self.parameters(logarithms);
            let mut evaluation = likelihood(&parameters).by_logarithms(&parameters);
            evaluation.penalise(penalty, logarithms);
            evaluation
        };
        let to_logarithms = |start: &[f64; N]| {
            let mut logarithms = *start;
            logarithms.iter_mut().zip(self.units).for_each(|(start, unit)| *start = libm::log(*start / unit));
            logarithms
        };
        let (mut evaluations, starts) = (0, self.near().iter().chain(starts).map(to_logarithms).collect::<Vec<_>>());
        let Some(best) = ascend(self.tries_all, self.options, &starts, &self.bounds, &mut evaluations, objective)
        else {
            return Err(Error::NoCustomers { what: self.model });
        };
        let best = go_on(&best, self.options, &self.bounds, &mut evaluations, objective).unwrap_or(best);
        let Ascent { point, evaluation, end, .. } = best;
        let gradient_norm = evaluation.gradient_norm();
        if end == End::Unfinished {
            return Err(Error::NotConverged { model: self.model, evaluations, gradient_norm });
        }
        let parameters = self.parameters(&point);
        let spread = covariance(&evaluation.hessian).filter(|_| end == End::Maximum);
        let standard_errors = spread.map(|covariance| {
            let mut errors = parameters;
            errors.iter_mut().enumerate().for_each(|(index, error)| *error *= covariance[index][index].sqrt());
            errors
        });
        let squares: f64 = point.iter().map(|logarithm| logarithm * logarithm).sum();
        let report = FitReport {
            log_likelihood: evaluation.value + penalty * squares,
            penalty,
            evaluations,
            gradient_norm,
            customers: self.customers,
            left_out: self.left_out,
            distinct_rows: self.distinct_rows,
            stop: if standard_errors.is_some() { StopReason::Maximum } else { StopReason::Boundary },
            identified: [None; 2],
        };
        Ok(Found { parameters, standard_errors, report })
    }

    /// A start near the maximum, if one is known, in a shop whose likelihood has one maximum.
    fn near(&self) -> Option<[f64; N]> {
        let near = self.options.start(self.model).filter(|_| !self.tries_all)?;
        near.get(..N)?.try_into().ok()
    }

    fn parameters(&self, logarithms: &[f64; N]) -> [f64; N] {
        let mut parameters = self.units;
        parameters.iter_mut().zip(logarithms).for_each(|(unit, &logarithm)| *unit *= libm::exp(logarithm));
        parameters
    }
}

/// Climbs of this many evaluations or more go on where they have no end.
const MANY_EVALUATIONS: u32 = 200;

/// The factor by which they may take longer.
const PATIENCE: u32 = 20;

/// The highest climb, from each start in turn until one leads to a maximum, or from all. Adds to the evaluations.
pub(in crate::predict) fn ascend<const N: usize>(
    tries_all: bool,
    options: &FitOptions,
    starts: &[[f64; N]],
    bounds: &[f64; N],
    evaluations: &mut u32,
    objective: impl Fn(&[f64; N]) -> Evaluation<N>,
) -> Option<Ascent<N>> {
    let mut best = None;
    for start in starts {
        let ascent = climb(*start, options.max_evaluations(), bounds, evaluations, &objective);
        if best.as_ref().is_none_or(|best| is_better(&ascent, best)) {
            best = Some(ascent);
            if ascent.end == End::Maximum && !tries_all {
                break;
            }
        }
    }
    best
}

/// A climb that has no end, from where it stopped, with more patience: it may follow a long bent ridge. `None` for one that
/// has an end, or is to end soon.
pub(in crate::predict) fn go_on<const N: usize>(
    from: &Ascent<N>,
    options: &FitOptions,
    bounds: &[f64; N],
    evaluations: &mut u32,
    objective: impl Fn(&[f64; N]) -> Evaluation<N>,
) -> Option<Ascent<N>> {
    let limit = options.max_evaluations();
    let goes_on = from.end == End::Unfinished && from.evaluation.value.is_finite() && limit >= MANY_EVALUATIONS;
    goes_on.then(|| climb(from.point, limit.saturating_mul(PATIENCE), bounds, evaluations, objective))
}

fn climb<const N: usize>(
    start: [f64; N],
    limit: u32,
    bounds: &[f64; N],
    evaluations: &mut u32,
    objective: impl Fn(&[f64; N]) -> Evaluation<N>,
) -> Ascent<N> {
    let mut ascent = maximize(start, bounds, limit, objective);
    *evaluations += ascent.evaluations;
    if ascent.end == End::Unfinished && is_plateau(&ascent, bounds) {
        ascent.end = End::Runaway;
    }
    ascent
}

/// Whether a climb is higher than another; at equal height, whether its end is the greater.
fn is_better<const N: usize>(one: &Ascent<N>, other: &Ascent<N>) -> bool {
    let height =
        |ascent: &Ascent<N>| if ascent.evaluation.value.is_finite() { ascent.evaluation.value } else { f64::MIN };
    let (one_height, other_height) = (height(one), height(other));
    if (one_height - other_height).abs() > NEGLIGIBLE * (1.0 + other_height.abs()) || one.end == other.end {
        one_height > other_height
    } else {
        one.end > other.end
    }
}

/// Whether an unfinished climb has nothing above it: hardly a slope but beyond a bound, and parameters far out or no top.
fn is_plateau<const N: usize>(ascent: &Ascent<N>, bounds: &[f64; N]) -> bool {
    let Evaluation { value, gradient, hessian } = &ascent.evaluation;
    let far_out = libm::log(FAR);
    let slope = |((coordinate, slope), bound): ((&f64, &f64), &f64)| {
        let is_out = coordinate.abs() >= *bound && coordinate.signum() * slope > 0.0;
        if is_out { 0.0 } else { slope.abs() }
    };
    let steepest = ascent.point.iter().zip(gradient).zip(bounds).map(slope).fold(0.0, f64::max);
    steepest <= NEGLIGIBLE * (1.0 + value.abs())
        && (ascent.point.iter().any(|logarithm| logarithm.abs() > far_out) || covariance(hessian).is_none())
}
