//! Rules that need no model.

use crate::scale::Label;

/// A simple rule to compare models with: it counts each customer's purchases in the hold-out of `h` weeks, or ranks
/// customers. Its other [`Scores`](super::Scores) are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Baseline {
    /// Counts 0 for everyone.
    Nobody,
    /// Counts the purchase days of the period that ends with the split day and is as long as the hold-out; in a younger
    /// shop, these include everyone's first.
    SameAsLastPeriod,
    /// Counts `x`, the repeat purchases so far, in whatever time.
    SameAsSoFar,
    /// Counts `h x / T`, at the customer's own rate of repeat purchases; 0 where `x` is 0.
    OwnRate,
    /// Ranks customers by the days since the last purchase, the most recent first.
    DaysSinceLast,
    /// The missed-cycles rule: only the churn-inclined do not buy again. Ranks customers by
    /// [`ChurnRisk`](crate::segment::ChurnRisk).
    MissedCycles,
}

impl Baseline {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Nobody,
        Self::SameAsLastPeriod,
        Self::SameAsSoFar,
        Self::OwnRate,
        Self::DaysSinceLast,
        Self::MissedCycles,
    ];

    /// Its key and names.
    pub const fn label(self) -> &'static Label {
        match self {
            Self::Nobody => const { &Label::preset("nobody", "Nobody comes", "无人复购") },
            Self::SameAsLastPeriod => {
                const { &Label::preset("same_as_last_period", "Same as last period", "与上期相同") }
            }
            Self::SameAsSoFar => {
                const { &Label::preset("same_as_so_far", "As many repeats as so far", "与历史复购次数相同") }
            }
            Self::OwnRate => const { &Label::preset("own_rate", "Own past rate", "按自身历史频率") },
            Self::DaysSinceLast => {
                const { &Label::preset("days_since_last", "Days since last purchase", "按距上次购买天数") }
            }
            Self::MissedCycles => const { &Label::preset("missed_cycles", "Missed cycles", "错过周期规则") },
        }
    }
}
