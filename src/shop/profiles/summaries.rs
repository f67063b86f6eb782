//! The summary of each label of a shop.

use super::Profiles;
use crate::error::{Error, Result};
use crate::history::Ledger;
use crate::scale::Label;
use crate::segment::{LabelKind, LabelSummary, summaries};

impl Profiles {
    /// Sums up the customers of a ledger for each label of a kind: customers, purchases, revenue and their shares.
    ///
    /// **Population**: the customers for whose position `counts` is true and who have a label of the kind; the shares of
    /// all labels add up to 1. These are the profiles [of the ledger](crate::shop::ShopModels::profile_all). All labels of the
    /// shop have a row, in their order, those that nobody has included; of profiles that were put together by hand, the
    /// labels that appear, in the order in which they do. Takes time linear in customers: a few nanoseconds each.
    ///
    /// # Errors
    ///
    /// [`Error::ColumnLength`] for profiles of another number of customers than the ledger has;
    /// [`Error::AmountOverflow`] when a label's revenue or spend does not fit a `Decimal` exactly.
    ///
    /// # Examples
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use repurchase::segment::LabelKind;
    /// use repurchase::shop::{ShopModels, ShopOptions};
    /// use repurchase::{Ledger, Order, ShopCalendar};
    /// use rust_decimal::Decimal;
    ///
    /// let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
    /// let order = |id, on| Order::on(id, day(on), Decimal::TEN);
    /// let orders = [order("ann", 1)?, order("ann", 5)?, order("bo", 2)?];
    /// let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), day(31))?;
    /// let profiles = ShopModels::fit(&ledger, &ShopOptions::default())?.profile_all(&ledger)?;
    ///
    /// let bands = profiles.summarize(&ledger, LabelKind::FrequencyBand, |_| true)?;
    /// let rows: Vec<_> = bands.iter().map(|(band, sums)| (band.key(), sums.customers.count(), sums.revenue)).collect();
    /// assert_eq!(rows[0], ("high", 1, Decimal::from(20)));
    /// assert_eq!(rows[1], ("medium", 0, Decimal::ZERO));
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    #[doc(alias = "ARPU")]
    pub fn summarize<Id>(
        &self,
        ledger: &Ledger<Id>,
        kind: LabelKind,
        counts: impl Fn(usize) -> bool,
    ) -> Result<Vec<(&Label, LabelSummary)>> {
        if ledger.len() != self.len() {
            return Err(Error::ColumnLength { column: "profiles", found: self.len(), expected: ledger.len() });
        }
        let column = self.label(kind).0;
        let label = |position| column.position_at(position).filter(|_| counts(position));
        Ok(column.known.iter().zip(summaries(ledger, column.known.len(), label)?).collect())
    }
}
