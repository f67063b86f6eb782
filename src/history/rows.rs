//! Rows of customers, as a fold finishes them, on their way to a ledger.
//!
//! Written for speed before plainness: `benches/history.rs`, id `history/ledger`, must not get slower.

use chrono::NaiveDate;

use super::columns::{Columns, Minor};
use super::fold::{Workspace, fold, with_slack};
use super::log::LEAST_FACTS;
use super::statistics::Statistics;
use super::{CustomerFold, CustomerHistory, Fact, PurchaseLog};
use crate::error::Error;
use crate::number::money;
use crate::parallel;
use crate::record::CustomerId;
use crate::record::calendar::Day;

/// Rows that become columns together: so few that they stay at hand for one column after the other.
const BLOCK: usize = 64;

/// The most turns in which threads fold a log. After each, their rows join those of all, so that few wait. There are fewer
/// turns where the partitions of a log are few for its threads.
const TURNS: usize = 16;

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
    /// The rows of a log's customers: on one thread as the fold finishes them, on several turn by turn.
    pub(super) fn rows(log: &PurchaseLog<Id>, start: Day, as_of: NaiveDate) -> Rows<Id, S> {
        let (partitions, amounts, as_of) = (log.partitions.as_slice(), &log.amounts, as_of.into());
        let posting = || Self { start, rows: Rows::new(log.scale()) };
        let size = log.part_size(LEAST_FACTS);
        if size >= partitions.len() {
            let mut all = posting();
            fold(partitions, amounts, as_of, &mut all);
            return all.rows;
        }
        let parts = partitions.len().div_ceil(size);
        let size = size.div_ceil(TURNS).max(log.least_partitions(LEAST_FACTS));
        let mut workspaces: Vec<_> = (0..parts).map(|_| (Workspace::new(), posting())).collect();
        let mut all = Rows::new(log.scale());
        for turn in partitions.chunks(parts * size) {
            let partitions_of = |part: usize| turn.chunks(size).nth(part).unwrap_or_default();
            parallel::map_each(&mut workspaces, |part, (workspace, posting)| {
                workspace.fold(partitions_of(part), amounts, as_of, posting);
            });
            if all.ids.is_empty() {
                let customers: usize = workspaces.iter().map(|(_, posting)| posting.rows.ids.len()).sum();
                all.reserve(with_slack(customers * partitions.len().div_ceil(turn.len())));
            }
            all.take(&mut workspaces.iter_mut().map(|(_, posting)| &mut posting.rows).collect::<Vec<_>>());
        }
        all
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

    /// Moves the rows of `others` behind these.
    fn take(&mut self, others: &mut [&mut Self])
    where
        Id: Send,
    {
        let (mut ids, mut columns) = (Vec::with_capacity(others.len()), Vec::with_capacity(others.len()));
        for other in others {
            self.without_purchase.append(&mut other.without_purchase);
            if let Some((id, (error, fits_whole))) = other.refused.take() {
                self.refuse(id, error, fits_whole);
            }
            ids.push(&mut other.ids);
            columns.push(&mut other.columns);
        }
        let all = &mut self.ids;
        let take_ids = || {
            for ids in &mut ids {
                // Fewer customers than records, and of those fewer than 2^32.
                let before = all.len() as u32;
                all.extend(ids.drain(..).map(|(id, row)| (id, before + row)));
            }
        };
        self.columns.append_all(&mut columns, take_ids);
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
