//! The constructor and the stored form that all models share.

use crate::error::{Error, Result};
use crate::predict::given::sample::LARGEST;

/// Checks that a parameter is finite, above 0 and at most `1e300`.
pub(in crate::predict) fn positive(field: &'static str, found: f64) -> Result<()> {
    let refused = |expected| Err(Error::Number { field, found, expected });
    if !(found.is_finite() && found > 0.0) {
        return refused("finite and above 0");
    }
    if found <= LARGEST { Ok(()) } else { refused("at most 1e300") }
}

/// The parameters of a model, its constructor from checked ones, and its stored form: the parameters and, for a model of
/// purchases in time, their unit.
macro_rules! parameters {
    (@new $model:ident, $params:ident { $($(#[$about:meta])* $field:ident),+ } $(, $unit:ident)?) => {
        #[doc = concat!("The parameters of [`", stringify!($model), "`], each finite, above 0 and at most `1e300`.")]
        #[derive(Debug, Clone, Copy, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
        pub struct $params {
            $($(#[$about])* pub $field: f64),+
        }

        impl $model {
            /// The model of known parameters.
            ///
            /// # Errors
            ///
            /// [`Error::Number`](crate::Error::Number) for a parameter that is not finite, not above 0 or above `1e300`.
            pub fn from_params(params: $params $(, $unit: crate::predict::TimeUnit)?) -> crate::error::Result<Self> {
                $(crate::predict::fit::params::positive(stringify!($field), params.$field)?;)+
                Ok(Self { $($unit,)? params })
            }

            /// Its parameters.
            pub const fn params(&self) -> $params {
                self.params
            }
        }
    };
    ($model:ident; $params:ident { $($(#[$about:meta])* $field:ident),+ $(,)? }) => {
        crate::predict::fit::params::parameters!(@new $model, $params { $($(#[$about])* $field),+ });

        crate::stored::stored! { $model(model) as params: $params = model.params => Self::from_params(params) }

        impl TryFrom<$params> for $model {
            type Error = crate::error::Error;

            fn try_from(params: $params) -> crate::error::Result<Self> {
                Self::from_params(params)
            }
        }

        impl From<$model> for $params {
            fn from(model: $model) -> Self {
                model.params
            }
        }
    };
    ($model:ident, unit; $params:ident { $($(#[$about:meta])* $field:ident),+ $(,)? }) => {
        crate::predict::fit::params::parameters!(@new $model, $params { $($(#[$about])* $field),+ }, unit);

        impl $model {
            /// The unit of time of its rates and parameters.
            pub const fn unit(&self) -> crate::predict::TimeUnit {
                self.unit
            }
        }

        crate::stored::stored! {
            $model(model) { unit: crate::predict::TimeUnit = model.unit, $($field: f64 = model.params.$field),+ }
            <=> Self::from_params($params { $($field),+ }, unit)
        }
    };
}

pub(in crate::predict) use parameters;
