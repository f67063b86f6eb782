//! The trait of repeat-purchase models.

use core::ops::Range;

use crate::parallel;
use crate::predict::Sample;
use crate::predict::purchases::counts::{self, NextPurchase};
use crate::scale::{Confidence, Interval};

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

    /// P(buys): the probability of a purchase in the `horizon_days` after the end of the observation, `1 - P(Y = 0)`, right
    /// to its last digits also where it is small. It grows with the horizon, and is 0 for a horizon of 0.
    fn probability_buys(&self, sample: &Sample, horizon_days: u32) -> f64 {
        self.probability_at_least(sample, 1, horizon_days)
    }

    /// The probability of `purchases` or more in the `horizon_days` after the end of the observation; 1 for 0.
    fn probability_at_least(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        let fewer = (0..purchases).map(|count| self.probability_of_purchases(sample, count, horizon_days));
        f64::max(1.0 - fewer.sum::<f64>(), 0.0)
    }

    /// Gives `each` the probabilities of 1 purchase or more, of 2 or more, and so on, until it answers `false`: all of a
    /// distribution for little more than one of its numbers.
    fn probabilities_at_least(&self, sample: &Sample, horizon_days: u32, each: &mut dyn FnMut(f64) -> bool) {
        let mut at_least = 1.0;
        for count in 0..u32::MAX {
            at_least -= self.probability_of_purchases(sample, count, horizon_days);
            if !each(f64::max(at_least, 0.0)) {
                return;
            }
        }
    }

    /// The quantile of the number of purchases: the smallest `n` with `P(Y <= n) >= probability`.
    ///
    /// `None` unless the probability is 0 or more and below 1, and for an `n` of `u32::MAX` or more.
    fn quantile_of_purchases(&self, sample: &Sample, probability: f64, horizon_days: u32) -> Option<u32> {
        counts::is_probability(probability)
            .then(|| counts::quantiles(self, sample, horizon_days, [1.0 - probability])[0])?
    }

    /// The interval of the number of purchases in the `horizon_days` after the end of the observation: from the
    /// [quantile](Self::quantile_of_purchases) of `(1 - L) / 2` to that of `(1 + L) / 2` at the level `L`, both of them
    /// whole numbers and part of it.
    ///
    /// It holds the number with a probability of `L` or more where the model is true and its parameters are known: a count
    /// leaves a gap at either end. `None` where the upper end is `u32::MAX` or more.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::predict::{MbgNbd, MbgNbdParams, PurchaseModel, Sample, TimeUnit};
    /// use repurchase::scale::Confidence;
    ///
    /// let params = MbgNbdParams { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 };
    /// let model = MbgNbd::from_params(params, TimeUnit::Week)?;
    /// let often = Sample::new(7, 250.0, 272.0)?;
    /// assert!((model.expected_purchases(&often, 90) - 1.66).abs() < 0.01);
    /// let interval = model.interval_of_purchases(&often, Confidence::new(0.9)?, 90).expect("few");
    /// assert_eq!((interval.low, interval.high), (0.0, 5.0));
    /// assert_eq!(model.quantile_of_purchases(&often, 0.5, 90), Some(1));
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    fn interval_of_purchases(&self, sample: &Sample, confidence: Confidence, horizon_days: u32) -> Option<Interval> {
        counts::between(counts::quantiles(self, sample, horizon_days, counts::beyond(confidence)))
    }

    /// The first day by which the customer has bought with this probability, in whole days after the end of the
    /// observation; 0 for a probability of 0. `None` where that day never comes, lies more than `u32::MAX` days ahead, or
    /// the probability is not one.
    fn days_until(&self, sample: &Sample, probability: f64) -> Option<u32> {
        counts::first_day_bought(self, sample, probability)
    }

    /// The time of the next purchase: the first day by which the customer has bought with a probability of one half,
    /// and those by which one tenth and nine tenths of the purchases that come within the horizon have come.
    fn next_purchase(&self, sample: &Sample, horizon_days: u32) -> NextPurchase {
        NextPurchase::of(self, sample, horizon_days)
    }

    /// [`log_likelihood`](PurchaseModel::log_likelihood) of many customers, to the same bits, faster where customers share
    /// `x` and `T`.
    fn log_likelihood_all(&self, samples: &[Sample]) -> Vec<f64> {
        each(samples, |sample| self.log_likelihood(sample))
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

    /// [`probability_buys`](PurchaseModel::probability_buys) of many customers, to the same bits.
    fn probability_buys_all(&self, samples: &[Sample], horizon_days: u32) -> Vec<f64> {
        each(samples, |sample| self.probability_buys(sample, horizon_days))
    }

    /// [`quantile_of_purchases`](PurchaseModel::quantile_of_purchases) of many customers.
    fn quantile_of_purchases_all(&self, samples: &[Sample], probability: f64, horizon_days: u32) -> Vec<Option<u32>> {
        each(samples, |sample| self.quantile_of_purchases(sample, probability, horizon_days))
    }

    /// [`interval_of_purchases`](PurchaseModel::interval_of_purchases) of many customers, faster where customers share
    /// `x` and `T`.
    fn interval_of_purchases_all(
        &self,
        samples: &[Sample],
        confidence: Confidence,
        horizon_days: u32,
    ) -> Vec<Option<Interval>> {
        each(samples, |sample| self.interval_of_purchases(sample, confidence, horizon_days))
    }

    /// [`days_until`](PurchaseModel::days_until) of many customers.
    fn days_until_all(&self, samples: &[Sample], probability: f64) -> Vec<Option<u32>> {
        each(samples, |sample| self.days_until(sample, probability))
    }

    /// [`next_purchase`](PurchaseModel::next_purchase) of many customers.
    fn next_purchase_all(&self, samples: &[Sample], horizon_days: u32) -> Vec<NextPurchase> {
        each(samples, |sample| self.next_purchase(sample, horizon_days))
    }
}

