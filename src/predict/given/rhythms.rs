//! The gaps of a shop's customers, as far as they are known.

use crate::history::Spending;
use crate::parallel;
use crate::predict::Sample;
use crate::predict::given::counted::counted;
use crate::predict::given::grouped::{Grouped, Key};
use crate::predict::given::lazy::Lazy;
use crate::record::calendar::Day;
use crate::scale::Tally;

/// `x`, `T` and `t_x` as in [`Key`], and the bits of the sum of the gaps' logarithms.
pub(in crate::predict) type RhythmKey = (Key, u64);

/// Customers of two repeats or more whose gaps are known; with fewer, `t_x` says all.
pub(in crate::predict) type Rhythms = Lazy<RhythmKey, (Spending, Day)>;

/// Customers whose gaps are looked up together.
const PART: usize = 1 << 12;

/// The key of a sample of two repeats or more whose gaps are known.
pub(in crate::predict) fn key(sample: &Sample) -> Option<RhythmKey> {
    let ln_gaps = sample.known_ln_gaps()?;
    Some(((sample.repeats(), sample.age_days().to_bits(), sample.recency_days().to_bits()), ln_gaps.to_bits()))
}

impl Rhythms {
    pub(in crate::predict) const fn of_spending(spending: Spending, as_of: Day) -> Self {
        Self::of_ledger((spending, as_of), of_customers)
    }

    /// The same customers, with other keys.
    pub(in crate::predict) fn map(&mut self, key: impl Fn(RhythmKey) -> RhythmKey) {
        self.change(|counts| *counts = core::mem::take(counts).map(key));
    }

    /// Every row of `all`, cut by what is known of gaps: `None` of customers of whom nothing is, and of one repeat or none.
    pub(in crate::predict) fn of_all(&self, all: &Grouped) -> Vec<(Key, Option<f64>, u64)> {
        let mut known = self.tally().iter().peekable();
        let mut rows = Vec::with_capacity(all.distinct_rows());
        for (row, mut customers) in all.iter() {
            while let Some((&(_, ln_gaps), some)) = known.next_if(|((of, _), _)| *of == row) {
                rows.push((row, Some(f64::from_bits(ln_gaps)), some));
                customers = customers.saturating_sub(some);
            }
            if customers > 0 {
                rows.push((row, None, customers));
            }
        }
        rows
    }
}

fn of_customers((ledger, as_of): &(Spending, Day)) -> Tally<RhythmKey> {
    let rows = parallel::map_ranges(ledger.len(), PART, |part| {
        let samples = part.filter_map(|index| ledger.repeats(index, *as_of));
        let samples = samples.map(|(repeats, recency, age, ln_gaps)| {
            Sample::of_valid(repeats, recency.into(), age.into()).with_valid_ln_gaps(ln_gaps)
        });
        samples.filter_map(|sample| Some((key(&sample)?, 1))).collect::<Vec<_>>()
    });
    // A ledger holds fewer than 2^32 customers.
    counted(parallel::joined(rows)).unwrap_or_default()
}
