//! Ids that are equal but for case, spaces and characters that cannot be seen.

use core::fmt::{self, Display, Write};
use core::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;

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
        let mut hasher = FixedState::with_seed(0).build_hasher();
        // A hasher takes everything.
        _ = write!(Letters(|letter: char| hasher.write_u32(letter.into())), "{id}");
        self.ids.push((hasher.finish(), id));
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
        let mut letters = String::new();
        _ = write!(Letters(|letter| letters.push(letter)), "{id}");
        match groups.iter_mut().find(|(known, _)| *known == letters) {
            Some((_, group)) => group.push(id),
            None => groups.push((letters, vec![id])),
        }
    }
    groups.into_iter().map(|(_, group)| group).filter(|group| group.len() > 1)
}

/// Hands on what can be seen of a text, in lower case.
struct Letters<F>(F);

impl<F: FnMut(char)> Write for Letters<F> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars().filter(|&letter| is_seen(letter)) {
            if letter.is_ascii() {
                self.0(letter.to_ascii_lowercase());
            } else {
                letter.to_lowercase().for_each(&mut self.0);
            }
        }
        Ok(())
    }
}

fn is_seen(letter: char) -> bool {
    let has_no_width = matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    !(letter.is_whitespace() || letter.is_control() || has_no_width)
}
