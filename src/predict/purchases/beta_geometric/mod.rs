//! The shared part of BG/NBD and MBG/NBD: customers who buy at a rate `λ ~ Gamma(r, α)` and leave after a purchase with
//! a probability `p ~ Beta(a, b)`.
//!
//! The two differ in whether the first purchase is a chance to leave. A customer who is alive after `c` chances is like a
//! new one with `λ ~ Gamma(r + x, α + T)` and `p ~ Beta(a, b + c)`.

pub(in crate::predict) mod future;
mod likelihood;
mod many;

pub(in crate::predict) use likelihood::{ExtraChance, Parameters, add_staying};

use self::likelihood::Likelihood;
use self::many::HEAVY;
use crate::error::Result;
use crate::number::special::exp_of_nonpositive;
use crate::number::weight::count;
use crate::predict::fit::limit::{self, Latent};
use crate::predict::fit::search::{Found, Search};
use crate::predict::given::grouped::Grouped;
use crate::predict::given::unit::Observed;
use crate::predict::purchases::counts;
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::purchases::while_alive::WhileAlive;
use crate::predict::{Fit, FitOptions, Limit, Sample, Samples, TimeUnit};
use crate::scale::{Confidence, Interval};

/// One of the two models at its parameters.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct BetaGeometric {
    pub(in crate::predict) extra: ExtraChance,
    pub(in crate::predict) unit: TimeUnit,
    pub(in crate::predict) parameters: Parameters,
}

impl PurchaseModel for BetaGeometric {
    fn log_likelihood(&self, sample: &Sample) -> f64 {
        self.extra.log_likelihood(self.parameters, &self.unit.of_sample(sample))
    }

    fn probability_alive(&self, sample: &Sample) -> f64 {
        self.alive(&self.unit.of_sample(sample))
    }

    fn expected_purchases(&self, sample: &Sample, horizon_days: u32) -> f64 {
        self.expected(&self.unit.of_sample(sample), self.unit.of_days(horizon_days.into()))
    }

    fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        self.probability_of(&self.unit.of_sample(sample), purchases, self.unit.of_days(horizon_days.into()))
    }

    fn probability_buys(&self, sample: &Sample, horizon_days: u32) -> f64 {
        let of = self.unit.of_sample(sample);
        self.alive(&of) * self.while_alive(&of, horizon_days).buys()
    }

    fn probability_at_least(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        let of = self.unit.of_sample(sample);
        if purchases > 0 { self.alive(&of) * self.while_alive(&of, horizon_days).at_least(purchases) } else { 1.0 }
    }

    fn probabilities_at_least(&self, sample: &Sample, horizon_days: u32, each: &mut dyn FnMut(f64) -> bool) {
        let of = self.unit.of_sample(sample);
        let alive = self.alive(&of);
        self.while_alive(&of, horizon_days).each_at_least(|at_least| each(alive * at_least));
    }

    fn days_until(&self, sample: &Sample, probability: f64) -> Option<u32> {
        self.days_until_if(self.alive(&self.unit.of_sample(sample)), sample, probability)
    }

    fn log_likelihood_all(&self, samples: &[Sample]) -> Vec<f64> {
        self.likelihoods_of_all(samples)
    }

    fn probability_alive_all(&self, samples: &[Sample]) -> Vec<f64> {
        self.alive_of_all(samples)
    }

    fn probability_buys_all(&self, samples: &[Sample], horizon_days: u32) -> Vec<f64> {
        self.buys_of_all(samples, horizon_days)
    }

    fn interval_of_purchases_all(
        &self,
        samples: &[Sample],
        confidence: Confidence,
        horizon_days: u32,
    ) -> Vec<Option<Interval>> {
        let alive = self.alive_of_all(samples);
        counts::intervals_of_all(self, samples, Some(&alive), confidence, horizon_days, |sample, each| {
            self.while_alive(&self.unit.of_sample(sample), horizon_days).each_at_least(each);
        })
    }

    fn days_until_all(&self, samples: &[Sample], probability: f64) -> Vec<Option<u32>> {
        self.days_of_all(samples, probability)
    }

    fn expected_purchases_all(&self, samples: &[Sample], horizon_days: u32) -> Vec<f64> {
        self.expected_of_all(samples, self.unit.of_days(horizon_days.into()))
    }
}

