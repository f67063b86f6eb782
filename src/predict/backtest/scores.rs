//! Scores of forecasts.

use super::forecast::Forecast;
use super::outcomes::{Outcomes, Row};
use crate::number::weight::count;
use crate::number::{ExactSum, exact_sum, quotient};

/// The scores of forecasts for the customers of a hold-out.
///
/// `N` is the number of customers, `y` a customer's purchase days in the hold-out, `ŷ` the number expected, `p` the
/// probability of at least one, and `b` 1 for those who buy again and 0 for the others. A score is `None` where it is
/// undefined, as without customers, and where there are no such forecasts.
///
/// # Formula
///
/// An **AUC** is the share of pairs, of one customer who buys again and one who does not, in which the forecast is higher
/// for the one who does; equal forecasts count half (Mann and Whitney's U over the number of pairs). 0.5 is chance.
/// `None` when everyone or nobody buys again.
///
/// # References
///
/// J. A. Hanley and B. J. McNeil (1982), "The meaning and use of the area under a receiver operating characteristic
/// (ROC) curve", Radiology 143(1), 29-36, doi 10.1148/radiology.143.1.7063747. G. W. Brier (1950), "Verification of
/// forecasts expressed in terms of probability", Monthly Weather Review 78(1), 1-3, doi
/// `10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Scores {
    /// `N`.
    pub customers: u64,
    /// Customers who buy again.
    pub buyers: u64,
    /// `Σ y`.
    pub actual: u64,
    /// `Σ ŷ`.
    pub expected: Option<f64>,
    /// `Σ p`: the customers expected to buy again.
    pub expected_buyers: Option<f64>,
    /// Mean absolute error: `Σ |y - ŷ| / N`. It rewards the median: where most customers do not come back, 0 for everyone.
    pub mae: Option<f64>,
    /// Root mean square error: `√(Σ (y - ŷ)² / N)`. It rewards the mean, which models forecast.
    pub rmse: Option<f64>,
    /// AUC of `ŷ`.
    pub auc_expected: Option<f64>,
    /// AUC of `p`, or of the ranks of a rule without probabilities.
    pub auc_buys_again: Option<f64>,
    /// AUC of P(alive).
    pub auc_alive: Option<f64>,
    /// Brier score of `p`: `Σ (p - b)² / N`, 0 at best.
    pub brier: Option<f64>,
    /// Mean log score: the log density of a customer's purchase days in the hold-out given those before,
    /// `ln f(x, t_x | T)` at the end less that at the split; higher is better. No forecast has a better one on average
    /// than the true model.
    pub log_score: Option<f64>,
    /// The customers by tenths of `ŷ`: a customer's is `1 + ⌊10 below / N⌋`, where `below` counts the customers with a
    /// smaller `ŷ`, so that equal forecasts share one. Empty ones are left out.
    pub by_decile: Vec<Calibration>,
    /// The customers by `x`: 0, 1, to 6, and 7 for 7 or more. Empty ones are left out.
    pub by_frequency: Vec<Calibration>,
}

/// The expected and actual purchases of a group of customers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Calibration {
    /// The group: a tenth, 1 the lowest, or a frequency.
    pub group: u32,
    /// Customers, 1 or more.
    pub customers: u64,
    /// Purchases expected per customer.
    pub mean_expected: f64,
    /// Purchase days per customer.
    pub mean_actual: f64,
}

/// The group of this `x` holds all larger ones.
const MOST_FREQUENT: u32 = 7;

impl Scores {
    /// Computes all scores but those that customers are sorted for.
    pub(super) fn of(outcomes: &Outcomes, forecast: &Forecast) -> Self {
        let of = count(outcomes.customers);
        // Weighted by customers, whose order changes nothing.
        let sum = |numbers: &[f64], loss: &dyn Fn(f64, &Row) -> f64| {
            let rows = numbers.iter().zip(&outcomes.rows);
            exact_sum(rows.map(|(&number, row)| row.weight() * loss(number, row)))
        };
        let mean = |numbers: &Option<Vec<f64>>, loss: &dyn Fn(f64, &Row) -> f64| {
            numbers.as_deref().filter(|_| outcomes.customers > 0).map(|numbers| sum(numbers, loss) / of)
        };
        let total = |numbers: &Option<Vec<f64>>| numbers.as_deref().map(|numbers| sum(numbers, &|number, _| number));
        let error = |number: f64, row: &Row| f64::from(row.purchases) - number;
        let brier = |p: f64, row: &Row| p - f64::from(row.buys());
        let by_frequency = |expected: &[f64]| {
            calibrate(outcomes, expected, outcomes.before.iter().map(|sample| sample.repeats().min(MOST_FREQUENT)))
        };
        Self {
            customers: outcomes.customers,
            buyers: outcomes.rows.iter().filter(|row| row.buys()).map(|row| row.customers).sum(),
            actual: outcomes.rows.iter().map(|row| row.customers * u64::from(row.purchases)).sum(),
            expected: total(&forecast.expected),
            expected_buyers: total(&forecast.buys_again),
            mae: mean(&forecast.expected, &|number, row| error(number, row).abs()),
            rmse: mean(&forecast.expected, &|number, row| error(number, row) * error(number, row)).map(f64::sqrt),
            auc_expected: None,
            auc_buys_again: None,
            auc_alive: None,
            brier: mean(&forecast.buys_again, &|p, row| brier(p, row) * brier(p, row)),
            log_score: mean(&forecast.log_score, &|score, _| score),
            by_decile: Vec::new(),
            by_frequency: forecast.expected.as_deref().map(by_frequency).unwrap_or_default(),
        }
    }

