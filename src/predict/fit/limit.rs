//! The simpler model that remains where parameters run to 0 or infinity.

use core::fmt;

use crate::scale::Language;
use crate::scale::words::phrase;

/// A [`Latent`] quantity and the simpler spread over customers that the data show.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Limit {
    /// The quantity.
    pub of: Latent,
    /// Its spread over customers.
    pub spread: Spread,
}

/// An unobserved quantity that a model lets differ from customer to customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Latent {
    /// `λ ~ Gamma(r, alpha)`, purchases per unit of time.
    PurchaseRate,
    /// `μ ~ Gamma(s, beta)`, the hazard of leaving per unit of time.
    DropoutRate,
    /// `p ~ Beta(a, b)`, the probability of leaving after a purchase.
    DropoutProbability,
    /// `p ~ Beta(alpha, beta)`, the probability of a purchase at an opportunity.
    PurchaseProbability,
    /// `θ ~ Beta(gamma, delta)`, the probability of leaving before an opportunity.
    DropoutProbabilityPerOpportunity,
    /// `θ ~ Beta(alpha, beta)`, the probability of not renewing.
    ChurnProbability,
    /// `c`, the power of age in what a subscriber's loyalty becomes: one for all customers, and simpler only where it is 0,
    /// so that nobody leaves after the first renewal, or without bound.
    Ageing,
    /// `p / ν` with `ν ~ Gamma(q, gamma)`, what a customer spends on average.
    MeanSpend,
    /// `1 / p`, the squared coefficient of variation of one customer's spends: one for all customers, and simpler only
    /// where it is 0.
    SpendWithinCustomer,
}

/// A spread of a [`Latent`] quantity over customers that is simpler than the model allows.
///
/// A quantity is the same for everyone where its spread is below a hundredth of the largest possible and below a tenth of
/// its mean, however small that is; it is 0 where its mean is small and customers are not known to share it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Spread {
    /// 0 for everyone.
    Zero,
    /// A probability of 1 for everyone.
    One,
    /// The same for everyone.
    Same(f64),
    /// A spread beyond any number, for everyone.
    Unbounded,
    /// A probability of 1 for this share of customers and of 0 for the others; a rate of 0 for most, with this mean; or a
    /// mean spend so uneven that it has no scale, with this `q`.
    Extremes(f64),
}

impl Latent {
    /// Its two parameters, and its English and Chinese names.
    const fn words(self) -> ([&'static str; 2], [&'static str; 2]) {
        match self {
            Self::PurchaseRate => (["r", "alpha"], ["purchase rate", "购买频率"]),
            Self::DropoutRate => (["s", "beta"], ["dropout rate", "流失速率"]),
            Self::DropoutProbability => (["a", "b"], ["probability of leaving after a purchase", "购买后流失概率"]),
            Self::PurchaseProbability => (["alpha", "beta"], ["probability of a purchase", "购买概率"]),
            Self::DropoutProbabilityPerOpportunity => (["gamma", "delta"], ["probability of leaving", "流失概率"]),
            Self::ChurnProbability => (["alpha", "beta"], ["probability of not renewing", "不续约概率"]),
            Self::Ageing => (["c", "1"], ["effect of age", "续约次数的影响"]),
            Self::MeanSpend => (["q", "gamma"], ["mean spend", "平均消费金额"]),
            Self::SpendWithinCustomer => (["1", "p"], ["spread of one customer's spends", "单客消费金额波动"]),
        }
    }

    const fn is_rate_or_spend(self) -> bool {
        matches!(self, Self::PurchaseRate | Self::DropoutRate | Self::MeanSpend | Self::SpendWithinCustomer)
    }
}

