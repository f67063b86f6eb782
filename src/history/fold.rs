//! Every customer's facts in the order of their days, without sorting them all.
//!
//! Facts lie in partitions by the hash of their customer, so that the states of a partition's customers stay in the
//! processor's cache while its facts stream by. A partition whose facts arrived in the order of days is read as it
//! lies; another is read through an index sorted by day. Either way each customer's facts come day by day, and what is
//! folded must not depend on anything else: not on their order within a day, not on the order of customers.
//!
//! Written for speed before plainness: `benches/history.rs`, id `history/ledger`, must not get slower.

use core::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;

use super::amounts::{Amounts, Fact, Packed};
use crate::record::CustomerId;
use crate::record::calendar::Day;

/// The seed of all hashes, of which any will do: the hash decides where a fact lies, never what comes out.
pub(crate) const HASH: FixedState = FixedState::with_seed(0);

/// The part of a customer, of `parts`, a power of two. Tables inside a part use the hash's ends: its middle chooses.
#[inline]
pub(super) fn part_of<Id: Hash>(customer: &Id, parts: usize) -> usize {
    (HASH.hash_one(customer) >> 32) as usize & (parts - 1)
}

/// The facts of the customers whose hash chose this partition.
#[derive(Debug, Clone)]
pub(crate) struct Partition<Id> {
    facts: Vec<(Id, Packed)>,
    /// Later facts, as other partitions brought them; empty where the facts are not in the order of days.
    more: Vec<Vec<(Id, Packed)>>,
    /// The newest facts that were staged: written one by one here, within the cache, and to memory many at a time.
    staged: Vec<(Id, Packed)>,
    /// Whether the facts are in the order of days.
    ascending: bool,
}

