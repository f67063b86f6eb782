//! The columns of a ledger: a fit reads the two or three that it needs, not every history.

use super::CustomerHistory;
use super::gaps::GapSums;
use crate::error::{Error, Result};
use crate::number::money;
use crate::parallel;
use crate::record::calendar::Day;

/// An exact sum of amounts in units of `10^-scale`.
pub(super) trait Sum: Copy + Default + PartialEq + Into<i128> + Send {
    fn plus(self, amount: i128) -> Self;

    fn minus(self, other: Self) -> Self;

    /// A column of sums.
    fn money(sums: Vec<Self>) -> Money;
}

/// Half as large and for all but fabulous sums; only where no sum can pass 63 bits.
impl Sum for i64 {
    fn plus(self, amount: i128) -> Self {
        self.wrapping_add(amount as Self)
    }

    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    fn money(sums: Vec<Self>) -> Money {
        Money::Narrow(sums)
    }
}

/// A sum that would pass 127 bits stays there, and is refused by [`Row::too_large`].
impl Sum for i128 {
    fn plus(self, amount: i128) -> Self {
        self.saturating_add(amount)
    }

    fn minus(self, other: Self) -> Self {
        self.saturating_sub(other)
    }

    fn money(sums: Vec<Self>) -> Money {
        let narrow: Option<_> = sums.iter().map(|&sum| i64::try_from(sum).ok()).collect();
        narrow.map_or(Money::Wide(sums), Money::Narrow)
    }
}

/// One customer's history in units of `10^-scale`.
#[derive(Debug, Clone, Default)]
pub(super) struct Row<S> {
    pub(super) first: Day,
    pub(super) last: Day,
    pub(super) purchases: u32,
    pub(super) purchase_days: u32,
    pub(super) credits: u32,
    pub(super) gaps: GapSums,
    pub(super) spend: S,
    pub(super) first_day_spend: S,
    pub(super) credited: S,
}

impl Row<i128> {
    pub(super) fn of(history: &CustomerHistory, scale: u32) -> Result<Self> {
        let minor = |field, amount| money::minor(amount, scale).ok_or(Error::AmountOverflow { field });
        Ok(Self {
            first: history.first,
            last: history.last,
            purchases: history.purchases,
            purchase_days: history.purchase_days,
            credits: history.credits,
            gaps: history.gaps,
            spend: minor("sum of purchases", history.spend)?,
            first_day_spend: minor("sum of purchases", history.first_day_spend)?,
            credited: minor("sum of credits", history.credited)?,
        })
    }
}

impl<S: Sum> Row<S> {
    /// What was spent less what was credited.
    #[inline]
    fn revenue(&self) -> S {
        self.spend.minus(self.credited)
    }

    #[inline]
    pub(super) fn to_history(&self, scale: u32) -> CustomerHistory {
        // `too_large` has seen every row that becomes a history.
        let decimal = |sum: S| money::decimal(sum.into(), scale).unwrap_or_default();
        CustomerHistory {
            purchases: self.purchases,
            purchase_days: self.purchase_days,
            first: self.first,
            last: self.last,
            gaps: self.gaps,
            spend: decimal(self.spend),
            first_day_spend: decimal(self.first_day_spend),
            credits: self.credits,
            credited: decimal(self.credited),
        }
    }

    /// The first sum that does not fit a `Decimal`.
    #[inline]
    pub(super) fn too_large(&self) -> Option<(&'static str, i128)> {
        let sums = [
            ("sum of purchases", self.spend.into()),
            ("sum of credits", self.credited.into()),
            ("revenue", self.revenue().into()),
        ];
        sums.into_iter().find(|&(_, sum)| !money::fits(sum))
    }
}

/// A column of money in units of `10^-scale`: 8 bytes each while all amounts fit, 16 from then on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Money {
    Narrow(Vec<i64>),
    Wide(Vec<i128>),
}

impl Default for Money {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Money {
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<i128> {
        match self {
            Self::Narrow(amounts) => amounts.get(index).map(|&amount| amount.into()),
            Self::Wide(amounts) => amounts.get(index).copied(),
        }
    }

    fn set(&mut self, index: usize, amount: i128) {
        if let (Self::Narrow(amounts), Err(_)) = (&*self, i64::try_from(amount)) {
            *self = Self::Wide(amounts.iter().map(|&amount| amount.into()).collect());
        }
        match self {
            // What does not fit has made it wide.
            Self::Narrow(amounts) => amounts[index] = amount as i64,
            Self::Wide(amounts) => amounts[index] = amount,
        }
    }
}

/// The rows of a ledger, column by column.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns<M = Money> {
    pub(super) first: Vec<Day>,
    pub(super) last: Vec<Day>,
    pub(super) purchases: Vec<u32>,
    pub(super) purchase_days: Vec<u32>,
    pub(super) credits: Vec<u32>,
    pub(super) gaps: Vec<GapSums>,
    pub(super) revenue: M,
    pub(super) first_day_spend: M,
    pub(super) credited: M,
}

