//! The trait of repeat-purchase models.

use core::ops::Range;

use crate::parallel;
use crate::predict::Sample;

/// A model of customers who buy at a rate of their own until they leave unseen.
///
/// Arguments are in days; a model converts them to the unit of its rates. [`Sample::NEW`] stands for a new customer.
/// Several threads may use a model at once.
pub trait PurchaseModel: Sync {
    /// `ln f(x, t_x | T)`: the log density of a customer's purchases, in the model's unit of time, without combinatorial
    /// constants.
    fn log_likelihood(&self, sample: &Sample) -> f64;

    /// P(alive): the probability, in `[0, 1]`, that the customer has not left at the end of the observation.
    #[doc(alias = "churn")]
    fn probability_alive(&self, sample: &Sample) -> f64;

    /// The expected number of purchases, 0 or more, in the `horizon_days` after the end of the observation.
    fn expected_purchases(&self, sample: &Sample, horizon_days: u32) -> f64;

    /// The probability of exactly `purchases` purchases in the `horizon_days` after the end of the observation.
    fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64;

    /// The probability of no purchase in the `horizon_days` after the end of the observation.
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

/// Implements `PurchaseModel` by the answers of what `self.$its()` is.
macro_rules! delegate {
    ($model:ty, $its:ident) => {
        impl PurchaseModel for $model {
            fn log_likelihood(&self, sample: &Sample) -> f64 {
                self.$its().log_likelihood(sample)
            }

            fn probability_alive(&self, sample: &Sample) -> f64 {
                self.$its().probability_alive(sample)
            }

            fn expected_purchases(&self, sample: &Sample, horizon_days: u32) -> f64 {
                self.$its().expected_purchases(sample, horizon_days)
            }

            fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
                self.$its().probability_of_purchases(sample, purchases, horizon_days)
            }

            fn probability_alive_all(&self, samples: &[Sample]) -> Vec<f64> {
                self.$its().probability_alive_all(samples)
            }

            fn expected_purchases_all(&self, samples: &[Sample], horizon_days: u32) -> Vec<f64> {
                self.$its().expected_purchases_all(samples, horizon_days)
            }
        }
    };
}

pub(in crate::predict) use delegate;

/// Customers that a thread works on at once.
const PART: usize = 1 << 12;

fn each(samples: &[Sample], answer: impl Fn(&Sample) -> f64 + Send + Sync) -> Vec<f64> {
    let of_part = |part: Range<usize>| samples.get(part).unwrap_or_default().iter().map(&answer).collect::<Vec<_>>();
    parallel::map_ranges(samples.len(), PART, of_part).concat()
}
