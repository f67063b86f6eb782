//! The number of contacts that a campaign needs before its effect can show.

use rust_decimal::prelude::ToPrimitive;

use crate::error::{Error, Result};
use crate::number::distribution::{normal_cumulative, normal_quantile};
use crate::scale::Language;
use crate::scale::money_sample::MoneySample;
use crate::scale::words::phrase;

/// The plan of an A/B test: the lift over a baseline rate, or a mean of money, that it is to find, the risk of a false alarm (5% by default)
/// and the power (80% by default).
///
/// Made before the campaign. The lift is the smallest worth knowing of, not the one observed.
///
/// # Formula
///
/// Of `n₁` treated and `n₂ = k n₁` control contacts, with `p₂` the baseline, `p₁ = p₂ (1 + lift)` and `p̄` their mean
/// weighted by 1 and `k`,
///
/// ```text
/// n₁ = ((z_{1-α/2} √(p̄(1 - p̄)(1 + 1/k)) + z_{power} √(p₁(1 - p₁) + p₂(1 - p₂)/k)) / (p₁ - p₂))²
/// ```
///
/// rounded up, for the two-sided test of pooled variance, without a correction for continuity.
///
/// # Examples
///
/// ```
/// use repurchase::act::campaign::{SamplePlan, SampleSizes};
/// use repurchase::scale::Language;
///
/// // To see 5% become 6%:
/// let plan = SamplePlan::new(0.05, 0.2)?;
/// assert_eq!(plan.needed(1.0)?, SampleSizes { treated: 8_158, control: 8_158 });
/// // One control contact to nine treated:
/// assert_eq!(plan.needed(1.0 / 9.0)?, SampleSizes { treated: 41_855, control: 4_651 });
///
/// assert_eq!(
///     plan.explain(5_000, 5_000, Language::English)?.expect("too few"),
///     "Too few to tell: 5000 treated and 5000 control contacts show a lift of +20.0% over 5.00% with a power of 59%; \
///      80% takes 8158 and 8158",
/// );
/// assert_eq!(plan.check(10_000, 10_000)?, None);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// J. L. Fleiss, B. Levin and M. C. Paik (2003), Statistical Methods for Rates and Proportions, 3rd edition,
/// doi 10.1002/0471445428, equations 4.14 and 4.18 without their corrections.
#[doc(alias("sample size", "power", "A/B test"))]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SamplePlan {
    baseline: f64,
    lift: f64,
    /// The spread of money: the standard deviation between customers.
    deviation: Option<f64>,
    alpha: f64,
    power: f64,
}

/// Contacts of two arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SampleSizes {
    /// Contacts of the treated arm.
    pub treated: u64,
    /// Contacts of the control arm.
    pub control: u64,
}

impl SamplePlan {
    /// A plan to see a lift, such as 0.2 for +20%, over the rate `baseline` of the control arm.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless the baseline lies above 0 and below 1, the lift is not 0, and the lifted rate lies
    /// above 0 and below 1 too.
    pub fn new(baseline: f64, lift: f64) -> Result<Self> {
        let refused = |field, found, expected| Err(Error::Number { field, found, expected });
        if !(baseline > 0.0 && baseline < 1.0) {
            return refused("baseline rate", baseline, "above 0 and below 1");
        }
        let lifted = baseline * (1.0 + lift);
        if !(lifted > 0.0 && lifted < 1.0 && (lifted - baseline).abs() > 0.0) {
            return refused("lift", lift, "such that the rate changes and stays above 0 and below 1");
        }
        Ok(Self { baseline, lift, deviation: None, alpha: 0.05, power: 0.8 })
    }

