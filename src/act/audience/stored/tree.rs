//! The tree of a file, before it is known to be a rule: bounded in depth and size whatever the file.

use core::fmt;

use rust_decimal::Decimal;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::super::condition::quoted;
use super::super::rule::Rule;

/// A value of a format that describes itself.
#[derive(Debug)]
pub(super) enum Tree {
    Null,
    Bool(bool),
    Number(Decimal),
    /// A number that no `Decimal` holds.
    Unfit(String),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

/// A level of `all` or `any` is an object and a list; a comparison takes two objects and a list.
const MAX_LEVELS: usize = 2 * Rule::MAX_DEPTH + 3;

/// A comparison of an activity takes five values, and the levels around it two.
const MAX_VALUES: usize = 7 * Rule::MAX_SIZE;

/// The one key of the object by which `serde_json` hands over a number of arbitrary precision.
const ARBITRARY_NUMBER: &str = "$serde_json::private::Number";

impl Tree {
    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut values = MAX_VALUES;
        Seed { levels: MAX_LEVELS, values: &mut values }.deserialize(deserializer)
    }

    fn number(text: &str) -> Self {
        match Decimal::from_str_exact(text) {
            // The sign of a zero is dropped.
            Ok(number) if number.is_zero() => Self::Number(number.abs()),
            Ok(number) => Self::Number(number),
            Err(_) => Self::Unfit(text.to_owned()),
        }
    }

    /// The value found, as an error names it.
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Unfit(text) => format!("the number {}", quoted(text)),
            Self::Text(text) => quoted(text),
            Self::List(values) => format!("a list of {}", values.len()),
            Self::Map(entries) => format!("an object of {}", keys(entries)),
        }
    }
}

/// The first keys of an object.
pub(super) fn keys(entries: &[(String, Tree)]) -> String {
    let first: Vec<_> = entries.iter().take(4).map(|(key, _)| quoted(key)).collect();
    match entries.len() {
        0 => "no key".to_owned(),
        1 => format!("the key {}", first.join(", ")),
        2..=4 => format!("the keys {}", first.join(", ")),
        more => format!("{more} keys, {}, …", first.join(", ")),
    }
}

struct Seed<'a> {
    levels: usize,
    values: &'a mut usize,
}

impl Seed<'_> {
    fn inner<E: Error>(&mut self) -> Result<Seed<'_>, E> {
        match self.levels.checked_sub(1) {
            Some(levels) => Ok(Seed { levels, values: self.values }),
            None => Err(E::custom(format_args!("a rule has at most {MAX_LEVELS} levels of lists and objects"))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Tree;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        match self.values.checked_sub(1) {
            Some(left) => *self.values = left,
            None => return Err(D::Error::custom(format_args!("a rule has at most {MAX_VALUES} values"))),
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Tree;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a part of an audience's rule")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::Number(number.into()))
    }

    /// The shortest decimal of the binary64 is what was written, up to 15 digits.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Tree, E> {
        Ok(Tree::number(&number.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Tree, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self.inner()?)? {
            values.push(value);
        }
        Ok(Tree::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Tree, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            entries.push((key, map.next_value_seed(self.inner()?)?));
        }
        match entries.as_slice() {
            [(key, Tree::Text(number))] if key == ARBITRARY_NUMBER => Ok(Tree::number(number)),
            _ => Ok(Tree::Map(entries)),
        }
    }
}
