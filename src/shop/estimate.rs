//! A fitted or given model, or why there is none.

use super::checks::ShopChecks;
use crate::error::{Error, Result};
use crate::predict::{
    AnyModel, Difference, Fit, FitOptions, FitReport, GammaGamma, Identification, Latent, Limit, ModelKind,
    PurchaseModel, Sample, Samples,
};
use crate::scale::Language;
use crate::scale::words::phrase;

/// The model of purchases that a shop uses.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PurchaseChoice {
    /// MBG/NBD, as by [`Fit`](Self::Fit); where the shop's past was [checked](super::ShopChecks), NBD if that forecast as well.
    #[default]
    Auto,
    /// MBG/CNBD-k, fitted, where the shop's past was [checked](super::ShopChecks) and it forecast better there, by more than two
    /// standard errors of the log score, than the model of [`Auto`](Self::Auto); otherwise as that. It makes the checks some
    /// ten times as long, as its fit takes four to eleven times as long as one of MBG/NBD.
    AutoWithRhythm,
    /// The model of this kind, fitted, where its likelihood has a maximum and dropout is
    /// [identified](Identification); otherwise NBD where that forecasts, with the reason.
    Fit(ModelKind),
    /// A given model, such as the [`Choice`](crate::predict::Choice) of a [`Backtest`](crate::predict::Backtest).
    Given(AnyModel),
}

/// A model of the shop, or why there is none: a model that cannot be fitted leaves its forecasts out, and the rest of
/// the shop is not lost.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Estimate<M> {
    pub(super) model: Option<M>,
    pub(super) status: EstimateStatus,
    pub(super) customers: u64,
    pub(super) log_likelihood: Option<f64>,
    pub(super) identified: Vec<Identification>,
}

/// The origin of a model, or the reason why there is none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EstimateStatus {
    /// The model is at the maximum of its likelihood.
    Fitted,
    /// Given by the caller.
    Given,
    /// The model is at the end of a likelihood without a maximum, which is a simpler model: one of customers who all buy at
    /// one rate, leave with the same probability, or spend the same.
    AtLimit {
        /// The limit of each parameter.
        limits: Vec<Limit>,
    },
    /// Fitted in place of another that cannot forecast.
    Instead {
        /// The other one.
        of: ModelKind,
        /// The reason why it cannot.
        because: Box<Self>,
    },
    /// There is no model: the fit has a maximum, but nobody can be seen to leave.
    NotIdentified {
        /// The evidence for dropout.
        dropout: Identification,
    },
    /// There is no model: over the windows of the shop's past, NBD forecast as well.
    NoGain {
        /// The log score per customer less that of NBD.
        gain: Difference,
    },
    /// There is no model: nobody has a second purchase day.
    NoRepeats,
    /// There is no model: the likelihood has no maximum, but rises towards a simpler model.
    NoMaximum {
        /// The limit of each parameter.
        limits: Vec<Limit>,
    },
    /// There is no model: nobody has spent anything on a second purchase day.
    NoCustomers,
    /// There is no model: all customers bought for the first time on the as-of day.
    NothingObserved,
    /// There is no model: the fit did not converge.
    NotConverged {
        /// The number of evaluations of the likelihood.
        evaluations: u32,
    },
}

impl<M> Estimate<M> {
    /// The model; `None` where it has no fit.
    pub const fn model(&self) -> Option<&M> {
        self.model.as_ref()
    }

    /// The origin of the model, or the reason why there is none.
    pub const fn status(&self) -> &EstimateStatus {
        &self.status
    }

    /// The customers who enter the likelihood.
    pub const fn customers(&self) -> u64 {
        self.customers
    }

    /// Whether the data show that customers buy at different rates and that they leave, as the model says, or the one in
    /// whose place it [is](EstimateStatus::Instead); empty for a given model and for one of spend.
    pub fn identifications(&self) -> &[Identification] {
        &self.identified
    }

    pub(super) const fn is_given(&self) -> bool {
        matches!(self.status, EstimateStatus::Given)
    }

    /// The log-likelihood of these customers; where the likelihood has no maximum, as far as the fit came.
    pub const fn log_likelihood(&self) -> Option<f64> {
        self.log_likelihood
    }

