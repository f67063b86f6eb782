//! The choice of a model of renewals.

use super::Difference;
use crate::error::Result;
use crate::predict::{Bdw, BdwParams, Fit, FitOptions, RenewalCohort, Sbg, SbgParams};
use crate::scale::Language;

/// The choice between [`Sbg`] and [`Bdw`] for a shop's cohorts, with its reason.
///
/// **The rule.** bdW is used where its power of age `c` is identified and later renewals do not speak against it:
///
/// 1. *Identified*, as by [`Identification`](crate::predict::Identification) with one parameter in place of two: the likelihood of bdW has a maximum, `2 (ln L - ln L of sBG)` reaches 3.84 (which chance does in 5% of
///    shops whose customers do not age), and no standard error, in logarithms, exceeds 1.
/// 2. *On a hold-out*: fitted again without the last third of renewals, rounded down, it does not score worse by more than
///    one standard error on what customers did in that third.
///
/// Otherwise sBG is used: it has fewer parameters.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{FitOptions, RenewalChoice, RenewalCohort};
/// use repurchase::scale::Language;
///
/// let cohorts = [RenewalCohort::new(vec![1000, 631, 468, 382, 326])?];
/// let choice = RenewalChoice::fit(&cohorts, &FitOptions::default())?;
/// assert_eq!(choice.model().params().c, 1.0);
/// assert_eq!(
///     choice.explain(Language::English),
///     "sBG: that loyalty changes with age is not identified (likelihood ratio 0.35, below 3.84)."
/// );
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// S. S. Wilks (1938), "The large-sample distribution of the likelihood ratio for testing composite hypotheses", Annals of
/// Mathematical Statistics 9(1), 60-62, doi 10.1214/aoms/1177732360.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RenewalChoice {
    /// The fit of sBG to all renewals.
    pub sbg: Fit<Sbg, SbgParams>,
    /// The fit of bdW to the same.
    pub bdw: Fit<Bdw, BdwParams>,
    /// The result of the hold-out; `None` with fewer than three renewals.
    pub holdout: Option<RenewalHoldout>,
}

/// The scores of [`Sbg`] and [`Bdw`], fitted without the last renewals, on what customers did in them.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RenewalHoldout {
    /// The last renewals of each cohort that were held out; all of a shorter cohort.
    pub renewals: usize,
    /// The customers who came to them.
    pub customers: u64,
    /// The log score of sBG per customer, `-ln P(when the customer left, or stayed)`, less that of bdW: above 0 where bdW is
    /// better.
    pub gain: Difference,
}

impl RenewalChoice {
    /// The least likelihood ratio: the 95% quantile of the chi-squared distribution of one degree of freedom.
    pub const LEAST_LIKELIHOOD_RATIO: f64 = 3.84;

    /// The largest standard error of a logarithm: every parameter of bdW is known to a factor of `e`.
    pub const LARGEST_ERROR: f64 = 1.0;

    /// Fits both models to all cohorts, and again without the last renewals.
    ///
    /// # Errors
    ///
    /// As [`Sbg::fit`] and [`Bdw::fit`].
    pub fn fit(cohorts: &[RenewalCohort], options: &FitOptions) -> Result<Self> {
        let longest = cohorts.iter().map(RenewalCohort::renewals).max().unwrap_or(0);
        let (sbg, bdw) = (Sbg::fit(cohorts, options)?, Bdw::fit(cohorts, options)?);
        let holdout = if longest < 3 { None } else { RenewalHoldout::of(cohorts, longest / 3, options)? };
        Ok(Self { sbg, bdw, holdout })
    }

    /// `2 (ln L of bdW - ln L of sBG)`, 0 or more except for rounding.
    pub fn likelihood_ratio(&self) -> f64 {
        2.0 * (self.bdw.report().log_likelihood - self.sbg.report().log_likelihood)
    }

    /// Whether the data show that loyalty changes with age: the first part of the rule.
    pub fn is_identified(&self) -> bool {
        self.likelihood_ratio() >= Self::LEAST_LIKELIHOOD_RATIO && self.is_precise()
    }

    /// The model to use: bdW, or sBG as the bdW whose `c` is 1.
    pub fn model(&self) -> Bdw {
        if self.is_identified() && !self.is_refuted() { *self.bdw.model() } else { Bdw::from(*self.sbg.model()) }
    }

