//! Kaplan-Meier: how long until customers come back, with those who have not yet counted as waiting.

use core::cmp::Ordering;

use rust_decimal::Decimal;

use crate::error::Result;
use crate::number::{money, quotient};
use crate::scale::ranks::check_share;
use crate::scale::{Confidence, Interval};

mod exact;
#[cfg(feature = "serde")]
mod stored;
mod timing;

/// The share of spells that have not ended, by the time since their start: the Kaplan-Meier estimate.
///
/// A **spell** starts with a purchase. It ends with the customer's next one, or is still open as of a day and so
/// **censored**: all that is known of it is that it lasts longer than until now. A censored spell counts as waiting up
/// to and including its length, and then leaves the estimate. To leave it out altogether, as the median of observed
/// gaps does, makes every product that was sold last month look fast.
///
/// Times are days, or, where spells were scaled by the quantity bought, days for the usual quantity. They are compared
/// as exact fractions. A curve without a spell has no steps, and every question about it the answer `None`.
///
/// # Formula
///
/// `S(t) = Π (1 - d_i / n_i)` over the times `t_i <= t`, where `n_i` spells last at least `t_i` and `d_i` of them end
/// at `t_i`. Greenwood's variance is `S(t)² Σ d_i / (n_i (n_i - d_i))`. It takes spells for independent; those of one
/// customer are not quite, so that where few customers make most purchases intervals are somewhat too narrow.
///
/// # Examples
///
/// ```
/// use repurchase::measure::SurvivalCurve;
///
/// // Three came back, after 10, 20 and 20 days; two are waiting, for 10 and for 40 days.
/// let curve = SurvivalCurve::of_days([(10, true), (20, true), (20, true), (10, false), (40, false)]);
/// assert_eq!(curve.survival_at(9), Some(1.0));
/// assert_eq!(curve.survival_at(10), Some(0.8));
/// assert!((curve.survival_at(20).expect("observed") - 0.8 / 3.0).abs() < 1e-15);
/// assert_eq!(curve.median_days(), Some(20.0));
/// assert_eq!(curve.survival_at(41), None, "nobody has been waiting for that long");
///
/// let new = SurvivalCurve::of_days([(3, true), (5, false), (5, false)]);
/// assert_eq!(new.median_days(), None);
/// assert_eq!(new.observed_median_days(), Some(3.0), "the naive median calls it fast");
/// ```
///
/// # References
///
/// E. L. Kaplan, P. Meier (1958), "Nonparametric estimation from incomplete observations", Journal of the American
/// Statistical Association 53(282), 457-481, doi 10.1080/01621459.1958.10501452. M. Greenwood (1926), "The natural
/// duration of cancer", Reports on Public Health and Medical Subjects 33, 1-26.
#[doc(alias = "Kaplan-Meier")]
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalCurve {
    /// The usual quantity; all quantities are of one scale.
    usual_quantity: Decimal,
    steps: Vec<CurveStep>,
}

/// One time at which spells end or are still open.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CurveStep {
    /// The shortest gap of this length, in days.
    pub gap_days: u32,
    /// The quantity that lasted for that gap; 1 where spells are not scaled.
    pub quantity: Decimal,
    /// The length of the spells, `gap_days` times the usual quantity over `quantity`, correctly rounded.
    pub days: f64,
    /// Spells of this length or a longer one.
    pub at_risk: u64,
    /// Spells of this length that ended with a purchase.
    pub returned: u64,
    /// Spells of this length that are still open.
    pub waiting: u64,
    /// The share of spells that last longer.
    pub survival: f64,
    /// Greenwood's variance of `survival`; `None` where nobody is left and it has no value.
    pub variance: Option<f64>,
    /// `Σ d / (n (n - d))`.
    greenwood: f64,
}

/// The kind of a confidence interval of a survival curve.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum IntervalKind {
    /// `S^exp(±z √g / ln S)` with Greenwood's sum `g`: symmetric for `ln(-ln S)`, never outside 0..=1. The default, as
    /// in Python's lifelines.
    #[default]
    LogLog,
    /// `S ± z S √g`, cut off at 0 and 1.
    Plain,
}

/// A confidence interval for a quantile of a survival curve, in days.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DaysInterval {
    /// The lower end; `None` when not even the curve's lower bound gets there.
    pub low: Option<f64>,
    /// The upper end; `None` when it is beyond what was observed.
    pub high: Option<f64>,
}

/// One spell, or several of the same length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spell {
    pub(crate) gap_days: u32,
    /// The quantity, above 0, of the same scale in all spells of a curve.
    pub(crate) quantity: Decimal,
    pub(crate) returned: bool,
}

