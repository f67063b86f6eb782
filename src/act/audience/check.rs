//! One comparison, ready to be made: names looked up, numbers converted.

use rust_decimal::Decimal;

use super::condition::{Condition, Test, Value, numbers, only_keys, quoted, texts, wrong};
use super::field::Field;
use super::schema::{AttributeKind, Schema};
use crate::error::Result;
use crate::number::money;
use crate::segment::LabelKind;
use crate::shop::{Activity, Amount, Attribute, Figure, LARGEST, Profile, Slot};

/// Kleene's three values, `False < Unknown < True`: `all` is the least, `any` the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    False,
    Unknown,
    True,
}

impl Truth {
    #[inline]
    pub(super) const fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    pub(super) const fn flipped(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Check {
    Figure(Figure, NumberTest),
    Amount(Amount, AmountTest),
    Label(LabelKind, TextTest),
    DaysSince(Box<DaysSince>),
    NumberAttribute(usize, NumberTest),
    TextAttribute(usize, TextTest),
    Tag(Box<str>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct DaysSince {
    pub(super) activity: Activity,
    pub(super) category: Option<Box<str>>,
    pub(super) test: NumberTest,
}

/// Numbers are NaN where unknown and infinite where absent.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum NumberTest {
    /// A range from `low` to `high`, both finite and included; or another number, when not `inside`.
    Range {
        low: f64,
        high: f64,
        inside: bool,
    },
    OneOf(Box<[f64]>),
    Exists(bool),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum AmountTest {
    NotEqual(Decimal),
    Below(Decimal),
    Above(Decimal),
    Between(Box<(Decimal, Decimal)>),
    AtMost(Decimal),
    AtLeast(Decimal),
    OneOf(Box<[Decimal]>),
    Exists(bool),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TextTest {
    Equal(Box<str>),
    NotEqual(Box<str>),
    OneOf(Box<[Box<str>]>),
    Exists(bool),
}

impl Check {
    /// The comparison of a condition, by the shop's schema. Places in errors start at the condition.
    pub(super) fn new(condition: &Condition, schema: &Schema) -> Result<Self> {
        let Condition { field, test } = condition;
        schema.check_supplied(field)?;
        Ok(match field {
            &Field::Figure(figure) => Self::Figure(figure, NumberTest::new(test)),
            &Field::Amount(amount) => Self::Amount(amount, AmountTest::new(test)),
            &Field::Label(label) => {
                if let Some(known) = schema.labels(label) {
                    only_keys(&known, field, test)?;
                }
                Self::Label(label, TextTest::new(test))
            }
            Field::DaysSince { activity, category } => {
                let (activity, category, test) = (*activity, category.clone(), NumberTest::new(test));
                Self::DaysSince(Box::new(DaysSince { activity, category, test }))
            }
            Field::Attribute(key) => match schema.attribute(key) {
                Some((place, AttributeKind::Number)) => {
                    Self::NumberAttribute(place, NumberTest::new(&numbers(field, test)?))
                }
                Some((place, AttributeKind::Text)) => {
                    texts(field, test, "a text")?;
                    Self::TextAttribute(place, TextTest::new(test))
                }
                None => {
                    let keys: Vec<_> = schema.attributes().iter().map(|(name, _)| name.key()).collect();
                    let expected = match keys.as_slice() {
                        [] => "no attribute, as the schema has none".to_owned(),
                        keys => format!("one of {}", keys.join(", ")),
                    };
                    return Err(wrong("attribute.name", &expected, &quoted(key)));
                }
            },
            Field::Tag(tag) => Self::Tag(tag.clone()),
        })
    }

    /// Judges a profile, without an allocation.
    #[inline]
    pub(super) fn truth(&self, profile: &Profile<'_>) -> Truth {
        match self {
            Self::Figure(figure, test) => test.truth(profile.figures[*figure as usize]),
            Self::Amount(amount, test) => test.truth(profile.amounts[*amount as usize]),
            Self::Label(label, test) => test.truth(profile.key(*label)),
            Self::DaysSince(days) => days.test.truth(profile.days_since(days.activity, days.category.as_deref())),
            Self::NumberAttribute(place, test) => match attribute(profile, *place, AttributeKind::Number) {
                Attribute::Number(number) => test.truth(number),
                Attribute::Absent => test.truth(f64::INFINITY),
                _ => Truth::Unknown,
            },
            Self::TextAttribute(place, test) => match attribute(profile, *place, AttributeKind::Text) {
                Attribute::Text(found) => test.truth(Some(found)),
                Attribute::Absent => test.truth(Some("")),
                _ => Truth::Unknown,
            },
            Self::Tag(tag) => profile.tags.map_or(Truth::Unknown, |tags| Truth::of(tags.contains(&&**tag))),
        }
    }

    /// Returns the value that the comparison reads.
    pub(super) fn found<'a>(&self, profile: &Profile<'a>) -> Found<'a> {
        let of_attribute = |place: usize, kind| match attribute(profile, place, kind) {
            Attribute::Unknown => Found::Unknown,
            Attribute::Absent => Found::Absent,
            Attribute::Number(number) => Found::of_number(number),
            Attribute::Text(text) => Found::Text(text),
        };
        match self {
            Self::Figure(figure, _) => Found::of_number(profile.figures[*figure as usize]),
            Self::Amount(amount, _) => match profile.amounts[*amount as usize] {
                Slot::Unknown => Found::Unknown,
                Slot::Absent => Found::Absent,
                Slot::Known(amount) => Found::Amount(amount),
            },
            Self::Label(label, _) => match profile.key(*label) {
                None => Found::Unknown,
                Some("") => Found::Absent,
                Some(key) => Found::Text(key),
            },
            Self::DaysSince(days) => Found::of_number(profile.days_since(days.activity, days.category.as_deref())),
            Self::NumberAttribute(place, _) => of_attribute(*place, AttributeKind::Number),
            Self::TextAttribute(place, _) => of_attribute(*place, AttributeKind::Text),
            Self::Tag(tag) => match profile.tags {
                None => Found::Unknown,
                Some(tags) => tags.iter().find(|&&other| other == &**tag).map_or(Found::Absent, |tag| Found::Text(tag)),
            },
        }
    }
}

/// A value that a profile holds, or why there is none.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'a> {
    Unknown,
    Absent,
    Number(f64),
    Amount(Decimal),
    /// A label's key, a text of the shop's own, or a tag.
    Text(&'a str),
}

impl Found<'_> {
    const fn of_number(number: f64) -> Self {
        match number {
            _ if number.is_nan() => Self::Unknown,
            _ if number.is_infinite() => Self::Absent,
            _ => Self::Number(number),
        }
    }
}

/// An attribute, if it is of the kind.
#[inline]
fn attribute<'a>(profile: &Profile<'a>, position: usize, kind: AttributeKind) -> Attribute<'a> {
    match (profile.attributes.get(position), kind) {
        (Some(Attribute::Absent | Attribute::Text("")), _) => Attribute::Absent,
        (Some(&Attribute::Number(number)), AttributeKind::Number) if number.is_finite() => Attribute::Number(number),
        (Some(&Attribute::Text(text)), AttributeKind::Text) => Attribute::Text(text),
        _ => Attribute::Unknown,
    }
}

