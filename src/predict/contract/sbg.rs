//! sBG, shifted-beta-geometric: customers who renew a contract or leave for good.

use crate::error::Result;
use crate::number::optimize::Evaluation;
use crate::number::special::ln_beta_ratio;
use crate::predict::contract::survival;
use crate::predict::fit::limit;
use crate::predict::fit::search::Search;
use crate::predict::given::renewal::Renewals;
use crate::predict::{Fit, FitOptions, Latent, Limit, RenewalCohort, Spread, fit};

/// The shifted-beta-geometric model: a customer does not renew with a probability `θ ~ Beta(alpha, beta)`, the same at
/// every renewal.
///
/// Customers of high `θ` leave first: the retention rate of a cohort rises, though nobody becomes more loyal. Time is
/// counted in renewals: a customer pays for the period before renewal 1 in any case, and leaves **at** renewal `t`, having
/// made `t - 1`. For customers who leave unseen, see [`BgBb`](crate::predict::BgBb) and [`MbgNbd`](crate::predict::MbgNbd).
///
/// # Formula
///
/// - `S(t) = B(α, β + t) / B(α, β)`, the share that makes `t` renewals or more,
/// - `P(t) = B(α + 1, β + t - 1) / B(α, β)`, the share that leaves at renewal `t >= 1`,
/// - `r(t) = S(t) / S(t - 1) = (β + t - 1) / (α + β + t - 1)`,
/// - after `n` renewals, a customer's `θ` is `Beta(α, β + n)`.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{FitOptions, RenewalCohort, Sbg};
///
/// // Of 1000 customers, those left after each year: seven of the twelve years of the paper.
/// let cohort = RenewalCohort::new(vec![1000, 631, 468, 382, 326, 289, 262, 241])?;
/// let fitted = Sbg::fit(&[cohort], &FitOptions::default())?.interior()?;
/// assert!((fitted.model.params().alpha - 0.704).abs() < 1e-3);
/// assert!((fitted.model.params().beta - 1.182).abs() < 1e-3);
///
/// // In the twelfth year, 17.3% were left.
/// assert!((fitted.model.survival(12) - 0.173).abs() < 0.003);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// P. S. Fader and B. G. S. Hardie (2007), "How to project customer retention", Journal of Interactive Marketing 21(1),
/// 76-90, doi 10.1002/dir.20074. The same (2010), "Customer-base valuation in a contractual setting: the
/// perils of ignoring heterogeneity", Marketing Science 29(1), 85-93, doi 10.1287/mksc.1080.0482.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sbg {
    params: SbgParams,
}

fit::params::parameters! {
    Sbg;
    SbgParams {
        /// First shape of the churn probabilities' Beta distribution, whose mean is `alpha / (alpha + beta)`.
        alpha,
        /// Second shape of that distribution.
        beta,
    }
}

const NAME: &str = "sBG";

