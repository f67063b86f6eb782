//! The totals of a shop's customers, where they are counted apart.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::figure::Figure;
use super::models::ShopModels;
use super::outlook::Outlook;
use super::profile::Profile;
use crate::error::{Error, Result};
use crate::history::{CustomerHistory, LedgerTotals};
use crate::measure::Concentration;
use crate::number::{ExactSum, money};
use crate::scale::{Confidence, MoneyTally};
use crate::segment::{LabelKind, LabelSummary, Sums};

/// The totals of the customers of a shop by its models: the sums behind the shop's totals, summaries by label,
/// concentration and outlook.
///
/// Sums of customers who are on many machines [merge](ShopTotals::merge) to those of all of them, to the bit: where
/// [`ShopTally`](super::ShopTally) brings together what models are fitted to, this brings together what they say.
///
/// **Population**: the customers who were added, each once. Of one without a purchase only the credits count.
///
/// # Complexity
///
/// Adding takes the time that it takes a [tally](crate::scale::Tally); of memory, each distinct revenue takes what it
/// takes there, and the rest does not grow.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::measure::Concentration;
/// use repurchase::scale::Confidence;
/// use repurchase::shop::{ShopModels, ShopOptions, ShopTotals};
/// use repurchase::{Ledger, Order, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
/// let ledger = |ids: core::ops::RangeInclusive<u32>| {
///     let order = |id| Order::on(id / 2, day(1 + id % 28), Decimal::from(id));
///     Ledger::from_records(ids.map(order).collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc(), day(31))
/// };
/// let all = ledger(1..=199)?;
/// let models = ShopModels::fit(&all, &ShopOptions::default())?;
///
/// let totals = |ledger: &Ledger<u32>| {
///     let mut totals = ShopTotals::new(&models);
///     for (_, history) in ledger.iter() {
///         totals.add(&history, &models.profile(&history, day(31))?)?;
///     }
///     Ok::<_, repurchase::Error>(totals)
/// };
/// let mut merged = totals(&ledger(1..=99)?)?;
/// merged.merge(&totals(&ledger(100..=199)?)?)?;
/// assert_eq!(merged.totals()?, all.totals()?);
/// assert_eq!(merged.concentration()?, Concentration::of(&all)?);
/// let confidence = Confidence::new(0.9)?;
/// assert_eq!(merged.outlook(&models, confidence)?, models.profile_all(&all)?.outlook(&models, confidence)?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ShopTotals {
    pub(super) as_of: NaiveDate,
    /// The decimals of the finest amount.
    pub(super) scale: u32,
    pub(super) purchase_days: u64,
    /// The customers of two purchases or more, and those of two purchase days or more.
    pub(super) repeat_customers: u64,
    pub(super) customers_of_two_days: u64,
    pub(super) credits: u64,
    pub(super) all: LabelTotals,
    /// The totals by kind, in the order of [`LabelKind::ALL`].
    pub(super) labels: Vec<Vec<LabelTotals>>,
    pub(super) revenues: MoneyTally,
    pub(super) expected_purchases: ExactSum,
    pub(super) probability_buys: ExactSum,
    pub(super) expected_value: ExactSum,
    /// The customers whose expected value is known.
    pub(super) valued: u64,
}

/// The totals of the customers of one label.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(super) struct LabelTotals {
    pub(super) key: Box<str>,
    pub(super) customers: u64,
    purchases: u64,
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    revenue: Decimal,
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    spend: Decimal,
}

impl LabelTotals {
    fn add(&mut self, other: &Self) -> Result<()> {
        let overflow = Error::AmountOverflow { field: "revenue of a label" };
        let sum = |left, right| money::exact_sum(left, right).ok_or_else(|| overflow.clone());
        let (revenue, spend) = (sum(self.revenue, other.revenue)?, sum(self.spend, other.spend)?);
        (self.revenue, self.spend) = (revenue, spend);
        self.customers += other.customers;
        self.purchases += other.purchases;
        Ok(())
    }

    #[cfg(feature = "serde")]
    pub(super) fn finest_scale(&self) -> u32 {
        self.revenue.scale().max(self.spend.scale())
    }

    fn sums(&self, scale: u32) -> Result<Sums> {
        let overflow = Error::AmountOverflow { field: "revenue of a label" };
        let minor = |amount| money::minor(amount, scale).ok_or_else(|| overflow.clone());
        let (revenue, spend) = (minor(self.revenue)?, minor(self.spend)?);
        Ok(Sums { customers: self.customers, purchases: self.purchases, revenue, spend })
    }
}

impl ShopTotals {
    /// The sums of no customers.
    pub fn new(models: &ShopModels) -> Self {
        let label = |key: &str| LabelTotals { key: key.into(), ..LabelTotals::default() };
        let labels = |kind| models.labels(kind).into_iter().map(|one| label(one.key())).collect();
        Self {
            as_of: models.as_of,
            scale: 0,
            purchase_days: 0,
            repeat_customers: 0,
            customers_of_two_days: 0,
            credits: 0,
            all: LabelTotals::default(),
            labels: LabelKind::ALL.into_iter().map(labels).collect(),
            revenues: MoneyTally::new(),
            expected_purchases: ExactSum::default(),
            probability_buys: ExactSum::default(),
            expected_value: ExactSum::default(),
            valued: 0,
        }
    }

