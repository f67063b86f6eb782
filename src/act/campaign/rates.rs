//! Two arms by a share of each: difference, lift, intervals.

use super::verdict::{Verdict, opening, percent, points, with_bounds};
use crate::scale::{Confidence, Interval, Language, Ratio};

/// A share of the treated arm beside the same share of the control arm.
///
/// **Population**: two groups apart, which chance alone has divided (see [`Assignment`](super::Assignment)). Where the
/// shop chose whom to treat, the numbers hold, but what differs need not be the campaign's doing.
///
/// # Examples
///
/// 13.2 thousand conversions of 415.5 thousand against 448 of 27.4 thousand:
///
/// ```
/// use repurchase::Ratio;
/// use repurchase::act::campaign::{RateComparison, Verdict};
/// use repurchase::scale::Language;
///
/// let comparison = RateComparison::new(Ratio::new(13_200, 415_500)?, Ratio::new(448, 27_400)?);
/// assert_eq!(comparison.verdict(), Verdict::Better);
/// assert_eq!(
///     comparison.explain(Language::English),
///     "Better: 13200 of 415500 (3.18%) against 448 of 27400 (1.64%); difference +1.54 points \
///      (95% interval +1.38 points to +1.70 points), lift +94.3% (95% interval +77.0% to +113.3%)",
/// );
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RateComparison {
    treated: Ratio,
    control: Ratio,
    confidence: Confidence,
}

impl RateComparison {
    /// The treated arm's share against the control arm's, with intervals of 95%.
    pub fn new(treated: Ratio, control: Ratio) -> Self {
        Self { treated, control, confidence: Confidence::default() }
    }

    /// With intervals of another confidence.
    #[must_use]
    pub const fn with_confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// The treated arm's share.
    pub const fn treated(&self) -> Ratio {
        self.treated
    }

    /// The control arm's share.
    pub const fn control(&self) -> Ratio {
        self.control
    }

    /// The confidence of the intervals.
    pub const fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// The treated arm's share less the control arm's, within -1..=1; `None` where an arm is empty.
    pub fn difference(&self) -> Option<f64> {
        Some(self.treated.value()? - self.control.value()?)
    }

    /// Newcombe's hybrid score interval for the difference, within -1..=1; `None` where an arm is empty.
    ///
    /// It has a width at 0 of n and n of n, and with the arms exchanged it is the same with the signs exchanged.
    ///
    /// # Formula
    ///
    /// `d - √((p₁ - l₁)² + (u₂ - p₂)²)` to `d + √((u₁ - p₁)² + (p₂ - l₂)²)`, where `d = p₁ - p₂`, and `l` and `u` are
    /// [Wilson's limits](Ratio::wilson) of each share, without a correction for continuity.
    ///
    /// # References
    ///
    /// R. G. Newcombe (1998), "Interval estimation for the difference between independent proportions: comparison of
    /// eleven methods", Statistics in Medicine 17(8), 873-890,
    /// `doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I`, method 10.
    pub fn difference_interval(&self) -> Option<Interval> {
        let (p, q) = (self.treated.value()?, self.control.value()?);
        let (of_p, of_q) = (self.treated.wilson(self.confidence)?, self.control.wilson(self.confidence)?);
        let reach = |down: f64, up: f64| (down * down + up * up).sqrt();
        let (down, up) = (reach(p - of_p.low, of_q.high - q), reach(of_p.high - p, q - of_q.low));
        Interval::of((p - q - down).max(-1.0), (p - q + up).min(1.0))
    }

    /// How far the treated arm's share is above the control arm's, relative to it: 0.94 for +94%. At least -1.
    ///
    /// `None` where an arm is empty or nobody of the control arm counts.
    pub fn lift(&self) -> Option<f64> {
        let (p, q) = (self.treated.value()?, self.control.value()?);
        (q > 0.0).then(|| p / q - 1.0)
    }

    /// Katz's log-ratio interval for the lift; above -1.
    ///
    /// `None` where an arm is empty or nobody of it counts, and where everybody of both arms does: the logarithm has no
    /// spread to be judged by.
    ///
    /// # Formula
    ///
    /// `p₁/p₂ exp(±z √((1 - p₁) / x₁ + (1 - p₂) / x₂)) - 1`, where `x` are the counts.
    ///
    /// # References
    ///
    /// D. Katz, J. Baptista, S. P. Azen and M. C. Pike (1978), "Obtaining confidence intervals for the risk ratio in
    /// cohort studies", Biometrics 34(3), 469-474, doi 10.2307/2530610, method C.
    pub fn lift_interval(&self) -> Option<Interval> {
        let ratio = self.treated.value()? / self.control.value()?;
        let variance = log_variance(self.treated)? + log_variance(self.control)?;
        let reach = self.confidence.z() * variance.sqrt();
        let bounds = Interval::of(ratio * libm::exp(-reach), ratio * libm::exp(reach))?.less(1.0)?;
        (variance > 0.0).then_some(bounds)
    }

