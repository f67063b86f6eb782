//! The facts of some of the customers.
//!
//! An id of at most eight bytes stands beside each of its customer's facts. What is larger or owns memory is kept once, and
//! each fact has the number of its customer: a fact then takes 12 bytes whatever the id, and a question looks a customer up
//! once and not at each fact.
//!
//! Written for speed before plainness: `benches/history.rs`, ids `history/log_from_columns` and `history/ledger`, must
//! not get slower.

use core::borrow::Borrow;

use super::amounts::{Amounts, Fact, Packed};
use super::fold::{StateOf, hash_of};
use super::names::Names;
use crate::record::calendar::Day;
use crate::record::{CustomerId, has_key};

/// Whether ids like this one are kept once: not those that cost no more than a number, nor those of which equal ones
/// differ by a key of the order.
pub(super) fn keeps_once<Id: CustomerId>(id: &Id) -> bool {
    may_keep_once::<Id>() && !has_key(id)
}

/// Whether any id of the type is kept once.
#[inline]
const fn may_keep_once<Id>() -> bool {
    core::mem::needs_drop::<Id>() || size_of::<Id>() > size_of::<u64>()
}

/// The facts of the customers whose hash chose this partition.
#[derive(Debug, Clone)]
pub(crate) struct Partition<Id> {
    /// The first facts, with the numbers of their ids, which are kept once.
    numbered: Vec<(u32, Packed)>,
    names: Names<Id>,
    /// Later facts with their ids beside them.
    beside: Vec<(Id, Packed)>,
    /// Later facts, as other partitions brought them.
    more: Vec<Vec<(Id, Packed)>>,
    /// The newest facts that were staged: written one by one here, within the cache, and to memory many at a time.
    staged: Vec<(Id, Packed)>,
    /// Whether the facts are in the order of days.
    ascending: bool,
}

impl<Id> Partition<Id> {
    pub(crate) fn with_capacity(capacity: usize, staged: usize) -> Self {
        let (beside, staged) = (Vec::with_capacity(capacity), Vec::with_capacity(staged));
        Self { numbered: Vec::new(), names: Names::default(), beside, more: Vec::new(), staged, ascending: true }
    }

    #[inline]
    pub(crate) fn push(&mut self, customer: Id, fact: Packed) {
        self.beside.push((customer, fact));
    }

    /// As [`push`](Partition::push), by way of what is staged; one or the other for all facts of a partition.
    #[inline]
    pub(crate) fn stage(&mut self, customer: Id, fact: Packed) {
        if self.staged.len() == self.staged.capacity() {
            self.beside.append(&mut self.staged);
        }
        self.staged.push((customer, fact));
    }

    /// Takes over finished facts of the same customers, which come after these, with their ids beside them; of their
    /// amounts, those that are aside are so many places further on.
    pub(crate) fn append(&mut self, mut later: Self, places: i64) {
        let Some((_, first)) = later.beside.first() else { return };
        let last = self.more.last().unwrap_or(&self.beside).last().map_or(0, |(_, fact)| fact.day_number());
        self.ascending &= later.ascending && last <= first.day_number();
        if places > 0 {
            later.beside.iter_mut().for_each(|(_, fact)| *fact = fact.moved(places));
        }
        if self.beside.is_empty() { self.beside = later.beside } else { self.more.push(later.beside) }
    }

    /// To be called when all facts are in; whether they came in the order of days, if that is known.
    pub(crate) fn finish(&mut self, ascending: bool) {
        self.beside.append(&mut self.staged);
        self.staged = Vec::new();
        self.names.finish();
        self.numbered.shrink_to_fit();
        if self.beside.is_empty() {
            self.beside = Vec::new();
        }
        self.ascending = ascending || self.facts().map(|(_, fact)| fact.day_number()).is_sorted();
    }

    /// The facts that have their ids beside them.
    fn with_ids(&self) -> impl Iterator<Item = &(Id, Packed)> {
        self.beside.iter().chain(self.more.iter().flatten())
    }

    /// The answers for each name, then for each id beside a fact.
    pub(super) fn ask(&self, keep: impl FnMut(&Id) -> bool) -> Vec<bool> {
        self.names.list().iter().chain(self.with_ids().map(|(id, _)| id)).map(keep).collect()
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = (&Id, Packed)> {
        let names = self.names.list();
        let numbered = self.numbered.iter().map(|&(number, fact)| (&names[number as usize], fact));
        numbered.chain(self.with_ids().map(|(id, fact)| (id, *fact)))
    }

    pub(crate) fn facts_mut(&mut self) -> impl Iterator<Item = &mut Packed> {
        let beside = self.beside.iter_mut().chain(&mut self.staged).map(|(_, fact)| fact);
        self.numbered.iter_mut().map(|(_, fact)| fact).chain(beside)
    }
}

impl<Id: CustomerId> Partition<Id> {
    /// Keeps the ids beside facts once.
    pub(super) fn settle(&mut self) {
        let (mut beside, staged) = (core::mem::take(&mut self.beside), self.staged.drain(..));
        self.numbered.reserve(beside.len() + staged.len());
        number(beside.drain(..).chain(staged), &mut self.names, &mut self.numbered, |id| id);
        self.beside = beside;
    }

