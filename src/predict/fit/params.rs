//! How a model is made from parameters that are known, and stored as them.

use crate::error::{Error, Result};
use crate::predict::given::sample::LARGEST;

/// Checks that a parameter is finite, above 0 and at most `1e300`.
pub(in crate::predict) fn positive(field: &'static str, found: f64) -> Result<f64> {
    let refused = |expected| Err(Error::Number { field, found, expected });
    if !(found.is_finite() && found > 0.0) {
        return refused("finite and above 0");
    }
    if found <= LARGEST { Ok(found) } else { refused("at most 1e300") }
}

/// The constructor of a model from its parameters, each finite, above 0 and at most `1e300`, and its stored form: the
/// parameters and, of a model of purchases in time, their unit.
macro_rules! parameters {
    ($model:ident, $params:ident { $($field:ident),+ }) => {
        impl $model {
            /// The model at parameters that are known.
            ///
            /// # Errors
            ///
            /// [`Error::Number`](crate::Error::Number) for a parameter that is not finite and above 0, or above
            /// `1e300`.
            pub fn from_params(params: $params) -> $crate::error::Result<Self> {
                $($crate::predict::fit::params::positive(stringify!($field), params.$field)?;)+
                Ok(Self { params })
            }

            /// Its parameters.
            pub const fn params(&self) -> $params {
                self.params
            }
        }

        impl TryFrom<$params> for $model {
            type Error = $crate::error::Error;

            fn try_from(params: $params) -> $crate::error::Result<Self> {
                Self::from_params(params)
            }
        }

        impl From<$model> for $params {
            fn from(model: $model) -> Self {
                model.params
            }
        }
    };
    ($model:ident, $params:ident { $($field:ident),+ }, $stored:ident) => {
        impl $model {
            /// The model at parameters that are known, and the unit of time of its rates.
            ///
            /// # Errors
            ///
            /// [`Error::Number`](crate::Error::Number) for a parameter that is not finite and above 0, or above
            /// `1e300`.
            pub fn from_params(params: $params, unit: $crate::predict::TimeUnit) -> $crate::error::Result<Self> {
                $($crate::predict::fit::params::positive(stringify!($field), params.$field)?;)+
                Ok(Self { unit, params })
            }

            /// Its parameters, in its [`unit`](Self::unit) of time.
            pub const fn params(&self) -> $params {
                self.params
            }

            /// The unit of time of its rates.
            pub const fn unit(&self) -> $crate::predict::TimeUnit {
                self.unit
            }
        }

        #[cfg(feature = "serde")]
        impl From<$model> for $stored {
            fn from($model { unit, params: $params { $($field),+ } }: $model) -> Self {
                Self { unit, $($field),+ }
            }
        }

        #[cfg(feature = "serde")]
        impl TryFrom<$stored> for $model {
            type Error = $crate::error::Error;

            fn try_from($stored { unit, $($field),+ }: $stored) -> $crate::error::Result<Self> {
                Self::from_params($params { $($field),+ }, unit)
            }
        }

        #[cfg(feature = "serde")]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $stored {
            unit: $crate::predict::TimeUnit,
            $($field: f64),+
        }
    };
}

pub(in crate::predict) use parameters;
