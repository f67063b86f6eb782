//! Counts of customers from which a model is fitted, and which add up.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::columns::{Columns, Monetary};
use super::measure::{Measures, Values};
use super::model::Population;
use super::{MonetaryMeasure, RfmOptions};
use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Ledger, MoneyColumn};
use crate::record::CustomerId;
use crate::record::calendar::Day;
use crate::scale::{CutPoints, MoneyTally, Tally};

/// The number of customers of each last purchase day, frequency and amount: all that
/// [`RfmModel::fit_tally`](super::RfmModel::fit_tally) needs to make the model of [`RfmModel::fit`](super::RfmModel::fit).
///
/// The tally of two groups of customers is the [`merge`](RfmTally::merge) of theirs. When a customer buys, the history of
/// yesterday goes [out](RfmTally::remove), that of today [in](RfmTally::add). A day without a purchase changes nothing.
/// Each takes the time that it takes the three [tallies](Tally).
///
/// **Population**: the customers who were added, each once. A history without a purchase is not counted.
/// [`ShopTally`](crate::shop::ShopTally), which holds it, has an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RfmTally {
    pub(super) measures: Measures,
    /// Whether F and M are those of a window.
    pub(super) in_window: bool,
    pub(super) last_purchase: Tally<NaiveDate>,
    pub(super) frequency: Tally<u64>,
    pub(super) monetary: MoneyTally,
}

impl RfmTally {
    /// The tally of nobody, for what the options count and sum over whole histories.
    pub fn new(options: &RfmOptions) -> Self {
        Self {
            measures: options.measures,
            in_window: false,
            last_purchase: Tally::new(),
            frequency: Tally::new(),
            monetary: MoneyTally::new(),
        }
    }

    /// The tally of nobody, for F and M of a [window](super::RfmModel::fit_in_window).
    pub fn new_in_window(options: &RfmOptions) -> Self {
        Self { in_window: true, ..Self::new(options) }
    }

    /// The tally of every customer of a ledger.
    pub fn of<Id>(ledger: &Ledger<Id>, options: &RfmOptions) -> Self {
        Self::new(options).with_all(&Columns::of(ledger, options.measures))
    }

