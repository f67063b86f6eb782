//! One comparison of a rule.

use rust_decimal::Decimal;

use super::field::Field;
use crate::error::{Error, Result};
use crate::scale::Label;

/// A value that a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// A number. A figure is compared with the binary64 nearest to it, an amount of money with itself.
    Number(Decimal),
    /// A label's key, or a text of the shop's own.
    Text(Box<str>),
}

/// A comparison of a field.
///
/// Labels and texts have no order: they take [`Equal`](Test::Equal), [`NotEqual`](Test::NotEqual),
/// [`OneOf`](Test::OneOf) and [`Exists`](Test::Exists). A value may be
/// [absent or unknown](super#what-is-not-there-and-what-is-not-known).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Test {
    /// `=`.
    Equal(Value),
    /// `!=`: there is a value, and it is another one.
    NotEqual(Value),
    /// `<`.
    Below(Value),
    /// `<=`.
    AtMost(Value),
    /// `>`.
    Above(Value),
    /// `>=`.
    AtLeast(Value),
    /// `between`: both ends belong to it.
    Between(Value, Value),
    /// `in`: one of a list. No value is one of none.
    OneOf(Vec<Value>),
    /// `exists`: whether there is a value at all.
    Exists(bool),
}

macro_rules! value_from_integer {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Value {
            fn from(number: $integer) -> Self {
                Self::Number(number.into())
            }
        }
    )*};
}

value_from_integer!(u8 i32 u32 i64 u64);

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// The comparisons with one value, each by its sign, its function and its variant.
macro_rules! compared_with {
    ($($sign:literal $name:ident $variant:ident),+) => {
        impl Test {
            $(
                #[doc = concat!("`", $sign, "`.")]
                pub fn $name(value: impl Into<Value>) -> Self {
                    Self::$variant(value.into())
                }
            )+
        }
    };
}

compared_with! {
    "=" equal Equal, "!=" not_equal NotEqual,
    "<" below Below, "<=" at_most AtMost, ">" above Above, ">=" at_least AtLeast
}

impl Test {
    /// Makes a range to which both ends belong.
    pub fn between(low: impl Into<Value>, high: impl Into<Value>) -> Self {
        Self::Between(low.into(), high.into())
    }

    /// Makes a list, of which one value must be equal.
    pub fn one_of<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> Self {
        Self::OneOf(values.into_iter().map(Into::into).collect())
    }

    /// The name of the comparison in a stored rule.
    pub(super) const fn key(&self) -> &'static str {
        match self {
            Self::Equal(_) => "=",
            Self::NotEqual(_) => "!=",
            Self::Below(_) => "<",
            Self::AtMost(_) => "<=",
            Self::Above(_) => ">",
            Self::AtLeast(_) => ">=",
            Self::Between(..) => "between",
            Self::OneOf(_) => "in",
            Self::Exists(_) => "exists",
        }
    }

    /// The same comparison of other values, which stand at places in a list.
    pub(super) fn try_map(&self, mut f: impl FnMut(&Value, Option<usize>) -> Result<Value>) -> Result<Self> {
        Ok(match self {
            Self::Equal(value) => Self::Equal(f(value, None)?),
            Self::NotEqual(value) => Self::NotEqual(f(value, None)?),
            Self::Below(value) => Self::Below(f(value, None)?),
            Self::AtMost(value) => Self::AtMost(f(value, None)?),
            Self::Above(value) => Self::Above(f(value, None)?),
            Self::AtLeast(value) => Self::AtLeast(f(value, None)?),
            Self::Between(low, high) => Self::Between(f(low, Some(0))?, f(high, Some(1))?),
            Self::OneOf(values) => {
                let values = values.iter().enumerate().map(|(place, value)| f(value, Some(place)));
                Self::OneOf(values.collect::<Result<_>>()?)
            }
            Self::Exists(exists) => Self::Exists(*exists),
        })
    }

    /// The number of values that it holds, at least 1.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::OneOf(values) => values.len().max(1),
            _ => 1,
        }
    }

    const fn asks_for_order(&self) -> bool {
        !matches!(self, Self::Equal(_) | Self::NotEqual(_) | Self::OneOf(_) | Self::Exists(_))
    }
}