impl Sbg {
    /// Fits the model: the parameters under which all cohorts together are the most likely.
    ///
    /// **Population**: the customers of all cohorts, in any order and in parts, with any numbers of renewals; a cohort
    /// without a renewal adds nothing.
    ///
    /// Without finite parameters, the answer is a [`Boundary`](crate::predict::Boundary) that names the simpler model
    /// that fits: where nobody leaves, everybody leaves at the first renewal, there is one renewal only, or the
    /// retention rate does not rise. Takes time linear in counts, and in renewals for each of some ten evaluations.
    ///
    /// # Errors
    ///
    /// [`NoCustomers`](crate::Error::NoCustomers) without a customer,
    /// [`NothingObserved`](crate::Error::NothingObserved) without a renewal, [`Number`](crate::Error::Number) for a
    /// penalty that is negative or not finite, and [`NotConverged`](crate::Error::NotConverged).
    pub fn fit(cohorts: &[RenewalCohort], options: &FitOptions) -> Result<Fit<Self, SbgParams>> {
        let renewals = Renewals::observed(NAME, cohorts)?;
        let (customers, distinct_rows) = (renewals.customers, renewals.fates);
        let search = Search::new(NAME, [1.0; 2], options, customers, distinct_rows);
        let share = renewals.share_left();
        let known = if options.penalty() > 0.0 { None } else { known_spread(&renewals) };
        let of_size = |size: f64| [size * share, size * (1.0 - share)];
        let starts = if let Some(Spread::Same(_)) = known {
            vec![of_size(f64::min(1e5 / f64::min(share, 1.0 - share), 1e8))]
        } else {
            // Customers who differ, customers who hardly do, customers at the extremes.
            vec![[1.0, 2.0], [20.0, 60.0], of_size(0.01)]
        };
        let found = search.climb(&starts, |parameters| evaluate(&renewals, parameters))?;
        let params = |[alpha, beta]: [f64; 2]| SbgParams { alpha, beta };
        let found = if known.is_some() { found.without_maximum() } else { found };
        found.to_fit(params, Self::from_params, |[alpha, beta]| {
            if let Some(spread) = known {
                return vec![Limit { of: Latent::ChurnProbability, spread }];
            }
            // Some left and some renewed, however rare one of the two is.
            let (share, size) = (alpha / (alpha + beta), alpha + beta);
            let spreads = [(Spread::Same(share), size), (Spread::Extremes(share), 1.0 / size)];
            limit::reached(&[limit::approach(Latent::ChurnProbability, spreads)])
        })
    }

    /// `ln L`: the sum over customers of the log probability of leaving when they left, or of still being there.
    ///
    /// # Errors
    ///
    /// [`CountOverflow`](crate::Error::CountOverflow) for more customers than 64 bits count.
    pub fn log_likelihood(&self, cohorts: &[RenewalCohort]) -> Result<f64> {
        Ok(evaluate(&Renewals::of(cohorts)?, &[self.params.alpha, self.params.beta]).value)
    }

    /// The probability that a new customer leaves at renewal `renewal`, counted from 1; 0 for 0.
    pub fn probability_of_churn(&self, renewal: u32) -> f64 {
        libm::exp(self.ln_probability_of_churn(renewal))
    }

    /// The log of [`probability_of_churn`](Sbg::probability_of_churn), also where that is too small for a number.
    pub fn ln_probability_of_churn(&self, renewal: u32) -> f64 {
        let Some(before) = renewal.checked_sub(1) else {
            return f64::NEG_INFINITY;
        };
        let SbgParams { alpha, beta } = self.params;
        self.ln_survival(before) - libm::log1p((beta + f64::from(before)) / alpha)
    }

    /// The probability that a new customer makes `renewals` renewals or more: the share of a cohort that is left. 1 for 0.
    pub fn survival(&self, renewals: u32) -> f64 {
        libm::exp(self.ln_survival(renewals))
    }

    /// The log of [`survival`](Sbg::survival), also where that is too small for a number.
    pub fn ln_survival(&self, renewals: u32) -> f64 {
        ln_beta_ratio(self.params.alpha, self.params.beta, f64::from(renewals))
    }

    /// The share of those who come to renewal `renewal`, counted from 1, that make it; 1 for 0, the start.
    pub fn retention_rate(&self, renewal: u32) -> f64 {
        let SbgParams { alpha, beta } = self.params;
        renewal.checked_sub(1).map_or(1.0, |before| survival::first(alpha, beta + f64::from(before)))
    }

    /// The model of customers who have made `renewals` renewals, from then on: `Beta(alpha, beta + renewals)`.
    #[must_use]
    pub fn after(&self, renewals: u32) -> Self {
        let SbgParams { alpha, beta } = self.params;
        Self { params: SbgParams { alpha, beta: beta + f64::from(renewals) } }
    }

