//! What becomes of a model whose parameters run to 0 or infinity.

use core::fmt;

use crate::scale::Language;

/// A quantity that a model lets differ from one customer to the next, and how the data show it to be spread more simply.
///
/// Its `Display` form says what runs where, and what that means.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Limit {
    /// The quantity.
    pub of: Latent,
    /// How it is spread over customers.
    pub spread: Spread,
}

/// A quantity that nobody sees and that a model lets differ from one customer to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
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
    /// `p / ν` with `ν ~ Gamma(q, gamma)`, what a customer spends on average.
    MeanSpend,
    /// `1 / p`, the squared coefficient of variation of one customer's spends. It is the same for everyone anyway; 0 is
    /// its only simpler case.
    SpendWithinCustomer,
}

/// How a [`Latent`] quantity is spread over customers where that is simpler than the model allows.
///
/// It is the same for everyone where its spread is small: below a hundredth of what it could be, and below a tenth of
/// its mean. So it may be tiny and still not 0; it is 0 where its mean is, and customers are not known to share it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Spread {
    /// It is 0 for everyone.
    Zero,
    /// A probability that is 1 for everyone.
    One,
    /// It is the same for everyone.
    Same(f64),
    /// A probability that is 1 for this share of customers and 0 for the others, or a rate that is 0 for most; or a mean
    /// spend so uneven that it has no scale, with this `q`.
    Extremes(f64),
}

impl Latent {
    /// Its two parameters.
    const fn parameters(self) -> (&'static str, &'static str) {
        match self {
            Self::PurchaseRate => ("r", "alpha"),
            Self::DropoutRate => ("s", "beta"),
            Self::DropoutProbability => ("a", "b"),
            Self::PurchaseProbability | Self::ChurnProbability => ("alpha", "beta"),
            Self::DropoutProbabilityPerOpportunity => ("gamma", "delta"),
            Self::MeanSpend => ("q", "gamma"),
            Self::SpendWithinCustomer => ("1", "p"),
        }
    }

    const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::PurchaseRate, Language::English) => "purchase rate",
            (Self::PurchaseRate, Language::Chinese) => "购买频率",
            (Self::DropoutRate, Language::English) => "dropout rate",
            (Self::DropoutRate, Language::Chinese) => "流失速率",
            (Self::DropoutProbability, Language::English) => "probability of leaving after a purchase",
            (Self::DropoutProbability, Language::Chinese) => "购买后流失概率",
            (Self::PurchaseProbability, Language::English) => "probability of a purchase",
            (Self::PurchaseProbability, Language::Chinese) => "购买概率",
            (Self::DropoutProbabilityPerOpportunity, Language::English) => "probability of leaving",
            (Self::DropoutProbabilityPerOpportunity, Language::Chinese) => "流失概率",
            (Self::ChurnProbability, Language::English) => "probability of not renewing",
            (Self::ChurnProbability, Language::Chinese) => "不续约概率",
            (Self::MeanSpend, Language::English) => "mean spend",
            (Self::MeanSpend, Language::Chinese) => "平均消费金额",
            (Self::SpendWithinCustomer, Language::English) => "spread of one customer's spends",
            (Self::SpendWithinCustomer, Language::Chinese) => "单客消费金额波动",
        }
    }

    const fn is_probability(self) -> bool {
        matches!(
            self,
            Self::DropoutProbability
                | Self::PurchaseProbability
                | Self::DropoutProbabilityPerOpportunity
                | Self::ChurnProbability
        )
    }
}

