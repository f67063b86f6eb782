//! BG/BB: customers who may buy at each opportunity until they leave unseen.

mod likelihood;

use self::likelihood::Likelihood;
use crate::error::{Error, Result};
use crate::number::special::ln_beta_ratio;
use crate::predict::contract::survival;
use crate::predict::fit::limit;
use crate::predict::fit::search::Search;
use crate::predict::{Fit, FitOptions, Latent, Limit, OpportunitySample, OpportunitySamples, Spread, fit};

/// The beta-geometric/beta-Bernoulli model: at each opportunity a customer who is alive buys with a probability
/// `p ~ Beta(alpha, beta)`, and before each leaves for good with a probability `θ ~ Beta(gamma, delta)`, independent of `p`.
///
/// It is the model for customers without a contract whose purchases fall into periods: donations and memberships by year,
/// an event, an issue of a catalogue. Horizons are numbers of opportunities; [`OpportunitySample::NEW`] stands for a new
/// customer.
///
/// # Formula
///
/// With `A(m) = B(α + x, β + m - x) / B(α, β)`:
///
/// - `L = A(n) B(γ, δ + n) / B(γ, δ) + Σ A(i) B(γ + 1, δ + i) / B(γ, δ)` over `t_x <= i < n`; the first term is that of
///   the customers who are alive at opportunity `n`,
/// - `P(alive at n)` is the first term's share of `L`,
/// - of a customer who is alive, `p ~ Beta(α + x, β + n - x)` and `θ ~ Beta(γ, δ + n)`.
///
/// The sums are of positive terms; nothing cancels or runs out of range for any `n`.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{BgBb, BgBbParams, OpportunitySample};
///
/// // The donors of the model's authors, by year.
/// let model = BgBb::from_params(BgBbParams { alpha: 1.204, beta: 0.750, gamma: 0.657, delta: 2.783 })?;
/// // A gift in each of six years promises 3.75 in the next five.
/// let loyal = OpportunitySample::new(6, 6, 6)?;
/// assert!((model.expected_purchases(&loyal, 5) - 3.75).abs() < 0.01);
/// // Two years without a gift after four with one: probably gone.
/// let lapsed = OpportunitySample::new(4, 4, 6)?;
/// assert!((model.probability_alive_at_next(&lapsed) - 0.20).abs() < 0.01);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// P. S. Fader, B. G. S. Hardie and J. Shang (2010), "Customer-base analysis in a discrete-time noncontractual
/// setting", Marketing Science 29(6), 1086-1108, doi 10.1287/mksc.1100.0580.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgBb {
    params: BgBbParams,
}

fit::params::parameters! {
    BgBb;
    BgBbParams {
        /// First shape of the purchase probabilities' Beta distribution, whose mean is `alpha / (alpha + beta)`.
        alpha,
        /// Second shape of that distribution.
        beta,
        /// First shape of the dropout probabilities' Beta distribution, whose mean is `gamma / (gamma + delta)`.
        gamma,
        /// Second shape of that distribution.
        delta,
    }
}

const NAME: &str = "BG/BB";

/// Starts of a climb: customers who differ, customers who hardly do, customers who hardly leave.
const STARTS: [[f64; 4]; 4] =
    [[1.0, 1.0, 0.5, 2.5], [0.5, 2.0, 1.0, 20.0], [10.0, 10.0, 5.0, 25.0], [0.5, 0.5, 0.05, 5.0]];

/// One more start where nobody missed an opportunity before the last purchase.
const ALWAYS_BUYS: [f64; 4] = [1e3, 1e-3, 0.5, 2.5];

impl BgBb {
    /// Fits the model: the parameters under which the samples are the most likely.
    ///
    /// Without finite parameters, the answer is a [`Boundary`](crate::predict::Boundary) that names the simpler model
    /// that fits: where nobody bought, everybody bought at every opportunity, or nobody had more than two
    /// opportunities, too few for four parameters. Takes time, for each evaluation, linear in the opportunities of each
    /// pair of `x` and `n` that occurs: some ten evaluations to a maximum, more where there is none, as every start is
    /// tried.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] for an empty sample, [`Error::NothingObserved`] when nobody had an opportunity,
    /// [`Error::Number`] for a penalty that is negative or not finite, and [`Error::NotConverged`].
    pub fn fit(samples: &OpportunitySamples, options: &FitOptions) -> Result<Fit<Self, BgBbParams>> {
        if samples.customers() == 0 {
            return Err(Error::NoCustomers { what: NAME });
        }
        let likelihood = Likelihood::of(samples);
        if likelihood.most_opportunities == 0 {
            return Err(Error::NothingObserved { what: NAME });
        }
        let (customers, distinct_rows) = (samples.customers(), samples.distinct_rows());
        let search = Search::new(NAME, [1.0; 4], options, customers, distinct_rows);
        let simpler = if options.penalty() > 0.0 { None } else { Simpler::of(samples, &likelihood) };
        let mut starts = simpler.as_ref().map_or(STARTS.to_vec(), |simpler| vec![simpler.start]);
        if samples.iter().all(|(sample, _)| sample.repeats() == sample.recency()) {
            starts.push(ALWAYS_BUYS);
        }
        let found = search.climb(&starts, |parameters| likelihood.evaluate(parameters))?;
        let params = |[alpha, beta, gamma, delta]: [f64; 4]| BgBbParams { alpha, beta, gamma, delta };
        let found = if simpler.is_some() { found.without_maximum() } else { found };
        found.to_fit(params, Self::from_params, |[alpha, beta, gamma, delta]| {
            simpler.map(|simpler| simpler.limits).filter(|limits| !limits.is_empty()).unwrap_or_else(|| {
                limit::reached(&[
                    limit::beta(Latent::PurchaseProbability, alpha, beta),
                    limit::beta(Latent::DropoutProbabilityPerOpportunity, gamma, delta),
                ])
            })
        })
    }

