//! Persons, their ids and their orders.
//!
//! A union-find over the ids. The ids of one person are a ring, and so are the person's entries in the book: two rings
//! become one by exchanging two links.

use core::borrow::Borrow;
use core::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::error::{Error, Result};
use crate::record::CustomerId;

/// The seed of all hashes, of which any will do: a hash decides where something lies, never what comes out.
pub(super) const HASH: FixedState = FixedState::with_seed(0);

#[derive(Debug, Clone)]
pub(super) struct People<Id> {
    /// The place in the list of an id.
    table: HashTable<u32>,
    list: Vec<Known<Id>>,
}

/// An id.
#[derive(Debug, Clone)]
struct Known<Id> {
    id: Id,
    /// Another id of the person, nearer to the root; itself at the root.
    parent: u32,
    /// The number of ids, at the root.
    size: u32,
    /// The next id of the person, in a ring.
    next: u32,
    /// Whether it was ever called an alias of another id.
    is_alias: bool,
    /// One of the person's entries, at the root.
    entry: Option<u32>,
}

impl<Id> Default for People<Id> {
    fn default() -> Self {
        Self { table: HashTable::new(), list: Vec::new() }
    }
}

impl<Id: CustomerId> People<Id> {
    /// Refuses more ids than numbers, where two more may come.
    pub(super) fn check_room(&self) -> Result<()> {
        if self.list.len() >= u32::MAX as usize - 1 {
            return Err(Error::CountOverflow { field: "number of ids" });
        }
        Ok(())
    }

    /// The number of an id that may be new.
    pub(super) fn number(&mut self, id: Id) -> Result<u32> {
        if let Some(number) = self.find(&id) {
            return Ok(number);
        }
        self.check_room()?;
        let number = self.list.len() as u32;
        let hash = HASH.hash_one(&id);
        self.list.push(Known { id, parent: number, size: 1, next: number, is_alias: false, entry: None });
        let list = &self.list;
        self.table.insert_unique(hash, number, |&other| HASH.hash_one(&list[other as usize].id));
        Ok(number)
    }

    pub(super) fn find<Q: Hash + Eq + ?Sized>(&self, id: &Q) -> Option<u32>
    where
        Id: Borrow<Q>,
    {
        let is_it = |&number: &u32| self.list[number as usize].id.borrow() == id;
        self.table.find(HASH.hash_one(id), is_it).copied()
    }

    /// The number that all ids of the person share.
    pub(super) fn root(&self, mut number: u32) -> u32 {
        // The smaller tree was hung below the larger one: no path is longer than the logarithm of its ids.
        while self.list[number as usize].parent != number {
            number = self.list[number as usize].parent;
        }
        number
    }

    /// Joins two ids, of whom `from` is the alias; the entries of both whose rings are to exchange their links.
    pub(super) fn join(&mut self, from: u32, to: u32) -> Joined {
        let (left, right) = (self.root(from), self.root(to));
        let is_new = from != to && !core::mem::replace(&mut self.list[from as usize].is_alias, true);
        if left == right {
            return Joined { is_new, rings: None };
        }
        let is_larger = self.list[left as usize].size >= self.list[right as usize].size;
        let (root, child) = if is_larger { (left as usize, right as usize) } else { (right as usize, left as usize) };
        let next = self.list[root].next;
        self.list[root].next = core::mem::replace(&mut self.list[child].next, next);
        self.list[root].size += self.list[child].size;
        self.list[child].parent = root as u32;
        let rings = self.list[root].entry.zip(self.list[child].entry);
        self.list[root].entry = self.list[root].entry.or(self.list[child].entry);
        Joined { is_new: true, rings }
    }

    /// The ids of the person, from this one on.
    pub(super) fn ids(&self, number: u32) -> impl Iterator<Item = u32> {
        let mut at = number;
        let more = core::iter::from_fn(move || {
            at = self.list[at as usize].next;
            (at != number).then_some(at)
        });
        core::iter::once(number).chain(more)
    }

    /// The id by which the person is known: of those that never were an alias the smallest, else of all.
    pub(super) fn name(&self, number: u32) -> u32 {
        self.ids(number).min_by(|&left, &right| self.key(left).cmp(&self.key(right))).unwrap_or(number)
    }

    fn key(&self, number: u32) -> (bool, &Id) {
        let known = &self.list[number as usize];
        (known.is_alias, &known.id)
    }

    pub(super) fn id(&self, number: u32) -> &Id {
        &self.list[number as usize].id
    }

    /// One of the entries of the person with this root.
    pub(super) fn entry(&mut self, root: u32) -> &mut Option<u32> {
        &mut self.list[root as usize].entry
    }

    pub(super) fn first_entry(&self, root: u32) -> Option<u32> {
        self.list[root as usize].entry
    }

    /// The name of every person, by root.
    pub(super) fn names(&self) -> Vec<u32> {
        let mut names: Vec<u32> = (0..).take(self.list.len()).collect();
        for number in 0..self.list.len() as u32 {
            let root = self.root(number) as usize;
            if self.key(number) < self.key(names[root]) {
                names[root] = number;
            }
        }
        names
    }

    /// The fewest pairs `(from, to)` that join the same ids in the same way, ascending.
    pub(super) fn pairs(&self) -> Vec<(&Id, &Id)> {
        let (names, mut pairs) = (self.names(), Vec::new());
        for root in (0..self.list.len() as u32).filter(|&number| self.root(number) == number) {
            let name = names[root as usize];
            let others = || self.ids(root).filter(|&number| number != name);
            let aliases = || others().filter(|&number| self.list[number as usize].is_alias);
            pairs.extend(aliases().map(|from| (self.id(from), self.id(name))));
            // What is no alias is joined by one that is; a name is one where all are, which are two or more.
            let Some(first) = aliases().min_by_key(|&number| self.id(number)) else { continue };
            let whole = others().filter(|&number| !self.list[number as usize].is_alias);
            pairs.extend(whole.map(|to| (self.id(first), self.id(to))));
            if self.list[name as usize].is_alias {
                pairs.push((self.id(name), self.id(first)));
            }
        }
        pairs.sort_unstable();
        pairs
    }
}

/// The result of joining two ids.
pub(super) struct Joined {
    pub(super) is_new: bool,
    /// An entry of each person, where both have one.
    pub(super) rings: Option<(u32, u32)>,
}
