//! A fitted or given model, or why there is none.

use crate::error::{Error, Result};
use crate::predict::{
    AnyModel, Fit, FitOptions, FitReport, GammaGamma, Limit, ModelKind, PurchaseModel, Sample, Samples,
};
use crate::scale::Language;

/// Which model of purchases a shop uses.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PurchaseChoice {
    /// MBG/NBD where its likelihood has a maximum; otherwise NBD where that has one, with the reason.
    #[default]
    Auto,
    /// The model of this kind, fitted.
    Fit(ModelKind),
    /// This very model, such as the [`Choice`](crate::predict::Choice) of a [`Backtest`](crate::predict::Backtest).
    Given(AnyModel),
}

/// A model of the shop, or why there is none: a model that cannot be fitted leaves its forecasts out, and the rest of
/// the shop is not lost.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "super::stored::StoredEstimate<M>", into = "super::stored::StoredEstimate<M>")
)]
#[cfg_attr(feature = "serde", serde(bound(serialize = "M: Clone + serde::Serialize")))]
#[cfg_attr(feature = "serde", serde(bound(deserialize = "M: serde::Deserialize<'de>")))]
pub struct Estimate<M> {
    pub(super) model: Option<M>,
    pub(super) status: EstimateStatus,
    pub(super) customers: u64,
    pub(super) log_likelihood: Option<f64>,
}

/// Where a model comes from, or why there is none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EstimateStatus {
    /// At the maximum of its likelihood.
    Fitted,
    /// By the caller.
    Given,
    /// Fitted in place of another that has no fit.
    Instead {
        /// The other one.
        of: ModelKind,
        /// Why it has no fit.
        because: Box<Self>,
    },
    /// There is none: the likelihood has no maximum, but rises towards a simpler model.
    NoMaximum {
        /// What each parameter runs to.
        limits: Vec<Limit>,
    },
    /// There is none: nobody has spent anything on a second purchase day.
    NoCustomers,
    /// There is none: all customers bought for the first time on the as-of day.
    NothingObserved,
    /// There is none: the fit did not converge.
    NotConverged {
        /// How often the likelihood was evaluated.
        evaluations: u32,
    },
}

impl<M> Estimate<M> {
    /// The model; `None` where it has no fit.
    pub const fn model(&self) -> Option<&M> {
        self.model.as_ref()
    }

    /// Where it comes from, or why there is none.
    pub const fn status(&self) -> &EstimateStatus {
        &self.status
    }

    /// The customers who enter the likelihood.
    pub const fn customers(&self) -> u64 {
        self.customers
    }

    /// The log-likelihood of these customers; where the likelihood has no maximum, as far as the fit came.
    pub const fn log_likelihood(&self) -> Option<f64> {
        self.log_likelihood
    }

    /// A fit that fails is the reason; a question that is wrong is an error.
    fn of_fit<P>(fit: Result<Fit<M, P>>) -> Result<Self> {
        let none = |status| Ok(Self { model: None, status, customers: 0, log_likelihood: None });
        match fit {
            Ok(Fit::Interior(fitted)) => Ok(Self::reported(Some(fitted.model), EstimateStatus::Fitted, &fitted.report)),
            Ok(Fit::Boundary(boundary)) => {
                let status = EstimateStatus::NoMaximum { limits: boundary.limits };
                Ok(Self::reported(None, status, &boundary.report))
            }
            Err(Error::NoCustomers { .. }) => none(EstimateStatus::NoCustomers),
            Err(Error::NothingObserved { .. }) => none(EstimateStatus::NothingObserved),
            Err(Error::NotConverged { evaluations, .. }) => none(EstimateStatus::NotConverged { evaluations }),
            Err(error) => Err(error),
        }
    }

    const fn reported(model: Option<M>, status: EstimateStatus, report: &FitReport) -> Self {
        Self { model, status, customers: report.customers, log_likelihood: Some(report.log_likelihood) }
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
        }
    }
}

impl Estimate<AnyModel> {
    pub(super) fn of_purchases(samples: &Samples, choice: PurchaseChoice, options: &FitOptions) -> Result<Self> {
        let fit = |kind: ModelKind| Self::of_fit(kind.fit(samples, options));
        match choice {
            PurchaseChoice::Fit(kind) => fit(kind),
            PurchaseChoice::Given(model) => {
                let ln_densities = samples.iter().map(|(sample, customers)| (model.log_likelihood(&sample), customers));
                Ok(Self::given(model, ln_densities))
            }
            PurchaseChoice::Auto => {
                let first = fit(ModelKind::MbgNbd)?;
                if !matches!(first.status, EstimateStatus::NoMaximum { .. } | EstimateStatus::NotConverged { .. }) {
                    return Ok(first);
                }
                let second = fit(ModelKind::Nbd)?;
                if second.model.is_none() {
                    return Ok(first);
                }
                let status = EstimateStatus::Instead { of: ModelKind::MbgNbd, because: Box::new(first.status) };
                Ok(Self { status, ..second })
            }
        }
    }
}

impl Estimate<GammaGamma> {
    pub(super) fn of_spend(samples: &Samples, given: Option<GammaGamma>, options: &FitOptions) -> Result<Self> {
        let Some(model) = given else { return Self::of_fit(GammaGamma::fit(samples, options)) };
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

impl EstimateStatus {
    /// In words.
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
                let limits: Vec<_> = limits.iter().map(|limit| limit.describe(language)).collect();
                match language {
                    Language::English => {
                        format!("for these customers it runs to a simpler model ({})", limits.join("; "))
                    }
                    Language::Chinese => format!("对这些客户，它趋于一种更简单的模型（{}）", limits.join("；")),
                }
            }
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
