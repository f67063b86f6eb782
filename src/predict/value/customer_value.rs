//! What a customer is worth in the time to come.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::number::money;
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::{GammaGamma, Sample, SpendSample};

/// How much less a sum of money is worth the later it comes: a rate for each step of time.
///
/// Without one, and at a rate of 0, money is worth the same whenever it comes; that is the default.
///
/// # Examples
///
/// ```
/// use repurchase::predict::Discount;
///
/// // 1% a month, where the models count weeks.
/// let monthly = Discount::new(0.01, 4.345)?;
/// assert_eq!((monthly.rate(), monthly.step()), (0.01, 4.345));
///
/// // 10% a year, in monthly steps.
/// let rate = 1.1_f64.powf(1.0 / 12.0) - 1.0;
/// let yearly = Discount::new(rate, 4.345)?;
/// # assert!((yearly.rate() - 0.00797).abs() < 1e-5);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredDiscount", into = "StoredDiscount"))]
pub struct Discount {
    rate: f64,
    step: f64,
}

/// More steps than this are a slip of units.
const MOST_STEPS: f64 = 10_000.0;

impl Discount {
    /// None.
    pub const NONE: Self = Self { rate: 0.0, step: 1.0 };

    /// At `rate` for each `step` of time, 0.01 for 1%; the step is in the models' unit of time.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless the rate is finite and 0 or more, and the step finite and above 0.
    pub fn new(rate: f64, step: f64) -> Result<Self> {
        let refused = |field, found, expected| Err(Error::Number { field, found, expected });
        if !(rate.is_finite() && rate >= 0.0) {
            return refused("discount rate", rate, "finite and 0 or more");
        }
        if !(step.is_finite() && step > 0.0) {
            return refused("step of a discount", step, "finite and above 0");
        }
        // The sign of a zero is dropped.
        Ok(Self { rate: rate.abs(), step })
    }

    /// The rate for each step.
    pub const fn rate(&self) -> f64 {
        self.rate
    }

    /// The step, in the models' unit of time.
    pub const fn step(&self) -> f64 {
        self.step
    }

    /// The ends of the steps up to a horizon, each with what 1 is worth that comes then.
    fn steps(self, horizon: f64) -> Result<impl Iterator<Item = (f64, f64)>> {
        let Self { rate, step } = self;
        let steps = if rate > 0.0 && horizon > 0.0 { (horizon / step).ceil() } else { 1.0 };
        if steps > MOST_STEPS {
            let expected = "at least a 10,000th of the horizon";
            return Err(Error::Number { field: "step of a discount", found: step, expected });
        }
        Ok((1..=steps as u32).map(move |number| {
            let whole = f64::from(number);
            let end = if whole < steps { whole * step } else { horizon };
            (end, libm::pow(1.0 + rate, -end / step))
        }))
    }
}

impl Default for Discount {
    fn default() -> Self {
        Self::NONE
    }
}

/// The expected number of purchases in the time `horizon` after the end of the observation, the later ones counting
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
/// [`Error::Number`] for a horizon that is negative, not finite or above `1e300`, or of more than 10,000 steps.
///
/// # Complexity
///
/// One expectation for each step; a single one without a discount.
pub fn discounted_purchases(
    model: &impl PurchaseModel,
    sample: &Sample,
    horizon: f64,
    discount: Discount,
) -> Result<f64> {
    let one = core::slice::from_ref(sample);
    discounted(one, horizon, discount, |_, end| Ok(vec![model.expected_purchases(sample, end)?]))
        .map(|totals| totals.into_iter().sum())
}

/// The discounted purchases of every sample, by a function that gives the purchases of all up to the end of a step.
fn discounted(
    samples: &[Sample],
    horizon: f64,
    discount: Discount,
    expected: impl Fn(&[Sample], f64) -> Result<Vec<f64>>,
) -> Result<Vec<f64>> {
    let horizon = crate::predict::purchases::model::horizon(horizon)?;
    let (mut totals, mut before) = (vec![0.0; samples.len()], vec![0.0; samples.len()]);
    for (end, worth) in discount.steps(horizon)? {
        let until = expected(samples, end)?;
        for ((total, before), until) in totals.iter_mut().zip(&before).zip(&until) {
            // Expectations grow with time, up to their rounding.
            *total += f64::max(until - before, 0.0) * worth;
        }
        before = until;
    }
    Ok(totals)
}

