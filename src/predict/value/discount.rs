//! How much less money is worth the later it comes.

use crate::error::{Error, Result};
use crate::predict::Sample;
use crate::predict::purchases::model::PurchaseModel;

/// How much less a sum of money is worth the later it comes: a rate for each step of days.
///
/// Without one, and at a rate of 0, money is worth the same whenever it comes; that is the default.
///
/// # Examples
///
/// ```
/// use repurchase::predict::Discount;
///
/// // 1% in 30 days.
/// let monthly = Discount::new(0.01, 30)?;
/// assert_eq!((monthly.rate(), monthly.step_days()), (0.01, 30));
///
/// // 10% a year, in steps of a week.
/// let weekly = Discount::new(1.1_f64.powf(7.0 / 365.0) - 1.0, 7)?;
/// # assert!((weekly.rate() - 0.00183).abs() < 1e-5);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredDiscount"))]
pub struct Discount {
    rate: f64,
    step_days: u32,
}

/// More steps than this are a slip of units.
const MOST_STEPS: u32 = 10_000;

impl Discount {
    /// None.
    pub const NONE: Self = Self { rate: 0.0, step_days: 1 };

    /// At `rate` for each step of `step_days` days, 0.01 for 1%.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless the rate is finite and 0 or more, [`Error::OutOfRange`] for a step of 0 days.
    pub fn new(rate: f64, step_days: u32) -> Result<Self> {
        if !(rate.is_finite() && rate >= 0.0) {
            return Err(Error::Number { field: "discount rate", found: rate, expected: "finite and 0 or more" });
        }
        if step_days == 0 {
            return Err(Error::OutOfRange { field: "days of a step", found: 0, min: 1, max: u32::MAX.into() });
        }
        // The sign of a zero is dropped.
        Ok(Self { rate: rate.abs(), step_days })
    }

    /// The rate for each step.
    pub const fn rate(&self) -> f64 {
        self.rate
    }

    /// The days of a step.
    pub const fn step_days(&self) -> u32 {
        self.step_days
    }

    /// The ends of the steps up to a horizon, in days, each with what 1 is worth that comes then.
    fn steps(self, horizon_days: u32) -> Result<impl Iterator<Item = (u32, f64)>> {
        let Self { rate, step_days } = self;
        let steps = if rate > 0.0 && horizon_days > 0 { horizon_days.div_ceil(step_days) } else { 1 };
        if steps > MOST_STEPS {
            let (found, min, max) = (step_days.into(), horizon_days.div_ceil(MOST_STEPS).into(), u32::MAX.into());
            return Err(Error::OutOfRange { field: "days of a step", found, min, max });
        }
        Ok((1..=steps).map(move |number| {
            // The last step ends with the horizon.
            let end = if number < steps { number * step_days } else { horizon_days };
            (end, libm::pow(1.0 + rate, -f64::from(end) / f64::from(step_days)))
        }))
    }
}

impl Default for Discount {
    fn default() -> Self {
        Self::NONE
    }
}

/// The expected number of purchases in the `horizon_days` after the end of the observation, the later ones counting
/// less.
///
/// # Formula
///
/// `Σ [E(Y(tᵢ)) - E(Y(tᵢ₋₁))] / (1 + rate)^(tᵢ / step)`, where `E(Y(t))` is
/// [`expected_purchases`](PurchaseModel::expected_purchases), `t₀ = 0`, and the `tᵢ` are the whole steps below the
/// horizon and the horizon itself. So what comes within a step counts as if it came at its end, and where the horizon
/// is no whole number of steps, the last of them is a part of a step, that ends with the horizon.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a horizon of more than 10,000 steps.
///
/// # Complexity
///
/// One expectation for each step; a single one without a discount.
pub fn discounted_purchases(
    model: &impl PurchaseModel,
    sample: &Sample,
    horizon_days: u32,
    discount: Discount,
) -> Result<f64> {
    let (mut total, mut before) = (0.0, 0.0);
    for (end, worth) in discount.steps(horizon_days)? {
        let until = model.expected_purchases(sample, end);
        // Expectations grow with time, up to their rounding.
        total += f64::max(until - before, 0.0) * worth;
        before = until;
    }
    Ok(total)
}

/// [`discounted_purchases`] of many customers, to the same bits.
pub(in crate::predict) fn discounted_purchases_all(
    model: &impl PurchaseModel,
    samples: &[Sample],
    horizon_days: u32,
    discount: Discount,
) -> Result<Vec<f64>> {
    let (mut totals, mut before) = (vec![0.0; samples.len()], vec![0.0; samples.len()]);
    for (end, worth) in discount.steps(horizon_days)? {
        let until = model.expected_purchases_all(samples, end);
        for ((total, before), until) in totals.iter_mut().zip(&before).zip(&until) {
            *total += f64::max(until - before, 0.0) * worth;
        }
        before = until;
    }
    Ok(totals)
}

#[cfg(feature = "serde")]
crate::stored::stored! {
    StoredDiscount { rate: f64, step_days: u32 } -> Discount: Discount::new(rate, step_days)
}
