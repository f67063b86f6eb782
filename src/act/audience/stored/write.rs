//! A rule as it is read.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::super::condition::{Condition, Test, Value};
use super::super::field::Field;
use super::super::rule::{Node, Rule};

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.node() {
            Node::All(rules) => one(serializer, "all", rules),
            Node::Any(rules) => one(serializer, "any", rules),
            Node::Not(rule) => one(serializer, "not", rule),
            Node::Condition(condition) => match &condition.field {
                Field::Tag(tag) => one(serializer, "tag", tag),
                field => one(serializer, field.key(), &Comparison(condition)),
            },
        }
    }
}

fn one<S: Serializer>(serializer: S, key: &str, value: &(impl Serialize + ?Sized)) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

struct Comparison<'a>(&'a Condition);

impl Serialize for Comparison<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Condition { field, test } = self.0;
        let names: &[(&str, &str)] = match field {
            Field::DaysSince { activity, category: Some(category) } => {
                &[("activity", activity.label().key()), ("category", category)]
            }
            Field::DaysSince { activity, category: None } => &[("activity", activity.label().key())],
            Field::Attribute(key) => &[("name", key)],
            _ => &[],
        };
        let mut map = serializer.serialize_map(Some(names.len() + 1))?;
        for (key, name) in names {
            map.serialize_entry(key, name)?;
        }
        let is_money = matches!(field, Field::Amount(_));
        let stored = |value| Stored { value, is_money };
        match test {
            Test::Equal(value)
            | Test::NotEqual(value)
            | Test::Below(value)
            | Test::AtMost(value)
            | Test::Above(value)
            | Test::AtLeast(value) => map.serialize_entry(test.key(), &stored(value))?,
            Test::Between(low, high) => map.serialize_entry(test.key(), &[stored(low), stored(high)])?,
            Test::OneOf(values) => map.serialize_entry(test.key(), &values.iter().map(stored).collect::<Vec<_>>())?,
            Test::Exists(exists) => map.serialize_entry(test.key(), exists)?,
        }
        map.end()
    }
}

struct Stored<'a> {
    value: &'a Value,
    is_money: bool,
}

impl Serialize for Stored<'_> {
    /// Money with decimals as text; other numbers as numbers, where that does not round them.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = match self.value {
            Value::Text(text) => return serializer.serialize_str(text),
            Value::Number(number) => number,
        };
        if let (0, Some(integer)) = (number.scale(), number.to_i64()) {
            return serializer.serialize_i64(integer);
        }
        let exact = |float: &f64| Decimal::from_str_exact(&float.to_string()).is_ok_and(|same| same == *number);
        match number.to_f64().filter(exact) {
            Some(float) if !self.is_money => serializer.serialize_f64(float),
            _ => serializer.serialize_str(&number.to_string()),
        }
    }
}
