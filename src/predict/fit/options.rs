//! How a fit is asked for.

use crate::error::{Error, Result};

/// How a model is fitted.
///
/// The default is plain maximum likelihood.
///
/// # Examples
///
/// ```
/// use repurchase::predict::FitOptions;
///
/// let options = FitOptions::default().with_penalty(0.5);
/// assert_eq!(options.penalty(), 0.5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredOptions"))]
pub struct FitOptions {
    penalty: f64,
    max_evaluations: u32,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self { penalty: 0.0, max_evaluations: 200 }
    }
}

impl FitOptions {
    /// Maximises `ln L - penalty · Σ (ln θ)²` in place of `ln L`, for shops too small for their parameters to be told.
    ///
    /// `θ` are the model's parameters, those that are times or money in units of the sample's largest, so that a change
    /// of units changes nothing else. It is a normal prior on each `ln θ` of mean 0 and variance `1 / (2 penalty)`. 0,
    /// the default, is none. A fit refuses a penalty that is negative or not finite, and so does what reads stored
    /// options.
    #[must_use]
    pub const fn with_penalty(mut self, penalty: f64) -> Self {
        self.penalty = penalty;
        self
    }

    /// The most often that a climb from one start looks at the likelihood; 200 by default, where some 10 lead to a
    /// maximum and several times as many to a boundary.
    #[must_use]
    pub const fn with_max_evaluations(mut self, max_evaluations: u32) -> Self {
        self.max_evaluations = max_evaluations;
        self
    }

    /// The penalty, if it is one.
    pub(in crate::predict) fn checked_penalty(&self) -> Result<f64> {
        let found = self.penalty;
        let is_penalty = found.is_finite() && found >= 0.0;
        if is_penalty {
            Ok(found)
        } else {
            Err(Error::Number { field: "penalty", found, expected: "finite and 0 or more" })
        }
    }

    /// The weight of the penalty.
    pub const fn penalty(&self) -> f64 {
        self.penalty
    }

    /// The most often that a climb from one start looks at the likelihood.
    pub const fn max_evaluations(&self) -> u32 {
        self.max_evaluations
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StoredOptions {
    penalty: f64,
    max_evaluations: u32,
}

#[cfg(feature = "serde")]
impl Default for StoredOptions {
    fn default() -> Self {
        let FitOptions { penalty, max_evaluations } = FitOptions::default();
        Self { penalty, max_evaluations }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<StoredOptions> for FitOptions {
    type Error = Error;

    fn try_from(StoredOptions { penalty, max_evaluations }: StoredOptions) -> Result<Self> {
        let options = Self { penalty, max_evaluations };
        options.checked_penalty().map(|_| options)
    }
}
