//! Every customer's facts in the order of their days, without sorting them all.
//!
//! Facts lie in partitions by the hash of their customer, so that the states of a partition's customers stay in the
//! processor's cache while its facts stream by. A partition whose facts arrived in the order of days is read as it
//! lies; another is read through an index sorted by day. Either way each customer's facts come day by day, and what is
//! folded must not depend on anything else: not on their order within a day, not on the order of customers.

use core::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::amounts::{Amounts, Fact, Packed};
use crate::record::CustomerId;
use crate::record::calendar::Day;

/// Any fixed seed will do: the hash decides where a fact lies, never what comes out.
pub(crate) const HASH: FixedState = FixedState::with_seed(0);

/// The facts of the customers whose hash chose this partition.
#[derive(Debug, Clone)]
pub(crate) struct Partition<Id> {
    facts: Vec<(Id, Packed)>,
    /// Later facts, as other partitions brought them; empty where the facts are not in the order of days.
    more: Vec<Vec<(Id, Packed)>>,
    /// The newest facts. They are written one by one here, within the cache, and to memory many at a time.
    staged: Vec<(Id, Packed)>,
    last: u32,
    ascending: bool,
}

const STAGED: usize = 64;

impl<Id> Partition<Id> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self {
            facts: Vec::with_capacity(capacity),
            more: Vec::new(),
            staged: Vec::with_capacity(STAGED),
            last: 0,
            ascending: true,
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, customer: Id, fact: Packed) {
        let day = fact.day_number();
        self.ascending &= self.last <= day;
        self.last = day;
        self.staged.push((customer, fact));
        if self.staged.len() == STAGED {
            self.facts.append(&mut self.staged);
        }
    }

    /// To be called when all facts are in.
    pub(crate) fn finish(&mut self) {
        self.facts.append(&mut self.staged);
        self.staged = Vec::new();
    }

    /// Takes over finished facts of the same customers, which come after these.
    pub(crate) fn append(&mut self, mut later: Self, moved: Option<i64>) {
        let Some((_, first)) = later.facts.first() else { return };
        self.ascending &= later.ascending && self.last <= first.day_number();
        self.last = later.last;
        if let Some(places) = moved {
            later.facts.iter_mut().for_each(|(_, fact)| *fact = fact.moved(places));
        }
        if self.facts.is_empty() { self.facts = later.facts } else { self.more.push(later.facts) }
    }

    /// To be called when all facts are taken over.
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

/// What is gathered from each customer's facts, which come day by day, purchases and credits of a day in any order.
pub(crate) trait CustomerFold<Id> {
    /// What is known of one customer so far.
    type State: Default;

    /// The customer's next fact.
    fn step(&mut self, state: &mut Self::State, fact: Fact);

    /// About so many customers are still to finish.
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
    let mut accounts = Accounts { table: HashTable::new(), list: Vec::new() };
    let mut order = DayOrder::default();
    for (index, partition) in partitions.iter().enumerate() {
        if partition.ascending {
            for facts in core::iter::once(&partition.facts).chain(&partition.more) {
                read(facts.iter(), amounts, as_of, &mut accounts, folder);
            }
        } else {
            let facts = partition.facts.as_slice();
            order.sort(facts);
            read(order.indices.iter().map(|&index| &facts[index as usize]), amounts, as_of, &mut accounts, folder);
        }
        accounts.table.clear();
        folder.reserve(accounts.list.len() * (partitions.len() - index));
        for (customer, state) in accounts.list.drain(..) {
            folder.finish(customer, state);
        }
    }
}

/// Facts whose accounts are looked up together, so that the processor fetches them side by side.
const BLOCK: usize = 32;

fn read<'a, Id: CustomerId + 'a, F: CustomerFold<Id>>(
    facts: impl Iterator<Item = &'a (Id, Packed)>,
    amounts: &Amounts,
    as_of: Day,
    accounts: &mut Accounts<Id, F::State>,
    folder: &mut F,
) {
    let last = as_of.since(Day::MIN);
    let mut facts = facts.filter(|(_, packed)| packed.day_number() <= last);
    let mut block = Vec::with_capacity(BLOCK);
    loop {
        block.extend(facts.by_ref().take(BLOCK).map(|(customer, packed)| (accounts.index(customer), *packed)));
        if block.is_empty() {
            return;
        }
        for (index, packed) in block.drain(..) {
            folder.step(&mut accounts.list[index as usize].1, amounts.unpack(packed));
        }
    }
}

/// The states of a partition's customers.
struct Accounts<Id, State> {
    /// Places in the list, by the hash of the customer there.
    table: HashTable<u32>,
    list: Vec<(Id, State)>,
}

impl<Id: CustomerId, State: Default> Accounts<Id, State> {
    #[inline]
    fn index(&mut self, customer: &Id) -> u32 {
        let hash = HASH.hash_one(customer);
        let found = self.table.find(hash, |&index| self.list[index as usize].0 == *customer);
        if let Some(&index) = found { index } else { self.open(hash, customer) }
    }

    #[cold]
    fn open(&mut self, hash: u64, customer: &Id) -> u32 {
        // A log holds fewer than 2^32 facts, so fewer customers too.
        let index = self.list.len() as u32;
        self.list.push((customer.clone(), State::default()));
        self.table.insert_unique(hash, index, |&index| HASH.hash_one(&self.list[index as usize].0));
        index
    }
}

/// The order of a partition's facts by day.
#[derive(Default)]
struct DayOrder {
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
