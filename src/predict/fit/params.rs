//! The constructor and the stored form that all models share.

/// The parameters of a model, its constructor from checked ones, and its stored form: the parameters and, for a model of
/// purchases in time, their unit.
macro_rules! parameters {
    (@range) => { crate::predict::given::range::PARAMETERS };
    (@range $range:ident) => { crate::predict::given::range::$range };
    (@new $model:ident, $params:ident { $($(#[$about:meta])* $field:ident $(in $range:ident)?),+ } $(, $unit:ident)?) => {
        #[doc = concat!("The parameters of [`", stringify!($model), "`], each from `1e-30` to `1e30` where it does not say otherwise.")]
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
            /// [`Error::Number`](crate::Error::Number) for a parameter outside its range.
            pub fn from_params(params: $params $(, $unit: crate::predict::TimeUnit)?) -> crate::error::Result<Self> {
                $(crate::predict::fit::params::parameters!(@range $($range)?).check(stringify!($field), params.$field)?;)+
                Ok(Self { $($unit,)? params })
            }

            /// Its parameters.
            pub const fn params(&self) -> $params {
                self.params
            }
        }
    };
    ($model:ident; $params:ident { $($(#[$about:meta])* $field:ident $(in $range:ident)?),+ $(,)? }) => {
        crate::predict::fit::params::parameters!(@new $model, $params { $($(#[$about])* $field $(in $range)?),+ });

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
