//! Two arms by what their customers brought: difference, lift, intervals.

use super::money_sample::MoneySample;
use super::verdict::{Verdict, money, opening, percent, with_bounds};
use crate::scale::{Confidence, Interval, Language};

/// What a customer of the treated arm brought, beside what one of the control arm brought.
///
/// The intervals take the two means for normally distributed, which the means of thousands of customers are; a few
/// hundred customers of whom a few bought for a fortune are not. [`MoneyBootstrap`](super::MoneyBootstrap) does not
/// take them for that, but needs every customer's amount.
///
/// # Examples
///
/// ```
/// use repurchase::act::campaign::{MoneyComparison, MoneySample, Verdict};
/// use repurchase::scale::Language;
/// use rust_decimal::Decimal;
///
/// let arm = |amounts: [i64; 6]| MoneySample::of(amounts.map(Decimal::from));
/// let comparison = MoneyComparison::new(arm([30, 0, 45, 25, 60, 20])?, arm([10, 0, 0, 20, 15, 0])?);
/// assert_eq!(comparison.difference(), Some(22.5));
/// assert_eq!(comparison.lift(), Some(3.0));
/// assert_eq!(comparison.verdict(), Verdict::Better);
/// // Three of six bought nothing: at 95% the control mean may be 0, and the lift any number.
/// assert_eq!(
///     comparison.explain(Language::English),
///     "Better: 30.00 against 7.50 per customer; difference +22.50 (95% interval +0.59 to +44.41), \
///      lift +300.0% (no interval)",
/// );
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MoneyComparison {
    treated: MoneySample,
    control: MoneySample,
    confidence: Confidence,
}

impl MoneyComparison {
    /// The treated arm against the control arm, with intervals of 95%.
    pub fn new(treated: MoneySample, control: MoneySample) -> Self {
        Self { treated, control, confidence: Confidence::default() }
    }

    /// With intervals of another confidence.
    #[must_use]
    pub const fn with_confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// The treated arm.
    pub const fn treated(&self) -> &MoneySample {
        &self.treated
    }

    /// The control arm.
    pub const fn control(&self) -> &MoneySample {
        &self.control
    }

    /// The confidence of the intervals.
    pub const fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// The treated arm's mean less the control arm's, in money; `None` where an arm is empty.
    pub fn difference(&self) -> Option<f64> {
        Some(self.treated.mean_number()? - self.control.mean_number()?)
    }

    /// Welch's interval for the difference, which lets the arms differ in spread and size.
    ///
    /// `None` where an arm has fewer than two customers, and where all of an arm brought the same in both arms: there
    /// is no spread to judge by.
    ///
    /// # Formula
    ///
    /// `m₁ - m₂ ± t √(v₁ + v₂)`, where `m` are the means, `v = s²/n` their variances, and `t` is Student's quantile at
    /// `(v₁ + v₂)² / (v₁²/(n₁ - 1) + v₂²/(n₂ - 1))` degrees of freedom.
    ///
    /// # References
    ///
    /// B. L. Welch (1947), "The generalization of 'Student's' problem when several different population variances are
    /// involved", Biometrika 34(1-2), 28-35, doi 10.1093/biomet/34.1-2.28.
    pub fn difference_interval(&self) -> Option<Interval> {
        let difference = self.difference()?;
        let (treated, control) = (Spread::of(&self.treated)?, Spread::of(&self.control)?);
        let t = self.confidence.t(treated.degrees_of_freedom(control, 1.0)?);
        let reach = t * (treated.variance + control.variance).sqrt();
        Interval::of(difference - reach, difference + reach)
    }

    /// How far the treated arm's mean is above the control arm's, relative to it: 0.94 for +94%.
    ///
    /// `None` where an arm is empty or the control arm's mean is not above 0.
    pub fn lift(&self) -> Option<f64> {
        let (treated, control) = (self.treated.mean_number()?, self.control.mean_number()?);
        (control > 0.0).then(|| treated / control - 1.0).filter(|lift| lift.is_finite())
    }

