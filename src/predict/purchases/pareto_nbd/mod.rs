//! Pareto/NBD: customers who may leave at any time.

mod counts;
mod future;
mod likelihood;
mod race;

use self::likelihood::Likelihood;
use crate::error::Result;
use crate::number::special::logistic;
use crate::predict::fit::limit;
use crate::predict::fit::search::Search;
use crate::predict::given::grouped::Grouped;
use crate::predict::purchases::counts as any;
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::purchases::purchasing::Purchasing;
use crate::predict::{Fit, FitOptions, Latent, Sample, Samples, TimeUnit, fit};

/// The Pareto/NBD model: while alive, a customer buys at a rate `λ ~ Gamma(r, alpha)` and leaves, unseen and at any time,
/// at a rate `μ ~ Gamma(s, beta)`.
///
/// P(alive) falls with silence, for a customer who came once too.
///
/// # Formula
///
/// With `k = r + x` and, for the probability that the customer left within the silence and not bought before that,
/// `J = s ∫ ((α + t_x) / (α + u))^k ((β + t_x) / (β + u))^s du / (β + u)`, `u` from `t_x` to `T`:
///
/// - `S = ((α + t_x) / (α + T))^k ((β + t_x) / (β + T))^s`, the probability of no purchase and no exit in the silence,
/// - `L = Γ(k) / Γ(r) · α^r (α + t_x)^-k · (β / (β + t_x))^s · (S + J)`,
/// - `P(alive) = S / (S + J)`,
/// - `E[Y(t)] = P(alive) · k / (α + T) · ∫ ((β + T) / (β + T + u))^s du`, `u` from 0 to `t`,
/// - `P(Y(t) = n) = P(alive) · [NB(n; t) (1 + t / (β + T))^-s + s ∫ NB(n; u) (1 + u / (β + T))^-s du / (β + T + u)]`,
///   `u` from 0 to `t`, with the negative binomial probability `NB(n; u)` of shape `k` and mean `k u / (α + T)`; and
///   `1 - P(alive)` more for `n = 0`.
///
/// `J` is a difference of two Gauss hypergeometric functions in the textbooks; here it is integrated as it stands,
/// where nothing cancels.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{ParetoNbd, ParetoNbdParams, PurchaseModel, Sample, TimeUnit};
///
/// // CDNOW, with rates per week.
/// let params = ParetoNbdParams { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 };
/// let model = ParetoNbd::from_params(params, TimeUnit::Week)?;
/// let customer = Sample::new(2, 213.0, 272.0)?;
/// assert!((model.probability_alive(&customer) - 0.8692).abs() < 1e-4);
/// assert!((model.expected_purchases(&customer, 273) - 1.455).abs() < 1e-3);
/// // A customer who never came back.
/// assert!((model.probability_alive(&Sample::new(0, 0.0, 272.0)?) - 0.2953).abs() < 1e-4);
/// // A new customer, in 39 weeks.
/// assert!((model.expected_purchases(&Sample::NEW, 273) - 1.213).abs() < 1e-3);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// D. C. Schmittlein, D. G. Morrison and R. Colombo (1987), "Counting your customers: who are they and what will they
/// do next?", Management Science 33(1), 1-24, doi 10.1287/mnsc.33.1.1.
/// P. S. Fader and B. G. S. Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions",
/// brucehardie.com/notes/009.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParetoNbd {
    unit: TimeUnit,
    params: ParetoNbdParams,
}

fit::params::parameters! {
    ParetoNbd, unit;
    ParetoNbdParams {
        /// Shape of the purchase rates' Gamma distribution: small where customers differ much.
        r,
        /// Rate of that distribution, in units of time: `r / alpha` purchases per unit of time on average.
        alpha,
        /// Shape of the dropout rates' Gamma distribution: small where customers differ much.
        s,
        /// Rate of that distribution, in units of time: half of all new customers have left after `beta (2^(1 / s) - 1)`.
        beta,
    }
}

/// `r`, `alpha`, `s`, `beta`.
type Parameters = [f64; 4];

/// Starts of a climb: `r`, `s`, and `beta` over the largest age. Nearly every shop has its maximum in reach of the first;
/// the others look for one where that ends on a boundary.
const STARTS: [[f64; 3]; 3] = [[0.5, 0.5, 0.5], [0.5, 0.02, 1.0], [0.5, 10.0, 20.0]];

/// Further starts for a small shop: customers who leave at once beside others, who buy at one rate or do not, and rates
/// decades apart.
const MORE_STARTS: [[f64; 3]; 3] = [[50.0, 0.2, 0.01], [0.5, 0.1, 0.001], [0.02, 0.5, 0.5]];

