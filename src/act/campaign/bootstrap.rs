//! Bootstrap intervals for skewed money.

use rust_decimal::Decimal;

use super::comparison::{Comparison, Subject};
use super::split_mix::SplitMix64;
use crate::error::{Error, Result};
use crate::number::distribution::{normal_cumulative, normal_quantile};
use crate::number::{money, quotient};
use crate::scale::{Confidence, Interval};

/// Options of [`Comparison::of_amounts`]: 2,000 replicates, seed 0 and 95% by default.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BootstrapOptions {
    /// The seed of the draws: with the same seed and amounts, the same bits on every machine.
    pub seed: u64,
    /// Replicates (samples drawn from the sample), 100 to 1,000,000. More of them leave less to the seed.
    pub replicates: u32,
    /// The confidence of the intervals.
    pub confidence: Confidence,
}

impl Default for BootstrapOptions {
    fn default() -> Self {
        Self { seed: 0, replicates: 2_000, confidence: Confidence::default() }
    }
}

impl BootstrapOptions {
    /// Sets the seed.
    pub const fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets the number of replicates.
    pub const fn with_replicates(self, replicates: u32) -> Self {
        Self { replicates, ..self }
    }

    /// Sets the confidence.
    pub const fn with_confidence(self, confidence: Confidence) -> Self {
        Self { confidence, ..self }
    }
}

impl Comparison {
    /// Compares what customers of two arms brought by bias-corrected and accelerated (`BCa`) bootstrap intervals.
    ///
    /// For arms in which a few customers bring most of the money: the intervals of [`of_money`](Comparison::of_money) are
    /// symmetric, these follow the skew of the data. **Population**: one amount for each customer of each arm, with 0 for
    /// those who bought nothing, in a fixed order: in another, the same seed draws other customers.
    ///
    /// There is no interval where an arm has fewer than two customers, or in both arms all customers brought the same;
    /// and none of the lift unless the control arm's mean is above 0 in each replicate. Takes time replicates times
    /// customers, and memory for one integer per customer and two numbers per replicate.
    ///
    /// # Formula
    ///
    /// Each replicate draws from an arm as many customers as it has, with replacement: the treated arm first, then the
    /// control arm; each index is the upper 64 bits of the next `SplitMix64` number times the size of the arm. With the
    /// estimate `θ`, the sorted replicates `θ*`, the standard normal distribution `Φ` and its
    /// two-sided quantile `z`, the limits are the quantiles of `θ*` (interpolated between order statistics) at
    ///
    /// ```text
    /// Φ(z₀ + (z₀ ± z) / (1 - a (z₀ ± z))),   z₀ = Φ⁻¹(share of θ* below θ, those equal counted half),
    /// a = Σ U³ / (6 (Σ U²)^1.5),             U = (x - m₁) / n₁ and (m₂ - y) / n₂, for the ratio (m₂ - y) m₁ / m₂ / n₂.
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless there are 100 to 1,000,000 replicates; [`Error::AmountOverflow`] when sums pass 127
    /// bits at the finest scale of all amounts.
    ///
    /// # References
    ///
    /// B. Efron (1987), "Better bootstrap confidence intervals", Journal of the American Statistical Association
    /// 82(397), 171-185, doi 10.1080/01621459.1987.10478410.
    #[doc(alias = "BCa")]
    pub fn of_amounts(treated: &[Decimal], control: &[Decimal], options: &BootstrapOptions) -> Result<Self> {
        let &BootstrapOptions { seed, replicates, confidence } = options;
        Error::within("replicates", replicates, 100..=1_000_000)?;
        let scale = treated.iter().chain(control).map(Decimal::scale).max().unwrap_or(0);
        let (treated, control) = (Customers::of(treated, scale)?, Customers::of(control, scale)?);
        let means = [treated.mean(), control.mean()];
        let compared =
            |difference, lift| Ok(Self { subject: Subject::Bootstrap { means, difference, lift }, confidence });
        let [Some(of_treated), Some(of_control)] = means else { return compared(None, None) };
        if treated.are_alike() && control.are_alike() || [&treated, &control].iter().any(|arm| arm.amounts.len() == 1) {
            return compared(None, None);
        }
        let mut random = SplitMix64::new(seed);
        let (mut differences, mut ratios) = (Vec::new(), Vec::new());
        for _ in 0..replicates {
            let (drawn_treated, drawn_control) = (treated.draw(&mut random), control.draw(&mut random));
            differences.push(drawn_treated - drawn_control);
            ratios.push(if drawn_control > 0.0 { drawn_treated / drawn_control } else { f64::NAN });
        }
        let interval = |replicates, estimate, weight| {
            let acceleration = acceleration((&treated, of_treated), (&control, of_control), weight);
            accelerated(replicates, estimate, acceleration, confidence)
        };
        let difference = interval(differences, of_treated - of_control, 1.0);
        let has_lift = of_control > 0.0 && ratios.iter().all(|ratio| ratio.is_finite());
        let ratio = of_treated / of_control;
        let lift = has_lift.then(|| interval(ratios, ratio, ratio)).flatten().and_then(|lift| lift.less(1.0));
        compared(difference, lift)
    }
}