    /// `ln f(x, t_x | n)`: the log probability of the customer's row of purchases. Takes time linear in the
    /// opportunities since the last purchase, as all answers of the model.
    pub fn log_likelihood(&self, sample: &OpportunitySample) -> f64 {
        let since = self.since(sample);
        self.ln_up_to(sample.repeats(), sample.recency()) + libm::log(since.alive + since.left) + since.ln_unit
    }

    /// P(alive): the probability, in `[0, 1]`, that the customer has not left **by the last opportunity**, number `n`.
    ///
    /// It is 1 after a purchase at the last opportunity. The paper and the R package BTYD use
    /// [`probability_alive_at_next`](BgBb::probability_alive_at_next).
    pub fn probability_alive(&self, sample: &OpportunitySample) -> f64 {
        let since = self.since(sample);
        since.alive / (since.alive + since.left)
    }

    /// The probability, in `[0, 1)`, that the customer will be alive **at the next opportunity**, number `n + 1`.
    pub fn probability_alive_at_next(&self, sample: &OpportunitySample) -> f64 {
        let BgBbParams { gamma, delta, .. } = self.if_alive(sample).params;
        self.probability_alive(sample) * survival::first(gamma, delta)
    }

    /// The expected number, from 0 to `opportunities`, of the next opportunities at which the customer buys. Formula:
    /// `P(alive at n) · (α + x) / (α + β + n) · Σ B(γ, δ + n + i) / B(γ, δ + n)` over `1 <= i <= opportunities`. The
    /// sum has a closed form, with its limit at `γ = 1`: the time is constant in `opportunities`.
    pub fn expected_purchases(&self, sample: &OpportunitySample, opportunities: u32) -> f64 {
        let BgBbParams { alpha, beta, gamma, delta } = self.if_alive(sample).params;
        let chances = survival::total(gamma, delta, opportunities);
        self.probability_alive(sample) * survival::first(beta, alpha) * chances
    }

    /// DERT: the discounted expected number of future purchases, one at the next opportunity discounted once, at a rate of
    /// `discount` per opportunity, such as 0.1.
    ///
    /// Times the margin of a purchase, it is the residual value of the customer; for [`OpportunitySample::NEW`], that
    /// of a new one beyond the purchase that won it. Formula: `Σ P(purchase at n + t) (1 + d)^-t` over `t >= 1`.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] for a discount rate that is not finite and `1e-9` or more; a rate `d` takes some `10 / √d` steps.
    pub fn discounted_purchases(&self, sample: &OpportunitySample, discount: f64) -> Result<f64> {
        let rate = survival::rate(discount)?;
        let BgBbParams { alpha, beta, gamma, delta } = self.if_alive(sample).params;
        let chances = survival::discounted(gamma, delta, rate) / (1.0 + rate);
        Ok(self.probability_alive(sample) * survival::first(beta, alpha) * chances)
    }

    /// The probability that the customer buys at exactly `purchases` of the next `opportunities`; 0 for more purchases than
    /// opportunities. Linear in `opportunities - purchases`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for more opportunities than [`OpportunitySample::MAX_OPPORTUNITIES`].
    pub fn probability_of_purchases(
        &self,
        sample: &OpportunitySample,
        purchases: u32,
        opportunities: u32,
    ) -> Result<f64> {
        Error::within("opportunities ahead", opportunities, 0..=OpportunitySample::MAX_OPPORTUNITIES.into())?;
        let since = self.since(sample);
        let all = since.alive + since.left;
        let if_alive = self.if_alive(sample).probability_of_new(purchases, opportunities);
        Ok(if purchases > 0 { since.alive / all * if_alive } else { (since.alive * if_alive + since.left) / all })
    }

    /// The probability of no purchase at any of the next `opportunities`.
    ///
    /// # Errors
    ///
    /// As [`probability_of_purchases`](BgBb::probability_of_purchases).
    pub fn probability_no_purchase(&self, sample: &OpportunitySample, opportunities: u32) -> Result<f64> {
        self.probability_of_purchases(sample, 0, opportunities)
    }

    /// The model by which a new customer is like this one, if alive.
    fn if_alive(&self, sample: &OpportunitySample) -> Self {
        let BgBbParams { alpha, beta, gamma, delta } = self.params;
        let (repeats, opportunities) = (f64::from(sample.repeats()), f64::from(sample.opportunities()));
        let beta = beta + (opportunities - repeats);
        Self { params: BgBbParams { alpha: alpha + repeats, beta, gamma, delta: delta + opportunities } }
    }

