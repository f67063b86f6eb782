//! States of customers of one purchase day.

use core::ops::Bound;

use chrono::NaiveDate;

use crate::error::Result;
use crate::history::CustomerHistory;
use crate::scale::Language;
use crate::scale::edges::DayEdges;
use crate::scale::label::labels;
use crate::scale::words::phrase;

labels! {
    /// The state of a customer of one purchase day, by the days since it.
    pub enum NewCustomerState[4] {
        /// Fewer than 30 days ago, by default.
        Active: "active", "Active", "活跃";
        /// 30 to below 50 days ago, by default.
        Cooling: "cooling", "Cooling", "沉默";
        /// 50 to below 80 days ago, by default.
        AtRisk: "at_risk", "At risk", "流失预警";
        /// 80 days ago or more, by default.
        Lost: "lost", "Lost", "流失";
    }
}

/// The edges between the states of customers who have come once, in days since the purchase: 30, 50 and 80 by default.
///
/// [`Lifecycle`](crate::segment::Lifecycle) has an example.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct NewCustomerBands {
    pub(super) edges: DayEdges,
}

impl NewCustomerBands {
    /// Cooling from `edges[0]` days on, at risk from `edges[1]`, lost from `edges[2]`.
    ///
    /// # Errors
    ///
    /// [`Error::NotAscending`](crate::Error::NotAscending) when an edge is not above the one before it.
    pub fn new(edges: [u32; 3]) -> Result<Self> {
        Ok(Self { edges: DayEdges::new(edges)? })
    }

    /// The edges, in days.
    pub const fn edges(&self) -> [u32; 3] {
        self.edges.days
    }

    /// The state of a customer of exactly one purchase day; `None` for others, and when it lies after `as_of`.
    pub fn state(&self, history: &CustomerHistory, as_of: NaiveDate) -> Option<NewCustomerState> {
        let days = history.days_since_last(as_of)?;
        (history.purchase_days() == 1).then(|| self.edges.pick(NewCustomerState::ALL, days))
    }

    /// The days since the purchase that give a state; `None` for the state below an edge of 0.
    pub fn range(&self, state: NewCustomerState) -> Option<(Bound<u32>, Bound<u32>)> {
        self.edges.range(state as usize)
    }

    /// Says why a customer is in its state; `None` where there is no [`state`](NewCustomerBands::state).
    pub fn explain(&self, history: &CustomerHistory, as_of: NaiveDate, language: Language) -> Option<String> {
        let (state, days) = (self.state(history, as_of)?, history.days_since_last(as_of)?);
        let (name, range) = (state.label().name(language), self.edges.describe(days, language));
        Some(phrase!(
            language,
            "{name}: bought on one day, {days} days ago, {range}",
            "{name}：仅有 1 个购买日，距今 {days} 天，{range}"
        ))
    }
}
