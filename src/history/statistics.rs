//! The one fold over a customer's purchases and credits, whatever its sums are kept in.
//!
//! Written for speed before plainness: `benches/history.rs`, id `history/ledger`, must not get slower.

use rust_decimal::Decimal;

use super::gaps::GapSums;
use crate::error::{Error, Result};
use crate::number::money;
use crate::record::calendar::Day;

/// The statistics of one customer, with sums of `M`: decimals, or integers in units of `10^-scale`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Statistics<M> {
    /// The first and last purchase day; the default while there is no purchase.
    pub(super) first: Day,
    pub(super) last: Day,
    pub(super) purchases: u32,
    pub(super) purchase_days: u32,
    pub(super) credits: u32,
    pub(super) gaps: GapSums,
    pub(super) spend: M,
    pub(super) first_day_spend: M,
    pub(super) credited: M,
}

/// An exact sum of amounts.
pub(super) trait Sum: Copy + Default {
    type Amount;

    /// `None` when the sum has no room.
    fn plus(self, amount: Self::Amount) -> Option<Self>;
}

impl Sum for Decimal {
    type Amount = Self;

    fn plus(self, amount: Self) -> Option<Self> {
        money::exact_sum(self, amount)
    }
}

/// Sums of 64 bits, only where no sum can pass 63.
impl Sum for i64 {
    type Amount = i128;

    #[inline]
    fn plus(self, amount: i128) -> Option<Self> {
        Some(self.wrapping_add(amount as Self))
    }
}

/// A sum that would pass 127 bits stays there, and is refused by [`Statistics::too_large`].
impl Sum for i128 {
    type Amount = Self;

    #[inline]
    fn plus(self, amount: Self) -> Option<Self> {
        Some(self.saturating_add(amount))
    }
}

impl<M: Sum> Statistics<M> {
    /// Adds a purchase on the day of the last one or a later day.
    #[inline]
    pub(super) fn add_purchase(&mut self, day: Day, amount: M::Amount) -> Option<()> {
        let is_first = self.purchases == 0;
        let gap = if is_first { 0 } else { day.since(self.last) };
        self.gaps.add(gap);
        self.purchase_days += u32::from(is_first || gap > 0);
        self.first = if is_first { day } else { self.first };
        self.last = day;
        self.purchases += 1;
        self.spend = self.spend.plus(amount)?;
        self.first_day_spend = if self.last == self.first { self.spend } else { self.first_day_spend };
        Some(())
    }

    #[inline]
    pub(super) fn add_credit(&mut self, amount: M::Amount) -> Option<()> {
        self.credits += 1;
        self.credited = self.credited.plus(amount)?;
        Some(())
    }

    /// The same statistics with sums of another kind.
    #[inline]
    fn map<N>(&self, sum: impl Fn(M) -> N) -> Statistics<N> {
        let Self { first, last, purchases, purchase_days, credits, gaps, spend, first_day_spend, credited } = *self;
        let (spend, first_day_spend, credited) = (sum(spend), sum(first_day_spend), sum(credited));
        Statistics { first, last, purchases, purchase_days, credits, gaps, spend, first_day_spend, credited }
    }
}

impl Statistics<i128> {
    /// Multiplies money by `factor`, for a finer unit.
    pub(super) fn scale_by(&mut self, factor: i128) {
        for sum in [&mut self.spend, &mut self.first_day_spend, &mut self.credited] {
            *sum = sum.saturating_mul(factor);
        }
    }
}

impl Statistics<Decimal> {
    /// The same in units of `10^-scale`.
    pub(super) fn minor(&self, scale: u32) -> Result<Statistics<i128>> {
        let sums = [("sum of purchases", self.spend), ("sum of credits", self.credited)];
        // The first day's part is as fine as the whole, or coarser, and no larger.
        match sums.into_iter().find(|&(_, sum)| money::minor(sum, scale).is_none()) {
            Some((field, _)) => Err(Error::AmountOverflow { field }),
            None => Ok(self.map(|sum| money::minor(sum, scale).unwrap_or_default())),
        }
    }

    /// The finest scale of its sums.
    pub(super) fn finest_scale(&self) -> u32 {
        self.spend.scale().max(self.first_day_spend.scale()).max(self.credited.scale())
    }
}

impl<S: Sum + Into<i128>> Statistics<S> {
    #[inline]
    pub(super) fn decimal(&self, scale: u32) -> Statistics<Decimal> {
        // `too_large` has seen what becomes decimals.
        self.map(|sum| money::decimal(sum.into(), scale).unwrap_or_default())
    }

    /// The first sum that does not fit a `Decimal`.
    #[inline]
    pub(super) fn too_large(&self) -> Option<(&'static str, i128)> {
        let (spend, credited): (i128, i128) = (self.spend.into(), self.credited.into());
        let sums =
            [("sum of purchases", spend), ("sum of credits", credited), ("revenue", spend.saturating_sub(credited))];
        sums.into_iter().find(|&(_, sum)| !money::fits(sum))
    }
}
