//! The same for each group, of which a customer may have several.
//!
//! Written for speed before plainness: `benches/measure.rs`, id `measure/repurchase_rates_by`, must not get slower.

use super::fold::{Counts, LastTwo, Range};
use crate::history::{CustomerFold, Fact};
use crate::measure::days::WindowsOfDay;
use crate::measure::groups::Groups;

pub(super) struct GroupFold<'a, K, F> {
    of_day: &'a WindowsOfDay,
    by_day: bool,
    /// The width of a group.
    width: usize,
    key: &'a F,
    groups: Groups<K>,
    /// The differences of each group in the order of their numbers.
    differences: Vec<Counts>,
    /// The purchases of the customers of one partition in groups other than their latest one.
    others: Vec<Other>,
}

#[derive(Clone, Copy)]
struct Other {
    group: u32,
    last: LastTwo,
    /// The next one's place plus 1; 0 when there is none.
    next: u32,
}

#[derive(Default)]
pub(super) struct InGroups {
    group: u32,
    /// The last occasions in this group.
    last: LastTwo,
    /// The place of the first of the others plus 1, and [`LATER`].
    others: u32,
}

/// Whether the customer's first day is over.
const LATER: u32 = 1 << 31;

impl<'a, K: Ord + Clone, F> GroupFold<'a, K, F> {
    pub(super) fn new(of_day: &'a WindowsOfDay, by_day: bool, width: usize, key: &'a F) -> Self {
        let (groups, differences, others) = (Groups::default(), Vec::new(), Vec::new());
        Self { of_day, by_day, width, key, groups, differences, others }
    }

    pub(super) fn join(&mut self, other: &Self) {
        let groups = self.groups.join(&other.groups);
        self.widen();
        for (&group, counts) in groups.iter().zip(other.differences.chunks(other.width)) {
            for (sum, &counts) in self.of_group(group).iter_mut().zip(counts) {
                *sum = sum.wrapping_add(counts);
            }
        }
    }

    /// Returns each group's differences.
    pub(super) fn into_groups(self) -> impl Iterator<Item = (K, Vec<Counts>)> {
        let (width, differences) = (self.width, self.differences);
        let keys = self.groups.into_keys().into_iter().enumerate();
        keys.map(move |(at, key)| (key, differences[at * width..(at + 1) * width].to_vec()))
    }

    fn widen(&mut self) {
        self.differences.resize(self.groups.len() * self.width, Counts::default());
    }

    #[inline]
    fn of_group(&mut self, group: u32) -> &mut [Counts] {
        let start = group as usize * self.width;
        &mut self.differences[start..start + self.width]
    }

    /// Makes a group the customer's latest one.
    #[cold]
    fn turn_to(&mut self, known: &mut InGroups, group: u32) {
        let first = known.others & !LATER;
        let mut place = first;
        while let Some(other) = (place as usize).checked_sub(1).and_then(|at| self.others.get_mut(at)) {
            if other.group == group {
                core::mem::swap(&mut other.group, &mut known.group);
                core::mem::swap(&mut other.last, &mut known.last);
                return;
            }
            place = other.next;
        }
        self.others.push(Other { group: known.group, last: known.last, next: first });
        // No more of them than facts.
        *known = InGroups { group, last: LastTwo::default(), others: self.others.len() as u32 | known.others & LATER };
    }

    /// Whether an order on the customer's first day, the first one in its group, counts as the first of all: that of the
    /// smallest key does, and takes it from the one that has it.
    #[cold]
    fn takes_first(&mut self, known: &InGroups, range: Range) -> bool {
        let mut holder = None;
        let mut place = known.others & !LATER;
        while let Some(at) = (place as usize).checked_sub(1).filter(|&at| at < self.others.len()) {
            let group = self.others[at].group;
            if holder.is_none_or(|(_, held)| self.groups.smaller(group, held) == group) {
                holder = Some((at, group));
            }
            place = self.others[at].next;
        }
        let Some((at, held)) = holder else { return true };
        if self.groups.smaller(known.group, held) == held {
            return false;
        }
        let mut last = self.others[at].last;
        last.yield_first(self.of_group(held), range);
        self.others[at].last = last;
        true
    }
}

impl<Id, K: Ord + Clone, F: Fn(&Id) -> K> CustomerFold<Id> for GroupFold<'_, K, F> {
    type State = InGroups;

    fn step(&mut self, customer: &Id, known: &mut InGroups, fact: Fact) {
        if !fact.is_purchase() {
            return;
        }
        let place = self.of_day.place(fact.day);
        let group = self.groups.number_near(known.group, (self.key)(customer));
        if self.groups.len() * self.width > self.differences.len() {
            self.widen();
        }
        let is_nobody = known.last.is_empty();
        if !is_nobody && !known.last.is_at(place) {
            known.others |= LATER;
        }
        if group != known.group {
            if is_nobody {
                known.group = group;
            } else {
                self.turn_to(known, group);
            }
        }
        if self.by_day && known.last.is_at(place) {
            return;
        }
        let (low, high) = self.of_day.at(place);
        let range = Range { low, high };
        // On the first day, and the first in this group: any day of it is a first day, but only one order is the first.
        let may_be_first = known.others & LATER == 0 && known.last.is_empty();
        let is_first = may_be_first && (self.by_day || is_nobody || self.takes_first(known, range));
        known.last.count(self.of_group(group), place, range, is_first);
    }

    fn finish(&mut self, _: Id, known: InGroups) {
        if !known.last.is_empty() {
            known.last.close(self.of_group(known.group));
        }
        let mut place = known.others & !LATER;
        while let Some(at) = (place as usize).checked_sub(1) {
            let Other { group, last, next } = self.others[at];
            last.close(self.of_group(group));
            place = next;
        }
    }

    /// All facts of a partition are read: what is kept of its customers would only leave the cache.
    fn finish_all(&mut self, customers: &mut Vec<(Id, InGroups)>) {
        customers.drain(..).for_each(|(customer, known)| self.finish(customer, known));
        self.others.clear();
    }
}
