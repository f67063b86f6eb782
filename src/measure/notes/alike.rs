//! Ids that differ in how they are written alone.

use core::fmt::{Display, Write};
use core::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::composed::{composed, is_mark};
use super::phone::{Numbers, is_marked};

/// The spellings of ids: enough to know, at a byte's cost, that no two of them can be alike.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(super) struct Spellings {
    /// The text of an id.
    #[cfg_attr(feature = "serde", serde(skip))]
    text: String,
    /// Whether letters of ASCII are in lower case, and in upper case.
    cases: [bool; 2],
    /// Letters beyond ASCII, spaces, quotes around an id, decimals behind a number, an address in front.
    is_odd: bool,
    /// Digits with the punctuation of telephone numbers.
    has_phones: bool,
    has_leading_zero: bool,
    /// The fewest and the most digits of an id of digits alone.
    digits: Option<(usize, usize)>,
}

impl Spellings {
    /// All ids were seen.
    pub(super) fn seen(self) -> Self {
        Self { text: String::new(), ..self }
    }

    pub(super) fn see(&mut self, id: &impl Display) {
        let text = written(&mut self.text, id);
        let bytes = text.as_bytes();
        let length = bytes.len();
        if length > 0 && bytes.iter().all(u8::is_ascii_digit) {
            self.has_leading_zero |= length > 1 && text.starts_with('0');
            widen(&mut self.digits, length, length);
            self.has_phones |= text.starts_with("00") && is_marked(bytes);
            return;
        }
        // One look at each byte.
        let kinds = bytes.iter().fold(0, |kinds, byte| kinds | KINDS[usize::from(*byte)]);
        self.cases[0] |= kinds & LOWER > 0;
        self.cases[1] |= kinds & UPPER > 0;
        self.is_odd |= kinds & ODD > 0;
        if kinds & SIGN > 0 {
            self.is_odd |= number(unquoted(text)).len() != length || has_groups(unquoted(text));
            let starts_plainly = bytes.first().is_some_and(u8::is_ascii_alphanumeric);
            self.is_odd |= (kinds & COLON > 0 || !starts_plainly) && without_address(text).len() != length;
            self.has_phones |= kinds & (LOWER | UPPER) == 0 && is_marked(bytes);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.cases[0] |= other.cases[0];
        self.cases[1] |= other.cases[1];
        self.is_odd |= other.is_odd;
        self.has_phones |= other.has_phones;
        self.has_leading_zero |= other.has_leading_zero;
        if let Some((fewest, most)) = other.digits {
            widen(&mut self.digits, fewest, most);
        }
    }

    /// `false` where no two different ids of those that were seen are alike.
    pub(super) fn may_be_alike(&self) -> bool {
        // Numbers of one length that have zeros in front differ in the digits behind these.
        let has_lengths = self.digits.is_some_and(|(fewest, most)| fewest < most);
        self.is_odd || self.has_phones || self.cases == [true; 2] || self.has_leading_zero && has_lengths
    }

    /// Whether an id may be a telephone number.
    pub(super) const fn has_phones(&self) -> bool {
        self.has_phones
    }
}

const LOWER: u8 = 1;
const UPPER: u8 = 2;
/// What can be seen and is neither a letter nor a digit.
const SIGN: u8 = 4;
/// What cannot be seen, and letters beyond ASCII.
const ODD: u8 = 8;
/// What an address has.
const COLON: u8 = 16;

/// The kind of each byte; digits have none.
const KINDS: [u8; 256] = {
    let mut kinds = [ODD; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        kinds[byte as usize] = match byte {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => 0,
            b':' => SIGN | COLON,
            _ => SIGN,
        };
        byte += 1;
    }
    kinds
};

fn widen(digits: &mut Option<(usize, usize)>, fewest: usize, most: usize) {
    let (known_fewest, known_most) = digits.unwrap_or((fewest, most));
    *digits = Some((known_fewest.min(fewest), known_most.max(most)));
}

/// The text of an id, in place of the one before.
fn written<'t>(text: &'t mut String, id: &impl Display) -> &'t str {
    text.clear();
    // A text takes everything.
    _ = write!(text, "{id}");
    text
}

