//! What BG/NBD and MBG/NBD share: customers who buy at a rate `λ ~ Gamma(r, α)` and leave after a purchase with a
//! probability `p ~ Beta(a, b)`.
//!
//! The two differ in whether the first purchase is a chance to leave. A customer who is alive has the posterior
//! `λ ~ Gamma(r + x, α + T)`, `p ~ Beta(a, b + c)` after `c` chances, so that whatever is asked of the future of any
//! customer is asked of a new one with other parameters.

mod future;
mod likelihood;
mod many;

pub(in crate::predict) use likelihood::{ExtraChance, Parameters};

use self::likelihood::Likelihood;
use self::many::HEAVY;
use crate::error::Result;
use crate::number::special::exp_of_nonpositive;
use crate::predict::fit::limit::{self, Limit, Trait};
use crate::predict::fit::{Found, Search};
use crate::predict::{FitOptions, Sample, Samples};

/// What the types of the two models say, to the same words: how one is made and fitted, and what it says of a customer.
macro_rules! model {
    ($model:ident, $params:ident, $name:literal, $extra:expr) => {
        $crate::predict::purchases::model::parameters!($model, $params { r, alpha, a, b });

        impl $model {
            /// The parameters under which the samples are the most likely.
            ///
            /// Where no finite parameters are, the answer is a [`Boundary`](crate::predict::Boundary) that names the simpler model
            /// that fits.
            ///
            /// # Errors
            ///
            /// [`Error::NoCustomers`](crate::Error::NoCustomers) for an empty sample,
            /// [`Error::NothingObserved`](crate::Error::NothingObserved) when every `T` is 0,
            /// [`Error::Number`](crate::Error::Number) for a penalty that is none, and
            /// [`Error::NotConverged`](crate::Error::NotConverged).
            ///
            /// # Complexity
            ///
            /// Linear in distinct rows for each evaluation: some ten to a maximum, up to a hundred where there is none.
            pub fn fit(
                samples: &$crate::predict::Samples,
                options: &$crate::predict::FitOptions,
            ) -> $crate::error::Result<$crate::predict::Fit<Self, $params>> {
                let (found, limits) = $crate::predict::purchases::beta_geometric::fit($name, $extra, samples, options)?;
                let params = |[r, alpha, a, b]: [f64; 4]| $params { r, alpha, a, b };
                found.to_fit(params, Self::from_params, |_| limits)
            }

            const fn core(&self) -> $crate::predict::purchases::beta_geometric::BetaGeometric {
                let $params { r, alpha, a, b } = self.params;
                $crate::predict::purchases::beta_geometric::BetaGeometric {
                    extra: $extra,
                    parameters: [r, alpha, a, b],
                }
            }
        }

        impl $crate::predict::PurchaseModel for $model {
            fn log_likelihood(&self, sample: &$crate::predict::Sample) -> f64 {
                self.core().log_likelihood(sample)
            }

            fn probability_alive(&self, sample: &$crate::predict::Sample) -> f64 {
                self.core().probability_alive(sample)
            }

            fn probabilities_alive(&self, samples: &[$crate::predict::Sample]) -> Vec<f64> {
                self.core().probabilities_alive(samples)
            }

            fn expected_purchases(&self, sample: &$crate::predict::Sample, horizon: f64) -> $crate::error::Result<f64> {
                Ok(self.core().expected_purchases(sample, $crate::predict::purchases::model::horizon(horizon)?))
            }

            fn probability_of_purchases(
                &self,
                sample: &$crate::predict::Sample,
                purchases: u32,
                horizon: f64,
            ) -> $crate::error::Result<f64> {
                Ok(self.core().probability_of_purchases(
                    sample,
                    purchases,
                    $crate::predict::purchases::model::horizon(horizon)?,
                ))
            }

            fn expected_purchases_of_all(
                &self,
                samples: &[$crate::predict::Sample],
                horizon: f64,
            ) -> $crate::error::Result<Vec<f64>> {
                Ok(self.core().expected_purchases_of_all(samples, $crate::predict::purchases::model::horizon(horizon)?))
            }
        }
    };
}

pub(in crate::predict) use model;

/// One of the two models at its parameters.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct BetaGeometric {
    pub(in crate::predict) extra: ExtraChance,
    pub(in crate::predict) parameters: Parameters,
}

impl BetaGeometric {
    pub(in crate::predict) fn log_likelihood(&self, sample: &Sample) -> f64 {
        self.extra.log_likelihood(self.parameters, sample)
    }

    pub(in crate::predict) fn probability_alive(&self, sample: &Sample) -> f64 {
        self.alive_after(self.silence_of(sample), sample.repeats())
    }

    /// `ln(1 + t / α)`.
    fn passed(&self, time: f64) -> f64 {
        let [_, alpha, ..] = self.parameters;
        libm::log1p(time / alpha)
    }

    fn silence_of(&self, sample: &Sample) -> f64 {
        self.silence(sample, self.passed(sample.age()), self.passed(sample.recency()))
    }

