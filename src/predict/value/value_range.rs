//! The interval of what a customer may bring: quantiles of purchases and spend together.

use crate::parallel;
use crate::predict::purchases::counts::{FEW, beyond, is_probability};
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::value::outcome::{Outcome, SpendSum};
use crate::predict::{Sample, ValueModel};
use crate::scale::{Confidence, Interval};

impl<M: PurchaseModel> ValueModel<M> {
    /// The quantile of what a customer brings in the `horizon_days` after the end of the observation: the smallest amount
    /// with a probability of at least `probability` to bring no more; 0 where no purchase is as likely. Undiscounted, in
    /// the unit of money of the samples.
    ///
    /// Right to 1e-9 of itself for customers of up to 256 purchases; the counts beyond are taken in 256 groups, which moves
    /// a probability by less than 0.001. It also exists where spend has [no mean](crate::predict::GammaGamma::without_mean).
    ///
    /// `None` unless the probability is 0 or more and below 1, with a repeat purchase of unknown spend, and for an amount
    /// beyond the largest `f64` or from `u32::MAX` purchases on.
    ///
    /// # Formula
    ///
    /// The sum of `n` purchases is `Gamma(p n, ν)` of a customer with `ν ~ Gamma(p x + q, c)`, `c = gamma + x m`, and so
    /// `P(S <= s) = P(Y = 0) + Σ P(Y = n) I_z(p n, p x + q)` over `n >= 1`, `z = s / (s + c)`, with the regularized
    /// incomplete beta function `I`.
    pub fn value_quantile(&self, sample: &Sample, probability: f64, horizon_days: u32) -> Option<f64> {
        if !is_probability(probability) {
            return None;
        }
        let above = 1.0 - probability;
        Outcome::of(&self.purchases, self.spend.total(sample)?, sample, horizon_days, above)?.quantile(above)
    }

    /// The interval of what a customer brings: from the [quantile](Self::value_quantile) of `(1 - L) / 2` to that of
    /// `(1 + L) / 2` at the level `L`. `None` where either is. [`ValueModel`] has an example.
    pub fn value_interval(&self, sample: &Sample, confidence: Confidence, horizon_days: u32) -> Option<Interval> {
        let [more_than_low, more_than_high] = beyond(confidence);
        let outcome = Outcome::of(&self.purchases, self.spend.total(sample)?, sample, horizon_days, more_than_high)?;
        Interval::of(outcome.quantile(more_than_low)?, outcome.quantile(more_than_high)?)
    }

    /// [`value_interval`](Self::value_interval) of many customers, to the same bits.
    pub fn value_interval_all(
        &self,
        samples: &[Sample],
        confidence: Confidence,
        horizon_days: u32,
    ) -> Vec<Option<Interval>> {
        parallel::concat(samples.len(), PART, |part| {
            let samples = samples.get(part).unwrap_or_default().iter();
            samples.map(|sample| self.value_interval(sample, confidence, horizon_days)).collect()
        })
    }
}

/// Customers that a thread works on at once.
const PART: usize = 1 << 8;

/// The negligible part of a probability that is asked for.
const NOTHING: f64 = 1e-10;

/// Room for more counts than most customers have.
const USUAL: usize = 32;

/// Groups of the counts beyond [`FEW`].
const GROUPS: u32 = 256;

impl Outcome {
    /// Makes the outcome, right for the amount that is exceeded with probability `above`, and for lower ones.
    fn of(model: &impl PurchaseModel, total: SpendSum, sample: &Sample, horizon: u32, above: f64) -> Option<Self> {
        let Counts { each, is_each, buys } = Counts::of(model, sample, horizon, above)?;
        Some(Self::new(&each, is_each, buys, total))
    }
}

/// The numbers of purchases of a customer, ascending from 1, with their probabilities.
pub(super) struct Counts {
    /// The counts, and beyond [`FEW`] the means of groups of counts.
    pub(super) each: Vec<(f64, f64)>,
    is_each: bool,
    /// The probability of a purchase.
    pub(super) buys: f64,
}

impl Counts {
    /// Makes the counts without those that are negligible beside a probability of `above`.
    pub(super) fn of(model: &impl PurchaseModel, sample: &Sample, horizon: u32, above: f64) -> Option<Self> {
        let (mut counts, mut n, mut last) = (Vec::with_capacity(USUAL), 0_u32, 1.0);
        let negligible = NOTHING * above;
        model.probabilities_at_least(sample, horizon, &mut |at_least| {
            if n > 0 {
                counts.push((f64::from(n), f64::max(last - at_least, 0.0)));
            }
            (last, n) = (at_least, n + 1);
            at_least > negligible && n < FEW
        });
        let buys = counts.iter().map(|&(_, probability)| probability).sum::<f64>() + last;
        let is_each = last <= negligible;
        if !is_each {
            // From n on.
            let end = model.quantile_of_purchases(sample, 1.0 - above * 1e-4, horizon)?;
            let start = model.quantile_of_purchases(sample, (1.0 - buys) + buys * 1e-6, horizon)?.max(n);
            let width = (end.saturating_sub(start) / GROUPS).max(1);
            let (mut low, mut from) = (start, last);
            if start > n {
                from = model.probability_at_least(sample, start, horizon);
                counts.push((0.5 * (f64::from(n) + f64::from(start - 1)), last - from));
            }
            while low <= end {
                let next = low.saturating_add(width);
                let at_least = model.probability_at_least(sample, next, horizon);
                counts.push((0.5 * (f64::from(low) + f64::from(next - 1)), from - at_least));
                (low, from) = (next, at_least);
            }
            counts.push((f64::from(low), from));
            counts.retain(|&(_, probability)| probability > 0.0);
        }
        Some(Self { each: counts, is_each, buys })
    }
}