/// A field and its comparison, checked to fit one another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Condition {
    /// The field that is asked about.
    pub(super) field: Field,
    /// The comparison.
    pub(super) test: Test,
}

impl Condition {
    pub(super) fn new(field: Field, test: Test) -> Result<Self> {
        let test = match &field {
            Field::DaysSince { category: Some(category), .. } if category.is_empty() => {
                return Err(wrong("days_since.category", "a product or category", "\"\""));
            }
            Field::Figure(_) | Field::Amount(_) | Field::DaysSince { .. } => numbers(&field, &test)?,
            Field::Label(label) => {
                texts(&field, &test, "a label's key")?;
                label.labels().map_or(Ok(()), |known| only_keys(&known, &field, &test))?;
                test
            }
            Field::Attribute(key) if key.is_empty() => {
                return Err(wrong("attribute.name", "an attribute's name", "\"\""));
            }
            // Texts have no order: what is compared by size is a number, whatever the schema will say.
            Field::Attribute(_) if test.asks_for_order() => numbers(&field, &test)?,
            Field::Attribute(_) => test,
            Field::Tag(tag) if tag.is_empty() => return Err(wrong("tag", "a tag", "\"\"")),
            Field::Tag(_) if test == Test::Exists(true) => test,
            Field::Tag(_) => return Err(wrong(field.key(), "exists: true", test.key())),
        };
        Ok(Self { field, test })
    }
}

/// The test, with numbers for the numbers that stand there as text.
pub(super) fn numbers(field: &Field, test: &Test) -> Result<Test> {
    let number = |value: &Value, place| match value {
        Value::Number(_) => Ok(value.clone()),
        // A `Decimal` takes `1_000` from text, which no file means.
        Value::Text(digits) => match Decimal::from_str_exact(digits) {
            Ok(number) if !digits.contains('_') => Ok(Value::Number(number)),
            _ => Err(wrong(&place_of(field, test, place), "a number", &quoted(digits))),
        },
    };
    let numbers = test.try_map(number)?;
    match &numbers {
        Test::Between(Value::Number(low), Value::Number(high)) if low > high => {
            let (expected, found) = ("the lower end first", format!("{low} before {high}"));
            Err(wrong(&place_of(field, test, None), expected, &found))
        }
        _ => Ok(numbers),
    }
}

/// Refuses texts that are no label's key.
pub(super) fn only_keys(known: &[&Label], field: &Field, test: &Test) -> Result<()> {
    let keys = || known.iter().map(|label| label.key());
    let is_known = |value: &Value, place| match value {
        Value::Text(other) if keys().all(|key| key != &**other) => {
            let expected = format!("one of {}", keys().collect::<Vec<_>>().join(", "));
            Err(wrong(&place_of(field, test, place), &expected, &quoted(other)))
        }
        _ => Ok(value.clone()),
    };
    test.try_map(is_known).map(|_| ())
}

/// Refuses numbers, and comparisons by size.
pub(super) fn texts(field: &Field, test: &Test, expected: &str) -> Result<()> {
    if test.asks_for_order() {
        let found = format!("{:?}", test.key());
        return Err(wrong(field.key(), "one of =, !=, in, exists, as texts have no order", &found));
    }
    let check = |value: &Value, place| match value {
        Value::Text(_) => Ok(value.clone()),
        Value::Number(number) => Err(wrong(&place_of(field, test, place), expected, &number.to_string())),
    };
    test.try_map(check).map(|_| ())
}

fn place_of(field: &Field, test: &Test, place: Option<usize>) -> String {
    let (field, test) = (field.key(), test.key());
    match place {
        Some(place) => format!("{field}.{test}[{place}]"),
        None => format!("{field}.{test}"),
    }
}

/// Quotes at most 40 characters of a text.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

pub(super) fn wrong(place: &str, expected: &str, found: &str) -> Error {
    Error::Rule { place: place.into(), expected: expected.into(), found: found.into() }
}
