//! MBG/NBD: customers who may leave after each purchase, the first too.

use crate::error::Result;
use crate::predict::fit::search::Search;
use crate::predict::purchases::beta_geometric::{self, BetaGeometric, ExtraChance, Likelihood};
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::{Fit, FitOptions, Sample, Samples, TimeUnit, fit};

/// The modified beta-geometric/NBD model: a customer may leave after any purchase, the first one too.
///
/// While alive, a customer buys at a rate `λ`, with `λ ~ Gamma(r, alpha)` over customers. After each purchase the
/// customer leaves with a probability `p ~ Beta(a, b)`. It is [`BgNbd`](crate::predict::BgNbd) without that model's blind spot,
/// customers who came once.
///
/// # Formula
///
/// With `k = r + x`:
///
/// - `L = Γ(k) / Γ(r) · α^r (α + T)^-k · B(a, b + x + 1) / B(a, b) · (1 + odds)`,
/// - `odds = a / (b + x) · ((α + T) / (α + t_x))^k`, those of having left,
/// - `P(alive) = 1 / (1 + odds)`, to 2e-10 at the worst and to 1e-14 as a rule,
/// - `E[Y(t)] = P(alive) · E[(1 - (1 + p t / (α + T))^-k) / p]` over `p ~ Beta(a, b + x + 1)`.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{MbgNbd, MbgNbdParams, PurchaseModel, Sample, TimeUnit};
///
/// // CDNOW, whose rates are per week; who is asked about is observed for 272 days.
/// let params = MbgNbdParams { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 };
/// let model = MbgNbd::from_params(params, TimeUnit::Week)?;
/// let (once, thrice) = (Sample::new(0, 0.0, 272.0)?, Sample::new(2, 213.0, 272.0)?);
/// assert!((model.probability_alive(&thrice) - 0.7062).abs() < 1e-4);
/// assert!(model.probability_alive(&once) < 0.5);
/// assert!((model.expected_purchases(&thrice, 273) - 1.263).abs() < 1e-3);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// E. P. Batislam, M. Denizel and A. Filiztekin (2007), "Empirical validation and comparison of models for customer
/// base analysis", International Journal of Research in Marketing 24(3), 201-209, doi 10.1016/j.ijresmar.2006.12.005.
/// D. Hoppe and U. Wagner (2007), "Customer base analysis: the case for a central variant of the betageometric/NBD
/// model", Marketing ZFP 29(2), 75-90.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredMbgNbd", into = "StoredMbgNbd"))]
pub struct MbgNbd {
    unit: TimeUnit,
    params: MbgNbdParams,
}

/// The parameters of [`MbgNbd`], each finite, above 0 and at most `1e300`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct MbgNbdParams {
    /// Shape of the purchase rates' Gamma distribution: small where customers differ much.
    pub r: f64,
    /// Rate of that distribution, in units of time: `r / alpha` purchases per unit of time on average.
    pub alpha: f64,
    /// First shape of the dropout probabilities' Beta distribution, whose mean is `a / (a + b)`.
    pub a: f64,
    /// Second shape of that distribution.
    pub b: f64,
}

fit::params::parameters!(MbgNbd, MbgNbdParams { r, alpha, a, b }, StoredMbgNbd);

/// Beside the repeat purchases: the first purchase is a chance to leave, too.
const EXTRA: ExtraChance = ExtraChance(1);

impl MbgNbd {
    /// Fits the model: the parameters under which the purchases of the samples are the most likely.
    ///
    /// Where no finite parameters are, the answer is a [`Boundary`](crate::predict::Boundary) that names the simpler
    /// model that fits.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`](crate::Error::NoCustomers) for samples of nobody,
    /// [`Error::NothingObserved`](crate::Error::NothingObserved) when every `T` is 0,
    /// [`Error::Number`](crate::Error::Number) for a penalty that is negative or not finite, and
    /// [`Error::NotConverged`](crate::Error::NotConverged).
    ///
    /// # Complexity
    ///
    /// Linear in distinct rows for each evaluation: some ten to a maximum, up to a hundred where there is none.
    pub fn fit(samples: &Samples, options: &FitOptions) -> Result<Fit<Self, MbgNbdParams>> {
        let (rows, unit) = (samples.grouped(), options.unit());
        let likelihood = Likelihood::of(rows, unit, EXTRA);
        let (search, rate) = Search::by_time("MBG/NBD", &likelihood.extent(), options, |age| [1.0, age, 1.0, 1.0])?;
        let starts = beta_geometric::STARTS.map(|[a, b]| [0.5, 0.5 / rate, a, b]);
        let starts = Search::starts(rows, &starts, |starts, part| {
            let likelihood = Likelihood::of(part, unit, EXTRA);
            search.climb(starts, |parameters| likelihood.evaluate(parameters))
        });
        let found = search.climb(&starts, |parameters| likelihood.evaluate(parameters))?;
        let [_, age, ..] = search.units;
        found.to_fit(
            |[r, alpha, a, b]| MbgNbdParams { r, alpha, a, b },
            |params| Self::from_params(params, unit),
            |parameters| beta_geometric::limits(parameters, age),
        )
    }

    const fn core(&self) -> BetaGeometric {
        let MbgNbdParams { r, alpha, a, b } = self.params;
        BetaGeometric { extra: EXTRA, unit: self.unit, parameters: [r, alpha, a, b] }
    }
}

impl PurchaseModel for MbgNbd {
    fn log_likelihood(&self, sample: &Sample) -> f64 {
        self.core().log_likelihood(sample)
    }

    fn probability_alive(&self, sample: &Sample) -> f64 {
        self.core().probability_alive(sample)
    }

    fn expected_purchases(&self, sample: &Sample, horizon_days: u32) -> f64 {
        self.core().expected_purchases(sample, self.unit.of_days(horizon_days.into()))
    }

    fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        self.core().probability_of_purchases(sample, purchases, self.unit.of_days(horizon_days.into()))
    }

    fn probability_alive_all(&self, samples: &[Sample]) -> Vec<f64> {
        self.core().probability_alive_all(samples)
    }

    fn expected_purchases_all(&self, samples: &[Sample], horizon_days: u32) -> Vec<f64> {
        self.core().expected_purchases_all(samples, self.unit.of_days(horizon_days.into()))
    }
}
