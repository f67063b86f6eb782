//! The unit of time of a model.

use crate::predict::Sample;

/// The unit of time of a model's rates; arguments are in days all the same, and the model converts.
///
/// The literature uses weeks, the default of [`FitOptions`](crate::predict::FitOptions).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum TimeUnit {
    /// Rates are per day.
    Day,
    /// Rates are per week, and times are days / 7, fractional.
    #[default]
    Week,
}

impl TimeUnit {
    /// Converts days to this unit.
    #[inline]
    pub(in crate::predict) fn of_days(self, days: f64) -> f64 {
        match self {
            Self::Day => days,
            Self::Week => days / 7.0,
        }
    }

    /// `x`, `t_x` and `T` of a customer in this unit.
    #[inline]
    pub(in crate::predict) fn of_sample(self, sample: &Sample) -> Observed {
        Observed {
            repeats: sample.repeats(),
            recency: self.of_days(sample.recency_days()),
            age: self.of_days(sample.age_days()),
        }
    }
}

/// `x`, `t_x` and `T` of one customer in a model's unit of time.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct Observed {
    pub(in crate::predict) repeats: u32,
    pub(in crate::predict) recency: f64,
    pub(in crate::predict) age: f64,
}