    /// A plan to see a lift over what a customer of the control arm brings on average, such as 0.1 for +10%, where customers
    /// differ by a standard deviation: of an earlier campaign, [`MoneySample::mean`](super::MoneySample::mean) and
    /// [`standard_deviation`](super::MoneySample::standard_deviation).
    ///
    /// Of **all** customers, with 0 for those who buy nothing. Where few bring most, means of some hundreds of customers are
    /// not normal, and more are needed than it says.
    ///
    /// # Formula
    ///
    /// With the standard deviation `s` in both arms, `n₁ = (z_{1-α/2} + z_{power})² s² (1 + 1/k) / (mean * lift)²`, rounded
    /// up.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless mean and deviation are finite and above 0, and the lift finite and not 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::act::campaign::{SamplePlan, SampleSizes};
    ///
    /// // 12.50 a customer, most of whom bring nothing; one control customer to nine treated.
    /// let plan = SamplePlan::of_money(12.5, 40.0, 0.2)?;
    /// assert_eq!(plan.needed(1.0)?, SampleSizes { treated: 4_019, control: 4_019 });
    /// assert_eq!(plan.needed(1.0 / 9.0)?, SampleSizes { treated: 20_094, control: 2_233 });
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    ///
    /// # References
    ///
    /// S.-C. Chow, J. Shao, H. Wang, Y. Lokhnygina (2017), Sample Size Calculations in Clinical Research, 3rd edition,
    /// doi 10.1201/9781315183084, section 3.2.
    pub fn of_money(mean: f64, standard_deviation: f64, lift: f64) -> Result<Self> {
        let refused = |field, found, expected| Err(Error::Number { field, found, expected });
        for (field, found) in [("mean of the control arm", mean), ("standard deviation", standard_deviation)] {
            if !(found.is_finite() && found > 0.0) {
                return refused(field, found, "finite and above 0");
            }
        }
        let difference = mean * lift;
        if !(difference.is_finite() && difference.abs() > 0.0) {
            return refused("lift", lift, "such that the mean changes and stays finite");
        }
        Ok(Self { baseline: mean, lift, deviation: Some(standard_deviation), alpha: 0.05, power: 0.8 })
    }

    /// The same from what customers brought who were not treated, such as the held back of
    /// [another campaign](crate::act::campaign::Outcome::money).
    ///
    /// # Errors
    ///
    /// As [`of_money`](SamplePlan::of_money), of the sample's mean and standard deviation; NaN without customers, and the
    /// deviation of one.
    pub fn of_sample(control: &MoneySample, lift: f64) -> Result<Self> {
        let mean = control.mean().and_then(|mean| mean.to_f64()).unwrap_or(f64::NAN);
        Self::of_money(mean, control.standard_deviation().unwrap_or(f64::NAN), lift)
    }

    /// Sets another risk of a false alarm, such as 0.01.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless it is `1e-300` or more and below 1.
    pub fn with_alpha(mut self, alpha: f64) -> Result<Self> {
        if !(1e-300..1.0).contains(&alpha) {
            return Err(Error::Number { field: "alpha", found: alpha, expected: "1e-300 or more and below 1" });
        }
        self.alpha = alpha;
        Ok(self)
    }

    /// Sets another power, such as 0.9.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless it lies at 0.5 or above and below 1.
    pub fn with_power(mut self, power: f64) -> Result<Self> {
        if !(0.5..1.0).contains(&power) {
            return Err(Error::Number { field: "power", found: power, expected: "0.5 or more and below 1" });
        }
        self.power = power;
        Ok(self)
    }

    /// The rate of the control arm, or the mean of what its customers bring.
    pub const fn baseline(&self) -> f64 {
        self.baseline
    }

    /// The standard deviation of what customers bring; `None` of a plan for rates.
    pub const fn deviation(&self) -> Option<f64> {
        self.deviation
    }

    /// The lift to be seen.
    pub const fn lift(&self) -> f64 {
        self.lift
    }

    /// The risk of a false alarm, two-sided.
    pub const fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The probability that the lift is seen.
    pub const fn power(&self) -> f64 {
        self.power
    }

    /// The contacts that each arm takes with `control_per_treated` control contacts to one treated; 1 for equal arms.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless the ratio is finite and above 0; [`Error::CountOverflow`] when an arm passes 2^63
    /// contacts.
    pub fn needed(&self, control_per_treated: f64) -> Result<SampleSizes> {
        if !(control_per_treated.is_finite() && control_per_treated > 0.0) {
            let field = "control contacts per treated contact";
            return Err(Error::Number { field, found: control_per_treated, expected: "finite and above 0" });
        }
        let (null, alternative) = self.deviations(control_per_treated);
        let reach = self.alarm() * null + normal_quantile(self.power) * alternative;
        let treated = reach / self.difference();
        let treated = treated * treated;
        Ok(SampleSizes { treated: whole(treated)?, control: whole(treated * control_per_treated)? })
    }