impl BetaGeometric {
    /// The purchases of a customer who is alive.
    fn while_alive(&self, of: &Observed, horizon_days: u32) -> WhileAlive {
        let [shape, rate, a, b] = self.posterior(of);
        WhileAlive { shape, rate, time: self.unit.of_days(horizon_days.into()), leaving: Some([a, b]) }
    }

    /// The days of a customer who is alive with this probability.
    fn days_until_if(&self, alive: f64, sample: &Sample, probability: f64) -> Option<u32> {
        let [shape, rate, ..] = self.posterior(&self.unit.of_sample(sample));
        counts::days_until(self, sample, alive, (shape, rate), self.unit, probability)
    }

    pub(in crate::predict) fn alive(&self, of: &Observed) -> f64 {
        self.alive_after(self.silence_of(of), of.repeats)
    }

    pub(in crate::predict) fn expected(&self, of: &Observed, horizon: f64) -> f64 {
        let [_, alpha, a, b] = self.parameters;
        let stays = |chances| future::stay(a, b, chances);
        self.alive(of) * self.expected_while_alive(of.repeats, horizon / (alpha + of.age), stays)
    }

    pub(in crate::predict) fn probability_of(&self, of: &Observed, purchases: u32, horizon: f64) -> f64 {
        let [shape, rate, a, b] = self.posterior(of);
        let silence = self.silence_of(of);
        let (stayed, left) = self.shares_after(silence, of.repeats);
        let while_alive = future::probability_of_purchases(shape, rate, a, b, purchases, horizon);
        // `1 - P(alive)` would lose the digits of those who left.
        let left = if purchases > 0 { 0.0 } else { left / (stayed + left) };
        f64::min(self.alive_after(silence, of.repeats) * while_alive + left, 1.0)
    }

    /// `ln(1 + t / α)`.
    fn passed(&self, time: f64) -> f64 {
        let [_, alpha, ..] = self.parameters;
        libm::log1p(time / alpha)
    }

    fn silence_of(&self, of: &Observed) -> f64 {
        self.silence(of, self.passed(of.age), self.passed(of.recency))
    }

    /// `ln((α + T) / (α + t_x))`, from the [`passed`](Self::passed) of `T` and of `t_x`, which many customers share. Their
    /// difference loses digits: up to [`HEAVY`], P(alive) is right to 2e-10 all the same; beyond, the logarithm is taken
    /// anew.
    fn silence(&self, of: &Observed, at_age: f64, at_recency: f64) -> f64 {
        if self.weight(of.repeats, at_age) > HEAVY {
            let [_, alpha, ..] = self.parameters;
            libm::log1p((of.age - of.recency) / (alpha + of.recency))
        } else {
            at_age - at_recency
        }
    }

    /// The weight of the rounding of logarithms in P(alive).
    #[inline]
    fn weight(&self, repeats: u32, at_age: f64) -> f64 {
        let [r, ..] = self.parameters;
        (r + f64::from(repeats)) * at_age
    }

    /// P(alive) by `silence`, `ln((α + T) / (α + t_x))`.
    #[inline]
    fn alive_after(&self, silence: f64, repeats: u32) -> f64 {
        let (stayed, left) = self.shares_after(silence, repeats);
        stayed / (stayed + left)
    }

    /// The odds of being alive to having left.
    #[inline]
    fn shares_after(&self, silence: f64, repeats: u32) -> (f64, f64) {
        let [r, _, a, b] = self.parameters;
        let chances = self.extra.chances(repeats);
        let stayed = (b + (chances - 1.0)) * exp_of_nonpositive(-(r + f64::from(repeats)) * silence);
        if chances > 0.0 { (stayed, a) } else { (1.0, 0.0) }
    }

