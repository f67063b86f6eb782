//! NBD: customers who never leave.

use crate::error::Result;
use crate::number::special::beta_kernel;
use crate::parallel;
use crate::predict::fit::identification::Simpler;
use crate::predict::fit::limit;
use crate::predict::purchases::counts;
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::purchases::purchasing::{Densities, Purchasing, log_density};
use crate::predict::purchases::while_alive::WhileAlive;
use crate::predict::{Fit, FitOptions, Latent, Sample, Samples, TimeUnit, fit};
use crate::scale::{Confidence, Interval};

/// The negative binomial model: a customer buys at a rate `λ ~ Gamma(r, alpha)`, and nobody leaves.
///
/// Models with dropout become this one where the data show none.
///
/// # Formula
///
/// With `k = r + x`: `L = Γ(k) / Γ(r) · α^r (α + T)^-k`, `P(alive) = 1`, `E[Y(t)] = k t / (α + T)`; `Y(t)` is negative
/// binomial.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{Nbd, NbdParams, PurchaseModel, Sample, TimeUnit};
///
/// let model = Nbd::from_params(NbdParams { r: 0.5, alpha: 10.0 }, TimeUnit::Day)?;
/// let customer = Sample::new(2, 7.0, 15.0)?;
/// assert_eq!(model.expected_purchases(&customer, 10), 1.0);
/// assert_eq!(model.probability_alive(&customer), 1.0);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// A. S. C. Ehrenberg (1959), "The pattern of consumer purchases", Applied Statistics 8(1), 26-41, doi 10.2307/2985810.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nbd {
    unit: TimeUnit,
    params: NbdParams,
}

fit::params::parameters! {
    Nbd, unit;
    NbdParams {
        /// Shape of the purchase rates' Gamma distribution: small where customers differ much.
        r,
        /// Rate of that distribution, in units of time: `r / alpha` purchases per unit of time on average.
        alpha,
    }
}

impl Nbd {
    /// Fits the model: the parameters under which the purchases of the samples are the most likely, or else a
    /// [`Boundary`](crate::predict::Boundary) that names the simpler model that fits.
    ///
    /// # Errors
    ///
    /// As [`ModelKind::fit`](crate::predict::ModelKind::fit).
    pub fn fit(samples: &Samples, options: &FitOptions) -> Result<Fit<Self, NbdParams>> {
        let unit = options.unit();
        let purchasing = Purchasing::of(samples.grouped(), unit);
        let found = purchasing.climb(options)?;
        let (poisson, nbd, age) = (purchasing.poisson(), found.report.log_likelihood, purchasing.extent().age);
        let found = found.identified(&Simpler { poisson, nbd }, None);
        found.to_fit(
            |[r, alpha]| NbdParams { r, alpha },
            |params| Self::from_params(params, unit),
            |[r, alpha]| limit::reached(&[limit::gamma(Latent::PurchaseRate, r, alpha, 1.0 / age)]),
        )
    }

    /// Shape and rate of a customer's posterior purchase rate.
    fn posterior(&self, sample: &Sample) -> (f64, f64) {
        let age = self.unit.of_days(sample.age_days());
        (self.params.r + f64::from(sample.repeats()), self.params.alpha + age)
    }

    fn counts(&self, sample: &Sample, horizon_days: u32) -> WhileAlive {
        let (shape, rate) = self.posterior(sample);
        WhileAlive { shape, rate, time: self.unit.of_days(horizon_days.into()), leaving: None }
    }
}

/// Customers that a thread works on at once.
const PART: usize = 1 << 13;

impl PurchaseModel for Nbd {
    fn log_likelihood(&self, sample: &Sample) -> f64 {
        log_density(self.params.r, self.params.alpha, &self.unit.of_sample(sample))
    }

    /// 1: nobody leaves.
    fn probability_alive(&self, _: &Sample) -> f64 {
        1.0
    }

    fn expected_purchases(&self, sample: &Sample, horizon_days: u32) -> f64 {
        let (shape, rate) = self.posterior(sample);
        shape * (self.unit.of_days(horizon_days.into()) / rate)
    }

    fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        let (shape, rate) = self.posterior(sample);
        let horizon = self.unit.of_days(horizon_days.into());
        let (end, purchases) = (rate + horizon, f64::from(purchases));
        if purchases <= 0.0 {
            libm::exp(-shape * self.counts(sample, horizon_days).ln_end())
        } else if horizon <= 0.0 {
            0.0
        } else {
            beta_kernel(purchases, shape, horizon / end, rate / end) / purchases
        }
    }

    fn probability_buys(&self, sample: &Sample, horizon_days: u32) -> f64 {
        self.counts(sample, horizon_days).buys()
    }

    fn probability_at_least(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        self.counts(sample, horizon_days).at_least(purchases)
    }

    fn probabilities_at_least(&self, sample: &Sample, horizon_days: u32, each: &mut dyn FnMut(f64) -> bool) {
        self.counts(sample, horizon_days).each_at_least(each);
    }

    fn days_until(&self, sample: &Sample, probability: f64) -> Option<u32> {
        counts::days_until(self, sample, 1.0, self.posterior(sample), self.unit, probability)
    }

    fn log_likelihood_all(&self, samples: &[Sample]) -> Vec<f64> {
        parallel::concat(samples.len(), PART, |part| {
            let mut densities = Densities::new(self.params.r, self.params.alpha, self.unit);
            let density = |sample: &Sample| densities.of(sample.repeats(), sample.age_days());
            samples.get(part).unwrap_or_default().iter().map(density).collect()
        })
    }

    fn interval_of_purchases_all(
        &self,
        samples: &[Sample],
        confidence: Confidence,
        horizon_days: u32,
    ) -> Vec<Option<Interval>> {
        counts::intervals_of_all(self, samples, None, confidence, horizon_days, |sample, each| {
            self.counts(sample, horizon_days).each_at_least(each);
        })
    }
}
