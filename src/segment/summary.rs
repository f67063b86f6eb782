//! What a label amounts to.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Ledger};
use crate::number::{money, quotient};
use crate::scale::Ratio;

/// The customers of one label and what they brought.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LabelSummary {
    /// The label's customers, of all customers who have a label.
    pub customers: Ratio,
    /// Their purchases.
    pub purchases: u64,
    /// Their revenue: spend less credits.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub revenue: Decimal,
    /// Their part of the revenue of all customers who have a label, correctly rounded; `None` when that is 0 or less.
    /// Below 0 or above 1 where credits exceed spend.
    pub revenue_share: Option<f64>,
    /// What they spent, less refunds of the orders themselves, per purchase; rounded to 28 digits where it does not
    /// end. 0 without a customer.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub mean_order_amount: Decimal,
}

/// Sums up the customers of a ledger by label; customers without a label (`None`) are left out of all shares.
///
/// **Population**: the customers with a purchase who have a label. An empty ledger gives an empty map, as does a ledger
/// in which nobody has a label. Labels that nobody has are not in the map: see [`summarize_labels`]. Takes time linear
/// in customers, times the logarithm of labels.
///
/// # Errors
///
/// [`Error::AmountOverflow`] when a label's revenue or spend does not fit a `Decimal` exactly.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::segment::{FrequencyBand, FrequencyBands, summarize, summarize_labels};
/// use repurchase::{Ledger, Order, Ratio, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let order = |id, day| Order::new(id, Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap(), Decimal::TEN);
/// let orders = [order("ann", 1)?, order("ann", 5)?, order("bo", 2)?];
/// let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), NaiveDate::from_ymd_opt(2026, 3, 31).unwrap())?;
///
/// let bands = FrequencyBands::default();
/// let summary = summarize(&ledger, |_, history| bands.band(history))?;
/// assert_eq!(summary[&FrequencyBand::High].customers, Ratio::new(1, 1)?);
/// assert_eq!(summary[&FrequencyBand::High].revenue, Decimal::from(20));
///
/// let rows = summarize_labels(&ledger, FrequencyBand::ALL, |_, history| bands.band(history))?;
/// let customers: Vec<Ratio> = rows.iter().map(|row| row.customers).collect();
/// assert_eq!(customers, [Ratio::new(1, 1)?, Ratio::new(0, 1)?, Ratio::new(0, 1)?, Ratio::new(0, 1)?]);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias = "ARPU")]
pub fn summarize<Id, L: Ord>(
    ledger: &Ledger<Id>,
    label: impl FnMut(&Id, &CustomerHistory) -> Option<L>,
) -> Result<BTreeMap<L, LabelSummary>> {
    let mut labels: BTreeMap<L, Sums> = BTreeMap::new();
    let all = Sums::add_up(ledger, label, |label, one| labels.entry(label).or_default().add(one))?;
    labels.into_iter().map(|(label, sums)| Ok((label, all.summary(sums, ledger.scale())?))).collect()
}

/// Sums up the customers of a ledger for each of these labels, in their order: 0 customers for a label that nobody has.
///
/// **Population**: the customers with a purchase whose label is among `labels`. Any other label counts as none, so
/// that the shares of what is listed add up to 1. Where nobody has a label, every share is 0 of 0.
///
/// # Errors
///
/// As [`summarize`], and as fast.
pub fn summarize_labels<Id, L: Ord>(
    ledger: &Ledger<Id>,
    labels: impl IntoIterator<Item = L>,
    mut label: impl FnMut(&Id, &CustomerHistory) -> Option<L>,
) -> Result<Vec<LabelSummary>> {
    let labels: Vec<L> = labels.into_iter().collect();
    let places: BTreeMap<&L, usize> = labels.iter().zip(0..).collect();
    let mut sums = vec![Sums::default(); labels.len()];
    let place = |id: &Id, history: &CustomerHistory| places.get(&label(id, history)?).copied();
    let all = Sums::add_up(ledger, place, |place, one| sums[place].add(one))?;
    labels.iter().map(|label| all.summary(sums[places[label]], ledger.scale())).collect()
}

/// What is added up of the customers of one label.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sums {
    pub(crate) customers: u64,
    pub(crate) purchases: u64,
    /// This and spend in units of the ledger's scale.
    pub(crate) revenue: i128,
    pub(crate) spend: i128,
}

const fn overflow() -> Error {
    Error::AmountOverflow { field: "revenue of a label" }
}

impl Sums {
    /// Adds each customer with a label to that label's sums, by `add`, and to those of all, which it returns.
    fn add_up<Id, L>(
        ledger: &Ledger<Id>,
        mut label: impl FnMut(&Id, &CustomerHistory) -> Option<L>,
        mut add: impl FnMut(L, &Self) -> Result<()>,
    ) -> Result<Self> {
        let mut all = Self::default();
        for ((id, history), index) in ledger.iter().zip(0..) {
            let Some(label) = label(id, &history) else { continue };
            let revenue = ledger.revenue().get(index).unwrap_or_default();
            let spend = revenue.checked_add(ledger.credited().get(index).unwrap_or_default()).ok_or_else(overflow)?;
            let one = Self { customers: 1, purchases: history.purchases(), revenue, spend };
            add(label, &one)?;
            all.add(&one)?;
        }
        Ok(all)
    }

    pub(crate) fn add(&mut self, other: &Self) -> Result<()> {
        self.customers += other.customers;
        self.purchases += other.purchases;
        self.revenue = self.revenue.checked_add(other.revenue).ok_or_else(overflow)?;
        self.spend = self.spend.checked_add(other.spend).ok_or_else(overflow)?;
        Ok(())
    }

    /// Of a label's sums, where `self` is those of all labels.
    pub(crate) fn summary(&self, of_label: Self, scale: u32) -> Result<LabelSummary> {
        let spend = money::decimal(of_label.spend, scale).ok_or_else(overflow)?;
        Ok(LabelSummary {
            customers: Ratio::counted(of_label.customers, self.customers),
            purchases: of_label.purchases,
            revenue: money::decimal(of_label.revenue, scale).ok_or_else(overflow)?,
            revenue_share: quotient(of_label.revenue, self.revenue).filter(|_| self.revenue > 0),
            // Nothing is divided by 0: without a customer there is no spend.
            mean_order_amount: spend.checked_div(of_label.purchases.into()).unwrap_or_default(),
        })
    }
}
