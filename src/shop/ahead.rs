//! The range of a customer's future: intervals, and the day of the next purchase.

use chrono::NaiveDate;

use super::models::ShopModels;
use crate::history::{CustomerHistory, Ledger};
use crate::parallel;
use crate::predict::{NextPurchase, PurchaseModel, RevivingModel, Sample, ValueModel};
use crate::scale::{Confidence, Interval};

impl ShopModels {
    /// The interval of the customer's purchase days within the horizon: the exact quantiles of the shop's model,
    /// as [`PurchaseModel::interval_of_purchases`]. Its confidence is that of chance: that the model is wrong, it does not
    /// know.
    ///
    /// `None` without a model of purchases, without a purchase, and when the last one lies after `as_of`.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::scale::Confidence;
    /// use repurchase::shop::{ShopModels, ShopOptions};
    /// use repurchase::{Ledger, Order, ShopCalendar};
    /// use rust_decimal::Decimal;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let order = |id, day: &str| Ok::<_, Box<dyn std::error::Error>>(Order::on(id, day.parse()?, Decimal::TEN)?);
    /// let orders = [order("ann", "2026-01-01")?, order("ann", "2026-02-01")?, order("bo", "2026-01-01")?];
    /// let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), "2026-03-02".parse()?)?;
    /// let models = ShopModels::fit(&ledger, &ShopOptions::default())?;
    ///
    /// let ann = ledger.get("ann").ok_or("has bought")?;
    /// let interval = models.purchases_interval(&ann, ledger.as_of(), Confidence::new(0.9)?).ok_or("has bought")?;
    /// assert_eq!(interval.low, 0.0);
    /// assert_eq!(models.purchases_interval_all(&ledger, Confidence::new(0.9)?)[0], Some(interval));
    /// # Ok(())
    /// # }
    /// ```
    pub fn purchases_interval(
        &self,
        history: &CustomerHistory,
        as_of: NaiveDate,
        confidence: Confidence,
    ) -> Option<Interval> {
        self.forecaster()?.interval_of_purchases(&sample(history, as_of)?, confidence, self.horizon_days)
    }

    /// [`purchases_interval`](ShopModels::purchases_interval) of each customer of a ledger, in the ledger's order, as of the
    /// ledger's day.
    pub fn purchases_interval_all<Id: Sync>(
        &self,
        ledger: &Ledger<Id>,
        confidence: Confidence,
    ) -> Vec<Option<Interval>> {
        let all =
            |model: RevivingModel| model.interval_of_purchases_all(&samples(ledger), confidence, self.horizon_days);
        self.forecaster().map_or_else(|| vec![None; ledger.len()], all)
    }

    /// The interval of the revenue from a customer within the horizon, number and spend together: as
    /// [`ValueModel::value_interval`], times the share that is [kept](ShopModels::kept) after credits. It exists for customers whose spend has no mean.
    ///
    /// `None` without a model of purchases or of spend, without a purchase, and when the last one lies after `as_of`.
    pub fn value_interval(
        &self,
        history: &CustomerHistory,
        as_of: NaiveDate,
        confidence: Confidence,
    ) -> Option<Interval> {
        let value = self.value_model()?.value_interval(&sample(history, as_of)?, confidence, self.horizon_days)?;
        self.net(value, history)
    }

    /// [`value_interval`](ShopModels::value_interval) of each customer of a ledger, in the ledger's order, as of the
    /// ledger's day.
    pub fn value_interval_all<Id: Sync>(&self, ledger: &Ledger<Id>, confidence: Confidence) -> Vec<Option<Interval>> {
        let Some(model) = self.value_model() else { return vec![None; ledger.len()] };
        let all = model.value_interval_all(&samples(ledger), confidence, self.horizon_days);
        let net = |(value, (_, history)): (Option<Interval>, (_, CustomerHistory))| self.net(value?, &history);
        all.into_iter().zip(ledger.iter()).map(net).collect()
    }

    /// Subtracts what is given back.
    fn net(&self, value: Interval, history: &CustomerHistory) -> Option<Interval> {
        let kept = self.kept.of_customer(history);
        Interval::of(value.low * kept, value.high * kept)
    }

    /// The days after `as_of` on which a customer's next purchase is due: as [`PurchaseModel::next_purchase`].
    ///
    /// `None` without a model of purchases, without a purchase, and when the last one lies after `as_of`.
    pub fn next_purchase(&self, history: &CustomerHistory, as_of: NaiveDate) -> Option<NextPurchase> {
        Some(self.forecaster()?.next_purchase(&sample(history, as_of)?, self.horizon_days))
    }

    /// [`next_purchase`](ShopModels::next_purchase) of each customer of a ledger, in the ledger's order, as of the ledger's
    /// day.
    pub fn next_purchase_all<Id: Sync>(&self, ledger: &Ledger<Id>) -> Vec<Option<NextPurchase>> {
        let all = |model: RevivingModel| model.next_purchase_all(&samples(ledger), self.horizon_days);
        let all = self.forecaster().map(all);
        all.map_or_else(|| vec![None; ledger.len()], |all| all.into_iter().map(Some).collect())
    }

    pub(super) fn value_model(&self) -> Option<ValueModel<RevivingModel>> {
        Some(ValueModel { purchases: self.forecaster()?, spend: *self.spend.model()? })
    }
}

/// `None` of a customer without a purchase, or with one after the day.
pub(super) fn sample(history: &CustomerHistory, as_of: NaiveDate) -> Option<Sample> {
    Some(Sample::of(&history.repeat_summary(as_of)?))
}

pub(super) fn samples<Id: Sync>(ledger: &Ledger<Id>) -> Vec<Sample> {
    parallel::concat(ledger.len(), PART, |part| {
        part.filter_map(|position| Some(Sample::of(&ledger.repeat_summary(position)?))).collect()
    })
}

/// Customers who are worked on in one go.
const PART: usize = 1 << 13;
