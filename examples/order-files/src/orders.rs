//! The orders of a file, as columns, and as what the library reads.

use chrono::{DateTime, NaiveDate, Utc};
use repurchase::record::{Credit, OrderStatus, Record, RecordColumns};
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use crate::assemble::{OneOrder, Sink};
use crate::counts::Counts;
use crate::date_order::DateOrder;
use crate::error::{BadRow, Error};
use crate::ids::{NOBODY, SortedIds};
use crate::layout::{DecimalMark, StatusMeaning};
use crate::notes::Note;
use crate::order_ids::OrderIds;
use crate::products::Lines;
use crate::text::Encoding;
use crate::zone::Zone;

/// How a file was read: what was said of it, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadAs {
    /// The layout's name.
    pub layout: String,
    /// How its characters are written.
    pub encoding: Encoding,
    /// What stands between two fields.
    pub separator: char,
    /// The order of day and month, where dates are of three numbers that do not start with the year.
    pub dates: DateOrder,
    /// The mark before the decimals of amounts.
    pub decimal: DecimalMark,
    /// The currency, where the file or an option says it.
    pub currency: Option<String>,
}

/// Orders and credits of a file in columns.
///
/// A customer is a number: the place of its id in [`ids`](Orders::ids), which are sorted by bytes, so that customers in
/// the order of their numbers are in the order of their ids.
#[derive(Debug, Clone)]
pub struct Orders {
    pub(crate) ids: SortedIds,
    /// Empty where they were not asked for, or are not in the file.
    pub(crate) order_ids: SortedIds,
    pub(crate) columns: Columns,
    pub(crate) lines: Lines,
    pub(crate) scale: u32,
    pub(crate) counts: Counts,
    pub(crate) notes: Vec<Note>,
    pub(crate) bad_rows: Vec<BadRow>,
    pub(crate) read_as: ReadAs,
    pub(crate) as_of: NaiveDate,
    pub(crate) zone: Zone,
    pub(crate) customers: usize,
}

/// Columns of orders and of credits; a column that would say the same of all orders is empty.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    pub(crate) customers: Vec<u32>,
    pub(crate) seconds: Vec<i64>,
    pub(crate) amounts: Units,
    /// Empty where nothing was refunded.
    pub(crate) refunded: Vec<i128>,
    /// Empty where all are paid.
    pub(crate) statuses: Vec<OrderStatus>,
    pub(crate) credits: Vec<(u32, i64, i128)>,
    /// The rows of orders and credits, later the places of their own ids; empty where they are those of the file.
    pub(crate) rows: Vec<u32>,
    pub(crate) credit_rows: Vec<u32>,
    /// The rows that are lines; `None` where nobody asked what was bought.
    pub(crate) lines: Option<Vec<u32>>,
}

/// Amounts in one unit, in 64 bits where all fit.
#[derive(Debug, Clone)]
pub(crate) enum Units {
    Narrow(Vec<i64>),
    Wide(Vec<i128>),
}

impl Default for Units {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Units {
    fn push(&mut self, units: i128) {
        match (&mut *self, i64::try_from(units)) {
            (Self::Narrow(narrow), Ok(units)) => narrow.push(units),
            (Self::Wide(wide), _) => wide.push(units),
            (Self::Narrow(narrow), Err(_)) => {
                let mut wide: Vec<i128> = std::mem::take(narrow).into_iter().map(i128::from).collect();
                wide.push(units);
                *self = Self::Wide(wide);
            }
        }
    }

    pub(crate) fn get(&self, at: usize) -> i128 {
        match self {
            Self::Narrow(narrow) => narrow.get(at).copied().unwrap_or(0).into(),
            Self::Wide(wide) => wide.get(at).copied().unwrap_or(0),
        }
    }
}

impl Sink for Columns {
    fn order(&mut self, order: OneOrder) {
        let at = self.customers.len();
        if order.refunded != 0 && self.refunded.is_empty() {
            self.refunded.resize(at, 0);
        }
        if !self.refunded.is_empty() || order.refunded != 0 {
            self.refunded.push(order.refunded);
        }
        // An order of nothing that was given back has no refund to show it.
        let status = match order.status {
            StatusMeaning::Paid => OrderStatus::Paid,
            StatusMeaning::Refunded if order.amount > 0 => OrderStatus::Paid,
            StatusMeaning::Unpaid => OrderStatus::Unpaid,
            StatusMeaning::Cancelled | StatusMeaning::Refunded => OrderStatus::Cancelled,
        };
        if status != OrderStatus::Paid && self.statuses.is_empty() {
            self.statuses.resize(at, OrderStatus::Paid);
        }
        if !self.statuses.is_empty() || status != OrderStatus::Paid {
            self.statuses.push(status);
        }
        self.customers.push(order.customer);
        self.seconds.push(order.seconds);
        self.amounts.push(order.amount);
        self.rows.push(order.row);
    }

