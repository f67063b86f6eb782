//! Columns that are not read although their values say where an order stands, in which currency it is, or that a row is a sum.

use std::collections::HashMap;

use crate::cells::bare;
use crate::header::Plan;
use crate::layout::{Layout, Role, StatusMeaning};
use crate::names::{TOTALS, is_called_off, plain};
use crate::rows::Row;

/// Rows that are looked at.
const ROWS: u64 = 1000;

/// Codes of currencies that no other column has.
const CURRENCIES: [&str; 24] = [
    "aud",
    "brl",
    "cad",
    "chf",
    "cny",
    "czk",
    "dkk",
    "eur",
    "gbp",
    "hkd",
    "huf",
    "inr",
    "jpy",
    "krw",
    "mxn",
    "nok",
    "nzd",
    "pln",
    "rmb",
    "sek",
    "sgd",
    "twd",
    "usd",
    "人民币",
];

/// Columns that nothing reads, and the words that would change an answer.
pub(crate) struct Unread {
    /// By place; those that have such a word are gone from here.
    places: Vec<usize>,
    /// With the role that a column of such words has.
    words: HashMap<String, Option<Role>>,
}

impl Unread {
    pub(crate) fn new(plan: &Plan, own: &Layout) -> Self {
        let statuses = own.status_words().chain(plan.layout.status_words());
        let statuses = statuses.filter(|(_, meaning)| *meaning != StatusMeaning::Paid);
        // What a card is called, too.
        let kinds = own.kind_words().filter(|(word, is_refund)| *is_refund && word != "credit");
        let mut words: HashMap<String, Option<Role>> = TOTALS.iter().map(|word| ((*word).to_owned(), None)).collect();
        words.extend(kinds.map(|(word, _)| (word, Some(Role::Kind))));
        words.extend(statuses.map(|(word, _)| (word, Some(Role::Status))));
        if plan.currency.is_none() {
            words.extend(CURRENCIES.map(|code| (code.to_owned(), Some(Role::Currency))));
        }
        Self { places: plan.unread.clone(), words }
    }

    /// Looks at a row; gives the columns that have their first such word in it.
    #[inline]
    pub(crate) fn look(&mut self, rows: u64, row: Row<'_>) -> Vec<(usize, Option<Role>)> {
        if self.places.is_empty() || rows > ROWS { Vec::new() } else { self.found(row) }
    }

    fn found(&mut self, row: Row<'_>) -> Vec<(usize, Option<Role>)> {
        let mut found = Vec::new();
        let words = &self.words;
        self.places.retain(|&place| {
            let field = bare(row.field(place));
            let word = plain(&String::from_utf8_lossy(field));
            let is_number = word.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_punctuation());
            if is_number {
                return true;
            }
            let is_called_off = || is_called_off(&word).then_some(&Some(Role::Status));
            let role = words.get(&word).or_else(is_called_off);
            found.extend(role.map(|role| (place, *role)));
            role.is_none()
        });
        found
    }
}
