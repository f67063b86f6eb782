//! Every customer's facts in the order of their days, without sorting them all.
//!
//! Facts lie in partitions by the hash of their customer, so that the states of a partition's customers stay in the
//! processor's cache while its facts stream by. A partition whose facts arrived in the order of days is read as it
//! lies; of another, references are sorted by day. Either way each customer's facts come day by day, and what is
//! folded must not depend on anything else: not on their order within a day, not on the order of customers.
//!
//! Written for speed before plainness: `benches/history.rs`, id `history/ledger`, must not get slower.

use core::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;

use super::amounts::{Amounts, Fact};
use super::partition::{DayOrder, Partition};
use crate::record::CustomerId;
use crate::record::calendar::Day;

/// The seed of all hashes, of which any will do: the hash decides where a fact lies, never what comes out.
pub(crate) const HASH: FixedState = FixedState::with_seed(0);

#[inline]
pub(super) fn hash_of<Id: Hash>(customer: &Id) -> u64 {
    HASH.hash_one(customer)
}

/// Which of `parts`, a power of two, a customer of this hash lies in. Tables inside a part use the hash's ends: its
/// middle chooses.
#[inline]
pub(super) const fn part_of(hash: u64, parts: usize) -> usize {
    (hash >> 32) as usize & (parts - 1)
}

/// A fold of each customer's facts, which come day by day, purchases and credits of a day in any order.
pub(crate) trait CustomerFold<Id> {
    /// The state of one customer.
    type State: Default;

    /// The next fact of a customer, whose id is given as it stands at that fact.
    fn step(&mut self, customer: &Id, state: &mut Self::State, fact: Fact);

    /// Announces about how many customers are still to finish.
    fn reserve(&mut self, _customers: usize) {}

    /// The customer has no more facts. Customers finish in no particular order.
    fn finish(&mut self, customer: Id, state: Self::State);

    /// Finishes all of these customers, of whom none is left.
    fn finish_all(&mut self, customers: &mut Vec<(Id, Self::State)>) {
        customers.drain(..).for_each(|(customer, state)| self.finish(customer, state));
    }
}

/// Folds the facts up to and including `as_of`.
pub(crate) fn fold<Id: CustomerId, F: CustomerFold<Id>>(
    partitions: &[Partition<Id>],
    amounts: &Amounts,
    as_of: Day,
    folder: &mut F,
) {
    Workspace::new().fold(partitions, amounts, as_of, folder);
}

/// The memory that a fold works in, reused from one partition to the next.
pub(super) struct Workspace<Id, State> {
    accounts: Accounts<Id, State>,
    order: DayOrder,
}

impl<Id: CustomerId, State: Default> Workspace<Id, State> {
    pub(super) fn new() -> Self {
        Self { accounts: Accounts::new(), order: DayOrder::default() }
    }

    /// As [`fold`].
    pub(super) fn fold<F: CustomerFold<Id, State = State>>(
        &mut self,
        partitions: &[Partition<Id>],
        amounts: &Amounts,
        as_of: Day,
        folder: &mut F,
    ) {
        for (index, partition) in partitions.iter().enumerate() {
            let step = |customer: &Id, state: &mut State, fact| folder.step(customer, state, fact);
            partition.walk(as_of, amounts, &mut self.order, &mut self.accounts, step);
            let expected = self.accounts.list.len() * (partitions.len() - index);
            folder.reserve(if index == 0 { with_slack(expected) } else { expected });
            folder.finish_all(self.accounts.close());
        }
    }
}

/// Room for about so many customers: a first part may have fewer than the others, and room that falls short is paid for
/// twice. How much room there is changes time alone.
pub(super) const fn with_slack(expected: usize) -> usize {
    expected + expected / 16
}

/// Where the states of customers are kept.
pub(super) trait StateOf<Id> {
    type State;
    type Place: Copy + Default;

    /// Returns the place of a customer's state, a new one where there is none yet.
    fn place(&mut self, customer: &Id) -> Self::Place;