impl<Id> Partition<Id> {
    pub(crate) fn with_capacity(capacity: usize, staged: usize) -> Self {
        Self {
            facts: Vec::with_capacity(capacity),
            more: Vec::new(),
            staged: Vec::with_capacity(staged),
            ascending: true,
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, customer: Id, fact: Packed) {
        self.facts.push((customer, fact));
    }

    /// [Pushes](Partition::push) by way of the staged facts; one or the other for all facts of a partition.
    #[inline]
    pub(crate) fn stage(&mut self, customer: Id, fact: Packed) {
        if self.staged.len() == self.staged.capacity() {
            self.facts.append(&mut self.staged);
        }
        self.staged.push((customer, fact));
    }

    /// Ends the partition when all facts are in; `ascending` if they are known to be in the order of days.
    pub(crate) fn finish(&mut self, ascending: bool) {
        self.facts.append(&mut self.staged);
        self.staged = Vec::new();
        self.ascending = ascending || self.facts.is_sorted_by_key(|(_, fact)| fact.day_number());
    }

    /// Takes over finished facts of the same customers, which come after these.
    pub(crate) fn append(&mut self, mut later: Self, moved: Option<i64>) {
        let Some((_, first)) = later.facts.first() else { return };
        let last = self.more.last().unwrap_or(&self.facts).last().map_or(0, |(_, fact)| fact.day_number());
        self.ascending &= later.ascending && last <= first.day_number();
        if let Some(places) = moved {
            later.facts.iter_mut().for_each(|(_, fact)| *fact = fact.moved(places));
        }
        if self.facts.is_empty() { self.facts = later.facts } else { self.more.push(later.facts) }
    }

    /// Joins the facts when all are taken over.
    pub(crate) fn unite(&mut self) {
        if !self.ascending {
            self.facts.reserve_exact(self.more.iter().map(Vec::len).sum());
            self.more.drain(..).for_each(|facts| self.facts.extend(facts));
        }
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = &(Id, Packed)> {
        self.facts.iter().chain(self.more.iter().flatten())
    }

    pub(crate) fn facts_mut(&mut self) -> impl Iterator<Item = &mut Packed> {
        self.facts.iter_mut().chain(&mut self.staged).map(|(_, fact)| fact)
    }
}

impl<Id: CustomerId> Partition<Id> {
    /// Takes a step for each fact up to and including `as_of`, in the order of days.
    #[inline]
    pub(super) fn walk<A: StateOf<Id>>(
        &self,
        as_of: Day,
        amounts: &Amounts,
        order: &mut DayOrder,
        accounts: &mut A,
        mut step: impl FnMut(&Id, &mut A::State, Fact),
    ) {
        let last = as_of.since(Day::MIN);
        let counts = |(_, packed): &(Id, Packed)| packed.day_number() <= last;
        if self.ascending {
            for facts in core::iter::once(&self.facts).chain(&self.more) {
                let facts = &facts[..facts.partition_point(counts)];
                read(facts.iter(), amounts, accounts, &mut step);
            }
        } else {
            let facts = self.facts.as_slice();
            order.sort(facts);
            let end = order.indices.partition_point(|&index| counts(&facts[index as usize]));
            let facts = order.indices[..end].iter().map(|&index| &facts[index as usize]);
            read(facts, amounts, accounts, &mut step);
        }
    }
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
}

/// Folds the facts up to and including `as_of`.
pub(crate) fn fold<Id: CustomerId, F: CustomerFold<Id>>(
    partitions: &[Partition<Id>],
    amounts: &Amounts,
    as_of: Day,
    folder: &mut F,
) {
    let mut accounts = Accounts::new();
    let mut order = DayOrder::default();
    for (index, partition) in partitions.iter().enumerate() {
        let step = |customer: &Id, state: &mut F::State, fact| folder.step(customer, state, fact);
        partition.walk(as_of, amounts, &mut order, &mut accounts, step);
        // The first partition may have fewer customers than the others: room that falls short is paid for twice.
        // How much room there is changes time alone.
        let expected = accounts.list.len() * (partitions.len() - index);
        folder.reserve(if index == 0 { expected + expected / 16 } else { expected });
        for (customer, state) in accounts.drain() {
            folder.finish(customer, state);
        }
    }
}

/// Facts whose accounts are looked up together, so that the processor fetches them side by side.
const BLOCK: usize = 64;

fn read<'a, Id: CustomerId + 'a, A: StateOf<Id>>(
    facts: impl Iterator<Item = &'a (Id, Packed)>,
    amounts: &Amounts,
    accounts: &mut A,
    step: &mut impl FnMut(&Id, &mut A::State, Fact),
) {
    // Asked once, not of every fact.
    if amounts.are_direct() {
        step_blocks(facts, Packed::direct, accounts, step);
    } else {
        step_blocks(facts, |packed| amounts.unpack(packed), accounts, step);
    }
}

fn step_blocks<'a, Id: CustomerId + 'a, A: StateOf<Id>>(
    mut facts: impl Iterator<Item = &'a (Id, Packed)>,
    unpack: impl Fn(Packed) -> Fact,
    accounts: &mut A,
    step: &mut impl FnMut(&Id, &mut A::State, Fact),
) {
    let mut block = Vec::with_capacity(BLOCK);
    loop {
        block.extend(facts.by_ref().take(BLOCK).map(|fact| (accounts.place(&fact.0), fact)));
        if block.is_empty() {
            return;
        }
        for (place, (customer, packed)) in block.drain(..) {
            step(customer, accounts.state(place), unpack(*packed));
        }
    }
}

/// A store of the states of customers.
pub(super) trait StateOf<Id> {
    type State;
    type Place: Copy;

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
        HASH.hash_one(customer) as usize & (self.table.len() - 1)
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

    /// All customers and their states, of whom none is left.
    fn drain(&mut self) -> impl Iterator<Item = (Id, State)> {
        self.table.fill(FREE);
        self.list.drain(..)
    }
}

/// The order of a partition's facts by day.
#[derive(Default)]
pub(super) struct DayOrder {
    indices: Vec<u32>,
    starts: Vec<u32>,
}

impl DayOrder {
    fn sort<Id>(&mut self, facts: &[(Id, Packed)]) {
        let days = || facts.iter().map(|(_, fact)| fact.day_number());
        let (Some(first), Some(last)) = (days().min(), days().max()) else {
            return self.indices.clear();
        };
        let span = (last - first) as usize;
        if span > 4 * facts.len() {
            // Few facts over many years: a counting sort would walk mostly empty days.
            self.indices.clear();
            self.indices.extend(0..facts.len() as u32);
            self.indices.sort_unstable_by_key(|&index| facts[index as usize].1.day_number());
            return;
        }
        self.starts.clear();
        self.starts.resize(span + 2, 0);
        for day in days() {
            self.starts[(day - first) as usize + 1] += 1;
        }
        for day in 1..self.starts.len() {
            self.starts[day] += self.starts[day - 1];
        }
        self.indices.clear();
        self.indices.resize(facts.len(), 0);
        for (index, day) in days().enumerate() {
            let place = &mut self.starts[(day - first) as usize];
            self.indices[*place as usize] = index as u32;
            *place += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use core::hash::{Hash, Hasher};

    use super::*;
    use crate::history::amounts::Amounts;

    fn partition(staged: usize, days: &[u32]) -> Partition<usize> {
        let (mut partition, mut amounts) = (Partition::with_capacity(1, staged), Amounts::with_scale(0));
        let put = if staged == 0 { Partition::push } else { Partition::stage };
        for (customer, &day) in days.iter().enumerate() {
            put(&mut partition, customer, amounts.pack(Fact { day: Day::nth(day), amount: 1 }));
        }
        assert_eq!(partition.facts_mut().count(), days.len());
        partition.finish(false);
        partition
    }

    #[test]
    fn staged_or_not_facts_stay_in_their_order() {
        for days in [vec![], vec![7], vec![1, 2, 2, 5, 6, 6, 9, 10], vec![3, 1, 2, 2, 9, 8, 8], vec![0; 13]] {
            for staged in [0, 1, 3, 4, 100] {
                let partition = partition(staged, &days);
                let facts = partition.facts().map(|&(customer, fact)| (customer, fact.day_number()));
                assert!(facts.eq(days.iter().copied().enumerate()), "{days:?}, {staged} staged");
                assert_eq!(partition.ascending, days.is_sorted());
            }
        }
    }

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
            let states: Vec<_> = accounts.drain().collect();
            assert!(states.into_iter().eq((0..200).map(|id| (Colliding(id), 2 * (id + round)))));
        }
    }
}
