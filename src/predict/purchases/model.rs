//! What every repeat-purchase model says of a customer.

use core::ops::Range;

use crate::parallel;
use crate::predict::Sample;

/// A model of customers who buy at a rate of their own until they leave unseen.
///
/// Times are given in days; a model converts them to the unit of its rates. What a model says of [`Sample::NEW`] it says
/// of a new customer. A model is asked on several threads at once.
pub trait PurchaseModel: Sync {
    /// The log of the density of a customer's purchases, `ln f(x, t_x | T)`, without combinatorial constants, in the
    /// model's unit of time.
    fn log_likelihood(&self, sample: &Sample) -> f64;

    /// P(alive): the probability, in `[0, 1]`, that the customer has not left at the end of the observation.
    #[doc(alias = "churn")]
    fn probability_alive(&self, sample: &Sample) -> f64;

    /// The expected number of purchases, 0 or more, in the `horizon_days` after the end of the observation.
    fn expected_purchases(&self, sample: &Sample, horizon_days: u32) -> f64;

    /// The probability of exactly `purchases` purchases in the `horizon_days` after the end of the observation.
    fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64;

    /// The probability of no purchase in the `horizon_days` after the end of the observation: that the customer has
    /// left, or stays away that long.
    fn probability_no_purchase(&self, sample: &Sample, horizon_days: u32) -> f64 {
        self.probability_of_purchases(sample, 0, horizon_days)
    }

    /// [`probability_alive`](PurchaseModel::probability_alive) of many customers, to the same bits.
    fn probability_alive_all(&self, samples: &[Sample]) -> Vec<f64> {
        each(samples, |sample| self.probability_alive(sample))
    }

    /// [`expected_purchases`](PurchaseModel::expected_purchases) of many customers, to the same bits, faster where
    /// customers share `x` and `T`.
    fn expected_purchases_all(&self, samples: &[Sample], horizon_days: u32) -> Vec<f64> {
        each(samples, |sample| self.expected_purchases(sample, horizon_days))
    }
}

/// Customers of whom a model is asked in one go.
const PART: usize = 1 << 12;

fn each(samples: &[Sample], answer: impl Fn(&Sample) -> f64 + Send + Sync) -> Vec<f64> {
    let of_part = |part: Range<usize>| samples.get(part).unwrap_or_default().iter().map(&answer).collect::<Vec<_>>();
    parallel::map_ranges(samples.len(), PART, of_part).concat()
}
