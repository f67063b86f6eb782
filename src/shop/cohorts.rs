//! Forecasts of the open periods of cohorts.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::ahead::sample;
use super::models::ShopModels;
use crate::error::{Error, Result};
use crate::history::Ledger;
use crate::measure::{Cohort, CohortTable};
use crate::parallel;
use crate::predict::{Sum, Total, TotalForecast};
use crate::record::Window;
use crate::record::calendar::Day;
use crate::scale::words::phrase;
use crate::scale::{Confidence, Interval, Language};

/// The forecast of what the customers of a cohort will have brought when a period of life that is open is over for all
/// of them.
///
/// **Population**: the cohort's customers. Each is forecast for the days that are left of that period of his or her own
/// life, none for those who have lived it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CohortForecast {
    /// The cohort's period of the first purchase.
    pub window: Window,
    /// The cohort's customers, 1 or more.
    pub customers: u64,
    /// The period of life.
    pub offset: u32,
    /// The day on which it is over for all of them.
    pub last_day: NaiveDate,
    /// The net revenue of these customers from offset 0 through it so far: [`Cohort::through`].
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub revenue: Decimal,
    /// The net revenue that is still to come until it is over, with its interval; `None` where the spend of some
    /// customer with days left has no mean.
    pub coming: Option<TotalForecast>,
    /// The interval of it by chance alone, as if the models were true and known. `None` where there is no forecast, and
    /// where the spend of some customer has no variance (`p x + q <= 2` of [`GammaGamma`](crate::predict::GammaGamma)).
    pub chance: Option<Interval>,
    /// Customers with days left whose spend has no mean.
    pub without_mean_spend: u64,
}

impl CohortForecast {
    /// The forecast of the cohort's value when the period is over: net revenue per customer, what has come included.
    pub fn value_per_customer(&self) -> Option<f64> {
        self.per_customer(self.coming.as_ref()?.forecast)
    }

    /// The interval of [`value_per_customer`](Self::value_per_customer).
    pub fn value_interval(&self) -> Option<Interval> {
        let coming = self.coming.as_ref()?.interval?;
        Interval::of(self.per_customer(coming.low)?, self.per_customer(coming.high)?)
    }

    #[allow(clippy::cast_precision_loss, reason = "a count of customers")]
    fn per_customer(&self, coming: f64) -> Option<f64> {
        Some((self.revenue.to_f64()? + coming) / self.customers as f64)
    }

    /// Says what is still to come in words, with amounts of `decimals` decimals.
    pub fn describe(&self, decimals: usize, language: Language) -> String {
        let Self { customers, last_day, revenue, without_mean_spend, .. } = self;
        let coming = match &self.coming {
            Some(coming) => coming.describe(decimals, language),
            None => phrase!(
                language,
                "not known: the spend of {without_mean_spend} of them has no mean",
                "无法预测：其中 {without_mean_spend} 位的客单价没有均值"
            ),
        };
        phrase!(
            language,
            "{customers} customers, {revenue:.decimals$} so far; until {last_day}: {coming}",
            "{customers} 位客户，已成交 {revenue:.decimals$}；至 {last_day} 预计再成交：{coming}"
        )
    }
}