    /// By the interval of the difference.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(self.difference_interval())
    }

    /// The verdict with its numbers, in a sentence without its full stop.
    pub fn explain(&self, language: Language) -> String {
        let (treated, control) = (self.treated, self.control);
        let (shares, difference, comma, lift) = match language {
            Language::English => (format!("{treated} against {control}; "), "difference", ", ", "lift"),
            Language::Chinese => {
                let (treated, control) = (in_chinese(treated), in_chinese(control));
                (format!("{treated}，对照组 {control}；"), "相差", "，", "相对提升")
            }
        };
        let show = |share| points(share, language);
        let difference =
            with_bounds(difference, self.difference(), self.difference_interval(), self.confidence, show, language);
        let lift = with_bounds(lift, self.lift(), self.lift_interval(), self.confidence, percent, language);
        opening(self.verdict(), language) + &shares + &difference + comma + &lift
    }
}

/// The variance of the logarithm of a share by the delta method; `None` where nobody counts.
#[allow(clippy::cast_precision_loss, reason = "an interval is an estimate")]
fn log_variance(share: Ratio) -> Option<f64> {
    let (count, of) = (share.count(), share.of());
    (count > 0).then(|| (of - count) as f64 / of as f64 / count as f64)
}

fn in_chinese(share: Ratio) -> String {
    let (count, of) = (share.count(), share.of());
    match share.value() {
        Some(value) => format!("{of} 人次中 {count}（{:.2}%）", value * 100.0),
        None => format!("{of} 人次中 {count}"),
    }
}

/// By how much more a share changed in the treated arm than in the control arm, from one stage to another.
///
/// What differed between the arms before the campaign is taken out; what would have come anyway, such as a holiday, is
/// taken out with the control arm. It rests on one assumption: without the campaign both shares would have changed by
/// the same number of points.
///
/// # Examples
///
/// ```
/// use repurchase::Ratio;
/// use repurchase::act::campaign::{DifferenceInDifferences, Verdict};
///
/// // 2% to 5% where treated, 1% to 2% where not: 3 points less 1.
/// let effect = DifferenceInDifferences::new(
///     [Ratio::new(200, 10_000)?, Ratio::new(500, 10_000)?],
///     [Ratio::new(100, 10_000)?, Ratio::new(200, 10_000)?],
/// );
/// assert!((effect.value().expect("four groups") - 0.02).abs() < 1e-12);
/// assert_eq!(effect.verdict(), Verdict::Better);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DifferenceInDifferences {
    treated: [Ratio; 2],
    control: [Ratio; 2],
    confidence: Confidence,
}

impl DifferenceInDifferences {
    /// The treated arm's share at the earlier and the later stage, and the control arm's; with an interval of 95%.
    pub fn new(treated: [Ratio; 2], control: [Ratio; 2]) -> Self {
        Self { treated, control, confidence: Confidence::default() }
    }

    /// With an interval of another confidence.
    #[must_use]
    pub const fn with_confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// The treated arm's change less the control arm's, in shares, within -2..=2; `None` where a group is empty.
    pub fn value(&self) -> Option<f64> {
        let [treated, control] = self.changes();
        Some(treated.difference()? - control.difference()?)
    }

    /// The interval of the [`value`](DifferenceInDifferences::value); `None` where a group is empty.
    ///
    /// The four groups count as independent. Where the same customers stand in both stages it is too wide rather than
    /// too narrow, since what a customer did before and does now goes together.
    ///
    /// # Formula
    ///
    /// `D - √((d₁ - l₁)² + (u₂ - d₂)²)` to `D + √((u₁ - d₁)² + (d₂ - l₂)²)`, where `D = d₁ - d₂`, and `d`, `l`, `u` are
    /// each arm's change and its [Newcombe interval](RateComparison::difference_interval).
    ///
    /// # References
    ///
    /// G. Y. Zou and A. Donner (2008), "Construction of confidence limits about effect measures: a general approach",
    /// Statistics in Medicine 27(10), 1693-1702, doi 10.1002/sim.3095.
    pub fn interval(&self) -> Option<Interval> {
        let [treated, control] = self.changes();
        let (d, e) = (treated.difference()?, control.difference()?);
        let (of_d, of_e) = (treated.difference_interval()?, control.difference_interval()?);
        let reach = |down: f64, up: f64| (down * down + up * up).sqrt();
        Interval::of(d - e - reach(d - of_d.low, of_e.high - e), d - e + reach(of_d.high - d, e - of_e.low))
    }

    /// By the interval.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(self.interval())
    }

    /// The verdict with its numbers, in a sentence without its full stop.
    pub fn explain(&self, language: Language) -> String {
        let show = |share| points(share, language);
        let [treated, control] = self.changes().map(|change| with_value(change.difference(), language));
        let (changes, name) = match language {
            Language::English => (format!("changed by {treated} against {control}; "), "difference of the changes"),
            Language::Chinese => (format!("变化 {treated}，对照组 {control}；"), "变化之差"),
        };
        let difference = with_bounds(name, self.value(), self.interval(), self.confidence, show, language);
        opening(self.verdict(), language) + &changes + &difference
    }

    /// Each arm, later against earlier.
    fn changes(&self) -> [RateComparison; 2] {
        [self.treated, self.control]
            .map(|[earlier, later]| RateComparison::new(later, earlier).with_confidence(self.confidence))
    }
}

fn with_value(share: Option<f64>, language: Language) -> String {
    match (share, language) {
        (Some(share), _) => points(share, language),
        (None, Language::English) => "nothing known".to_owned(),
        (None, Language::Chinese) => "未知".to_owned(),
    }
}
