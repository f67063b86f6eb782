//! The result of a fit, the same for every model.

use core::fmt;

use crate::error::{Error, Result};
use crate::predict::fit::identification::Identification;
use crate::predict::fit::limit::{Latent, Limit, Spread};
use crate::scale::Language;

/// The numbers of a fit.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FitReport {
    /// `ln L`, without the penalty: the sum over customers of their log densities, in the model's unit of time, without
    /// combinatorial constants.
    pub log_likelihood: f64,
    /// The weight of the penalty; 0 for plain maximum likelihood.
    pub penalty: f64,
    /// Evaluations of the likelihood, from all starts together.
    pub evaluations: u32,
    /// The largest absolute slope that is left, by the logarithm of a parameter.
    pub gradient_norm: f64,
    /// Customers of the sample who entered the fit.
    pub customers: u64,
    /// Customers who were left out: the model does not describe them.
    pub left_out: u64,
    /// Different rows among those who entered.
    pub distinct_rows: usize,
    /// The reason why the fit stopped.
    pub stop: StopReason,
    pub(in crate::predict) identified: [Option<Identification>; 2],
}

impl FitReport {
    /// Whether the data show each quantity of a model of purchases in time; of other models, nothing.
    pub fn identifications(&self) -> impl Iterator<Item = &Identification> {
        self.identified.iter().flatten()
    }

    /// Whether the data show a quantity; `None` where the model has none of the kind.
    pub fn identification(&self, of: Latent) -> Option<&Identification> {
        self.identifications().find(|one| one.of == of)
    }
}

/// The reason why a fit stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum StopReason {
    /// The fit stopped at a maximum: the gradient vanishes, the Hessian is negative definite, the next step is below
    /// `1e-7` in the logarithm of each parameter.
    Maximum,
    /// The fit stopped at no maximum: the likelihood grows, or stays as it is, while parameters go to 0 or infinity.
    Boundary,
}

/// The result of a fit: a maximum of the likelihood, or the boundary without one.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Fit<M, P> {
    /// A maximum with finite parameters above 0, all of them identified.
    Interior(Fitted<M, P>),
    /// No maximum ([`StopReason::Boundary`]): the data show a simpler model.
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
    /// The numbers of the fit.
    pub report: FitReport,
}

/// The limit of a likelihood without a maximum.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Boundary<M> {
    /// The quantities with a simpler spread: together, the simpler model that fits.
    pub limits: Vec<Limit>,
    /// The model at the end of the search. Its running parameters mean nothing one by one; together they predict what
    /// the simpler model does, to about six digits, and to two at best where a rate runs to
    /// [`Extremes`](crate::predict::Spread::Extremes), which it approaches as slowly as `1 / |ln β|`.
    pub nearest: M,
    /// The numbers of the fit.
    pub report: FitReport,
}

impl<M, P> Fit<M, P> {
    /// The model at the maximum.
    ///
    /// # Errors
    ///
    /// [`Error::NoMaximum`] on a boundary.
    pub fn interior(self) -> Result<Fitted<M, P>> {
        match self {
            Self::Interior(fitted) => Ok(fitted),
            Self::Boundary(boundary) => Err(Error::NoMaximum { direction: boundary.to_string().into() }),
        }
    }

    /// The model to predict with: at the maximum, or the [nearest](Boundary::nearest) to the boundary.
    pub const fn model(&self) -> &M {
        match self {
            Self::Interior(Fitted { model, .. }) | Self::Boundary(Boundary { nearest: model, .. }) => model,
        }
    }

    /// The numbers of the fit.
    pub const fn report(&self) -> &FitReport {
        match self {
            Self::Interior(Fitted { report, .. }) | Self::Boundary(Boundary { report, .. }) => report,
        }
    }
}

/// Customers by whose spends it can be told that spends do not differ.
const FEW: u64 = 10;

impl<M> Boundary<M> {
    /// Whether the [nearest](Self::nearest) model forecasts as well as one at a maximum: what customers differ in beyond
    /// it, the data do not show. Purchase rates and mean spends may be the same for everyone, and a customer's spends equal,
    /// by ten customers or more; dropout may take any simpler form, where the data show that customers leave.
    pub(crate) fn forecasts(&self) -> bool {
        let is_simpler = |limit: &Limit| match limit.of {
            Latent::PurchaseRate => matches!(limit.spread, Spread::Same(_)),
            Latent::MeanSpend => matches!(limit.spread, Spread::Same(_)) && self.report.customers >= FEW,
            Latent::SpendWithinCustomer => self.report.customers >= FEW,
            _ => true,
        };
        let mut dropouts = self.report.identifications().filter(|one| one.of != Latent::PurchaseRate);
        self.limits.iter().all(is_simpler) && dropouts.all(Identification::is_identified)
    }

    /// The [descriptions](Limit::describe) of the limits, joined.
    pub fn describe(&self, language: Language) -> String {
        let limits: Vec<_> = self.limits.iter().map(|limit| limit.describe(language)).collect();
        limits.join(language.pick("; ", "；"))
    }
}

/// [`describe`](Boundary::describe) in English.
impl<M> fmt::Display for Boundary<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe(Language::English))
    }
}