impl ShopModels {
    /// Forecasts what each open period of each cohort will have brought when it is over, oldest cohort first, each
    /// cohort's periods ascending; of brackets of days, the last, which never ends, is left out. `None` where the shop
    /// has no model of purchases or none of spend; empty for a table without an open period.
    ///
    /// The ledger is that of the table's customers, such as all of a [`PurchaseLog`](crate::PurchaseLog), or those of
    /// one group ([`of_customers`](crate::PurchaseLog::of_customers)).
    ///
    /// # Formula
    ///
    /// What comes is expected to be the sum over customers of expected purchases times expected spend times the share
    /// [kept](ShopModels::kept), each within the days left; corrected as a shop's
    /// [total](crate::predict::TrackRecord::total) is. Its interval adds two errors that do not depend on each other.
    ///
    /// One is chance between independent customers: 0 with the probability that none of them buys, and otherwise a gamma
    /// distributed amount of the mean and the variance of their sum, between the two quantiles of the level, and never
    /// without its mean; where the models are true, a nominal 90% holds 88% to 94%. The other is the error of the shop's
    /// forecasts over the windows of its past, each of the shop's horizon. The distances of either end from the forecast,
    /// in logarithms, square and add.
    ///
    /// Without three such windows there is no interval but that of [chance](CohortForecast::chance), which knows no error
    /// of the models: of 118 open spans of 30 days of monthly cohorts of CDNOW and Online Retail, at six cuts each, a
    /// nominal 90% of the whole interval held 94% and 89%, of chance alone 69% and 63%.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for a ledger or a table of another day; [`Error::OutOfRange`] where the ledger has more
    /// or fewer customers of a cohort than the table.
    ///
    /// # Complexity
    ///
    /// Linear in customers times open periods.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::measure::{CohortOptions, CohortTable, Life};
    /// use repurchase::scale::Confidence;
    /// use repurchase::shop::{ShopModels, ShopOptions};
    /// use repurchase::{Order, PurchaseLog, ShopCalendar};
    /// use rust_decimal::Decimal;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let csv = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/cdnow_orders.csv"));
    /// let mut orders = Vec::new();
    /// for row in csv.lines().skip(1) {
    ///     let mut fields = row.split(',');
    ///     let mut field = || fields.next().ok_or("customer, day, amount");
    ///     orders.push(Order::on(field()?, field()?.parse()?, field()?.parse()?)?);
    /// }
    /// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
    ///
    /// // Customers of January 1997 on 15 April: which 30-day months of life are open?
    /// let as_of = "1997-04-15".parse()?;
    /// let models = ShopModels::fit_log(&log, as_of, &ShopOptions::default().with_horizon_days(21))?;
    /// let table = CohortTable::of(&log, as_of, &CohortOptions::default().with_life(Life::Days(30)))?;
    /// let open = models.cohort_forecasts(&log.ledger(as_of)?, &table, Confidence::new(0.9)?)?.ok_or("models")?;
    /// let month = &open[0];
    /// assert_eq!((month.customers, month.offset, month.last_day.to_string()), (781, 2, "1997-04-30".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn cohort_forecasts<Id: Sync>(
        &self,
        ledger: &Ledger<Id>,
        table: &CohortTable,
        confidence: Confidence,
    ) -> Result<Option<Vec<CohortForecast>>> {
        for day in [ledger.as_of(), table.as_of] {
            if day != self.as_of {
                return Err(Error::AsOfMismatch { left: self.as_of, right: day });
            }
        }
        let members = members(ledger, table)?;
        let Some(model) = self.value_model() else { return Ok(None) };
        let mut forecasts = Vec::new();
        for (cohort, members) in table.cohorts.iter().zip(&members) {
            for offset in cohort.complete_offsets..cohort.offsets {
                let left = |&(_, first): &(usize, NaiveDate)| table.days_left(first, offset);
                let Some(last_day) = members.iter().map(left).max().flatten() else { continue };
                let Ok(last_day) = Day::from(self.as_of).plus(last_day.into()) else { continue };
                // Of each customer; `None` of one whose spend has no mean.
                let one = |member: &(usize, NaiveDate)| -> Option<Sum> {
                    let days = left(member)?;
                    if days == 0 {
                        return Some(Sum::NOTHING);
                    }
                    let history = ledger.history(member.0)?;
                    let sum = model.sum_of_one(&sample(&history, self.as_of)?, days)?;
                    Some(sum.kept(self.kept.of_customer(&history)))
                };
                let sums = parallel::concat(members.len(), PART, |part| {
                    members.get(part).unwrap_or_default().iter().map(one).collect()
                });
                let without_mean_spend = sums.iter().filter(|sum| sum.is_none()).count() as u64;
                let sum = sums.into_iter().try_fold(Sum::NOTHING, |sum, one| Some(sum.with(one?)));
                let chance = sum.and_then(|sum| sum.interval(confidence));
                let total = |sum: Sum| match self.track() {
                    Some(track) => track.total(Total::Revenue, sum.mean, confidence),
                    None => TotalForecast::unchecked(sum.mean, confidence),
                };
                let Some(sums) = cohort.through(offset) else { continue };
                forecasts.push(CohortForecast {
                    window: cohort.window,
                    customers: cohort.customers,
                    offset,
                    last_day: last_day.date(),
                    revenue: sums.revenue,
                    coming: sum.map(|sum| total(sum).of_part(chance)),
                    chance,
                    without_mean_spend,
                });
            }
        }
        Ok(Some(forecasts))
    }
}

/// Returns the positions of each cohort's customers, with their first days.
fn members<Id>(ledger: &Ledger<Id>, table: &CohortTable) -> Result<Vec<Vec<(usize, NaiveDate)>>> {
    let mut members = vec![Vec::new(); table.cohorts.len()];
    for (at, (_, history)) in ledger.iter().enumerate() {
        let Some(first) = history.first_purchase() else { continue };
        let after = table.cohorts.partition_point(|cohort| cohort.window.start() <= first);
        let its =
            after.checked_sub(1).filter(|&at| table.cohorts.get(at).is_some_and(|one| one.window.contains(first)));
        match its.and_then(|at| members.get_mut(at)) {
            Some(members) => members.push((at, first)),
            None => Error::within("customers of a period without a cohort", 1_u64, 0..=0)?,
        }
    }
    for (Cohort { customers, .. }, members) in table.cohorts.iter().zip(&members) {
        Error::within("the ledger's customers of a cohort", members.len() as u64, *customers..=*customers)?;
    }
    Ok(members)
}

/// Customers that a thread works on at once.
const PART: usize = 1 << 8;
