//! Two arms by a share of each, and by the change of a share.

use super::comparison::{Comparison, Subject};
use crate::scale::{Confidence, Interval, Ratio};

impl Comparison {
    /// Compares a share of the treated arm with the same share of the control arm.
    ///
    /// # Formula
    ///
    /// **Difference**: Newcombe's hybrid score interval, within -1..=1. It has a width at 0 of n and n of n, and with the
    /// arms exchanged it is the same with the signs exchanged. `d - √((p₁ - l₁)² + (u₂ - p₂)²)` to
    /// `d + √((u₁ - p₁)² + (p₂ - l₂)²)`, where `d = p₁ - p₂`, and `l` and `u` are [Wilson's limits](Ratio::wilson) of
    /// each share, without a correction for continuity.
    ///
    /// **Lift**: Katz's log-ratio interval, above -1. `p₁/p₂ exp(±z √((1 - p₁) / x₁ + (1 - p₂) / x₂)) - 1`, where `x`
    /// are the counts. `None` for 0 of n in an arm, and for n of n in both: the logarithm has no
    /// spread to judge by.
    ///
    /// # References
    ///
    /// R. G. Newcombe (1998), "Interval estimation for the difference between independent proportions: comparison of
    /// eleven methods", Statistics in Medicine 17(8), 873-890,
    /// `doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I`, method 10; D. Katz, J. Baptista, S. P.
    /// Azen and M. C. Pike (1978), "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics
    /// 34(3), 469-474, doi 10.2307/2530610, method C.
    pub const fn of_rates(treated: Ratio, control: Ratio, confidence: Confidence) -> Self {
        Self { subject: Subject::Rates([treated, control]), confidence }
    }

    /// Compares how a share changed from an earlier to a later stage in the treated arm and in the control arm:
    /// difference in differences.
    ///
    /// Takes out what differed between the arms before the campaign, and what would have come anyway, such as a holiday.
    /// Assumes that without the campaign both shares would have changed by the same number of points.
    ///
    /// # Formula
    ///
    /// `D - √((d₁ - l₁)² + (u₂ - d₂)²)` to `D + √((u₁ - d₁)² + (d₂ - l₂)²)`, where `D = d₁ - d₂`, and `d`, `l`, `u` are
    /// each arm's change and its interval by [`of_rates`](Comparison::of_rates). The four groups count as independent.
    /// Where the same customers are in both stages it is too wide rather than too narrow: what a customer did before and
    /// does now correlate positively.
    ///
    /// [`Arm`](super::Arm) has an example.
    ///
    /// # References
    ///
    /// G. Y. Zou and A. Donner (2008), "Construction of confidence limits about effect measures: a general approach",
    /// Statistics in Medicine 27(10), 1693-1702, doi 10.1002/sim.3095.
    #[doc(alias = "difference in differences")]
    pub const fn of_changes(treated: [Ratio; 2], control: [Ratio; 2], confidence: Confidence) -> Self {
        Self { subject: Subject::Changes([treated, control]), confidence }
    }
}

pub(super) fn difference([treated, control]: [Ratio; 2]) -> Option<f64> {
    Some(treated.value()? - control.value()?)
}

pub(super) fn difference_interval([treated, control]: [Ratio; 2], confidence: Confidence) -> Option<Interval> {
    treated.difference_interval(control, confidence)
}

pub(super) fn lift([treated, control]: [Ratio; 2]) -> Option<f64> {
    let (p, q) = (treated.value()?, control.value()?);
    (q > 0.0).then(|| p / q - 1.0)
}

pub(super) fn lift_interval([treated, control]: [Ratio; 2], confidence: Confidence) -> Option<Interval> {
    let ratio = treated.value()? / control.value()?;
    let variance = log_variance(treated)? + log_variance(control)?;
    let reach = confidence.z() * variance.sqrt();
    let interval = Interval::of(ratio * libm::exp(-reach), ratio * libm::exp(reach))?.less(1.0)?;
    (variance > 0.0).then_some(interval)
}

pub(super) fn difference_of_changes(arms: [[Ratio; 2]; 2]) -> Option<f64> {
    let [treated, control] = arms.map(|[earlier, later]| difference([later, earlier]));
    Some(treated? - control?)
}

pub(super) fn difference_of_changes_interval(arms: [[Ratio; 2]; 2], confidence: Confidence) -> Option<Interval> {
    let changes = arms.map(|[earlier, later]| [later, earlier]);
    let intervals = changes.map(|change| difference_interval(change, confidence));
    Interval::of_difference(changes.map(difference), intervals)
}

/// The variance of the logarithm of a share by the delta method; `None` for 0 of n.
#[allow(clippy::cast_precision_loss, reason = "an interval is an estimate")]
fn log_variance(share: Ratio) -> Option<f64> {
    let (count, of) = (share.count(), share.of());
    (count > 0).then(|| (of - count) as f64 / of as f64 / count as f64)
}

/// The variance of a share with one success and one failure more; `None` of nobody.
#[allow(clippy::cast_precision_loss, reason = "an estimate")]
pub(super) fn variance(share: Ratio) -> Option<f64> {
    let (count, of) = (share.count() as f64, share.of() as f64);
    let (n, p) = (of + 2.0, (count + 1.0) / (of + 2.0));
    (of > 0.0).then(|| p * ((of - count + 1.0) / n) / n)
}
