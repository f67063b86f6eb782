//! bdW, beta-discrete-Weibull: renewals of customers whose loyalty changes with age.

mod likelihood;

use self::likelihood::{evaluate, ln_complement};
use crate::error::Result;
use crate::number::special::ln_beta_ratio;
use crate::predict::contract::sbg::known_spread;
use crate::predict::contract::survival;
use crate::predict::fit::limit;
use crate::predict::fit::search::Search;
use crate::predict::given::renewal::Renewals;
use crate::predict::{Fit, FitOptions, Latent, Limit, RenewalCohort, Sbg, SbgParams, Spread, fit};

/// The beta-discrete-Weibull model: as in [`Sbg`], customers differ in how likely they are to leave, and each one's
/// inclination to leave also changes with the number of renewals made.
///
/// At the first renewal a customer leaves with a probability `θ ~ Beta(alpha, beta)`, and of those with this `θ` a share
/// `(1 - θ)^(t^c)` makes `t` renewals. With `c > 1` a customer becomes ever more likely to leave, with `c < 1` ever less;
/// with `c = 1` the model is sBG, to the bit. The retention rate of a cohort can fall at first and then rise, as that of
/// sBG cannot. Time is counted as in [`Sbg`]. Which of the two to use, [`RenewalChoice`](crate::predict::RenewalChoice) says.
///
/// # Formula
///
/// - `S(t) = B(α, β + t^c) / B(α, β)`, the share that makes `t` renewals or more,
/// - `r(t) = S(t) / S(t - 1)`, the retention rate, `P(t) = S(t - 1) - S(t)`, the share that leaves at renewal `t >= 1`.
///
/// The paper writes `γ, δ` for `α, β`.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{Bdw, FitOptions, RenewalCohort, Sbg};
///
/// // Of 1000 customers, those left after each of four years.
/// let cohorts = [RenewalCohort::new(vec![1000, 869, 743, 653, 593])?];
/// let options = FitOptions::default();
/// let model = Bdw::fit(&cohorts, &options)?.interior()?.model;
/// assert!((model.params().c - 1.58).abs() < 0.01);
///
/// // In the twelfth year, 39.4% were left; sBG expects 30.7%.
/// assert!((model.survival(12) - 0.394).abs() < 0.01);
/// assert!(Sbg::fit(&cohorts, &options)?.interior()?.model.survival(12) < 0.31);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// P. S. Fader, B. G. S. Hardie, Y. Liu, J. Davin and T. Steenburgh (2018), "'How to project customer retention' revisited:
/// the role of duration dependence", Journal of Interactive Marketing 43, 1-16, doi 10.1016/j.intmar.2018.01.002.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bdw {
    params: BdwParams,
}

fit::params::parameters! {
    Bdw;
    BdwParams {
        /// First shape of the Beta distribution of the probabilities of leaving at the first renewal, whose mean is
        /// `alpha / (alpha + beta)`.
        alpha,
        /// Second shape of that distribution.
        beta,
        /// The power of age: above 1, each customer becomes more likely to leave with every renewal, below 1 less.
        c,
    }
}

/// sBG is the model with `c = 1`.
impl From<Sbg> for Bdw {
    fn from(model: Sbg) -> Self {
        let SbgParams { alpha, beta } = model.params();
        Self { params: BdwParams { alpha, beta, c: 1.0 } }
    }
}

/// Starts of a climb: customers who differ and age or not, customers who hardly differ.
const STARTS: [[f64; 3]; 4] = [[1.0, 2.0, 1.0], [0.3, 1.5, 1.6], [20.0, 60.0, 0.8], [0.01, 0.03, 1.0]];

/// The logarithm of a number beside which 1 is nothing.
const LN_MANY: f64 = 40.0;

/// The logarithm of 1e300.
const LN_FURTHEST: f64 = 690.0;

const NAME: &str = "bdW";