    /// Fieller's interval for the lift, which lets the arms differ in spread and size.
    ///
    /// `None` as for the interval of the difference, and where the control arm's mean is not above 0 by more than
    /// chance explains at this confidence: the lift then has no bound.
    ///
    /// # Formula
    ///
    /// `(m₁m₂ ± t √(v₂m₁² + v₁ (m₂² - t²v₂))) / (m₂² - t²v₂) - 1`, with means and variances as above, and Student's
    /// quantile `t` at `(v₁ + r²v₂)² / (v₁²/(n₁ - 1) + r⁴v₂²/(n₂ - 1))` degrees of freedom, `r = m₁/m₂`.
    ///
    /// # References
    ///
    /// E. C. Fieller (1954), "Some problems in interval estimation", Journal of the Royal Statistical Society B 16(2),
    /// 175-185, doi 10.1111/j.2517-6161.1954.tb00159.x; A. C. Tamhane and B. R. Logan (2004), "Finding the maximum safe
    /// dose level for heteroscedastic data", Journal of Biopharmaceutical Statistics 14(4), 843-856,
    /// doi 10.1081/BIP-200035413, for the degrees of freedom.
    pub fn lift_interval(&self) -> Option<Interval> {
        let (treated, control) = (Spread::of(&self.treated)?, Spread::of(&self.control)?);
        let ratio = self.lift()? + 1.0;
        let t = self.confidence.t(treated.degrees_of_freedom(control, ratio)?);
        let certain = control.mean * control.mean - t * t * control.variance;
        let reach = t * (control.variance * treated.mean * treated.mean + treated.variance * certain).sqrt();
        let middle = treated.mean * control.mean;
        // Where the control mean may be 0, the bounds of the formula are not those of an interval.
        let is_bounded = certain > 0.0;
        Interval::of((middle - reach) / certain, (middle + reach) / certain).filter(|_| is_bounded)?.less(1.0)
    }

    /// By the interval of the difference.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(self.difference_interval())
    }

    /// The verdict with its numbers, in a sentence without its full stop.
    pub fn explain(&self, language: Language) -> String {
        let mean = |sample: &MoneySample| sample.mean().map(|mean| format!("{:.2}", mean.round_dp(2)));
        let (means, difference, comma, lift) = match (language, mean(&self.treated), mean(&self.control)) {
            (Language::English, Some(treated), Some(control)) => {
                (format!("{treated} against {control} per customer; "), "difference", ", ", "lift")
            }
            (Language::English, ..) => ("an arm is empty; ".to_owned(), "difference", ", ", "lift"),
            (Language::Chinese, Some(treated), Some(control)) => {
                (format!("人均 {treated}，对照组 {control}；"), "相差", "，", "相对提升")
            }
            (Language::Chinese, ..) => ("有一组没有客户；".to_owned(), "相差", "，", "相对提升"),
        };
        let difference =
            with_bounds(difference, self.difference(), self.difference_interval(), self.confidence, money, language);
        let lift = with_bounds(lift, self.lift(), self.lift_interval(), self.confidence, percent, language);
        opening(self.verdict(), language) + &means + &difference + comma + &lift
    }
}

/// The mean of an arm and how sure it is.
#[derive(Clone, Copy)]
struct Spread {
    mean: f64,
    /// Of the mean.
    variance: f64,
    /// Customers less 1.
    freedom: f64,
}

impl Spread {
    #[allow(clippy::cast_precision_loss, reason = "an interval is an estimate")]
    fn of(sample: &MoneySample) -> Option<Self> {
        let customers = sample.customers() as f64;
        let variance = sample.variance()? / customers;
        Some(Self { mean: sample.mean_number()?, variance, freedom: customers - 1.0 })
    }

    /// Welch's and Satterthwaite's, of this mean less `ratio` times another; `None` where neither has a spread.
    fn degrees_of_freedom(self, other: Self, ratio: f64) -> Option<f64> {
        let (own, others) = (self.variance, ratio * ratio * other.variance);
        // In shares of the sum, no square leaves the range of numbers.
        let sum = own + others;
        let (own, others) = (own / sum, others / sum);
        let df = 1.0 / (own * own / self.freedom + others * others / other.freedom);
        (sum > 0.0 && df.is_finite()).then(|| df.max(1.0))
    }
}