impl Limit {
    /// Says which parameters run where, and what that means.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::predict::{RenewalCohort, Sbg, Fit, FitOptions};
    /// use repurchase::scale::Language;
    ///
    /// // Nobody has left so far.
    /// let cohorts = [RenewalCohort::new(vec![500, 500, 500])?];
    /// let Fit::Boundary(boundary) = Sbg::fit(&cohorts, &FitOptions::default())? else { panic!("no maximum") };
    /// let limit = boundary.limits[0];
    /// assert_eq!(limit.to_string(), "alpha / (alpha + beta) goes to 0: the probability of not renewing is 0 for everyone");
    /// assert_eq!(limit.describe(Language::Chinese), "alpha / (alpha + beta) 趋于 0：所有客户的不续约概率均为 0");
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn describe(&self, language: Language) -> String {
        let [way, meaning] = self.words(language);
        phrase!(language, "{way}: {meaning}", "{way}：{meaning}")
    }

    /// What that means, without the parameters.
    pub(crate) fn meaning(&self, language: Language) -> String {
        let [_, meaning] = self.words(language);
        meaning
    }

    /// Which parameters run where; and what that means.
    fn words(&self, language: Language) -> [String; 2] {
        let ([first, second], [english, chinese]) = self.of.words();
        let name = language.pick(english, chinese);
        let mean = if self.of == Latent::Ageing {
            first.to_owned()
        } else if self.of.is_rate_or_spend() {
            format!("{first} / {second}")
        } else {
            format!("{first} / ({first} + {second})")
        };
        let is_spend = self.of == Latent::MeanSpend;
        let value = |value: f64, of_spend: &str| {
            let digits = if value < 1e-3 { format!("{value:.3e}") } else { format!("{value:.6}") };
            format!("{} = {digits}", if is_spend { of_spend } else { &mean })
        };
        let both = phrase!(language, "{first} and {second} go", "{first} 和 {second}");
        let go = if is_spend { language.pick("q goes", "q") } else { &both };
        match self.spread {
            Spread::Zero | Spread::One => {
                let end = u8::from(self.spread == Spread::One);
                [
                    phrase!(language, "{mean} goes to {end}", "{mean} 趋于 {end}"),
                    phrase!(language, "the {name} is {end} for everyone", "所有客户的{name}均为 {end}"),
                ]
            }
            Spread::Unbounded => [
                phrase!(language, "{mean} goes to infinity", "{mean} 趋于无穷大"),
                phrase!(language, "the {name} has no bound for anyone", "所有客户的{name}均无上限"),
            ],
            Spread::Same(of_all) => {
                let value = value(of_all, "p gamma / q");
                [
                    phrase!(language, "{go} to infinity", "{go} 趋于无穷大"),
                    phrase!(
                        language,
                        "the {name} is the same for everyone, with {value}",
                        "所有客户的{name}都相同，{value}"
                    ),
                ]
            }
            Spread::Extremes(share) => {
                let value = value(share, "q");
                [
                    phrase!(language, "{go} to 0", "{go} 趋于 0"),
                    phrase!(
                        language,
                        "the {name} takes its extremes only, with {value}",
                        "客户的{name}只取极端值，{value}"
                    ),
                ]
            }
        }
    }
}

/// [`describe`](Limit::describe) in English.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe(Language::English))
    }
}

/// A spread is reached from this [`Approach::way`] on.
pub(in crate::predict) const FAR: f64 = 1e4;

/// The spread that a quantity has reached, or the nearest one.
pub(in crate::predict) struct Approach {
    limit: Limit,
    /// Grows without bound towards the spread.
    way: f64,
}

/// The spread of a `Beta(a, b)` quantity of mean `m`.
///
/// Its polarization is `1 / (1 + a + b)`: near 0, customers are all the same; near 1, they are at the extremes. A small
/// `m` is 0 for everyone unless customers are known to share it, to a tenth of `m`.
pub(in crate::predict) fn beta(of: Latent, a: f64, b: f64) -> Approach {
    let (mean, rarer) = (a / (a + b), f64::min(a, b));
    approach(
        of,
        [
            (Spread::Same(mean), f64::min(a + b, rarer * rarer)),
            (Spread::Extremes(mean), 1.0 / (a + b)),
            (Spread::Zero, b / a),
            (Spread::One, a / b),
        ],
    )
}

