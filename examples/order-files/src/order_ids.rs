//! Which order a row belongs to, and whether an equal row of it came before.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::ids::Ids;
use crate::rows::Row;

/// The orders' ids of rows, where there is a column of them.
#[derive(Default)]
pub(crate) struct OrderIds {
    pub(crate) ids: Ids,
    pub(crate) numbers: Vec<u32>,
    /// Orders whose id says that they are credit notes.
    pub(crate) credit_notes: Vec<bool>,
    /// Orders with a row in another currency.
    pub(crate) in_other_currency: HashSet<u32>,
    /// The first row of each order, as a hash; 0 where there is none yet.
    first: Vec<u64>,
    /// Further rows.
    further: HashTable<(u64, u32)>,
    /// Lines by the columns that say what they are.
    lines: HashTable<(u64, u32)>,
    /// The columns that are not read, of the first row of each order.
    rest: Vec<u64>,
    /// Rows that differ in these from the first row of their order.
    pub(crate) unlike: HashSet<u32>,
    hasher: DefaultHashBuilder,
}

/// A row without an order's id.
pub(crate) const NO_ORDER: u32 = u32::MAX;

impl OrderIds {
    fn hash(&self, row: Row<'_>, places: impl Iterator<Item = usize>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for place in places {
            hasher.write(row.field(place));
            hasher.write_u8(0xFF);
        }
        hasher.finish().max(1)
    }

    /// Whether a line of the same order was equal in these columns.
    pub(crate) fn is_alike(&mut self, order: u32, row: Row<'_>, places: &[usize]) -> bool {
        let key = (self.hash(row, places.iter().copied()), order);
        let hash = self.hasher.hash_one(key);
        let is_known = self.lines.find(hash, |one| *one == key).is_some();
        if !is_known {
            self.lines.insert_unique(hash, key, |one| self.hasher.hash_one(one));
        }
        is_known
    }

    /// Notes whether a row differs from the first of its order in these columns.
    pub(crate) fn compare(&mut self, order: u32, at: u32, row: Row<'_>, places: &[usize]) {
        let rest = self.hash(row, places.iter().copied());
        let place = order as usize;
        if self.rest.len() <= place {
            self.rest.resize(place + 1, 0);
        }
        match self.rest.get_mut(place) {
            Some(first) if *first == 0 => *first = rest,
            Some(first) if *first != rest => _ = self.unlike.insert(at),
            _ => {}
        }
    }

    /// Whether an equal row of the same order came before.
    pub(crate) fn is_repeated(&mut self, order: u32, row: Row<'_>) -> bool {
        let row = self.hash(row, 0..row.len());
        let place = order as usize;
        if self.first.len() <= place {
            self.first.resize(place + 1, 0);
        }
        match self.first.get_mut(place) {
            Some(first) if *first == 0 => *first = row,
            Some(first) if *first == row => return true,
            _ => {
                let key = (row, order);
                let hash = self.hasher.hash_one(key);
                if self.further.find(hash, |one| *one == key).is_some() {
                    return true;
                }
                self.further.insert_unique(hash, key, |one| self.hasher.hash_one(one));
            }
        }
        false
    }
}
