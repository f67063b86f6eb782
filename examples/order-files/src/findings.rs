//! What the second pass says of the rows beside their orders, joined over all batches as if all rows had been one.

use crate::error::{BadRow, Error};
use crate::lines::Skipped;
use crate::resolve::Rows;

/// Where the second pass stands: at a row, or behind all rows at the order that has this one as its second. Rows have their
/// numbers in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Row(u32),
    Several(u32),
}

/// All that is said.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What stops the reading, and where.
    pub(crate) stop: Option<(Step, Error)>,
    /// Rows and orders that could not be used: how many, and the first.
    bad: u64,
    first_bad: Vec<(Step, BadRow)>,
    /// The lines of the first two rows of an order that have the same amount, where they may be lines, by the second's number.
    equal_lines: Option<(u32, [u64; 2])>,
    /// Whether any two rows of an order that may be lines have different amounts.
    pub(crate) has_unequal_lines: bool,
}

impl Findings {
    /// Adds a bad row behind those that are there.
    pub(crate) fn add(&mut self, step: Step, row: BadRow) {
        self.bad += 1;
        if self.first_bad.len() < Skipped::SHOWN {
            self.first_bad.push((step, row));
        }
    }

    /// Notes two rows of an order that have the same amount, behind those that are noted.
    pub(crate) fn see_equal(&mut self, rows: &Rows, [first, second]: [u32; 2]) {
        self.equal_lines.get_or_insert_with(|| (rows.number(second), [rows.line(first), rows.line(second)]));
    }

    /// Takes over what was found in other orders.
    pub(crate) fn merge(&mut self, mut other: Self) {
        self.bad += other.bad;
        self.first_bad.append(&mut other.first_bad);
        self.first_bad.sort_by_key(|(step, _)| *step);
        self.first_bad.truncate(Skipped::SHOWN);
        self.stop = self.stop.take().into_iter().chain(other.stop).min_by_key(|(step, _)| *step);
        self.equal_lines = self.equal_lines.into_iter().chain(other.equal_lines).min();
        self.has_unequal_lines |= other.has_unequal_lines;
    }

    /// Counts the bad rows among those that are left out.
    ///
    /// # Errors
    ///
    /// What stops the reading. Where nobody has said that the rows of an order are its lines, some two of them differ; where
    /// nobody has said that each has its total, none that differ in other columns have one amount.
    pub(crate) fn settle(self, rows: &mut Rows) -> Result<(), Error> {
        if let Some((_, error)) = self.stop {
            return Err(error);
        }
        match self.equal_lines {
            Some((_, lines)) if rows.plan.may_be_totals && !self.has_unequal_lines => {
                return Err(rows.one_amount(lines));
            }
            _ => {}
        }
        let more = self.bad - self.first_bad.len() as u64;
        self.first_bad.into_iter().for_each(|(_, row)| rows.skipped.add(row));
        rows.skipped.count += more;
        Ok(())
    }
}