    fn line(&mut self, row: u32) {
        if let Some(lines) = &mut self.lines {
            lines.push(row);
        }
    }

    fn credit(&mut self, customer: u32, seconds: i64, amount: i128, row: u32) {
        self.credits.push((customer, seconds, amount));
        self.credit_rows.push(row);
    }
}

impl Columns {
    /// Of these customers, ascending, those who have an order or a credit; all are looked at once, if somebody is asked for.
    pub(crate) fn present(&self, mut asked: Vec<u32>) -> Vec<u32> {
        let Some(&last) = asked.last() else { return asked };
        let mut is_there = vec![false; last as usize + 1];
        for &customer in self.customers.iter().chain(self.credits.iter().map(|credit| &credit.0)) {
            if let Some(is_there) = is_there.get_mut(customer as usize) {
                *is_there = true;
            }
        }
        asked.retain(|&customer| is_there[customer as usize]);
        asked
    }

    /// Whether an order is a purchase.
    pub(crate) fn is_purchase(&self, at: usize) -> bool {
        let is_paid = self.statuses.get(at).is_none_or(|status| *status == OrderStatus::Paid);
        is_paid && self.refunded.get(at).is_none_or(|refunded| *refunded == 0 || *refunded < self.amounts.get(at))
    }

    /// In place of the rows of orders and credits, the places of their ids, where these are to be kept.
    pub(crate) fn name(&mut self, orders: Option<OrderIds>) -> SortedIds {
        let Some(OrderIds { ids, numbers, .. }) = orders else {
            (self.rows, self.credit_rows) = (Vec::new(), Vec::new());
            return SortedIds::default();
        };
        let (ids, places) = ids.sorted();
        for row in self.rows.iter_mut().chain(&mut self.credit_rows) {
            let number = numbers.get(*row as usize);
            *row = number.and_then(|number| places.get(*number as usize)).copied().unwrap_or(NOBODY);
        }
        ids
    }

    /// The moments of purchases and credits, with their rows.
    pub(crate) fn times(&self) -> impl Iterator<Item = (i64, u32)> + '_ {
        let row = |at: usize| self.rows.get(at).copied().unwrap_or(at as u32);
        let credits = self.credits.iter().zip(&self.credit_rows).map(|(credit, row)| (credit.1, *row));
        self.purchases().map(move |at| (self.seconds[at], row(at))).chain(credits)
    }

    fn net(&self, at: usize) -> i128 {
        self.amounts.get(at) - self.refunded.get(at).copied().unwrap_or(0)
    }

    /// Whether all orders are purchases without refunds, and there is no credit.
    fn are_plain(&self) -> bool {
        self.refunded.is_empty() && self.statuses.is_empty() && self.credits.is_empty()
    }

    pub(crate) fn purchases(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.customers.len()).filter(|&at| self.is_purchase(at))
    }

    /// Customers with a purchase.
    pub(crate) fn count_customers(&self, all: usize) -> usize {
        let mut has_bought = vec![false; all];
        for at in self.purchases() {
            if let Some(slot) = has_bought.get_mut(self.customers[at] as usize) {
                *slot = true;
            }
        }
        has_bought.into_iter().filter(|bought| *bought).count()
    }

    pub(crate) fn order(&self, at: usize, scale: u32) -> Result<Order<u32>, Error> {
        let (customer, seconds) = (self.customers[at], self.seconds[at]);
        let order = Order::new(customer, instant(seconds), decimal(self.amounts.get(at), scale))?;
        let refunded = self.refunded.get(at).copied().unwrap_or(0);
        let status = self.statuses.get(at).copied().unwrap_or_default();
        Ok(order.with_refunded(decimal(refunded, scale))?.with_status(status))
    }

    pub(crate) fn orders(&self, scale: u32) -> impl Iterator<Item = Result<Order<u32>, Error>> + '_ {
        (0..self.customers.len()).map(move |at| self.order(at, scale))
    }

    pub(crate) fn credits(&self, scale: u32) -> impl Iterator<Item = Result<Credit<u32>, Error>> + '_ {
        self.credits.iter().map(move |&(customer, seconds, amount)| {
            Ok(Credit::new(customer, instant(seconds), decimal(amount, scale))?)
        })
    }

    /// The library's log of purchases and credits.
    pub(crate) fn log(&self, scale: u32, calendar: &ShopCalendar<Zone>) -> Result<PurchaseLog<u32>, Error> {
        if let (true, Units::Narrow(amounts)) = (self.are_plain(), &self.amounts) {
            let columns = RecordColumns::new(&self.customers, &self.seconds, amounts, scale)?;
            return Ok(PurchaseLog::from_columns(columns, calendar)?);
        }
        let mut customers = Vec::with_capacity(self.customers.len());
        let (mut seconds, mut amounts) =
            (Vec::with_capacity(customers.capacity()), Vec::with_capacity(customers.capacity()));
        let orders = self.purchases().map(|at| (self.customers[at], self.seconds[at], self.net(at)));
        let credits = self.credits.iter().map(|&(customer, at, amount)| (customer, at, -amount));
        for (customer, at, units) in orders.chain(credits) {
            let Ok(units) = i64::try_from(units) else { return self.log_of_records(scale, calendar) };
            customers.push(customer);
            seconds.push(at);
            amounts.push(units);
        }
        let columns = RecordColumns::new(&customers, &seconds, &amounts, scale)?;
        Ok(PurchaseLog::from_columns(columns, calendar)?)
    }

    fn log_of_records(&self, scale: u32, calendar: &ShopCalendar<Zone>) -> Result<PurchaseLog<u32>, Error> {
        let orders = self.orders(scale).map(|order| order.map(Record::from));
        let credits = self.credits(scale).map(|credit| credit.map(Record::from));
        let records = orders.chain(credits).collect::<Result<Vec<_>, Error>>()?;
        Ok(PurchaseLog::from_records(records, calendar)?)
    }
}

