//! What customers spent, shared by all that is fitted from it.

use std::sync::Arc;

use super::CustomerHistory;
use super::columns::Columns;

/// What a ledger's customers spent, without their ids.
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