/// The amounts of an arm in units of `10^-scale`.
struct Customers {
    amounts: Vec<i128>,
    unit: f64,
}

impl Customers {
    #[allow(clippy::cast_precision_loss, reason = "the nearest number to a power of ten")]
    fn of(amounts: &[Decimal], scale: u32) -> Result<Self> {
        let overflow = || Error::AmountOverflow { field: "the sum of an arm" };
        let minor = |amount: &Decimal| money::minor(*amount, scale).ok_or_else(overflow);
        let amounts: Vec<i128> = amounts.iter().map(minor).collect::<Result<_>>()?;
        // A replicate may draw the largest amount every time.
        let largest = amounts.iter().map(|amount| amount.unsigned_abs()).max().unwrap_or(0);
        let most = largest.checked_mul(amounts.len() as u128).filter(|&most| most <= i128::MAX.unsigned_abs());
        let unit = money::power(scale).ok_or_else(overflow)? as f64;
        most.map(|_| Self { amounts, unit }).ok_or_else(overflow)
    }

    /// `None` without a customer.
    fn mean_of(&self, sum: i128) -> Option<f64> {
        Some(quotient(sum, self.amounts.len() as i128)? / self.unit)
    }

    fn mean(&self) -> Option<f64> {
        self.mean_of(self.amounts.iter().sum())
    }

    fn are_alike(&self) -> bool {
        self.amounts.iter().max() == self.amounts.iter().min()
    }

    /// The mean of a sample of the same size, drawn with replacement.
    fn draw(&self, random: &mut SplitMix64) -> f64 {
        let customers = self.amounts.len();
        let drawn = |_| self.amounts.get(random.index(customers)).copied().unwrap_or_default();
        self.mean_of((0..customers).map(drawn).sum()).unwrap_or_default()
    }

    /// `Σ (x - mean)² / n²` and `Σ (x - mean)³ / n³`.
    #[allow(clippy::cast_precision_loss, reason = "the skew is an estimate")]
    fn moments(&self, mean: f64) -> (f64, f64) {
        let n = self.amounts.len() as f64;
        let influence = |&amount: &i128| (amount as f64 / self.unit - mean) / n;
        let add = |(squares, cubes): (f64, f64), u: f64| (squares + u * u, cubes + u * u * u);
        self.amounts.iter().map(influence).fold((0.0, 0.0), add)
    }
}

/// The acceleration, from the influence of each customer on the treated mean less `weight` times the control mean.
fn acceleration((treated, mean): (&Customers, f64), (control, of_control): (&Customers, f64), weight: f64) -> f64 {
    let (squares, cubes) = treated.moments(mean);
    let (control_squares, control_cubes) = control.moments(of_control);
    let squares = squares + weight * weight * control_squares;
    let a = (cubes - weight * weight * weight * control_cubes) / (6.0 * squares * squares.sqrt());
    if a.is_finite() { a } else { 0.0 }
}

#[allow(clippy::cast_precision_loss, reason = "a million replicates are exact")]
pub(super) fn accelerated(
    mut replicates: Vec<f64>,
    estimate: f64,
    acceleration: f64,
    confidence: Confidence,
) -> Option<Interval> {
    replicates.sort_unstable_by(f64::total_cmp);
    let number = replicates.len() as f64;
    let below = replicates.partition_point(|&replicate| replicate < estimate) as f64;
    let up_to = replicates.partition_point(|&replicate| replicate <= estimate) as f64;
    // Half a replicate from either end at least: the bias must stay finite.
    let share = below.midpoint(up_to).clamp(0.5, number - 0.5) / number;
    let bias = normal_quantile(share);
    let at = |z: f64| {
        let shifted = bias + z;
        // Beyond the pole of an extreme skew, the outermost replicate.
        let room = 1.0 - acceleration * shifted;
        let moved = if room > 0.0 { bias + shifted / room } else { shifted.signum() * f64::INFINITY };
        quantile(&replicates, normal_cumulative(moved))
    };
    let z = confidence.z();
    Interval::of(at(-z)?, at(z)?)
}

/// The quantile at a share, interpolated between the two nearest order statistics.
#[allow(clippy::cast_precision_loss, reason = "a million replicates are exact")]
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let position = share * (sorted.len().checked_sub(1)? as f64);
    let below = position.floor();
    let low = *sorted.get(below as usize)?;
    let high = *sorted.get(below as usize + 1).unwrap_or(&low);
    Some(low + (high - low) * (position - below))
}
