//! What the next days bring to the whole shop.

use chrono::NaiveDate;

use super::ahead::samples;
use super::models::ShopModels;
use crate::error::{Error, Result};
use crate::history::Ledger;
use crate::number::exact_sum;
use crate::predict::{PurchaseModel, RevivingModel, Total, TotalForecast, TrackRecord};
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
    /// Their purchase days.
    pub purchases: TotalForecast,
    /// Customers with a purchase.
    pub buyers: TotalForecast,
    /// Their revenue; `None` without a model of spend, and where the spend of some customer has no mean.
    pub revenue: Option<TotalForecast>,
    /// The customers whose spend has no mean; all without a model of spend.
    pub without_mean_spend: u64,
}

impl ShopModels {
    /// What the next days bring: the totals of all customers of a ledger as of the models' day. `None` where the shop has no
    /// model of purchases.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for a ledger of another day.
    ///
    /// # Complexity
    ///
    /// Linear in customers.
    ///
    /// # Examples
    ///
    /// As for [`ShopModels::fit_log`].
    pub fn outlook<Id: Sync>(&self, ledger: &Ledger<Id>, confidence: Confidence) -> Result<Option<Outlook>> {
        if ledger.as_of() != self.as_of {
            return Err(Error::AsOfMismatch { left: self.as_of, right: ledger.as_of() });
        }
        let Some(model) = self.forecaster() else { return Ok(None) };
        let days = self.horizon_days;
        let samples = samples(ledger);
        let purchases = model.expected_purchases_all(&samples, days);
        let buys = model.probability_buys_all(&samples, days);
        let spend = |sample| self.spend.model()?.expected_spend(sample);
        let are_credits = self.kept.share_credited() > 0.0;
        let kept = |at| {
            if are_credits { ledger.history(at).map(|history| self.kept.of_customer(&history)) } else { Some(1.0) }
        };
        let values = (0..).zip(samples.iter().zip(&purchases));
        let values = values.map(|(at, (sample, purchases))| Some(purchases * spend(sample)? * kept(at)?));
        let without_mean_spend = values.clone().filter(Option::is_none).count() as u64;
        let revenue = (without_mean_spend == 0).then(|| exact_sum(values.flatten()));
        let sums = [exact_sum(purchases.iter().copied()), exact_sum(buys)];
        Ok(Some(self.outlook_of(samples.len() as u64, sums, revenue, without_mean_spend, confidence)))
    }

    /// The totals, of the sums over customers: of purchase days and buyers, and of revenue where all of it is known.
    pub(super) fn outlook_of(
        &self,
        customers: u64,
        [purchases, buyers]: [f64; 2],
        revenue: Option<f64>,
        without_mean_spend: u64,
        confidence: Confidence,
    ) -> Outlook {
        let track = self.track();
        let total = |total, expected| match track {
            Some(track) => track.total(total, expected, confidence),
            None => TotalForecast::unchecked(expected, confidence),
        };
        Outlook {
            as_of: self.as_of,
            horizon_days: self.horizon_days,
            customers,
            purchases: total(Total::Purchases, purchases),
            buyers: total(Total::Buyers, buyers),
            revenue: revenue.map(|revenue| total(Total::Revenue, revenue)),
            without_mean_spend,
        }
    }

    /// The model that forecasts, with those who come back where they are counted.
    pub(super) fn forecaster(&self) -> Option<RevivingModel> {
        let returns = self.track().and_then(|track| track.record.returns);
        let revival = returns.map_or_else(Default::default, |returns| returns.in_force());
        Some(revival.of(*self.purchases.model()?))
    }

    /// How the model that forecasts has done in the windows of the past; `None` where the shop was fitted without
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
