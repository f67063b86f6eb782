//! Two arms by what their customers brought.

use super::comparison::{Comparison, Subject};
use crate::scale::money_sample::{Mean, MoneySample};
use crate::scale::{Confidence, Interval};

impl Comparison {
    /// Compares what a customer of the treated arm brought with what one of the control arm brought.
    ///
    /// The intervals assume normally distributed means: true for thousands of customers, not for a few hundred with a
    /// few very large amounts. [`of_amounts`](Comparison::of_amounts) does without the assumption, but needs every
    /// customer's amount. Both let the arms differ in spread and size.
    ///
    /// # Formula
    ///
    /// With means `m`, their variances `v = s²/n` and sizes `n`,
    ///
    /// - **difference**, Welch's interval: `m₁ - m₂ ± t √(v₁ + v₂)`, with Student's quantile `t` at
    ///   `(v₁ + v₂)² / (v₁²/(n₁ - 1) + v₂²/(n₂ - 1))` degrees of freedom. `None` where an arm has fewer than two
    ///   customers, and where all of an arm brought the same in both arms: there is no spread to judge by.
    /// - **lift**, Fieller's interval: `(m₁m₂ ± t √(v₂m₁² + v₁ (m₂² - t²v₂))) / (m₂² - t²v₂) - 1`, with `t` at
    ///   `(v₁ + r²v₂)² / (v₁²/(n₁ - 1) + r⁴v₂²/(n₂ - 1))` degrees of freedom, `r = m₁/m₂`. `None` also where the control
    ///   arm's mean is not above 0 by more than chance explains at this confidence: the lift then has no bound.
    ///
    /// # References
    ///
    /// B. L. Welch (1947), "The generalization of 'Student's' problem when several different population variances are
    /// involved", Biometrika 34(1-2), 28-35, doi 10.1093/biomet/34.1-2.28; E. C. Fieller (1954), "Some problems in
    /// interval estimation", Journal of the Royal Statistical Society B 16(2), 175-185,
    /// doi 10.1111/j.2517-6161.1954.tb00159.x; A. C. Tamhane and B. R. Logan (2004), "Finding the maximum safe dose level
    /// for heteroscedastic data", Journal of Biopharmaceutical Statistics 14(4), 843-856, doi 10.1081/BIP-200035413, for
    /// the degrees of freedom.
    pub const fn of_money(treated: MoneySample, control: MoneySample, confidence: Confidence) -> Self {
        Self { subject: Subject::Money([treated, control]), confidence }
    }
}

pub(super) fn difference_variance(arms: [MoneySample; 2]) -> Option<f64> {
    let [treated, control] = arms.map(Mean::of);
    Some(treated?.variance + control?.variance)
}

pub(super) fn lift([treated, control]: [f64; 2]) -> Option<f64> {
    (control > 0.0).then(|| treated / control - 1.0).filter(|lift| lift.is_finite())
}

pub(super) fn lift_interval(arms: [MoneySample; 2], confidence: Confidence) -> Option<Interval> {
    let [treated, control] = arms.map(Mean::of);
    let (treated, control) = (treated?, control?);
    let ratio = lift([treated.value, control.value])? + 1.0;
    let t = confidence.t(treated.degrees_of_freedom(control, ratio)?);
    let certain = control.value * control.value - t * t * control.variance;
    let reach = t * (control.variance * treated.value * treated.value + treated.variance * certain).sqrt();
    let middle = treated.value * control.value;
    // Where the control mean may be 0, the limits of the formula are not those of an interval.
    let is_bounded = certain > 0.0;
    Interval::of((middle - reach) / certain, (middle + reach) / certain).filter(|_| is_bounded)?.less(1.0)
}
