//! The churn rule that a shopkeeper can check by hand: count the cycles in which a purchase was expected and none came.

mod risk;
mod standing;

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::history::CustomerHistory;
use crate::scale::edges::DayEdges;

pub use risk::ChurnRisk;
pub use standing::CycleStanding;

/// The rule: after how many days a customer is expected back, and after how many missed cycles likely to be gone.
///
/// It needs no fit and no other customer. Applying it is exact integer arithmetic without allocation.
///
/// # Formula
///
/// For a customer of two purchase days or more, `cycles missed = ⌊days since last / expected cycle⌋`. The **expected
/// cycle** is the upper edge of the customer's frequency band, so that three purchases in three days do not make a
/// customer churned on the tenth; in the open last band, it is the customer's own mean gap. Or, with
/// [`with_own_mean_gap`](MissedCycles::with_own_mean_gap), it is the own mean gap throughout. Where quantities are
/// known it is [stretched by them](CycleStanding::with_quantities).
///
/// A customer of one purchase day has no cycle and is judged by the days since it, by the nodes of new customers.
/// [`ChurnRisk`] lists both.
///
/// The default is 30, 50 and 80 days for both, and churn-inclined from 3 missed cycles on.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::segment::{ChurnRisk, MissedCycles};
/// use repurchase::segment::FrequencyBands;
/// use rust_decimal::Decimal;
///
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
/// let mut history = CustomerHistory::new();
/// history.record_purchase(day(1, 1), Decimal::TEN)?;
/// history.record_purchase(day(2, 10), Decimal::TEN)?;
///
/// // Every 40 days, so in the band from 30 to below 50 days.
/// let standing = MissedCycles::default().standing(&history, day(5, 21)).expect("has bought");
/// assert_eq!(standing.cycles_missed(), Some(2), "100 days are two times 50");
/// assert_eq!(standing.next_expected_day(), Some(day(4, 1)));
/// assert_eq!(standing.overdue_days(), Some(50));
/// assert_eq!(standing.risk(), ChurnRisk::Overdue);
///
/// // By the shop's own bands.
/// let bands = FrequencyBands::new([7, 14, 45])?;
/// let rule = MissedCycles::default().with_band_edges(bands.edges())?.with_churn_cycles(2)?;
/// let standing = rule.standing(&history, day(5, 21)).expect("has bought");
/// assert_eq!(standing.risk(), ChurnRisk::ChurnInclined);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// No paper stands behind it: three missed cycles, the bands, the nodes and the stretch by quantity are the practice of
/// shops, as a mobile-commerce agency wrote it down in 2016. The edges at exactly 30, 50 and 80 days and the open last
/// band, which it left undefined, are settled here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredRule"))]
pub struct MissedCycles {
    cycle: Basis,
    new_customer_nodes: DayEdges,
    churn_cycles: u32,
}

/// What a customer's expected cycle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
enum Basis {
    /// The upper edge of the band of the mean gap.
    BandEdges(DayEdges),
    OwnMeanGap {
        floor_days: u32,
    },
}

impl Default for MissedCycles {
    fn default() -> Self {
        Self { cycle: Basis::BandEdges(DayEdges::default()), new_customer_nodes: DayEdges::default(), churn_cycles: 3 }
    }
}

impl MissedCycles {
    /// With the upper edge of the customer's frequency band as the expected cycle, by the edges of
    /// [`FrequencyBands`](crate::segment::FrequencyBands::edges), given or fitted.
    ///
    /// # Errors
    ///
    /// [`Error::NotAscending`] when an edge is not above the one before it.
    pub fn with_band_edges(self, edges: [u32; 3]) -> Result<Self> {
        Ok(Self { cycle: Basis::BandEdges(DayEdges::new(edges)?), ..self })
    }

    /// With the customer's own mean gap as the expected cycle, but no less than `floor_days`.
    ///
    /// The floor keeps a burst of purchases from being taken for a habit: without one (0 or 1), a customer of three
    /// purchases in three days is churn-inclined three days later; with 7, a reasonable start for most shops, three
    /// weeks later.
    #[must_use]
    pub const fn with_own_mean_gap(self, floor_days: u32) -> Self {
        Self { cycle: Basis::OwnMeanGap { floor_days }, ..self }
    }

    /// With the days after which a customer of one purchase day is due, overdue and churn-inclined, such as those of
    /// [`NewCustomerNodes`](crate::segment::NewCustomerNodes::edges).
    ///
    /// # Errors
    ///
    /// [`Error::NotAscending`] when a node is not above the one before it.
    pub fn with_new_customer_nodes(self, days: [u32; 3]) -> Result<Self> {
        Ok(Self { new_customer_nodes: DayEdges::new(days)?, ..self })
    }

    /// With the missed cycles, 1 or more, from which on a repeat customer is churn-inclined.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for 0.
    pub const fn with_churn_cycles(self, cycles: u32) -> Result<Self> {
        if cycles == 0 {
            return Err(Error::OutOfRange { field: "churn cycles", found: 0, min: 1, max: u32::MAX as u64 });
        }
        Ok(Self { churn_cycles: cycles, ..self })
    }

    /// The edges of the frequency bands, in days; `None` where the own mean gap is the expected cycle.
    pub const fn band_edges(&self) -> Option<[u32; 3]> {
        match self.cycle {
            Basis::BandEdges(edges) => Some(edges.days()),
            Basis::OwnMeanGap { .. } => None,
        }
    }

    /// The floor of the own mean gap, in days; `None` where the upper edge of a band is the expected cycle.
    pub const fn mean_gap_floor_days(&self) -> Option<u32> {
        match self.cycle {
            Basis::BandEdges(_) => None,
            Basis::OwnMeanGap { floor_days } => Some(floor_days),
        }
    }

    /// The days after which a customer of one purchase day is due, overdue and churn-inclined.
    pub const fn new_customer_nodes(&self) -> [u32; 3] {
        self.new_customer_nodes.days()
    }

    /// The missed cycles from which on a repeat customer is churn-inclined, 1 or more.
    pub const fn churn_cycles(&self) -> u32 {
        self.churn_cycles
    }

    /// Where a customer stands as of a day; `None` without a purchase, and when the last one lies after `as_of`.
    ///
    /// # Complexity
    ///
    /// O(1), without allocation: for a whole shop, call it for each of [`Ledger::iter`](crate::Ledger::iter).
    pub fn standing(&self, history: &CustomerHistory, as_of: NaiveDate) -> Option<CycleStanding> {
        CycleStanding::new(*self, history, as_of)
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRule {
    cycle: Basis,
    new_customer_nodes: DayEdges,
    churn_cycles: u32,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredRule> for MissedCycles {
    type Error = Error;

    fn try_from(StoredRule { cycle, new_customer_nodes, churn_cycles }: StoredRule) -> Result<Self> {
        Self { cycle, new_customer_nodes, churn_cycles }.with_churn_cycles(churn_cycles)
    }
}
