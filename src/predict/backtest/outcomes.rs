//! The outcomes of the customers of a hold-out, equal ones counted.
//!
//! Written for speed before plainness: `benches/predict.rs`, id `predict/rolling_backtest/cdnow`, must not get slower.

use hashbrown::HashMap;

use super::holdout::HoldoutCustomer;
use crate::number::weight::count;
use crate::predict::Sample;
use crate::segment::ChurnRisk;

/// The different customers of a hold-out, column by column.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    pub(super) horizon_days: u32,
    pub(super) customers: u64,
    /// The samples as of the split.
    pub(super) before: Vec<Sample>,
    /// The samples as of the end.
    pub(super) after: Vec<Sample>,
    pub(super) rows: Vec<Row>,
}

/// The purchases and the standing of a row's customers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) customers: u64,
    /// Purchase days in the hold-out, and in the period before the split that is as long.
    pub(super) purchases: u32,
    pub(super) last_period: u32,
    pub(super) risk: ChurnRisk,
}

impl Row {
    /// The number of customers.
    pub(super) const fn weight(&self) -> f64 {
        count(self.customers)
    }

    pub(super) const fn buys(&self) -> bool {
        self.purchases > 0
    }
}

impl Outcomes {
    /// The rows of customers, each with a number of equal ones, and the place of each among the rows.
    pub(super) fn of(horizon_days: u32, customers: impl Iterator<Item = (HoldoutCustomer, u64)>) -> (Self, Vec<u32>) {
        let mut known = HashMap::<_, u32, foldhash::fast::FixedState>::default();
        let mut all = Self { horizon_days, ..Self::default() };
        let mut place = |(customer, more): (HoldoutCustomer, u64)| {
            let HoldoutCustomer { sample, at_end, last_period, risk } = customer;
            let key = |of: &Sample| (of.repeats(), of.recency_days().to_bits(), of.known_ln_gaps().map(f64::to_bits));
            // A hold-out has fewer than 2^32 customers.
            let next = all.rows.len() as u32;
            let of_all = (key(&sample), key(&at_end), sample.age_days().to_bits(), last_period, risk);
            let at = *known.entry(of_all).or_insert(next);
            if let Some(row) = all.rows.get_mut(at as usize) {
                row.customers += more;
            } else {
                all.before.push(sample);
                all.after.push(at_end);
                all.rows.push(Row { customers: more, purchases: customer.purchases(), last_period, risk });
            }
            all.customers += more;
            at
        };
        let places = customers.map(&mut place).collect();
        (all, places)
    }

    /// The samples at the split, each with its number of customers and purchase days in the hold-out.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Sample, &Row)> {
        self.before.iter().zip(&self.rows)
    }
}
