//! BG/NBD: customers who may leave after each repeat purchase.

use crate::error::Result;
use crate::predict::fit::search::Search;
use crate::predict::purchases::beta_geometric::{self, BetaGeometric, ExtraChance, Likelihood};
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::{Fit, FitOptions, Sample, Samples, TimeUnit, fit};

/// The beta-geometric/NBD model: a customer leaves after a repeat purchase, never before one.
///
/// While alive, a customer buys at a rate `λ`, with `λ ~ Gamma(r, alpha)` over customers. After each repeat purchase
/// the customer leaves with a probability `p ~ Beta(a, b)`.
///
/// **A customer who came once is alive, P = 1, however long ago that was**: nobody leaves without a repeat purchase.
/// Rank customers by expected purchases, not by P(alive), or use [`MbgNbd`](crate::predict::MbgNbd).
///
/// # Formula
///
/// With `k = r + x`:
///
/// - `L = Γ(k) / Γ(r) · α^r (α + T)^-k · B(a, b + x) / B(a, b) · (1 + odds)`,
/// - `odds = a / (b + x - 1) · ((α + T) / (α + t_x))^k`, those of having left; 0 where `x = 0`,
/// - `P(alive) = 1 / (1 + odds)`, to 2e-10 at the worst and to 1e-14 as a rule,
/// - `E[Y(t)] = P(alive) · E[(1 - (1 + p t / (α + T))^-k) / p]` over `p ~ Beta(a, b + x)`; the textbook form with a
///   Gauss hypergeometric function is the same where `a ≠ 1`, and loses its digits near it.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{BgNbd, BgNbdParams, PurchaseModel, Sample, TimeUnit};
///
/// // The CDNOW customers of the model's authors, whose rates are per week.
/// let params = BgNbdParams { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
/// let model = BgNbd::from_params(params, TimeUnit::Week)?;
/// let customer = Sample::new(2, 213.0, 272.0)?;
/// assert!((model.probability_alive(&customer) - 0.7266).abs() < 1e-4);
/// assert!((model.expected_purchases(&customer, 273) - 1.226).abs() < 1e-3);
/// // A new customer, in 52 weeks.
/// assert!((model.expected_purchases(&Sample::NEW, 364) - 1.446).abs() < 1e-3);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "Counting your customers the easy way: an alternative to the
/// Pareto/NBD model", Marketing Science 24(2), 275-284, doi 10.1287/mksc.1040.0098, eqs. 3, 6 and 10.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredBgNbd", into = "StoredBgNbd"))]
pub struct BgNbd {
    unit: TimeUnit,
    params: BgNbdParams,
}

/// The parameters of [`BgNbd`], each finite, above 0 and at most `1e300`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct BgNbdParams {
    /// Shape of the purchase rates' Gamma distribution: small where customers differ much.
    pub r: f64,
    /// Rate of that distribution, in units of time: `r / alpha` purchases per unit of time on average.
    pub alpha: f64,
    /// First shape of the dropout probabilities' Beta distribution, whose mean is `a / (a + b)`.
    pub a: f64,
    /// Second shape of that distribution.
    pub b: f64,
}

fit::params::parameters!(BgNbd, BgNbdParams { r, alpha, a, b }, StoredBgNbd);

/// Beside the repeat purchases: the first purchase is no chance to leave.
const EXTRA: ExtraChance = ExtraChance(0);

impl BgNbd {
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
    pub fn fit(samples: &Samples, options: &FitOptions) -> Result<Fit<Self, BgNbdParams>> {
        let (rows, unit) = (samples.grouped(), options.unit());
        let likelihood = Likelihood::of(rows, unit, EXTRA);
        let (search, rate) = Search::by_time("BG/NBD", &likelihood.extent(), options, |age| [1.0, age, 1.0, 1.0])?;
        let starts = beta_geometric::STARTS.map(|[a, b]| [0.5, 0.5 / rate, a, b]);
        let starts = Search::starts(rows, &starts, |starts, part| {
            let likelihood = Likelihood::of(part, unit, EXTRA);
            search.climb(starts, |parameters| likelihood.evaluate(parameters))
        });
        let found = search.climb(&starts, |parameters| likelihood.evaluate(parameters))?;
        let [_, age, ..] = search.units;
        found.to_fit(
            |[r, alpha, a, b]| BgNbdParams { r, alpha, a, b },
            |params| Self::from_params(params, unit),
            |parameters| beta_geometric::limits(parameters, age),
        )
    }

    const fn core(&self) -> BetaGeometric {
        let BgNbdParams { r, alpha, a, b } = self.params;
        BetaGeometric { extra: EXTRA, unit: self.unit, parameters: [r, alpha, a, b] }
    }
}

impl PurchaseModel for BgNbd {
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
