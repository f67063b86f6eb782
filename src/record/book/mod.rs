//! Orders by their identity, from events in any order.
//!
//! Written for speed before plainness: `benches/record.rs`, id `record/book`, must not get slower. The aim is a million
//! events a second on one core.

mod contents;
mod entry;
mod event;
mod people;

use core::borrow::Borrow;
use core::fmt::Debug;
use core::hash::{BuildHasher, Hash};

use hashbrown::HashTable;

use self::entry::{Entry, Outcome, Placed};
pub use self::event::OrderEvent;
use self::people::{HASH, People};
use crate::error::{Error, Result};
use crate::record::{Credit, CustomerId, Order, Record};

/// Orders by their identity: what webhooks and exports say of them, in any order and any number of times.
///
/// Each event ([`OrderEvent`]) names its order. The same event twice changes nothing; one that contradicts what is
/// known is a typed error that shows both; one that comes before its order, such as a refund, waits for it. Every order
/// and repetition of the same events, split over any number of books that are [merged](OrderBook::merge), gives an
/// equal book.
///
/// What the events add up to is asked for when the book is read. The amount is that of the latest
/// [`AmountChanged`](OrderEvent::AmountChanged) and of the lines after it, else that of
/// [`Placed`](OrderEvent::Placed) and of all lines. What was given back is the latest
/// [`RefundedInAll`](OrderEvent::RefundedInAll) and the refunds after it, else the sum of all refunds; or all of it,
/// where a [`FullyRefunded`](OrderEvent::FullyRefunded) is not older. An order of which more is given back than its
/// amount is an error of its own when it is read ([`Error::Order`]), because the event that would explain it may be on
/// its way; all others are read.
///
/// Ids of one person are joined by [`alias`](OrderBook::alias). Amounts are of one currency; which product a line is of
/// stands in an [`OrderLine`](crate::record::OrderLine), not here.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::record::{OrderBook, OrderEvent};
/// use repurchase::{Ledger, Result, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let at = |day| Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap();
/// let mut book = OrderBook::new();
/// // The refund is here before its order.
/// book.record(1, OrderEvent::Refunded { refund: 7, at: at(9), amount: Decimal::from(5) })?;
/// book.record(1, OrderEvent::Placed { customer: "ann", at: at(1), amount: Decimal::from(20) })?;
/// assert!(book.record(1, OrderEvent::Paid { at: at(1) })?);
/// assert!(!book.record(1, OrderEvent::Paid { at: at(1) })?, "twice is once");
/// book.record(2, OrderEvent::Placed { customer: "ann@example.com", at: at(4), amount: Decimal::from(8) })?;
/// book.record(2, OrderEvent::Paid { at: at(4) })?;
/// book.alias("ann@example.com", "ann")?;
///
/// let records = book.records().collect::<Result<Vec<_>>>()?;
/// let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
/// let ledger = Ledger::from_records(records, &ShopCalendar::utc(), as_of)?;
/// let ann = ledger.get("ann").expect("has bought");
/// assert_eq!((ann.purchases(), ann.revenue()), (2, Decimal::from(23)));
///
/// let other = OrderEvent::Placed { customer: "bo", at: at(1), amount: Decimal::from(20) };
/// let error = book.record(1, other).unwrap_err().to_string();
/// assert!(error.starts_with(r#"order 1: Placed { customer: "bo", "#) && error.contains("contradicts"));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct OrderBook<OrderId, Id> {
    /// The place in the list of an order or a credit.
    table: HashTable<u32>,
    entries: Vec<Entry<OrderId>>,
    people: People<Id>,
    /// Entries that are not placed.
    waiting: usize,
}

impl<OrderId, Id> Default for OrderBook<OrderId, Id> {
    fn default() -> Self {
        Self { table: HashTable::new(), entries: Vec::new(), people: People::default(), waiting: 0 }
    }
}

impl<OrderId: Clone + Debug + Hash + Ord, Id: CustomerId> OrderBook<OrderId, Id> {
    /// A book in which nothing stands.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in an event of an order; whether it said anything new. Takes constant time, times the logarithm of an
    /// order's own lines or refunds.
    ///
    /// # Errors
    ///
    /// [`Error::Order`] with the order's id: for an amount below 0, and for a credit of 0 ([`Error::Amount`]); for an event
    /// that disagrees with a known one ([`Error::Contradiction`]; [`OrderEvent`] says when). Two customers of one order
    /// are one once an [`alias`](OrderBook::alias) says so. [`Error::CountOverflow`] for more than `u32::MAX` orders and
    /// credits, or ids of customers. The book is then unchanged.
    pub fn record(&mut self, order: OrderId, event: OrderEvent<OrderId, Id>) -> Result<bool> {
        let event = event.checked().map_err(|error| error.of_order(&order))?;
        let is_credit = event.is_credit();
        let (index, is_new) = match self.find(&order, is_credit) {
            Some(index) => (index, false),
            None => (self.insert(order, is_credit)?, true),
        };
        let outcome = match event {
            OrderEvent::Placed { customer, at, amount } | OrderEvent::Credited { customer, at, amount } => {
                self.place(index, customer, at, amount)
            }
            event => match self.entries[index as usize].apply(&event) {
                Outcome::New => Ok(true),
                Outcome::Known => Ok(false),
                Outcome::Contradicts(known) => Err(self.contradiction(index, &known, &event)),
            },
        };
        if is_new && outcome.is_err() {
            self.forget_last();
        }
        outcome
    }