impl Bdw {
    /// Fits the model: the parameters under which all cohorts together are the most likely.
    ///
    /// **Population**: the customers of all cohorts, as in [`Sbg::fit`].
    ///
    /// Without finite parameters, the answer is a [`Boundary`](crate::predict::Boundary) that names the simpler model
    /// that fits: where [`Sbg::fit`] names one, where there are two renewals only, too few for three parameters, and
    /// where customers are alike, so that age alone explains who leaves. Takes time linear in counts, and in renewals
    /// for each of some tens of evaluations.
    ///
    /// # Errors
    ///
    /// As [`Sbg::fit`].
    pub fn fit(cohorts: &[RenewalCohort], options: &FitOptions) -> Result<Fit<Self, BdwParams>> {
        let renewals = Renewals::observed(NAME, cohorts)?;
        let (customers, distinct_rows) = (renewals.customers, renewals.fates);
        let search = Search::new(NAME, [1.0; 3], options, customers, distinct_rows);
        let known = if options.penalty() > 0.0 { None } else { known_spread(&renewals) };
        let alike = alike(&renewals);
        let is_too_short = options.penalty() <= 0.0 && renewals.periods() <= 2;
        let starts = if is_too_short { vec![alike] } else { [STARTS.as_slice(), &[alike]].concat() };
        // Age and differences can stand in for each other: a climb may have to follow a long bent ridge.
        let found = search.climb(&starts, |parameters| evaluate(&renewals, parameters))?;
        let params = |[alpha, beta, c]: [f64; 3]| BdwParams { alpha, beta, c };
        let found = if known.is_some() || is_too_short { found.without_maximum() } else { found };
        found.to_fit(params, Self::from_params, |[alpha, beta, c]| {
            if let Some(spread) = known {
                return vec![Limit { of: Latent::ChurnProbability, spread }];
            }
            let (share, size) = (alpha / (alpha + beta), alpha + beta);
            let spreads = [(Spread::Same(share), size), (Spread::Extremes(share), 1.0 / size)];
            limit::reached(&[
                limit::approach(Latent::ChurnProbability, spreads),
                limit::approach(Latent::Ageing, [(Spread::Zero, 1.0 / c), (Spread::Unbounded, c)]),
            ])
        })
    }

    /// `ln L`: the sum over customers of the log probability of leaving when they left, or of still being there.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`](crate::Error::CountOverflow) for more customers than 64 bits count.
    pub fn log_likelihood(&self, cohorts: &[RenewalCohort]) -> Result<f64> {
        let BdwParams { alpha, beta, c } = self.params;
        Ok(evaluate(&Renewals::of(cohorts)?, &[alpha, beta, c]).value)
    }

    /// The probability that a new customer leaves at renewal `renewal`, counted from 1; 0 for 0.
    pub fn probability_of_churn(&self, renewal: u32) -> f64 {
        libm::exp(self.ln_probability_of_churn(renewal))
    }

    /// The log of [`probability_of_churn`](Bdw::probability_of_churn), also where that is too small for a number.
    pub fn ln_probability_of_churn(&self, renewal: u32) -> f64 {
        let Some(before) = renewal.checked_sub(1) else {
            return f64::NEG_INFINITY;
        };
        self.ln_survival(before) + ln_complement(self.ln_survival_after(before, 1.0))
    }

    /// The probability that a new customer makes `renewals` renewals or more: the share of a cohort that is left. 1 for 0.
    pub fn survival(&self, renewals: u32) -> f64 {
        libm::exp(self.ln_survival(renewals))
    }

    /// The log of [`survival`](Bdw::survival), also where that is too small for a number.
    pub fn ln_survival(&self, renewals: u32) -> f64 {
        self.ln_survival_after(0, f64::from(renewals))
    }

    /// The probability that a customer who has made `made` renewals makes `renewals` more. Unlike that of sBG, the model
    /// of such customers is not one of new customers with other parameters.
    pub fn survival_after(&self, made: u32, renewals: u32) -> f64 {
        libm::exp(self.ln_survival_after(made, f64::from(renewals)))
    }

    /// The share of those who come to renewal `renewal`, counted from 1, that make it; 1 for 0, the start.
    pub fn retention_rate(&self, renewal: u32) -> f64 {
        renewal.checked_sub(1).map_or(1.0, |before| self.survival_after(before, 1))
    }

    /// The expected number, from 0 to `renewals`, of the first `renewals` renewals that a new customer makes.
    pub fn expected_renewals(&self, renewals: u32) -> f64 {
        self.expected_renewals_after(0, renewals)
    }

    /// The expected number, from 0 to `renewals`, of the next `renewals` renewals that a customer makes who has made
    /// `made`. Takes some hundred steps, plus twenty for each doubling of `renewals`.
    pub fn expected_renewals_after(&self, made: u32, renewals: u32) -> f64 {
        // Where nobody leaves, rounding may go beyond.
        f64::min(self.total_after(made, f64::from(renewals), 0.0), f64::from(renewals))
    }

    /// The expected number of periods for which a new customer pays, the first included; `None` where it is infinite, at
    /// `alpha c <= 1`, or where its sum does not end before period `1e300`.
    ///
    /// Few cohorts have a finite one. Use [`expected_renewals`](Bdw::expected_renewals) of a horizon, or
    /// [`discounted_lifetime`](Bdw::discounted_lifetime).
    pub fn expected_lifetime(&self) -> Option<f64> {
        let BdwParams { alpha, beta, c } = self.params;
        let fall = alpha * c;
        if fall <= 1.0 {
            return None;
        }
        // From this age on, S(t) is a power of t to all digits, and its integral has a closed form.
        let ln_far = (LN_MANY + libm::log1p(alpha + beta) + libm::log1p(alpha)) / c;
        let far = libm::floor(libm::exp(ln_far.clamp(7.0, LN_FURTHEST)));
        let (near, edge) = (self.total_after(0, far, 0.0), far + 0.5);
        let rest = libm::exp(self.ln_survival_after(0, edge)) * edge / (fall - 1.0);
        (ln_far <= LN_FURTHEST || rest <= 1e-16 * near).then_some(1.0 + near + rest)
    }

