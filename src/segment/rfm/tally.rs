//! What a fit needs of the customers, counted so that it adds up.

use chrono::NaiveDate;

use super::table::Monetary;
use super::{RfmMeasures, RfmTable, RfmValues};
use crate::error::{Error, Result};
use crate::history::Money;
use crate::record::calendar::Day;
use crate::scale::{MoneyTally, Tally};

/// How many customers there are of each last purchase day, frequency and amount: all that
/// [`RfmModel::fit_tally`](super::RfmModel::fit_tally) needs to make the model of [`RfmModel::fit`](super::RfmModel::fit).
///
/// It is split and joined in any way: the tally of two groups of customers is the [`merge`](RfmTally::merge) of theirs.
/// And it is kept up to date: when a customer buys, the values of yesterday go [out](RfmTally::remove), those of today
/// [in](RfmTally::add). A day on which nothing is bought changes nothing, since it holds days, not their distances.
///
/// **Population**: the customers whose values were added, each once, all with a purchase.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::segment::{RfmMeasures, RfmModel, RfmOptions, RfmTable, RfmTally};
/// use repurchase::{Ledger, Order, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let order = |id, day| Order::new(id, Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap(), Decimal::from(id));
/// let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
/// let ledger = |ids: core::ops::RangeInclusive<u32>| {
///     let orders = ids.map(|id| order(id, id)).collect::<Result<Vec<_>, _>>()?;
///     Ledger::from_records(orders, &ShopCalendar::utc(), as_of)
/// };
/// let (measures, options) = (RfmMeasures::default(), RfmOptions::default());
///
/// let mut tally = RfmTally::of(&RfmTable::of(&ledger(1..=7)?, measures));
/// tally.merge(&RfmTally::of(&RfmTable::of(&ledger(8..=20)?, measures)))?;
/// let model = RfmModel::fit_tally(&tally, as_of, &options)?;
/// assert_eq!(model, RfmModel::fit(&RfmTable::of(&ledger(1..=20)?, measures), &options)?);
///
/// // Customer 3 buys again.
/// let everybody = ledger(1..=20)?;
/// let mut history = everybody.get(&3).expect("has bought");
/// tally.remove(&measures.of(&history).expect("has bought"))?;
/// history.record_purchase(as_of, Decimal::TEN)?;
/// tally.add(&measures.of(&history).expect("has bought"))?;
/// assert_eq!((tally.customers(), tally.frequencies().largest()), (20, Some(&2)));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "super::stored::StoredTally", into = "super::stored::StoredTally"))]
pub struct RfmTally {
    pub(super) measures: RfmMeasures,
    /// Whether F and M are those of a window.
    pub(super) in_window: bool,
    pub(super) last_purchase: Tally<NaiveDate>,
    pub(super) frequency: Tally<u64>,
    pub(super) monetary: MoneyTally,
}

impl RfmTally {
    /// The tally of nobody, of values over whole histories.
    pub fn new(measures: RfmMeasures) -> Self {
        Self {
            measures,
            in_window: false,
            last_purchase: Tally::new(),
            frequency: Tally::new(),
            monetary: MoneyTally::new(),
        }
    }

    /// The tally of nobody, of values [in a window](RfmMeasures::in_window).
    pub fn in_window(measures: RfmMeasures) -> Self {
        Self { in_window: true, ..Self::new(measures) }
    }

    /// The tally of every customer of a table.
    ///
    /// # Complexity
    ///
    /// `n log n` in customers.
    pub fn of(table: &RfmTable<'_>) -> Self {
        let (days, counts): (Tally<Day>, Tally<u32>) =
            (table.last_purchase.iter().copied().collect(), table.frequency.iter().copied().collect());
        Self {
            measures: table.measures,
            in_window: table.in_window,
            last_purchase: days.map(Day::date),
            frequency: counts.map(u64::from),
            monetary: match &table.monetary {
                Monetary::Minor(Money::Narrow(amounts), scale) => MoneyTally::of_minor(amounts, *scale),
                Monetary::Minor(Money::Wide(amounts), scale) => MoneyTally::of_minor(amounts, *scale),
                Monetary::Decimal(amounts) => amounts.iter().copied().collect(),
            },
        }
    }

    /// The same customers with only the leading digits of their amounts, from here on, too: a tally of
    /// [bounded size](MoneyTally#bounded-size), whose cuts of M are those of the exact one without their further digits.
    ///
    /// # Errors
    ///
    /// As [`MoneyTally::with_digits`].
    pub fn with_money_digits(mut self, digits: u8) -> Result<Self> {
        self.monetary = self.monetary.with_digits(digits)?;
        Ok(self)
    }

    /// Counts one customer more, of these values.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] for more than `2^63 - 1` customers; the tally is then unchanged.
    ///
    /// # Complexity
    ///
    /// `log n` in distinct values.
    pub fn add(&mut self, values: &RfmValues) -> Result<()> {
        // All three count the same customers, so that the first refuses for all.
        self.last_purchase.add(values.last_purchase, 1)?;
        self.frequency.add(values.frequency, 1)?;
        self.monetary.add(values.monetary, 1)
    }

    /// Counts one customer less, of these values: those with which the customer was added.
    ///
    /// # Errors
    ///
    /// [`Error::TallyShort`] when no customer of such a day, frequency or amount is counted; the tally is then
    /// unchanged. That somebody is counted of all three together is not checked.
    ///
    /// # Complexity
    ///
    /// `log n` in distinct values.
    pub fn remove(&mut self, values: &RfmValues) -> Result<()> {
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

    /// Counts the customers of another tally, too: others than those who are counted here.
    ///
    /// # Errors
    ///
    /// [`Error::TallyMismatch`] for a tally of other [measures](RfmMeasures), of a window where this one is not, or the
    /// other way round, or of other [digits](RfmTally::with_money_digits); [`Error::CountOverflow`] for more than
    /// `2^63 - 1` customers. The tally is then unchanged.
    ///
    /// # Complexity
    ///
    /// Linear in the distinct values of both; less for an `other` that is much smaller.
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

    /// What F counts and M sums.
    pub const fn measures(&self) -> RfmMeasures {
        self.measures
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