impl<S: Sum> Columns<Vec<S>> {
    pub(super) fn reserve(&mut self, more: usize) {
        self.first.reserve(more);
        self.last.reserve(more);
        self.purchases.reserve(more);
        self.purchase_days.reserve(more);
        self.credits.reserve(more);
        self.gaps.reserve(more);
        self.revenue.reserve(more);
        self.first_day_spend.reserve(more);
        self.credited.reserve(more);
    }

    #[inline]
    pub(super) fn push(&mut self, row: &Row<S>) {
        self.first.push(row.first);
        self.last.push(row.last);
        self.purchases.push(row.purchases);
        self.purchase_days.push(row.purchase_days);
        self.credits.push(row.credits);
        self.gaps.push(row.gaps);
        self.revenue.push(row.revenue());
        self.first_day_spend.push(row.first_day_spend);
        self.credited.push(row.credited);
    }
}

impl Columns {
    /// The rows at these places of all parts one after the other, in the order of the places.
    pub(super) fn arranged<S: Sum>(parts: Vec<Columns<Vec<S>>>, places: &[u32]) -> Self {
        let mut all = Parts::default();
        for part in parts {
            all.push(part);
        }
        let mut columns = Self::default();
        let tasks: Vec<Box<dyn FnOnce() + Send>> = vec![
            Box::new(|| columns.gaps = pick(all.gaps, places)),
            Box::new(|| columns.revenue = S::money(pick(all.revenue, places))),
            Box::new(|| columns.first_day_spend = S::money(pick(all.first_day_spend, places))),
            Box::new(|| columns.credited = S::money(pick(all.credited, places))),
            Box::new(|| columns.first = pick(all.first, places)),
            Box::new(|| columns.last = pick(all.last, places)),
            Box::new(|| columns.purchases = pick(all.purchases, places)),
            Box::new(|| columns.purchase_days = pick(all.purchase_days, places)),
            Box::new(|| columns.credits = pick(all.credits, places)),
        ];
        parallel::run(places.len(), tasks);
        columns
    }

    /// Puts a row in the place of one that is there.
    pub(super) fn set(&mut self, index: usize, row: &Row<i128>) {
        self.first[index] = row.first;
        self.last[index] = row.last;
        self.purchases[index] = row.purchases;
        self.purchase_days[index] = row.purchase_days;
        self.credits[index] = row.credits;
        self.gaps[index] = row.gaps;
        self.revenue.set(index, row.revenue());
        self.first_day_spend.set(index, row.first_day_spend);
        self.credited.set(index, row.credited);
    }

    #[inline]
    pub(super) fn row(&self, index: usize) -> Option<Row<i128>> {
        let credited = self.credited.get(index)?;
        Some(Row {
            first: *self.first.get(index)?,
            last: *self.last.get(index)?,
            purchases: *self.purchases.get(index)?,
            purchase_days: *self.purchase_days.get(index)?,
            credits: *self.credits.get(index)?,
            gaps: *self.gaps.get(index)?,
            spend: self.revenue.get(index)? + credited,
            first_day_spend: self.first_day_spend.get(index)?,
            credited,
        })
    }
}

/// The columns of all parts, before they become one.
#[derive(Default)]
struct Parts<S> {
    first: Vec<Vec<Day>>,
    last: Vec<Vec<Day>>,
    purchases: Vec<Vec<u32>>,
    purchase_days: Vec<Vec<u32>>,
    credits: Vec<Vec<u32>>,
    gaps: Vec<Vec<GapSums>>,
    revenue: Vec<Vec<S>>,
    first_day_spend: Vec<Vec<S>>,
    credited: Vec<Vec<S>>,
}

impl<S> Parts<S> {
    fn push(&mut self, part: Columns<Vec<S>>) {
        self.first.push(part.first);
        self.last.push(part.last);
        self.purchases.push(part.purchases);
        self.purchase_days.push(part.purchase_days);
        self.credits.push(part.credits);
        self.gaps.push(part.gaps);
        self.revenue.push(part.revenue);
        self.first_day_spend.push(part.first_day_spend);
        self.credited.push(part.credited);
    }
}

/// The values at these places of the parts one after the other, in the order of the places.
fn pick<T: Copy + PartialEq>(parts: Vec<Vec<T>>, places: &[u32]) -> Vec<T> {
    // Joined first: a value is then found in one step.
    let column = parallel::joined(parts);
    // Most shops have no credits.
    if column.iter().all(|value| *value == column[0]) {
        return column;
    }
    places.iter().map(|&place| column[place as usize]).collect()
}

/// The finest scale of a history's money.
pub(super) fn finest_scale(history: &CustomerHistory) -> u32 {
    history.spend.scale().max(history.first_day_spend.scale()).max(history.credited.scale())
}
