//! The shared part of BG/CNBD-k and MBG/CNBD-k: customers of whom some come in a rhythm.
//!
//! A customer's purchase rate is `Gamma(r, α)` whatever the number of phases `k`, so that the phases' rate is
//! `Gamma(r, α / k)`.

mod block;
mod erlang;
mod fit;
mod future;
mod likelihood;
mod row;

pub(in crate::predict) use fit::fit;

use self::erlang::{Ahead, Erlang};
use crate::predict::purchases::beta_geometric::{BetaGeometric, ExtraChance, Parameters};
use crate::predict::purchases::counts;
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::{Sample, TimeUnit};

/// The numbers of phases that customers may have.
pub(in crate::predict) const PHASES: [u32; KINDS] = [1, 2, 3, 5, 8];

pub(in crate::predict) const KINDS: usize = 5;

/// One of the two models at its parameters.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct Rhythm {
    pub(in crate::predict) extra: ExtraChance,
    pub(in crate::predict) unit: TimeUnit,
    pub(in crate::predict) parameters: Parameters,
    /// The shares of customers by `k`; they sum to 1.
    pub(in crate::predict) shares: [f64; KINDS],
}

impl Rhythm {
    fn kind(&self, phases: u32) -> Erlang {
        let [r, alpha, a, b] = self.parameters;
        let parameters = [r, alpha / f64::from(phases), a, b];
        Erlang { phases, core: BetaGeometric { extra: self.extra, unit: self.unit, parameters } }
    }

    /// `ln f` of a customer of each `k`, and the logarithm of its share; of those that some have.
    fn logarithms(&self, sample: &Sample) -> [f64; KINDS] {
        let (of, repeats) = (self.unit.of_sample(sample), f64::from(sample.repeats()));
        let ln_gaps = sample.known_ln_gaps().map(|ln_gaps| ln_gaps + repeats * libm::log(self.unit.of_days(1.0)));
        let mut logarithms = [f64::NEG_INFINITY; KINDS];
        for ((phases, share), to) in PHASES.into_iter().zip(self.shares).zip(&mut logarithms) {
            if share > 0.0 {
                *to = libm::log(share) + self.kind(phases).log_likelihood(&of, ln_gaps);
            }
        }
        logarithms
    }

    /// The probability of each `k` of a customer, given the purchases.
    pub(in crate::predict) fn posterior(&self, sample: &Sample) -> [f64; KINDS] {
        let logarithms = self.logarithms(sample);
        let most = logarithms.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let weights = logarithms.map(|logarithm| libm::exp(logarithm - most));
        let all: f64 = weights.iter().sum();
        weights.map(|weight| weight / all)
    }

    /// The mean of an answer over what the customer may be.
    fn mean(&self, sample: &Sample, answer: impl Fn(&Erlang) -> f64) -> f64 {
        let mut sum = 0.0;
        for (phases, weight) in PHASES.into_iter().zip(self.posterior(sample)) {
            if weight > 0.0 {
                sum += weight * answer(&self.kind(phases));
            }
        }
        sum
    }
}

impl PurchaseModel for Rhythm {
    fn log_likelihood(&self, sample: &Sample) -> f64 {
        let logarithms = self.logarithms(sample);
        let most = logarithms.into_iter().fold(f64::NEG_INFINITY, f64::max);
        most + libm::log(logarithms.into_iter().map(|logarithm| libm::exp(logarithm - most)).sum())
    }

    fn probability_alive(&self, sample: &Sample) -> f64 {
        let of = self.unit.of_sample(sample);
        f64::min(self.mean(sample, |kind| kind.alive(&of)), 1.0)
    }

    fn expected_purchases(&self, sample: &Sample, horizon_days: u32) -> f64 {
        let (of, horizon) = (self.unit.of_sample(sample), self.unit.of_days(horizon_days.into()));
        self.mean(sample, |kind| kind.expected_purchases(&of, horizon))
    }

    fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        let (of, horizon) = (self.unit.of_sample(sample), self.unit.of_days(horizon_days.into()));
        f64::min(self.mean(sample, |kind| kind.probability_of_purchases(&of, purchases, horizon)), 1.0)
    }

    fn probability_buys(&self, sample: &Sample, horizon_days: u32) -> f64 {
        let (of, horizon) = (self.unit.of_sample(sample), self.unit.of_days(horizon_days.into()));
        let buys = |kind: &Erlang| match kind.phases {
            1 => kind.core.probability_buys(sample, horizon_days),
            _ => kind.probability_at_least(&of, 1, horizon),
        };
        f64::min(self.mean(sample, buys), 1.0)
    }

    fn probability_at_least(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        let (of, horizon) = (self.unit.of_sample(sample), self.unit.of_days(horizon_days.into()));
        let at_least = |kind: &Erlang| match kind.phases {
            1 => kind.core.probability_at_least(sample, purchases, horizon_days),
            _ => kind.probability_at_least(&of, purchases, horizon),
        };
        if purchases > 0 { f64::min(self.mean(sample, at_least), 1.0) } else { 1.0 }
    }

    fn probabilities_at_least(&self, sample: &Sample, horizon_days: u32, each: &mut dyn FnMut(f64) -> bool) {
        let (of, horizon) = (self.unit.of_sample(sample), self.unit.of_days(horizon_days.into()));
        let posterior = self.posterior(sample);
        let mut kinds: [Option<Ahead>; KINDS] = core::array::from_fn(|index| {
            let is_possible = posterior[index] > 0.0;
            is_possible.then(|| self.kind(PHASES[index]).ahead(&of, horizon))
        });
        loop {
            let mut sum = 0.0;
            for (kind, weight) in kinds.iter_mut().zip(posterior) {
                sum += kind.as_mut().map_or(0.0, |kind| weight * kind.next());
            }
            if !each(f64::min(sum, 1.0)) {
                return;
            }
        }
    }

    fn days_until(&self, sample: &Sample, probability: f64) -> Option<u32> {
        if !(counts::is_probability(probability) && probability > 0.0) {
            return (probability.abs() <= 0.0).then_some(0);
        }
        let ([r, alpha, ..], of) = (self.parameters, self.unit.of_sample(sample));
        let posterior = (r + f64::from(of.repeats), alpha + of.age);
        // As if without a rhythm; the day is not far from it.
        let (guess, _) = counts::time_until(self.probability_alive(sample), posterior, self.unit, probability)?;
        counts::first_day(guess, 1.0, |days| self.probability_buys(sample, days) >= probability)
    }
}
