//! Scores of forecasts.

use super::forecast::Forecast;
use super::holdout::{Holdout, HoldoutCustomer};
use crate::number::quotient;

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
    /// By tenths of `ŷ`: a customer's is `1 + ⌊10 below / N⌋`, where `below` counts the customers with a smaller `ŷ`, so
    /// that equal forecasts share one. Empty ones are left out.
    pub by_decile: Vec<Calibration>,
    /// By `x`: 0, 1, to 6, and 7 for 7 or more. Empty ones are left out.
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
    pub(super) fn of(holdout: &Holdout, forecast: &Forecast) -> Self {
        let customers = holdout.customers();
        let purchases = || customers.iter().map(|customer| f64::from(customer.purchases()));
        let expected = forecast.expected.as_deref();
        let errors = |expected: &[f64], loss: fn(f64) -> f64| {
            mean(expected.iter().zip(purchases()).map(|(expected, actual)| loss(actual - expected)))
        };
        let auc = |forecast: &Option<Vec<f64>>| auc(customers, forecast.as_deref()?);
        let calibration = |group: fn(&[HoldoutCustomer], &[f64]) -> Vec<u32>| {
            expected.map(|expected| calibrate(customers, expected, &group(customers, expected))).unwrap_or_default()
        };
        let brier = |of_each: &[f64]| {
            let losses = of_each.iter().zip(customers).map(|(p, customer)| p - f64::from(customer.buys_again()));
            mean(losses.map(|loss| loss * loss))
        };
        Self {
            customers: customers.len() as u64,
            buyers: customers.iter().filter(|customer| customer.buys_again()).count() as u64,
            actual: customers.iter().map(|customer| u64::from(customer.purchases())).sum(),
            expected: expected.map(|expected| expected.iter().sum()),
            expected_buyers: forecast.buys_again.as_ref().map(|probabilities| probabilities.iter().sum()),
            mae: expected.and_then(|expected| errors(expected, f64::abs)),
            rmse: expected.and_then(|expected| errors(expected, |error| error * error)).map(f64::sqrt),
            auc_expected: auc(&forecast.expected),
            auc_buys_again: auc(&forecast.rank),
            auc_alive: auc(&forecast.alive),
            brier: forecast.buys_again.as_deref().and_then(brier),
            log_score: forecast.log_score.as_ref().and_then(|scores| mean(scores.iter().copied())),
            by_decile: calibration(|_, expected| deciles(expected)),
            by_frequency: calibration(|customers, _| {
                customers.iter().map(|customer| customer.sample.repeats().min(MOST_FREQUENT)).collect()
            }),
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
fn auc(customers: &[HoldoutCustomer], forecasts: &[f64]) -> Option<f64> {
    // Adding 0 makes one zero of the two.
    let mut pairs: Vec<(f64, bool)> =
        forecasts.iter().zip(customers).map(|(forecast, customer)| (forecast + 0.0, customer.buys_again())).collect();
    pairs.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
    // Twice the pairs that are in the right order; customers are fewer than 2^32.
    let (mut twice_right, mut buyers, mut others) = (0i128, 0i128, 0i128);
    for tied in pairs.chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq()) {
        let tied_buyers = tied.iter().filter(|(_, buys_again)| *buys_again).count() as i128;
        let tied_others = tied.len() as i128 - tied_buyers;
        twice_right += tied_buyers * (2 * others + tied_others);
        buyers += tied_buyers;
        others += tied_others;
    }
    quotient(twice_right, 2 * buyers * others)
}

fn deciles(forecasts: &[f64]) -> Vec<u32> {
    let customers = forecasts.len() as u64;
    let mut order: Vec<(f64, usize)> = forecasts.iter().map(|forecast| forecast + 0.0).zip(0..).collect();
    order.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
    let mut deciles = vec![0; forecasts.len()];
    let mut below = 0;
    for tied in order.chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq()) {
        for &(_, customer) in tied {
            // From 1 to 10, since fewer are below than there are.
            deciles[customer] = 1 + (10 * below / customers) as u32;
        }
        below += tied.len() as u64;
    }
    deciles
}

/// The rows of groups with customers, ascending.
#[allow(clippy::cast_precision_loss, reason = "customers and their purchases are fewer than 2^53")]
fn calibrate(customers: &[HoldoutCustomer], expected: &[f64], groups: &[u32]) -> Vec<Calibration> {
    let mut sums: Vec<(u64, f64, u64)> = Vec::new();
    for ((customer, expected), &group) in customers.iter().zip(expected).zip(groups) {
        let group = group as usize;
        if sums.len() <= group {
            sums.resize(group + 1, (0, 0.0, 0));
        }
        let (count, sum, actual) = &mut sums[group];
        *count += 1;
        *sum += expected;
        *actual += u64::from(customer.purchases());
    }
    let rows = sums.into_iter().zip(0..).filter(|((customers, ..), _)| *customers > 0);
    let row = |((customers, expected, actual), group)| Calibration {
        group,
        customers,
        mean_expected: expected / customers as f64,
        mean_actual: actual as f64 / customers as f64,
    };
    rows.map(row).collect()
}
