//! Targeting: what a ranking of customers brings, depth by depth.

use rust_decimal::Decimal;

use super::assignment::Group;
use super::bootstrap::{BootstrapOptions, accelerated};
use super::comparison::Comparison;
use super::split_mix::SplitMix64;
use crate::error::{Error, Result};
use crate::number::money;
use crate::scale::money_sample::MoneySample;
use crate::scale::{Confidence, Interval};

/// The gain of treating the customers of the highest score first, from the best few down to everybody: the Qini curve
/// of a ranking, from a campaign whose groups were drawn.
///
/// **Population**: the treated and held-back customers of a campaign, each with a score that says whom to treat first, such as
/// [`SegmentEffects::score`](super::SegmentEffects::score), and what the customer brought: revenue, margin, or 1 for a
/// purchase and 0 for none. **The scores must not come from the same customers**: a ranking that was learnt from them finds
/// again the luck that it learnt. Learn from one campaign and look at the curve of the next, or learn from one half, drawn by
/// another [`Assignment`](super::Assignment), and look at the other.
///
/// Equal scores make one depth: no order among them is invented. Takes time `n log n` in customers. The order of the input
/// says nothing.
///
/// # Examples
///
/// ```
/// use repurchase::act::campaign::{BootstrapOptions, Group, TargetCurve};
/// use rust_decimal::Decimal;
///
/// // Of 400 in each group, in three segments: treated ones bring 5 more in the first, as much in the second, 2 less in the third.
/// let customers = (0..800_i64).map(|id| {
///     let (segment, group) = (id % 4 / 2 + id % 2, if id < 400 { Group::Treated } else { Group::Control });
///     let more = [5, 0, -2][segment as usize] * i64::from(group == Group::Treated);
///     ([3.0, 1.0, -1.0][segment as usize], group, Decimal::from(10 + id % 7 + more))
/// });
/// let curve = TargetCurve::of(customers)?;
/// assert_eq!(curve.points().iter().map(|point| point.customers).collect::<Vec<_>>(), [200, 600, 800]);
///
/// // At 1 a contact, the first segment alone is worth it.
/// let best = curve.best(Decimal::ONE).expect("somebody is");
/// assert_eq!((best.customers, best.score), (200, 3.0));
/// assert!(curve.qini().expect("two groups") > 0.5);
/// assert!(curve.qini_interval(&BootstrapOptions::default())?.expect("a spread").low > 0.0, "better than by lot");
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// N. J. Radcliffe (2007), "Using control groups to target on predicted lift: building and assessing uplift models", Direct
/// Marketing Analytics Journal 3, 14-21.
#[doc(alias("Qini", "uplift curve", "AUUC"))]
#[derive(Debug, Clone, PartialEq)]
pub struct TargetCurve {
    points: Vec<TargetPoint>,
    /// The customers of the treated and the control group: what each customer brought and at which depth, in one order.
    customers: [Vec<(u32, f64)>; 2],
}

/// The customers of a score or a higher one.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TargetPoint {
    /// The lowest score among them.
    pub score: f64,
    /// The customers, of both groups.
    pub customers: u64,
    /// The amounts that the treated ones brought.
    pub treated: MoneySample,
    /// The amounts that the others brought.
    pub control: MoneySample,
}

/// The value of treating all customers of a score or a higher one.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TargetValue {
    /// The amount that they bring more, less the cost of contacts.
    pub value: f64,
    /// The interval of the value, at this depth alone; `None` where there is no spread to judge by.
    pub interval: Option<Interval>,
}

impl TargetPoint {
    /// The sum that the treated brought beyond that which they would have brought without the campaign, by the control
    /// group: `Y₁ - Y₀ n₁ / n₀` of sums `Y` and customers `n`. `None` where nobody was held back.
    #[allow(clippy::cast_precision_loss, reason = "an estimate")]
    pub fn incremental(&self) -> Option<f64> {
        let difference = self.effect(Confidence::default()).difference();
        let none = (self.treated.customers() == 0).then_some(0.0);
        difference.map(|difference| difference * self.treated.customers() as f64).or(none)
    }

    /// Compares the treated with those held back: [`Comparison::of_money`].
    pub const fn effect(&self, confidence: Confidence) -> Comparison {
        Comparison::of_money(self.treated, self.control, confidence)
    }

    /// The value of treating all of them, of both groups, at a cost for each contact: `N (difference - cost)`. `None`
    /// where a group is empty.
    #[allow(clippy::cast_precision_loss, reason = "an estimate")]
    pub fn value(&self, cost_per_contact: Decimal, confidence: Confidence) -> Option<TargetValue> {
        let (effect, customers, cost) =
            (self.effect(confidence), self.customers as f64, money::number(cost_per_contact));
        let worth = |difference: f64| customers * (difference - cost);
        let interval = effect.difference_interval();
        let interval = interval.and_then(|interval| Interval::of(worth(interval.low), worth(interval.high)));
        Some(TargetValue { value: worth(effect.difference()?), interval })
    }
}

