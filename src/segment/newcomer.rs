//! What becomes of a customer who has come once.

use chrono::NaiveDate;

use crate::error::Result;
use crate::history::CustomerHistory;
use crate::scale::edges::DayEdges;
use crate::scale::{Label, Language};

/// Where a customer of one purchase day stands, by the days since it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum NewCustomerState {
    /// By default, fewer than 30 days ago.
    Active,
    /// By default, from 30 to below 50 days ago.
    Cooling,
    /// By default, from 50 to below 80 days ago.
    AtRisk,
    /// By default, 80 days ago or more.
    Lost,
}

impl NewCustomerState {
    /// All four, the freshest first.
    pub const ALL: [Self; 4] = [Self::Active, Self::Cooling, Self::AtRisk, Self::Lost];

    /// Its key and names.
    pub const fn label(self) -> &'static Label {
        match self {
            Self::Active => const { &Label::preset("active", "Active", "活跃") },
            Self::Cooling => const { &Label::preset("cooling", "Cooling", "沉默") },
            Self::AtRisk => const { &Label::preset("at_risk", "At risk", "流失预警") },
            Self::Lost => const { &Label::preset("lost", "Lost", "流失") },
        }
    }
}

/// The nodes at which a customer who has come once passes from one state to the next, in days since the purchase.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::segment::{NewCustomerNodes, NewCustomerState};
/// use rust_decimal::Decimal;
///
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
/// let mut history = CustomerHistory::new();
/// history.record_purchase(day(3, 1), Decimal::TEN)?;
/// let nodes = NewCustomerNodes::default();
/// assert_eq!(nodes.state(&history, day(3, 30)), Some(NewCustomerState::Active));
/// assert_eq!(nodes.state(&history, day(3, 31)), Some(NewCustomerState::Cooling));
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// The default is 30, 50 and 80 days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct NewCustomerNodes {
    edges: DayEdges,
}

impl NewCustomerNodes {
    /// Cooling from `days[0]` days on, at risk from `days[1]`, lost from `days[2]`.
    ///
    /// # Errors
    ///
    /// [`Error::NotAscending`](crate::Error::NotAscending) when a node is not above the one before it.
    pub fn new(days: [u32; 3]) -> Result<Self> {
        Ok(Self { edges: DayEdges::new(days)? })
    }

    /// The nodes, in days.
    pub const fn edges(&self) -> [u32; 3] {
        self.edges.days()
    }

    /// The state of a customer of exactly one purchase day; `None` for others, and when it lies after `as_of`.
    pub fn state(&self, history: &CustomerHistory, as_of: NaiveDate) -> Option<NewCustomerState> {
        let days = history.days_since_last(as_of)?;
        (history.purchase_days() == 1).then(|| self.edges.pick(NewCustomerState::ALL, days))
    }

    /// Why a customer is in its state; `None` where there is no [`state`](NewCustomerNodes::state).
    pub fn explain(&self, history: &CustomerHistory, as_of: NaiveDate, language: Language) -> Option<String> {
        let (state, days) = (self.state(history, as_of)?, history.days_since_last(as_of)?);
        let (name, range) = (state.label().name(language), self.edges.describe(days, language));
        Some(match language {
            Language::English => format!("{name}: bought on one day, {days} days ago, {range}"),
            Language::Chinese => format!("{name}：仅有 1 个购买日，距今 {days} 天，{range}"),
        })
    }
}
