//! Ids, each kept once.
//!
//! Traded for plainness: an id of 15 bytes or fewer is a number, so that a look-up costs one place in memory;
//! `benches/read.rs` has the time that this must not lose.

use std::fmt;
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::error::Error;

/// Stands for nobody.
pub(crate) const NOBODY: u32 = u32::MAX;

const SHORT: usize = 15;

/// A short id: its bytes and its length, in the order of the ids.
pub(crate) type Key = u128;

/// Numbers for ids.
#[derive(Default)]
pub(crate) struct Ids {
    hasher: DefaultHashBuilder,
    short: Short,
    /// Numbers of long ids, and where each stands in `bytes`.
    long: HashTable<u32>,
    ends: Vec<(u32, usize, usize)>,
    bytes: Vec<u8>,
    count: u32,
}

/// Short ids and their numbers: a table of its own, so that the places of many ids can be fetched at once.
#[derive(Default)]
struct Short {
    slots: Vec<Slot>,
    count: usize,
}

#[derive(Clone, Copy)]
struct Slot {
    key: [u64; 2],
    number: u32,
}

const FREE: Slot = Slot { key: [0; 2], number: NOBODY };

impl Short {
    const LEAST: usize = 1 << 10;

    /// The place where a search starts. The table is a power of two long.
    #[inline]
    fn start(&self, hash: u64) -> usize {
        hash as usize & (self.slots.len().wrapping_sub(1))
    }

    /// The number of a key, or the place where it belongs.
    #[inline]
    fn find(&self, key: Key, hash: u64) -> Result<u32, usize> {
        let key = split(key);
        let mut at = self.start(hash);
        loop {
            match self.slots.get(at) {
                Some(slot) if slot.number == NOBODY => return Err(at),
                Some(slot) if slot.key == key => return Ok(slot.number),
                Some(_) => at += 1,
                None if self.slots.is_empty() => return Err(0),
                None => at = 0,
            }
        }
    }

    fn insert(&mut self, key: Key, number: u32, hasher: &DefaultHashBuilder) {
        if self.count * 8 >= self.slots.len() * 5 {
            let longer = (self.slots.len() * 2).max(Self::LEAST);
            for slot in std::mem::replace(&mut self.slots, vec![FREE; longer]) {
                if slot.number != NOBODY {
                    self.put(slot, hasher);
                }
            }
        }
        self.put(Slot { key: split(key), number }, hasher);
        self.count += 1;
    }

    fn put(&mut self, slot: Slot, hasher: &DefaultHashBuilder) {
        let key = joined(slot.key);
        if let Err(at) = self.find(key, hasher.hash_one(key)) {
            if let Some(free) = self.slots.get_mut(at) {
                *free = slot;
            }
        }
    }
}

const fn split(key: Key) -> [u64; 2] {
    [(key >> 64) as u64, key as u64]
}

const fn joined([high, low]: [u64; 2]) -> Key {
    (high as u128) << 64 | low as u128
}

#[inline]
fn packed(id: &[u8]) -> Key {
    let mut bytes = [0; 16];
    for (slot, byte) in bytes.iter_mut().zip(id) {
        *slot = *byte;
    }
    bytes[SHORT] = id.len() as u8;
    Key::from_be_bytes(bytes)
}

impl Ids {
    /// An id that is short.
    #[inline]
    pub(crate) fn key(id: &[u8]) -> Option<Key> {
        (id.len() <= SHORT).then(|| packed(id))
    }

    /// The number of an id, a new one for a new id.
    #[inline]
    pub(crate) fn number(&mut self, id: &[u8]) -> Result<u32, Error> {
        match Self::key(id) {
            Some(key) => self.number_of_key(key, self.hasher.hash_one(key)),
            None => self.long_number(id),
        }
    }

