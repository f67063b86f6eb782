//! What BG/NBD and MBG/NBD share: customers who buy at a rate `λ ~ Gamma(r, α)` and leave after a purchase with a
//! probability `p ~ Beta(a, b)`.
//!
//! The two differ in whether the first purchase is a chance to leave. A customer who is alive has the posterior
//! `λ ~ Gamma(r + x, α + T)`, `p ~ Beta(a, b + c)` after `c` chances, so that whatever is asked of the future of any
//! customer is asked of a new one with other parameters.

mod future;
mod likelihood;

pub(super) use likelihood::{ExtraChance, Parameters};

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use self::likelihood::Likelihood;
use super::fit::{Found, Search};
use super::limit::{self, Limit, Trait};
use super::places::Places;
use super::special::exp_of_nonpositive;
use super::{FitOptions, Sample, Samples};
use crate::error::Result;

/// What the types of the two models say, to the same words: how one is made and fitted, and what it says of a customer.
macro_rules! model {
    ($model:ident, $params:ident, $name:literal, $extra:expr) => {
        $crate::predict::model::parameters!($model, $params { r, alpha, a, b });

        impl $model {
            /// The parameters under which the samples are the most likely.
            ///
            /// Where no finite parameters are, the answer is a [`Boundary`](super::Boundary) that names the simpler model
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
                let (found, limits) = $crate::predict::beta_geometric::fit($name, $extra, samples, options)?;
                let params = |[r, alpha, a, b]: [f64; 4]| $params { r, alpha, a, b };
                found.to_fit(params, Self::from_params, |_| limits)
            }

            const fn core(&self) -> $crate::predict::beta_geometric::BetaGeometric {
                let $params { r, alpha, a, b } = self.params;
                $crate::predict::beta_geometric::BetaGeometric { extra: $extra, parameters: [r, alpha, a, b] }
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
                Ok(self.core().expected_purchases(sample, $crate::predict::model::horizon(horizon)?))
            }

            fn probability_of_purchases(
                &self,
                sample: &$crate::predict::Sample,
                purchases: u32,
                horizon: f64,
            ) -> $crate::error::Result<f64> {
                Ok(self.core().probability_of_purchases(sample, purchases, $crate::predict::model::horizon(horizon)?))
            }

            fn expected_purchases_of_all(
                &self,
                samples: &[$crate::predict::Sample],
                horizon: f64,
            ) -> $crate::error::Result<Vec<f64>> {
                Ok(self.core().expected_purchases_of_all(samples, $crate::predict::model::horizon(horizon)?))
            }
        }
    };
}

pub(super) use model;

/// One of the two models at its parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct BetaGeometric {
    pub(super) extra: ExtraChance,
    pub(super) parameters: Parameters,
}

impl BetaGeometric {
    pub(super) fn log_likelihood(&self, sample: &Sample) -> f64 {
        self.extra.log_likelihood(self.parameters, sample)
    }

    pub(super) fn probability_alive(&self, sample: &Sample) -> f64 {
        self.alive_after(self.silence_of(sample), sample.repeats())
    }

    pub(super) fn probabilities_alive(&self, samples: &[Sample]) -> Vec<f64> {
        self.for_all(samples, |_, _, alive| alive)
    }