/// Implements `PurchaseModel` by the answers of what `self.$its()` is.
macro_rules! delegate {
    ($model:ty, $its:ident) => {
        delegate! {
            $model, $its:
            log_likelihood(sample: &Sample) -> f64;
            probability_alive(sample: &Sample) -> f64;
            expected_purchases(sample: &Sample, horizon_days: u32) -> f64;
            probability_of_purchases(sample: &Sample, purchases: u32, horizon_days: u32) -> f64;
            probability_buys(sample: &Sample, horizon_days: u32) -> f64;
            probability_at_least(sample: &Sample, purchases: u32, horizon_days: u32) -> f64;
            probabilities_at_least(sample: &Sample, horizon_days: u32, each: &mut dyn FnMut(f64) -> bool) -> ();
            days_until(sample: &Sample, probability: f64) -> Option<u32>;
            log_likelihood_all(samples: &[Sample]) -> Vec<f64>;
            probability_alive_all(samples: &[Sample]) -> Vec<f64>;
            expected_purchases_all(samples: &[Sample], horizon_days: u32) -> Vec<f64>;
            probability_buys_all(samples: &[Sample], horizon_days: u32) -> Vec<f64>;
            interval_of_purchases_all(samples: &[Sample], confidence: Confidence, horizon_days: u32)
                -> Vec<Option<Interval>>;
            days_until_all(samples: &[Sample], probability: f64) -> Vec<Option<u32>>;
        }
    };
    ($model:ty, $its:ident: $($answer:ident($($of:ident: $kind:ty),+) -> $found:ty;)+) => {
        impl PurchaseModel for $model {
            $(
                fn $answer(&self, $($of: $kind),+) -> $found {
                    self.$its().$answer($($of),+)
                }
            )+
        }
    };
}

pub(in crate::predict) use delegate;

/// Customers that a thread works on at once.
const PART: usize = 1 << 12;

pub(in crate::predict) fn each<R: Send>(samples: &[Sample], answer: impl Fn(&Sample) -> R + Send + Sync) -> Vec<R> {
    let of_part = |part: Range<usize>| samples.get(part).unwrap_or_default().iter().map(&answer).collect::<Vec<_>>();
    parallel::joined(parallel::map_ranges(samples.len(), PART, of_part))
}
