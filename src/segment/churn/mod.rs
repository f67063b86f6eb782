//! The churn rule that a shopkeeper can check by hand: count the cycles in which a purchase was expected and none came.

mod risk;
mod standing;

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::history::CustomerHistory;
use crate::segment::Lifecycle;

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
/// A customer of one purchase day has no cycle and is judged by the days since it, by the bands of new customers.
/// [`ChurnRisk`] lists both. All thresholds are those of a [`Lifecycle`]; by default the default one, and churn-inclined
/// from 3 missed cycles on.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::scale::Language;
/// use repurchase::segment::{ChurnRisk, FrequencyBands, Lifecycle, MissedCycles, NewCustomerBands};
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
/// assert_eq!(
///     standing.explain(Language::English),
///     "Overdue: last purchase 100 days ago, expected every 50 days \
///      (mean gap 40/1 = 40.00 days, at least 30 and below 50): 2 cycles missed, churn-inclined from 3"
/// );
/// // One bottle as a rule, two the last time.
/// let standing = standing.with_quantities(Decimal::TWO, Decimal::ONE)?;
/// assert_eq!((standing.expected_cycle_days(), standing.cycles_missed()), (Some(100.0), Some(1)));
///
/// // By the shop's own bands.
/// let lifecycle = Lifecycle::new(NewCustomerBands::default(), FrequencyBands::new([7, 14, 45])?);
/// let rule = MissedCycles::from_lifecycle(&lifecycle).with_churn_cycles(2)?;
/// let standing = rule.standing(&history, day(5, 21)).expect("has bought");
/// assert_eq!(standing.risk(), ChurnRisk::ChurnInclined);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// No paper: three missed cycles, the bands and the stretch by quantity are the practice of shops, as a mobile-commerce
/// agency described it in 2016. It left the edges at exactly 30, 50 and 80 days and the open last band undefined.
#[doc(alias = "churn")]
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MissedCycles {
    lifecycle: Lifecycle,
    cycle: Basis,
    churn_cycles: u32,
}

/// The basis of a customer's expected cycle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
enum Basis {
    /// The upper edge of the frequency band of the mean gap.
    #[default]
    FrequencyBand,
    OwnMeanGap {
        floor_days: u32,
    },
}

impl Default for MissedCycles {
    fn default() -> Self {
        Self::from_lifecycle(&Lifecycle::default())
    }
}

impl MissedCycles {
    /// The rule by the thresholds of a lifecycle: the upper edge of the customer's frequency band is the expected cycle,
    /// and a customer of one purchase day is due, overdue and churn-inclined where new customers cool down, are at risk
    /// and are lost.
    pub fn from_lifecycle(lifecycle: &Lifecycle) -> Self {
        Self { lifecycle: *lifecycle, cycle: Basis::default(), churn_cycles: 3 }
    }

    /// Sets the thresholds of a lifecycle, such as one with fitted bands.
    pub const fn with_lifecycle(self, lifecycle: Lifecycle) -> Self {
        Self { lifecycle, ..self }
    }

    /// Takes the customer's own mean gap as the expected cycle, but no less than `floor_days`.
    ///
    /// The floor keeps a burst of purchases from being taken for a habit: a customer of three purchases in three days is
    /// churn-inclined three days later with a floor of 0 or 1, three weeks later with 7, a reasonable start.
    pub const fn with_own_mean_gap(self, floor_days: u32) -> Self {
        Self { cycle: Basis::OwnMeanGap { floor_days }, ..self }
    }

    /// Sets the missed cycles, 1 or more, from which on a repeat customer is churn-inclined.
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

    /// The lifecycle whose thresholds these are.
    pub const fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    /// The floor of the own mean gap, in days; `None` where the upper edge of a band is the expected cycle.
    pub const fn mean_gap_floor_days(&self) -> Option<u32> {
        match self.cycle {
            Basis::FrequencyBand => None,
            Basis::OwnMeanGap { floor_days } => Some(floor_days),
        }
    }

    /// The missed cycles from which on a repeat customer is churn-inclined, 1 or more.
    pub const fn churn_cycles(&self) -> u32 {
        self.churn_cycles
    }

    /// Returns the standing of a customer as of a day; `None` without a purchase, and when the last one lies after
    /// `as_of`. Takes constant time, without allocation: for a whole shop, call it for each of
    /// [`Ledger::iter`](crate::Ledger::iter).
    pub fn standing(&self, history: &CustomerHistory, as_of: NaiveDate) -> Option<CycleStanding> {
        CycleStanding::new(*self, history, as_of)
    }
}

crate::stored::stored! {
    MissedCycles { lifecycle: Lifecycle, cycle: Basis, churn_cycles: u32 } <=> Self { lifecycle, cycle, churn_cycles }.with_churn_cycles(churn_cycles)
}
