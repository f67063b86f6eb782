//! One customer whose gaps are Erlang distributed, of a known number of phases `k`.
//!
//! A purchase comes after every `k`th event of a Poisson process whose rate is gamma distributed. While silent for a time
//! `s = T - t_x`, a customer who is alive is in one of the phases `0..k`, with weights
//! `w_j = (r + k x)_j / j! (s / (α + T))^j`; in each, the rate is `Gamma(r + k x + j, α + T)`.

use super::future;
use crate::number::special::{exp_of_nonpositive, ln_1p_exp, ln_beta_ratio, ln_rising, regularized_beta};
use crate::predict::given::unit::Observed;
use crate::predict::purchases::beta_geometric::BetaGeometric;

/// The largest `k`.
pub(super) const MOST_PHASES: usize = 8;

/// BG/CNBD-k or MBG/CNBD-k at its parameters, `α` that of the phases' rate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Erlang {
    pub(super) phases: u32,
    pub(super) core: BetaGeometric,
}

impl Erlang {
    /// `k x`.
    fn passed(&self, of: &Observed) -> f64 {
        f64::from(self.phases) * f64::from(of.repeats)
    }

    /// The weight of each phase, in units of the first, which is 1.
    fn weights(&self, of: &Observed) -> [f64; MOST_PHASES] {
        let [r, alpha, ..] = self.core.parameters;
        let (shape, part) = (r + self.passed(of), (of.age - of.recency) / (alpha + of.age));
        let (mut weights, mut weight) = ([0.0; MOST_PHASES], 1.0);
        for (phase, to) in (0..self.phases).map(f64::from).zip(&mut weights) {
            *to = weight;
            weight *= (shape + phase) / (phase + 1.0) * part;
        }
        weights
    }

    /// The logarithm of the density of the gaps under `k` phases over that under one, both of rate 1 and without their
    /// exponential; of gaps that are not known the mean over all that fill `t_x`.
    pub(super) fn ln_gap_factor(phases: u32, of: &Observed, ln_gaps: Option<f64>) -> f64 {
        let (more, repeats) = (f64::from(phases - 1), f64::from(of.repeats));
        match ln_gaps {
            _ if of.repeats == 0 => 0.0,
            Some(ln_gaps) => more * ln_gaps - repeats * ln_rising(1.0, more),
            None => more * repeats * libm::log(of.recency) - ln_rising(repeats, more * repeats),
        }
    }

    /// `ln f` of `x`, `t_x`, `T` and the gaps; the sum of their logarithms is in the model's unit.
    pub(super) fn log_likelihood(&self, of: &Observed, ln_gaps: Option<f64>) -> f64 {
        let ([r, alpha, a, b], passed) = (self.core.parameters, self.passed(of));
        if self.phases == 1 {
            return self.core.extra.log_likelihood(self.core.parameters, of);
        }
        let of_gaps = Self::ln_gap_factor(self.phases, of, ln_gaps) + ln_rising(r, passed);
        let silent_from = |age: f64| of_gaps - passed * libm::log(alpha + age) - r * libm::log1p(age / alpha);
        let ln_phases = libm::log(self.weights(of).iter().sum());
        let chances = self.core.extra.chances(of.repeats);
        let alive = silent_from(of.age) + ln_beta_ratio(a, b, chances);
        if chances <= 0.0 {
            return alive + ln_phases;
        }
        let silence = libm::log1p((of.age - of.recency) / (alpha + of.recency));
        let ln_odds = libm::log(a / (b + (chances - 1.0))) + (r + passed) * silence;
        if ln_odds <= ln_phases {
            return alive + ln_phases + ln_1p_exp(ln_odds - ln_phases);
        }
        // From the term of those who have left: large odds on an unlikely silence would cancel.
        let stayed_before = ln_beta_ratio(a, b, chances - 1.0);
        let left = silent_from(of.recency) + stayed_before - libm::log1p((b + (chances - 1.0)) / a);
        left + ln_1p_exp(ln_phases - ln_odds)
    }

    /// The odds of being alive to having left.
    fn shares(&self, of: &Observed) -> (f64, f64) {
        let [r, alpha, a, b] = self.core.parameters;
        let chances = self.core.extra.chances(of.repeats);
        if chances <= 0.0 {
            return (1.0, 0.0);
        }
        let silence = libm::log1p((of.age - of.recency) / (alpha + of.recency));
        let unlikely = exp_of_nonpositive(-(r + self.passed(of)) * silence);
        ((b + (chances - 1.0)) * unlikely * self.weights(of).iter().sum::<f64>(), a)
    }

