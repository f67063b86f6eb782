//! Storing of checked types as their fields, which pass what `new` asks when they are read.

/// The stored form of a type, so that a file cannot hold what the type's constructor refuses.
///
/// `=>` reads, and leaves writing to the type's own `Serialize`. `<=>` writes, too: the fields of that name, or what is
/// made of the value that is named in brackets. `as` is for a type that is stored as one of its fields, or as what is made
/// of it. A field that is not known is refused. The expression makes the value of the fields, which stand in scope; its error may be another type
/// than the crate's.
///
/// ```ignore
/// stored! { Ratio { count: u64, of: u64 } <=> Self::new(count, of) }
/// stored! { Sum(sum) { digits: String = sum.to_string() } <=> Self::parse(&digits), &'static str }
/// stored! { Confidence as level: f64 => Self::new(level) }
/// ```
macro_rules! stored {
    (
        $target:ident $(<$($generic:ident $(: $bound:path)?),+>)? {
            $($(#[$meta:meta])* $field:ident: $kind:ty),+ $(,)?
        } => $make:expr $(, $error:ty)?
    ) => {
        #[cfg(feature = "serde")]
        const _: () = {
            $crate::stored::stored! {
                @read $target $(<$($generic $(: $bound)?),+>)? { $($(#[$meta])* $field: $kind),+ } $make $(, $error)?
            }
        };
    };
    (
        $target:ident { $($(#[$meta:meta])* $field:ident: $kind:ty),+ $(,)? } <=> $make:expr $(, $error:ty)?
    ) => {
        $crate::stored::stored! {
            $target(value) { $($(#[$meta])* $field: $kind = Clone::clone(&value.$field)),+ } <=> $make $(, $error)?
        }
    };
    (
        $target:ident $(<$($generic:ident $(: $bound:path)?),+>)? ($value:ident) {
            $($(#[$meta:meta])* $field:ident: $kind:ty = $write:expr),+ $(,)?
        } <=> $make:expr $(, $error:ty)?
    ) => {
        #[cfg(feature = "serde")]
        const _: () = {
            $crate::stored::stored! {
                @read $target $(<$($generic $(: $bound)?),+>)? {
                    $($(#[$meta])* $field: $kind),+
                } $make $(, $error)?
            }

            impl $(<$($generic: serde::Serialize $(+ $bound)?),+>)? serde::Serialize
                for $target $(<$($generic),+>)?
            {
                fn serialize<S: serde::Serializer>(&self, to: S) -> core::result::Result<S::Ok, S::Error> {
                    let $value = self;
                    serde::Serialize::serialize(&Stored { $($field: $write),+ }, to)
                }
            }
        };
    };
    ($target:ident $(<$generic:ident: $bound:path>)? as $field:ident: $kind:ty => $make:expr) => {
        $crate::stored::stored! {
            $target $(<$generic: $bound>)? (value) as $field: $kind = value.$field => $make
        }
    };
    (
        $target:ident $(<$generic:ident: $bound:path>)? ($value:ident) as $field:ident: $kind:ty = $write:expr
        => $make:expr
    ) => {
        #[cfg(feature = "serde")]
        const _: () = {
            impl $(<$generic: serde::Serialize>)? serde::Serialize for $target $(<$generic>)? {
                fn serialize<S: serde::Serializer>(&self, to: S) -> core::result::Result<S::Ok, S::Error> {
                    let $value = self;
                    serde::Serialize::serialize(&$write, to)
                }
            }

            impl<'de $(, $generic: serde::Deserialize<'de> + $bound)?> serde::Deserialize<'de>
                for $target $(<$generic>)?
            {
                fn deserialize<D: serde::Deserializer<'de>>(from: D) -> core::result::Result<Self, D::Error> {
                    let $field = <$kind as serde::Deserialize>::deserialize(from)?;
                    let made: $crate::error::Result<Self> = $make;
                    made.map_err(serde::de::Error::custom)
                }
            }
        };
    };
    (
        @read $target:ident $(<$($generic:ident $(: $bound:path)?),+>)? {
            $($(#[$meta:meta])* $field:ident: $kind:ty),+
        } $make:expr $(, $error:ty)?
    ) => {
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Stored $(<$($generic),+>)? { $($(#[$meta])* $field: $kind),+ }

        impl $(<$($generic $(: $bound)?),+>)? TryFrom<Stored $(<$($generic),+>)?> for $target $(<$($generic),+>)? {
            type Error = $crate::stored::stored!(@error $($error)?);

            fn try_from(stored: Stored $(<$($generic),+>)?) -> core::result::Result<Self, Self::Error> {
                let Stored { $($field),+ } = stored;
                $make
            }
        }

        impl<'de $(, $($generic: serde::Deserialize<'de> $(+ $bound)?),+)?> serde::Deserialize<'de>
            for $target $(<$($generic),+>)?
        {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> core::result::Result<Self, D::Error> {
                let stored: Stored $(<$($generic),+>)? = serde::Deserialize::deserialize(from)?;
                Self::try_from(stored).map_err(serde::de::Error::custom)
            }
        }
    };
    (@error) => { $crate::error::Error };
    (@error $error:ty) => { $error };
}

pub(crate) use stored;
