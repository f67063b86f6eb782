//! The history of every customer as of a day.

use core::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveDate, TimeZone};
use rust_decimal::Decimal;

use super::columns::{Columns, Minor, MoneyColumn};
use super::rows::{Posting, Rows};
use super::{CustomerHistory, PurchaseLog, Spending};
use crate::error::{Error, Result};
use crate::parallel;
use crate::record::calendar::Day;
use crate::record::{CustomerId, Record, ShopCalendar};

/// The history of every customer as of a day, in the order of their ids.
///
/// **Population**: the customers with at least one purchase up to the as-of day. Customers of whom there are only
/// credits stand apart, in [`without_purchase`](Ledger::without_purchase), and enter no count and no fit.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::{Ledger, Order, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let order = |customer, day| Order::new(customer, Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap(), Decimal::TEN);
/// let orders = [order("bo", 9)?, order("ann", 4)?, order("ann", 1)?];
/// let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
/// let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), as_of)?;
///
/// let customers: Vec<_> = ledger.iter().map(|(id, history)| (*id, history.purchases())).collect();
/// assert_eq!(customers, [("ann", 2), ("bo", 1)]);
/// assert_eq!(ledger.get("bo").and_then(|bo| bo.days_since_last(as_of)), Some(22));
/// let totals = ledger.totals()?;
/// assert_eq!((totals.customers, totals.purchases, totals.revenue), (2, 3, Decimal::from(30)));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ledger<Id> {
    pub(super) as_of: NaiveDate,
    pub(super) scale: u32,
    /// Ascending.
    pub(super) ids: Vec<Id>,
    /// The columns, in the order of ids.
    pub(super) columns: Arc<Columns>,
    pub(super) without_purchase: BTreeMap<Id, CustomerHistory>,
    pub(super) left_out: u64,
}

/// Histories for which it pays to wake another core.
const LEAST_HISTORIES: usize = 1 << 12;

impl<Id: CustomerId> Ledger<Id> {
    /// The ledger of orders, credits or both, in any order, as of a day.
    ///
    /// The short way for [`PurchaseLog::from_records`] and [`PurchaseLog::ledger`].
    ///
    /// # Errors
    ///
    /// As these two.
    pub fn from_records<R, Tz>(
        records: impl IntoIterator<Item = R>,
        calendar: &ShopCalendar<Tz>,
        as_of: NaiveDate,
    ) -> Result<Self>
    where
        R: Into<Record<Id>>,
        Tz: TimeZone,
    {
        PurchaseLog::from_records(records, calendar)?.ledger(as_of)
    }

    /// The ledger of stored histories, in any order. Empty ones, of whom nothing is known, leave no trace.
    ///
    /// A history does not know when its credits were issued: one that is stored should be as of the same day.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateCustomer`] for an id that appears twice; [`Error::Customer`] for a history that reaches beyond
    /// `as_of` ([`Error::AfterAsOf`]) or does not fit 96 bits at the finest scale of all histories
    /// ([`Error::AmountOverflow`]).
    pub fn from_histories(
        histories: impl IntoIterator<Item = (Id, CustomerHistory)>,
        as_of: NaiveDate,
    ) -> Result<Self> {
        let mut histories: Vec<_> = histories.into_iter().collect();
        // Two merged ledgers are two sorted runs, at which this sort is quick.
        parallel::sort(&mut histories, |(left, _), (right, _)| left.cmp(right));
        if let Some(pair) = histories.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::duplicate(&pair[0].0));
        }
        let scale = histories.iter().map(|(_, history)| history.known.finest_scale()).max().unwrap_or(0);
        let mut rows = Rows::new(scale);
        for (id, history) in histories {
            match history.last_purchase() {
                Some(last) if last > as_of => rows.refuse(id, Error::AfterAsOf { last, as_of }, false),
                _ => match history.known.minor(scale) {
                    Ok(row) => rows.push(id, row),
                    Err(error) => rows.refuse(id, error, false),
                },
            }
        }
        Self::of_rows(vec![rows], scale, as_of, None)
    }

    /// The same customers under other ids, such as names of those that a file numbers. Where all of them
    /// bought and the new ids have the order of the old ones, histories are shared.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateCustomer`] for two customers with the same new id.
    pub fn renamed<New: CustomerId>(&self, mut name: impl FnMut(&Id) -> New) -> Result<Ledger<New>> {
        let ids: Vec<New> = self.ids.iter().map(&mut name).collect();
        let others = self.without_purchase.iter().map(|(id, history)| (name(id), history.clone()));
        if others.len() > 0 || !ids.is_sorted_by(|one, next| one < next) {
            let all = ids.into_iter().zip(self.iter().map(|(_, history)| history)).chain(others);
            return Ok(Ledger { left_out: self.left_out, ..Ledger::from_histories(all, self.as_of)? });
        }
        let (columns, without_purchase) = (Arc::clone(&self.columns), BTreeMap::new());
        Ok(Ledger { as_of: self.as_of, scale: self.scale, ids, columns, without_purchase, left_out: self.left_out })
    }

    pub(super) fn from_log(log: &PurchaseLog<Id>, start: Day, as_of: NaiveDate) -> Result<Self> {
        let (scale, finest) = (log.scale(), log.finest);
        let mut ledger = if log.amounts.sums_to_64_bits() {
            Self::of_rows(vec![Posting::<Id, i64>::rows(log, start, as_of)], scale, as_of, finest)
        } else {
            Self::of_rows(vec![Posting::<Id, i128>::rows(log, start, as_of)], scale, as_of, finest)
        }?;
        ledger.left_out = (log.purchases() + log.credits()) as u64 - ledger.facts();
        Ok(ledger)
    }

    /// The ledger of the rows of distinct customers.
    pub(super) fn of_rows<S: Minor>(
        parts: Vec<Rows<Id, S>>,
        scale: u32,
        as_of: NaiveDate,
        finest: Option<(usize, Decimal)>,
    ) -> Result<Self> {
        let (mut ids, mut columns) = (Vec::new(), Vec::with_capacity(parts.len()));
        let (mut without_purchase, mut refused) = (BTreeMap::new(), Vec::new());
        let mut more: usize = parts.iter().map(|part| part.ids.len()).sum();
        for part in parts {
            more -= part.ids.len();
            if ids.is_empty() {
                ids = part.ids;
                ids.reserve_exact(more);
            } else {
                // Fewer customers than records, and of those fewer than 2^32.
                let before = ids.len() as u32;
                ids.extend(part.ids.into_iter().map(|(id, row)| (id, before + row)));
            }
            columns.push(part.columns);
            without_purchase.extend(part.without_purchase);
            refused.extend(part.refused);
        }
        // Of the customers who were refused, the first by id.
        if let Some((id, (error, fits_whole))) = refused.into_iter().min_by(|(left, _), (right, _)| left.cmp(right)) {
            return Err(error.of_customer(&id).of_finest(finest.filter(|_| fits_whole)));
        }
        parallel::sort_distinct(&mut ids, |(left, _), (right, _)| left.cmp(right));
        let (ids, places): (Vec<Id>, Vec<u32>) = ids.into_iter().unzip();
        let columns = Arc::new(Columns::arranged(columns, &places));
        Ok(Self { as_of, scale, ids, columns, without_purchase, left_out: 0 })
    }

    /// One customer's history, by any borrowed form of the id; `None` for a customer of whom there is neither a purchase
    /// nor a credit. Takes time `log n` in customers.
    pub fn get<Q: Ord + ?Sized>(&self, customer: &Q) -> Option<CustomerHistory>
    where
        Id: Borrow<Q>,
    {
        match self.ids.binary_search_by(|id| id.borrow().cmp(customer)) {
            Ok(index) => self.history(index),
            Err(_) => self.without_purchase.get(customer).cloned(),
        }
    }
}