    fn state(&mut self, place: Self::Place) -> &mut Self::State;
}

/// The states of a partition's customers, found by their hash.
#[derive(Debug, Clone)]
pub(super) struct Accounts<Id, State> {
    /// The place in the list of each customer, or [`FREE`]: where the hash says, or at the next entry that was
    /// free. A power of two of entries, [`ROOM`] times as many as customers or more, so that nearly all are found at
    /// once, by a branch that the processor foresees.
    table: Vec<u32>,
    list: Vec<(Id, State)>,
}

/// The mark of no place in a list: a log holds fewer than 2^32 facts, so fewer customers too.
const FREE: u32 = u32::MAX;

/// Entries for each customer.
const ROOM: usize = 8;

impl<Id: CustomerId, State: Default> StateOf<Id> for Accounts<Id, State> {
    type State = State;
    type Place = u32;

    #[inline]
    fn place(&mut self, customer: &Id) -> u32 {
        let entry = self.home(customer);
        let index = self.table[entry];
        match self.list.get(index as usize) {
            Some((known, _)) if known == customer => index,
            _ => self.search(entry, customer),
        }
    }

    #[inline]
    fn state(&mut self, place: u32) -> &mut State {
        &mut self.list[place as usize].1
    }
}

impl<Id, State> Accounts<Id, State> {
    /// Returns every customer with the state so far.
    pub(super) fn list(&mut self) -> &mut [(Id, State)] {
        &mut self.list
    }

    /// Returns every customer with the final state.
    pub(super) fn into_list(self) -> Vec<(Id, State)> {
        self.list
    }
}

impl<Id: CustomerId, State: Default> Accounts<Id, State> {
    pub(super) fn new() -> Self {
        Self { table: vec![FREE; ROOM], list: Vec::new() }
    }

    #[inline]
    fn home(&self, customer: &Id) -> usize {
        hash_of(customer) as usize & (self.table.len() - 1)
    }

    #[cold]
    fn search(&mut self, mut entry: usize, customer: &Id) -> u32 {
        while let Some((known, _)) = self.list.get(self.table[entry] as usize) {
            if known == customer {
                return self.table[entry];
            }
            entry = self.after(entry);
        }
        let index = self.list.len() as u32;
        self.list.push((customer.clone(), State::default()));
        self.table[entry] = index;
        if self.list.len() * ROOM > self.table.len() {
            self.grow();
        }
        index
    }

    fn after(&self, entry: usize) -> usize {
        (entry + 1) & (self.table.len() - 1)
    }

    fn grow(&mut self) {
        let entries = self.table.len() * 2;
        self.table.clear();
        self.table.resize(entries, FREE);
        for index in 0..self.list.len() {
            let mut entry = self.home(&self.list[index].0);
            while self.table[entry] != FREE {
                entry = self.after(entry);
            }
            self.table[entry] = index as u32;
        }
    }

    /// Returns all customers and their states, of whom none may be left there.
    fn close(&mut self) -> &mut Vec<(Id, State)> {
        self.table.fill(FREE);
        &mut self.list
    }
}

#[cfg(test)]
mod tests {
    use core::hash::{Hash, Hasher};

    use super::*;

    /// An id that collides with every third one.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    struct Colliding(u32);

    impl Hash for Colliding {
        fn hash<H: Hasher>(&self, state: &mut H) {
            (self.0 % 3).hash(state);
        }
    }

    #[test]
    fn customers_of_one_hash_have_accounts_of_their_own() {
        let mut accounts = Accounts::<Colliding, u32>::new();
        for round in 0..2 {
            for id in (0..200).chain(0..200) {
                let index = accounts.place(&Colliding(id)) as usize;
                accounts.list[index].1 += id + round;
            }
            assert!(accounts.table.len() >= 200 * ROOM && accounts.table.len().is_power_of_two());
            let states: Vec<_> = accounts.close().drain(..).collect();
            assert!(states.into_iter().eq((0..200).map(|id| (Colliding(id), 2 * (id + round)))));
        }
    }
}
