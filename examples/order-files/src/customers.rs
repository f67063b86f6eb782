//! Who bought: ids, guests, and ids that are one person's.

use std::borrow::Cow;

use hashbrown::HashMap;

use crate::cells::{ROUNDED, bare, is_rounded, is_void};
use crate::error::{Error, Fault, shown};
use crate::ids::{Ids, Key, NOBODY};
use crate::said::{Said, said};

/// Ids that are nobody, in any case; so are those that say nothing, and zeros: `0`, `0.0`, `00000000-0000-0000-0000-000000000000`.
const GUESTS: [&str; 9] = ["guest", "undefined", "nil", "#n/a", "\\n", "n.a.", "n.a", "无", "空"];

/// Words for nothing within brackets, where others are names.
const IN_BRACKETS: [&str; 5] = ["na", "blank", "empty", "unknown", "missing"];

/// The longest id.
const LONGEST: usize = 512;

fn is_word(words: &[&str], id: &str) -> bool {
    words.iter().any(|word| id.eq_ignore_ascii_case(word))
}

/// Whether an id is punctuation alone, what a spreadsheet has in place of a value, or a word for nothing in brackets: `?`,
/// `#VALUE!`, `(null)`, `<NA>`.
fn is_nothing(id: &str) -> bool {
    let is_sign = |one: char| one.is_ascii_punctuation() || matches!(one, '？' | '－' | '—' | '–' | '…' | '／');
    let inside = [('(', ')'), ('<', '>'), ('[', ']'), ('{', '}'), ('（', '）'), ('【', '】')]
        .into_iter()
        .find_map(|(open, close)| id.strip_prefix(open)?.strip_suffix(close))
        .map(str::trim);
    let is_empty =
        |inside: &str| is_void(inside.as_bytes()) || is_word(&GUESTS, inside) || is_word(&IN_BRACKETS, inside);
    id.chars().all(is_sign) || id.starts_with('#') && id.ends_with(['!', '?']) || inside.is_some_and(is_empty)
}

/// The customer whom a field names, as [`read`](crate::read) keeps the id: without spaces around it, an e-mail address in lower
/// case; `None` for a guest.
///
/// # Errors
///
/// What is expected in place of an id that nobody has, such as one that a spreadsheet has rounded.
///
/// # Examples
///
/// ```
/// use order_files::customer_id;
///
/// assert_eq!(customer_id(" Ann@Example.com ")?.as_deref(), Some("ann@example.com"));
/// assert_eq!((customer_id("0")?, customer_id("Guest")?), (None, None));
/// assert!(customer_id("1.2E+11").is_err());
/// # Ok::<(), order_files::Said>(())
/// ```
pub fn customer_id(field: &str) -> Result<Option<Cow<'_, str>>, Said> {
    let id = somebody(bare(field.as_bytes()), |_| false).map_err(Fault::into_expected)?;
    Ok(id.map(|id| if is_address(id) { in_lower_case(id) } else { Cow::Borrowed(id) }))
}

/// An id that is somebody's, without spaces around it; `None` for a guest's.
fn somebody(id: &[u8], is_guest_of_option: impl FnOnce(&str) -> bool) -> Result<Option<&str>, Fault> {
    let text = std::str::from_utf8(id).ok().filter(|text| !text.contains('\u{FFFD}'));
    let Some(text) = text else {
        let expected =
            ["an id in UTF-8; save the file as \"CSV UTF-8\"", " UTF-8 编码的编号；请把文件另存为“CSV UTF-8”"];
        return Err(Fault::new(id, expected));
    };
    if is_guest_of_option(text) || is_guest(text) {
        return Ok(None);
    }
    if id.len() > LONGEST {
        return Err(Fault::new(id, said!("an id of at most {LONGEST} bytes", "不超过 {LONGEST} 字节的编号")));
    }
    if is_rounded(id) {
        return Err(Fault::new(id, ROUNDED));
    }
    Ok(Some(text))
}

fn is_guest(id: &str) -> bool {
    is_void(id.as_bytes())
        || id.bytes().all(|byte| matches!(byte, b'0' | b'.' | b'-'))
        || is_word(&GUESTS, id)
        || !id.starts_with(|first: char| first.is_ascii_alphanumeric()) && is_nothing(id)
}

fn is_address(id: &str) -> bool {
    id.contains('@')
}

fn in_lower_case(address: &str) -> Cow<'_, str> {
    let is_kept = address.is_ascii() && !address.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_kept { Cow::Borrowed(address) } else { Cow::Owned(address.to_lowercase()) }
}

