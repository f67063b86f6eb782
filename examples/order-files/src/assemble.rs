//! The second pass: rows to orders and credits.

use crate::cells::NO_TIME;
use crate::contradiction::People;
use crate::counts::Counts;
use crate::drafts::{Draft, Drafts, EMPTY, Line};
use crate::error::{BadRow, Error, Fault};
use crate::findings::{Findings, Step};
use crate::ids::NOBODY;
use crate::layout::StatusMeaning;
use crate::money::Money;
use crate::order_ids::NO_ORDER;
use crate::resolve::Rows;
use crate::said::said;

/// One order, before ids are sorted; amounts in the finest unit of the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OneOrder {
    pub(crate) customer: u32,
    pub(crate) seconds: i64,
    pub(crate) amount: i128,
    pub(crate) refunded: i128,
    pub(crate) status: StatusMeaning,
    pub(crate) row: u32,
}

/// What takes orders and credits as they are made.
pub(crate) trait Sink {
    fn order(&mut self, order: OneOrder);
    fn line(&mut self, row: u32);
    fn credit(&mut self, customer: u32, seconds: i64, amount: i128, row: u32);
}

/// The powers of ten that bring amounts, products and refunds to one unit.
pub(crate) struct Units {
    pub(crate) scale: u32,
    amount: i128,
    refunded: i128,
}

impl Units {
    pub(crate) fn of(rows: &Rows) -> Self {
        let amount = u32::from(rows.amounts.scale()) + rows.quantities.as_ref().map_or(0, |one| one.scale().into());
        let refunded = rows.refunded.as_ref().map_or(0, |one| u32::from(one.scale()));
        let scale = amount.max(refunded);
        let power = |from: u32| 10_i128.checked_pow(scale - from).unwrap_or(0);
        Self { scale, amount: power(amount), refunded: power(refunded) }
    }
}

pub(crate) struct Assembly<'a, S> {
    pub(crate) rows: &'a Rows,
    pub(crate) people: People<'a>,
    units: Units,
    pub(crate) counts: Counts,
    sink: S,
    skips: bool,
    step: Step,
    pub(crate) findings: Findings,
}

impl<'a, S: Sink> Assembly<'a, S> {
    pub(crate) fn new(rows: &'a Rows, people: People<'a>, sink: S, skips: bool) -> Self {
        Self {
            rows,
            people,
            units: Units::of(rows),
            counts: Counts::default(),
            sink,
            skips,
            step: Step::Row(0),
            findings: Findings::default(),
        }
    }

    /// Hands all orders and credits to the sink; gives the counts, and what else is to be said of the rows.
    pub(crate) fn run(mut self) -> (S, Counts, Findings) {
        let mut drafts = Drafts::of(self.rows);
        let stop = self.each_row(&mut drafts).and_then(|()| self.each_of_several(drafts));
        self.findings.stop = stop.err().map(|error| (self.step, error));
        (self.sink, self.counts, self.findings)
    }

    /// All rows; orders of one row are finished there.
    fn each_row(&mut self, drafts: &mut Drafts) -> Result<(), Error> {
        let mut dropped = self.rows.dropped.iter().peekable();
        for row in 0..self.rows.count {
            if dropped.next_if_eq(&&row).is_some() {
                continue;
            }
            self.step = Step::Row(self.rows.number(row));
            let Some(line) = self.line(row)? else { continue };
            if line.is_refund && !self.is_made(&line) {
                continue;
            }
            // Of an order of lines each may be called off.
            if !line.is_refund && (!self.rows.plan.adds_lines || line.status == StatusMeaning::Paid) {
                self.sink.line(row);
            }
            let order = self.rows.orders.as_ref().and_then(|orders| orders.numbers.get(row as usize)).copied();
            match order.filter(|order| *order != NO_ORDER) {
                None => self.alone(line)?,
                Some(order) => {
                    if let Some(draft) = drafts.get_mut(order) {
                        self.join(draft, line)?;
                        continue;
                    }
                    let mut draft = EMPTY;
                    self.join(&mut draft, line)?;
                    self.finish(order, &draft)?;
                }
            }
        }
        Ok(())
    }

    /// The orders of several rows.
    fn each_of_several(&mut self, drafts: Drafts) -> Result<(), Error> {
        for (order, second, draft) in drafts.into_several() {
            self.step = Step::Several(self.rows.number(second));
            self.finish(order, &draft)?;
        }
        Ok(())
    }

