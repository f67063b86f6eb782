//! The number of purchases, and the day by which the next one comes: quantiles of what a model expects.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::parallel;
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::{Sample, TimeUnit};
use crate::scale::{Confidence, Interval};

/// The days by which a customer buys next, in whole days ahead.
///
/// A new customer of NBD with `r = 1` and `alpha = 9` days buys within `t` days with a probability of `t / (9 + t)`:
///
/// ```
/// use repurchase::predict::{Nbd, NbdParams, PurchaseModel, Sample, TimeUnit};
///
/// let model = Nbd::from_params(NbdParams { r: 1.0, alpha: 9.0 }, TimeUnit::Day)?;
/// let next = model.next_purchase(&Sample::NEW, 91);
/// assert_eq!(next.median_days, Some(9));
/// // 91% buy within 91 days: a tenth of them by day 1 (9.1 of 100), nine tenths by day 41 (81.9 of 100).
/// assert_eq!((next.early_days, next.late_days), (Some(1), Some(41)));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct NextPurchase {
    /// The first day by which the customer has bought with a probability of one half; `None` where that day never comes,
    /// or lies more than `u32::MAX` days ahead.
    pub median_days: Option<u32>,
    /// The first day by which one tenth of the purchases that come within the horizon have come; `None` where none can.
    pub early_days: Option<u32>,
    /// The first day by which nine tenths of the purchases that come within the horizon have come; `None` where none can.
    pub late_days: Option<u32>,
}

impl NextPurchase {
    pub(in crate::predict) fn of<M: PurchaseModel + ?Sized>(model: &M, sample: &Sample, horizon_days: u32) -> Self {
        let within = model.probability_buys(sample, horizon_days);
        // A share of what comes by the horizon has come by then. Rounding could put it behind, and that of a probability of a
        // few times the smallest number where it never comes.
        let day = |share: f64| {
            let day = model.days_until(sample, share * within).map_or(horizon_days, |day| day.min(horizon_days));
            (within > 0.0).then_some(day)
        };
        Self { median_days: model.days_until(sample, 0.5), early_days: day(0.1), late_days: day(0.9) }
    }
}

/// The probabilities of more purchases than the lower and the upper end of an interval.
pub(in crate::predict) fn beyond(confidence: Confidence) -> [f64; 2] {
    let outside = 0.5 * (1.0 - confidence.level());
    [1.0 - outside, outside]
}

/// Counts up to which the probabilities are taken one after the other.
pub(in crate::predict) const FEW: u32 = 256;

/// The size below which a probability that was got by subtraction has lost digits.
const SMALL: f64 = 1e-6;

/// Returns, for each of these probabilities, the smallest `n` with `P(Y > n)` at most that; `None` from `u32::MAX` on.
pub(in crate::predict) fn quantiles<const N: usize, M: PurchaseModel + ?Sized>(
    model: &M,
    sample: &Sample,
    horizon_days: u32,
    beyond: [f64; N],
) -> [Option<u32>; N] {
    let (mut found, mut n) = ([None; N], 0);
    model.probabilities_at_least(sample, horizon_days, &mut |at_least| {
        for (found, _) in found.iter_mut().zip(beyond).filter(|&(_, beyond)| at_least <= beyond && beyond >= SMALL) {
            *found = found.or(Some(n));
        }
        n += 1;
        n < FEW && found.iter().zip(beyond).any(|(found, beyond)| found.is_none() && beyond >= SMALL)
    });
    for (found, beyond) in found.iter_mut().zip(beyond) {
        if found.is_none() {
            *found = first(if beyond < SMALL { 0 } else { FEW }, |count| {
                count < u32::MAX && model.probability_at_least(sample, count + 1, horizon_days) <= beyond
            });
        }
    }
    found
}