impl NumberTest {
    /// The test holds numbers, as conditions are checked.
    fn new(test: &Test) -> Self {
        let range = |low, high| Self::Range { low, high, inside: true };
        match test {
            Test::Equal(value) => range(number(value), number(value)),
            Test::NotEqual(value) => Self::Range { low: number(value), high: number(value), inside: false },
            Test::Below(value) => range(f64::MIN, next_below(number(value))),
            Test::AtMost(value) => range(f64::MIN, number(value)),
            Test::Above(value) => range(-next_below(-number(value)), f64::MAX),
            Test::AtLeast(value) => range(number(value), f64::MAX),
            Test::Between(low, high) => range(number(low), number(high)),
            Test::OneOf(values) => Self::OneOf(values.iter().map(number).collect()),
            Test::Exists(exists) => Self::Exists(*exists),
        }
    }

    #[inline]
    pub(super) fn truth(&self, found: f64) -> Truth {
        if found.is_nan() {
            return Truth::Unknown;
        }
        Truth::of(match self {
            Self::Range { low, high, inside } => (*low <= found && found <= *high) == *inside && found < f64::INFINITY,
            Self::OneOf(numbers) => numbers.iter().any(|&number| number <= found && found <= number),
            Self::Exists(exists) => (found < f64::INFINITY) == *exists,
        })
    }
}

impl AmountTest {
    fn new(test: &Test) -> Self {
        match test {
            Test::Equal(value) => Self::Between(Box::new((decimal(value), decimal(value)))),
            Test::NotEqual(value) => Self::NotEqual(decimal(value)),
            Test::Below(value) => Self::Below(decimal(value)),
            Test::AtMost(value) => Self::AtMost(decimal(value)),
            Test::Above(value) => Self::Above(decimal(value)),
            Test::AtLeast(value) => Self::AtLeast(decimal(value)),
            Test::Between(low, high) => Self::Between(Box::new((decimal(low), decimal(high)))),
            Test::OneOf(values) => Self::OneOf(values.iter().map(decimal).collect()),
            Test::Exists(exists) => Self::Exists(*exists),
        }
    }