impl ParetoNbd {
    /// Fits the model: the parameters under which the purchases of the samples are the most likely, or else a
    /// [`Boundary`](crate::predict::Boundary) that names the simpler model that fits.
    ///
    /// No maximum exists in a shop whose customers do not seem to leave, nor in one where all seem to leave at one rate.
    ///
    /// # Errors
    ///
    /// As [`ModelKind::fit`](crate::predict::ModelKind::fit).
    pub fn fit(samples: &Samples, options: &FitOptions) -> Result<Fit<Self, ParetoNbdParams>> {
        let (rows, unit) = (samples.grouped(), options.unit());
        let purchasing = Purchasing::of(rows, unit);
        let (search, rate) = Search::by_time("Pareto/NBD", &purchasing.extent(), options, |age| [1.0, age, 1.0, age])?;
        let [_, age, ..] = search.units;
        let more: &[_] = if search.tries_all { &MORE_STARTS } else { &[] };
        let start = |&[r, s, beta]: &[f64; 3]| [r, r / rate, s, beta * age];
        let starts: Vec<_> = STARTS.iter().chain(more).map(start).collect();
        let climb = |starts: &[Parameters], rows: &Grouped| {
            let likelihood = Likelihood::of(rows, unit);
            search.climb(starts, |parameters| likelihood.evaluate(parameters))
        };
        let found = climb(&search.starts(rows, &starts, climb), rows)?;
        let found = found.identified(&purchasing.simpler(options)?, Some(Latent::DropoutRate));
        let limits = |[r, alpha, s, beta]: Parameters| {
            limit::reached(&[
                limit::gamma(Latent::PurchaseRate, r, alpha, 1.0 / age),
                limit::gamma(Latent::DropoutRate, s, beta, 1.0 / age),
            ])
        };
        let params = |[r, alpha, s, beta]: Parameters| ParetoNbdParams { r, alpha, s, beta };
        found.to_fit(params, |params| Self::from_params(params, unit), limits)
    }

    const fn parameters(&self) -> Parameters {
        let ParetoNbdParams { r, alpha, s, beta } = self.params;
        [r, alpha, s, beta]
    }

    /// The parameters of a customer who is alive, and the log odds of that.
    fn posterior(&self, sample: &Sample) -> (Parameters, f64) {
        let ([r, alpha, s, beta], of) = (self.parameters(), self.unit.of_sample(sample));
        let logit = likelihood::silence(self.parameters(), &of).ends().logit_alive();
        ([r + f64::from(of.repeats), alpha + of.age, s, beta + of.age], logit)
    }

    fn time_until(&self, posterior: Parameters, alive: f64, probability: f64) -> Option<(f64, f64)> {
        let [shape, rate, ..] = posterior;
        // Who leaves does not buy: without leaving, the day comes earlier.
        let (start, _) = any::time_until(alive, (shape, rate), TimeUnit::Day, probability)?;
        let day = self.unit.of_days(1.0);
        let time = counts::time_until(posterior, alive, probability, start, day * f64::from(u32::MAX))?;
        Some((time / day, 1e-6 * (1.0 + time / day)))
    }
}

impl PurchaseModel for ParetoNbd {
    fn log_likelihood(&self, sample: &Sample) -> f64 {
        likelihood::log_likelihood(self.parameters(), &self.unit.of_sample(sample))
    }

    fn probability_alive(&self, sample: &Sample) -> f64 {
        logistic(self.posterior(sample).1)
    }

    fn probability_buys(&self, sample: &Sample, horizon_days: u32) -> f64 {
        self.probability_at_least(sample, 1, horizon_days)
    }

    fn probability_at_least(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        let ((posterior, logit), horizon) = (self.posterior(sample), self.unit.of_days(horizon_days.into()));
        if purchases > 0 { logistic(logit) * counts::at_least(posterior, purchases, horizon) } else { 1.0 }
    }

    fn probabilities_at_least(&self, sample: &Sample, horizon_days: u32, each: &mut dyn FnMut(f64) -> bool) {
        let ((posterior, logit), horizon) = (self.posterior(sample), self.unit.of_days(horizon_days.into()));
        let alive = logistic(logit);
        counts::each_at_least(posterior, horizon, &mut |at_least| each(alive * at_least));
    }

    fn days_until(&self, sample: &Sample, probability: f64) -> Option<u32> {
        if !(any::is_probability(probability) && probability > 0.0) {
            return (probability.abs() <= 0.0).then_some(0);
        }
        let (posterior, logit) = self.posterior(sample);
        let (guess, error) = self.time_until(posterior, logistic(logit), probability)?;
        any::first_day(guess, error, |days| self.probability_buys(sample, days) >= probability)
    }

    fn expected_purchases(&self, sample: &Sample, horizon_days: u32) -> f64 {
        let (posterior, logit) = self.posterior(sample);
        logistic(logit) * future::expected_purchases(posterior, self.unit.of_days(horizon_days.into()))
    }

    fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        let ((posterior, logit), horizon) = (self.posterior(sample), self.unit.of_days(horizon_days.into()));
        let alive = logistic(logit);
        if purchases > 0 {
            alive * future::probability_of_purchases(posterior, purchases, horizon)
        } else {
            // `1 - P(alive)` would lose the digits of the complement.
            let no_purchase = logistic(-logit) + alive * libm::exp(future::ln_no_purchase(posterior, horizon));
            f64::min(no_purchase, 1.0)
        }
    }
}