    /// The part of a finished partition for which [`ask`](Partition::ask) was answered yes.
    pub(super) fn kept(&self, answers: &[bool]) -> Self {
        let (of_names, of_facts) = answers.split_at(self.names.list().len());
        let (names, numbers) = self.names.kept(of_names);
        let numbered = self.numbered.iter().filter_map(|&(number, fact)| Some((numbers[number as usize]?, fact)));
        let beside = self.with_ids().zip(of_facts).filter(|&(_, &is_kept)| is_kept).map(|(fact, _)| fact.clone());
        let (numbered, beside) = (numbered.collect(), beside.collect());
        Self { numbered, names, beside, more: Vec::new(), staged: Vec::new(), ascending: self.ascending }
    }

    /// The finished partition with its own ids, each kept once.
    pub(super) fn of_borrowed(borrowed: Partition<&Id>) -> Self {
        let facts = borrowed.beside.len() + borrowed.more.iter().map(Vec::len).sum::<usize>();
        let (mut numbered, mut names) = (Vec::with_capacity(facts), Names::default());
        let facts = borrowed.beside.into_iter().chain(borrowed.more.into_iter().flatten());
        number(facts, &mut names, &mut numbered, Clone::clone);
        names.finish();
        Self { numbered, names, ascending: borrowed.ascending, ..Self::with_capacity(0, 0) }
    }

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
        let scope = (self.ascending, as_of, amounts);
        // Of a finished partition, there are only the one or only the other.
        if self.numbered.is_empty() {
            let parts = core::iter::once(&self.beside).chain(&self.more);
            return walk(parts.map(Vec::as_slice), scope, order, accounts, step);
        }
        let names = self.names.list();
        let mut accounts = Numbered { names, places: vec![None; names.len()], accounts };
        let numbered = core::iter::once(self.numbered.as_slice());
        walk(numbered, scope, order, &mut accounts, |&number, state, fact| step(&names[number as usize], state, fact));
    }
}

/// Numbers facts, each by its customer's id, of which `own` makes what is kept.
fn number<Id: CustomerId, C: Borrow<Id>>(
    mut facts: impl Iterator<Item = (C, Packed)>,
    names: &mut Names<Id>,
    numbered: &mut Vec<(u32, Packed)>,
    own: impl Fn(C) -> Id,
) {
    // Ids are hashed block by block, so that the processor fetches what they own side by side.
    let mut block = Vec::with_capacity(BLOCK);
    loop {
        block.extend(facts.by_ref().take(BLOCK).map(|(id, fact)| (hash_of(id.borrow()), id, fact)));
        if block.is_empty() {
            return;
        }
        numbered.extend(block.drain(..).map(|(hash, id, fact)| (names.number(hash, id, &own), fact)));
    }
}

/// Where the states of numbered customers are kept.
struct Numbered<'a, Id, A: StateOf<Id>> {
    names: &'a [Id],
    /// Of each customer who was looked up.
    places: Vec<Option<A::Place>>,
    accounts: &'a mut A,
}

impl<Id, A: StateOf<Id>> StateOf<u32> for Numbered<'_, Id, A> {
    type State = A::State;
    type Place = A::Place;

    #[inline]
    fn place(&mut self, number: &u32) -> A::Place {
        let number = *number as usize;
        *self.places[number].get_or_insert_with(|| self.accounts.place(&self.names[number]))
    }

    #[inline]
    fn state(&mut self, place: A::Place) -> &mut A::State {
        self.accounts.state(place)
    }
}

/// Takes a step for each fact up to and including a day, in the order of days, in which they may be already.
#[inline]
fn walk<'a, W: 'a, A: StateOf<W>>(
    parts: impl Iterator<Item = &'a [(W, Packed)]> + Clone,
    (ascending, as_of, amounts): (bool, Day, &Amounts),
    order: &mut DayOrder,
    accounts: &mut A,
    mut step: impl FnMut(&W, &mut A::State, Fact),
) {
    let last = as_of.since(Day::MIN);
    let counts = |(_, packed): &(W, Packed)| packed.day_number() <= last;
    if ascending {
        for facts in parts {
            read(&facts[..facts.partition_point(counts)], |fact| fact, amounts, accounts, &mut step);
        }
    } else {
        let facts = order.of(parts);
        let end = facts.partition_point(|fact| counts(fact));
        read(&facts[..end], |fact| fact, amounts, accounts, &mut step);
    }
}

/// Facts whose accounts are looked up together, so that the processor fetches them side by side.
const BLOCK: usize = 64;

