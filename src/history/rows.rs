//! Rows of customers, as a fold finishes them, on their way to a ledger.
//!
//! Written for speed before plainness: `benches/history.rs`, id `history/ledger`, must not get slower.

use chrono::NaiveDate;

use super::columns::{Columns, Minor};
use super::statistics::Statistics;
use super::{CustomerFold, CustomerHistory, Fact, PurchaseLog};
use crate::error::Error;
use crate::number::money;
use crate::record::CustomerId;
use crate::record::calendar::Day;

/// Rows that become columns together: so few that they stay at hand for one column after the other.
const BLOCK: usize = 64;

/// Folds facts from `start` on into rows.
pub(super) struct Posting<Id, S> {
    start: Day,
    pub(super) rows: Rows<Id, S>,
}

impl<Id: CustomerId> Posting<Id, i128> {
    /// A fold of facts of any day, in units of `10^-scale`.
    pub(super) fn new(scale: u32) -> Self {
        Self { start: Day::MIN, rows: Rows::new(scale) }
    }
}

impl<Id: CustomerId, S: Minor> Posting<Id, S> {
    pub(super) fn rows(log: &PurchaseLog<Id>, start: Day, as_of: NaiveDate) -> Vec<Rows<Id, S>> {
        let posting = || Self { start, rows: Rows::new(log.scale()) };
        log.fold_parts(as_of, posting).into_iter().map(|posting| posting.rows).collect()
    }
}

impl<Id: Ord, S: Minor> CustomerFold<Id> for Posting<Id, S> {
    type State = Statistics<S>;

    fn step(&mut self, _: &Id, row: &mut Statistics<S>, fact: Fact) {
        if fact.day < self.start {
            return;
        }
        // Sums of integers always have room.
        let _: Option<()> =
            if fact.is_purchase() { row.add_purchase(fact.day, fact.amount) } else { row.add_credit(-fact.amount) };
    }

    fn reserve(&mut self, customers: usize) {
        self.rows.reserve(customers);
    }

    fn finish(&mut self, customer: Id, row: Statistics<S>) {
        self.rows.push(customer, row);
    }

    fn finish_all(&mut self, customers: &mut Vec<(Id, Statistics<S>)>) {
        self.rows.append(customers);
    }
}

/// Rows of distinct customers in any order, on their way to a ledger.
#[derive(Debug)]
pub(super) struct Rows<Id, S> {
    scale: u32,
    /// The ids with the place of each one's row.
    pub(super) ids: Vec<(Id, u32)>,
    pub(super) columns: Columns<Vec<S>>,
    pub(super) without_purchase: Vec<(Id, CustomerHistory)>,
    /// The first customer by id who was refused; whether the sum in question fits without its decimals.
    pub(super) refused: Option<(Id, (Error, bool))>,
}

impl<Id, S: Minor> Rows<Id, S> {
    pub(super) fn new(scale: u32) -> Self {
        let columns = Columns::default();
        Self { scale, ids: Vec::new(), columns, without_purchase: Vec::new(), refused: None }
    }
}

impl<Id: Ord, S: Minor> Rows<Id, S> {
    pub(super) fn reserve(&mut self, customers: usize) {
        self.ids.reserve(customers);
        self.columns.reserve(customers);
    }

    /// As [`push`](Rows::push) for each of these, of whom none is left.
    pub(super) fn append(&mut self, rows: &mut Vec<(Id, Statistics<S>)>) {
        let mut rows = rows.drain(..);
        while let Some(block) = rows.as_slice().chunks(BLOCK).next() {
            let all_enter = block.iter().all(|(_, row)| row.purchases > 0 && row.too_large().is_none());
            if all_enter {
                self.columns.extend(block);
                let places = self.next_place()..;
                self.ids.extend(rows.by_ref().take(BLOCK).map(|(id, _)| id).zip(places));
            } else {
                rows.by_ref().take(BLOCK).for_each(|(id, row)| self.push(id, row));
            }
        }
    }

    /// The place of the next row.
    fn next_place(&self) -> u32 {
        // Fewer customers than records, and of those fewer than 2^32.
        self.ids.len() as u32
    }

    pub(super) fn push(&mut self, id: Id, row: Statistics<S>) {
        if let Some((field, sum)) = row.too_large() {
            let fits_whole = money::power(self.scale).is_some_and(|unit| money::fits(sum / unit));
            self.refuse(id, Error::AmountOverflow { field }, fits_whole);
        } else if row.purchases > 0 {
            self.ids.push((id, self.next_place()));
            self.columns.extend(&[((), row)]);
        } else if row.credits > 0 {
            self.without_purchase.push((id, CustomerHistory { known: row.decimal(self.scale) }));
        }
    }

    pub(super) fn refuse(&mut self, id: Id, error: Error, fits_whole: bool) {
        if self.refused.as_ref().is_none_or(|(first, _)| id < *first) {
            self.refused = Some((id, (error, fits_whole)));
        }
    }
}