#[derive(Default)]
pub(crate) struct Customers {
    pub(crate) ids: Ids,
    /// Of each row, the number of its id.
    pub(crate) numbers: Vec<u32>,
    guests: Vec<String>,
    /// Which of these a row has.
    pub(crate) has_guest: Vec<bool>,
    /// The first spelling of an id that is not the one it is kept by, by number.
    first: HashMap<u32, Vec<u8>>,
    /// Ids that came in several spellings, with two of them.
    pub(crate) joined: HashMap<u32, (String, String)>,
    /// A guest's id as it was found, for a message.
    pub(crate) guest: Option<String>,
    /// Short ids of rows that have no number yet, and the places of the rows.
    waiting: Vec<(Key, u32)>,
}

/// The customer of a row.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    /// By number, [`NOBODY`] for a guest.
    Number(u32),
    /// A short id, numbered together with others.
    Short(Key),
}

/// Ids that are numbered together.
const TOGETHER: usize = 512;

impl Customers {
    pub(crate) fn new(guests: &[String]) -> Self {
        let guests: Vec<String> = guests.iter().map(|guest| guest.trim().to_lowercase()).collect();
        Self { has_guest: vec![false; guests.len()], guests, ..Self::default() }
    }

    /// The customer of an id without spaces around it.
    #[inline]
    pub(crate) fn who(&mut self, id: &[u8]) -> Result<Who, Fault> {
        // Digits are most shops' ids; no guest but zeros are written so.
        if id.len() > 5 && !id.starts_with(b"0") && self.guests.is_empty() && id.iter().all(u8::is_ascii_digit) {
            if let Some(key) = Ids::key(id) {
                return Ok(Who::Short(key));
            }
        }
        self.who_by_text(id)
    }

    fn who_by_text(&mut self, id: &[u8]) -> Result<Who, Fault> {
        let Some(text) = somebody(id, |id| self.is_guest_of_option(id))? else {
            self.guest.get_or_insert_with(|| shown(id));
            return Ok(Who::Number(NOBODY));
        };
        if is_address(text) {
            return self.number_of_address(text).map(Who::Number);
        }
        match Ids::key(id) {
            Some(key) => Ok(Who::Short(key)),
            None => self.intern(id).map(Who::Number),
        }
    }

    fn is_guest_of_option(&mut self, id: &str) -> bool {
        if self.guests.is_empty() {
            return false;
        }
        let id = id.to_lowercase();
        let place = self.guests.iter().position(|guest| *guest == id);
        place.and_then(|place| self.has_guest.get_mut(place)).map(|has| *has = true).is_some()
    }

    fn number_of_address(&mut self, text: &str) -> Result<u32, Fault> {
        let kept = in_lower_case(text);
        let is_kept = matches!(kept, Cow::Borrowed(_));
        let count = self.ids.len();
        let number = self.intern(kept.as_bytes())?;
        // Nearly every address is written so each time.
        if is_kept && !self.first.contains_key(&number) {
            return Ok(number);
        }
        let is_new = self.ids.len() > count;
        if is_new {
            if kept != text {
                self.first.insert(number, text.as_bytes().to_vec());
            }
        } else {
            let first = self.first.get(&number).map_or(kept.as_bytes(), Vec::as_slice);
            if first != text.as_bytes() && !self.joined.contains_key(&number) {
                self.joined.insert(number, (shown(first), shown(text.as_bytes())));
            }
        }
        Ok(number)
    }

    #[inline]
    fn intern(&mut self, id: &[u8]) -> Result<u32, Fault> {
        self.ids.number(id).map_err(|error| Fault::new(id, Said::same(error.to_string())))
    }

    #[inline]
    pub(crate) fn store(&mut self, who: Who) -> Result<(), Error> {
        match who {
            Who::Number(number) => self.numbers.push(number),
            Who::Short(key) => {
                self.waiting.push((key, self.numbers.len() as u32));
                self.numbers.push(NOBODY);
                if self.waiting.len() == TOGETHER {
                    self.number_waiting()?;
                }
            }
        }
        Ok(())
    }

    /// Gives the ids that wait their numbers.
    pub(crate) fn number_waiting(&mut self) -> Result<(), Error> {
        let numbers = &mut self.numbers;
        self.ids.numbers(&self.waiting, |row, number| {
            if let Some(slot) = numbers.get_mut(row as usize) {
                *slot = number;
            }
        })?;
        self.waiting.clear();
        Ok(())
    }
}