    /// The expected number, from 0 to `renewals`, of the first `renewals` renewals that a new customer makes: the sum of
    /// [`survival`](Sbg::survival) from 1 on, in constant time.
    pub fn expected_renewals(&self, renewals: u32) -> f64 {
        survival::total(self.params.alpha, self.params.beta, renewals)
    }

    /// `E[1 / θ] = 1 + β / (α - 1)`: the expected number of periods for which a new customer pays, the first included;
    /// `None` where it is infinite, at `alpha <= 1`.
    ///
    /// Few cohorts have a finite one. Use [`expected_renewals`](Sbg::expected_renewals) of a horizon, or
    /// [`discounted_lifetime`](Sbg::discounted_lifetime).
    pub fn expected_lifetime(&self) -> Option<f64> {
        let SbgParams { alpha, beta } = self.params;
        (alpha > 1.0).then(|| 1.0 + beta / (alpha - 1.0))
    }

    /// DEL, the discounted expected lifetime of a new customer, in payments of today, at a rate of `discount` per
    /// period, such as 0.1: times the margin of a period, the value of a customer who pays at the start of each.
    /// Formula: `Σ S(t) (1 + d)^-t` over `t >= 0`, which is `2F1(1, β; α + β; 1 / (1 + d))`.
    ///
    /// # Errors
    ///
    /// [`Number`](crate::Error::Number) for a discount rate that is not finite and `1e-9` or more; a rate `d` takes some
    /// `10 / √d` steps.
    pub fn discounted_lifetime(&self, discount: f64) -> Result<f64> {
        let SbgParams { alpha, beta } = self.params;
        let rate = survival::rate(discount)?;
        Ok(1.0 + survival::discounted(alpha, beta, rate) / (1.0 + rate))
    }

    /// DERL, the discounted expected residual lifetime of a customer who has made `renewals` renewals and is about to
    /// decide on the next: the later payments, that of this renewal in full. `discount` is the rate per period.
    /// Formula: `Σ S(t) / S(n - 1) · (1 + d)^-(t - n)` over `t >= n`, with `n = renewals + 1` the renewal to come.
    ///
    /// # Errors
    ///
    /// As [`discounted_lifetime`](Sbg::discounted_lifetime), which takes as many steps.
    pub fn discounted_residual_lifetime(&self, renewals: u32, discount: f64) -> Result<f64> {
        let SbgParams { alpha, beta } = self.after(renewals).params;
        Ok(survival::discounted(alpha, beta, survival::rate(discount)?))
    }
}

/// The simpler model that fits, where the counts alone show it.
pub(super) fn known_spread(renewals: &Renewals) -> Option<Spread> {
    if renewals.left() <= 0.0 {
        Some(Spread::Zero)
    } else if renewals.renewed() <= 0.0 {
        Some(Spread::One)
    } else if renewals.decisions.len() == 1 {
        Some(Spread::Same(renewals.share_left()))
    } else {
        None
    }
}

/// `ln L` and its derivatives by `alpha` and `beta`: at renewal `t`, with `y = beta + t - 1`, each customer who comes
/// to it adds `ln(y / (alpha + y))` or `ln(alpha / (alpha + y))`.
fn evaluate(renewals: &Renewals, &[alpha, beta]: &[f64; 2]) -> Evaluation<2> {
    let (mut sum, mut before) = (Evaluation::ZERO, 0.0);
    for decisions in &renewals.decisions {
        let (renewed, left, y) = (decisions.renewed, decisions.left, beta + before);
        let total = alpha + y;
        sum.value -= renewed * libm::log1p(alpha / y) + left * libm::log1p(y / alpha);
        sum.gradient[0] += (left * y / alpha - renewed) / total;
        sum.gradient[1] += (renewed * alpha / y - left) / total;
        let both = (renewed + left) / (total * total);
        sum.hessian[0][0] += both - left / (alpha * alpha);
        sum.hessian[0][1] += both;
        sum.hessian[1][1] += both - renewed / (y * y);
        before += 1.0;
    }
    sum.mirrored()
}
