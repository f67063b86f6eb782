//! The choice of a model.

use super::forecast::Forecast;
use super::outcomes::{Outcomes, Row};
use super::{Baseline, BaselineScores, Candidate};
use crate::number::exact_sum;
use crate::number::weight::count;
use crate::predict::AnyModel;

/// The model that a [`Backtest`](super::Backtest) recommends.
///
/// **Which model.** Of the models whose log score is at most one standard error below the best, the first of
/// [`ModelKind::ALL`](crate::predict::ModelKind::ALL) is chosen (the one-standard-error rule). A difference below a
/// millionth of the log score does not count.
///
/// **On a boundary.** A model without a maximum competes with the [`nearest`](crate::predict::Boundary::nearest) one, which
/// predicts like a simpler form of the model. Where nobody leaves, that form is NBD, and NBD is chosen.
///
/// **Whether a model at all.** The model earns its place where its squared errors are lower than those of the best counting
/// rule by more than one standard error.
///
/// # References
///
/// T. Gneiting and A. E. Raftery (2007), "Strictly proper scoring rules, prediction, and estimation", Journal of the
/// American Statistical Association 102(477), 359-378, doi 10.1198/016214506000001437. L. Breiman, J. H. Friedman, R.
/// A. Olshen and C. J. Stone (1984), "Classification and Regression Trees", section 3.4.3, doi 10.1201/9781315139470.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Choice {
    /// The model as fitted at the split; on a boundary, the nearest one. To use it, fit its kind to all data.
    pub model: AnyModel,
    /// The model with the best log score.
    pub best: AnyModel,
    /// The best model's log score per customer less the chosen one's.
    pub shortfall: Difference,
    /// The counting rule with the lowest root mean square error.
    pub baseline: Baseline,
    /// The rule's squared error per customer less the chosen model's.
    pub gain: Difference,
}

impl Choice {
    /// Whether the model counts purchases better than the best simple rule, by more than one standard error.
    pub fn earns_its_place(&self) -> bool {
        self.gain.exceeds_noise()
    }
}

/// The mean over customers of a difference between two forecasts of the same customers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Difference {
    /// The mean.
    pub mean: f64,
    /// The standard error, `√(Σ (d - mean)² / (N (N - 1)))`; `None` of one customer.
    pub standard_error: Option<f64>,
}

impl Difference {
    /// Whether the mean is above 0 by more than one standard error; no for one customer.
    pub fn exceeds_noise(&self) -> bool {
        self.exceeds(1.0)
    }

    /// Whether the mean is above 0 by more than `errors` standard errors; no for one customer.
    pub(crate) fn exceeds(&self, errors: f64) -> bool {
        self.standard_error.is_some_and(|error| self.mean > errors * error)
    }

    /// Makes the difference from the sum of the differences and that of their squares.
    pub(crate) fn of_sums(sum: f64, squares: f64, of: u64) -> Self {
        let (of, mean) = (count(of), sum / count(of).max(1.0));
        let error = || f64::max(squares - of * mean * mean, 0.0) / (of * (of - 1.0));
        Self { mean, standard_error: (of > 1.0).then(|| error().sqrt()) }
    }

    /// Makes the difference of one value for each customer.
    pub(crate) fn of_values(differences: &[f64]) -> Self {
        Self::counted(differences.iter().map(|&difference| (difference, 1.0)))
    }

    /// Makes the difference of two columns over the rows of a hold-out.
    fn of(outcomes: &Outcomes, minuend: &[f64], subtrahend: &[f64]) -> Self {
        let differences = minuend.iter().zip(subtrahend).map(|(left, right)| left - right);
        Self::counted(differences.zip(outcomes.rows.iter().map(Row::weight)))
    }

    /// Makes the difference of values, each with its number of customers, in any order.
    pub(super) fn counted(differences: impl Iterator<Item = (f64, f64)> + Clone) -> Self {
        let count: f64 = differences.clone().map(|(_, customers)| customers).sum();
        let mean =
            exact_sum(differences.clone().map(|(difference, customers)| customers * difference)) / count.max(1.0);
        let square = |(difference, customers): (f64, f64)| customers * ((difference - mean) * (difference - mean));
        let squares = exact_sum(differences.map(square));
        Self { mean, standard_error: (count > 1.0).then(|| (squares / (count * (count - 1.0))).sqrt()) }
    }
}

/// The forecasts of a model for each row of a hold-out, and their scores.
pub(super) struct Losses {
    pub(super) model: AnyModel,
    pub(super) expected: Vec<f64>,
    pub(super) buys: Vec<f64>,
    pub(super) log_score: Vec<f64>,
    /// The sum of the log scores of all customers.
    pub(super) total: f64,
}

impl Losses {
    pub(super) fn new(outcomes: &Outcomes, model: AnyModel, forecast: Forecast) -> Self {
        let Forecast { expected, buys_again, log_score, .. } = forecast;
        let [expected, buys, log_score] = [expected, buys_again, log_score].map(Option::unwrap_or_default);
        let total = exact_sum(log_score.iter().zip(&outcomes.rows).map(|(score, row)| score * row.weight()));
        Self { model, expected, buys, log_score, total }
    }

    /// Whether its log score is above another's by more than the error of a model on a boundary.
    fn is_above(&self, other: &Self) -> bool {
        self.total - other.total > NEGLIGIBLE * other.total.abs()
    }
}

/// The negligible part of a log score.
pub(super) const NEGLIGIBLE: f64 = 1e-6;

/// `None` without a model; gives the candidates their shortfalls. `fitted` are in the order of preference.
pub(super) fn choose(
    outcomes: &Outcomes,
    fitted: &[Losses],
    candidates: &mut [Candidate],
    baselines: &[BaselineScores],
) -> Option<Choice> {
    let best = fitted.iter().reduce(|best, other| if other.is_above(best) { other } else { best })?;
    let shortfall = |losses: &Losses| Difference::of(outcomes, &best.log_score, &losses.log_score);
    for candidate in candidates {
        let losses = fitted.iter().find(|losses| losses.model.kind() == candidate.kind);
        candidate.shortfall = losses.map(shortfall);
    }
    let chosen = fitted.iter().find(|losses| !(best.is_above(losses) && shortfall(losses).exceeds_noise()))?;
    let counting = baselines.iter().filter_map(|row| Some((row.baseline, row.scores.rmse?)));
    let (baseline, _) = counting.reduce(|best, other| if other.1 < best.1 { other } else { best })?;
    let of_baseline = Forecast::of_baseline(outcomes, baseline).expected.unwrap_or_default();
    Some(Choice {
        model: chosen.model,
        best: best.model,
        shortfall: shortfall(chosen),
        baseline,
        gain: Difference::of(
            outcomes,
            &squared_error(outcomes, &of_baseline),
            &squared_error(outcomes, &chosen.expected),
        ),
    })
}

fn squared_error(outcomes: &Outcomes, expected: &[f64]) -> Vec<f64> {
    let errors = expected.iter().zip(&outcomes.rows).map(|(expected, row)| f64::from(row.purchases) - expected);
    errors.map(|error| error * error).collect()
}