    /// The test of amounts in whole units of a scale, each at most [`LARGEST`] of them.
    pub(super) fn of_units(&self, scale: u32) -> NumberTest {
        // Beyond the largest unit, every number is as far.
        #[allow(clippy::cast_precision_loss)]
        let unit = |number: i128| number.clamp(-2 * LARGEST, 2 * LARGEST) as f64;
        let from = |value: &Decimal| unit(money::bracket(*value, scale).1);
        let to = |value: &Decimal| unit(money::bracket(*value, scale).0);
        // Whole numbers: what is below one of them is at most the one before it.
        let before = |value: &Decimal| unit(money::bracket(*value, scale).1.saturating_sub(1));
        let after = |value: &Decimal| unit(money::bracket(*value, scale).0.saturating_add(1));
        let range = |low, high| NumberTest::Range { low, high, inside: true };
        match self {
            Self::NotEqual(value) => NumberTest::Range { low: from(value), high: to(value), inside: false },
            Self::Below(value) => range(f64::MIN, before(value)),
            Self::Above(value) => range(after(value), f64::MAX),
            Self::Between(ends) => range(from(&ends.0), to(&ends.1)),
            Self::AtMost(value) => range(f64::MIN, to(value)),
            Self::AtLeast(value) => range(from(value), f64::MAX),
            Self::OneOf(values) => {
                let is_whole = |value: &&Decimal| from(value) <= to(value);
                NumberTest::OneOf(values.iter().filter(is_whole).map(from).collect())
            }
            Self::Exists(exists) => NumberTest::Exists(*exists),
        }
    }

    #[inline]
    pub(super) fn truth(&self, found: Slot<Decimal>) -> Truth {
        let found = match (found, self) {
            (Slot::Unknown, _) => return Truth::Unknown,
            (Slot::Absent, Self::Exists(exists)) => return Truth::of(!exists),
            (Slot::Absent, _) => return Truth::False,
            (Slot::Known(found), _) => found,
        };
        Truth::of(match self {
            Self::NotEqual(value) => found != *value,
            Self::Below(value) => found < *value,
            Self::Above(value) => found > *value,
            Self::Between(ends) => ends.0 <= found && found <= ends.1,
            Self::AtMost(value) => found <= *value,
            Self::AtLeast(value) => found >= *value,
            Self::OneOf(values) => values.contains(&found),
            Self::Exists(exists) => *exists,
        })
    }
}

impl TextTest {
    /// The test holds texts and does not ask for an order, as conditions are checked.
    fn new(test: &Test) -> Self {
        match test {
            Test::NotEqual(value) => Self::NotEqual(text(value)),
            Test::OneOf(values) => Self::OneOf(values.iter().map(text).collect()),
            Test::Exists(exists) => Self::Exists(*exists),
            Test::Equal(value)
            | Test::Below(value)
            | Test::AtMost(value)
            | Test::Above(value)
            | Test::AtLeast(value)
            | Test::Between(value, _) => Self::Equal(text(value)),
        }
    }

    /// The empty text is absent.
    #[inline]
    pub(super) fn truth(&self, found: Option<&str>) -> Truth {
        let Some(found) = found else { return Truth::Unknown };
        Truth::of(match self {
            Self::Exists(exists) => found.is_empty() != *exists,
            _ if found.is_empty() => false,
            Self::Equal(key) => **key == *found,
            Self::NotEqual(key) => **key != *found,
            Self::OneOf(keys) => keys.iter().any(|key| **key == *found),
        })
    }
}

/// The binary64 nearest to a number.
fn number(value: &Value) -> f64 {
    money::number(decimal(value))
}

fn decimal(value: &Value) -> Decimal {
    match value {
        Value::Number(number) => *number,
        Value::Text(_) => Decimal::ZERO,
    }
}

fn text(value: &Value) -> Box<str> {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string().into(),
    }
}

/// The greatest binary64 below a finite number above the smallest one.
fn next_below(number: f64) -> f64 {
    match number {
        0.0 => -f64::from_bits(1),
        _ if number > 0.0 => f64::from_bits(number.to_bits() - 1),
        _ => f64::from_bits(number.to_bits() + 1),
    }
}
