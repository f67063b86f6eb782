//! What BG/NBD and MBG/NBD share: customers who buy at a rate `λ ~ Gamma(r, α)` and leave after a purchase with a
//! probability `p ~ Beta(a, b)`.
//!
//! The two differ in whether the first purchase is a chance to leave. A customer who is alive has the posterior
//! `λ ~ Gamma(r + x, α + T)`, `p ~ Beta(a, b + c)` after `c` chances, so that whatever is asked of the future of any
//! customer is asked of a new one with other parameters.

mod future;
mod likelihood;
mod many;

pub(in crate::predict) use likelihood::{ExtraChance, Likelihood, Parameters};

use self::many::HEAVY;
use crate::number::special::exp_of_nonpositive;
use crate::predict::fit::limit::{self, Latent, Limit};
use crate::predict::given::unit::Observed;
use crate::predict::{Sample, TimeUnit};

/// One of the two models at its parameters.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct BetaGeometric {
    pub(in crate::predict) extra: ExtraChance,
    pub(in crate::predict) unit: TimeUnit,
    pub(in crate::predict) parameters: Parameters,
}

impl BetaGeometric {
    pub(in crate::predict) fn log_likelihood(&self, sample: &Sample) -> f64 {
        self.extra.log_likelihood(self.parameters, &self.unit.of_sample(sample))
    }

    pub(in crate::predict) fn probability_alive(&self, sample: &Sample) -> f64 {
        self.alive(&self.unit.of_sample(sample))
    }

    pub(in crate::predict) fn expected_purchases(&self, sample: &Sample, horizon: f64) -> f64 {
        let ([_, alpha, a, b], of) = (self.parameters, self.unit.of_sample(sample));
        let odds = horizon / (alpha + of.age);
        let stays = |chances| future::stay(a, b, chances);
        self.alive(&of) * self.expected_while_alive(of.repeats, odds, stays)
    }

    pub(in crate::predict) fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon: f64) -> f64 {
        let of = self.unit.of_sample(sample);
        let [shape, rate, a, b] = self.posterior(&of);
        let silence = self.silence_of(&of);
        let (stayed, left) = self.shares_after(silence, of.repeats);
        let while_alive = future::probability_of_purchases(shape, rate, a, b, purchases, horizon);
        // Of those who left as such, for whom 1 - P(alive) would have no digits.
        let left = if purchases > 0 { 0.0 } else { left / (stayed + left) };
        f64::min(self.alive_after(silence, of.repeats) * while_alive + left, 1.0)
    }

    fn alive(&self, of: &Observed) -> f64 {
        self.alive_after(self.silence_of(of), of.repeats)
    }

    /// `ln(1 + t / α)`.
    fn passed(&self, time: f64) -> f64 {
        let [_, alpha, ..] = self.parameters;
        libm::log1p(time / alpha)
    }

    fn silence_of(&self, of: &Observed) -> f64 {
        self.silence(of, self.passed(of.age), self.passed(of.recency))
    }

    /// `ln((α + T) / (α + t_x))`, from the [`passed`](Self::passed) of `T` and of `t_x`.
    ///
    /// Each of these is kept for many customers, but their difference has lost digits. Up to [`HEAVY`], P(alive) is
    /// right to 2e-10 all the same; beyond, the logarithm is taken anew.
    fn silence(&self, of: &Observed, at_age: f64, at_recency: f64) -> f64 {
        if self.weight(of.repeats, at_age) > HEAVY {
            let [_, alpha, ..] = self.parameters;
            libm::log1p((of.age - of.recency) / (alpha + of.recency))
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

    /// The parameters of a customer who is alive.
    fn posterior(&self, of: &Observed) -> Parameters {
        let [r, alpha, a, b] = self.parameters;
        [r + f64::from(of.repeats), alpha + of.age, a, b + self.extra.chances(of.repeats)]
    }
}

/// Starts from which a search goes uphill: `a` and `b`. Nearly every shop has its maximum in reach of the first; the
/// others look for one where that ends on a boundary.
pub(in crate::predict) const STARTS: [[f64; 2]; 4] = [[0.5, 2.5], [0.005, 5.0], [0.05, 0.5], [5.0, 50.0]];

/// What the parameters stand for where they run to 0 or infinity; `age` is the largest age of the sample.
pub(in crate::predict) fn limits([r, alpha, a, b]: Parameters, age: f64) -> Vec<Limit> {
    limit::reached(&[
        limit::gamma(Latent::PurchaseRate, r, alpha, 1.0 / age),
        limit::beta(Latent::DropoutProbability, a, b),
    ])
}
