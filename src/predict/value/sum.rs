//! The sum of the amounts of several customers: the moments of each add up, and an interval of the sum by chance alone.

use super::outcome::{Outcome, SpendSum};
use super::value_range::Counts;
use crate::predict::purchases::counts::beyond;
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::{Sample, ValueModel};
use crate::scale::{Confidence, Interval};

/// The moments of the sum of what independent customers bring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sum {
    /// The logarithm of the probability that nobody buys.
    ln_nothing: f64,
    pub(crate) mean: f64,
    /// The variance, infinite where that of somebody who may buy is.
    variance: f64,
}

impl<M: PurchaseModel> ValueModel<M> {
    /// The moments of what a customer brings; `None` where the spend has no mean.
    ///
    /// With `N` purchases of `Gamma(p, ν)` each, `M = p / ν` of a customer with `ν ~ Gamma(s, c)`: the variance is
    /// `E(N) E(M²) / p + E(N²) E(M²) - E(N)² E(M)²`, `E(M²) = p² c² / ((s - 1) (s - 2))`, which is finite for `s > 2`.
    pub(crate) fn sum_of_one(&self, sample: &Sample, horizon_days: u32) -> Option<Sum> {
        let (total, mean_spend) = (self.spend.total(sample)?, self.spend.expected_spend(sample)?);
        let mean = self.purchases.expected_purchases(sample, horizon_days) * mean_spend;
        let Counts { each, buys, .. } = Counts::of(&self.purchases, sample, horizon_days, NEGLIGIBLE)?;
        let [purchases, squares] = each.iter().fold([0.0, 0.0], |[sum, squares], &(count, probability)| {
            [sum + count * probability, squares + count * count * probability]
        });
        let above_two = total.shape - 2.0;
        let square_spend = mean_spend * mean_spend * (1.0 + 1.0 / above_two);
        let variance = if purchases <= 0.0 {
            0.0
        } else if above_two > 0.0 {
            let of_number = (squares - purchases * purchases) + purchases / total.of_each;
            of_number * square_spend + purchases * purchases * mean_spend * mean_spend / above_two
        } else {
            f64::INFINITY
        };
        Some(Sum { ln_nothing: libm::log1p(-buys), mean, variance })
    }
}

impl Sum {
    pub(crate) const NOTHING: Self = Self { ln_nothing: 0.0, mean: 0.0, variance: 0.0 };

    /// Adds the sum of customers who do not depend on these.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            ln_nothing: self.ln_nothing + other.ln_nothing,
            mean: self.mean + other.mean,
            variance: self.variance + other.variance,
        }
    }

    /// Multiplies by the share above 0 of every amount that is kept.
    pub(crate) fn kept(self, share: f64) -> Self {
        if share <= 0.0 {
            return Self::NOTHING;
        }
        Self { mean: self.mean * share, variance: self.variance * share * share, ..self }
    }

    /// The interval of the sum, which holds its mean: 0 with the probability that nobody buys, and otherwise gamma
    /// distributed with the mean and the variance of the sum of those who do. `None` where the variance is infinite.
    pub(crate) fn interval(&self, confidence: Confidence) -> Option<Interval> {
        if self.mean <= 0.0 {
            return Interval::of(0.0, 0.0);
        }
        let something = -libm::expm1(self.ln_nothing);
        // Given that somebody buys.
        let mean = self.mean / something;
        let variance = (self.variance + self.mean * self.mean) / something - mean * mean;
        let shape = mean * mean / variance;
        if shape <= 0.0 || shape.is_nan() {
            return None;
        }
        // What a rate of the gamma distribution of this shape does not vary by.
        let certain = CERTAIN * f64::max(shape, 1.0);
        let total = SpendSum { of_each: shape, shape: certain, scale: certain * (variance / mean) };
        let sum = Outcome::new(&[(1.0, something)], true, something, total);
        let [more_than_low, more_than_high] = beyond(confidence);
        let [low, high] = [sum.quantile(more_than_low)?, sum.quantile(more_than_high)?];
        Interval::of(f64::min(low, self.mean), f64::max(high, self.mean))
    }
}

/// The shape of a gamma distribution, over that of its rate's, from which on the latter does not show.
const CERTAIN: f64 = 1e9;

/// A probability beside which those that are left out are negligible, their squares too.
const NEGLIGIBLE: f64 = 1e-4;