    #[inline]
    fn number_of_key(&mut self, key: Key, hash: u64) -> Result<u32, Error> {
        if let Ok(number) = self.short.find(key, hash) {
            return Ok(number);
        }
        let number = self.next()?;
        self.short.insert(key, number, &self.hasher);
        Ok(number)
    }

    /// The numbers of many short ids: `take` gets each with what came with its key.
    ///
    /// All places are fetched before the first is looked at, so that one fetch does not wait for the other.
    pub(crate) fn numbers<T: Copy>(&mut self, keys: &[(Key, T)], mut take: impl FnMut(T, u32)) -> Result<(), Error> {
        let mut fetched = 0;
        let hashes = keys.iter().map(|(key, _)| self.hasher.hash_one(key));
        let hashes: Vec<u64> = hashes
            .inspect(|hash| fetched ^= self.short.slots.get(self.short.start(*hash)).map_or(0, |slot| slot.number))
            .collect();
        std::hint::black_box(fetched);
        for (&(key, with), &hash) in keys.iter().zip(&hashes) {
            let number = self.number_of_key(key, hash)?;
            take(with, number);
        }
        Ok(())
    }

    fn long_number(&mut self, id: &[u8]) -> Result<u32, Error> {
        let hash = self.hasher.hash_one(id);
        let text = |at: u32| {
            let (_, from, to) = self.ends.get(at as usize).copied().unwrap_or_default();
            self.bytes.get(from..to).unwrap_or_default()
        };
        if let Some(at) = self.long.find(hash, |&at| text(at) == id) {
            return Ok(self.ends.get(*at as usize).map_or(NOBODY, |entry| entry.0));
        }
        let number = self.count;
        let at = self.ends.len() as u32;
        self.long.insert_unique(hash, at, |&at| self.hasher.hash_one(text(at)));
        self.next()?;
        self.ends.push((number, self.bytes.len(), self.bytes.len() + id.len()));
        self.bytes.extend_from_slice(id);
        Ok(number)
    }

    fn next(&mut self) -> Result<u32, Error> {
        let number = self.count;
        if number == NOBODY {
            return Err(Error::TooMany { what: "ids", most: NOBODY.into() });
        }
        self.count += 1;
        Ok(number)
    }

    /// The id of a number, for a message: all ids are looked at.
    #[cold]
    pub(crate) fn text(&self, number: u32) -> Vec<u8> {
        if let Some(slot) = self.short.slots.iter().find(|slot| slot.number == number && number != NOBODY) {
            let bytes = joined(slot.key).to_be_bytes();
            return bytes.get(..usize::from(bytes[SHORT])).unwrap_or_default().to_vec();
        }
        let long = self.ends.iter().find(|entry| entry.0 == number);
        long.and_then(|&(_, from, to)| self.bytes.get(from..to)).unwrap_or_default().to_vec()
    }

    pub(crate) const fn len(&self) -> usize {
        self.count as usize
    }

    /// The bytes of all ids of more than 15 bytes.
    pub(crate) fn long_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// All ids, in the order of their numbers.
    pub(crate) fn by_number(&self) -> Vec<Text<&[u8]>> {
        let mut texts = vec![Text::Long(&[][..]); self.len()];
        for (number, text) in self.numbered() {
            if let Some(slot) = texts.get_mut(number as usize) {
                *slot = text;
            }
        }
        texts
    }

    /// Ids of more than 15 bytes.
    pub(crate) fn long(&self) -> impl Iterator<Item = &[u8]> {
        self.ends.iter().filter_map(|&(_, from, to)| self.bytes.get(from..to))
    }

