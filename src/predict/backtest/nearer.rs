//! The counting rule that was nearer than the forecast.

use super::Baseline;
use super::track::{RuleTotal, Total, TotalOutcome, TrackRecord, TrackWindow, mean_size};

/// A counting rule whose totals were nearer than the forecast's.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BetterRule {
    /// The rule.
    pub rule: Baseline,
    /// The rule's total in the horizon that comes.
    pub expected: f64,
    /// The mean of `|ln(actual / rule)|` over the same windows.
    pub error: f64,
}

/// What a rule's mean error must gain over the forecast's in two windows or more: two points of a hundred.
const NEARER: f64 = 0.02;

impl TrackRecord {
    /// The counting rule of the smallest mean error, below that of the forecast by [`NEARER`] or more in the same windows.
    pub(super) fn better_rule(&self, total: Total, error: f64) -> Option<BetterRule> {
        let of_rule = |now: &RuleTotal| {
            let expected = now.says(total)?;
            let outcomes = self.windows.iter().filter_map(|window| {
                let outcome = window.outcome(total).filter(|outcome| outcome.expected > 0.0)?;
                Some((window, outcome))
            });
            let error = |(window, outcome): (&TrackWindow, TotalOutcome)| {
                let expected = window.rules.iter().find(|row| row.rule == now.rule)?.says(total)?;
                Some(libm::log(TotalOutcome { expected, ..outcome }.ratio()?))
            };
            let error = mean_size(&outcomes.map(error).collect::<Option<Vec<_>>>()?)?;
            Some(BetterRule { rule: now.rule, expected, error })
        };
        let is_known = self.errors(total).len() >= 2;
        let better = self.rules.iter().filter_map(of_rule).filter(|rule| is_known && rule.error + NEARER <= error);
        better.reduce(|best, other| if other.error < best.error { other } else { best })
    }
}