    fn line(&mut self, row: u32) -> Result<Option<Line>, Error> {
        let (rows, at) = (self.rows, row as usize);
        let quantity = match &rows.quantities {
            Some(quantities) => quantities.get(at),
            None => Some(1),
        };
        let amount = rows.amounts.get(at);
        let refunded = rows.refunded.as_ref().and_then(|one| one.get(at));
        let product = |value: Option<i128>, factors: [i128; 2]| {
            let product = factors.into_iter().try_fold(value.unwrap_or(0), i128::checked_mul)?;
            (product.unsigned_abs() < 1 << 96).then_some(value.map(|_| product))
        };
        let amount = product(amount, [quantity.unwrap_or(0), self.units.amount]);
        let (Some(amount), Some(refunded)) = (amount, product(refunded, [1, self.units.refunded])) else {
            let fault = Fault::of(
                ["more than 28 digits", "超过 28 位的数字"],
                ["an amount of at most 28 digits", "最多 28 位数字的金额"],
            );
            self.bad(row, rows.plan.amount_place(), fault)?;
            return Ok(None);
        };
        let of_one = rows.refunded.as_ref().and_then(|one| one.get(at)).zip(rows.refunded.as_ref().map(Money::scale));
        if let Some((given_back @ 1.., scale)) = of_one.map(|(units, scale)| (units.abs(), scale)) {
            let is_flag = Some(given_back) == 10_i128.checked_pow(scale.into())
                && amount.is_some_and(|amount| refunded.is_some_and(|one| amount > one));
            let count = if is_flag { &mut self.counts.refunded_ones } else { &mut self.counts.refunded_amounts };
            *count += 1;
        }
        let word = |words: &crate::cells::Words| words.numbers.get(at).map(|number| usize::from(*number));
        let status = rows.statuses.as_ref().and_then(|(meanings, words)| meanings.get(word(words)?).copied());
        let says = |column: &Option<Vec<bool>>| column.as_ref().and_then(|one| one.get(at)).copied();
        let (is_cancelled, is_paid) = (says(&rows.cancelled), says(&rows.paid));
        let says_no_status = status == Some(None) && is_cancelled != Some(true) && is_paid.is_none();
        let status = match (is_cancelled, is_paid, status.flatten().unwrap_or(StatusMeaning::Paid)) {
            (Some(true), ..) => StatusMeaning::Cancelled,
            (_, Some(false), StatusMeaning::Paid) => StatusMeaning::Unpaid,
            (.., status) => status,
        };
        let kind = rows.refunds.as_ref().and_then(|(refunds, words)| refunds.get(word(words)?).copied());
        let is_refund = kind.flatten() == Some(true)
            || says(&rows.returned) == Some(true)
            || amount.is_some_and(|amount| amount < 0);
        self.counts.no_kind += u64::from(kind == Some(None) && !is_refund);
        Ok(Some(Line {
            row,
            customer: rows.customers.get(at).copied().unwrap_or(NOBODY),
            seconds: rows.seconds.get(at).copied().unwrap_or(NO_TIME),
            amount: amount.map(i128::abs),
            refunded: refunded.map(i128::abs),
            status,
            says_no_status,
            is_refund,
        }))
    }

    /// Whether a refund gives something back.
    fn is_made(&mut self, line: &Line) -> bool {
        self.counts.refund_rows += 1;
        if matches!(line.status, StatusMeaning::Unpaid | StatusMeaning::Cancelled) {
            self.counts.refunds_not_made += 1;
            return false;
        }
        self.counts.refunded_twice += u64::from(line.refunded.is_some_and(|refunded| refunded > 0));
        true
    }

    /// A row that names no order.
    fn alone(&mut self, line: Line) -> Result<(), Error> {
        let amount = line.amount.unwrap_or(0);
        if line.is_refund {
            self.credit(line, amount);
            return Ok(());
        }
        let refunded = line.refunded.unwrap_or(0);
        self.order(line, amount, refunded, line.status)
    }

    fn credit(&mut self, line: Line, amount: i128) {
        if line.customer == NOBODY {
            self.counts.guest_credits += 1;
        } else if amount > 0 {
            self.sink.credit(line.customer, line.seconds, amount, self.rows.number(line.row));
        }
    }