/// Reads facts in the order of rows, each of which leads to one.
fn read<'a, R, W: 'a, A: StateOf<W>>(
    rows: &'a [R],
    fact_of: impl Fn(&'a R) -> &'a (W, Packed),
    amounts: &Amounts,
    accounts: &mut A,
    step: &mut impl FnMut(&W, &mut A::State, Fact),
) {
    // Asked once, not of every fact.
    if amounts.are_direct() {
        step_blocks(rows, fact_of, Packed::direct, accounts, step);
    } else {
        step_blocks(rows, fact_of, |packed| amounts.unpack(packed), accounts, step);
    }
}

fn step_blocks<'a, R, W: 'a, A: StateOf<W>>(
    rows: &'a [R],
    fact_of: impl Fn(&'a R) -> &'a (W, Packed),
    unpack: impl Fn(Packed) -> Fact,
    accounts: &mut A,
    step: &mut impl FnMut(&W, &mut A::State, Fact),
) {
    let mut places = [A::Place::default(); BLOCK];
    for block in rows.chunks(BLOCK) {
        for (row, place) in block.iter().zip(&mut places) {
            *place = accounts.place(&fact_of(row).0);
        }
        for (row, &place) in block.iter().zip(&places) {
            let (customer, packed) = fact_of(row);
            step(customer, accounts.state(place), unpack(*packed));
        }
    }
}

/// Puts facts into the order of days.
#[derive(Default)]
pub(super) struct DayOrder {
    starts: Vec<u32>,
}

impl DayOrder {
    fn of<'a, W>(&mut self, parts: impl Iterator<Item = &'a [(W, Packed)]> + Clone) -> Vec<&'a (W, Packed)> {
        let mut sorted = Vec::with_capacity(parts.clone().map(<[_]>::len).sum());
        let (mut first, mut last) = (u32::MAX, 0);
        for facts in parts.clone() {
            sorted.extend(facts);
            for (_, fact) in facts {
                (first, last) = (first.min(fact.day_number()), last.max(fact.day_number()));
            }
        }
        let span = last.saturating_sub(first) as usize;
        if span > 4 * sorted.len() {
            // Few facts over many years: a counting sort would walk mostly empty days.
            sorted.sort_unstable_by_key(|(_, fact)| fact.day_number());
            return sorted;
        }
        self.starts.clear();
        self.starts.resize(span + 2, 0);
        for facts in parts.clone() {
            for (_, fact) in facts {
                self.starts[(fact.day_number() - first) as usize + 1] += 1;
            }
        }
        for day in 1..self.starts.len() {
            self.starts[day] += self.starts[day - 1];
        }
        for facts in parts {
            for fact in facts {
                let place = &mut self.starts[(fact.1.day_number() - first) as usize];
                sorted[*place as usize] = fact;
                *place += 1;
            }
        }
        sorted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Keyed;

    fn partition<Id: CustomerId>(staged: usize, days: &[u32], ids: &[Id]) -> Partition<Id> {
        let (mut partition, mut amounts) = (Partition::with_capacity(1, staged), Amounts::with_scale(0));
        let put = if staged == 0 { Partition::push } else { Partition::stage };
        for (at, (customer, &day)) in ids.iter().zip(days).enumerate() {
            put(&mut partition, customer.clone(), amounts.pack(Fact { day: Day::nth(day), amount: 1 }));
            if at % 5 == 4 && keeps_once(customer) {
                partition.settle();
            }
        }
        assert_eq!(partition.facts_mut().count(), days.len());
        if ids.iter().any(keeps_once) {
            partition.settle();
        }
        partition.finish(false);
        partition
    }

    fn stay_in_order<Id: CustomerId>(id: impl Fn(usize) -> Id) {
        for days in [vec![], vec![7], vec![1, 2, 2, 5, 6, 6, 9, 10], vec![3, 1, 2, 2, 9, 8, 8], vec![0; 13]] {
            let ids: Vec<Id> = (0..days.len()).map(|at| id(at % 3)).collect();
            for staged in [0, 1, 3, 4, 100] {
                let partition = partition(staged, &days, &ids);
                let facts = partition.facts().map(|(customer, fact)| (customer, fact.day_number()));
                assert!(facts.eq(ids.iter().zip(days.iter().copied())), "{days:?}, {staged} staged");
                assert_eq!(partition.ascending, days.is_sorted());
                assert_eq!(partition.numbered.is_empty(), !ids.iter().any(keeps_once));
                assert!(partition.names.list().len() <= 3);
            }
        }
    }

    #[test]
    fn staged_or_not_facts_stay_in_their_order() {
        stay_in_order(|number| number);
        stay_in_order(|number| number.to_string());
        stay_in_order(|number| Keyed { customer: number.to_string(), key: number });
    }

    #[test]
    fn only_large_ids_without_a_key_are_kept_once() {
        assert!(keeps_once(&String::new()) && keeps_once(&"") && keeps_once(&[0_u8; 9]));
        assert!(!keeps_once(&0_u64) && !keeps_once(&[0_u8; 8]) && !keeps_once(&Keyed { customer: "", key: "" }));
    }
}