    /// An answer for each customer, from the sample, the place of `T` among all times, and P(alive).
    fn for_all(&self, samples: &[Sample], mut answer: impl FnMut(&Sample, usize, f64) -> f64) -> Vec<f64> {
        let (mut places, mut passed, mut longest) = (Places::default(), Vec::new(), 0.0f64);
        let (mut answers, mut block) = (vec![0.0; samples.len()], [(0, 0); BLOCK]);
        for (samples, answers) in samples.chunks(BLOCK).zip(answers.chunks_mut(BLOCK)) {
            // The look-ups first, so that what follows has no branch.
            for (sample, found) in samples.iter().zip(&mut block) {
                *found = (places.of(sample.age()) as usize, places.of(sample.recency()) as usize);
            }
            let unseen = places.times().get(passed.len()..).unwrap_or_default();
            passed
                .extend(unseen.iter().map(|&time| self.passed(time)).inspect(|&passed| longest = passed.max(longest)));
            for (silence, &(age, recency)) in answers.iter_mut().zip(&block) {
                *silence = passed[age] - passed[recency];
            }
            let repeats = samples.iter().fold(0, |most, sample| most.max(sample.repeats()));
            if self.weight(repeats, longest) > HEAVY {
                for ((silence, sample), &(age, recency)) in answers.iter_mut().zip(samples).zip(&block) {
                    *silence = self.silence(sample, passed[age], passed[recency]);
                }
            }
            for (sample, alive) in samples.iter().zip(answers.iter_mut()) {
                *alive = self.alive_after(*alive, sample.repeats());
            }
            for ((sample, answered), &(age, _)) in samples.iter().zip(answers.iter_mut()).zip(&block) {
                *answered = answer(sample, age, *answered);
            }
        }
        answers
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

    pub(super) fn expected_purchases(&self, sample: &Sample, horizon: f64) -> f64 {
        let [_, alpha, a, b] = self.parameters;
        let odds = horizon / (alpha + sample.age());
        let stays = |chances| future::stay(a, b, chances);
        self.probability_alive(sample) * self.expected_while_alive(sample.repeats(), odds, stays)
    }

    pub(super) fn expected_purchases_of_all(&self, samples: &[Sample], horizon: f64) -> Vec<f64> {
        let [_, alpha, a, b] = self.parameters;
        let kept: Vec<f64> = (0..MOST_KEPT).map(|chances| future::stay(a, b, chances)).collect();
        let stays = |chances| kept.get(chances as usize).copied().unwrap_or_else(|| future::stay(a, b, chances));
        // Of those alive, `t_x` says nothing more: by the place of `T`, by `x`, NaN where nobody has asked. A large `x` is
        // looked up: the room for all below it would add up over many ages.
        let mut while_alive: Vec<Vec<f64>> = Vec::new();
        let mut of_frequent = HashMap::<(usize, u32), f64, FixedState>::default();
        self.for_all(samples, |sample, place, alive| {
            let repeats = sample.repeats();
            if while_alive.len() <= place {
                while_alive.resize(place + 1, Vec::new());
            }
            let by_repeats = &mut while_alive[place];
            let expected = || self.expected_while_alive(repeats, horizon / (alpha + sample.age()), stays);
            if by_repeats.len() <= repeats as usize && repeats < FREQUENT {
                by_repeats.resize(repeats as usize + 1, f64::NAN);
            }
            match by_repeats.get_mut(repeats as usize) {
                Some(kept) => {
                    if kept.is_nan() {
                        *kept = expected();
                    }
                    alive * *kept
                }
                None => alive * *of_frequent.entry((place, repeats)).or_insert_with(expected),
            }
        })
    }

    pub(super) fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon: f64) -> f64 {
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

/// The weight of logarithms up to which they are subtracted.
const HEAVY: f64 = 1_048_576.0;

/// Customers worked on together.
const BLOCK: usize = 64;

/// Chances to leave up to which the mean of staying is kept.
const MOST_KEPT: u32 = 1 << 12;

/// From so many repeat purchases on, what is expected of a customer has no place of its own.
const FREQUENT: u32 = 128;

/// Starts from which a search goes uphill: `a` and `b`. Nearly every shop has its maximum in reach of the first; the
/// others look for one where that ends on a boundary.
const STARTS: [[f64; 2]; 4] = [[0.5, 2.5], [0.005, 5.0], [0.05, 0.5], [5.0, 50.0]];

/// Where the likelihood of a shop's samples has its maximum, or what it runs to.
pub(super) fn fit(
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
