//! Decimals in stored forms: written as text, read from text or a whole number.
//!
//! A fraction that comes as a floating-point number is refused: 19.9 is not the number that its eight bytes hold.

use core::fmt;
use core::str::FromStr;

use rust_decimal::Decimal;
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::ser::Serializer;

pub(crate) fn serialize<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(amount)
}

/// The same of one that may be missing.
#[allow(clippy::ref_option, reason = "serde passes a field by reference")]
pub(crate) fn serialize_option<S: Serializer>(amount: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match amount {
        Some(amount) => serializer.collect_str(amount),
        None => serializer.serialize_none(),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(Exact)
    } else {
        deserializer.deserialize_str(Exact)
    }
}

struct Exact;

impl Visitor<'_> for Exact {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal as text, such as \"19.90\", or a whole number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Decimal, E> {
        let decimal = Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text));
        decimal.map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Decimal, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Decimal, E> {
        Ok(number.into())
    }
}