impl SurvivalCurve {
    /// The curve of spells of whole days: how many, and whether the spell ended with a purchase (or is still open).
    /// Takes time `n log n` in spells.
    pub fn of_days(spells: impl IntoIterator<Item = (u32, bool)>) -> Self {
        let spell = |(gap_days, returned)| Spell { gap_days, quantity: Decimal::ONE, returned };
        Self::of_spells(spells.into_iter().map(spell).collect(), Decimal::ONE)
    }

    /// The curve of spells that each lasted for a quantity.
    pub(crate) fn of_spells(mut spells: Vec<Spell>, usual_quantity: Decimal) -> Self {
        // Of equal lengths the one of the smallest quantity goes first and stands for all, whatever the input's order.
        let length = |one: &Spell, other: &Spell| compare(one.gap_days, one.quantity, other.gap_days, other.quantity);
        let order = |one: &Spell, other: &Spell| length(one, other).then(one.quantity.cmp(&other.quantity));
        spells.sort_unstable_by(order);
        let equal = spells.chunk_by(|one, other| length(one, other) == Ordering::Equal);
        let counts = equal.filter_map(|equal| {
            let returned = equal.iter().filter(|spell| spell.returned).count() as u64;
            Some((*equal.first()?, returned, equal.len() as u64 - returned))
        });
        let steps = steps(counts, spells.len() as u64, usual_quantity);
        Self { usual_quantity, steps }
    }

    /// The times at which spells end or are still open, ascending.
    pub fn steps(&self) -> &[CurveStep] {
        &self.steps
    }

    /// The quantity to which spells are scaled; 1 where they are not.
    pub const fn usual_quantity(&self) -> Decimal {
        self.usual_quantity
    }

    /// The number of spells.
    pub fn spells(&self) -> u64 {
        self.steps.first().map_or(0, |step| step.at_risk)
    }

    /// The number of spells that ended with a purchase.
    pub fn returned(&self) -> u64 {
        self.steps.iter().map(|step| step.returned).sum()
    }

    /// The share of spells that last longer than `days`; `None` beyond the longest spell while that is still open.
    pub fn survival_at(&self, days: u32) -> Option<f64> {
        let limit = |step: &CurveStep| compare(step.gap_days, step.quantity, days, self.usual_quantity);
        let (last, passed) = (self.steps.last()?, self.steps.partition_point(|step| limit(step) != Ordering::Greater));
        if passed == self.steps.len() && last.survival > 0.0 && limit(last) == Ordering::Less {
            return None;
        }
        Some(passed.checked_sub(1).map_or(1.0, |at| self.steps[at].survival))
    }

    /// The first step by which at least `share` of the spells have ended; `None` when that is not reached.
    ///
    /// Whether it is reached is decided exactly, by comparing products of integers where rounding could decide. Takes
    /// time `log n` in steps, and linear where rounding could decide. Quadratic only where a curve meets the share to
    /// some 30 digits.
    ///
    /// # Errors
    ///
    /// [`Error::Share`](crate::Error::Share) when `share` is not above 0 and below 1.
    pub fn quantile(&self, share: Decimal) -> Result<Option<&CurveStep>> {
        check_share(0, share)?;
        let left = Decimal::ONE - share;
        let at = self.steps.partition_point(|step| !self.is_at_most(step, left));
        Ok(self.steps.get(at))
    }

    /// The median in days, that is the [`quantile`](SurvivalCurve::quantile) of one half; `None` when not reached.
    pub fn median_days(&self) -> Option<f64> {
        self.median().map(|step| step.days)
    }

    pub(crate) fn median(&self) -> Option<&CurveStep> {
        self.quantile(Decimal::new(5, 1)).ok().flatten()
    }

    /// The naive median: of the spells that have ended alone, the shortest length that at least half of them do not
    /// exceed. `None` when none has. It is too short wherever open spells are longer than ended ones.
    pub fn observed_median_days(&self) -> Option<f64> {
        let half = self.returned().div_ceil(2);
        let mut passed = 0;
        let reached = self.steps.iter().find(|step| {
            passed += step.returned;
            step.returned > 0 && passed >= half
        });
        reached.map(|step| step.days)
    }

