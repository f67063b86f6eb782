//! The part of a period of life that a customer has still to live.

use chrono::NaiveDate;

use super::{CohortTable, Life};
use crate::record::calendar::Day;

impl CohortTable {
    /// The days after the as-of day that a customer with this first purchase day has still to live of the period of an offset
    /// that has begun: 0 once it is over. `None` for a period that never ends or ends beyond chrono's limits.
    pub(crate) fn days_left(&self, first: NaiveDate, offset: u32) -> Option<u32> {
        let lived = u64::from(Day::from(self.as_of).since(first.into())) + 1;
        let whole = match &self.options.life {
            // Only the period of the as-of day is open.
            Life::Calendar => {
                let last = self.options.period.window(self.as_of).ok()?.last();
                return Some(Day::from(last).since(self.as_of.into()));
            }
            Life::Days(days) => (u64::from(offset) + 1) * u64::from(*days),
            Life::Brackets(bands) => (*bands.edges().get(offset as usize)?).into(),
        };
        u32::try_from(whole.saturating_sub(lived)).ok()
    }
}