/// The groups of two ids or more that are alike, each ascending, by their first id.
///
/// No text is kept, and of each id 8 bytes, until those are found that are not alone with theirs.
pub(super) fn groups<Id: Display + Ord>(ids: impl Iterator<Item = Id> + Clone, has_phones: bool) -> Vec<Vec<Id>> {
    let mut plain = Plain::default();
    if has_phones {
        let mut numbers = Numbers::default();
        for id in ids.clone() {
            numbers.see(plain.of(&id));
        }
        numbers.sort();
        plain.numbers = Some(numbers);
    }
    let mut hashes: Vec<u64> = ids.clone().map(|id| hash(plain.of(&id))).collect();
    hashes.sort_unstable();
    let mut twice: Vec<u64> = hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    drop(hashes);
    twice.dedup();
    if twice.is_empty() {
        return Vec::new();
    }
    // By their text: two texts may have one hash.
    let mut alike: Vec<(String, Id)> = Vec::new();
    for id in ids {
        let text = plain.of(&id);
        if twice.binary_search(&hash(text)).is_ok() {
            let text = text.to_owned();
            alike.push((text, id));
        }
    }
    alike.sort_unstable();
    let mut groups: Vec<Vec<Id>> = Vec::new();
    let mut last = None;
    for (text, id) in alike {
        match groups.last_mut() {
            Some(group) if last.as_ref() == Some(&text) => group.push(id),
            _ => groups.push(vec![id]),
        }
        last = Some(text);
    }
    groups.retain(|group| group.len() > 1);
    groups.sort_unstable();
    groups
}

pub(super) fn hash(text: &str) -> u64 {
    FixedState::with_seed(0).hash_one(text)
}

/// The text of an id without the differences of spelling.
#[derive(Default)]
struct Plain {
    text: String,
    letters: String,
    digits: String,
    /// Where telephone numbers are looked at.
    numbers: Option<Numbers>,
}

impl Plain {
    fn of(&mut self, id: &impl Display) -> &str {
        written(&mut self.text, id);
        self.letters.clear();
        if self.text.is_ascii() {
            let seen = self.text.bytes().filter(u8::is_ascii_graphic);
            self.letters.extend(seen.map(|byte| char::from(byte.to_ascii_lowercase())));
        } else {
            self.fold();
        }
        if has_groups(unquoted(&self.letters)) {
            self.letters.retain(|letter| letter != ',');
        }
        let text = without_address(unquoted(&self.letters));
        let phones = self.numbers.as_ref().filter(|_| is_marked(text.as_bytes()));
        phones.and_then(|numbers| numbers.plain(text, &mut self.digits)).unwrap_or_else(|| number(text))
    }

    fn fold(&mut self) {
        let letters = self.text.chars().map(half_width).filter(|&letter| is_seen(letter));
        for letter in letters.flat_map(char::to_lowercase) {
            let whole = if is_mark(letter) { self.letters.chars().next_back() } else { None };
            let whole = whole.and_then(|last| composed(last, letter));
            if whole.is_some() {
                self.letters.pop();
            }
            self.letters.push(whole.unwrap_or(letter));
        }
    }
}

/// Full-width forms of ASCII, as keyboards for Chinese and Japanese write them, as ASCII.
fn half_width(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        _ => letter,
    }
}

fn is_seen(letter: char) -> bool {
    let has_no_width = matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    !(letter.is_whitespace() || letter.is_control() || has_no_width)
}

/// Whether an end of a text is a letter or a digit, so that nothing stands around it.
fn is_plain(end: Option<&u8>) -> bool {
    end.is_none_or(u8::is_ascii_alphanumeric)
}

/// Removes quotes around it, or those of a spreadsheet's text: `="0123"`, `'0123`.
fn unquoted(text: &str) -> &str {
    if is_plain(text.as_bytes().first()) && is_plain(text.as_bytes().last()) {
        return text;
    }
    let text = text.strip_prefix('=').filter(|rest| rest.starts_with('"')).unwrap_or(text);
    text.trim_matches(['"', '\'', '`', '´', '‘', '’', '“', '”'])
}

/// Without the address or the sign in front of an id, and brackets around it: `gid://shopify/Customer/123`, `#123`, `{6F96..}`.
fn without_address(text: &str) -> &str {
    let text = match text.find("://").and_then(|_| text.rsplit_once('/')) {
        Some((_, last)) if !last.is_empty() => last,
        _ => text,
    };
    if is_plain(text.as_bytes().first()) {
        return text;
    }
    let inside = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let text = inside.or_else(|| text.strip_prefix('#')).unwrap_or(text);
    if text.is_empty() { "#" } else { text }
}

/// Whether a text is a number with commas between its thousands: `12,345`, `12,345.0`.
fn has_groups(text: &str) -> bool {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let mut groups = whole.split(',');
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let is_first = groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && is_digits(first));
    is_first && whole.contains(',') && groups.all(|group| group.len() == 3 && is_digits(group))
}

/// A whole number without zeros in front of it and decimals of zero; any other text as it is.
fn number(text: &str) -> &str {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return text;
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || decimals.bytes().any(|byte| byte != b'0') {
        return text;
    }
    let digits = whole.trim_start_matches('0');
    if digits.is_empty() { &whole[whole.len() - 1..] } else { digits }
}
