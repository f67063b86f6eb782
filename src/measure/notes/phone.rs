//! Telephone numbers that differ in how they are written: with and without the code of their country, and punctuation.

use super::alike::hash;

/// Digits that a text has, to be a telephone number.
const DIGITS: usize = 7;
/// Digits that two numbers share where one has the code of a country.
const SHARED: usize = 8;
/// Digits of such a code.
const CODE: usize = 3;

/// Whether a text has digits and what stands between those of telephone numbers alone, and says by that what it is:
/// `+86 138 0013 8000`, `(555) 010-9999`, `0086..`.
pub(super) fn is_marked(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let is_of_phones = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'(' | b')' | b'.' | b' ');
    let starts = text.first().is_some_and(|first| matches!(first, b'+' | b'(' | b'0'..=b'9'));
    // A fraction is none.
    let mut points = text.iter().filter(|byte| **byte == b'.');
    let is_fraction = points.next().is_some() && points.next().is_none() && digits + 1 == text.len();
    starts && digits >= DIGITS && text.iter().all(is_of_phones) && !is_fraction && is_international(text, digits)
}

/// Whether there is punctuation, or the two zeros before the code of a country.
fn is_international(text: &[u8], digits: usize) -> bool {
    digits < text.len() || text.starts_with(b"00") && digits >= SHARED + 2
}

/// Numbers as they are dialled within their country.
#[derive(Default)]
pub(super) struct Numbers {
    /// Hashes, ascending.
    known: Vec<u64>,
}

impl Numbers {
    /// Those of ids in the form in which they are compared.
    pub(super) fn see(&mut self, text: &str) {
        let is_national = !text.starts_with('+') && !text.starts_with("00");
        if is_national && (text.bytes().all(|byte| byte.is_ascii_digit()) || is_marked(text.as_bytes())) {
            let mut digits = String::new();
            self.known.extend(digits_of(text, &mut digits).filter(|digits| digits.len() >= SHARED).map(hash));
        }
    }

    pub(super) fn sort(&mut self) {
        self.known.sort_unstable();
        self.known.dedup();
    }

    /// A marked number as another id has it, without the code of a country, or else its digits.
    pub(super) fn plain<'t>(&self, text: &str, digits: &'t mut String) -> Option<&'t str> {
        let digits = digits_of(text, digits)?;
        let without = (1..=CODE).filter_map(|code| digits.get(code..)).map(|rest| rest.trim_start_matches('0'));
        let mut without = without.filter(|rest| rest.len() >= SHARED);
        Some(without.find(|rest| self.known.binary_search(&hash(rest)).is_ok()).unwrap_or(digits))
    }
}

/// The digits of a text without zeros in front.
fn digits_of<'t>(text: &str, digits: &'t mut String) -> Option<&'t str> {
    digits.clear();
    digits.extend(text.chars().filter(char::is_ascii_digit));
    let digits = digits.trim_start_matches('0');
    (!digits.is_empty()).then_some(digits)
}