/// The smallest number from which on a condition holds; `None` where it does not hold of the largest number. It is looked
/// for around a `guess`.
fn first(guess: u32, holds: impl Fn(u32) -> bool) -> Option<u32> {
    let (mut low, mut high, mut step) = (guess, guess, 1_u32);
    if holds(guess) {
        loop {
            if high == 0 {
                return Some(0);
            }
            low = high.saturating_sub(step);
            if !holds(low) {
                break;
            }
            (high, step) = (low, step.saturating_mul(2));
        }
    } else {
        loop {
            if low == u32::MAX {
                return None;
            }
            high = low.saturating_add(step);
            if holds(high) {
                break;
            }
            (low, step) = (high, step.saturating_mul(2));
        }
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// The first day on which a condition holds, in continuous time at `guess`, which is right to `error` days.
pub(in crate::predict) fn first_day(guess: f64, error: f64, holds: impl Fn(u32) -> bool) -> Option<u32> {
    let day = guess.ceil();
    if day - guess > error && day - guess < 1.0 - error && (1.0..f64::from(u32::MAX)).contains(&day) {
        // Below 2^32.
        return Some(day as u32);
    }
    // `as` keeps to the range.
    first(day as u32, holds)
}

/// The first day by which a customer has bought with this probability, for any model.
pub(in crate::predict) fn first_day_bought<M: PurchaseModel + ?Sized>(
    model: &M,
    sample: &Sample,
    probability: f64,
) -> Option<u32> {
    let has_come = |days: u32| model.probability_buys(sample, days) >= probability;
    if is_probability(probability) { first_day(0.0, 1.0, has_come) } else { None }
}

/// The time after which a customer of a purchase rate `Gamma(shape, rate)`, still there with probability `alive`, has
/// bought with this probability, if nobody leaves before buying; in days, with its error from rounding. `None` where it
/// never comes.
pub(in crate::predict) fn time_until(
    alive: f64,
    (shape, rate): (f64, f64),
    unit: TimeUnit,
    probability: f64,
) -> Option<(f64, f64)> {
    let rest = 1.0 - probability / alive;
    if rest.is_nan() || rest <= 0.0 {
        return None;
    }
    let time = rate * libm::expm1(-libm::log1p(-probability / alive) / shape);
    let days = 1.0 / unit.of_days(1.0);
    Some((time * days, 1e-14 * days * (time + rate) * (1.0 + 1.0 / (rest * shape))))
}

/// The [`days_until`](PurchaseModel::days_until) of such a customer under a model.
pub(in crate::predict) fn days_until(
    model: &impl PurchaseModel,
    sample: &Sample,
    alive: f64,
    posterior: (f64, f64),
    unit: TimeUnit,
    probability: f64,
) -> Option<u32> {
    if !(is_probability(probability) && probability > 0.0) {
        return (probability.abs() <= 0.0).then_some(0);
    }
    let (guess, error) = time_until(alive, posterior, unit, probability)?;
    first_day(guess, error, |days| model.probability_buys(sample, days) >= probability)
}

/// Whether a number is a probability below 1, which a quantile takes.
pub(in crate::predict) fn is_probability(number: f64) -> bool {
    (0.0..1.0).contains(&number)
}

/// The interval between two counts.
pub(in crate::predict) fn between([low, high]: [Option<u32>; 2]) -> Option<Interval> {
    Interval::of(low?.into(), high?.into())
}

/// Customers who share the tables of one map.
const PART: usize = 1 << 15;

/// The intervals of many customers whose purchases while alive depend on `x` and `T` alone: `while_alive` gives their
/// [`probabilities_at_least`](PurchaseModel::probabilities_at_least) if alive, and each customer has a P(alive).
pub(in crate::predict) fn intervals_of_all<M: PurchaseModel>(
    model: &M,
    samples: &[Sample],
    alive: Option<&[f64]>,
    confidence: Confidence,
    horizon_days: u32,
    while_alive: impl Fn(&Sample, &mut dyn FnMut(f64) -> bool) + Send + Sync,
) -> Vec<Option<Interval>> {
    let ends = beyond(confidence);
    let [_, least] = ends;
    parallel::concat(samples.len(), PART, |part| {
        let (mut tables, mut all) = (HashMap::<_, (usize, usize), FixedState>::default(), Vec::new());
        let mut of_customer = |(sample, alive): (&Sample, f64)| {
            let key = (sample.repeats(), sample.age_days().to_bits());
            let (start, end) = *tables.entry(key).or_insert_with(|| {
                let start = all.len();
                while_alive(sample, &mut |at_least: f64| {
                    all.push(at_least);
                    at_least > least && all.len() - start < FEW as usize
                });
                (start, all.len())
            });
            let table = all.get(start..end).unwrap_or_default();
            let count = |beyond: f64| {
                let position = table.iter().position(|&at_least| alive * at_least <= beyond)?;
                u32::try_from(position).ok()
            };
            if least < SMALL {
                return model.interval_of_purchases(sample, confidence, horizon_days);
            }
            between(ends.map(count)).or_else(|| model.interval_of_purchases(sample, confidence, horizon_days))
        };
        let alive = |row: usize| alive.map_or(1.0, |alive| alive.get(row).copied().unwrap_or_default());
        part.filter_map(|row| Some(of_customer((samples.get(row)?, alive(row))))).collect()
    })
}
