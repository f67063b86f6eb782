//! Ledgers of other customers, joined.

use std::sync::Arc;

use super::{CustomerHistory, Ledger};
use crate::error::{Error, Result};
use crate::record::CustomerId;

impl<Id: CustomerId> Ledger<Id> {
    /// Adds the customers of another shop or of another part of this shop, none of whom may be in both.
    ///
    /// This is how the work is split: over threads, machines, or files by customer. Takes time linear in customers, who
    /// are listed by id already; in the others alone where their ids are all behind these.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for ledgers as of different days, and what [`from_histories`](Ledger::from_histories)
    /// refuses: a customer who is in both, a sum that does not fit at the finer of the two scales. The ledger is then
    /// unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.as_of != other.as_of {
            return Err(Error::AsOfMismatch { left: self.as_of, right: other.as_of });
        }
        if self.append(other) {
            return Ok(());
        }
        let histories = self.histories().chain(other.histories());
        let merged = Self::from_histories(histories.map(|(id, history)| (id.clone(), history)), self.as_of)?;
        *self = Self { left_out: self.left_out + other.left_out, ..merged };
        Ok(())
    }

    /// Every history, of those without a purchase too.
    pub(super) fn histories(&self) -> impl Iterator<Item = (&Id, CustomerHistory)> {
        self.iter().chain(self.without_purchase.iter().map(|(id, history)| (id, history.clone())))
    }

    /// Puts the other customers behind these where they belong there as they are; `false`, and nothing done, otherwise.
    fn append(&mut self, other: &Self) -> bool {
        let is_behind = self.ids.last().zip(other.ids.first()).is_none_or(|(last, first)| last < first);
        let is_known = |ledger: &Self, id: &Id| ledger.ids.binary_search(id).is_ok();
        let overlap = self.without_purchase.keys().any(|id| is_known(other, id))
            || other.without_purchase.keys().any(|id| is_known(self, id) || self.without_purchase.contains_key(id));
        if self.scale != other.scale || !is_behind || overlap {
            return false;
        }
        self.ids.extend_from_slice(&other.ids);
        Arc::make_mut(&mut self.columns).append(&other.columns);
        self.without_purchase.extend(other.without_purchase.iter().map(|(id, history)| (id.clone(), history.clone())));
        self.left_out += other.left_out;
        true
    }
}
