//! Credits that name no order, tied to the orders that they give back.

use repurchase::record::{Record, match_credits};

use crate::error::Error;
use crate::notes::{Note, NoteCode};
use crate::orders::{Columns, Orders};

impl Orders {
    /// Ties credits to the orders that they give back whole, as the library's
    /// [`match_credits`](repurchase::record::match_credits) does: those orders are fully refunded then, the credits are
    /// none any more, and a note has the counts.
    ///
    /// The day up to which orders count stays the one that the file says: a refund is something that happened, too.
    ///
    /// # Errors
    ///
    /// Where the credits do not add up to a `Decimal`.
    ///
    /// # Complexity
    ///
    /// Linear in orders, and `n log n` in credits and the orders of customers who have one.
    pub fn with_credits_matched(mut self) -> Result<Self, Error> {
        if self.columns.credits.is_empty() {
            return Ok(self);
        }
        let (tied, unmatched) = self.columns.match_credits(self.ids.len(), self.scale)?;
        self.customers = self.columns.count_customers(self.ids.len());
        self.note_matches(tied, unmatched);
        Ok(self)
    }

    /// Counts and notes credits that were tied to orders, and those that were not.
    pub(crate) fn note_matches(&mut self, tied: u64, unmatched: u64) {
        self.counts.fully_refunded += tied;
        self.counts.credits_matched = tied;
        self.add_note(NoteCode::FullyRefunded, tied, self.counts.orders);
        self.add_note(NoteCode::CreditsMatched, tied, tied + unmatched);
    }

    /// Adds to a note of the code, or makes one.
    fn add_note(&mut self, code: NoteCode, count: u64, of: u64) {
        if count == 0 {
            return;
        }
        if let Some(note) = self.notes.iter_mut().find(|note| note.code == code) {
            (note.count, note.of) = (note.count + count, of);
            return;
        }
        let (examples, chinese_examples, named) = (Vec::new(), Vec::new(), String::new());
        self.notes.push(Note { code, count, of, examples, chinese_examples, named });
    }
}

impl Columns {
    /// Ties credits to orders of these many customers; how many were tied, and how many were not.
    pub(crate) fn match_credits(&mut self, customers: usize, scale: u32) -> Result<(u64, u64), Error> {
        let mut has_credit = vec![false; customers];
        for credit in &self.credits {
            if let Some(slot) = has_credit.get_mut(credit.0 as usize) {
                *slot = true;
            }
        }
        let concerned = |at: &usize| self.customers.get(*at).is_some_and(|id| has_credit[*id as usize]);
        let places: Vec<usize> = (0..self.customers.len()).filter(concerned).collect();
        let mut records: Vec<Record<u32>> = Vec::with_capacity(places.len() + self.credits.len());
        for &at in &places {
            records.push(self.order(at, scale)?.into());
        }
        for credit in self.credits(scale) {
            records.push(credit?.into());
        }
        let matches = match_credits(&mut records)?;
        if self.refunded.is_empty() && !matches.matched.is_empty() {
            self.refunded.resize(self.customers.len(), 0);
        }
        let mut gone = vec![false; self.credits.len()];
        for &(credit, order) in &matches.matched {
            let Some(&at) = places.get(order) else { continue };
            self.refunded[at] = self.amounts.get(at);
            gone[credit - places.len()] = true;
        }
        let stays = |at: usize| !gone.get(at).copied().unwrap_or(false);
        let mut at = 0..;
        self.credits.retain(|_| at.next().is_none_or(stays));
        let mut at = 0..;
        self.credit_rows.retain(|_| at.next().is_none_or(stays));
        Ok((matches.matched.len() as u64, matches.unmatched.len() as u64))
    }
}
