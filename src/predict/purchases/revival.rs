//! Customers who left, and come back all the same.

use crate::error::{Error, Result};
use crate::number::special::ln_rising;
use crate::predict::purchases::counts;
use crate::predict::purchases::model::{PurchaseModel, each};
use crate::predict::{AnyModel, Sample};
use crate::scale::{Confidence, Interval};

/// The rate at which those come back of whom a model says that they have left: `rho` times as often as they bought
/// before.
///
/// No model of dropout lets anybody return, and in real shops they do: of CDNOW's repeat customers with a P(alive) below
/// 10%, 103 of 283 bought again. [`Returns`](crate::predict::Returns) learns the rate on a hold-out and says whether it helps.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{AnyModel, MbgNbd, MbgNbdParams, PurchaseModel, Revival, Sample, TimeUnit};
///
/// let params = MbgNbdParams { r: 0.5, alpha: 6.0, a: 0.9, b: 1.6 };
/// let model = AnyModel::from(MbgNbd::from_params(params, TimeUnit::Week)?);
/// let silent = Sample::new(9, 70.0, 400.0)?;
/// assert!(model.probability_no_purchase(&silent, 90) > 0.99);
/// let reviving = Revival::new(0.03)?.of(model);
/// assert!(reviving.probability_no_purchase(&silent, 90) < 0.85);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64", into = "f64"))]
pub struct Revival {
    rho: f64,
}

/// The largest `rho`: nobody who left buys a hundred times as often as before.
pub(in crate::predict) const MOST: f64 = 128.0;

impl Revival {
    /// The revival of nobody: the model as it is.
    pub const NONE: Self = Self { rho: 0.0 };

    /// A rate of return, as a share of the customer's own purchase rate.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless it is 0 or more and at most 128.
    pub fn new(rho: f64) -> Result<Self> {
        if !(0.0..=MOST).contains(&rho) {
            return Err(Error::Number { field: "rate of return", found: rho, expected: "0 or more and at most 128" });
        }
        // The sign of a zero is dropped.
        Ok(Self { rho: rho.abs() })
    }

    /// `rho`.
    pub const fn rho(self) -> f64 {
        self.rho
    }

    /// The model with this revival.
    pub const fn of(self, model: AnyModel) -> RevivingModel {
        RevivingModel { model, revival: self }
    }
}

impl TryFrom<f64> for Revival {
    type Error = Error;

    fn try_from(rho: f64) -> Result<Self> {
        Self::new(rho)
    }
}

impl From<Revival> for f64 {
    fn from(revival: Revival) -> Self {
        revival.rho
    }
}

/// A model of purchases whose customers, once they have left, come back at a rate.
///
/// # Formula
///
/// With the model's `Y(t)`, the customer's own rate `λ = (r + x) / (α + t_x)` and `m = rho λ t`: those who have left make a
/// Poisson number of purchases of mean `m`, so that `P(Y' >= 1) = P(Y >= 1) + (1 - P(alive)) (1 - e^-m)` and
/// `E(Y') = E(Y) + (1 - P(alive)) m`. P(alive) and the density of what was observed are the model's. With
/// [`Revival::NONE`] every answer is the model's, to the bit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RevivingModel {
    model: AnyModel,
    revival: Revival,
}

impl RevivingModel {
    /// The model.
    pub const fn model(&self) -> &AnyModel {
        &self.model
    }

    /// The revival.
    pub const fn revival(&self) -> Revival {
        self.revival
    }

    /// `m`: what a customer who has left is expected to buy.
    #[inline]
    fn returns(&self, sample: &Sample, horizon_days: u32) -> f64 {
        self.revival.rho * self.model.pace(sample, horizon_days)
    }

    /// The part of the expected purchases that comes from having left and coming back, of a customer of this P(alive).
    #[inline]
    pub(crate) fn expected_returns(&self, alive: f64, sample: &Sample, horizon_days: u32) -> f64 {
        if self.is_plain() { 0.0 } else { (1.0 - alive) * self.returns(sample, horizon_days) }
    }

    pub(in crate::predict) const fn is_plain(&self) -> bool {
        self.revival.rho <= 0.0
    }
}

/// The probability of exactly `n` of a Poisson number of this mean.
fn poisson(n: f64, mean: f64) -> f64 {
    // ln n! = ln Γ(1 + n) - ln Γ(1).
    if mean > 0.0 { libm::exp(n * libm::log(mean) - mean - ln_rising(1.0, n)) } else { 0.0 }
}

/// The probability of `n`, 1 or more, or of more: the sum on the side where it falls.
fn poisson_at_least(n: u32, mean: f64) -> f64 {
    let (mut at, mut sum) = (f64::from(n), 0.0);
    let is_above = at > mean;
    let mut term = if is_above { poisson(at, mean) } else { poisson(at - 1.0, mean) };
    while term > 1e-18 * sum {
        sum += term;
        // At 0 the next of the terms below is 0.
        at += if is_above { 1.0 } else { -1.0 };
        term *= if is_above { mean / at } else { at / mean };
    }
    if is_above { sum } else { 1.0 - sum }
}