impl Limit {
    /// What runs where, and what that means.
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
        let ((first, second), name) = (self.of.parameters(), self.of.name(language));
        let mean = if self.of.is_probability() {
            format!("{first} / ({first} + {second})")
        } else {
            format!("{first} / {second}")
        };
        let is_spend = self.of == Latent::MeanSpend;
        let value = match self.spread {
            Spread::Same(value) if is_spend => format!("p gamma / q = {}", digits(value)),
            Spread::Extremes(value) if is_spend => format!("q = {}", digits(value)),
            Spread::Same(value) | Spread::Extremes(value) => format!("{mean} = {}", digits(value)),
            Spread::Zero | Spread::One => String::new(),
        };
        match (self.spread, language) {
            (Spread::Zero, Language::English) => format!("{mean} goes to 0: the {name} is 0 for everyone"),
            (Spread::Zero, Language::Chinese) => format!("{mean} 趋于 0：所有客户的{name}均为 0"),
            (Spread::One, Language::English) => format!("{mean} goes to 1: the {name} is 1 for everyone"),
            (Spread::One, Language::Chinese) => format!("{mean} 趋于 1：所有客户的{name}均为 1"),
            (Spread::Same(_), Language::English) => {
                let what = if is_spend { "q goes".to_owned() } else { format!("{first} and {second} go") };
                format!("{what} to infinity: the {name} is the same for everyone, with {value}")
            }
            (Spread::Same(_), Language::Chinese) => {
                let what = if is_spend { "q".to_owned() } else { format!("{first} 和 {second}") };
                format!("{what} 趋于无穷大：所有客户的{name}都相同，{value}")
            }
            (Spread::Extremes(_), Language::English) => {
                let what = if is_spend { "q goes".to_owned() } else { format!("{first} and {second} go") };
                format!("{what} to 0: the {name} takes its extremes only, with {value}")
            }
            (Spread::Extremes(_), Language::Chinese) => {
                let what = if is_spend { "q".to_owned() } else { format!("{first} 和 {second}") };
                format!("{what} 趋于 0：客户的{name}只取极端值，{value}")
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

fn digits(value: f64) -> String {
    if value < 1e-3 { format!("{value:.3e}") } else { format!("{value:.6}") }
}

/// A spread is reached when what measures the way to it is beyond this.
pub(in crate::predict) const FAR: f64 = 1e4;

/// The spread that a quantity has come to, or is the nearest to.
pub(in crate::predict) struct Approach {
    limit: Limit,
    /// Grows beyond bounds on the way; at [`FAR`] the spread is reached.
    way: f64,
}

/// What has become of a `Beta(a, b)` quantity of mean `m`.
///
/// Its polarization is `1 / (1 + a + b)`: near 0, customers are all the same, near 1, they are at the extremes. A small
/// `m` is 0 for everyone unless customers are known to share it, to a tenth of `m`: one leaver in a million customers
/// is no proof of nobody.
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

/// What has become of a `Gamma(shape, rate)` quantity, `unit` being what its values are measured in.
///
/// Customers are the same where the coefficient of variation, `1 / √shape`, is small.
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

/// The first spread that is reached, or else the nearest, of some with the way to each.
pub(in crate::predict) fn approach<const N: usize>(of: Latent, spreads: [(Spread, f64); N]) -> Approach {
    let mut nearest = Approach { limit: Limit { of, spread: Spread::Zero }, way: f64::NEG_INFINITY };
    for (spread, way) in spreads {
        if way > nearest.way && nearest.way < FAR {
            nearest = Approach { limit: Limit { of, spread }, way };
        }
    }
    nearest
}

/// Those of a model's quantities that have come to a simpler spread; at least the one that is the nearest to it.
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
    fn a_rare_thing_is_said_with_its_digits() {
        let limit = |share| Limit { of: Latent::ChurnProbability, spread: Spread::Same(share) }.to_string();
        let start = "alpha and beta go to infinity: the probability of not renewing is the same for everyone, with";
        assert_eq!(limit(0.2), format!("{start} alpha / (alpha + beta) = 0.200000"));
        assert_eq!(limit(2.5e-7), format!("{start} alpha / (alpha + beta) = 2.500e-7"));
    }

    #[test]
    fn in_chinese() {
        let limit = |of, spread| Limit { of, spread }.describe(Language::Chinese);
        assert_eq!(
            limit(Latent::DropoutProbability, Spread::Same(0.25)),
            "a 和 b 趋于无穷大：所有客户的购买后流失概率都相同，a / (a + b) = 0.250000"
        );
        assert_eq!(
            limit(Latent::DropoutRate, Spread::Extremes(0.5)),
            "s 和 beta 趋于 0：客户的流失速率只取极端值，s / beta = 0.500000"
        );
        assert_eq!(
            limit(Latent::MeanSpend, Spread::Same(9.0)),
            "q 趋于无穷大：所有客户的平均消费金额都相同，p gamma / q = 9.000000"
        );
        assert_eq!(
            limit(Latent::PurchaseProbability, Spread::One),
            "alpha / (alpha + beta) 趋于 1：所有客户的购买概率均为 1"
        );
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
