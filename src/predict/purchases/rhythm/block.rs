//! Rows that are looked up and then worked on together: number by number, so that the compiler does several at once.
//! `benches/predict.rs`, `fit_mbg_cnbd`, must not get slower.

use super::row::{Instant, Row, Shared};
use super::{KINDS, PHASES};
use crate::number::special::exp_of_nonpositive;

/// Rows of a block.
pub(super) const BLOCK: usize = 16;

/// A number of each row.
pub(super) type Numbers = [f64; BLOCK];

pub(super) const NONE: Numbers = [0.0; BLOCK];

/// Densities up to which a product neither over- nor underflows.
const PRODUCT: usize = 4;

/// A `k` that is less likely than another by this logarithm does not count.
const NEGLIGIBLE: f64 = -45.0;

/// Up to `BLOCK` rows of one group; a block that is not full has rows without customers.
pub(super) struct Block {
    pub(super) customers: Numbers,
    ln_gaps: Numbers,
    /// `T - t_x`.
    silence: Numbers,
    /// Of each `k`, at `t_x` and at `T`.
    pub(super) since: [Times; KINDS],
    pub(super) until: [Times; KINDS],
    pub(super) terms: Terms,
}

/// As of an [`Instant`] of one `k`.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) log: Numbers,
    pub(super) inverse: Numbers,
}

/// [Found](Block::find_terms) densities in units of `e^most`.
pub(super) struct Terms {
    pub(super) most: Numbers,
    /// `P` and `d Q` of each `k`.
    pub(super) stays: [Numbers; KINDS],
    pub(super) leaves: [Numbers; KINDS],
}

impl Block {
    pub(super) fn empty() -> Self {
        let times = Times { log: NONE, inverse: NONE };
        let terms = Terms { most: NONE, stays: [NONE; KINDS], leaves: [NONE; KINDS] };
        Self { customers: NONE, ln_gaps: NONE, silence: NONE, since: [times; KINDS], until: [times; KINDS], terms }
    }

    /// Looks up some rows.
    pub(super) fn fill(&mut self, rows: &[Row], instants: &[Instant]) {
        let Some(first) = rows.first() else { return };
        let none = Row { customers: 0.0, ..*first };
        let rows: [&Row; BLOCK] = core::array::from_fn(|index| rows.get(index).unwrap_or(&none));
        let times = rows.map(|row| (&instants[row.recency as usize], &instants[row.age as usize]));
        for (index, (row, (since, until))) in rows.iter().zip(times).enumerate() {
            (self.customers[index], self.ln_gaps[index]) = (row.customers, row.ln_gaps);
            self.silence[index] = until.time - since.time;
        }
        for (index, (since, until)) in times.into_iter().enumerate() {
            for kind in ALL {
                [self.since[kind].log[index], self.since[kind].inverse[index]] = since.of[kind];
                [self.until[kind].log[index], self.until[kind].inverse[index]] = until.of[kind];
            }
        }
    }

    /// `q` of a `k`.
    pub(super) fn part(&self, kind: usize) -> Numbers {
        let (phases, inverse) = (f64::from(PHASES[kind]), &self.until[kind].inverse);
        core::array::from_fn(|index| self.silence[index] * phases * inverse[index])
    }

    /// Finds the terms of these `k`; `counting` leaves 0 where another is so much more likely that they do not count.
    #[inline]
    pub(super) fn find_terms(&mut self, shared: &Shared, kinds: &[usize], counting: bool) {
        let terms = &mut self.terms;
        terms.most = [f64::NEG_INFINITY; BLOCK];
        for &kind in kinds {
            let (shape, more, constant) = (shared.shape[kind], f64::from(PHASES[kind] - 1), shared.constant[kind]);
            let (stays, leaves) = (&mut terms.stays[kind], &mut terms.leaves[kind]);
            for index in 0..BLOCK {
                let fixed = constant + more * self.ln_gaps[index];
                stays[index] = fixed - shape * self.until[kind].log[index];
                leaves[index] = fixed - shape * self.since[kind].log[index] + shared.ln_odds;
                let largest = shared.ln_weights[kind] + larger(stays[index], leaves[index]);
                terms.most[index] = larger(terms.most[index], largest);
            }
        }
        for &kind in kinds {
            let (waits, ln_weight) = (shared.ln_waits[kind], shared.ln_weights[kind]);
            let (stays, leaves) = (&mut terms.stays[kind], &mut terms.leaves[kind]);
            for index in 0..BLOCK {
                let most = terms.most[index];
                let [stay, leave] = [stays[index], leaves[index]];
                let counts = !counting || ln_weight + larger(stay + waits, leave) - most > NEGLIGIBLE;
                // Above 0 where a weight is small.
                let [stay, leave] = [stay, leave].map(|logarithm| exp_of_nonpositive((logarithm - most).min(700.0)));
                stays[index] = if counts { stay } else { 0.0 };
                leaves[index] = if counts { leave } else { 0.0 };
            }
        }
    }

    /// The density of each `k` in units of a number, all of them.
    pub(super) fn densities(&mut self, shared: &Shared) -> [Numbers; KINDS] {
        self.find_terms(shared, &ALL, false);
        let mut densities = self.terms.leaves;
        for (kind, phases) in PHASES.into_iter().enumerate() {
            let part = self.part(kind);
            let mut waiting = NONE;
            for powers in shared.powers[kind].iter().take(phases as usize).rev() {
                for index in 0..BLOCK {
                    waiting[index] = waiting[index] * part[index] + powers[0];
                }
            }
            for index in 0..BLOCK {
                densities[kind][index] += self.terms.stays[kind][index] * waiting[index];
            }
        }
        densities
    }

    /// The sum of the logarithms of numbers, each once for each customer.
    pub(super) fn logarithms(customers: &Numbers, numbers: &Numbers) -> f64 {
        let mut sum = 0.0;
        for (customers, numbers) in customers.chunks_exact(PRODUCT).zip(numbers.chunks_exact(PRODUCT)) {
            let mut product = 1.0;
            for (&customers, &number) in customers.iter().zip(numbers) {
                if (customers - 1.0).abs() < 0.5 {
                    product *= number;
                } else if customers > 0.0 {
                    sum += customers * libm::log(number);
                }
            }
            sum += libm::log(product);
        }
        sum
    }
}

/// Every `k`, by its place.
pub(super) const ALL: [usize; KINDS] = [0, 1, 2, 3, 4];

/// One instruction, where `f64::max` takes several to look for NaN.
#[inline(always)]
#[allow(clippy::inline_always, reason = "several times for each row")]
fn larger(one: f64, other: f64) -> f64 {
    if one > other { one } else { other }
}

/// The sum of products.
#[inline]
pub(super) fn dot(left: &Numbers, right: &Numbers) -> f64 {
    let mut sums = [0.0; 4];
    for (left, right) in left.chunks_exact(4).zip(right.chunks_exact(4)) {
        for (sum, (left, right)) in sums.iter_mut().zip(left.iter().zip(right)) {
            *sum += left * right;
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// Products, one by one.
#[inline]
pub(super) fn times(left: &Numbers, right: &Numbers) -> Numbers {
    let mut products = *left;
    products.iter_mut().zip(right).for_each(|(left, right)| *left *= right);
    products
}
