//! Ids that are equal but for case, spaces and characters that cannot be seen.

use core::fmt::{self, Display, Write};
use core::hash::{BuildHasher, Hasher};

use foldhash::fast::{FixedState, FoldHasher};

/// Ids by the hash of what is left of their text: 8 bytes an id, and no text is kept.
#[derive(Debug)]
pub(super) struct Alike<Id> {
    ids: Vec<(u64, Id)>,
}

impl<Id> Default for Alike<Id> {
    fn default() -> Self {
        Self { ids: Vec::new() }
    }
}

impl<Id: Display + Ord> Alike<Id> {
    pub(super) fn add(&mut self, id: Id) {
        let mut hasher = Letters(FixedState::with_seed(0).build_hasher());
        // A hasher takes everything.
        _ = write!(hasher, "{id}");
        self.ids.push((hasher.0.finish(), id));
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.ids.append(&mut other.ids);
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The groups of two ids or more that are alike, each ascending, by their first id.
    pub(super) fn groups(mut self) -> Vec<Vec<Id>> {
        self.ids.sort_unstable();
        let mut groups = Vec::new();
        let mut rest = self.ids.into_iter().peekable();
        while let Some((hash, id)) = rest.next() {
            let mut same = vec![id];
            while let Some((_, id)) = rest.next_if(|(next, _)| *next == hash) {
                same.push(id);
            }
            if same.len() > 1 {
                groups.extend(by_letters(same));
            }
        }
        groups.sort_unstable();
        groups
    }
}

/// Ids of one hash, parted by what is hashed: two texts may have the same.
fn by_letters<Id: Display>(ids: Vec<Id>) -> impl Iterator<Item = Vec<Id>> {
    let mut groups: Vec<(String, Vec<Id>)> = Vec::new();
    for id in ids {
        let mut letters = Letters(String::new());
        _ = write!(letters, "{id}");
        match groups.iter_mut().find(|(known, _)| *known == letters.0) {
            Some((_, group)) => group.push(id),
            None => groups.push((letters.0, vec![id])),
        }
    }
    groups.into_iter().map(|(_, group)| group).filter(|group| group.len() > 1)
}

/// Hands on what can be seen of a text, in lower case.
struct Letters<T>(T);

/// What takes letters one by one.
trait Take {
    fn take(&mut self, letter: char);
}

impl Take for String {
    fn take(&mut self, letter: char) {
        self.push(letter);
    }
}

impl Take for FoldHasher<'_> {
    fn take(&mut self, letter: char) {
        self.write_u32(letter.into());
    }
}

impl<T: Take> Write for Letters<T> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars().filter(|&letter| is_seen(letter)) {
            if letter.is_ascii() {
                self.0.take(letter.to_ascii_lowercase());
            } else {
                letter.to_lowercase().for_each(|letter| self.0.take(letter));
            }
        }
        Ok(())
    }
}

fn is_seen(letter: char) -> bool {
    let has_no_width = matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    !(letter.is_whitespace() || letter.is_control() || has_no_width)
}
