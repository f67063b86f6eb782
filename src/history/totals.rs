//! A shop in five numbers.

use rust_decimal::Decimal;

use super::Ledger;
use crate::error::{Error, Result};
use crate::number::money;

/// The totals of a ledger.
///
/// **Population**: of `credits`, everyone; of the others, the customers with a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LedgerTotals {
    /// Customers with a purchase.
    pub customers: u64,
    /// The purchases of these customers.
    pub purchases: u64,
    /// The days on which they bought, summed over customers.
    pub purchase_days: u64,
    /// The customers of two purchases or more.
    pub repeat_customers: u64,
    /// The customers who bought on two days or more.
    pub customers_of_two_days: u64,
    /// The revenue: spend less credits.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub revenue: Decimal,
    /// Credits that were issued, those of customers [without a purchase](Ledger::without_purchase) included.
    pub credits: u64,
}

impl<Id> Ledger<Id> {
    /// Customers, purchases, purchase days, those who came back, revenue and credits, all 0 where nobody has bought and nothing was
    /// credited.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] when the revenue does not fit a `Decimal` exactly.
    pub fn totals(&self) -> Result<LedgerTotals> {
        let revenue = self.revenue().sum().and_then(|minor| money::decimal(minor, self.scale()));
        Ok(LedgerTotals {
            customers: self.len() as u64,
            purchases: sum(self.purchases()),
            purchase_days: sum(self.purchase_days()),
            repeat_customers: of_two(self.purchases()),
            customers_of_two_days: of_two(self.purchase_days()),
            revenue: revenue.ok_or(Error::AmountOverflow { field: "revenue of a shop" })?,
            credits: self.all_credits(),
        })
    }

    /// Purchases and credits of everyone.
    pub(super) fn facts(&self) -> u64 {
        sum(self.purchases()) + self.all_credits()
    }

    fn all_credits(&self) -> u64 {
        sum(self.credits()) + self.without_purchase().map(|(_, history)| history.credits()).sum::<u64>()
    }
}

/// Adds fewer than 2^32 counts of 32 bits.
fn sum(counts: &[u32]) -> u64 {
    counts.iter().copied().map(u64::from).sum()
}

fn of_two(counts: &[u32]) -> u64 {
    counts.iter().filter(|&&count| count >= 2).count() as u64
}
