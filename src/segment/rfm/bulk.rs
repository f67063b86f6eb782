//! Scores of all customers, column by column.

use core::ops::Range;

use super::table::Monetary;
use super::{RfmModel, RfmScore, RfmTable};
use crate::history::Money;
use crate::number::money;
use crate::parallel;
use crate::parallel::{BLOCK, fetch};
use crate::record::calendar::Day;
use crate::scale::Bins;

/// Customers for whom it pays to wake another core.
const LEAST: usize = 32 * BLOCK;

/// Bins from 0 of a block of customers.
type Block = [u8; BLOCK];

pub(super) fn score_all(model: &RfmModel, table: &RfmTable<'_>) -> Vec<RfmScore> {
    let days: Vec<Day> = model.recency.thresholds().iter().map(|&date| date.into()).collect();
    // A mark beyond 32 bits is one that no count passes.
    let counts: Vec<u32> = model.frequency.thresholds().iter().map_while(|&mark| mark.try_into().ok()).collect();
    let amounts = narrow_marks(model, table);
    parallel::concat(table.len(), LEAST, |part| {
        let [mut r, mut f, mut m]: [Block; 3] = [[0; BLOCK]; 3];
        let mut scores = Vec::with_capacity(part.len());
        for start in part.clone().step_by(BLOCK) {
            let rows = start..part.end.min(start + BLOCK);
            fetch(table.last_purchase, rows.end);
            fetch(&table.frequency, rows.end);
            count(&mut r, &table.last_purchase[rows.clone()], &days, is_inclusive(&model.recency));
            count(&mut f, &table.frequency[rows.clone()], &counts, is_inclusive(&model.frequency));
            match (&table.monetary, &amounts) {
                (Monetary::Minor(Money::Narrow(values), _), Some(marks)) => {
                    fetch(values, rows.end);
                    count(&mut m, &values[rows.clone()], marks, is_inclusive(model.monetary.marks()));
                }
                (values, _) => look_up(&mut m, values, rows.clone(), model),
            }
            let bins = r.iter().zip(&f).zip(&m).take(rows.len());
            scores.extend(bins.map(|((&r, &f), &m)| RfmScore::of_bins(r.into(), f.into(), m.into())));
        }
        scores
    })
}

/// The marks of M as the integers that the table's amounts are; `None` where they are others.
fn narrow_marks<'a>(model: &'a RfmModel, table: &RfmTable<'_>) -> Option<&'a [i64]> {
    let (Monetary::Minor(Money::Narrow(_), scale), Some(minor)) = (&table.monetary, model.monetary.minor()) else {
        return None;
    };
    (*scale == minor.scale).then(|| minor.marks.thresholds())
}

fn look_up(bins: &mut Block, values: &Monetary<'_>, rows: Range<usize>, model: &RfmModel) {
    for (bin, row) in bins.iter_mut().zip(rows) {
        let amount = match values {
            Monetary::Minor(amounts, scale) => amounts.get(row).and_then(|amount| money::decimal(amount, *scale)),
            Monetary::Decimal(amounts) => amounts.get(row).copied(),
        };
        *bin = model.monetary.position(amount.unwrap_or_default()) as u8;
    }
}

/// Whether a value that equals a mark has passed it.
const fn is_inclusive<T>(binning: &Bins<T>) -> bool {
    matches!(binning, Bins::Bands(_))
}

/// Counts for each value the marks that it has passed, four marks at a time: loops without a branch.
fn count<T: Copy + Ord>(bins: &mut Block, values: &[T], marks: &[T], inclusive: bool) {
    let passed = |mark: &T, value: T| u8::from(if inclusive { *mark <= value } else { *mark < value });
    bins.fill(0);
    let fours = marks.chunks_exact(4);
    let rest = fours.remainder();
    for four in fours {
        let [a, b, c, d] = four else { continue };
        for (bin, &value) in bins.iter_mut().zip(values) {
            *bin += passed(a, value) + passed(b, value) + passed(c, value) + passed(d, value);
        }
    }
    for mark in rest {
        bins.iter_mut().zip(values).for_each(|(bin, &value)| *bin += passed(mark, value));
    }
}
