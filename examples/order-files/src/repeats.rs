//! Rows that are equal to an earlier one of their order in another stretch: what the first pass found in them is taken back.

use std::mem::take;

use crate::batches::Batches;
use crate::cells::{MoneyCells, Words};
use crate::error::Error;
use crate::order_ids::{ELSEWHERE, Marks, NO_ORDER, PIECES};
use crate::order_texts::OrderTexts;
use crate::stretch::Stretch;
use crate::suspects::{Suspects, Zeros};
use crate::table::Table;

/// A bit for each row; none where no row has one.
#[derive(Debug, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    fn of(rows: u32) -> Self {
        Self(vec![0; rows as usize / 64 + 1])
    }

    fn set(&mut self, row: u32) {
        if let Some(word) = self.0.get_mut(row as usize / 64) {
            *word |= 1 << (row % 64);
        }
    }

    pub(crate) fn has(&self, row: u32) -> bool {
        self.0.get(row as usize / 64).is_some_and(|word| word & 1 << (row % 64) != 0)
    }

    /// Leaves out the rows of a stretch that have a bit.
    pub(crate) fn leave_out(&self, stretch: &mut Stretch) {
        let has = |at: &u32| self.has(stretch.number(*at as usize));
        let all = 0..stretch.len() as u32;
        if self.0.is_empty() || !all.clone().any(|at| has(&at)) {
            return;
        }
        let kept: Vec<u32> = all.filter(|at| !has(at)).collect();
        let mut orders = take(&mut stretch.orders);
        if let Some(orders) = &mut orders {
            orders.keep(&kept);
        }
        *stretch = stretch.select(&kept, orders);
    }
}

/// The lines of the first three of some rows.
fn add_line(lines: &mut Vec<u64>, line: u64) {
    lines.push(line);
    lines.sort_unstable();
    lines.truncate(3);
}

/// What is found in the ids of all orders.
#[derive(Default)]
pub(crate) struct OfOrders {
    /// Each id once; `None` where rows have no orders.
    pub(crate) texts: Option<OrderTexts>,
    pub(crate) rounded: Suspects,
}

/// Leaves out rows that are equal to an earlier one of their order.
pub(crate) fn leave_out(table: &mut Table, batches: &mut Batches) -> Result<OfOrders, Error> {
    let mut found = OfOrders::default();
    if table.orders.is_none() {
        return Ok(found);
    }
    let (mut repeated, mut count, mut zeros) = (Bits::of(table.rows), 0, Zeros::default());
    let texts = found.texts.insert(OrderTexts::new()?);
    // Some of these are repeated.
    (table.alike, table.alike_lines) = (0, Vec::new());
    for batch in 0..batches.len() {
        let (stretch, orders) = batches.batch(batch)?;
        let Some(mut orders) = orders else { continue };
        orders.ids.long().for_each(|id| zeros.see(id));
        texts.add(&orders.ids)?;
        let marks = orders.marks.take().unwrap_or_default();
        for (at, order) in take(&mut orders.numbers).into_iter().enumerate() {
            let (row, mark) = (stretch.number(at), |marks: &[u64]| marks.get(at).copied().unwrap_or(0));
            if order == NO_ORDER {
                continue;
            }
            if orders.is_known_row(order, mark(&marks.rows)) {
                repeated.set(row);
                count += 1;
                add_line(&mut table.duplicate_lines, table.lines.line(row));
                table.forget(&stretch, &marks, at);
            } else if table.plan.line.is_some() && orders.is_known_line(order, mark(&marks.parts)) {
                table.alike += 1;
                add_line(&mut table.alike_lines, table.lines.line(row));
            }
        }
    }
    if count > 0 {
        table.duplicates += count;
        table.unread.forget(count);
        table.times.vote.forget(&repeated);
        let money = [Some(&mut table.amounts), table.quantities.as_mut(), table.refunded.as_mut()];
        money.into_iter().flatten().for_each(|MoneyCells { vote, .. }| vote.forget(&repeated));
        batches.repeated = repeated;
    }
    found.rounded = zeros.suspects(Some(&batches.zeros));
    Ok(found)
}

impl Table {
    /// Takes back what was counted of a row.
    fn forget(&mut self, stretch: &Stretch, marks: &Marks, at: usize) {
        let words = [self.statuses.as_mut(), self.kinds.as_mut(), Some(&mut self.currencies)];
        for (words, numbers) in words.into_iter().zip(&stretch.words) {
            if let (Some(words), Some(number)) = (words, numbers.get(at)) {
                words.forget(*number);
            }
        }
        let counted = marks.counted.get(at).copied().unwrap_or(0);
        self.guests_elsewhere -= u64::from(counted & ELSEWHERE != 0);
        self.several_pieces -= u64::from(counted & PIECES != 0);
    }
}

impl Words {
    /// Counts a row less.
    fn forget(&mut self, number: u8) {
        if let Some(word) = self.found.get_mut(usize::from(number)) {
            word.1 -= 1;
        }
    }
}
