//! Columns that are not read although their values say where an order stands.

use std::collections::HashSet;

use crate::cells::bare;
use crate::header::Plan;
use crate::layout::{Layout, StatusMeaning};
use crate::names::plain;
use crate::rows::Row;

/// Rows that are looked at.
const ROWS: u64 = 1000;

/// Columns that nothing reads, and the words that would change an answer.
pub(crate) struct Unread {
    /// By place; those that have such a word are gone from here.
    places: Vec<usize>,
    words: HashSet<String>,
}

impl Unread {
    pub(crate) fn new(plan: &Plan, own: &Layout) -> Self {
        let statuses = own.status_words().chain(plan.layout.status_words());
        let statuses = statuses.filter(|(_, meaning)| *meaning != StatusMeaning::Paid).map(|(word, _)| word);
        // What a card is called, too.
        let kinds = own.kind_words().filter(|(word, is_refund)| *is_refund && word != "credit").map(|(word, _)| word);
        Self { places: plan.unread.clone(), words: statuses.chain(kinds).collect() }
    }

    /// Looks at a row; gives the columns that have their first such word in it.
    #[inline]
    pub(crate) fn look(&mut self, rows: u64, row: Row<'_>) -> Vec<usize> {
        if self.places.is_empty() || rows > ROWS { Vec::new() } else { self.found(row) }
    }

    fn found(&mut self, row: Row<'_>) -> Vec<usize> {
        let says = |place: &usize| {
            let field = bare(row.field(*place));
            !field.is_empty() && self.words.contains(&plain(&String::from_utf8_lossy(field)))
        };
        let (found, rest) = self.places.iter().partition(|place| says(place));
        self.places = rest;
        found
    }
}
