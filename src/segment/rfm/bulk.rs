//! Scores of all customers, column by column.
//!
//! Fast rather than plain: blocks that fit the cache, and loops without a branch. `benches/segment.rs`,
//! `segment/score_all/5x5x5`, must not get slower.

use core::ops::Range;

use super::columns::{Columns, Monetary};
use super::{RfmModel, RfmScore};
use crate::history::MoneyColumn;
use crate::number::money;
use crate::parallel;
use crate::parallel::{BLOCK, fetch};

/// Customers for whom it pays to wake another core.
const LEAST: usize = 32 * BLOCK;

/// Bins from 0 of a block of customers.
type Block = [u8; BLOCK];

pub(super) fn score_all(model: &RfmModel, columns: &Columns<'_>) -> Vec<RfmScore> {
    let (days, bin_counts) = (&model.recency.days, model.bin_counts);
    // A threshold beyond 32 bits is one that no count passes.
    let counts: Vec<u32> = model.frequency.thresholds().iter().map_while(|&count| count.try_into().ok()).collect();
    let amounts = narrow_thresholds(model, columns);
    parallel::concat(columns.len(), LEAST, |part| {
        let [mut r, mut f, mut m]: [Block; 3] = [[0; BLOCK]; 3];
        let mut scores = Vec::with_capacity(part.len());
        for start in part.clone().step_by(BLOCK) {
            let rows = start..part.end.min(start + BLOCK);
            fetch(columns.last_purchase, rows.end);
            fetch(&columns.frequency, rows.end);
            count(&mut r, &columns.last_purchase[rows.clone()], days.thresholds(), days.is_inclusive());
            count(&mut f, &columns.frequency[rows.clone()], &counts, model.frequency.is_inclusive());
            match (&columns.monetary, &amounts) {
                (Monetary::Minor(MoneyColumn::Narrow(values), _), Some(thresholds)) => {
                    fetch(values, rows.end);
                    count(&mut m, &values[rows.clone()], thresholds, model.monetary.amounts.is_inclusive());
                }
                (values, _) => look_up(&mut m, values, rows.clone(), model),
            }
            let bins = r.iter().zip(&f).zip(&m).take(rows.len());
            scores.extend(bins.map(|((&r, &f), &m)| bin_counts.score(r.into(), f.into(), m.into())));
        }
        scores
    })
}

/// The thresholds of M as the integers that the amounts are; `None` where they are others.
fn narrow_thresholds<'a>(model: &'a RfmModel, columns: &Columns<'_>) -> Option<&'a [i64]> {
    match (&columns.monetary, &model.monetary.minor) {
        (Monetary::Minor(MoneyColumn::Narrow(_), scale), Some(minor)) if *scale == minor.scale => {
            Some(minor.bins.thresholds())
        }
        _ => None,
    }
}

fn look_up(bins: &mut Block, values: &Monetary<'_>, rows: Range<usize>, model: &RfmModel) {
    for (bin, row) in bins.iter_mut().zip(rows) {
        let amount = match values {
            Monetary::Minor(amounts, scale) => amounts.get(row).and_then(|amount| money::decimal(amount, *scale)),
            Monetary::Decimal(amounts) => amounts.get(row).copied(),
        };
        *bin = model.monetary.position_of(amount.unwrap_or_default()) as u8;
    }
}

/// Counts for each value the thresholds that it has passed, four at a time: loops without a branch.
fn count<T: Copy + Ord>(bins: &mut Block, values: &[T], thresholds: &[T], inclusive: bool) {
    let passed = |threshold: &T, value: T| u8::from(if inclusive { *threshold <= value } else { *threshold < value });
    bins.fill(0);
    let fours = thresholds.chunks_exact(4);
    let rest = fours.remainder();
    for four in fours {
        let [a, b, c, d] = four else { continue };
        for (bin, &value) in bins.iter_mut().zip(values) {
            *bin += passed(a, value) + passed(b, value) + passed(c, value) + passed(d, value);
        }
    }
    for threshold in rest {
        bins.iter_mut().zip(values).for_each(|(bin, &value)| *bin += passed(threshold, value));
    }
}