    pub(super) fn alive(&self, of: &Observed) -> f64 {
        if self.phases == 1 {
            return self.core.alive(of);
        }
        let (stayed, left) = self.shares(of);
        stayed / (stayed + left)
    }

    pub(super) fn expected_purchases(&self, of: &Observed, horizon: f64) -> f64 {
        if self.phases == 1 {
            return self.core.expected(of, horizon);
        }
        let ([r, alpha, a, b], chances) = (self.core.parameters, self.core.extra.chances(of.repeats));
        let odds = horizon / (alpha + of.age);
        self.alive(of)
            * self.over_phases(of, |phase| {
                let shape = r + self.passed(of) + f64::from(phase);
                future::expected_purchases(shape, odds, [a, b + chances], [self.phases, phase])
            })
    }

    pub(super) fn probability_of_purchases(&self, of: &Observed, purchases: u32, horizon: f64) -> f64 {
        if self.phases == 1 {
            return self.core.probability_of(of, purchases, horizon);
        }
        let ([r, alpha, a, b], chances) = (self.core.parameters, self.core.extra.chances(of.repeats));
        let (stayed, left) = self.shares(of);
        let while_alive = self.over_phases(of, |phase| {
            let shape = r + self.passed(of) + f64::from(phase);
            let times = [alpha + of.age, horizon];
            future::probability_of_purchases(shape, times, [a, b + chances], [self.phases, phase], purchases)
        });
        // `1 - P(alive)` would lose the digits of those who left.
        let left_before = if purchases > 0 { 0.0 } else { left / (stayed + left) };
        f64::min(stayed / (stayed + left) * while_alive + left_before, 1.0)
    }

    /// The probability of `purchases`, 1 or more, or of more.
    pub(super) fn probability_at_least(&self, of: &Observed, purchases: u32, horizon: f64) -> f64 {
        let ([r, alpha, a, b], chances) = (self.core.parameters, self.core.extra.chances(of.repeats));
        let end = alpha + of.age + horizon;
        let (within, beyond) = (horizon / end, (alpha + of.age) / end);
        let while_alive = self.over_phases(of, |phase| {
            let first = f64::from(purchases) * f64::from(self.phases) - f64::from(phase);
            regularized_beta(first, r + self.passed(of) + f64::from(phase), within, beyond).0
        });
        let stays = libm::exp(ln_beta_ratio(a, b + chances, f64::from(purchases - 1)));
        self.alive(of) * while_alive * stays
    }

    /// The probabilities of 1 purchase or more, 2 or more, and so on.
    pub(super) fn ahead(&self, of: &Observed, horizon: f64) -> Ahead {
        let ([r, alpha, a, b], phases) = (self.core.parameters, self.phases);
        let (rate, ln_end) = (alpha + of.age, libm::log1p(horizon / (alpha + of.age)));
        let (weights, shape) = (self.weights(of), r + self.passed(of));
        let all: f64 = weights.iter().sum();
        let mut ahead = Ahead {
            phases,
            share: horizon / (rate + horizon),
            leaving: [a, b + self.core.extra.chances(of.repeats)],
            alive: self.alive(of),
            stayed: 1.0,
            purchases: 0,
            of_phases: [Passing::default(); MOST_PHASES],
        };
        for ((phase, weight), to) in (0..phases).zip(weights).zip(&mut ahead.of_phases) {
            let shape = shape + f64::from(phase);
            let (exactly, at_least) = (libm::exp(-shape * ln_end), -libm::expm1(-shape * ln_end));
            *to = Passing { weight: weight / all, shape, passed: 0.0, exactly, at_least };
        }
        ahead
    }

    /// The mean over the phases in which a customer who is alive may be.
    fn over_phases(&self, of: &Observed, of_phase: impl Fn(u32) -> f64) -> f64 {
        let (mut sum, mut all) = (0.0, 0.0);
        for (phase, weight) in (0..self.phases).zip(self.weights(of)) {
            all += weight;
            sum += if weight > 0.0 { weight * of_phase(phase) } else { 0.0 };
        }
        sum / all
    }
}

