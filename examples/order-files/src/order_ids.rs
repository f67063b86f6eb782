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
    /// Kept where rows may have to wait in a file.
    pub(crate) marks: Option<Marks>,
    /// The marks of the row that is read.
    now: [u64; 2],
    hasher: DefaultHashBuilder,
}

/// What rows of one order are compared by when their text is gone.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// Hashes of whole rows; 0 where there is no order.
    pub(crate) rows: Vec<u64>,
    /// Hashes of the columns that say what a line is, or of those that are not read; 0 where neither is asked for.
    pub(crate) parts: Vec<u64>,
    /// What was counted of the row, by bit: [`ELSEWHERE`], [`PIECES`].
    pub(crate) counted: Vec<u8>,
}

/// The bit of a row without a customer that has one in another column.
pub(crate) const ELSEWHERE: u8 = 1;
/// The bit of a row of several pieces.
pub(crate) const PIECES: u8 = 2;

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

    /// Appends a row, of an order or of none.
    pub(crate) fn push(&mut self, order: Option<u32>, counted: u8) {
        self.numbers.push(order.unwrap_or(NO_ORDER));
        if let Some(marks) = &mut self.marks {
            let [row, part] = if order.is_some() { self.now } else { [0; 2] };
            marks.rows.push(row);
            marks.parts.push(part);
            marks.counted.push(counted);
        }
    }

    /// Takes all orders and rows out.
    pub(crate) fn take(&mut self) -> Self {
        // Rows that follow are compared with those that went: by hashes of one kind.
        let (marks, hasher) = (self.marks.as_ref().map(|_| Marks::default()), self.hasher.clone());
        std::mem::replace(self, Self { marks, hasher, ..Self::default() })
    }

    /// Whether a line of the same order was equal in these columns.
    pub(crate) fn is_alike(&mut self, order: u32, row: Row<'_>, places: &[usize]) -> bool {
        self.now[1] = self.hash(row, places.iter().copied());
        self.is_known_line(order, self.now[1])
    }

    /// Whether a line of the order with this hash came before.
    pub(crate) fn is_known_line(&mut self, order: u32, line: u64) -> bool {
        let key = (line, order);
        let hash = self.hasher.hash_one(key);
        let is_known = self.lines.find(hash, |one| *one == key).is_some();
        if !is_known {
            self.lines.insert_unique(hash, key, |one| self.hasher.hash_one(one));
        }
        is_known
    }

    /// Notes whether a row differs from the first of its order in these columns.
    pub(crate) fn compare(&mut self, order: u32, at: u32, row: Row<'_>, places: &[usize]) {
        self.now[1] = self.hash(row, places.iter().copied());
        self.compare_rest(order, at, self.now[1]);
    }

    /// The same of all rows, by their marks.
    pub(crate) fn compare_all(&mut self) {
        let Some(Marks { parts, .. }) = self.marks.take() else { return };
        let numbers = std::mem::take(&mut self.numbers);
        for (at, (&order, &rest)) in (0..).zip(numbers.iter().zip(&parts)).filter(|(_, (_, rest))| **rest != 0) {
            self.compare_rest(order, at, rest);
        }
        self.numbers = numbers;
    }

    /// Notes whether a row has another hash than the first of its order.
    pub(crate) fn compare_rest(&mut self, order: u32, at: u32, rest: u64) {
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
        self.now = [self.hash(row, 0..row.len()), 0];
        self.is_known_row(order, self.now[0])
    }

    /// Whether a row of the order with this hash came before.
    pub(crate) fn is_known_row(&mut self, order: u32, row: u64) -> bool {
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