impl PurchaseModel for RevivingModel {
    fn log_likelihood(&self, sample: &Sample) -> f64 {
        self.model.log_likelihood(sample)
    }

    fn probability_alive(&self, sample: &Sample) -> f64 {
        self.model.probability_alive(sample)
    }

    fn expected_purchases(&self, sample: &Sample, horizon_days: u32) -> f64 {
        let plain = self.model.expected_purchases(sample, horizon_days);
        if self.is_plain() {
            return plain;
        }
        plain + self.expected_returns(self.probability_alive(sample), sample, horizon_days)
    }

    fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        let plain = self.model.probability_of_purchases(sample, purchases, horizon_days);
        if self.is_plain() {
            return plain;
        }
        let (left, mean) = (1.0 - self.probability_alive(sample), self.returns(sample, horizon_days));
        if purchases == 0 {
            return (plain + left * libm::expm1(-mean)).clamp(0.0, 1.0);
        }
        f64::min(plain + left * poisson(f64::from(purchases), mean), 1.0)
    }

    fn probability_buys(&self, sample: &Sample, horizon_days: u32) -> f64 {
        let plain = self.model.probability_buys(sample, horizon_days);
        if self.is_plain() {
            return plain;
        }
        let left = 1.0 - self.probability_alive(sample);
        f64::min(plain - left * libm::expm1(-self.returns(sample, horizon_days)), 1.0)
    }

    fn probability_at_least(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        if self.is_plain() {
            return self.model.probability_at_least(sample, purchases, horizon_days);
        }
        let (left, mean) = (1.0 - self.probability_alive(sample), self.returns(sample, horizon_days));
        let plain = self.model.probability_at_least(sample, purchases, horizon_days);
        if purchases == 0 { 1.0 } else { f64::min(plain + left * poisson_at_least(purchases, mean), 1.0) }
    }

    fn probabilities_at_least(&self, sample: &Sample, horizon_days: u32, each: &mut dyn FnMut(f64) -> bool) {
        if self.is_plain() {
            return self.model.probabilities_at_least(sample, horizon_days, each);
        }
        let left = 1.0 - self.probability_alive(sample);
        let mean = self.returns(sample, horizon_days);
        // Of a Poisson number: exactly n, and more than n.
        let (mut exactly, mut more, mut n) = (libm::exp(-mean), -libm::expm1(-mean), 0.0);
        self.model.probabilities_at_least(sample, horizon_days, &mut |plain| {
            let goes_on = each(f64::min(plain + left * more, 1.0));
            n += 1.0;
            exactly *= mean / n;
            more = f64::max(more - exactly, 0.0);
            goes_on
        });
    }

    fn days_until(&self, sample: &Sample, probability: f64) -> Option<u32> {
        if self.is_plain() {
            return self.model.days_until(sample, probability);
        }
        counts::first_day_bought(self, sample, probability)
    }

    fn log_likelihood_all(&self, samples: &[Sample]) -> Vec<f64> {
        self.model.log_likelihood_all(samples)
    }

    fn probability_buys_all(&self, samples: &[Sample], horizon_days: u32) -> Vec<f64> {
        let mut buys = self.model.probability_buys_all(samples, horizon_days);
        if !self.is_plain() {
            let alive = self.model.probability_alive_all(samples);
            for ((buys, alive), sample) in buys.iter_mut().zip(alive).zip(samples) {
                *buys = f64::min(*buys - (1.0 - alive) * libm::expm1(-self.returns(sample, horizon_days)), 1.0);
            }
        }
        buys
    }

    fn interval_of_purchases_all(
        &self,
        samples: &[Sample],
        confidence: Confidence,
        horizon_days: u32,
    ) -> Vec<Option<Interval>> {
        if self.is_plain() {
            return self.model.interval_of_purchases_all(samples, confidence, horizon_days);
        }
        each(samples, |sample| self.interval_of_purchases(sample, confidence, horizon_days))
    }

    fn days_until_all(&self, samples: &[Sample], probability: f64) -> Vec<Option<u32>> {
        if self.is_plain() {
            return self.model.days_until_all(samples, probability);
        }
        each(samples, |sample| self.days_until(sample, probability))
    }

    fn probability_alive_all(&self, samples: &[Sample]) -> Vec<f64> {
        self.model.probability_alive_all(samples)
    }

    fn expected_purchases_all(&self, samples: &[Sample], horizon_days: u32) -> Vec<f64> {
        let mut expected = self.model.expected_purchases_all(samples, horizon_days);
        if !self.is_plain() {
            let alive = self.model.probability_alive_all(samples);
            for ((expected, alive), sample) in expected.iter_mut().zip(alive).zip(samples) {
                *expected += self.expected_returns(alive, sample, horizon_days);
            }
        }
        expected
    }
}
