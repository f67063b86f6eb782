//! What a label amounts to.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Ledger};
use crate::scale::ratio::quotient;
use crate::scale::{Ratio, money};

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
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub revenue: Decimal,
    /// Their part of the revenue of all customers who have a label, correctly rounded; `None` when that is 0 or less.
    /// Below 0 or above 1 where credits exceed spend.
    pub revenue_share: Option<f64>,
    /// What they spent, less refunds of the orders themselves, per purchase; rounded to 28 digits where it does not
    /// end.
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub mean_order_amount: Decimal,
}

/// Sums up the customers of a ledger by label; customers without a label (`None`) are left out of all shares.
///
/// **Population**: the customers with a purchase who have a label. An empty ledger gives an empty map, as does a ledger
/// in which nobody has a label. Labels that nobody has are not in the map.
///
/// # Errors
///
/// [`Error::AmountOverflow`] when a label's revenue or spend does not fit a `Decimal` exactly.
///
/// # Complexity
///
/// Linear in customers, times the logarithm of labels.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::segment::{FrequencyBands, FrequencyBand, summarize};
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
pub fn summarize<Id, L: Ord>(
    ledger: &Ledger<Id>,
    mut label: impl FnMut(&Id, &CustomerHistory) -> Option<L>,
) -> Result<BTreeMap<L, LabelSummary>> {
    #[derive(Default)]
    struct Sums {
        customers: u64,
        purchases: u64,
        revenue: i128,
        spend: i128,
    }
    let overflow = || Error::AmountOverflow { field: "revenue of a label" };
    let mut labels: BTreeMap<L, Sums> = BTreeMap::new();
    let mut all = Sums::default();
    for (id, history) in ledger.iter() {
        let Some(label) = label(id, &history) else { continue };
        let revenue = money::minor(history.revenue(), ledger.scale()).ok_or_else(overflow)?;
        let spend = money::minor(history.spend(), ledger.scale()).ok_or_else(overflow)?;
        for sums in [labels.entry(label).or_default(), &mut all] {
            sums.customers += 1;
            sums.purchases += history.purchases();
            sums.revenue = sums.revenue.checked_add(revenue).ok_or_else(overflow)?;
            sums.spend = sums.spend.checked_add(spend).ok_or_else(overflow)?;
        }
    }
    let share = |revenue| quotient(revenue, all.revenue).filter(|_| all.revenue > 0);
    let summary = |sums: Sums| {
        let spend = money::decimal(sums.spend, ledger.scale()).ok_or_else(overflow)?;
        Ok(LabelSummary {
            customers: Ratio::counted(sums.customers, all.customers),
            purchases: sums.purchases,
            revenue: money::decimal(sums.revenue, ledger.scale()).ok_or_else(overflow)?,
            revenue_share: share(sums.revenue),
            // A labelled customer has a purchase.
            mean_order_amount: spend.checked_div(sums.purchases.into()).unwrap_or_default(),
        })
    };
    labels.into_iter().map(|(label, sums)| Ok((label, summary(sums)?))).collect()
}