    /// The probability that the test finds the planned lift, on its own side; `None` where an arm is empty.
    #[allow(clippy::cast_precision_loss, reason = "a power is an estimate")]
    pub fn power_of(&self, treated: u64, control: u64) -> Option<f64> {
        let (treated, control) = (treated as f64, control as f64);
        if !(treated > 0.0 && control > 0.0) {
            return None;
        }
        let (null, alternative) = self.deviations(control / treated);
        let shift = self.difference().abs() * treated.sqrt() - self.alarm() * null;
        Some(normal_cumulative(shift / alternative))
    }

    /// Checks whether arms are large enough for the plan: `None` where they are, else the contacts that it takes,
    /// divided between the arms as these are. For an empty arm, those of equal arms.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] as for [`needed`](SamplePlan::needed).
    #[allow(clippy::cast_precision_loss, reason = "a sample size is an estimate")]
    pub fn check(&self, treated: u64, control: u64) -> Result<Option<SampleSizes>> {
        if treated == 0 || control == 0 {
            return self.needed(1.0).map(Some);
        }
        let needed = self.needed(control as f64 / treated as f64)?;
        let is_enough = treated >= needed.treated && control >= needed.control;
        Ok((!is_enough).then_some(needed))
    }

    /// A warning in words, without a full stop, where arms are too small for the plan.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] as for [`needed`](SamplePlan::needed).
    pub fn explain(&self, treated: u64, control: u64, language: Language) -> Result<Option<String>> {
        let Some(needed) = self.check(treated, control)? else { return Ok(None) };
        // Rounded down: 79.9% of power is not 80%.
        let power = (self.power_of(treated, control).unwrap_or(0.0) * 100.0).floor();
        let lift = crate::scale::words::percent(self.lift);
        let baseline = match self.deviation {
            None => format!("{:.2}%", self.baseline * 100.0),
            Some(_) => format!("{:.2}", self.baseline),
        };
        let planned = (self.power * 1e8).round() / 1e6;
        let SampleSizes { treated: more, control: others } = needed;
        Ok(Some(phrase!(
            language,
            "Too few to tell: {treated} treated and {control} control contacts show a lift of {lift} over \
             {baseline} with a power of {power}%; {planned}% takes {more} and {others}",
            "样本不足：实验组 {treated}、对照组 {control} 人次，要看出在 {baseline} 基础上 {lift} 的提升，把握只有 \
             {power}%；要有 {planned}% 的把握需要 {more} 和 {others} 人次"
        )))
    }

    /// `z_{1-α/2}`, from `α` and not from `1 - α`, which may round to 1.
    fn alarm(&self) -> f64 {
        -normal_quantile(self.alpha / 2.0)
    }

    fn lifted(&self) -> f64 {
        self.baseline * (1.0 + self.lift)
    }

    fn difference(&self) -> f64 {
        if self.deviation.is_some() { self.baseline * self.lift } else { self.lifted() - self.baseline }
    }

    /// The standard deviations of the difference, times the root of the treated contacts: where the arms do not differ,
    /// and where they do.
    fn deviations(&self, control_per_treated: f64) -> (f64, f64) {
        if let Some(deviation) = self.deviation {
            let both = deviation * (1.0 + 1.0 / control_per_treated).sqrt();
            return (both, both);
        }
        let (p, q, k) = (self.lifted(), self.baseline, control_per_treated);
        let pooled = (p + q * k) / (1.0 + k);
        let of = |share: f64| share * (1.0 - share);
        ((of(pooled) * (1.0 + 1.0 / k)).sqrt(), (of(p) + of(q) / k).sqrt())
    }
}

/// Rounded up.
fn whole(contacts: f64) -> Result<u64> {
    let contacts = contacts.ceil();
    if contacts < 9_223_372_036_854_775_808.0 {
        // Whole, not negative and below 2^63.
        Ok(contacts as u64)
    } else {
        Err(Error::CountOverflow { field: "contacts of an arm" })
    }
}

crate::stored::stored! {
    SamplePlan { baseline: f64, lift: f64, deviation: Option<f64>, alpha: f64, power: f64 } <=> {
        let plan = match deviation {
            None => Self::new(baseline, lift),
            Some(deviation) => Self::of_money(baseline, deviation, lift),
        };
        plan?.with_alpha(alpha)?.with_power(power)
    }
}
