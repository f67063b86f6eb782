//! Mending what is known of some customers, whose past changed.

use std::sync::Arc;

use chrono::{NaiveDate, TimeZone};

use super::statistics::Statistics;
use super::{CustomerHistory, Ledger};
use crate::error::{Error, Result};
use crate::record::{CustomerId, Record, ShopCalendar};

impl CustomerHistory {
    /// The history of one customer's orders and credits, in any order, as of a day, which is included.
    ///
    /// Whose they are is not asked. It equals the customer's history in the [`Ledger`] of all records, so that one
    /// customer's past is rebuilt alone when an order of it changed:
    /// [`OrderBook::records_of`](crate::record::OrderBook::records_of) gives the records, [`Ledger::replace`] puts the
    /// history in. Takes time `n log n` in records.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] with the position of a record that has no day in the shop's calendar ([`Error::NoDay`]);
    /// [`Error::AmountOverflow`] and [`Error::CountOverflow`] for sums beyond their types.
    pub fn from_records<Id, R, Tz>(
        records: impl IntoIterator<Item = R>,
        calendar: &ShopCalendar<Tz>,
        as_of: NaiveDate,
    ) -> Result<Self>
    where
        R: Into<Record<Id>>,
        Tz: TimeZone,
    {
        let mut facts = Vec::new();
        for (index, record) in records.into_iter().enumerate() {
            let (day, amount, is_credit) = match record.into() {
                Record::Order(order) if !order.is_purchase() => continue,
                Record::Order(order) => (order.day(calendar), order.net_amount(), false),
                Record::Credit(credit) => (credit.day(calendar), credit.amount(), true),
            };
            let day = day.map_err(|error| error.at_record(index))?;
            if day <= as_of {
                facts.push((day, is_credit, amount));
            }
        }
        facts.sort_unstable();
        let mut history = Self::new();
        for (day, is_credit, amount) in facts {
            if is_credit {
                history.record_credit(amount)?;
            } else {
                history.record_purchase(day, amount)?;
            }
        }
        Ok(history)
    }
}

impl<Id: CustomerId> Ledger<Id> {
    /// Puts new histories in place of those of some customers: after a night on which their orders changed.
    ///
    /// An empty history takes a customer out, a customer who was not there comes in. The ledger then equals that of all
    /// histories from scratch. Takes time `log n` for each of them in customers, while those who have bought had bought
    /// before and money becomes no finer; else linear in customers, once for all of them: hand them over together.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateCustomer`] for an id that appears twice; [`Error::Customer`] for a history that reaches beyond
    /// the as-of day ([`Error::AfterAsOf`]) or does not fit 96 bits at the finest scale of all histories
    /// ([`Error::AmountOverflow`]). The ledger is then unchanged.
    ///
    /// # Examples
    ///
    /// ```
    /// use chrono::{NaiveDate, TimeZone, Utc};
    /// use repurchase::{CustomerHistory, Ledger, Order, ShopCalendar};
    /// use rust_decimal::Decimal;
    ///
    /// let order = |who, d| Order::new(who, Utc.with_ymd_and_hms(2026, 3, d, 12, 0, 0).unwrap(), Decimal::TEN);
    /// let (calendar, as_of) = (ShopCalendar::utc(), NaiveDate::from_ymd_opt(2026, 3, 31).unwrap());
    /// let mut ledger = Ledger::from_records([order("ann", 1)?, order("ann", 9)?, order("bo", 4)?], &calendar, as_of)?;
    ///
    /// // Ann's order of the 9th was cancelled.
    /// let ann = CustomerHistory::from_records([order("ann", 1)?], &calendar, as_of)?;
    /// ledger.replace([("ann", ann)])?;
    /// assert_eq!(ledger, Ledger::from_records([order("ann", 1)?, order("bo", 4)?], &calendar, as_of)?);
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn replace(&mut self, histories: impl IntoIterator<Item = (Id, CustomerHistory)>) -> Result<()> {
        let mut new: Vec<_> = histories.into_iter().collect();
        new.sort_by(|(left, _), (right, _)| left.cmp(right));
        if let Some(pair) = new.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::duplicate(&pair[0].0));
        }
        if let Some(rows) = self.rows_in_place(&new) {
            let columns = Arc::make_mut(&mut self.columns);
            for (index, row) in &rows {
                columns.set(*index, row);
            }
            return Ok(());
        }
        let is_kept = |id: &Id| new.binary_search_by(|(new, _)| new.cmp(id)).is_err();
        let kept = self.histories().filter(|(id, _)| is_kept(id));
        let kept: Vec<_> = kept.map(|(id, history)| (id.clone(), history)).collect();
        let mended = Self::from_histories(kept.into_iter().chain(new), self.as_of)?;
        *self = Self { left_out: self.left_out, ..mended };
        Ok(())
    }

    /// The places and rows of histories, if each has one now and fits it.
    fn rows_in_place(&self, histories: &[(Id, CustomerHistory)]) -> Option<Vec<(usize, Statistics<i128>)>> {
        let row = |(id, history): &(Id, CustomerHistory)| {
            let fits = history.last_purchase()? <= self.as_of && history.known.finest_scale() <= self.scale;
            let row = history.known.minor(self.scale).ok().filter(|row| fits && row.too_large().is_none())?;
            Some((self.ids.binary_search(id).ok()?, row))
        };
        histories.iter().map(row).collect()
    }
}