    /// DEL, the discounted expected lifetime of a new customer: as [`Sbg::discounted_lifetime`].
    ///
    /// # Errors
    ///
    /// [`Error::Number`](crate::Error::Number) for a discount rate that is not finite and `1e-9` or more.
    pub fn discounted_lifetime(&self, discount: f64) -> Result<f64> {
        Ok(1.0 + self.discounted_residual_lifetime(0, discount)? / (1.0 + discount))
    }

    /// DERL, the discounted expected residual lifetime of a customer who has made `renewals` renewals and is about to
    /// decide on the next: as [`Sbg::discounted_residual_lifetime`].
    ///
    /// # Errors
    ///
    /// As [`discounted_lifetime`](Bdw::discounted_lifetime).
    pub fn discounted_residual_lifetime(&self, renewals: u32, discount: f64) -> Result<f64> {
        Ok(self.total_after(renewals, f64::INFINITY, survival::rate(discount)?))
    }

    /// The log probability that a customer who has made `made` renewals makes `renewals` more, also between whole numbers.
    fn ln_survival_after(&self, made: u32, renewals: f64) -> f64 {
        let BdwParams { alpha, beta, c } = self.params;
        let Growth { from, by, beyond } = Growth::new(c, f64::from(made), f64::from(made) + renewals);
        let grown = if by > 0.0 { ln_beta_ratio(alpha, beta + from, by) } else { 0.0 };
        grown - alpha * beyond
    }

    /// `Σ S(made + u) / S(made) (1 + discount)^-(u - 1)` over `1 <= u <= renewals`, which may be infinite with a discount.
    fn total_after(&self, made: u32, renewals: f64, discount: f64) -> f64 {
        let BdwParams { alpha, beta, c } = self.params;
        // A power varies over a c-th of its argument, until it is so large that S is a power itself.
        let rate = libm::log1p(discount);
        let is_power = libm::log(f64::from(made) + survival::SMOOTH_FROM) * c > LN_MANY + libm::log1p(alpha + beta);
        let pace = if is_power { 1.0 } else { f64::max(c, 1.0) };
        survival::smooth_total(renewals, pace, |u| libm::exp(self.ln_survival_after(made, u) - (u - 1.0) * rate))
    }
}

/// Parameters of customers who hardly differ, with the retention rates of the first two renewals.
fn alike(renewals: &Renewals) -> [f64; 3] {
    let rate = |t: usize| renewals.decisions.get(t).map_or(0.5, |both| both.renewed / (both.renewed + both.left));
    let [first, second] = [rate(0), rate(1)].map(|rate| if rate.is_nan() { 0.5 } else { rate.clamp(1e-7, 1.0 - 1e-7) });
    // The second renewal's rate is the first one's to the power of 2^c - 1.
    let c = libm::log2(1.0 + libm::log(second) / libm::log(first)).clamp(1e-3, 1e3);
    let size = f64::min(1e5 / f64::min(first, 1.0 - first), 9e8);
    [size * (1.0 - first), size * first, c]
}

/// The growth of `t^c` from one age to another.
struct Growth {
    /// `t^c` at the first age, and what is added up to the second; at most `e^600` together.
    from: f64,
    by: f64,
    /// The part of the growth of `ln t^c` that the cut at `e^600` takes: the log of a beta function falls by `alpha`
    /// times it.
    beyond: f64,
}

impl Growth {
    fn new(c: f64, from: f64, to: f64) -> Self {
        const LN_LARGEST: f64 = 600.0;
        let excess = |age: f64| if age > 1.0 { f64::max(c * libm::log(age) - LN_LARGEST, 0.0) } else { 0.0 };
        let power = |age: f64, excess: f64| if excess > 0.0 { libm::exp(LN_LARGEST) } else { libm::pow(age, c) };
        let (below, above) = (excess(from), excess(to));
        let (start, end) = (power(from, below), power(to, above));
        // Near each other, the two powers would cancel.
        let is_near = to < 2.0 * from && c.to_bits() != 1f64.to_bits() && above <= 0.0;
        let by = if is_near { -end * libm::expm1(c * libm::log1p((from - to) / to)) } else { end - start };
        Self { from: start, by, beyond: above - below }
    }
}