/// What customers are worth: how often they will buy, times what they spend on it.
///
/// The two models are fitted apart, since the model of spend takes both to be independent, and on the same shop: the
/// value is in the unit of money of the one, over times in the unit of the other.
///
/// # Examples
///
/// What is a customer worth in the next year?
///
/// ```
/// use repurchase::Result;
/// use repurchase::predict::{
///     Discount, GammaGamma, GammaGammaParams, PurchaseModel, Sample, SpendSample, ValueModel, rounded_to_money,
/// };
/// use rust_decimal::Decimal;
///
/// /// Customers who go on as they did; in earnest, this is a fitted model.
/// struct Steady;
///
/// impl PurchaseModel for Steady {
///     fn expected_purchases(&self, sample: &Sample, horizon: f64) -> Result<f64> {
///         Ok(f64::from(sample.repeats()) / sample.age() * horizon)
///     }
///     // ...
/// #   fn log_likelihood(&self, _: &Sample) -> f64 { 0.0 }
/// #   fn probability_alive(&self, _: &Sample) -> f64 { 1.0 }
/// #   fn probability_of_purchases(&self, _: &Sample, _: u32, _: f64) -> Result<f64> { Ok(0.0) }
/// }
///
/// let spend = GammaGamma::from_params(GammaGammaParams { p: 6.25, q: 3.74, gamma: 15.44 })?;
/// let model = ValueModel { purchases: Steady, spend };
///
/// // 3 repeat purchases in 30 weeks, of 40 each on average.
/// let (sample, spent) = (Sample::new(3, 27.0, 30.0)?, SpendSample::new(3, 40.0)?);
/// let year = model.expected_value(&sample, &spent, 52.14, Discount::NONE)?.expect("finite");
/// assert_eq!(rounded_to_money(year, 2)?, Decimal::new(205_38, 2));
///
/// // The same at 1% a month.
/// let today = model.expected_value(&sample, &spent, 52.14, Discount::new(0.01, 4.345)?)?.expect("finite");
/// assert_eq!(rounded_to_money(today, 2)?, Decimal::new(192_63, 2));
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "RFM and CLV: using iso-value curves for customer base analysis",
/// Journal of Marketing Research 42(4), 415-430, doi 10.1509/jmkr.2005.42.4.415.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ValueModel<M> {
    /// How often customers buy.
    pub purchases: M,
    /// What they spend on a purchase.
    pub spend: GammaGamma,
}

impl<M: PurchaseModel> ValueModel<M> {
    /// What a customer is expected to spend in the time `horizon` after the end of the observation, in the unit of
    /// money of the model of spend.
    ///
    /// It is what will be spent, not what is earned of it: multiply by the margin where that is asked. Without a
    /// discount it is `E(Y(horizon)) · E(M)`. Of a customer without a repeat purchase nothing is known of the spend, so
    /// that `E(M)` is the mean over all customers.
    ///
    /// `None` where the model of spend has [no mean](GammaGamma::expected_spend) for the customer, as for one without a
    /// repeat purchase at `q <= 1`.
    ///
    /// # Formula
    ///
    /// [`discounted_purchases`] times [`GammaGamma::expected_spend`].
    ///
    /// # Errors
    ///
    /// As [`discounted_purchases`].
    pub fn expected_value(
        &self,
        sample: &Sample,
        spend: &SpendSample,
        horizon: f64,
        discount: Discount,
    ) -> Result<Option<f64>> {
        let purchases = discounted_purchases(&self.purchases, sample, horizon, discount)?;
        Ok(self.spend.expected_spend(spend).map(|mean| purchases * mean))
    }

    /// [`expected_value`](ValueModel::expected_value) of many customers, to the same bits, faster where the model of
    /// purchases is faster for many.
    ///
    /// # Errors
    ///
    /// As [`discounted_purchases`].
    pub fn expected_values(
        &self,
        customers: &[(Sample, SpendSample)],
        horizon: f64,
        discount: Discount,
    ) -> Result<Vec<Option<f64>>> {
        let samples: Vec<Sample> = customers.iter().map(|&(sample, _)| sample).collect();
        let expected = |samples: &[Sample], end| self.purchases.expected_purchases_of_all(samples, end);
        let purchases = discounted(&samples, horizon, discount, expected)?;
        let means = customers.iter().map(|(_, spend)| self.spend.expected_spend(spend));
        Ok(means.zip(purchases).map(|(mean, purchases)| mean.map(|mean| purchases * mean)).collect())
    }
}

/// An estimate in money as a decimal: the nearest amount with so many decimals, of two equally near ones the even one.
///
/// # Errors
///
/// [`Error::OutOfRange`] for more than 28 decimals; [`Error::Number`] for an estimate that is not finite, or does not
/// fit a `Decimal`'s 96 bits with so many decimals.
///
/// # Examples
///
/// ```
/// use repurchase::predict::rounded_to_money;
/// use rust_decimal::Decimal;
///
/// assert_eq!(rounded_to_money(19.996, 2)?.to_string(), "20.00");
/// assert_eq!(rounded_to_money(0.125, 2)?, Decimal::new(12, 2));
/// assert!(rounded_to_money(f64::NAN, 2).is_err());
/// # Ok::<(), repurchase::Error>(())
/// ```
pub fn rounded_to_money(estimate: f64, decimals: u32) -> Result<Decimal> {
    if decimals > Decimal::MAX_SCALE {
        let (found, max) = (decimals.into(), Decimal::MAX_SCALE.into());
        return Err(Error::OutOfRange { field: "decimals", found, min: 0, max });
    }
    money::nearest(estimate, decimals).ok_or(Error::Number {
        field: "estimate in money",
        found: estimate,
        expected: "finite and within 96 bits at the decimals asked for",
    })
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDiscount {
    rate: f64,
    step: f64,
}

#[cfg(feature = "serde")]
impl From<Discount> for StoredDiscount {
    fn from(Discount { rate, step }: Discount) -> Self {
        Self { rate, step }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<StoredDiscount> for Discount {
    type Error = Error;

    fn try_from(StoredDiscount { rate, step }: StoredDiscount) -> Result<Self> {
        Self::new(rate, step)
    }
}