    /// Adds one customer with the [profile](ShopModels::profile) of the models that these are the sums of.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] when a sum of amounts does not fit a `Decimal` exactly; the sums are then no longer of
    /// use.
    pub fn add(&mut self, history: &CustomerHistory, profile: &Profile<'_>) -> Result<()> {
        self.credits += history.credits();
        self.scale = self.scale.max(history.finest_scale());
        if history.purchases() == 0 {
            return Ok(());
        }
        let one = LabelTotals {
            key: Box::default(),
            customers: 1,
            purchases: history.purchases(),
            revenue: history.revenue(),
            spend: history.spend(),
        };
        self.purchase_days += history.purchase_days();
        self.repeat_customers += u64::from(history.purchases() >= 2);
        self.customers_of_two_days += u64::from(history.purchase_days() >= 2);
        self.all.add(&one)?;
        for (kind, labels) in LabelKind::ALL.into_iter().zip(&mut self.labels) {
            let key = profile.label(kind).map_or("", |label| label.key());
            if let Some(label) = labels.iter_mut().find(|label| *label.key == *key) {
                label.add(&one)?;
            }
        }
        self.revenues.add(one.revenue, 1)?;
        self.expected_purchases.add(profile.figure(Figure::ExpectedPurchases).unwrap_or(0.0));
        self.probability_buys.add(profile.figure(Figure::ProbabilityBuys).unwrap_or(0.0));
        if let Some(value) = profile.figure(Figure::ExpectedValue) {
            self.expected_value.add(value);
            self.valued += 1;
        }
        Ok(())
    }

    /// Adds the sums of other customers than those here, by the same models.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for sums as of another day, [`Error::TallyMismatch`] for those of other labels,
    /// [`Error::AmountOverflow`] when a sum of amounts does not fit a `Decimal` exactly, [`Error::CountOverflow`] for
    /// more than `2^63 - 1` customers; the sums are then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.as_of != other.as_of {
            return Err(Error::AsOfMismatch { left: self.as_of, right: other.as_of });
        }
        if self.keys() != other.keys() {
            let describe = |totals: &Self| totals.keys().concat().join(", ").into();
            return Err(Error::TallyMismatch { left: describe(self), right: describe(other) });
        }
        let (mut all, mut labels) = (self.all.clone(), self.labels.clone());
        all.add(&other.all)?;
        for (label, other) in labels.iter_mut().flatten().zip(other.labels.iter().flatten()) {
            label.add(other)?;
        }
        self.revenues.merge(&other.revenues)?;
        (self.all, self.labels) = (all, labels);
        self.scale = self.scale.max(other.scale);
        self.purchase_days += other.purchase_days;
        self.repeat_customers += other.repeat_customers;
        self.customers_of_two_days += other.customers_of_two_days;
        self.credits += other.credits;
        self.expected_purchases.merge(&other.expected_purchases);
        self.probability_buys.merge(&other.probability_buys);
        self.expected_value.merge(&other.expected_value);
        self.valued += other.valued;
        Ok(())
    }

    /// Customers, purchases, purchase days, those who came back, revenue and credits, as of [`Ledger::totals`](crate::Ledger::totals).
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] when the revenue does not fit a `Decimal` exactly.
    pub fn totals(&self) -> Result<LedgerTotals> {
        let minor = money::minor(self.all.revenue, self.scale);
        let revenue = minor.and_then(|minor| money::decimal(minor, self.scale));
        Ok(LedgerTotals {
            customers: self.all.customers,
            purchases: self.all.purchases,
            purchase_days: self.purchase_days,
            repeat_customers: self.repeat_customers,
            customers_of_two_days: self.customers_of_two_days,
            revenue: revenue.ok_or(Error::AmountOverflow { field: "revenue of a shop" })?,
            credits: self.credits,
        })
    }

    /// The summary of each label of a kind, in the order of [`ShopModels::labels`], as of
    /// [`Profiles::summarize`](super::Profiles::summarize).
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] when a label's revenue or spend does not fit a `Decimal` exactly.
    pub fn summaries(&self, kind: LabelKind) -> Result<Vec<LabelSummary>> {
        let labels = self.labels.get(kind as usize).map_or(&[][..], Vec::as_slice);
        let sums = labels.iter().map(|label| label.sums(self.scale)).collect::<Result<Vec<_>>>()?;
        let mut all = Sums::default();
        sums.iter().try_for_each(|sums| all.add(sums))?;
        sums.into_iter().map(|sums| all.summary(sums, self.scale)).collect()
    }

    /// The concentration of the customers' revenue.
    ///
    /// # Errors
    ///
    /// As [`Concentration::of`].
    pub fn concentration(&self) -> Result<Concentration> {
        Concentration::of_tally(&self.revenues, self.scale)
    }

    /// The totals of the next days, as of [`Profiles::outlook`](super::Profiles::outlook). `None` where the shop has no
    /// model of purchases.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for models of another day.
    pub fn outlook(&self, models: &ShopModels, confidence: Confidence) -> Result<Option<Outlook>> {
        models.of_day(self.as_of)?;
        let totals = [&self.expected_purchases, &self.probability_buys, &self.expected_value].map(ExactSum::total);
        Ok(models.outlook_of(self.all.customers, totals, self.all.customers - self.valued, confidence))
    }

    /// The sum of the expected values that are known, also where those of some customers are not.
    pub fn expected_value(&self) -> f64 {
        self.expected_value.total()
    }

    fn keys(&self) -> Vec<Vec<&str>> {
        self.labels.iter().map(|labels| labels.iter().map(|label| &*label.key).collect()).collect()
    }
}
