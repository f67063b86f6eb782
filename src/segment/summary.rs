//! Summaries of the customers of a label.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Ledger};
use crate::number::{money, quotient};
use crate::scale::Ratio;

/// The customers of one label and what they brought.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LabelSummary {
    /// The label's customers, of all customers who have a label.
    pub customers: Ratio,
    /// The purchases of the label's customers.
    pub purchases: u64,
    /// The revenue of the label's customers: spend less credits.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub revenue: Decimal,
    /// The label's part of the revenue of all customers who have a label, correctly rounded; `None` when that is 0 or
    /// less. Below 0 or above 1 where credits exceed spend.
    pub revenue_share: Option<f64>,
    /// The spend less refunds of the orders themselves, per purchase; rounded to 28 digits where it does not
    /// end. 0 without a customer.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub mean_order_amount: Decimal,
}

/// Sums up the customers of a ledger by label; customers without a label (`None`) are left out of all shares.
///
/// **Population**: the customers with a purchase who have a label. An empty ledger gives an empty map, as does a ledger
/// in which nobody has a label. Labels that nobody has are not in the map; of the labels of a fitted shop,
/// [`Profiles::summarize`](crate::shop::Profiles::summarize) has them all. Takes time linear in customers, times the
/// logarithm of labels.
///
/// # Errors
///
/// [`Error::AmountOverflow`] when a label's revenue or spend does not fit a `Decimal` exactly.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::segment::{FrequencyBand, FrequencyBands, summarize};
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
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias = "ARPU")]
pub fn summarize<Id, L: Ord>(
    ledger: &Ledger<Id>,
    mut label: impl FnMut(&Id, &CustomerHistory) -> Option<L>,
) -> Result<BTreeMap<L, LabelSummary>> {
    let mut labels: BTreeMap<L, Sums> = BTreeMap::new();
    let mut customers = ledger.iter();
    let label = |_| customers.next().and_then(|(id, history)| label(id, &history));
    let all = Sums::add_up(ledger, label, |label, one| labels.entry(label).or_default().add(one))?;
    labels.into_iter().map(|(label, sums)| Ok((label, all.summary(sums, ledger.scale())?))).collect()
}

/// A summary for each of the first labels by position, where `label` says which of them the customer at a position of
/// the ledger has.
pub(crate) fn summaries<Id>(
    ledger: &Ledger<Id>,
    labels: usize,
    label: impl FnMut(usize) -> Option<usize>,
) -> Result<Vec<LabelSummary>> {
    let mut sums = vec![Sums::default(); labels];
    let all = Sums::add_up(ledger, label, |label, one| sums.get_mut(label).map_or(Ok(()), |sums| sums.add(one)))?;
    sums.into_iter().map(|sums| all.summary(sums, ledger.scale())).collect()
}

/// The sums over the customers of one label.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sums {
    pub(crate) customers: u64,
    pub(crate) purchases: u64,
    /// The revenue, and the spend, in units of the ledger's scale.
    pub(crate) revenue: i128,
    pub(crate) spend: i128,
}

const fn overflow() -> Error {
    Error::AmountOverflow { field: "revenue of a label" }
}

impl Sums {
    /// Adds each customer with a label, who is asked for by position, in order, to that label's sums, by `add`, and to
    /// those of all, which it returns.
    fn add_up<Id, L>(
        ledger: &Ledger<Id>,
        mut label: impl FnMut(usize) -> Option<L>,
        mut add: impl FnMut(L, &Self) -> Result<()>,
    ) -> Result<Self> {
        let mut all = Self::default();
        for (index, &purchases) in ledger.purchases().iter().enumerate() {
            let Some(label) = label(index) else { continue };
            let revenue = ledger.revenue().get(index).unwrap_or_default();
            let spend = revenue.checked_add(ledger.credited().get(index).unwrap_or_default()).ok_or_else(overflow)?;
            let one = Self { customers: 1, purchases: purchases.into(), revenue, spend };
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

    /// Returns the summary of a label's sums, where `self` is those of all labels.
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