    /// A fit that fails is the reason; a question that is wrong is an error.
    fn of_fit<P>(fit: Result<Fit<M, P>>) -> Result<Self> {
        match fit {
            Ok(Fit::Interior(fitted)) => Ok(Self::reported(Some(fitted.model), EstimateStatus::Fitted, &fitted.report)),
            Ok(Fit::Boundary(boundary)) => {
                let (limits, report) = (boundary.limits.clone(), &boundary.report);
                Ok(if boundary.forecasts() {
                    Self::reported(Some(boundary.nearest), EstimateStatus::AtLimit { limits }, report)
                } else {
                    Self::reported(None, EstimateStatus::NoMaximum { limits }, report)
                })
            }
            Err(Error::NoCustomers { .. }) => Ok(Self::none(EstimateStatus::NoCustomers)),
            Err(Error::NothingObserved { .. }) => Ok(Self::none(EstimateStatus::NothingObserved)),
            Err(Error::NotConverged { evaluations, .. }) => {
                Ok(Self::none(EstimateStatus::NotConverged { evaluations }))
            }
            Err(error) => Err(error),
        }
    }

    const fn none(status: EstimateStatus) -> Self {
        Self { model: None, status, customers: 0, log_likelihood: None, identified: Vec::new() }
    }

    fn reported(model: Option<M>, status: EstimateStatus, report: &FitReport) -> Self {
        let (customers, log_likelihood) = (report.customers, Some(report.log_likelihood));
        Self { model, status, customers, log_likelihood, identified: report.identifications().copied().collect() }
    }

    fn given(model: M, likelihoods: impl Iterator<Item = (f64, u64)>) -> Self {
        let (mut log_likelihood, mut all) = (0.0, 0);
        for (ln_density, customers) in likelihoods {
            // Customers are fewer than 2^53.
            #[allow(clippy::cast_precision_loss)]
            let weight = customers as f64;
            log_likelihood += weight * ln_density;
            all += customers;
        }
        Self {
            model: Some(model),
            status: EstimateStatus::Given,
            customers: all,
            log_likelihood: Some(log_likelihood).filter(|sum| sum.is_finite()),
            identified: Vec::new(),
        }
    }
}

impl Estimate<AnyModel> {
    pub(super) fn of_purchases(
        samples: &Samples,
        choice: PurchaseChoice,
        checks: Option<&ShopChecks>,
        options: &FitOptions,
    ) -> Result<Self> {
        match choice {
            PurchaseChoice::AutoWithRhythm if checks.and_then(ShopChecks::chosen) == Some(ModelKind::MbgCnbd) => {
                Self::decided(ModelKind::MbgCnbd, samples, options)
            }
            PurchaseChoice::Auto | PurchaseChoice::AutoWithRhythm => {
                Self::decided(ModelKind::MbgNbd, samples, options)?.gaining(samples, checks, options)
            }
            PurchaseChoice::Fit(kind) => Self::decided(kind, samples, options),
            PurchaseChoice::Given(model) => {
                let ln_densities = samples.iter().map(|(sample, customers)| (model.log_likelihood(&sample), customers));
                Ok(Self::given(model, ln_densities))
            }
        }
    }

    /// The model that forecasts, and why: every program shows this one. A model of the `first` kind, unless its fit says
    /// nothing of who leaves: then NBD.
    fn decided(first: ModelKind, samples: &Samples, options: &FitOptions) -> Result<Self> {
        let fit = |kind: ModelKind| Self::of_purchase_fit(kind.fit(samples, options));
        let asked = fit(first)?;
        let is_to_replace = asked.model.is_none()
            && !matches!(asked.status, EstimateStatus::NothingObserved | EstimateStatus::NoCustomers);
        if !is_to_replace {
            return Ok(asked);
        }
        if samples.iter().all(|(sample, _)| sample.repeats() == 0) {
            return Ok(Self { status: EstimateStatus::NoRepeats, ..asked });
        }
        let simpler = fit(ModelKind::Nbd)?;
        if simpler.model.is_none() {
            return Ok(asked);
        }
        let status = EstimateStatus::Instead { of: first, because: Box::new(asked.status) };
        Ok(Self { status, identified: asked.identified, ..simpler })
    }

    /// NBD in its place where the shop's past says that it forecasts as well: see
    /// [`RollingBacktest`](crate::predict::RollingBacktest).
    fn gaining(self, samples: &Samples, checks: Option<&ShopChecks>, options: &FitOptions) -> Result<Self> {
        let (Some(model), Some(ModelKind::Nbd)) = (&self.model, checks.and_then(ShopChecks::chosen)) else {
            return Ok(self);
        };
        let (of, gain) = (model.kind(), checks.and_then(|checks| checks.gain(model.kind())));
        let (true, Some(gain)) = (of.has_dropout(), gain) else { return Ok(self) };
        let simpler = Self::of_purchase_fit(ModelKind::Nbd.fit(samples, options))?;
        if simpler.model.is_none() {
            return Ok(self);
        }
        let status = EstimateStatus::Instead { of, because: Box::new(EstimateStatus::NoGain { gain }) };
        Ok(Self { status, identified: self.identified, ..simpler })
    }

