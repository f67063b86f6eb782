//! Responses by segment: the arms of a campaign segment by segment.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use super::assignment::Group;
use super::comparison::Comparison;
use super::outcome::{Outcome, once};
use super::pooled::{Effect, PooledEffect};
use crate::error::{Error, Result};
use crate::history::PurchaseLog;
use crate::record::{CustomerId, Window};
use crate::scale::Confidence;

/// The outcome of a campaign in each segment, from the log, the window of days, the group of each customer and the segment
/// of each: a label of theirs, an attribute, a score.
///
/// **Population** of each segment: everybody who was assigned, as for [`Outcome`]; those with credits alone bring less than
/// 0. Segments must be known before the campaign: by what customers did in its window, the arms differ in more than the
/// message. Takes time `m (log m + log n)` of `m` customers given and `n`
/// of the log, and linear in the log.
///
/// # Errors
///
/// Those of [`PurchaseLog::ledger_in`] and of [`Outcome::of`].
pub fn outcomes_by<Id, Q, K>(
    log: &PurchaseLog<Id>,
    window: Window,
    groups: impl IntoIterator<Item = (Q, Group)>,
    mut segment: impl FnMut(&Q) -> K,
) -> Result<BTreeMap<K, Outcome>>
where
    Id: CustomerId + Borrow<Q>,
    Q: Ord,
    K: Ord,
{
    let (ledger, customers) = (log.ledger_in(window)?, once(groups));
    let mut segments: BTreeMap<K, Vec<(&Q, Option<Group>)>> = BTreeMap::new();
    for (customer, &group) in &customers {
        segments.entry(segment(customer)).or_default().push((customer, group));
    }
    let outcome = |(segment, customers): (K, Vec<_>)| {
        Ok::<_, Error>((segment, Outcome::of_each(&ledger, customers.into_iter())?))
    };
    segments.into_iter().map(outcome).collect()
}

/// The measure of an effect: as a share of buyers or as money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum EffectMeasure {
    /// The share of customers with a purchase: [`Outcome::conversion`].
    Conversion,
    /// The revenue per customer: [`Outcome::revenue`].
    Revenue,
}

/// The effects of a campaign in each segment: effects whose intervals hold together, and estimates drawn towards the
/// effect on all, by which to choose whom to treat next time.
///
/// Of many segments, the one that seems to respond best does so in part by luck. So there are two numbers for each. The
/// **comparison** is the segment's own, with an interval at a higher level: with the stated confidence **all** intervals hold
/// the truth, so that a verdict may be read off any of them. The **shrunk** effect is the better estimate where segments are
/// small, and by it they are ranked; it has a standard error, and no interval that holds for all.
///
/// # Formula
///
/// **Jointly**: with the confidence `c` and `k` segments that have an interval, each is one at the level `c^(1/k)` (Šidák):
/// exact, since segments share no customer; the intervals themselves are those of [`Comparison`].
///
/// **Shrunk**: `B m + (1 - B) d`, with `B = v / (v + τ²)`, the segment's difference `d`, its
/// [variance](Comparison::difference_variance) `v`, and the mean `m` and `τ²` of [`PooledEffect`]: empirical Bayes for normal
/// effects, which is James and Stein's rule for unequal variances. Its standard error is
/// `√((1 - B) v + B² s²)`. A segment without a variance has the mean.
///
/// # Examples
///
/// ```
/// use repurchase::act::campaign::{Assignment, EffectMeasure, Group, SegmentEffects, Verdict, outcomes_by};
/// use repurchase::scale::Confidence;
/// use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar, Window};
/// use rust_decimal::Decimal;
///
/// // Of the treated in the north every second one buys in April, of all others every tenth.
/// let assignment = Assignment::new("april", Ratio::new(1, 2)?)?;
/// let group = |id: &u32| assignment.group(id);
/// let region = |id: &u32| if id % 3 == 0 { "north" } else { "south" };
/// let every = |id: &u32| if region(id) == "north" && group(id) == Group::Treated { 2 } else { 10 };
/// let buyers = (0..3_000_u32).filter(|id| id / 3 % every(id) == 0);
/// let day = chrono::NaiveDate::from_ymd_opt(2026, 4, 9).unwrap();
/// let orders = buyers.map(|id| Order::on(id, day, Decimal::from(30))).collect::<Result<Vec<_>, _>>()?;
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let groups = (0..3_000_u32).map(|id| (id, group(&id)));
/// let outcomes = outcomes_by(&log, Window::last_days(day, 9)?, groups, region)?;
/// let effects = SegmentEffects::of(&outcomes, EffectMeasure::Conversion, Confidence::default());
/// let best = &effects.segments[0];
/// assert_eq!((best.segment, best.comparison.map(|one| one.verdict())), ("north", Some(Verdict::Better)));
/// assert_eq!(effects.segments[1].comparison.map(|one| one.verdict()), Some(Verdict::CannotTell));
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// Z. Šidák (1967), "Rectangular confidence regions for the means of multivariate normal distributions", Journal of the
/// American Statistical Association 62(318), 626-633, doi 10.1080/01621459.1967.10482935; C. N. Morris (1983), "Parametric
/// empirical Bayes inference: theory and applications", Journal of the American Statistical Association 78(381), 47-55,
/// doi 10.1080/01621459.1983.10477920.
#[doc(alias("uplift", "heterogeneous treatment effect", "subgroup"))]
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SegmentEffects<K> {
    /// The confidence with which all intervals of segments hold together.
    pub confidence: Confidence,
    /// The effect on all, at that confidence; `None` where no segment tells.
    pub overall: Option<PooledEffect>,
    /// The segments by the shrunk effect, the highest first, then by segment; all of a segment's effect is `None` where
    /// no segment tells.
    pub segments: Vec<SegmentEffect<K>>,
}

