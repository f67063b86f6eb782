//! Rows of one order, put together: what each adds, and where they contradict each other.

use crate::assemble::{Assembly, Sink};
use crate::cells::NO_TIME;
use crate::contradiction::Difference;
use crate::drafts::{Draft, Line};
use crate::error::Error;
use crate::ids::NOBODY;
use crate::layout::StatusMeaning;
use crate::order_ids::OrderIds;

const DAY: i64 = 86_400;

impl<S: Sink> Assembly<'_, S> {
    /// A further row of an order.
    pub(crate) fn join(&mut self, draft: &mut Draft, mut line: Line) -> Result<(), Error> {
        if line.is_refund {
            if let Some(other) = draft.first.or(draft.refund) {
                self.check_same_customer(&other, line)?;
            }
            if draft.earliest.is_none_or(|earliest| line.seconds < earliest.seconds) {
                draft.earliest = Some(line);
            }
            draft.given_back = draft.given_back.saturating_add(line.amount.unwrap_or(0));
            draft.refund_rows += 1;
            draft.refund.get_or_insert(line);
            return Ok(());
        }
        if let Some(first) = &mut draft.first {
            // Where only one row of an order has a status, all stand there.
            match (first.says_no_status, line.says_no_status) {
                (true, false) => (first.status, first.says_no_status) = (line.status, false),
                (false, true) if !self.rows.plan.adds_lines => {
                    (line.status, line.says_no_status) = (first.status, false);
                }
                _ => {}
            }
            self.check_customer(first, line)?;
            if self.rows.plan.adds_lines {
                self.check_times(first, line)?;
                if first.amount == line.amount {
                    self.findings.see_equal(self.rows, [first.row, line.row]);
                } else {
                    self.findings.has_unequal_lines = true;
                }
                if line.seconds < first.seconds {
                    (first.seconds, first.row) = (line.seconds, line.row);
                }
                let is_repeated =
                    line.refunded == draft.refund_each && line.refunded > Some(0) && line.refunded != line.amount;
                draft.repeats_refund |= is_repeated;
                first.refunded = match (first.refunded, line.refunded) {
                    (Some(one), Some(other)) => one.checked_add(other),
                    (one, other) => one.or(other),
                };
            } else {
                // The row that says when the order was paid need not be that of the total.
                let is_part = first.amount.is_none() || line.amount.is_none();
                let is_paid = [first.status, line.status].contains(&StatusMeaning::Paid);
                if line.amount.is_some() {
                    let is_unlike = |orders: &OrderIds| orders.unlike.contains(&line.row);
                    if first.amount == line.amount
                        && line.amount > Some(0)
                        && self.rows.orders.as_ref().is_some_and(is_unlike)
                    {
                        self.findings.see_equal(self.rows, [first.row, line.row]);
                    }
                    self.check_equal(first, line)?;
                }
                if self.rows.paid.is_some() && is_part && is_paid && first.status == StatusMeaning::Unpaid {
                    first.status = StatusMeaning::Paid;
                }
            }
        } else {
            if let Some(refund) = draft.refund {
                self.check_same_customer(&refund, line)?;
            }
            draft.refund_each = line.refunded;
            draft.first = Some(line);
        }
        let amount = line.amount.unwrap_or(0);
        let is_paid = line.status == StatusMeaning::Paid;
        let sum = match (line.says_no_status, is_paid) {
            (true, _) => &mut draft.unsaid,
            (_, true) => &mut draft.paid,
            (_, false) => &mut draft.called_off,
        };
        *sum = sum.saturating_add(amount);
        draft.is_paid |= is_paid && !line.says_no_status;
        draft.called_off_lines += u32::from(!is_paid);
        Ok(())
    }

    fn check_customer(&self, first: &mut Line, line: Line) -> Result<(), Error> {
        if first.customer == NOBODY {
            first.customer = line.customer;
        }
        self.check_same_customer(first, line)
    }

    fn check_same_customer(&self, first: &Line, line: Line) -> Result<(), Error> {
        let is_same = [first.customer, line.customer].contains(&NOBODY) || line.customer == first.customer;
        if is_same { Ok(()) } else { Err(self.contradiction(first, line, Difference::Customer)) }
    }

    /// Nothing is given back a day and more before it was bought.
    pub(crate) fn check_refunds(&self, first: &Line, draft: &Draft) -> Result<(), Error> {
        let is_early = |refund: &Line| {
            ![first.seconds, refund.seconds].contains(&NO_TIME) && refund.seconds.saturating_add(DAY) < first.seconds
        };
        match draft.earliest.filter(is_early) {
            Some(refund) => Err(self.contradiction(first, refund, Difference::Time)),
            None => Ok(()),
        }
    }

    /// Lines of one order lie within a day.
    fn check_times(&self, first: &Line, line: Line) -> Result<(), Error> {
        let is_far = line.seconds.abs_diff(first.seconds) > DAY.unsigned_abs();
        if is_far { Err(self.contradiction(first, line, Difference::Time)) } else { Ok(()) }
    }

    /// The total, given again, is the same.
    fn check_equal(&self, first: &mut Line, line: Line) -> Result<(), Error> {
        if first.amount.is_none() {
            *first = Line { customer: first.customer, ..line };
            return Ok(());
        }
        let has_refunds = first.refunded.is_some() && line.refunded.is_some();
        let difference = if first.amount != line.amount {
            Difference::Amount
        } else if first.seconds != line.seconds {
            Difference::Time
        } else if first.status != line.status {
            Difference::Status
        } else if has_refunds && first.refunded != line.refunded {
            Difference::Refunded
        } else {
            first.refunded = first.refunded.or(line.refunded);
            return Ok(());
        };
        Err(self.contradiction(first, line, difference))
    }

    fn contradiction(&self, first: &Line, second: Line, difference: Difference) -> Error {
        self.rows.contradiction(self.people, [first.row, second.row], difference)
    }
}