    fn of_purchase_fit(fit: Result<Fit<AnyModel, ()>>) -> Result<Self> {
        let mut estimate = Self::of_fit(fit)?;
        let dropout = estimate.identified.iter().find(|one| one.of != Latent::PurchaseRate);
        if let (Some(dropout), EstimateStatus::Fitted) = (dropout.filter(|one| !one.is_identified()), &estimate.status)
        {
            (estimate.status, estimate.model) = (EstimateStatus::NotIdentified { dropout: *dropout }, None);
        }
        Ok(estimate)
    }
}

impl Estimate<GammaGamma> {
    pub(super) fn of_spend(samples: &Samples, given: Option<GammaGamma>, options: &FitOptions) -> Result<Self> {
        let Some(model) = given else {
            return if samples.iter().all(|(sample, _)| sample.repeats() == 0) {
                Ok(Self::none(EstimateStatus::NoRepeats))
            } else {
                Self::of_fit(GammaGamma::fit(samples, options))
            };
        };
        let ln_density =
            |(repeats, mean, customers)| Some((model.log_likelihood(&spend_sample(repeats, mean)?)?, customers));
        Ok(Self::given(model, samples.spends().filter_map(ln_density)))
    }
}

/// A customer of whom only the spend counts.
fn spend_sample(repeats: u32, mean: f64) -> Option<Sample> {
    let sample = Sample::new(repeats, f64::from(repeats), f64::from(repeats)).ok()?;
    sample.with_mean_spend(mean).ok()
}

fn joined(limits: &[Limit], language: Language) -> String {
    let limits: Vec<_> = limits.iter().map(|limit| limit.meaning(language)).collect();
    limits.join(if language == Language::Chinese { "；" } else { "; " })
}

impl EstimateStatus {
    /// Whether there is a model.
    #[cfg(feature = "serde")]
    pub(super) const fn has_model(&self) -> bool {
        matches!(self, Self::Fitted | Self::Given | Self::AtLimit { .. } | Self::Instead { .. })
    }

    /// The estimate in words.
    pub fn describe(&self, language: Language) -> String {
        match (self, language) {
            (Self::Fitted, Language::English) => "fitted".to_owned(),
            (Self::Fitted, Language::Chinese) => "已拟合".to_owned(),
            (Self::Given, Language::English) => "given".to_owned(),
            (Self::Given, Language::Chinese) => "参数由用户给定".to_owned(),
            (Self::Instead { of, because }, Language::English) => {
                format!("fitted in place of {}: {}", of.label().name(language), because.describe(language))
            }
            (Self::Instead { of, because }, Language::Chinese) => {
                format!("代替 {} 拟合：{}", of.label().name(language), because.describe(language))
            }
            (Self::NoMaximum { limits }, _) => {
                let limits = joined(limits, language);
                phrase!(
                    language,
                    "for these customers it runs to a simpler model ({limits})",
                    "对这些客户，它趋于一种更简单的模型（{limits}）"
                )
            }
            (Self::AtLimit { limits }, _) => {
                let limits = joined(limits, language);
                phrase!(language, "fitted as a simpler model ({limits})", "以更简单的模型拟合（{limits}）")
            }
            (Self::NotIdentified { dropout }, _) => dropout.describe(language),
            (Self::NoGain { gain }, _) => {
                let (mean, error) = (gain.mean, gain.standard_error.unwrap_or_default());
                phrase!(
                    language,
                    "over the windows of the past NBD forecast as well (its log score per customer differs by {mean:+.4} from \
                     NBD's, standard error {error:.4})",
                    "在历史窗口中 NBD 预测得一样好（其每位客户的对数得分与 NBD 相差 {mean:+.4}，标准误 {error:.4}）"
                )
            }
            (Self::NoRepeats, Language::English) => "nobody has a second purchase day".to_owned(),
            (Self::NoRepeats, Language::Chinese) => "没有客户有第二个购买日".to_owned(),
            (Self::NoCustomers, Language::English) => "nobody has spent anything on a second purchase day".to_owned(),
            (Self::NoCustomers, Language::Chinese) => "没有客户在第二个购买日有过消费".to_owned(),
            (Self::NothingObserved, Language::English) => {
                "all customers bought for the first time on the as-of day".to_owned()
            }
            (Self::NothingObserved, Language::Chinese) => "所有客户都是当天才首次购买，观察期为零".to_owned(),
            (Self::NotConverged { evaluations }, Language::English) => {
                format!("the fit did not converge in {evaluations} evaluations")
            }
            (Self::NotConverged { evaluations }, Language::Chinese) => format!("拟合在 {evaluations} 次计算内没有收敛"),
        }
    }
}
