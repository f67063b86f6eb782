//! The input of a shop's fit, where its customers are counted apart.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::options::ShopOptions;
use crate::error::Result;
use crate::history::{CustomerHistory, Ledger};
use crate::predict::Samples;
use crate::scale::{MoneyTally, Tally};
use crate::segment::{MonetaryMeasure, RfmTally};

/// All that [`ShopModels::fit_tally`](super::ShopModels::fit_tally) needs to make the models of
/// [`ShopModels::fit`](super::ShopModels::fit): counts of customers, small beside their histories.
///
/// Tallies of customers who are on many machines [merge](ShopTally::merge) to the tally of all of them. A tally is kept
/// up to date, too: when a customer buys, yesterday's history goes [out](ShopTally::remove), today's goes
/// [in](ShopTally::add), and the day [advances](ShopTally::advance_to). Each takes the time that it takes a
/// [tally](Tally) of the same values.
///
/// **Population**: the customers who were added, each once; one without a purchase changes nothing.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::shop::{ShopModels, ShopOptions, ShopTally};
/// use repurchase::{Ledger, Order, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
/// let ledger = |ids: core::ops::RangeInclusive<u32>| {
///     let order = |id| Order::on(id, day(1 + id % 28), Decimal::from(id));
///     Ledger::from_records(ids.map(order).collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc(), day(31))
/// };
/// let options = ShopOptions::default();
/// let mut tally = ShopTally::of(&ledger(1..=70)?, &options);
/// tally.merge(&ShopTally::of(&ledger(71..=200)?, &options))?;
/// let all = ledger(1..=200)?;
/// assert_eq!(ShopModels::fit_tally(&tally, &options)?, ShopModels::fit(&all, &options)?);
///
/// // Customer 3 buys again.
/// let mut history = all.get(&3).expect("has bought");
/// tally.remove(&history)?;
/// history.record_purchase(day(31), Decimal::TEN)?;
/// tally.add(&history)?;
/// assert_eq!(tally.customers(), 200);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ShopTally {
    pub(super) as_of: NaiveDate,
    pub(super) rfm: RfmTally,
    /// `None` where the amounts that M sums are the revenues.
    pub(super) revenues: Option<MoneyTally>,
    /// The credits of the customers who have any.
    pub(super) credited: MoneyTally,
    pub(super) mean_gaps: Tally<u32>,
    pub(super) samples: Samples,
}

impl ShopTally {
    /// The tally of no customers.
    pub fn new(as_of: NaiveDate, options: &ShopOptions) -> Self {
        Self {
            as_of,
            rfm: RfmTally::new(&options.rfm),
            revenues: sums_means(options).then(MoneyTally::new),
            credited: MoneyTally::new(),
            mean_gaps: Tally::new(),
            samples: Samples::new(as_of),
        }
    }

    /// The tally of every customer of a ledger.
    pub fn of<Id>(ledger: &Ledger<Id>, options: &ShopOptions) -> Self {
        let histories = || ledger.iter().map(|(_, history)| history);
        Self {
            as_of: ledger.as_of(),
            rfm: RfmTally::of(ledger, &options.rfm),
            revenues: sums_means(options).then(|| histories().map(|history| history.revenue()).collect()),
            credited: histories().filter_map(|history| credited(&history)).collect(),
            mean_gaps: histories().filter_map(|history| whole_mean_gap(&history)).collect(),
            samples: Samples::of(ledger),
        }
    }

    /// Adds one customer.
    ///
    /// # Errors
    ///
    /// [`Error::AfterAsOf`](crate::Error::AfterAsOf) for a purchase after the tally's day,
    /// [`Error::CountOverflow`](crate::Error::CountOverflow) for more than `2^63 - 1` customers; the tally is then
    /// unchanged.
    pub fn add(&mut self, history: &CustomerHistory) -> Result<()> {
        // All count the same customers, so that the first refuses for all.
        self.samples.add(history)?;
        self.rfm.add(history)?;
        if history.purchases() > 0 {
            self.revenues.as_mut().map_or(Ok(()), |revenues| revenues.add(history.revenue(), 1))?;
        }
        credited(history).map_or(Ok(()), |amount| self.credited.add(amount, 1))?;
        whole_mean_gap(history).map_or(Ok(()), |gap| self.mean_gaps.add(gap, 1))
    }

