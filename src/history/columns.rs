//! The columns of a ledger: a fit reads the two or three that it needs, not every history.
//!
//! Written for speed before plainness: `benches/history.rs`, id `history/ledger`, must not get slower.

use super::gaps::GapSums;
use super::statistics::{Statistics, Sum};
use crate::parallel;
use crate::record::calendar::Day;

/// A sum in units of `10^-scale` that stands in a column.
pub(super) trait Minor: Sum<Amount = i128> + PartialEq + Into<i128> + Send + Sync {
    fn minus(self, other: Self) -> Self;

    fn column(sums: Vec<Self>) -> MoneyColumn;
}

impl Minor for i64 {
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    fn column(sums: Vec<Self>) -> MoneyColumn {
        MoneyColumn::Narrow(sums)
    }
}

impl Minor for i128 {
    fn minus(self, other: Self) -> Self {
        self.saturating_sub(other)
    }

    fn column(sums: Vec<Self>) -> MoneyColumn {
        let narrow: Option<_> = sums.iter().map(|&sum| i64::try_from(sum).ok()).collect();
        narrow.map_or(MoneyColumn::Wide(sums), MoneyColumn::Narrow)
    }
}

/// The columns of money.
impl<S: Minor> Statistics<S> {
    #[inline]
    fn revenue(&self) -> S {
        self.spend.minus(self.credited)
    }

    #[inline]
    fn first_day_spend(&self) -> S {
        self.first_day_spend
    }

    #[inline]
    fn credited(&self) -> S {
        self.credited
    }
}

/// A column of money in units of `10^-scale`: 8 bytes each while all amounts fit, 16 from then on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum MoneyColumn {
    Narrow(Vec<i64>),
    Wide(Vec<i128>),
}

impl Default for MoneyColumn {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl MoneyColumn {
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<i128> {
        match self {
            Self::Narrow(amounts) => amounts.get(index).map(|&amount| amount.into()),
            Self::Wide(amounts) => amounts.get(index).copied(),
        }
    }

    /// `None` beyond 127 bits.
    pub(crate) fn sum(&self) -> Option<i128> {
        match self {
            // Fewer than 2^32 amounts of 64 bits.
            Self::Narrow(amounts) => Some(amounts.iter().copied().map(i128::from).sum()),
            Self::Wide(amounts) => amounts.iter().try_fold(0_i128, |sum, &amount| sum.checked_add(amount)),
        }
    }

    fn append(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Narrow(amounts), Self::Narrow(more)) => amounts.extend_from_slice(more),
            (Self::Wide(amounts), Self::Wide(more)) => amounts.extend_from_slice(more),
            (Self::Wide(amounts), Self::Narrow(more)) => amounts.extend(more.iter().map(|&amount| i128::from(amount))),
            (Self::Narrow(amounts), Self::Wide(more)) => {
                *self = Self::Wide(amounts.iter().map(|&amount| amount.into()).chain(more.iter().copied()).collect());
            }
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

/// The columns, named once: those of counts and days, and those of money.
macro_rules! columns {
    ($($count:ident: $kind:ty),+; $($sum:ident),+) => {
        /// The rows of a ledger, column by column.
        #[derive(Debug, Clone, Default)]
        pub(super) struct Columns<M = MoneyColumn> {
            $(pub(super) $count: Vec<$kind>,)+
            $(pub(super) $sum: M,)+
        }

        impl<S: Minor> Columns<Vec<S>> {
            pub(super) fn reserve(&mut self, more: usize) {
                $(self.$count.reserve(more);)+
                $(self.$sum.reserve(more);)+
            }

            /// Moves the rows of `others` behind these. Threads share the columns, and `also` is done beside them.
            pub(super) fn append_all(&mut self, others: &mut [&mut Self], mut also: impl FnMut() + Send) {
                {
                    let others = &*others;
                    let mut tasks: Vec<parallel::Task<'_>> = vec![
                        Box::new(&mut also),
                        $(Box::new(|| others.iter().for_each(|other| self.$count.extend_from_slice(&other.$count))),)+
                        $(Box::new(|| others.iter().for_each(|other| self.$sum.extend_from_slice(&other.$sum))),)+
                    ];
                    parallel::run(&mut tasks);
                }
                for other in others {
                    $(other.$count.clear();)+
                    $(other.$sum.clear();)+
                }
            }

            pub(super) fn extend<Id>(&mut self, rows: &[(Id, Statistics<S>)]) {
                $(self.$count.extend(rows.iter().map(|(_, row)| row.$count));)+
                $(self.$sum.extend(rows.iter().map(|(_, row)| row.$sum()));)+
            }
        }

        impl Columns {
            /// The rows at these places of all parts one after the other, in the order of the places.
            pub(super) fn arranged<S: Minor>(parts: Vec<Columns<Vec<S>>>, places: &[u32]) -> Self {
                $(let mut $count = Vec::with_capacity(parts.len());)+
                $(let mut $sum = Vec::with_capacity(parts.len());)+
                for part in parts {
                    $($count.push(part.$count);)+
                    $($sum.push(part.$sum);)+
                }
                // One column at a time, whose parts are let go: all threads work on it, and the others wait as they are.
                Self { $($count: pick($count, places),)+ $($sum: S::column(pick($sum, places)),)+ }
            }

            /// Puts the rows of others behind these.
            pub(super) fn append(&mut self, other: &Self) {
                $(self.$count.extend_from_slice(&other.$count);)+
                $(self.$sum.append(&other.$sum);)+
            }

            /// Puts a row in the place of one that is there.
            pub(super) fn set(&mut self, index: usize, row: &Statistics<i128>) {
                $(self.$count[index] = row.$count;)+
                $(self.$sum.set(index, row.$sum());)+
            }

            #[inline]
            pub(super) fn row(&self, index: usize) -> Option<Statistics<i128>> {
                let credited = self.credited.get(index)?;
                let spend = self.revenue.get(index)? + credited;
                let first_day_spend = self.first_day_spend.get(index)?;
                Some(Statistics { $($count: *self.$count.get(index)?,)+ spend, first_day_spend, credited })
            }
        }
    };
}

columns! {
    gaps: GapSums, first: Day, last: Day, purchases: u32, purchase_days: u32, credits: u32;
    revenue, first_day_spend, credited
}

/// Values for which it pays to wake another core.
const LEAST_PICKED: usize = 1 << 13;

/// The values at these places of the parts one after the other, in the order of the places.
fn pick<T: Copy + PartialEq + Send + Sync>(parts: Vec<Vec<T>>, places: &[u32]) -> Vec<T> {
    // Joined first: a value is then found in one step.
    let column = parallel::joined(parts);
    // Most shops have no credits. Compared many at a time.
    if column.chunks(64).all(|values| values.iter().filter(|&value| *value != column[0]).count() == 0) {
        return column;
    }
    parallel::collect(places.len(), LEAST_PICKED, |at| column[places[at] as usize])
}