    /// Joins two ids of one person, who is known as `to` from then on; whether that was new.
    ///
    /// Aliases come before or after orders, in any order, and chain: `a` to `b` and `b` to `c` makes `c` of all three.
    /// The person is known by the smallest of those ids that were never the `from` of a pair, or of all ids where there
    /// is none (`a` to `b` and `b` to `a`). An alias is not taken back. An id to itself says nothing. Takes time
    /// `log n` in the ids of the two persons, whatever their orders.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] for more than `u32::MAX` ids.
    pub fn alias(&mut self, from: Id, to: Id) -> Result<bool> {
        if from == to {
            return Ok(false);
        }
        self.people.check_room()?;
        let (from, to) = (self.people.number(from)?, self.people.number(to)?);
        let joined = self.people.join(from, to);
        if let Some((left, right)) = joined.rings {
            let next = self.entries[left as usize].next;
            self.entries[left as usize].next = core::mem::replace(&mut self.entries[right as usize].next, next);
        }
        Ok(joined.is_new)
    }

    /// The order as it stands; `None` for one that is not known or not placed yet.
    ///
    /// # Errors
    ///
    /// [`Error::Order`] with its id, when more was given back than its amount ([`Error::Refund`]), when lines make the
    /// amount fall below 0 ([`Error::Amount`]), when a sum does not fit a `Decimal` ([`Error::AmountOverflow`]).
    pub fn order<Q: Hash + Eq + ?Sized>(&self, order: &Q) -> Result<Option<Order<Id>>>
    where
        OrderId: Borrow<Q>,
    {
        let entry = self.find(order, false).map(|index| &self.entries[index as usize]);
        let Some((entry, placed)) = entry.and_then(|entry| Some((entry, entry.placed?))) else { return Ok(None) };
        let customer = self.people.id(self.people.name(placed.customer)).clone();
        entry.order(placed, customer).map(Some).map_err(|error| error.of_order(&entry.id))
    }

