//! What a customer is worth in the time to come.

use super::discount::{Discount, discounted_purchases, discounted_purchases_all};
use crate::error::Result;
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::{GammaGamma, Sample};

/// What customers are worth: how often they will buy, times what they spend on it.
///
/// The two models are fitted apart, since the model of spend takes both to be independent, on the same
/// [`Samples`](crate::predict::Samples): the value is in their unit of money.
///
/// [`Credit`](crate::record::Credit)s are in neither: a customer who ordered for 1,000 and got 1,000 back as a credit is
/// worth what one is who kept it all. Tie credits to their orders first
/// ([`match_credits`](crate::record::match_credits)), and see who was credited more than half of the spend.
///
/// # Examples
///
/// What is a customer worth in the next year?
///
/// ```
/// use repurchase::predict::{
///     Discount, GammaGamma, GammaGammaParams, PurchaseModel, Sample, ValueModel, rounded_to_money,
/// };
/// use rust_decimal::Decimal;
///
/// /// Customers who go on as they did; in earnest, this is a fitted model.
/// struct Steady;
///
/// impl PurchaseModel for Steady {
///     fn expected_purchases(&self, sample: &Sample, horizon_days: u32) -> f64 {
///         f64::from(sample.repeats()) / sample.age_days() * f64::from(horizon_days)
///     }
///     // ...
/// #   fn log_likelihood(&self, _: &Sample) -> f64 { 0.0 }
/// #   fn probability_alive(&self, _: &Sample) -> f64 { 1.0 }
/// #   fn probability_of_purchases(&self, _: &Sample, _: u32, _: u32) -> f64 { 0.0 }
/// }
///
/// let spend = GammaGamma::from_params(GammaGammaParams { p: 6.25, q: 3.74, gamma: 15.44 })?;
/// let model = ValueModel { purchases: Steady, spend };
///
/// // 3 repeat purchases in 210 days, of 40 each on average.
/// let sample = Sample::new(3, 189.0, 210.0)?.with_mean_spend(40.0)?;
/// let year = model.expected_value(&sample, 365, Discount::NONE)?.expect("finite");
/// assert_eq!(rounded_to_money(year, 2)?, Decimal::new(205_39, 2));
///
/// // The same at 1% in 30 days.
/// let today = model.expected_value(&sample, 365, Discount::new(0.01, 30)?)?.expect("finite");
/// assert_eq!(rounded_to_money(today, 2)?, Decimal::new(192_50, 2));
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "RFM and CLV: using iso-value curves for customer base analysis",
/// Journal of Marketing Research 42(4), 415-430, doi 10.1509/jmkr.2005.42.4.415.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[doc(alias = "CLV")]
#[doc(alias = "LTV")]
pub struct ValueModel<M> {
    /// How often customers buy.
    pub purchases: M,
    /// What they spend on a purchase.
    pub spend: GammaGamma,
}

impl<M: PurchaseModel> ValueModel<M> {
    /// What a customer is expected to spend in the `horizon_days` after the end of the observation, in the unit of money
    /// of the model of spend.
    ///
    /// It is what will be spent, not what is earned of it: multiply by the margin where that is asked. Without a
    /// discount it is `E(Y(horizon)) · E(M)`. Of a customer without a repeat purchase nothing is known of the spend, so
    /// that `E(M)` is the mean over all customers.
    ///
    /// `None` where the model of spend has [no mean](GammaGamma::expected_spend) for the customer, as for one without a
    /// repeat purchase at `q <= 1`.
    ///
    /// # Formula
    ///
    /// [`discounted_purchases`] times [`GammaGamma::expected_spend`].
    ///
    /// # Errors
    ///
    /// As [`discounted_purchases`].
    #[doc(alias = "CLV")]
    #[doc(alias = "LTV")]
    pub fn expected_value(&self, sample: &Sample, horizon_days: u32, discount: Discount) -> Result<Option<f64>> {
        let purchases = discounted_purchases(&self.purchases, sample, horizon_days, discount)?;
        Ok(self.spend.expected_spend(sample).map(|mean| purchases * mean))
    }

    /// [`expected_value`](ValueModel::expected_value) of many customers, to the same bits, faster where the model of
    /// purchases is faster for many.
    ///
    /// # Errors
    ///
    /// As [`discounted_purchases`].
    pub fn expected_value_all(
        &self,
        samples: &[Sample],
        horizon_days: u32,
        discount: Discount,
    ) -> Result<Vec<Option<f64>>> {
        let purchases = discounted_purchases_all(&self.purchases, samples, horizon_days, discount)?;
        let means = samples.iter().map(|sample| self.spend.expected_spend(sample));
        Ok(means.zip(purchases).map(|(mean, purchases)| mean.map(|mean| purchases * mean)).collect())
    }
}