    /// Takes out one customer who was added with this very history, or one of the same values.
    ///
    /// # Errors
    ///
    /// [`Error::TallyShort`](crate::Error::TallyShort) where no such customer is counted; the tally is then unchanged.
    /// That one customer has all of these values is not checked.
    pub fn remove(&mut self, history: &CustomerHistory) -> Result<()> {
        self.samples.remove(history)?;
        if let Err(error) = self.rfm.remove(history) {
            self.samples.add(history)?;
            return Err(error);
        }
        let revenue = self.revenues.as_mut().filter(|_| history.purchases() > 0);
        if let Err(error) = revenue.map_or(Ok(()), |revenues| revenues.remove(history.revenue(), 1)) {
            self.samples.add(history)?;
            self.rfm.add(history)?;
            return Err(error);
        }
        if let Err(error) = credited(history).map_or(Ok(()), |amount| self.credited.remove(amount, 1)) {
            self.samples.add(history)?;
            self.rfm.add(history)?;
            self.revenues.as_mut().map_or(Ok(()), |revenues| revenues.add(history.revenue(), 1))?;
            return Err(error);
        }
        if let Err(error) = whole_mean_gap(history).map_or(Ok(()), |gap| self.mean_gaps.remove(&gap, 1)) {
            credited(history).map_or(Ok(()), |amount| self.credited.add(amount, 1))?;
            self.samples.add(history)?;
            self.rfm.add(history)?;
            self.revenues.as_mut().map_or(Ok(()), |revenues| revenues.add(history.revenue(), 1))?;
            return Err(error);
        }
        Ok(())
    }

    /// Moves the as-of day on, before purchases of the new day are added.
    ///
    /// # Errors
    ///
    /// [`Error::NotAscending`](crate::Error::NotAscending) for an earlier day.
    pub fn advance_to(&mut self, as_of: NaiveDate) -> Result<()> {
        self.samples.advance_to(as_of)?;
        self.as_of = as_of;
        Ok(())
    }

    /// Adds the customers of another tally, who must be others than those here.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`](crate::Error::AsOfMismatch) for a tally as of another day,
    /// [`Error::TallyMismatch`](crate::Error::TallyMismatch) for one of other measures of R, F and M,
    /// [`Error::CountOverflow`](crate::Error::CountOverflow) for more than `2^63 - 1` customers; the tally is then
    /// unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let mut rfm = self.rfm.clone();
        rfm.merge(&other.rfm)?;
        // All count the same customers: what fails here fails first.
        self.samples.merge(&other.samples)?;
        if let (Some(revenues), Some(others)) = (&mut self.revenues, &other.revenues) {
            revenues.merge(others)?;
        }
        self.credited.merge(&other.credited)?;
        self.mean_gaps.merge(&other.mean_gaps)?;
        self.rfm = rfm;
        Ok(())
    }

    /// The as-of day.
    pub const fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The number of customers.
    pub const fn customers(&self) -> u64 {
        self.rfm.customers()
    }

    pub(super) fn revenues(&self) -> &MoneyTally {
        self.revenues.as_ref().unwrap_or_else(|| self.rfm.monetary())
    }
}

fn sums_means(options: &ShopOptions) -> bool {
    options.rfm.monetary_measure() != MonetaryMeasure::Revenue
}

/// The credits of a customer with a purchase.
fn credited(history: &CustomerHistory) -> Option<Decimal> {
    (history.purchases() > 0 && history.credits() > 0).then(|| history.credited())
}

fn whole_mean_gap(history: &CustomerHistory) -> Option<u32> {
    history.gaps().map(|gaps| gaps.whole_mean_days())
}
