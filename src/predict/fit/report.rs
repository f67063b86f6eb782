//! What a fit answers, the same for every model.

use core::fmt;

use crate::error::{Error, Result};
use crate::predict::fit::limit::Limit;
use crate::scale::Language;

/// How a fit went.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FitReport {
    /// `ln L`, without the penalty: the sum over customers of the log of each one's density, in the model's unit of time,
    /// without combinatorial constants.
    pub log_likelihood: f64,
    /// The weight of the penalty that was asked for; 0 for plain maximum likelihood.
    pub penalty: f64,
    /// How often the likelihood was evaluated, from all starts together.
    pub evaluations: u32,
    /// The largest slope that is left, in size, by the logarithm of a parameter.
    pub gradient_norm: f64,
    /// Customers of the sample who entered the fit.
    pub customers: u64,
    /// Customers who were left out, because the model does not speak of them.
    pub left_out: u64,
    /// Different rows among those who entered.
    pub distinct_rows: usize,
    /// Why it stopped.
    pub stop: StopReason,
}

/// Why a fit stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum StopReason {
    /// At a maximum: the gradient vanishes, the Hessian is negative definite, the next step is below `1e-7` in the
    /// logarithm of each parameter.
    Maximum,
    /// At no maximum: the likelihood grows, or stays as it is, while parameters go to 0 or infinity.
    Boundary,
}

/// What a fit found: a maximum of the likelihood, or that there is none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Fit<M, P> {
    /// A maximum with finite parameters above 0, all of them identified.
    Interior(Fitted<M, P>),
    /// The likelihood grows, or stays as it is, while parameters go to 0 or infinity: the data speak for a simpler
    /// model.
    Boundary(Boundary<M>),
}

/// A model at the maximum of its likelihood.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Fitted<M, P> {
    /// The model.
    pub model: M,
    /// The standard error of each parameter: the root of the diagonal of the inverse negated Hessian by logarithms,
    /// times the parameter (the delta method).
    pub standard_errors: P,
    /// How the fit went.
    pub report: FitReport,
}

/// Where a likelihood without a maximum leads.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Boundary<M> {
    /// The quantities that run to a simpler spread, each with that spread: together, the simpler model that fits.
    pub limits: Vec<Limit>,
    /// The model as far out as the search went. The parameters that run mean nothing one by one, but together they
    /// predict what the simpler model does, to some six digits: other than where a rate runs to
    /// [`Extremes`](crate::predict::Spread::Extremes), which it nears so slowly (`1 / |ln β|`) that two digits are much.
    pub nearest: M,
    /// How the fit went.
    pub report: FitReport,
}

impl<M, P> Fit<M, P> {
    /// The model at the maximum.
    ///
    /// # Errors
    ///
    /// [`Error::NoMaximum`] where there is none.
    pub fn interior(self) -> Result<Fitted<M, P>> {
        match self {
            Self::Interior(fitted) => Ok(fitted),
            Self::Boundary(boundary) => Err(Error::NoMaximum { direction: boundary.to_string().into() }),
        }
    }

    /// The model to predict with: at the maximum, or the nearest one to where the likelihood leads.
    pub const fn model(&self) -> &M {
        match self {
            Self::Interior(Fitted { model, .. }) | Self::Boundary(Boundary { nearest: model, .. }) => model,
        }
    }

    /// How the fit went.
    pub const fn report(&self) -> &FitReport {
        match self {
            Self::Interior(Fitted { report, .. }) | Self::Boundary(Boundary { report, .. }) => report,
        }
    }
}

impl<M> Boundary<M> {
    /// The directions in which the parameters run, in words.
    pub fn describe(&self, language: Language) -> String {
        let limits: Vec<_> = self.limits.iter().map(|limit| limit.describe(language)).collect();
        limits.join(match language {
            Language::English => "; ",
            Language::Chinese => "；",
        })
    }
}

/// [`describe`](Boundary::describe) in English.
impl<M> fmt::Display for Boundary<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe(Language::English))
    }
}
