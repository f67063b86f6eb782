//! The last line of a report that adds up all others, and is no order.

use crate::batches::Batches;
use crate::error::{BadRow, Error, Fault};
use crate::ids::NOBODY;
use crate::order_ids::NO_ORDER;
use crate::resolve::Rows;
use crate::said::Said;

/// Rows from which on it is no chance that the last amount is the sum of all others.
const ROWS: u32 = 6;

impl Rows {
    /// Leaves out a last row that names no order, has a customer of its own and the sum of all other amounts.
    ///
    /// # Errors
    ///
    /// [`Error::Row`] where bad rows are not to be skipped.
    pub(crate) fn without_total(&mut self, skips: bool) -> Result<(), Error> {
        let last = self.count.saturating_sub(1);
        if self.count < ROWS || self.dropped.contains(&last) || !self.is_total(last as usize) {
            return Ok(());
        }
        self.refuse_total(last, skips)?;
        self.dropped.push(last);
        Ok(())
    }

    /// As [`without_total`](Rows::without_total), of so many rows that are in batches, and those that are repeated.
    pub(crate) fn without_total_of(&mut self, batches: &mut Batches, all: u32, skips: bool) -> Result<(), Error> {
        let mut kept = (0..all).rev().filter(|row| !batches.repeated.has(*row));
        let Some(last) = kept.next().filter(|_| kept.nth(ROWS as usize - 2).is_some()) else { return Ok(()) };
        let end = batches.batch_of(last);
        batches.load(end, self)?;
        let Some(place) = self.count.checked_sub(1).filter(|place| self.number(*place) == last) else { return Ok(()) };
        let at = place as usize;
        let (Some(&customer), Some(total)) = (self.customers.get(at), self.amounts.get(at)) else { return Ok(()) };
        if self.names_an_order(at) || self.dropped.contains(&place) || customer == NOBODY || total <= 0 {
            return Ok(());
        }
        let mut sum = Some(0_i128);
        // From behind: most customers were seen before, and not long ago.
        for batch in (0..batches.len()).rev() {
            batches.load(batch, self)?;
            let others = if batch == end { at } else { self.customers.len() };
            if self.customers.iter().take(others).any(|other| *other == customer) {
                return Ok(());
            }
            let amounts = (0..others).map(|row| self.amounts.get(row).unwrap_or(0));
            sum = sum.and_then(|sum| amounts.into_iter().try_fold(sum, i128::checked_add));
        }
        if sum == Some(total) {
            batches.load(end, self)?;
            self.refuse_total(place, skips)?;
            self.decisions.dropped.push((last, ()));
        }
        Ok(())
    }

    /// Says that a row, by its place here, is the sum of all others.
    fn refuse_total(&mut self, last: u32, skips: bool) -> Result<(), Error> {
        let fault = Fault::of(
            Said::same(self.amounts.text(last as usize)),
            [
                "an order, not the sum of all rows above: delete the line of the total",
                "订单，而不是上面各行的合计：请删去合计行",
            ],
        );
        let bad = BadRow::new(self.line(last), self.plan.name(self.plan.amount_place()), fault);
        if !skips {
            return Err(Error::Row(bad));
        }
        self.skipped.add(bad);
        Ok(())
    }

    fn names_an_order(&self, at: usize) -> bool {
        self.orders.as_ref().is_some_and(|one| one.numbers.get(at) != Some(&NO_ORDER))
    }

    fn is_total(&self, last: usize) -> bool {
        let (Some(&customer), Some(total)) = (self.customers.get(last), self.amounts.get(last)) else { return false };
        let others = self.customers.get(..last).unwrap_or_default();
        if self.names_an_order(last)
            || customer == NOBODY
            || total <= 0
            || others.iter().rev().any(|other| *other == customer)
        {
            return false;
        }
        let sum = (0..last).try_fold(0_i128, |sum, row| sum.checked_add(self.amounts.get(row).unwrap_or(0)));
        sum == Some(total)
    }
}