    /// Says which model is used and why.
    pub fn explain(&self, language: Language) -> String {
        let (ratio, least) = (self.likelihood_ratio().max(0.0), Self::LEAST_LIKELIHOOD_RATIO);
        let (english, chinese) = if ratio < least {
            (
                format!(
                    "sBG: that loyalty changes with age is not identified (likelihood ratio {ratio:.2}, below {least})."
                ),
                format!("sBG：数据看不出忠诚度随续约次数变化（似然比 {ratio:.2}，低于 {least}）。"),
            )
        } else if !self.is_precise() {
            (
                format!(
                    "sBG: loyalty seems to change with age (likelihood ratio {ratio:.2}), but the data do not say how much."
                ),
                format!("sBG：忠诚度似乎随续约次数变化（似然比 {ratio:.2}），但数据不足以确定变化多少。"),
            )
        } else if self.is_refuted() {
            (
                format!(
                    "sBG: loyalty seems to change with age (likelihood ratio {ratio:.2}), but bdW forecast the last renewals \
                     worse by more than chance."
                ),
                format!(
                    "sBG：忠诚度似乎随续约次数变化（似然比 {ratio:.2}），但 bdW 对最近几次续约的预测更差，超出随机误差。"
                ),
            )
        } else {
            let c = self.model().params().c;
            let (more, chinese_more) = if c > 1.0 { ("more", "越来越") } else { ("less", "越来越不") };
            (
                format!(
                    "bdW: with every renewal a customer becomes {more} likely to leave (c = {c:.2}, likelihood ratio \
                     {ratio:.2})."
                ),
                format!("bdW：每多续约一次，客户{chinese_more}容易流失（c = {c:.2}，似然比 {ratio:.2}）。"),
            )
        };
        if language == Language::Chinese { chinese } else { english }
    }

    fn is_precise(&self) -> bool {
        let Fit::Interior(fitted) = &self.bdw else { return false };
        let (BdwParams { alpha, beta, c }, errors) = (fitted.model.params(), fitted.standard_errors);
        [(alpha, errors.alpha), (beta, errors.beta), (c, errors.c)]
            .into_iter()
            .all(|(value, error)| error <= Self::LARGEST_ERROR * value)
    }

    fn is_refuted(&self) -> bool {
        self.holdout.as_ref().is_some_and(|holdout| {
            let Difference { mean, standard_error } = holdout.gain;
            standard_error.is_some_and(|error| mean < -error)
        })
    }
}

impl RenewalHoldout {
    /// `None` where nobody comes to the last renewals, or the earlier ones are too few to fit.
    #[allow(clippy::cast_precision_loss, reason = "customers are fewer than 2^53")]
    #[allow(clippy::cast_possible_truncation, reason = "a cohort has fewer than 2^32 renewals")]
    fn of(cohorts: &[RenewalCohort], renewals: usize, options: &FitOptions) -> Result<Option<Self>> {
        let made = |cohort: &RenewalCohort| cohort.renewals().saturating_sub(renewals);
        let earlier = cohorts
            .iter()
            .map(|cohort| RenewalCohort::new(cohort.survivors().get(..=made(cohort)).unwrap_or_default().to_vec()));
        let earlier = earlier.collect::<Result<Vec<_>>>()?;
        if earlier.iter().all(|cohort| cohort.renewals() == 0 || cohort.customers() == 0) {
            return Ok(None);
        }
        let (sbg, bdw) = (*Sbg::fit(&earlier, options)?.model(), *Bdw::fit(&earlier, options)?.model());
        let mut rows = Vec::new();
        for cohort in cohorts {
            let (made, last) = (made(cohort) as u32, cohort.renewals() as u32);
            let of_sbg = sbg.after(made);
            // Left at each renewal, or still there.
            for (pair, more) in cohort.survivors().get(made as usize..).unwrap_or_default().windows(2).zip(1..) {
                let gain = bdw.ln_probability_of_churn(made + more) - bdw.ln_survival(made);
                rows.push((gain - of_sbg.ln_probability_of_churn(more), pair[0] - pair[1]));
            }
            let gain = bdw.ln_survival(last) - bdw.ln_survival(made) - of_sbg.ln_survival(last - made);
            rows.push((gain, cohort.survivors().last().copied().unwrap_or(0)));
        }
        // What one of two models holds for impossible, and did not come, adds nothing.
        rows.retain(|&(_, customers)| customers > 0);
        let customers = rows.iter().map(|&(_, customers)| customers).sum();
        let gain = Difference::counted(rows.iter().map(|&(gain, customers)| (gain, customers as f64)));
        Ok((customers > 0).then_some(Self { renewals, customers, gain }))
    }
}