    /// The tally of every customer of a ledger, with F and M of `recent`, the ledger of a
    /// [window](super::RfmModel::fit_in_window).
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] and [`Error::UnknownCustomer`] as for the model of the window.
    pub fn of_window<Id: CustomerId>(ledger: &Ledger<Id>, recent: &Ledger<Id>, options: &RfmOptions) -> Result<Self> {
        Ok(Self::new_in_window(options).with_all(&Columns::in_window(ledger, recent, options.measures)?))
    }

    fn with_all(self, columns: &Columns<'_>) -> Self {
        let (days, counts): (Tally<Day>, Tally<u32>) =
            (columns.last_purchase.iter().copied().collect(), columns.frequency.iter().copied().collect());
        Self {
            last_purchase: days.map(Day::date),
            frequency: counts.map(u64::from),
            monetary: match &columns.monetary {
                Monetary::Minor(MoneyColumn::Narrow(amounts), scale) => MoneyTally::of_minor(amounts, *scale),
                Monetary::Minor(MoneyColumn::Wide(amounts), scale) => MoneyTally::of_minor(amounts, *scale),
                Monetary::Decimal(amounts) => amounts.iter().copied().collect(),
            },
            ..self
        }
    }

    /// Keeps only the leading digits of amounts, now and later: a tally of [bounded size](MoneyTally#bounded-size),
    /// whose cuts of M are those of the exact one without their further digits.
    ///
    /// # Errors
    ///
    /// As [`MoneyTally::with_digits`].
    pub fn with_money_digits(mut self, digits: u8) -> Result<Self> {
        self.monetary = self.monetary.with_digits(digits)?;
        Ok(self)
    }

    /// Adds one customer. A history without a purchase changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::MeasuresMismatch`] for the tally of a window: see [`add_in_window`](RfmTally::add_in_window).
    /// [`Error::CountOverflow`] for more than `2^63 - 1` customers. The tally is then unchanged.
    pub fn add(&mut self, history: &CustomerHistory) -> Result<()> {
        self.change(false, [history; 2], Self::add_values)
    }

    /// Adds one customer to the tally of a window; `recent` is the customer's history in the window.
    ///
    /// # Errors
    ///
    /// As [`add`](RfmTally::add), with [`Error::MeasuresMismatch`] for a tally that is not of a window.
    pub fn add_in_window(&mut self, history: &CustomerHistory, recent: &CustomerHistory) -> Result<()> {
        self.change(true, [history, recent], Self::add_values)
    }

    /// Takes out one customer, with the history that was added. A history without a purchase changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::MeasuresMismatch`] for the tally of a window; [`Error::TallyShort`] when no customer of such a day,
    /// frequency or amount is counted. The tally is then unchanged. That somebody is counted of all three together is
    /// not checked.
    pub fn remove(&mut self, history: &CustomerHistory) -> Result<()> {
        self.change(false, [history; 2], Self::remove_values)
    }

    /// Takes out one customer of the tally of a window, with the two histories that were added.
    ///
    /// # Errors
    ///
    /// As [`remove`](RfmTally::remove), with [`Error::MeasuresMismatch`] for a tally that is not of a window.
    pub fn remove_in_window(&mut self, history: &CustomerHistory, recent: &CustomerHistory) -> Result<()> {
        self.change(true, [history, recent], Self::remove_values)
    }

    fn change(
        &mut self,
        in_window: bool,
        [history, recent]: [&CustomerHistory; 2],
        change: impl FnOnce(&mut Self, &Values) -> Result<()>,
    ) -> Result<()> {
        Measures::check((self.measures, self.in_window), (self.measures, in_window))?;
        self.measures.of(history, recent).map_or(Ok(()), |values| change(self, &values))
    }

    fn add_values(&mut self, values: &Values) -> Result<()> {
        // All three count the same customers, so that the first refuses for all.
        self.last_purchase.add(values.last_purchase, 1)?;
        self.frequency.add(values.frequency, 1)?;
        self.monetary.add(values.monetary, 1)
    }

    fn remove_values(&mut self, values: &Values) -> Result<()> {
        self.last_purchase.remove(&values.last_purchase, 1)?;
        if let Err(error) = self.frequency.remove(&values.frequency, 1) {
            self.last_purchase.add(values.last_purchase, 1)?;
            return Err(error);
        }
        if let Err(error) = self.monetary.remove(values.monetary, 1) {
            self.last_purchase.add(values.last_purchase, 1)?;
            self.frequency.add(values.frequency, 1)?;
            return Err(error);
        }
        Ok(())
    }

    /// Adds the customers of another tally, who must not be counted here.
    ///
    /// # Errors
    ///
    /// [`Error::TallyMismatch`] when only one of the two is of a window, or for other measures or
    /// [digits](RfmTally::with_money_digits); [`Error::CountOverflow`] for more than `2^63 - 1`
    /// customers. The tally is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let kind = |tally: &Self| (tally.measures, tally.in_window, tally.monetary.digits());
        if kind(self) != kind(other) {
            return Err(Error::TallyMismatch { left: self.describe(), right: other.describe() });
        }
        // All three count the same customers, so that the first refuses for all.
        self.last_purchase.merge(&other.last_purchase)?;
        self.frequency.merge(&other.frequency)?;
        self.monetary.merge(&other.monetary)
    }

    /// Whether F and M are those of a window.
    pub const fn is_in_window(&self) -> bool {
        self.in_window
    }

    /// The number of customers.
    pub const fn customers(&self) -> u64 {
        self.last_purchase.customers()
    }

    /// Whether nobody is counted.
    pub const fn is_empty(&self) -> bool {
        self.last_purchase.is_empty()
    }

    /// The customers by the day of their last purchase.
    pub const fn last_purchases(&self) -> &Tally<NaiveDate> {
        &self.last_purchase
    }

    /// The customers by what F counts.
    pub const fn frequencies(&self) -> &Tally<u64> {
        &self.frequency
    }

    /// The customers by what M sums: by revenue, this is what [`TierModel`](crate::segment::TierModel) is fitted on,
    /// too.
    pub const fn monetary(&self) -> &MoneyTally {
        &self.monetary
    }

    fn describe(&self) -> Box<str> {
        format!("{} by {}", self.measures.describe(self.in_window), self.monetary.describe()).into()
    }
}

impl Population for RfmTally {
    fn customers(&self) -> u64 {
        self.customers()
    }

    fn recency(&self, bins: u8) -> Result<CutPoints<NaiveDate>> {
        self.last_purchase.cut_points_from_top(bins)
    }

    fn frequency(&self, bins: u8) -> Result<CutPoints<u64>> {
        self.frequency.cut_points(bins)
    }

    fn monetary(&self, bins: u8) -> Result<CutPoints<Decimal>> {
        match self.measures.monetary {
            MonetaryMeasure::Revenue => self.monetary.cut_points(bins),
            // Quotients have no common number of decimals.
            MonetaryMeasure::MeanOrderAmount => self.monetary.amounts().cut_points(bins),
        }
    }
}