    fn order(&mut self, line: Line, amount: i128, refunded: i128, status: StatusMeaning) -> Result<(), Error> {
        let refunded = if status == StatusMeaning::Refunded { amount } else { refunded };
        if refunded > amount {
            let most = self.text(amount);
            let expected = said!("at most {most}, the order's amount", "不超过订单金额 {most}");
            let place = self.rows.plan.refunded.unwrap_or(self.rows.plan.amount_place());
            return self.bad(line.row, place, Fault::new(self.text(refunded).as_bytes(), expected));
        }
        if line.customer == NOBODY {
            self.counts.guest_orders += 1;
            return Ok(());
        }
        self.counts.orders += 1;
        self.counts.no_status += u64::from(line.says_no_status);
        match status {
            StatusMeaning::Unpaid => self.counts.unpaid += 1,
            StatusMeaning::Cancelled => self.counts.cancelled += 1,
            StatusMeaning::Refunded => self.counts.fully_refunded += 1,
            StatusMeaning::Paid => self.counts.fully_refunded += u64::from(refunded > 0 && refunded == amount),
        }
        self.sink.order(OneOrder {
            customer: line.customer,
            seconds: line.seconds,
            amount,
            refunded,
            status,
            row: self.rows.number(line.row),
        });
        Ok(())
    }

    /// Rows of refunds that give back more than their order came to.
    fn above(&mut self, order: Line, refund: Line, amount: i128, refunded: i128) -> Result<(), Error> {
        let (rows, place) = (self.rows, self.rows.plan.amount_place());
        let (refunded, most) = (self.text(refunded), self.text(amount));
        let (id, line) = (rows.order_of(order.row), rows.line(order.row));
        let fault = Fault::of(
            said!("refunds of {refunded} in all", "退款共 {refunded}"),
            said!(
                "at most {most}, the amount of order {id} on line {line}",
                "不超过 {most}（第 {line} 行订单 {id} 的金额）"
            ),
        );
        self.bad(refund.row, place, fault)
    }

    /// An amount in the finest unit, as a message has it.
    fn text(&self, units: i128) -> String {
        crate::orders::decimal(units, self.units.scale).normalize().to_string()
    }

    fn finish(&mut self, order: u32, draft: &Draft) -> Result<(), Error> {
        let Some(orders) = &self.rows.orders else { return Ok(()) };
        // Lines without an amount of an order whose amount is in another currency.
        let has_no_amount = draft.first.is_some_and(|first| first.amount.is_none());
        if has_no_amount && orders.in_other_currency.contains(&order) {
            return Ok(());
        }
        let is_credit_note = orders.credit_notes.get(order as usize).copied().unwrap_or(false);
        let Some(first) = draft.first else {
            let Some(refund) = draft.refund else { return Ok(()) };
            if !is_credit_note {
                self.counts.refunds_unmatched += u64::from(draft.refund_rows);
            }
            self.credit(refund, draft.given_back);
            return Ok(());
        };
        self.check_refunds(&first, draft)?;
        self.counts.refunds_matched += u64::from(draft.refund_rows);
        let adds_lines = self.rows.plan.adds_lines;
        if first.amount.is_none() {
            let place = self.rows.plan.amount_place();
            let expected = ["an amount on one of the rows of the order", "金额：订单至少有一行应有金额"];
            return self.bad(first.row, place, Fault::new(b"", expected));
        }
        // Of an order whose lines differ, those that were paid are the order.
        let (amount, status) = match (adds_lines, draft.is_paid) {
            (true, true) => (draft.paid.saturating_add(draft.unsaid), StatusMeaning::Paid),
            (true, false) => (draft.called_off.saturating_add(draft.unsaid), first.status),
            (false, _) => (first.amount.unwrap_or(0), first.status),
        };
        if adds_lines && draft.is_paid && first.customer != NOBODY {
            self.counts.lines_called_off += u64::from(draft.called_off_lines);
        }
        let (of_order, of_rows) = (first.refunded.unwrap_or(0), draft.given_back);
        // One refund may be said twice, of the order and in a row of its own.
        let is_said_twice = of_order > 0 && of_rows > 0;
        let refunded = if of_order == of_rows { of_order } else { of_order.saturating_add(of_rows) };
        if first.customer != NOBODY {
            self.counts.refunded_in_both += u64::from(is_said_twice);
            self.counts.refunds_repeated += u64::from(draft.repeats_refund);
        }
        match draft.refund {
            Some(refund) if refunded > amount => self.above(first, refund, amount, refunded),
            _ => self.order(first, amount, refunded, status),
        }
    }

    fn bad(&mut self, row: u32, place: usize, fault: Fault) -> Result<(), Error> {
        let bad = BadRow::new(self.rows.line(row), self.rows.plan.name(place), fault);
        if !self.skips {
            return Err(Error::Row(bad));
        }
        self.findings.add(self.step, bad);
        Ok(())
    }
}
