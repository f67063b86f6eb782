//! Discounts of later money.

use crate::error::{Error, Result};
use crate::predict::Sample;
use crate::predict::purchases::model::PurchaseModel;

/// A discount of later money: a rate for each step of days. A rate of 0, the default, discounts nothing.
///
/// # Examples
///
/// ```
/// use repurchase::predict::Discount;
///
/// // 1% in 30 days.
/// let monthly = Discount::new(0.01, 30)?;
/// assert_eq!((monthly.rate(), monthly.step_days()), (0.01, 30));
/// // 10% a year, in steps of a week.
/// let weekly = Discount::new(1.1_f64.powf(7.0 / 365.0) - 1.0, 7)?;
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Discount {
    rate: f64,
    step_days: u32,
}

/// The most steps; more are a mistake of units.
const MOST_STEPS: u32 = 10_000;

impl Discount {
    /// The discount of 0.
    pub const NONE: Self = Self { rate: 0.0, step_days: 1 };

    /// A discount of `rate` for each step of `step_days` days; 0.01 is 1%.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless the rate is finite and 0 or more, [`Error::OutOfRange`] for a step of 0 days.
    pub fn new(rate: f64, step_days: u32) -> Result<Self> {
        if !(rate.is_finite() && rate >= 0.0) {
            return Err(Error::Number { field: "discount rate", found: rate, expected: "finite and 0 or more" });
        }
        Error::within("days of a step", step_days, 1..=u32::MAX.into())?;
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

    /// The ends of the steps up to a horizon, in days, each with its discount factor.
    fn steps(self, horizon_days: u32) -> Result<impl Iterator<Item = (u32, f64)>> {
        let Self { rate, step_days } = self;
        let steps = if rate > 0.0 && horizon_days > 0 { horizon_days.div_ceil(step_days) } else { 1 };
        if steps > MOST_STEPS {
            let least = horizon_days.div_ceil(MOST_STEPS);
            Error::within("days of a step", step_days, least.into()..=u32::MAX.into())?;
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

/// The expected number of purchases in the `horizon_days` after the end of the observation, later ones discounted.
/// Takes one expectation for each step; one in all without a discount.
///
/// # Formula
///
/// `Σ [E(Y(tᵢ)) - E(Y(tᵢ₋₁))] / (1 + rate)^(tᵢ / step)`, where `E(Y(t))` is
/// [`expected_purchases`](PurchaseModel::expected_purchases), `t₀ = 0`, and the `tᵢ` are the whole steps below the
/// horizon and the horizon itself: a purchase within a step counts as if at its end, and the last step may be shorter.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a horizon of more than 10,000 steps.
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

crate::stored::stored! {
    Discount { rate: f64, step_days: u32 } <=> Discount::new(rate, step_days)
}
