//! A ledger's customers without their ids, shared by all that is fitted from them.

use std::sync::Arc;

use super::CustomerHistory;
use super::columns::Columns;
use super::logarithms::from_units;
use crate::record::calendar::Day;

/// The columns of a ledger's customers, without their ids.
#[derive(Debug, Clone)]
pub(crate) struct Spending {
    scale: u32,
    columns: Arc<Columns>,
}

impl Spending {
    pub(super) fn of(scale: u32, columns: &Arc<Columns>) -> Self {
        Self { scale, columns: Arc::clone(columns) }
    }

    pub(crate) fn len(&self) -> usize {
        self.columns.first.len()
    }

    /// `x`, `t_x` and `T` in days, and the sum of the gaps' logarithms, as of a day that is not before the last purchase.
    pub(crate) fn repeats(&self, index: usize, as_of: Day) -> Option<(u32, u32, u32, f64)> {
        let columns = &self.columns;
        let (first, last) = (*columns.first.get(index)?, *columns.last.get(index)?);
        let (days, gaps) = (columns.purchase_days.get(index)?, columns.gaps.get(index)?);
        Some((days.saturating_sub(1), last.since(first), as_of.since(first), from_units(gaps.logarithms)))
    }

    /// `x` and the mean spend of a repeat purchase day; `None` without a repeat.
    pub(crate) fn repeat_spend(&self, index: usize) -> Option<(u32, f64)> {
        if *self.columns.purchase_days.get(index)? < 2 {
            return None;
        }
        let history = CustomerHistory { known: self.columns.row(index)?.decimal(self.scale) };
        let summary = history.repeat_summary(history.last_purchase()?)?;
        Some((summary.repeats(), summary.mean_spend()?))
    }
}
