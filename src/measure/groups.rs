//! The groups into which a shop is cut, numbered as they are met.

use std::collections::BTreeMap;

/// Each key once. Numbers depend on the order in which keys come, so that no answer may hold one.
#[derive(Debug)]
pub(super) struct Groups<K> {
    numbers: BTreeMap<K, u32>,
    keys: Vec<K>,
}

impl<K> Default for Groups<K> {
    fn default() -> Self {
        Self { numbers: BTreeMap::new(), keys: Vec::new() }
    }
}

impl<K: Ord + Clone> Groups<K> {
    /// The number of a key.
    pub(super) fn number(&mut self, key: K) -> u32 {
        if let Some(&number) = self.numbers.get(&key) {
            return number;
        }
        // Keys are those of fewer than 2^32 facts.
        let number = self.keys.len() as u32;
        self.keys.push(key.clone());
        self.numbers.insert(key, number);
        number
    }

    /// The number of a key, found at once where it is that of `likely`.
    #[inline]
    pub(super) fn number_near(&mut self, likely: u32, key: K) -> u32 {
        match self.keys.get(likely as usize) {
            Some(known) if *known == key => likely,
            _ => self.number(key),
        }
    }

    /// Returns the group of the smaller key.
    pub(super) fn smaller(&self, one: u32, other: u32) -> u32 {
        if one == other || self.keys.get(one as usize) < self.keys.get(other as usize) { one } else { other }
    }

    /// The numbers here of another's keys, in the order of its numbers.
    pub(super) fn join(&mut self, other: &Self) -> Vec<u32> {
        other.keys.iter().map(|key| self.number(key.clone())).collect()
    }

    /// The number of groups.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The keys in the order of their numbers.
    pub(super) fn into_keys(self) -> Vec<K> {
        self.keys
    }
}