pub(crate) fn decimal(units: i128, scale: u32) -> Decimal {
    // What is read is within 96 bits and 28 decimals; a sum beyond them is nobody's.
    Decimal::try_from_i128_with_scale(units, scale).unwrap_or(Decimal::MAX)
}

impl Orders {
    /// The ids of customers, sorted by bytes, those without a purchase, too.
    pub fn ids(&self) -> &SortedIds {
        &self.ids
    }

    /// Customers with a purchase.
    pub fn customers(&self) -> usize {
        self.customers
    }

    /// Purchases: paid orders of customers that were not given back whole.
    pub fn purchases(&self) -> usize {
        if self.columns.are_plain() { self.columns.customers.len() } else { self.columns.purchases().count() }
    }

    /// The sum of purchases less what was refunded of them and less credits; saturating at the ends of a `Decimal`.
    pub fn revenue(&self) -> Decimal {
        let purchases: i128 = self.columns.purchases().map(|at| self.columns.net(at)).fold(0, i128::saturating_add);
        let credits = self.columns.credits.iter().map(|credit| credit.2).fold(0, i128::saturating_add);
        decimal(purchases.saturating_sub(credits), self.scale)
    }

    /// How many of what were read.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What a careful person would ask about the file, most important first.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The first bad rows that were left out.
    pub fn bad_rows(&self) -> &[BadRow] {
        &self.bad_rows
    }

    /// How the file was read.
    pub fn read_as(&self) -> &ReadAs {
        &self.read_as
    }

    /// The day up to which orders count: the one that was asked for, or the last with a purchase or credit.
    pub fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The shop's calendar.
    pub fn calendar(&self) -> ShopCalendar<Zone> {
        ShopCalendar::new(self.zone)
    }

    /// All orders of customers, in the order of the file, with the places of their customers' ids.
    ///
    /// # Errors
    ///
    /// Those of [`Order`]: none for what was read.
    pub fn orders(&self) -> impl Iterator<Item = Result<Order<u32>, Error>> + '_ {
        self.columns.orders(self.scale)
    }

    /// The id of the order at a place of [`orders`](Orders::orders), where the file has one and
    /// [`with_order_ids`](crate::ReadOptions::with_order_ids) asked for it.
    pub fn order_id(&self, at: usize) -> Option<&str> {
        self.order_ids.get(*self.columns.rows.get(at)?)
    }

    /// The id of the credit at a place of [`credits`](Orders::credits), likewise: its own, or that of an order which is
    /// not in the file.
    pub fn credit_id(&self, at: usize) -> Option<&str> {
        self.order_ids.get(*self.columns.credit_rows.get(at)?)
    }

    /// What is known beside the orders and credits themselves, whose columns are given up.
    #[must_use]
    pub fn without_rows(self) -> Self {
        Self { columns: Columns::default(), lines: Lines::default(), ..self }
    }

    /// All credits of customers: refunds that name no order of the file.
    ///
    /// # Errors
    ///
    /// Those of [`Credit`]: none for what was read.
    pub fn credits(&self) -> impl Iterator<Item = Result<Credit<u32>, Error>> + '_ {
        self.columns.credits(self.scale)
    }

    /// The library's log of purchases and credits, by the places of customers' ids.
    pub fn log(&self) -> Result<PurchaseLog<u32>, Error> {
        self.columns.log(self.scale, &self.calendar())
    }
}

pub(crate) fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}