/// The spread of a `Gamma(shape, rate)` quantity, with values measured in `unit`. Customers are the same where the
/// coefficient of variation, `1 / √shape`, is small.
pub(in crate::predict) fn gamma(of: Latent, shape: f64, rate: f64, unit: f64) -> Approach {
    let mean = shape / rate;
    approach(
        of,
        [
            (Spread::Same(mean), shape),
            (Spread::Extremes(mean), 1.0 / f64::max(shape, rate * unit)),
            (Spread::Zero, unit / mean),
        ],
    )
}

/// The first of these spreads that is reached, or else the nearest, each given with its [`Approach::way`].
pub(in crate::predict) fn approach<const N: usize>(of: Latent, spreads: [(Spread, f64); N]) -> Approach {
    let mut nearest = Approach { limit: Limit { of, spread: Spread::Zero }, way: f64::NEG_INFINITY };
    for (spread, way) in spreads {
        if way > nearest.way && nearest.way < FAR {
            nearest = Approach { limit: Limit { of, spread }, way };
        }
    }
    nearest
}

/// The quantities that have reached a simpler spread; at least the nearest one.
pub(in crate::predict) fn reached(approaches: &[Approach]) -> Vec<Limit> {
    let furthest = approaches.iter().fold(f64::NEG_INFINITY, |furthest, approach| approach.way.max(furthest));
    let counts = |approach: &&Approach| approach.way >= furthest.min(FAR);
    approaches.iter().filter(counts).map(|approach| approach.limit).collect()
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "means of powers of ten are exact here")]
mod tests {
    use super::*;

    #[test]
    fn a_probability_has_one_spread() {
        let spread = |a, b| beta(Latent::ChurnProbability, a, b).limit.spread;
        assert_eq!(spread(1e8, 3e8), Spread::Same(0.25));
        assert_eq!(spread(1e-8, 3e-8), Spread::Extremes(0.25));
        assert_eq!(spread(1e-8, 3.0), Spread::Zero);
        assert_eq!(spread(2.0, 1e9), Spread::Zero);
        assert_eq!(spread(1e9, 2.0), Spread::One);
        // One leaver in a million: rare, and still the same for everyone, or all of one customer in a million.
        assert_eq!(spread(1e3, 1e9), Spread::Same(1e3 / (1e3 + 1e9)));
        assert_eq!(spread(1e-12, 1e-6), Spread::Extremes(1e-12 / (1e-12 + 1e-6)));
        // On the way, the nearest.
        assert_eq!(spread(50.0, 50.0), Spread::Same(0.5));
        assert_eq!(spread(0.01, 5.0), Spread::Zero);
    }

    #[test]
    fn a_rate_has_one_spread_in_any_unit() {
        for unit in [1e-6, 1.0, 1e6] {
            let spread = |shape, rate: f64| gamma(Latent::PurchaseRate, shape, rate / unit, unit).limit.spread;
            assert_eq!(spread(1e5, 1e-3), Spread::Same(1e5 / (1e-3 / unit)));
            assert_eq!(spread(1e5, 1e10), Spread::Same(1e5 / (1e10 / unit)));
            assert_eq!(spread(1e-6, 1e-5), Spread::Extremes(1e-6 / (1e-5 / unit)));
            assert_eq!(spread(1e-6, 1.0), Spread::Zero);
            assert_eq!(spread(1.0, 1e6), Spread::Zero);
        }
    }

    #[test]
    fn only_what_is_reached_counts() {
        let limits = |s: f64, beta: f64| {
            reached(&[gamma(Latent::PurchaseRate, 0.5, 10.0, 1.0), gamma(Latent::DropoutRate, s, beta, 1.0)])
        };
        assert_eq!(limits(1.0, 1e6), [Limit { of: Latent::DropoutRate, spread: Spread::Zero }]);
        assert_eq!(limits(1.0, 3.0), [Limit { of: Latent::PurchaseRate, spread: Spread::Zero }]);
    }
}
