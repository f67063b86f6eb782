//! Options of every fit.

use crate::error::{Error, Result};
use crate::predict::TimeUnit;

/// The options by which a model is fitted. The default is plain maximum likelihood, with rates per week.
///
/// Of several maxima a fit ends at the highest that its starts lead to. That no parameters are likelier is tested on shops
/// of any times and counts with ages of up to a million days; where the ages of customers lie more decades apart than that,
/// likelier ones may exist.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitOptions {
    penalty: f64,
    max_evaluations: u32,
    unit: TimeUnit,
    /// The parameters that a climb of the model of this name starts at, before all other starts. Not stored.
    near: Option<(&'static str, [f64; 4])>,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self { penalty: 0.0, max_evaluations: 200, unit: TimeUnit::Week, near: None }
    }
}

impl FitOptions {
    /// Maximises `ln L - penalty · Σ (ln θ)²` in place of `ln L`, for shops too small to determine their parameters.
    ///
    /// `θ` are the model's parameters; those that are times or money in units of the sample's largest, so that a change
    /// of units changes nothing else. It is a normal prior on each `ln θ` of mean 0 and variance `1 / (2 penalty)`. 0,
    /// the default, is plain maximum likelihood. A fit, and a reader of stored options, refuse a penalty that is negative
    /// or not finite.
    #[must_use]
    pub const fn with_penalty(mut self, penalty: f64) -> Self {
        self.penalty = penalty;
        self
    }

    /// The largest number of evaluations of the likelihood in a climb from one start. The default is 200; some 10 reach a
    /// maximum, several times as many a boundary. With 200 or more, the highest climb goes on for up to twenty times as many where
    /// it has come to no end.
    #[must_use]
    pub const fn with_max_evaluations(mut self, max_evaluations: u32) -> Self {
        self.max_evaluations = max_evaluations;
        self
    }

    /// The unit of time of the fitted model's rates, weeks by default; only models of purchases in time have one.
    #[must_use]
    pub const fn with_unit(mut self, unit: TimeUnit) -> Self {
        self.unit = unit;
        self
    }

    /// Climbs of the model of this name that start at parameters near the maximum, such as those of a few weeks later: the
    /// maximum is the same, and found in fewer evaluations. A small shop, whose likelihood may have several, climbs from
    /// all starts as always.
    pub(in crate::predict) const fn with_start(mut self, model: &'static str, near: [f64; 4]) -> Self {
        self.near = Some((model, near));
        self
    }

    /// The start of a climb of the model of this name, if it is known.
    pub(in crate::predict) fn start(&self, model: &str) -> Option<[f64; 4]> {
        self.near.filter(|(of, _)| *of == model).map(|(_, parameters)| parameters)
    }

    /// The penalty, or an error where it is negative or not finite.
    pub(in crate::predict) fn checked_penalty(&self) -> Result<f64> {
        let (found, expected) = (self.penalty, "finite and 0 or more");
        let is_penalty = found.is_finite() && found >= 0.0;
        if is_penalty { Ok(found) } else { Err(Error::Number { field: "penalty", found, expected }) }
    }

    /// The [weight of the penalty](Self::with_penalty).
    pub const fn penalty(&self) -> f64 {
        self.penalty
    }

    /// The [largest number of evaluations](Self::with_max_evaluations) in a climb from one start.
    pub const fn max_evaluations(&self) -> u32 {
        self.max_evaluations
    }

    /// The unit of time of the fitted model's rates.
    pub const fn unit(&self) -> TimeUnit {
        self.unit
    }
}

crate::stored::stored! {
    FitOptions {
        #[serde(default)] penalty: f64,
        #[serde(default = "max_evaluations")] max_evaluations: u32,
        #[serde(default)] unit: TimeUnit,
    } <=> {
        let options = FitOptions { penalty, max_evaluations, unit, near: None };
        options.checked_penalty().map(|_| options)
    }
}

#[cfg(feature = "serde")]
fn max_evaluations() -> u32 {
    FitOptions::default().max_evaluations
}
