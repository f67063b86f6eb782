//! The kinds of repeat-purchase models, and a model of any kind.

use crate::error::Result;
use crate::predict::purchases::model::{PurchaseModel, delegate};
use crate::predict::{
    BgCnbd, BgNbd, Boundary, Fit, FitOptions, Fitted, MbgCnbd, MbgNbd, Nbd, ParetoNbd, Regularity, Sample, Samples,
    TimeUnit,
};
use crate::scale::{Confidence, Interval, Label};

/// A kind of repeat-purchase model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ModelKind {
    /// [`Nbd`]: nobody leaves.
    Nbd,
    /// [`MbgNbd`]: a customer may leave after any purchase.
    MbgNbd,
    /// [`ParetoNbd`]: a customer may leave at any time.
    ParetoNbd,
    /// [`MbgCnbd`]: as MBG/NBD, and some customers come in a rhythm.
    MbgCnbd,
    /// [`BgNbd`]: a customer may leave after a repeat purchase.
    BgNbd,
    /// [`BgCnbd`]: as BG/NBD, and some customers come in a rhythm.
    BgCnbd,
}

impl ModelKind {
    /// All kinds, in the order of preference between models that predict as well: the fewest parameters first, and last
    /// those that take everyone who came once for alive.
    pub const ALL: [Self; 6] = [Self::Nbd, Self::MbgNbd, Self::ParetoNbd, Self::MbgCnbd, Self::BgNbd, Self::BgCnbd];

    /// Its key and names.
    pub const fn label(self) -> &'static Label {
        match self {
            Self::Nbd => const { &Label::preset("nbd", "NBD", "NBD") },
            Self::MbgNbd => const { &Label::preset("mbg_nbd", "MBG/NBD", "MBG/NBD") },
            Self::ParetoNbd => const { &Label::preset("pareto_nbd", "Pareto/NBD", "Pareto/NBD") },
            Self::MbgCnbd => const { &Label::preset("mbg_cnbd", "MBG/CNBD-k", "MBG/CNBD-k") },
            Self::BgNbd => const { &Label::preset("bg_nbd", "BG/NBD", "BG/NBD") },
            Self::BgCnbd => const { &Label::preset("bg_cnbd", "BG/CNBD-k", "BG/CNBD-k") },
        }
    }

    /// Whether a model of this kind can tell that somebody has left: all but NBD.
    pub const fn has_dropout(self) -> bool {
        !matches!(self, Self::Nbd)
    }

    /// Whether it is of customers who come in a rhythm, and reads their gaps.
    pub(crate) const fn is_of_rhythm(self) -> bool {
        matches!(self, Self::MbgCnbd | Self::BgCnbd)
    }

    /// Fits a model of this kind, without the standard errors of its own `fit`.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`](crate::Error::NoCustomers) without customers,
    /// [`Error::NothingObserved`](crate::Error::NothingObserved) when every `T` is 0,
    /// [`Error::Number`](crate::Error::Number) for a penalty that is negative or not finite, and
    /// [`Error::NotConverged`](crate::Error::NotConverged).
    ///
    /// # Complexity
    ///
    /// Linear in distinct rows for each evaluation, of NBD in the distinct `x` and `T`: some ten evaluations to a
    /// maximum; where there is none, up to a hundred, of Pareto/NBD 80 to 120. A row takes Pareto/NBD up to a
    /// microsecond.
    pub fn fit(self, samples: &Samples, options: &FitOptions) -> Result<Fit<AnyModel, ()>> {
        Ok(match self {
            Self::Nbd => of_any(Nbd::fit(samples, options)?),
            Self::MbgNbd => of_any(MbgNbd::fit(samples, options)?),
            Self::ParetoNbd => of_any(ParetoNbd::fit(samples, options)?),
            Self::MbgCnbd => of_any(MbgCnbd::fit(samples, options)?),
            Self::BgNbd => of_any(BgNbd::fit(samples, options)?),
            Self::BgCnbd => of_any(BgCnbd::fit(samples, options)?),
        })
    }
}

/// A repeat-purchase model of any kind, such as the one that [`Backtest`](crate::predict::Backtest) chooses.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum AnyModel {
    /// NBD.
    Nbd(Nbd),
    /// MBG/NBD.
    MbgNbd(MbgNbd),
    /// Pareto/NBD.
    ParetoNbd(ParetoNbd),
    /// MBG/CNBD-k.
    MbgCnbd(MbgCnbd),
    /// BG/NBD.
    BgNbd(BgNbd),
    /// BG/CNBD-k.
    BgCnbd(BgCnbd),
}