/// A customer's purchases ahead, one after the other: each probability from the one before, right to about 1e-15.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ahead {
    phases: u32,
    share: f64,
    leaving: [f64; 2],
    alive: f64,
    stayed: f64,
    purchases: u32,
    of_phases: [Passing; MOST_PHASES],
}

/// The phases that pass, of a customer who is in one of them.
#[derive(Debug, Clone, Copy, Default)]
struct Passing {
    weight: f64,
    shape: f64,
    passed: f64,
    /// The probability that exactly `passed` pass, and that more do.
    exactly: f64,
    at_least: f64,
}

impl Ahead {
    /// The probability of one purchase more than before, or of more than that.
    pub(super) fn next(&mut self) -> f64 {
        let ([a, b], n) = (self.leaving, f64::from(self.purchases));
        let mut sum = 0.0;
        for (phase, of) in (0..self.phases).zip(&mut self.of_phases) {
            let before = (n + 1.0) * f64::from(self.phases) - f64::from(phase) - 1.0;
            while of.passed < before {
                of.exactly *= self.share * ((of.shape + of.passed) / (of.passed + 1.0));
                of.at_least = f64::max(of.at_least - of.exactly, 0.0);
                of.passed += 1.0;
            }
            sum += of.weight * of.at_least;
        }
        let at_least = self.alive * (sum * self.stayed);
        self.stayed *= (b + n) / (a + b + n);
        self.purchases += 1;
        at_least
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::golden::{Worst, rows};
    use crate::predict::TimeUnit;
    use crate::predict::purchases::beta_geometric::ExtraChance;

    fn kind(model: &str, phases: f64, parameters: [f64; 4]) -> Erlang {
        let extra = ExtraChance(u32::from(model.starts_with("MBG")));
        Erlang { phases: phases as u32, core: BetaGeometric { extra, unit: TimeUnit::Day, parameters } }
    }

    #[test]
    fn points_have_their_values() {
        let (mut likelihood, mut alive) = (Worst::default(), Worst::default());
        for (model, row) in rows(include_str!("../../../../tests/data/predict/cnbd_point.csv")) {
            let &[phases, r, alpha, a, b, repeats, recency, age, ln_gaps, ln_likelihood, p_alive] = &row[..] else {
                panic!("{row:?}")
            };
            let (kind, of) =
                (kind(model, phases, [r, alpha, a, b]), Observed { repeats: repeats as u32, recency, age });
            likelihood.see(kind.log_likelihood(&of, Some(ln_gaps)), ln_likelihood, 0.0, &row);
            alive.see(kind.alive(&of), p_alive, 0.0, &row);
        }
        likelihood.below(1e-12, "likelihood");
        alive.below(1e-12, "alive");
    }

    #[test]
    fn futures_have_their_values() {
        let (mut expected, mut masses) = (Worst::default(), Worst::default());
        for (model, row) in rows(include_str!("../../../../tests/data/predict/cnbd_future.csv")) {
            let &[phases, r, alpha, a, b, repeats, recency, age, horizon, mean, ref probabilities @ ..] = &row[..]
            else {
                panic!("{row:?}")
            };
            let (kind, of) =
                (kind(model, phases, [r, alpha, a, b]), Observed { repeats: repeats as u32, recency, age });
            expected.see(kind.expected_purchases(&of, horizon), mean, 0.0, &row);
            for (n, &probability) in (0..).zip(probabilities) {
                masses.see(kind.probability_of_purchases(&of, n, horizon), probability, 1e-9, &row);
            }
        }
        // Where P(alive) is 4e-8, it is 1 less a probability there.
        expected.below(1e-9, "expected purchases");
        masses.below(1e-9, "probabilities");
    }

    #[test]
    fn new_customers_have_their_values() {
        let mut masses = Worst::default();
        for (model, row) in rows(include_str!("../../../../tests/data/predict/cnbd_pmf.csv")) {
            let &[phases, r, alpha, a, b, horizon, ref probabilities @ ..] = &row[..] else { panic!("{row:?}") };
            let (kind, new) = (kind(model, phases, [r, alpha, a, b]), Observed { repeats: 0, recency: 0.0, age: 0.0 });
            for (n, &probability) in (0..).zip(probabilities) {
                // They are quadratures.
                masses.see(kind.probability_of_purchases(&new, n, horizon), probability, 1e-3, &row);
            }
        }
        masses.below(1e-9, "probabilities");
    }
}
