//! The last line of a report that adds up all others, and is no order.

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
        let fault = Fault::of(
            Said::same(self.amounts.text(last as usize)),
            [
                "an order, not the sum of all rows above: delete the line of the total",
                "订单，而不是上面各行的合计：请删去合计行",
            ],
        );
        let bad = BadRow::new(self.lines.line(last), self.plan.name(self.plan.amount_place()), fault);
        if !skips {
            return Err(Error::Row(bad));
        }
        self.skipped.add(bad);
        self.dropped.push(last);
        Ok(())
    }

    fn is_total(&self, last: usize) -> bool {
        let names_an_order = self.orders.as_ref().is_some_and(|one| one.numbers.get(last) != Some(&NO_ORDER));
        let (Some(&customer), Some(total)) = (self.customers.get(last), self.amounts.get(last)) else { return false };
        let others = self.customers.get(..last).unwrap_or_default();
        if names_an_order || customer == NOBODY || total <= 0 || others.iter().rev().any(|other| *other == customer) {
            return false;
        }
        let sum = (0..last).try_fold(0_i128, |sum, row| sum.checked_add(self.amounts.get(row).unwrap_or(0)));
        sum == Some(total)
    }
}
