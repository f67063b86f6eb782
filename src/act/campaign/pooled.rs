//! Several effects of one kind, taken together.

use super::comparison::Comparison;
use crate::scale::{Confidence, Interval};

/// The mean effect of several campaigns of one kind, and the interval of the next one's effect: a random-effects
/// mean of their differences.
///
/// Effects of campaigns differ by more than chance: of other seasons, other offers. Their true effects count as drawn from one
/// distribution, whose mean and variance `τ²` are estimated. **Population**: the comparisons that have a
/// [variance](Comparison::difference_variance); the others are counted beside them.
///
/// # Formula
///
/// With differences `d`, their variances `v`, `w = 1 / v` and the fixed-effect mean `m = Σ w d / Σ w` of `k` comparisons,
/// after `DerSimonian` and Laird,
///
/// ```text
/// Q = Σ w (d - m)²,     τ² = max(0, (Q - (k - 1)) / (Σ w - Σ w² / Σ w))
/// mean = Σ w* d / Σ w*,     w* = 1 / (v + τ²),     s² = max(1, Σ w* (d - mean)² / (k - 1)) / Σ w*
/// ```
///
/// and the mean's interval is `mean ± t s` with Student's `t` of `k - 1` degrees of freedom, after Hartung, Knapp, Sidik and
/// Jonkman, never narrower than by chance alone. Of one comparison it is `d ± z √v`. The next campaign's true effect lies within `mean ± t √(τ² + s²)` with
/// `k - 2` degrees of freedom, for `k` of 3 or more.
///
/// # Examples
///
/// ```
/// use repurchase::Ratio;
/// use repurchase::act::campaign::{Comparison, PooledEffect};
/// use repurchase::scale::Confidence;
///
/// // Three spring sales, 1,000 customers in each arm.
/// let (level, rate) = (Confidence::default(), |count| Ratio::new(count, 1_000));
/// let sales = [(62, 40), (55, 45), (90, 48)];
/// let sales = sales.map(|(treated, control)| {
///     Ok::<_, repurchase::Error>(Comparison::of_rates(rate(treated)?, rate(control)?, level))
/// });
/// let sales = sales.into_iter().collect::<repurchase::Result<Vec<_>>>()?;
///
/// let sale = PooledEffect::of(&sales, level).expect("three effects");
/// assert_eq!((sale.effects, (sale.mean * 1e4).round()), (3, 239.0));
/// let (mean, next) = (sale.interval.expect("three"), sale.next.expect("three"));
/// assert!(mean.low < 0.0 && next.high > mean.high, "three sales say little of a fourth");
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// R. `DerSimonian`, N. Laird (1986), "Meta-analysis in clinical trials", Controlled Clinical Trials 7(3), 177-188,
/// doi 10.1016/0197-2456(86)90046-2; C. Röver, G. Knapp, T. Friede (2015), "Hartung-Knapp-Sidik-Jonkman approach and its
/// modification for random-effects meta-analysis with few studies", BMC Medical Research Methodology 15, 99,
/// doi 10.1186/s12874-015-0091-1; J. P. T. Higgins, S. G. Thompson, D. J. Spiegelhalter (2009), "A re-evaluation of
/// random-effects meta-analysis", Journal of the Royal Statistical Society A 172(1), 137-159,
/// doi 10.1111/j.1467-985X.2008.00552.x.
#[doc(alias("meta-analysis", "DerSimonian-Laird", "random effects"))]
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PooledEffect {
    /// The comparisons that count.
    pub effects: u64,
    /// The comparisons without a variance: an arm is empty, or nobody differs from anybody.
    pub left_out: u64,
    /// The mean effect.
    pub mean: f64,
    /// The standard error, `s`.
    pub standard_error: f64,
    /// The interval of the mean.
    pub interval: Option<Interval>,
    /// The interval in which the true effect of a further campaign of the kind lies; `None` of fewer than three.
    pub next: Option<Interval>,
    /// The variance of true effects, `τ²`, 0 or more.
    pub between: f64,
    /// Cochran's `Q`: around `effects - 1` where all true effects are one.
    pub q: f64,
}

impl PooledEffect {
    /// Takes comparisons together, all of one kind: of rates, of changes, or of money in one currency. `None` where none has
    /// a variance, and where rates and money are mixed.
    pub fn of<'a>(comparisons: impl IntoIterator<Item = &'a Comparison>, confidence: Confidence) -> Option<Self> {
        let comparisons: Vec<&Comparison> = comparisons.into_iter().collect();
        let is_mixed = comparisons.windows(2).any(|pair| !pair[0].is_like(pair[1]));
        let effects: Vec<Effect> = comparisons.iter().filter_map(|one| Effect::of(one)).collect();
        let left_out = (comparisons.len() - effects.len()) as u64;
        if is_mixed {
            return None;
        }
        Self::of_effects(&effects, left_out, confidence)
    }

    #[allow(clippy::cast_precision_loss, reason = "a number of campaigns")]
    pub(super) fn of_effects(effects: &[Effect], left_out: u64, confidence: Confidence) -> Option<Self> {
        let k = effects.len() as f64;
        // In units of the smallest variance, so that no weight leaves the range of numbers.
        let unit = effects.iter().map(|effect| effect.variance).reduce(f64::min)?;
        let mean_by = |between: f64| {
            let weight = |effect: &Effect| unit / (effect.variance + between);
            let total: f64 = effects.iter().map(weight).sum();
            let mean = effects.iter().map(|effect| weight(effect) * effect.difference).sum::<f64>() / total;
            let square =
                |effect: &Effect| weight(effect) / unit * (effect.difference - mean) * (effect.difference - mean);
            (total, mean, effects.iter().map(square).sum::<f64>())
        };
        let (total, _, q) = mean_by(0.0);
        let squares: f64 = effects.iter().map(|effect| (unit / effect.variance) * (unit / effect.variance)).sum();
        let spread = total - squares / total;
        let between = if k > 1.0 && spread > 0.0 { ((q - (k - 1.0)) / spread * unit).max(0.0) } else { 0.0 };
        let (total, mean, about) = mean_by(between);
        let scale = if k > 1.0 { (about / (k - 1.0)).max(1.0) } else { 1.0 };
        let variance = scale / total * unit;
        let standard_error = variance.sqrt();
        let reach = if k > 1.0 { confidence.t(k - 1.0) } else { confidence.z() } * standard_error;
        let next = (k > 2.0).then(|| confidence.t(k - 2.0) * (between + variance).sqrt());
        Some(Self {
            effects: effects.len() as u64,
            left_out,
            mean,
            standard_error,
            interval: Interval::of(mean - reach, mean + reach),
            next: next.and_then(|reach| Interval::of(mean - reach, mean + reach)),
            between,
            q,
        })
    }

    /// An effect drawn towards the mean, and its standard error.
    pub(super) fn shrunk(&self, effect: Option<Effect>) -> (f64, f64) {
        let Some(Effect { difference, variance }) = effect else {
            return (self.mean, (self.between + self.standard_error * self.standard_error).sqrt());
        };
        let weight = variance / (variance + self.between);
        let left = (1.0 - weight) * variance + weight * weight * self.standard_error * self.standard_error;
        (weight * self.mean + (1.0 - weight) * difference, left.sqrt())
    }
}

/// A difference and its variance, above 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effect {
    pub(super) difference: f64,
    pub(super) variance: f64,
}

impl Effect {
    pub(super) fn of(comparison: &Comparison) -> Option<Self> {
        let (difference, variance) = (comparison.difference()?, comparison.difference_variance()?);
        (variance > 0.0 && variance.is_finite()).then_some(Self { difference, variance })
    }
}
