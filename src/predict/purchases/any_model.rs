//! The repeat-purchase models of this crate, as values.

use crate::error::Result;
use crate::predict::purchases::model::PurchaseModel;
use crate::predict::{BgNbd, Boundary, Fit, FitOptions, Fitted, MbgNbd, Nbd, ParetoNbd, Sample, Samples, TimeUnit};
use crate::scale::Label;

/// Which repeat-purchase model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ModelKind {
    /// [`Nbd`]: nobody leaves.
    Nbd,
    /// [`MbgNbd`]: a customer may leave after any purchase.
    MbgNbd,
    /// [`ParetoNbd`]: a customer may leave at any time.
    ParetoNbd,
    /// [`BgNbd`]: a customer may leave after a repeat purchase.
    BgNbd,
}

impl ModelKind {
    /// All four, in the order in which one is preferred to another that predicts as well: the fewest parameters first,
    /// and last the one that takes everyone who came once for alive.
    pub const ALL: [Self; 4] = [Self::Nbd, Self::MbgNbd, Self::ParetoNbd, Self::BgNbd];

    /// Its key and names.
    pub const fn label(self) -> &'static Label {
        match self {
            Self::Nbd => const { &Label::preset("nbd", "NBD", "NBD") },
            Self::MbgNbd => const { &Label::preset("mbg_nbd", "MBG/NBD", "MBG/NBD") },
            Self::ParetoNbd => const { &Label::preset("pareto_nbd", "Pareto/NBD", "Pareto/NBD") },
            Self::BgNbd => const { &Label::preset("bg_nbd", "BG/NBD", "BG/NBD") },
        }
    }

    /// Fits it. Standard errors are those of the model's own `fit`.
    ///
    /// # Errors
    ///
    /// As that of the model, such as [`BgNbd::fit`].
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::predict::{FitOptions, ModelKind, PurchaseModel, Sample, Samples};
    ///
    /// let customers = [(0, 0.0, 9.0), (1, 2.0, 9.0), (6, 8.0, 9.0), (0, 0.0, 5.0), (2, 4.0, 5.0)];
    /// let sample = |(x, t, age)| Sample::new(x, t, age);
    /// let samples: Samples = customers.into_iter().map(sample).collect::<Result<_, _>>()?;
    /// let fitted = ModelKind::Nbd.fit(&samples, &FitOptions::default())?.interior()?;
    /// assert_eq!(fitted.model.kind(), ModelKind::Nbd);
    /// assert!(fitted.model.expected_purchases(&Sample::NEW, 9) > 1.0);
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn fit(self, samples: &Samples, options: &FitOptions) -> Result<Fit<AnyModel, ()>> {
        Ok(match self {
            Self::Nbd => of_any(Nbd::fit(samples, options)?),
            Self::MbgNbd => of_any(MbgNbd::fit(samples, options)?),
            Self::ParetoNbd => of_any(ParetoNbd::fit(samples, options)?),
            Self::BgNbd => of_any(BgNbd::fit(samples, options)?),
        })
    }
}

/// A repeat-purchase model of any kind, such as the one that [`Backtest`](crate::predict::Backtest) chooses.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum AnyModel {
    /// NBD.
    Nbd(Nbd),
    /// MBG/NBD.
    MbgNbd(MbgNbd),
    /// Pareto/NBD.
    ParetoNbd(ParetoNbd),
    /// BG/NBD.
    BgNbd(BgNbd),
}

impl AnyModel {
    /// Which one it is.
    pub const fn kind(&self) -> ModelKind {
        match self {
            Self::Nbd(_) => ModelKind::Nbd,
            Self::MbgNbd(_) => ModelKind::MbgNbd,
            Self::ParetoNbd(_) => ModelKind::ParetoNbd,
            Self::BgNbd(_) => ModelKind::BgNbd,
        }
    }

    /// The unit of time of its rates.
    pub const fn unit(&self) -> TimeUnit {
        match self {
            Self::Nbd(model) => model.unit(),
            Self::MbgNbd(model) => model.unit(),
            Self::ParetoNbd(model) => model.unit(),
            Self::BgNbd(model) => model.unit(),
        }
    }

    fn model(&self) -> &dyn PurchaseModel {
        match self {
            Self::Nbd(model) => model,
            Self::MbgNbd(model) => model,
            Self::ParetoNbd(model) => model,
            Self::BgNbd(model) => model,
        }
    }
}

/// As the model says itself, to the same bits.
impl PurchaseModel for AnyModel {
    fn log_likelihood(&self, sample: &Sample) -> f64 {
        self.model().log_likelihood(sample)
    }

    fn probability_alive(&self, sample: &Sample) -> f64 {
        self.model().probability_alive(sample)
    }

    fn expected_purchases(&self, sample: &Sample, horizon_days: u32) -> f64 {
        self.model().expected_purchases(sample, horizon_days)
    }

    fn probability_of_purchases(&self, sample: &Sample, purchases: u32, horizon_days: u32) -> f64 {
        self.model().probability_of_purchases(sample, purchases, horizon_days)
    }

    fn probability_no_purchase(&self, sample: &Sample, horizon_days: u32) -> f64 {
        self.model().probability_no_purchase(sample, horizon_days)
    }

    fn probability_alive_all(&self, samples: &[Sample]) -> Vec<f64> {
        self.model().probability_alive_all(samples)
    }

    fn expected_purchases_all(&self, samples: &[Sample], horizon_days: u32) -> Vec<f64> {
        self.model().expected_purchases_all(samples, horizon_days)
    }
}

macro_rules! from {
    ($($model:ident),*) => {$(
        impl From<$model> for AnyModel {
            fn from(model: $model) -> Self {
                Self::$model(model)
            }
        }
    )*};
}

from!(Nbd, MbgNbd, ParetoNbd, BgNbd);

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