    fn expected_while_alive(&self, repeats: u32, odds: f64, stays: impl Fn(u32) -> f64) -> f64 {
        let [r, _, a, b] = self.parameters;
        let chances = repeats.saturating_add(self.extra.0);
        future::expected_purchases(r + f64::from(repeats), odds, [a, b], chances, stays)
    }

    /// The parameters of a customer who is alive.
    fn posterior(&self, of: &Observed) -> Parameters {
        let [r, alpha, a, b] = self.parameters;
        [r + f64::from(of.repeats), alpha + of.age, a, b + self.extra.chances(of.repeats)]
    }
}

/// Starts of a climb: `r`, `a` and `b`. Nearly every shop has its maximum in reach of the first; the others look for one
/// where that ends on a boundary, the last where customers' rates are decades apart.
const STARTS: [[f64; 3]; 5] =
    [[0.5, 0.5, 2.5], [0.5, 0.005, 5.0], [0.5, 0.05, 0.5], [0.5, 5.0, 50.0], [0.02, 0.5, 2.5]];

/// Fits one of the two models: `params` makes its parameters of four numbers, `model` the model of its parameters.
pub(in crate::predict) fn fit<M, P>(
    name: &'static str,
    extra: ExtraChance,
    samples: &Samples,
    options: &FitOptions,
    params: impl Fn(Parameters) -> P,
    model: impl FnOnce(P) -> Result<M>,
) -> Result<Fit<M, P>> {
    let (search, _, found) = search(name, extra, samples.grouped(), options)?;
    let [_, age, ..] = search.units;
    found.to_fit(params, model, |parameters| limits(parameters, age))
}

/// The search for the maximum of one of the two models, the purchase rate to start from, and what it found.
pub(in crate::predict) fn search<'a>(
    name: &'static str,
    extra: ExtraChance,
    rows: &Grouped,
    options: &'a FitOptions,
) -> Result<(Search<'a, 4>, f64, Found<4>)> {
    let unit = options.unit();
    let likelihood = Likelihood::of(rows, unit, extra);
    let (search, rate) = Search::by_time(name, &likelihood.extent(), options, |age| [1.0, age, 1.0, 1.0])?;
    let starts = STARTS.map(|[r, a, b]| [r, r / rate, a, b]);
    let starts = search.starts(rows, &starts, |starts, part| {
        let likelihood = Likelihood::of(part, unit, extra);
        search.climb(starts, |parameters| likelihood.evaluate(parameters))
    });
    let mut found = search.climb(&starts, |parameters| likelihood.evaluate(parameters))?;
    let ([r, alpha, ..], [_, age, ..]) = (found.parameters, search.units);
    // A long silence at a high rate, which the sums over rows count once for those who stayed and take back for those who
    // left, leaves its rounding.
    if found.standard_errors.is_none() || r * libm::log1p(age / alpha) > LOUD {
        found.report.log_likelihood = log_likelihood(extra, unit, found.parameters, rows);
    }
    let found = found.identified(&likelihood.simpler(options)?, Some(Latent::DropoutProbability));
    Ok((search, rate, found))
}

/// The logarithm of a silence's probability from which on the likelihood at the end of a search is summed customer by
/// customer.
const LOUD: f64 = 1e4;

/// The sum over customers, each by itself.
fn log_likelihood(extra: ExtraChance, unit: TimeUnit, parameters: Parameters, rows: &Grouped) -> f64 {
    let of_row = |((repeats, age, recency), customers): (_, u64)| {
        let [age, recency] = [age, recency].map(|bits| unit.of_days(f64::from_bits(bits)));
        count(customers) * extra.log_likelihood(parameters, &Observed { repeats, recency, age })
    };
    rows.iter().map(of_row).sum()
}

/// The spreads that parameters have reached, of customers whose largest `T` is `age`.
pub(in crate::predict) fn limits([r, alpha, a, b]: Parameters, age: f64) -> Vec<Limit> {
    let rate = limit::gamma(Latent::PurchaseRate, r, alpha, 1.0 / age);
    limit::reached(&[rate, limit::beta(Latent::DropoutProbability, a, b)])
}
