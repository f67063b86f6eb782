//! Whether what is read back can be of a customer.

use rust_decimal::Decimal;

use super::gaps::GapSums;
use super::logarithms::gap_logarithm;
use super::statistics::Statistics;
use crate::error::{Error, Result};
use crate::number::money;

impl Statistics<Decimal> {
    /// Refuses what no orders and credits have.
    pub(super) fn check(&self) -> Result<()> {
        let inconsistent = |field| Err(Error::InconsistentHistory { field });
        if self.first > self.last {
            return inconsistent("first_purchase and last_purchase");
        }
        if self.purchase_days > self.purchases || (self.purchase_days == 0) != (self.purchases == 0) {
            return inconsistent("purchase_days");
        }
        if !are_possible(self.gaps, self.purchase_days.saturating_sub(1), self.last.since(self.first)) {
            return inconsistent("gaps");
        }
        let one_day = self.purchase_days <= 1;
        if self.spend < Decimal::ZERO || (self.purchases == 0 && !self.spend.is_zero()) {
            return inconsistent("spend");
        }
        if money::exact_sum(self.spend, -self.credited).is_none() {
            return Err(Error::AmountOverflow { field: "revenue" });
        }
        if !(Decimal::ZERO..=self.spend).contains(&self.first_day_spend)
            || (one_day && self.first_day_spend != self.spend)
            || money::exact_sum(self.spend, -self.first_day_spend).is_none()
        {
            return inconsistent("first_day_spend");
        }
        if self.credited < Decimal::ZERO || (self.credits == 0) != self.credited.is_zero() {
            return inconsistent("credited");
        }
        Ok(())
    }
}

/// Whether `count` gaps of `sum` days in all can have these statistics.
fn are_possible(gaps: GapSums, count: u32, sum: u32) -> bool {
    let (count, sum, shortest, longest) =
        (u64::from(count), u64::from(sum), u64::from(gaps.shortest), u64::from(gaps.longest));
    if count == 0 {
        return sum == 0 && gaps == GapSums::default();
    }
    let [least, most] = [gaps.shortest, gaps.longest].map(|gap| u128::from(gap_logarithm(gap)));
    let others = u128::from(count - 1);
    let logarithms = most + least * others..=least + most * others;
    shortest >= 1
        && shortest <= longest
        && shortest * count <= sum
        && sum <= longest * count
        && longest + shortest * (count - 1) <= sum
        && sum <= shortest + longest * (count - 1)
        && sum * sum <= gaps.squares.saturating_mul(count)
        && gaps.squares <= longest * sum
        && logarithms.contains(&gaps.logarithms.into())
}