/// The effect of a campaign in one segment.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SegmentEffect<K> {
    /// The segment.
    pub segment: K,
    /// The comparison of its treated customers with those held back, at the level at which all intervals hold together;
    /// `None` for a share where an arm is empty.
    pub comparison: Option<Comparison>,
    /// The effect drawn towards that on all.
    pub shrunk: Option<f64>,
    /// The standard error of the shrunk effect.
    pub standard_error: Option<f64>,
}

impl<K: Ord + Clone> SegmentEffects<K> {
    /// The effects of segments that share no customer, such as those of [`outcomes_by`].
    pub fn of(outcomes: &BTreeMap<K, Outcome>, measure: EffectMeasure, confidence: Confidence) -> Self {
        let compare = |outcome: &Outcome, confidence| match measure {
            EffectMeasure::Conversion => outcome.conversion(confidence),
            EffectMeasure::Revenue => Some(outcome.revenue(confidence)),
        };
        let with_interval = |outcome: &&Outcome| {
            compare(outcome, confidence).is_some_and(|comparison| comparison.difference_interval().is_some())
        };
        let each = jointly(confidence, outcomes.values().filter(with_interval).count());
        let comparisons: Vec<(K, Option<Comparison>)> =
            outcomes.iter().map(|(segment, outcome)| (segment.clone(), compare(outcome, each))).collect();
        let effect = |comparison: Option<Comparison>| comparison.and_then(|comparison| Effect::of(&comparison));
        let effects: Vec<Effect> = comparisons.iter().filter_map(|(_, comparison)| effect(*comparison)).collect();
        let left_out = (comparisons.len() - effects.len()) as u64;
        let overall = PooledEffect::of_effects(&effects, left_out, confidence);
        let of_segment = |(segment, comparison): (K, Option<Comparison>)| {
            let shrunk = overall.map(|overall| overall.shrunk(effect(comparison)));
            let (shrunk, standard_error) = (shrunk.map(|shrunk| shrunk.0), shrunk.map(|shrunk| shrunk.1));
            SegmentEffect { segment, comparison, shrunk, standard_error }
        };
        let mut segments: Vec<SegmentEffect<K>> = comparisons.into_iter().map(of_segment).collect();
        let by_effect = |effect: &SegmentEffect<K>| effect.shrunk.unwrap_or(f64::NEG_INFINITY);
        segments.sort_by(|one, other| by_effect(other).total_cmp(&by_effect(one)));
        Self { confidence, overall, segments }
    }

    /// The shrunk effect of a segment, as a score to rank customers by; the mean effect of an unknown segment.
    pub fn score(&self, segment: &K) -> Option<f64> {
        let known = self.segments.iter().find(|effect| effect.segment == *segment);
        known.map_or(self.overall.map(|overall| overall.mean), |effect| effect.shrunk)
    }
}

/// The level of each of `k` independent intervals that together hold with a confidence.
#[allow(clippy::cast_precision_loss, reason = "a number of segments")]
fn jointly(confidence: Confidence, k: usize) -> Confidence {
    let level = libm::exp(libm::log(confidence.level()) / k.max(1) as f64);
    // A level that rounds to 1 stays the highest that there is.
    Confidence::new(level.min(1.0 - f64::EPSILON / 2.0)).unwrap_or(confidence)
}
