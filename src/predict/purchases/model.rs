//! What every repeat-purchase model says of a customer.

use core::ops::Range;

use crate::error::{Error, Result};
use crate::parallel;
use crate::predict::Sample;

/// A model of customers who buy at a rate of their own until they leave unseen.
///
/// Samples, horizons and rates are in one unit of time, that of the samples on which the model was fitted.
/// What a model says of [`Sample::NEW`] it says of a new customer. A model is asked on several threads at once.
pub trait PurchaseModel: Sync {
    /// The log of the density of a customer's purchases, `ln f(x, t_x | T)`, without combinatorial constants.
    fn log_likelihood(&self, sample: &Sample) -> f64;

    /// P(alive): the probability, in `[0, 1]`, that the customer has not left at the end of the observation.
    fn probability_alive(&self, sample: &Sample) -> f64;

    /// The expected number of purchases, 0 or more, in the time `horizon` after the end of the observation.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] for a horizon that is negative, not finite or above `1e300`.
    fn expected_purchases(&self, sample: &Sample, horizon: f64) -> Result<f64>;

    /// The probability of exactly `purchases` purchases in the time `horizon` after the end of the observation.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] for a horizon that is negative, not finite or above `1e300`.
    fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon: f64) -> Result<f64>;

    /// The probability of no purchase in the time `horizon` after the end of the observation: that the customer has
    /// left, or stays away that long.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] for a horizon that is negative, not finite or above `1e300`.
    fn probability_no_purchase(&self, sample: &Sample, horizon: f64) -> Result<f64> {
        self.probability_of_purchases(sample, 0, horizon)
    }

    /// [`probability_alive`](PurchaseModel::probability_alive) of many customers, to the same bits.
    fn probabilities_alive(&self, samples: &[Sample]) -> Vec<f64> {
        let of_part = |part: Range<usize>| {
            let samples = samples.get(part).unwrap_or_default();
            samples.iter().map(|sample| self.probability_alive(sample)).collect::<Vec<_>>()
        };
        parallel::map_ranges(samples.len(), PART, of_part).concat()
    }

    /// [`expected_purchases`](PurchaseModel::expected_purchases) of many customers, to the same bits, faster where
    /// customers share `x` and `T`.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] for a horizon that is negative, not finite or above `1e300`.
    fn expected_purchases_of_all(&self, samples: &[Sample], horizon: f64) -> Result<Vec<f64>> {
        let of_part = |part: Range<usize>| {
            let samples = samples.get(part).unwrap_or_default();
            samples.iter().map(|sample| self.expected_purchases(sample, horizon)).collect::<Result<Vec<_>>>()
        };
        let parts: Result<Vec<_>> = parallel::map_ranges(samples.len(), PART, of_part).into_iter().collect();
        Ok(parts?.concat())
    }
}

/// How a model is made from its parameters and gives them back, each finite, above 0 and at most `1e300`.
macro_rules! parameters {
    ($model:ident, $params:ident { $($field:ident),+ }) => {
        impl $model {
            /// The model at parameters that are known.
            ///
            /// # Errors
            ///
            /// [`Error::Number`](crate::error::Error::Number) for a parameter that is not finite and above 0, or above `1e300`.
            pub fn from_params(params: $params) -> $crate::error::Result<Self> {
                $($crate::predict::purchases::model::positive(stringify!($field), params.$field)?;)+
                Ok(Self { params })
            }

            /// Its parameters.
            pub const fn params(&self) -> $params {
                self.params
            }
        }

        impl TryFrom<$params> for $model {
            type Error = $crate::error::Error;

            fn try_from(params: $params) -> $crate::error::Result<Self> {
                Self::from_params(params)
            }
        }

        impl From<$model> for $params {
            fn from(model: $model) -> Self {
                model.params
            }
        }
    };
}

pub(in crate::predict) use parameters;

/// Customers of whom a model is asked in one go.
const PART: usize = 1 << 12;

/// A parameter of a model, if it is one.
pub(in crate::predict) fn positive(field: &'static str, found: f64) -> Result<f64> {
    if !(found.is_finite() && found > 0.0) {
        return refused(field, found, "finite and above 0");
    }
    if found <= LARGEST { Ok(found) } else { refused(field, found, "at most 1e300") }
}

/// A time ahead, if it is one.
pub(in crate::predict) fn horizon(found: f64) -> Result<f64> {
    let is_horizon = (0.0..=LARGEST).contains(&found);
    if is_horizon { Ok(found) } else { refused("horizon", found, TIME) }
}

/// The largest time and the largest parameter: sums of a few of them are finite.
pub(in crate::predict) const LARGEST: f64 = 1e300;

/// What a time must be.
pub(in crate::predict) const TIME: &str = "finite, 0 or more and at most 1e300";

fn refused<T>(field: &'static str, found: f64, expected: &'static str) -> Result<T> {
    Err(Error::Number { field, found, expected })
}