impl<Id> Ledger<Id> {
    /// The day up to and including which records count.
    pub const fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The first and the last day on which a customer bought; `None` when nobody has.
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        Some((self.columns.first.iter().min()?.date(), self.columns.last.iter().max()?.date()))
    }

    /// The purchases and credits of the log that this ledger leaves out: those after the as-of day, and those before
    /// the start of a [window](PurchaseLog::ledger_in). 0 for a ledger of histories.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The number of customers with a purchase.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether nobody has bought.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The ids of the customers with a purchase, ascending. Every column of results follows this order.
    pub fn ids(&self) -> &[Id] {
        &self.ids
    }

    /// Every customer with a purchase, ascending by id.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, CustomerHistory)> + '_ {
        self.ids.iter().zip(0..).filter_map(|(id, index)| Some((id, self.history(index)?)))
    }

    /// The customers of whom there are only credits, ascending by id; [`get`](Ledger::get) knows them, too.
    pub fn without_purchase(&self) -> impl Iterator<Item = (&Id, &CustomerHistory)> + '_ {
        self.without_purchase.iter()
    }

    /// The decimals of money in this ledger.
    pub const fn scale(&self) -> u32 {
        self.scale
    }

    /// The history of the customer at a position of the ids.
    #[inline]
    pub(crate) fn history(&self, index: usize) -> Option<CustomerHistory> {
        Some(CustomerHistory { known: self.columns.row(index)?.decimal(self.scale) })
    }

    pub(crate) fn first_days(&self) -> &[Day] {
        &self.columns.first
    }

    pub(crate) fn last_days(&self) -> &[Day] {
        &self.columns.last
    }

    pub(crate) fn purchases(&self) -> &[u32] {
        &self.columns.purchases
    }

    pub(crate) fn purchase_days(&self) -> &[u32] {
        &self.columns.purchase_days
    }

    pub(crate) fn credits(&self) -> &[u32] {
        &self.columns.credits
    }

    /// Shares the ledger's columns.
    pub(crate) fn spending(&self) -> Spending {
        Spending::of(self.scale, &self.columns)
    }

    pub(crate) fn mean_order_amounts(&self) -> Vec<Decimal> {
        let (columns, scale) = (&self.columns, self.scale);
        parallel::concat(self.len(), LEAST_HISTORIES, |part| {
            let histories =
                part.filter_map(|index| Some(CustomerHistory { known: columns.row(index)?.decimal(scale) }));
            histories.map(|history| history.mean_order_amount().unwrap_or_default()).collect()
        })
    }

    /// The revenue, in units of `10^-scale`.
    pub(crate) fn revenue(&self) -> &MoneyColumn {
        &self.columns.revenue
    }

    pub(crate) fn credited(&self) -> &MoneyColumn {
        &self.columns.credited
    }
}

/// Ledgers are equal when they are as of the same day and know the same of the same customers. Trailing zeros in their
/// money make no difference, nor does what was [left out](Ledger::left_out).
impl<Id: CustomerId> PartialEq for Ledger<Id> {
    fn eq(&self, other: &Self) -> bool {
        self.as_of == other.as_of
            && self.without_purchase == other.without_purchase
            && self.len() == other.len()
            && self.iter().eq(other.iter())
    }
}