    /// All orders that are placed and all credits, by time, then orders before credits, then by id.
    ///
    /// Collect them to feed a [`PurchaseLog`](crate::PurchaseLog) or a [`Ledger`](crate::Ledger), or leave out those
    /// that are an error. Takes time `n log n` in orders, before the first one.
    ///
    /// # Errors
    ///
    /// Each as [`order`](OrderBook::order); one does not keep the others from being read.
    pub fn records(&self) -> impl Iterator<Item = Result<Record<Id>>> + '_ {
        let names = self.people.names();
        self.sorted((0..self.entries.len() as u32).collect()).map(move |(index, placed)| {
            self.record_at(index, placed, names[self.people.root(placed.customer) as usize])
        })
    }

    /// The orders and credits of one customer, by any of the customer's ids, in the order of
    /// [`records`](OrderBook::records); none of one who is not known.
    ///
    /// [`CustomerHistory::from_records`](crate::CustomerHistory::from_records) makes the customer's history of them,
    /// [`Ledger::replace`](crate::Ledger::replace) mends a ledger by it. Takes time `k log k` in the customer's orders.
    ///
    /// # Errors
    ///
    /// Each as [`order`](OrderBook::order).
    pub fn records_of<Q: Hash + Eq + ?Sized>(&self, customer: &Q) -> impl Iterator<Item = Result<Record<Id>>> + '_
    where
        Id: Borrow<Q>,
    {
        let root = self.people.find(customer).map(|number| self.people.root(number));
        let first = root.and_then(|root| self.people.first_entry(root));
        let mut entries = Vec::new();
        let mut at = first;
        while let Some(index) = at {
            entries.push(index);
            at = Some(self.entries[index as usize].next).filter(|&next| first != Some(next));
        }
        let name = root.map_or(0, |root| self.people.name(root));
        self.sorted(entries).map(move |(index, placed)| self.record_at(index, placed, name))
    }

    /// The id by which a customer is known, by any of the customer's ids; `None` for one who is not.
    pub fn customer<Q: Hash + Eq + ?Sized>(&self, customer: &Q) -> Option<&Id>
    where
        Id: Borrow<Q>,
    {
        Some(self.people.id(self.people.name(self.people.find(customer)?)))
    }

    /// Orders that are placed, and credits.
    pub fn len(&self) -> usize {
        self.entries.len() - self.waiting
    }

    /// Whether there is neither an order that is placed nor a credit.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The orders that events named and none has placed, ascending by id: refunds of orders that never came.
    pub fn waiting(&self) -> impl Iterator<Item = &OrderId> {
        let mut waiting: Vec<_> = self.entries.iter().filter(|entry| entry.placed.is_none()).collect();
        waiting.sort_unstable_by_key(|entry| &entry.id);
        waiting.into_iter().map(|entry| &entry.id)
    }

    fn find<Q: Hash + Eq + ?Sized>(&self, order: &Q, is_credit: bool) -> Option<u32>
    where
        OrderId: Borrow<Q>,
    {
        let is_it = |&index: &u32| {
            let entry = &self.entries[index as usize];
            entry.is_credit == is_credit && entry.id.borrow() == order
        };
        self.table.find(HASH.hash_one((order, is_credit)), is_it).copied()
    }

    fn insert(&mut self, id: OrderId, is_credit: bool) -> Result<u32> {
        let index =
            u32::try_from(self.entries.len()).map_err(|_| Error::CountOverflow { field: "number of orders" })?;
        let hash = HASH.hash_one((&id, is_credit));
        self.entries.push(Entry { id, is_credit, placed: None, next: index, status: None, changes: None });
        let entries = &self.entries;
        self.table.insert_unique(hash, index, |&index| {
            let entry = &entries[index as usize];
            HASH.hash_one((&entry.id, entry.is_credit))
        });
        self.waiting += 1;
        Ok(index)
    }

    /// Undoes the last `insert`.
    fn forget_last(&mut self) {
        let Some(entry) = self.entries.pop() else { return };
        let index = self.entries.len() as u32;
        if let Ok(found) = self.table.find_entry(HASH.hash_one((&entry.id, entry.is_credit)), |&other| other == index) {
            found.remove();
        }
        self.waiting -= 1;
    }

    fn place(
        &mut self,
        index: u32,
        customer: Id,
        at: chrono::DateTime<chrono::Utc>,
        amount: rust_decimal::Decimal,
    ) -> Result<bool> {
        let Entry { placed, is_credit, .. } = self.entries[index as usize];
        if let Some(known) = placed {
            let person = self.people.find(&customer).map(|number| self.people.root(number));
            let found = Placed { customer: known.customer, at, amount };
            if person == Some(self.people.root(known.customer)) && found == known {
                return Ok(false);
            }
            let before = known.event(self.people.id(known.customer).clone(), is_credit);
            return Err(self.contradiction(index, &before, &found.event(customer, is_credit)));
        }
        let customer = self.people.number(customer)?;
        let root = self.people.root(customer);
        let entry = self.people.entry(root);
        let of_person = *entry.get_or_insert(index);
        if of_person != index {
            let next = self.entries[of_person as usize].next;
            self.entries[index as usize].next = next;
            self.entries[of_person as usize].next = index;
        }
        self.entries[index as usize].placed = Some(Placed { customer, at, amount });
        self.waiting -= 1;
        Ok(true)
    }

    fn contradiction(&self, index: u32, known: &OrderEvent<OrderId, Id>, found: &OrderEvent<OrderId, Id>) -> Error {
        Error::contradiction(&self.entries[index as usize].id, known, found)
    }

    /// The entries that are placed, in the order of `records`.
    fn sorted(&self, entries: Vec<u32>) -> impl Iterator<Item = (u32, Placed)> {
        let placed = entries.into_iter().filter_map(|index| Some((index, self.entries[index as usize].placed?)));
        let mut placed: Vec<_> = placed.collect();
        let key = |index: u32| (self.entries[index as usize].is_credit, &self.entries[index as usize].id);
        placed.sort_unstable_by(|(left, one), (right, other)| {
            one.at.cmp(&other.at).then_with(|| key(*left).cmp(&key(*right)))
        });
        placed.into_iter()
    }

    fn record_at(&self, index: u32, placed: Placed, name: u32) -> Result<Record<Id>> {
        let (entry, customer) = (&self.entries[index as usize], self.people.id(name).clone());
        let record = if entry.is_credit {
            Credit::new(customer, placed.at, placed.amount).map(Record::Credit)
        } else {
            entry.order(placed, customer).map(Record::Order)
        };
        record.map_err(|error| error.of_order(&entry.id))
    }
}