    /// A confidence interval for the quantile of `share`: from where the lower bound of the curve gets to `1 - share`
    /// to where the upper bound does.
    ///
    /// # Errors
    ///
    /// [`Error::Share`](crate::Error::Share) when `share` is not above 0 and below 1.
    ///
    /// # References
    ///
    /// R. Brookmeyer, J. Crowley (1982), "A confidence interval for the median survival time", Biometrics 38(1), 29-41,
    /// doi 10.2307/2530286.
    pub fn quantile_interval(
        &self,
        share: Decimal,
        confidence: Confidence,
        kind: IntervalKind,
    ) -> Result<DaysInterval> {
        self.quantile(share)?;
        let z = confidence.z();
        let left = money::number(Decimal::ONE - share);
        let first = |is_reached: &dyn Fn(&CurveStep) -> bool| self.steps.iter().find(|step| is_reached(step));
        // Where nobody is left, the lower bound is 0 and the upper one unknown.
        let low = first(&|step| step.reach(z, kind).is_none_or(|bounds| bounds.low <= left));
        let high = first(&|step| step.reach(z, kind).is_some_and(|bounds| bounds.high <= left));
        Ok(DaysInterval { low: low.map(|step| step.days), high: high.map(|step| step.days) })
    }

    /// Whether no more than the share `left` lasts longer than a step.
    fn is_at_most(&self, step: &CurveStep, left: Decimal) -> bool {
        let Some(unit) = money::power(left.scale()) else { return false };
        let target = money::number(left);
        // Each step rounds a few times, by half a unit in the last place of its result.
        #[allow(clippy::cast_precision_loss, reason = "a bound of an error")]
        let doubt = 4.0 * f64::EPSILON * (self.steps.len() as f64 + 4.0);
        if (step.survival - target).abs() > doubt {
            return step.survival < target;
        }
        exact::is_at_most(&self.steps, step, (left.mantissa().unsigned_abs(), unit.unsigned_abs()))
    }
}

impl CurveStep {
    /// A confidence interval for `survival`; `None` where nobody is left.
    ///
    /// Before anybody has come back it is 1..=1: the estimate has no variance there, which says nothing about the
    /// future.
    pub fn interval(&self, confidence: Confidence, kind: IntervalKind) -> Option<Interval> {
        self.reach(confidence.z(), kind)
    }

    /// [`interval`](CurveStep::interval) by the quantile of the confidence.
    fn reach(&self, z: f64, kind: IntervalKind) -> Option<Interval> {
        let survival = self.survival;
        self.variance?;
        if self.greenwood <= 0.0 {
            return Some(Interval { low: 1.0, high: 1.0 });
        }
        let reach = z * self.greenwood.sqrt();
        let (low, high) = match kind {
            IntervalKind::Plain => (survival - survival * reach, survival + survival * reach),
            IntervalKind::LogLog => {
                let log = libm::log(survival);
                let bound = |reach: f64| libm::exp(log * libm::exp(reach / log));
                (bound(-reach), bound(reach))
            }
        };
        Some(Interval { low: low.clamp(0.0, survival), high: high.clamp(survival, 1.0) })
    }
}

/// Compares two gaps as if for equal quantities. No gap is 2^32 days and no quantity 2^96 units long.
pub(super) fn compare(gap: u32, quantity: Decimal, other_gap: u32, other_quantity: Decimal) -> Ordering {
    (u128::from(gap) * units(other_quantity)).cmp(&(u128::from(other_gap) * units(quantity)))
}

const fn units(quantity: Decimal) -> u128 {
    quantity.mantissa().unsigned_abs()
}

/// The steps of `spells` spells, counted by length, the shortest first.
#[allow(clippy::cast_precision_loss, reason = "quotients of counts are rounded, as they must be")]
fn steps(counts: impl Iterator<Item = (Spell, u64, u64)>, spells: u64, usual_quantity: Decimal) -> Vec<CurveStep> {
    let mut at_risk = spells;
    // The curve at the last time at which a spell was censored, and the spells after it. Between two of these the
    // product of all quotients is one quotient.
    let mut known = (1.0, spells);
    let mut greenwood = 0.0;
    let step = |(spell, returned, waiting): (Spell, u64, u64)| {
        let Spell { gap_days, quantity, .. } = spell;
        let left = at_risk - returned;
        let survival = if left == known.1 { known.0 } else { known.0 * (left as f64 / known.1 as f64) };
        if left > 0 {
            greenwood += returned as f64 / (at_risk as f64 * left as f64);
        }
        let variance = (left > 0).then_some(survival * survival * greenwood);
        let length = i128::from(gap_days) * usual_quantity.mantissa();
        let days = quotient(length, quantity.mantissa()).unwrap_or_default();
        let step = CurveStep { gap_days, quantity, days, at_risk, returned, waiting, survival, variance, greenwood };
        at_risk = left - waiting;
        if waiting > 0 {
            known = (survival, at_risk);
        }
        step
    };
    counts.map(step).collect()
}