    /// Adds the scores that customers are sorted for: AUC and tenths.
    pub(super) fn ranked(self, outcomes: &Outcomes, forecast: &Forecast) -> Self {
        let auc = |forecast: &Option<Vec<f64>>| auc(&outcomes.rows, forecast.as_deref()?);
        let by_decile = |expected: &[f64]| calibrate(outcomes, expected, deciles(outcomes, expected).into_iter());
        Self {
            auc_expected: auc(&forecast.expected),
            auc_buys_again: auc(&forecast.rank),
            auc_alive: auc(&forecast.alive),
            by_decile: forecast.expected.as_deref().map(by_decile).unwrap_or_default(),
            ..self
        }
    }
}

/// The mean, `None` without numbers.
#[allow(clippy::cast_precision_loss, reason = "customers are fewer than 2^53")]
pub(super) fn mean(numbers: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = numbers.len();
    (count > 0).then(|| numbers.sum::<f64>() / count as f64)
}

/// The AUC of forecasts, rounded once.
fn auc(rows: &[Row], forecasts: &[f64]) -> Option<f64> {
    // Adding 0 makes one zero of the two.
    let mut pairs: Vec<(f64, &Row)> = forecasts.iter().map(|forecast| forecast + 0.0).zip(rows).collect();
    pairs.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
    // Twice the pairs that are in the right order; customers are fewer than 2^32.
    let (mut twice_right, mut buyers, mut others) = (0i128, 0i128, 0i128);
    for tied in pairs.chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq()) {
        let tied_of = |buys: bool| -> i128 {
            tied.iter().filter(|(_, row)| row.buys() == buys).map(|(_, row)| i128::from(row.customers)).sum()
        };
        let (tied_buyers, tied_others) = (tied_of(true), tied_of(false));
        twice_right += tied_buyers * (2 * others + tied_others);
        buyers += tied_buyers;
        others += tied_others;
    }
    quotient(twice_right, 2 * buyers * others)
}

fn deciles(outcomes: &Outcomes, forecasts: &[f64]) -> Vec<u32> {
    let mut order: Vec<(f64, usize)> = forecasts.iter().map(|forecast| forecast + 0.0).zip(0..).collect();
    order.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
    let mut deciles = vec![0; forecasts.len()];
    let mut below = 0;
    for tied in order.chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq()) {
        let mut customers = 0;
        for &(_, row) in tied {
            // From 1 to 10, since fewer are below than there are.
            deciles[row] = 1 + (10 * below / outcomes.customers) as u32;
            customers += outcomes.rows[row].customers;
        }
        below += customers;
    }
    deciles
}

/// The rows of groups with customers, ascending.
fn calibrate(outcomes: &Outcomes, expected: &[f64], groups: impl Iterator<Item = u32>) -> Vec<Calibration> {
    let mut sums: Vec<(u64, ExactSum, u64)> = Vec::new();
    for ((row, expected), group) in outcomes.rows.iter().zip(expected).zip(groups) {
        let group = group as usize;
        if sums.len() <= group {
            sums.resize(group + 1, (0, ExactSum::default(), 0));
        }
        let (customers, sum, actual) = &mut sums[group];
        *customers += row.customers;
        sum.add(row.weight() * expected);
        *actual += row.customers * u64::from(row.purchases);
    }
    let rows = sums.into_iter().zip(0..).filter(|((customers, ..), _)| *customers > 0);
    let row = |((customers, expected, actual), group): ((u64, ExactSum, u64), u32)| Calibration {
        group,
        customers,
        mean_expected: expected.total() / count(customers),
        mean_actual: count(actual) / count(customers),
    };
    rows.map(row).collect()
}
