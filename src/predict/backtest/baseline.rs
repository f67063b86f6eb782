//! Rules that need no model.

use crate::scale::Label;

/// A rule without a fit, beside which a model has to earn its place.
///
/// Those that count say how often each customer will buy in the hold-out of `h` weeks; the others put customers in an
/// order. Their other [`Scores`](super::Scores) are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Baseline {
    /// Counts 0 for everyone.
    Nobody,
    /// Counts as many purchase days as in the period that ends with the split day and is as long as the hold-out. Where
    /// the shop is not older than that, everyone's first purchase is among them.
    SameAsLastPeriod,
    /// Counts `x`: as many as there were repeat purchases so far, in whatever time.
    SameAsSoFar,
    /// Counts `h x / T`: the customer's own rate of repeat purchases goes on. 0 where `x` is 0.
    OwnRate,
    /// Orders customers by the days since the last purchase: who came last will come first.
    DaysSinceLast,
    /// The missed-cycles rule: all buy again but those who are churn-inclined, who do not. The order is that of
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
