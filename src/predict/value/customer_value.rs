//! The expected value of customers.

use super::discount::{Discount, discounted_purchases, discounted_purchases_all};
use crate::error::Result;
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::{GammaGamma, Sample};

/// The customer lifetime value: expected purchases times expected spend.
///
/// The two models are fitted separately, to the same [`Samples`](crate::predict::Samples), as if frequency and spend were
/// independent, after Fader, Hardie and Lee (2005), a reference of [`GammaGamma`]. The value is spend, in the unit of money
/// of the samples: multiply by the margin for profit.
///
/// [`Credit`](crate::record::Credit)s enter neither model: a customer who got a full credit for an order counts like one
/// who kept it. Tie credits to their orders first ([`match_credits`](crate::record::match_credits)), and multiply the value
/// by the share that is kept after those that are left, [`KeptShare::of_customer`](crate::predict::KeptShare::of_customer).
///
/// # Examples
///
/// ```
/// use repurchase::predict::{
///     Discount, GammaGamma, GammaGammaParams, Nbd, NbdParams, Sample, TimeUnit, ValueModel, rounded_to_money,
/// };
/// use repurchase::scale::Confidence;
/// use rust_decimal::Decimal;
///
/// // Fitted models, as a rule.
/// let purchases = Nbd::from_params(NbdParams { r: 1.0, alpha: 70.0 }, TimeUnit::Day)?;
/// let spend = GammaGamma::from_params(GammaGammaParams { p: 6.25, q: 3.74, gamma: 15.44 })?;
/// let model = ValueModel { purchases, spend };
///
/// // 3 repeat purchases in 210 days, of 40 each on average.
/// let sample = Sample::new(3, 189.0, 210.0)?.with_mean_spend(40.0)?;
/// let year = model.expected_value(&sample, 365, Discount::NONE)?.expect("finite");
/// assert_eq!(rounded_to_money(year, 2)?, Decimal::new(205_39, 2));
///
/// // The same at 1% in 30 days.
/// let today = model.expected_value(&sample, 365, Discount::new(0.01, 30)?)?.expect("finite");
/// assert_eq!(rounded_to_money(today, 2)?, Decimal::new(192_50, 2));
///
/// // 1.3 purchases of 40 each are expected in 90 days: none perhaps, and hardly more than 161.
/// let range = model.value_interval(&sample, Confidence::new(0.9)?, 90).expect("known");
/// assert_eq!((range.low, range.high.round()), (0.0, 161.0));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[doc(alias("CLV", "LTV"))]
pub struct ValueModel<M> {
    /// The model of purchases.
    pub purchases: M,
    /// The model of spend.
    pub spend: GammaGamma,
}

impl<M: PurchaseModel> ValueModel<M> {
    /// The expected spend of a customer in the `horizon_days` after the end of the observation: [`discounted_purchases`]
    /// times [`GammaGamma::expected_spend`], `E(Y(horizon)) · E(M)` without a discount.
    ///
    /// `None` where the model of spend has [no mean](GammaGamma::expected_spend) for the customer.
    ///
    /// # Errors
    ///
    /// As [`discounted_purchases`].
    #[doc(alias("CLV", "LTV"))]
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
