//! How a checked type is read: as its fields, which then pass what `new` asks.

/// The stored form of a type, so that a file cannot hold what the type's constructor refuses.
///
/// `->` reads, and leaves writing to the type's own `Serialize`; `<->` writes the fields of that name, too. A field that
/// is not known is refused. The expression behind the colon makes the value of the fields, which stand in scope.
///
/// ```ignore
/// stored! { StoredRatio { count: u64, of: u64 } -> Ratio: Ratio::new(count, of) }
/// ```
macro_rules! stored {
    (
        $stored:ident $(<$($generic:ident),+>)? { $($(#[$meta:meta])* $field:ident: $kind:ty),+ $(,)? }
        -> $target:ty: $make:expr
    ) => {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $stored $(<$($generic),+>)? { $($(#[$meta])* $field: $kind),+ }

        impl $(<$($generic),+>)? TryFrom<$stored $(<$($generic),+>)?> for $target {
            type Error = $crate::error::Error;

            fn try_from(stored: $stored $(<$($generic),+>)?) -> $crate::error::Result<Self> {
                let $stored { $($field),+ } = stored;
                $make
            }
        }
    };
    (
        $stored:ident $(<$($generic:ident),+>)? { $($(#[$meta:meta])* $field:ident: $kind:ty),+ $(,)? }
        <-> $target:ty: $make:expr
    ) => {
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $stored $(<$($generic),+>)? { $($(#[$meta])* $field: $kind),+ }

        impl $(<$($generic),+>)? From<$target> for $stored $(<$($generic),+>)? {
            fn from(value: $target) -> Self {
                Self { $($field: value.$field),+ }
            }
        }

        impl $(<$($generic),+>)? TryFrom<$stored $(<$($generic),+>)?> for $target {
            type Error = $crate::error::Error;

            fn try_from(stored: $stored $(<$($generic),+>)?) -> $crate::error::Result<Self> {
                let $stored { $($field),+ } = stored;
                $make
            }
        }
    };
}

pub(crate) use stored;