    /// All ids, in no order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = Text<&[u8]>> + Clone {
        self.numbered().map(|(_, text)| text)
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, Text<&[u8]>)> + Clone {
        let taken = self.short.slots.iter().filter(|slot| slot.number != NOBODY);
        let short = taken.map(|slot| (slot.number, Text::Short(joined(slot.key).to_be_bytes())));
        let text = |from, to| Text::Long(self.bytes.get(from..to).unwrap_or_default());
        short.chain(self.ends.iter().map(move |&(number, from, to)| (number, text(from, to))))
    }

    /// The ids in order, and of each number the place of its id in that order.
    pub(crate) fn sorted(self) -> (SortedIds, Vec<u32>) {
        struct Entry {
            /// The first bytes; of a short id all of them.
            start: u128,
            number: u32,
            long: Option<(usize, usize)>,
        }
        let taken = self.short.slots.iter().filter(|slot| slot.number != NOBODY);
        let short = taken.map(|slot| Entry { start: joined(slot.key), number: slot.number, long: None });
        let long = self.ends.iter().map(|&(number, from, to)| {
            let start = self.bytes.get(from..from + SHORT).map_or(0, packed) | 0xFF;
            Entry { start, number, long: Some((from, to)) }
        });
        let bytes_of = |entry: &Entry| entry.long.and_then(|(from, to)| self.bytes.get(from..to)).unwrap_or_default();
        let mut entries: Vec<Entry> = short.chain(long).collect();
        entries.sort_unstable_by(|one, other| {
            one.start.cmp(&other.start).then_with(|| bytes_of(one).cmp(bytes_of(other)))
        });
        let mut places = vec![NOBODY; self.len()];
        let mut ids = SortedIds { ends: Vec::with_capacity(entries.len()), bytes: Vec::new() };
        for (place, entry) in entries.iter().enumerate() {
            if let Some(slot) = places.get_mut(entry.number as usize) {
                *slot = place as u32;
            }
            if entry.long.is_some() {
                ids.bytes.extend_from_slice(bytes_of(entry));
            } else {
                let bytes = entry.start.to_be_bytes();
                ids.bytes.extend_from_slice(bytes.get(..usize::from(bytes[SHORT])).unwrap_or_default());
            }
            ids.ends.push(ids.bytes.len());
        }
        (ids, places)
    }
}

/// The text of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Text<B> {
    /// A key, with its length at the end.
    Short([u8; 16]),
    Long(B),
}

impl<B: AsRef<[u8]> + for<'a> From<&'a [u8]>> Text<B> {
    pub(crate) fn of(id: &[u8]) -> Self {
        Ids::key(id).map_or_else(|| Self::Long(id.into()), |key| Self::Short(key.to_be_bytes()))
    }
}

impl<B: AsRef<[u8]>> Text<B> {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Short(bytes) => bytes.get(..usize::from(bytes[SHORT])).unwrap_or_default(),
            Self::Long(bytes) => bytes.as_ref(),
        }
    }
}

impl<B: AsRef<[u8]>> fmt::Display for Text<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.bytes()))
    }
}

/// Ids in the order of their bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SortedIds {
    ends: Vec<usize>,
    bytes: Vec<u8>,
}

impl SortedIds {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The id at a place; `None` behind the last.
    pub fn get(&self, place: u32) -> Option<&str> {
        let place = place as usize;
        let end = *self.ends.get(place)?;
        let start = if place == 0 { 0 } else { *self.ends.get(place - 1)? };
        // What is kept was checked to be text.
        std::str::from_utf8(self.bytes.get(start..end)?).ok()
    }

    /// All ids in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).filter_map(|place| self.get(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_numbered_once_and_sorted_by_bytes() {
        let names = ["bo", "a name longer than fifteen", "a", "a name longer", "a name longer than others", "", "bo"];
        let mut ids = Ids::default();
        let numbers: Vec<u32> = names.iter().map(|name| ids.number(name.as_bytes()).unwrap()).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 0]);
        let (sorted, places) = ids.sorted();
        let mut expected: Vec<&str> = names[..6].to_vec();
        expected.sort_unstable();
        assert_eq!(sorted.iter().collect::<Vec<_>>(), expected);
        assert!(numbers.iter().zip(names).all(|(number, name)| sorted.get(places[*number as usize]) == Some(name)));
    }
}