impl TargetCurve {
    /// The curve of customers by score, group and what each brought.
    ///
    /// # Errors
    ///
    /// In [`Error::Record`] with the position of the customer: [`Error::Number`] for a score that is not finite,
    /// [`Error::AmountOverflow`] when amounts are beyond a [`MoneySample`]; [`Error::CountOverflow`] beyond `u32::MAX`
    /// customers.
    pub fn of(customers: impl IntoIterator<Item = (f64, Group, Decimal)>) -> Result<Self> {
        let mut all = Vec::new();
        for (index, (score, group, amount)) in customers.into_iter().enumerate() {
            if !score.is_finite() {
                return Err(Error::Number { field: "score", found: score, expected: "finite" }.at_record(index));
            }
            // 0 and -0 are one score.
            all.push((score + 0.0, group, amount, index));
        }
        if all.len() > u32::MAX as usize {
            return Err(Error::CountOverflow { field: "customers of a curve" });
        }
        all.sort_unstable_by(|one, other| {
            other.0.total_cmp(&one.0).then((one.1, one.2, one.3).cmp(&(other.1, other.2, other.3)))
        });
        let mut curve = Self { points: Vec::new(), customers: [Vec::new(), Vec::new()] };
        let (mut brought, mut counted) = ([MoneySample::default(); 2], 0);
        // They descend, so that what is not below is equal.
        for same in all.chunk_by(|one, other| one.0 <= other.0) {
            let Some(&(score, ..)) = same.first() else { continue };
            for &(_, group, amount, index) in same {
                brought[group as usize].add(amount).map_err(|error| error.at_record(index))?;
                curve.customers[group as usize].push((curve.points.len() as u32, money::number(amount)));
            }
            counted += same.len() as u64;
            let [treated, control] = brought;
            curve.points.push(TargetPoint { score, customers: counted, treated, control });
        }
        Ok(curve)
    }

    /// The depths, one for each score, the highest first; the last one is everybody.
    pub fn points(&self) -> &[TargetPoint] {
        &self.points
    }

    /// The depth that is worth most at a cost for each contact; of equal ones the smallest. `None` where no depth is worth
    /// anything: treat nobody.
    ///
    /// The best of many depths is the best in part by luck: look at its value in the next campaign.
    pub fn best(&self, cost_per_contact: Decimal) -> Option<&TargetPoint> {
        let worth = |point: &&TargetPoint| {
            point.value(cost_per_contact, Confidence::default()).map_or(0.0, |worth| worth.value)
        };
        // Of equal ones, `max_by` has the last.
        let best = self.points.iter().rev().max_by(|one, other| worth(one).total_cmp(&worth(other)))?;
        (worth(&best) > 0.0).then_some(best)
    }

    /// The Qini coefficient: what the ranking brings beyond treating as many by lot, per treated customer, on average over all
    /// depths. 0 where the ranking says nothing; `None` where a group is empty.
    ///
    /// # Formula
    ///
    /// The area, by trapezoids, between the curve of the [incremental](TargetPoint::incremental) outcome over `n₁`, by the
    /// share of customers, and the straight line from nothing to its end. A depth at which nobody was held back has no point
    /// on the curve.
    pub fn qini(&self) -> Option<f64> {
        let mut sums = self.sums();
        for (sums, arm) in sums.iter_mut().zip(&self.customers) {
            for &(depth, amount) in arm {
                add(sums, depth, amount);
            }
        }
        area(&sums)
    }

    /// The interval of the Qini coefficient, from samples drawn from each group with replacement, corrected for bias. `None`
    /// where a group has fewer than two customers or the coefficient does not vary. Takes time replicates times customers.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless there are 100 to 1,000,000 replicates.
    pub fn qini_interval(&self, options: &BootstrapOptions) -> Result<Option<Interval>> {
        Error::within("replicates", options.replicates, 100..=1_000_000)?;
        let Some(estimate) = self.qini() else { return Ok(None) };
        if self.customers.iter().any(|arm| arm.len() < 2) {
            return Ok(None);
        }
        let mut random = SplitMix64::new(options.seed);
        let mut replicates = Vec::new();
        for _ in 0..options.replicates {
            let mut sums = self.sums();
            for (sums, arm) in sums.iter_mut().zip(&self.customers) {
                for _ in 0..arm.len() {
                    let &(depth, amount) = arm.get(random.index(arm.len())).unwrap_or(&(0, 0.0));
                    add(sums, depth, amount);
                }
            }
            replicates.extend(area(&sums));
        }
        let varies = replicates.iter().any(|replicate| (replicate - estimate).abs() > 1e-12 * estimate.abs());
        Ok(varies.then(|| accelerated(replicates, estimate, 0.0, options.confidence)).flatten())
    }

    fn sums(&self) -> [Vec<(f64, f64)>; 2] {
        [(); 2].map(|()| vec![(0.0, 0.0); self.points.len()])
    }
}

/// The Qini coefficient, by what stands at each depth: customers and what they brought, of each group.
fn area([treated, control]: &[Vec<(f64, f64)>; 2]) -> Option<f64> {
    let total = |arm: &[(f64, f64)]| arm.iter().map(|depth| depth.0).sum::<f64>();
    let (all_treated, all) = (total(treated), total(treated) + total(control));
    let [mut n1, mut y1, mut n0, mut y0] = [0.0; 4];
    let (mut x, mut y, mut area) = (0.0, 0.0, 0.0);
    for (treated, control) in treated.iter().zip(control) {
        (n1, y1, n0, y0) = (n1 + treated.0, y1 + treated.1, n0 + control.0, y0 + control.1);
        if n0 > 0.0 {
            let (next_x, next_y) = ((n1 + n0) / all, (y1 - y0 * n1 / n0) / all_treated);
            area += (next_x - x) * (next_y + y) / 2.0;
            (x, y) = (next_x, next_y);
        }
    }
    (n0 > 0.0 && n1 > 0.0).then_some(area - y / 2.0)
}

fn add(sums: &mut [(f64, f64)], depth: u32, amount: f64) {
    if let Some(sum) = sums.get_mut(depth as usize) {
        *sum = (sum.0 + 1.0, sum.1 + amount);
    }
}
