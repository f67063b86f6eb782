//! The totals of the whole shop for the next days.

use chrono::NaiveDate;

use super::models::ShopModels;
use crate::error::{Error, Result};
use crate::predict::{RevivingModel, Total, TotalForecast, TrackRecord};
use crate::scale::words::phrase;
use crate::scale::{Confidence, Language};

/// The totals of a shop within its horizon: purchase days, buyers and revenue of the customers known today.
///
/// Each is the sum over customers, corrected and with an interval where the shop's own past allows it:
/// [`TotalForecast`] has the formula. Customers who come for the first time are in none of them.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Outlook {
    /// The last day that is known.
    pub as_of: NaiveDate,
    /// The days ahead.
    pub horizon_days: u32,
    /// The customers.
    pub customers: u64,
    /// The purchase days of these customers.
    pub purchases: TotalForecast,
    /// Customers with a purchase.
    pub buyers: TotalForecast,
    /// The revenue of these customers; `None` without a model of spend, and where the spend of some customer has no
    /// mean.
    pub revenue: Option<TotalForecast>,
    /// The customers whose spend has no mean; all without a model of spend.
    pub without_mean_spend: u64,
}

impl ShopModels {
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for another day than the models'.
    pub(super) fn of_day(&self, day: NaiveDate) -> Result<()> {
        if day == self.as_of { Ok(()) } else { Err(Error::AsOfMismatch { left: self.as_of, right: day }) }
    }

    /// The totals, of the sums over customers of purchase days, buyers and revenue, and of how many the revenue is not
    /// known. `None` without a model of purchases.
    pub(super) fn outlook_of(
        &self,
        customers: u64,
        [purchases, buyers, revenue]: [f64; 3],
        without_mean_spend: u64,
        confidence: Confidence,
    ) -> Option<Outlook> {
        self.purchases.model()?;
        let track = self.track();
        let total = |total, expected| match track {
            Some(track) => track.total(total, expected, confidence),
            None => TotalForecast::unchecked(expected, confidence),
        };
        Some(Outlook {
            as_of: self.as_of,
            horizon_days: self.horizon_days,
            customers,
            purchases: total(Total::Purchases, purchases),
            buyers: total(Total::Buyers, buyers),
            revenue: (without_mean_spend == 0).then(|| total(Total::Revenue, revenue)),
            without_mean_spend,
        })
    }

    /// The model that forecasts, with those who come back where they are counted.
    pub(super) fn forecaster(&self) -> Option<RevivingModel> {
        let returns = self.track().and_then(|track| track.record.returns);
        let revival = returns.map_or_else(Default::default, |returns| returns.in_force());
        Some(revival.of(*self.purchases.model()?))
    }

    /// The record of the model that forecasts in the windows of the past; `None` where the shop was fitted without
    /// [`ShopChecks`](super::ShopChecks), and of a given model.
    pub fn track(&self) -> Option<&TrackRecord> {
        let model = self.purchases.model().filter(|_| !self.purchases.is_given())?;
        self.checks.as_ref()?.track(model.kind())
    }
}

impl Outlook {
    /// The totals in words, one sentence each, with amounts of `decimals` decimals.
    pub fn describe(&self, decimals: usize, language: Language) -> String {
        let Self { horizon_days, customers, without_mean_spend, .. } = self;
        let (purchases, buyers) = (self.purchases.describe(0, language), self.buyers.describe(0, language));
        let revenue = match &self.revenue {
            Some(revenue) => revenue.describe(decimals, language),
            None => phrase!(
                language,
                "not known: the spend of {without_mean_spend} of {customers} customers has no mean",
                "无法预测：{customers} 位客户中有 {without_mean_spend} 位的客单价没有均值"
            ),
        };
        phrase!(
            language,
            "The {customers} customers known today in the next {horizon_days} days. Purchase days: {purchases}. Buyers: \
             {buyers}. Revenue: {revenue}.",
            "已有的 {customers} 位客户在未来 {horizon_days} 天内。购买天数：{purchases}。购买人数：{buyers}。成交金额：{revenue}。"
        )
    }
}