    /// The log of the probability of a given row of `repeats` purchases in `opportunities`, by a customer who is alive
    /// at the end of it.
    fn ln_up_to(&self, repeats: u32, opportunities: u32) -> f64 {
        let BgBbParams { alpha, beta, gamma, delta } = self.params;
        let (bought, passed) = (f64::from(repeats), f64::from(opportunities - repeats));
        ln_beta_ratio(beta, alpha, bought)
            + ln_beta_ratio(alpha + bought, beta, passed)
            + ln_beta_ratio(gamma, delta, f64::from(opportunities))
    }

    fn since(&self, sample: &OpportunitySample) -> Weights {
        self.weigh(sample.repeats(), sample.recency(), sample.opportunities(), |_| 1.0)
    }

    fn probability_of_new(&self, purchases: u32, opportunities: u32) -> f64 {
        if purchases > opportunities {
            return 0.0;
        }
        // The probability of one row, with all purchases first, times the number of rows of as many purchases.
        let bought = f64::from(purchases);
        let rows = |before: f64| (before + 1.0) / (before + 1.0 - bought);
        let Weights { alive, left, ln_unit } = self.weigh(purchases, purchases, opportunities, rows);
        libm::exp(self.ln_up_to(purchases, purchases) + libm::log(alive + left) + ln_unit)
    }

    /// The weights, among customers alive at opportunity `from` with `repeats` purchases, of those who buy at none after
    /// it up to `to`. `times` multiplies the weight of all who are alive at the opportunity after a given one.
    ///
    /// From the end to the start, by Horner's rule: a customer either leaves before an opportunity, or passes it by.
    fn weigh(&self, repeats: u32, from: u32, to: u32, times: impl Fn(f64) -> f64) -> Weights {
        let BgBbParams { alpha, beta, gamma, delta } = self.params;
        let (mut weights, mut unit) = (Weights { alive: 1.0, left: 0.0, ln_unit: 0.0 }, 1.0);
        for before in (from..to).rev() {
            let passed = beta + f64::from(before - repeats);
            let before = f64::from(before);
            let stays = survival::first(gamma, delta + before);
            let leaves = survival::first(delta + before, gamma);
            let goes_on = times(before) * stays * survival::first(alpha + f64::from(repeats), passed);
            weights.alive *= goes_on;
            weights.left = weights.left * goes_on + leaves * unit;
            let larger = f64::max(weights.alive, weights.left);
            if !(1e-100..=1e100).contains(&larger) {
                let factor = if larger > 1.0 { 1e-100 } else { 1e100 };
                weights.alive *= factor;
                weights.left *= factor;
                weights.ln_unit -= libm::log(factor);
                unit = f64::min(libm::exp(-weights.ln_unit), 1e300);
            }
        }
        weights
    }
}

/// The weights of those alive at the end and of those who left before it, in a unit that keeps them in range.
struct Weights {
    alive: f64,
    left: f64,
    ln_unit: f64,
}

/// A model with fewer parameters that fits as well, where the samples show it without a search.
struct Simpler {
    /// Empty where it takes a search to tell.
    limits: Vec<Limit>,
    /// Near it.
    start: [f64; 4],
}

impl Simpler {
    #[allow(clippy::cast_precision_loss, reason = "customers are fewer than 2^53")]
    fn of(samples: &OpportunitySamples, likelihood: &Likelihood) -> Option<Self> {
        let buys = |spread| Limit { of: Latent::PurchaseProbability, spread };
        let leaves = |spread| Limit { of: Latent::DropoutProbabilityPerOpportunity, spread };
        let sum = |of: fn(&OpportunitySample) -> u32| -> f64 {
            samples.iter().map(|(sample, customers)| f64::from(of(&sample)) * customers as f64).sum()
        };
        let (bought, chances) = (sum(OpportunitySample::repeats), sum(OpportunitySample::opportunities));
        let share = bought / chances;
        if samples.iter().all(|(sample, _)| sample.repeats() == 0) {
            return Some(Self { limits: vec![buys(Spread::Zero)], start: [1.0, 1e4, 1.0, 10.0] });
        }
        if samples.iter().all(|(sample, _)| sample.repeats() == sample.opportunities()) {
            return Some(Self { limits: vec![buys(Spread::One), leaves(Spread::Zero)], start: [1e4, 1.0, 1.0, 1e4] });
        }
        let size = f64::min(1e5 / f64::min(share, 1.0 - share), 1e8);
        match likelihood.most_opportunities {
            1 => Some(Self {
                limits: vec![buys(Spread::Same(share)), leaves(Spread::Zero)],
                start: [size * share, size * (1.0 - share), 1e-4, 1e4],
            }),
            // Three parameters, of customers who all leave alike, explain the three probabilities there are.
            2 => Some(Self { limits: Vec::new(), start: [1.0, 1.0, 1e4, 4e4] }),
            _ => None,
        }
    }
}