    /// `ln((α + T) / (α + t_x))`, from the [`passed`](Self::passed) of `T` and of `t_x`.
    ///
    /// Each of these is kept for many customers, but their difference has lost digits. Up to [`HEAVY`], P(alive) is
    /// right to 2e-10 all the same; beyond, the logarithm is taken anew.
    fn silence(&self, sample: &Sample, at_age: f64, at_recency: f64) -> f64 {
        if self.weight(sample.repeats(), at_age) > HEAVY {
            let [_, alpha, ..] = self.parameters;
            libm::log1p((sample.age() - sample.recency()) / (alpha + sample.recency()))
        } else {
            at_age - at_recency
        }
    }

    /// How much the rounding of logarithms weighs in P(alive).
    #[inline]
    fn weight(&self, repeats: u32, at_age: f64) -> f64 {
        let [r, ..] = self.parameters;
        (r + f64::from(repeats)) * at_age
    }

    /// P(alive) of a customer of whom `silence` is `ln((α + T) / (α + t_x))`.
    #[inline]
    fn alive_after(&self, silence: f64, repeats: u32) -> f64 {
        let (stayed, left) = self.shares_after(silence, repeats);
        stayed / (stayed + left)
    }

    /// Of those who are alive and of those who have left, in one unit.
    #[inline]
    fn shares_after(&self, silence: f64, repeats: u32) -> (f64, f64) {
        let [r, _, a, b] = self.parameters;
        let chances = self.extra.chances(repeats);
        let stayed = (b + (chances - 1.0)) * exp_of_nonpositive(-(r + f64::from(repeats)) * silence);
        if chances > 0.0 { (stayed, a) } else { (1.0, 0.0) }
    }

    /// What is expected of a customer who is alive.
    fn expected_while_alive(&self, repeats: u32, odds: f64, stays: impl Fn(u32) -> f64) -> f64 {
        let [r, _, a, b] = self.parameters;
        let chances = repeats.saturating_add(self.extra.0);
        future::expected_purchases(r + f64::from(repeats), odds, [a, b], chances, stays)
    }

    pub(in crate::predict) fn expected_purchases(&self, sample: &Sample, horizon: f64) -> f64 {
        let [_, alpha, a, b] = self.parameters;
        let odds = horizon / (alpha + sample.age());
        let stays = |chances| future::stay(a, b, chances);
        self.probability_alive(sample) * self.expected_while_alive(sample.repeats(), odds, stays)
    }

    pub(in crate::predict) fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon: f64) -> f64 {
        let [shape, rate, a, b] = self.posterior(sample);
        let silence = self.silence_of(sample);
        let (stayed, left) = self.shares_after(silence, sample.repeats());
        let while_alive = future::probability_of_purchases(shape, rate, a, b, purchases, horizon);
        // Of those who left as such, for whom 1 - P(alive) would have no digits.
        let left = if purchases > 0 { 0.0 } else { left / (stayed + left) };
        f64::min(self.alive_after(silence, sample.repeats()) * while_alive + left, 1.0)
    }

    /// The parameters of a customer who is alive.
    fn posterior(&self, sample: &Sample) -> Parameters {
        let [r, alpha, a, b] = self.parameters;
        let repeats = sample.repeats();
        [r + f64::from(repeats), alpha + sample.age(), a, b + self.extra.chances(repeats)]
    }
}

/// Starts from which a search goes uphill: `a` and `b`. Nearly every shop has its maximum in reach of the first; the
/// others look for one where that ends on a boundary.
const STARTS: [[f64; 2]; 4] = [[0.5, 2.5], [0.005, 5.0], [0.05, 0.5], [5.0, 50.0]];

/// Where the likelihood of a shop's samples has its maximum, or what it runs to.
pub(in crate::predict) fn fit(
    model: &'static str,
    extra: ExtraChance,
    samples: &Samples,
    options: &FitOptions,
) -> Result<(Found<4>, Vec<Limit>)> {
    let likelihood = Likelihood::of(samples, extra);
    let units = |age| [1.0, age, 1.0, 1.0];
    let (search, rate) = Search::by_time(model, samples, likelihood.purchasing(), options, units)?;
    let starts = STARTS.map(|[a, b]| [0.5, 0.5 / rate, a, b]);
    let starts = Search::starts(samples, &starts, |starts, part| {
        let likelihood = Likelihood::of(part, extra);
        search.climb(starts, |parameters| likelihood.evaluate(parameters))
    });
    let found = search.climb(&starts, |parameters| likelihood.evaluate(parameters))?;
    let [r, alpha, a, b] = found.parameters;
    let [_, age, ..] = search.units;
    let limits = limit::reached(&[
        limit::gamma(Trait::PurchaseRate, r, alpha, 1.0 / age),
        limit::beta(Trait::DropoutProbability, a, b),
    ]);
    Ok((found, limits))
}
