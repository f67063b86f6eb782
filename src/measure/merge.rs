//! Rates, mixes and cohorts of customers who are counted apart, merged to those of all of them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::measure::{BuyerSums, Cohort, CohortTable, PeriodMix, RepurchaseRates};
use crate::number::money;
use crate::record::Window;

impl RepurchaseRates {
    /// Adds the rates of another part of the customers, who must share none with these, in the same window and with the same
    /// options.
    ///
    /// # Errors
    ///
    /// [`Error::TallyMismatch`] for another window, [`Error::CountOverflow`] for counts beyond 64 bits; the rates are then
    /// unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        same_window(self.window, other.window)?;
        let mut merged = *self;
        merged.users.merge(&other.users)?;
        merged.orders.merge(&other.orders)?;
        merged.returning.merge(&other.returning)?;
        *self = merged;
        Ok(())
    }
}

impl PeriodMix {
    /// Adds the mix of another part of the customers, who must share none with these, in the same period.
    ///
    /// # Errors
    ///
    /// [`Error::TallyMismatch`] for another period, [`Error::CountOverflow`] and [`Error::AmountOverflow`] for sums beyond
    /// their types; the mix is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        same_window(self.window, other.window)?;
        *self = Self {
            window: self.window,
            new: sums(self.new, other.new)?,
            returning: sums(self.returning, other.returning)?,
            other_credits: amount(self.other_credits, other.other_credits)?,
            net_revenue: amount(self.net_revenue, other.net_revenue)?,
        };
        Ok(())
    }
}

impl CohortTable {
    /// Adds the cohorts of another part of the customers, who must share none with these.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for a table as of another day, [`Error::TallyMismatch`] for one of other options,
    /// [`Error::CountOverflow`] and [`Error::AmountOverflow`] for sums beyond their types; the table is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.as_of != other.as_of {
            return Err(Error::AsOfMismatch { left: self.as_of, right: other.as_of });
        }
        if self.options != other.options {
            let [left, right] = [self, other].map(|table| format!("{:?}", table.options).into());
            return Err(Error::TallyMismatch { left, right });
        }
        let other_credits = amount(self.other_credits, other.other_credits)?;
        // Windows are disjoint.
        let mut cohorts: BTreeMap<_, Cohort> = self.cohorts.iter().map(|one| (one.window, one.clone())).collect();
        for more in &other.cohorts {
            let merged = match cohorts.get(&more.window) {
                Some(known) => both(known, more)?,
                None => more.clone(),
            };
            cohorts.insert(more.window, merged);
        }
        self.cohorts = cohorts.into_values().collect();
        self.other_credits = other_credits;
        Ok(())
    }
}

fn both(one: &Cohort, other: &Cohort) -> Result<Cohort> {
    let (mut cells, mut last) = (one.cells.clone(), one.last.clone());
    for (&offset, more) in &other.cells {
        let cell = cells.entry(offset).or_default();
        *cell = sums(*cell, *more)?;
    }
    for (&offset, customers) in &other.last {
        let all = last.entry(offset).or_default();
        *all = count(*all, *customers)?;
    }
    let merged = Cohort {
        window: one.window,
        customers: count(one.customers, other.customers)?,
        cells,
        last,
        offsets: one.offsets.max(other.offsets),
        complete_offsets: one.complete_offsets.min(other.complete_offsets),
    };
    // The sums of the cells up to each of them are asked for, too.
    let through = merged.cells.values().try_fold(Decimal::ZERO, |sum, cell| money::exact_sum(sum, cell.revenue));
    through.map(|_| merged).ok_or(AMOUNT)
}

fn sums(one: BuyerSums, other: BuyerSums) -> Result<BuyerSums> {
    Ok(BuyerSums {
        customers: count(one.customers, other.customers)?,
        purchases: count(one.purchases, other.purchases)?,
        revenue: amount(one.revenue, other.revenue)?,
    })
}

fn count(one: u64, other: u64) -> Result<u64> {
    one.checked_add(other).ok_or(Error::CountOverflow { field: "customers or purchases of parts" })
}

const AMOUNT: Error = Error::AmountOverflow { field: "sum of amounts" };

fn amount(one: Decimal, other: Decimal) -> Result<Decimal> {
    money::exact_sum(one, other).ok_or(AMOUNT)
}

fn same_window(one: Window, other: Window) -> Result<()> {
    if one == other {
        return Ok(());
    }
    Err(Error::TallyMismatch { left: one.to_string().into(), right: other.to_string().into() })
}