impl AnyModel {
    /// Its kind.
    pub const fn kind(&self) -> ModelKind {
        match self {
            Self::Nbd(_) => ModelKind::Nbd,
            Self::MbgNbd(_) => ModelKind::MbgNbd,
            Self::ParetoNbd(_) => ModelKind::ParetoNbd,
            Self::MbgCnbd(_) => ModelKind::MbgCnbd,
            Self::BgNbd(_) => ModelKind::BgNbd,
            Self::BgCnbd(_) => ModelKind::BgCnbd,
        }
    }

    /// The unit of time of its rates.
    pub const fn unit(&self) -> TimeUnit {
        match self {
            Self::Nbd(model) => model.unit(),
            Self::MbgNbd(model) => model.unit(),
            Self::ParetoNbd(model) => model.unit(),
            Self::MbgCnbd(model) => model.unit(),
            Self::BgNbd(model) => model.unit(),
            Self::BgCnbd(model) => model.unit(),
        }
    }

    /// The regularity of a customer; `None` of a model without rhythms.
    pub fn regularity_of(&self, sample: &Sample) -> Option<Regularity> {
        match self {
            Self::MbgCnbd(model) => Some(model.regularity_of(sample)),
            Self::BgCnbd(model) => Some(model.regularity_of(sample)),
            _ => None,
        }
    }

    /// The regularity of the shop's customers; `None` of a model without rhythms.
    pub const fn regularity(&self) -> Option<Regularity> {
        match self {
            Self::MbgCnbd(model) => Some(model.regularity()),
            Self::BgCnbd(model) => Some(model.regularity()),
            _ => None,
        }
    }

    /// Its parameters, `r` and `alpha` first; 1 in place of those that it does not have.
    pub(in crate::predict) const fn parameters(&self) -> [f64; 4] {
        match self {
            Self::Nbd(model) => [model.params().r, model.params().alpha, 1.0, 1.0],
            Self::MbgNbd(model) => [model.params().r, model.params().alpha, model.params().a, model.params().b],
            Self::BgNbd(model) => [model.params().r, model.params().alpha, model.params().a, model.params().b],
            Self::MbgCnbd(model) => [model.params().r, model.params().alpha, model.params().a, model.params().b],
            Self::BgCnbd(model) => [model.params().r, model.params().alpha, model.params().a, model.params().b],
            Self::ParetoNbd(model) => [model.params().r, model.params().alpha, model.params().s, model.params().beta],
        }
    }

    /// `(r + x) / (α + t_x) t`: what a customer of the mean rate up to the last purchase would buy within the days ahead.
    #[inline]
    pub(in crate::predict) fn pace(&self, sample: &Sample, horizon_days: u32) -> f64 {
        let ([r, alpha, ..], unit) = (self.parameters(), self.unit());
        let rate = (r + f64::from(sample.repeats())) / (alpha + unit.of_days(sample.recency_days()));
        rate * unit.of_days(horizon_days.into())
    }

    fn model(&self) -> &dyn PurchaseModel {
        match self {
            Self::Nbd(model) => model,
            Self::MbgNbd(model) => model,
            Self::ParetoNbd(model) => model,
            Self::MbgCnbd(model) => model,
            Self::BgNbd(model) => model,
            Self::BgCnbd(model) => model,
        }
    }
}

// To the same bits.
delegate!(AnyModel, model);

macro_rules! from {
    ($($model:ident),*) => {$(
        impl From<$model> for AnyModel {
            fn from(model: $model) -> Self {
                Self::$model(model)
            }
        }
    )*};
}

from!(Nbd, MbgNbd, ParetoNbd, MbgCnbd, BgNbd, BgCnbd);

fn of_any<M: Into<AnyModel>, P>(fit: Fit<M, P>) -> Fit<AnyModel, ()> {
    match fit {
        Fit::Interior(Fitted { model, report, .. }) => {
            Fit::Interior(Fitted { model: model.into(), standard_errors: (), report })
        }
        Fit::Boundary(Boundary { limits, nearest, report }) => {
            Fit::Boundary(Boundary { limits, nearest: nearest.into(), report })
        }
    }
}
