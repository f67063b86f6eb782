//! Numbers for ids, each of which is kept once.

use core::borrow::Borrow;
use core::hash::BuildHasher;

use hashbrown::HashTable;

use super::fold::HASH;
use crate::parallel;
use crate::record::CustomerId;

/// Ids, numbered in the order of their first appearance.
#[derive(Debug, Clone)]
pub(super) struct Names<T> {
    table: HashTable<u32>,
    list: Vec<T>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self { table: HashTable::new(), list: Vec::new() }
    }
}

impl<T> Names<T> {
    /// By their numbers.
    pub(super) fn list(&self) -> &[T] {
        &self.list
    }

    /// The names for which the answer is yes, and what the number of each becomes.
    pub(super) fn kept(&self, answers: &[bool]) -> (Self, Vec<Option<u32>>)
    where
        T: Clone,
    {
        let mut numbers = 0..;
        let kept = self.list.iter().zip(answers).filter(|&(_, &is_kept)| is_kept).map(|(name, _)| name.clone());
        let new = answers.iter().map(|&is_kept| if is_kept { numbers.next() } else { None });
        (Self { table: HashTable::new(), list: kept.collect() }, new.collect())
    }

    /// To be called when all names are in: what finds them is let go.
    pub(super) fn finish(&mut self) {
        self.table = HashTable::new();
        self.list.shrink_to_fit();
    }
}

impl<T: CustomerId> Names<T> {
    /// The number of a name by its hash; of a new one, `own` makes what is kept.
    #[inline]
    pub(super) fn number<N: Borrow<T>>(&mut self, hash: u64, name: N, own: impl FnOnce(N) -> T) -> u32 {
        let found = self.table.find(hash, |&number| self.list[number as usize] == *name.borrow());
        if let Some(&number) = found { number } else { self.open(hash, own(name)) }
    }

    #[cold]
    fn open(&mut self, hash: u64, name: T) -> u32 {
        // There are fewer than 2^32 facts and lines, so fewer names too.
        let number = self.list.len() as u32;
        self.list.push(name);
        self.table.insert_unique(hash, number, |&number| HASH.hash_one(&self.list[number as usize]));
        number
    }

    /// The names in their order, and for each number the place of its name among them.
    pub(super) fn ascending(self) -> (Vec<T>, Vec<u32>) {
        let mut numbered: Vec<(T, u32)> = self.list.into_iter().zip(0..).collect();
        parallel::sort_distinct(&mut numbered, |left, right| left.0.cmp(&right.0));
        let mut places = vec![0; numbered.len()];
        for (place, &(_, number)) in (0..).zip(&numbered) {
            places[number as usize] = place;
        }
        (numbered.into_iter().map(|(name, _)| name).collect(), places)
    }
}
