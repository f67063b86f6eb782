//! What the shop says of a customer beside the orders: tags and attributes.

use std::collections::{BTreeMap, BTreeSet};

use repurchase::shop::Attribute;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::order::check_id;
use crate::problem::Fault;

/// Tags of a customer, and attributes.
const MOST: usize = 50;
const LARGEST: f64 = 1e15;

/// Whether a name is a tag's or an attribute's, and of which kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TraitKind {
    Tag,
    Number,
    Text,
}

impl TraitKind {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Number => "number",
            Self::Text => "text",
        }
    }

    pub(crate) fn of_key(key: &str) -> Option<Self> {
        [Self::Tag, Self::Number, Self::Text].into_iter().find(|kind| kind.key() == key)
    }
}

/// All that is said of a customer. The database has it as JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Traits {
    tags: BTreeSet<String>,
    attributes: BTreeMap<String, Said>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    /// In microseconds since 1970: of two ids that turn out to be one person, the later holds.
    at: i64,
    value: Given,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Given {
    /// The customer has none.
    Nothing,
    Number(#[serde(with = "to_the_bit")] f64),
    Text(String),
}

/// A number as a text: it is read back as it was.
mod to_the_bit {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    pub(super) fn serialize<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl Traits {
    /// Of what is posted at an instant.
    pub(crate) fn check(tags: Vec<String>, attributes: BTreeMap<String, Value>, at: i64) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        for (field, number) in [("tags", tags.len()), ("attributes", attributes.len())] {
            if number > MOST {
                faults.push(Fault::new(field, number.to_string(), format!("{MOST} of them at most")));
            }
        }
        for (place, tag) in tags.iter().enumerate() {
            check_id(&format!("tags[{place}]"), tag, &mut faults);
        }
        let mut checked = BTreeMap::new();
        for (name, value) in attributes {
            check_id("attributes", &name, &mut faults);
            match Given::check(&name, value, &mut faults) {
                Some(value) => checked.insert(name, Said { at, value }),
                None => continue,
            };
        }
        if faults.is_empty() { Ok(Self { tags: tags.into_iter().collect(), attributes: checked }) } else { Err(faults) }
    }

    pub(crate) fn tags(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().map(String::as_str)
    }

    /// By name; of the others nothing is known.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, Attribute<'_>)> {
        self.attributes.iter().map(|(name, said)| {
            let value = match &said.value {
                Given::Nothing => Attribute::Absent,
                Given::Number(number) => Attribute::Number(*number),
                Given::Text(text) => Attribute::Text(text),
            };
            (name.as_str(), value)
        })
    }

    /// The tags, and the attributes of which the customer has a value.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, TraitKind)> {
        let attributes = self.attributes.iter().filter_map(|(name, said)| match said.value {
            Given::Nothing => None,
            Given::Number(_) => Some((name.as_str(), TraitKind::Number)),
            Given::Text(_) => Some((name.as_str(), TraitKind::Text)),
        });
        self.tags().map(|tag| (tag, TraitKind::Tag)).chain(attributes)
    }

    /// Of two ids that turn out to be one person: all tags, and of an attribute what was said last.
    pub(crate) fn joined(mut self, other: Self) -> Self {
        self.tags.extend(other.tags);
        for (name, said) in other.attributes {
            let is_older = self.attributes.get(&name).is_some_and(|own| own.at >= said.at);
            if !is_older {
                self.attributes.insert(name, said);
            }
        }
        self
    }
}

impl Given {
    fn check(name: &str, value: Value, faults: &mut Vec<Fault>) -> Option<Self> {
        let field = format!("attributes.{name}");
        match value {
            Value::Null => Some(Self::Nothing),
            Value::Number(number) if number.as_f64().is_some_and(|number| number.abs() <= LARGEST) => {
                number.as_f64().map(Self::Number)
            }
            Value::String(text) => {
                check_id(&field, &text, faults);
                Some(Self::Text(text))
            }
            other => {
                let expected = "a number from -10^15 to 10^15, a text, or null for a customer who has none";
                faults.push(Fault::new(field, other.to_string(), expected));
                None
            }
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            // Whole numbers without a fraction, as they came.
            Self::Number(number) if number.fract() == 0.0 => {
                number.to_string().parse::<i64>().map_or(Value::Null, Value::from)
            }
            Self::Number(number) => Value::from(*number),
            Self::Text(text) => Value::from(text.as_str()),
        }
    }
}

/// What the shop has said of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TraitsView {
    #[schema(example = json!(["vip-event"]))]
    tags: Vec<String>,
    #[schema(value_type = Object, example = json!({"age": 34, "region": "Bavaria"}))]
    attributes: BTreeMap<String, Value>,
}

impl From<&Traits> for TraitsView {
    fn from(traits: &Traits) -> Self {
        let attributes = traits.attributes.iter().map(|(name, said)| (name.clone(), said.value.to_json()));
        Self { tags: traits.tags().map(str::to_owned).collect(), attributes: attributes.collect() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(attributes: Value, at: i64) -> Traits {
        Traits::check(Vec::new(), serde_json::from_value(attributes).unwrap(), at).unwrap()
    }

    #[test]
    fn what_is_stored_is_read_back_to_the_bit() {
        let numbers = json!({"a": 0.1, "b": -1e15, "c": 1.0 / 3.0, "d": f64::MIN_POSITIVE, "e": null, "f": "x"});
        let traits = said(numbers, 7);
        let text = serde_json::to_string(&traits).unwrap();
        assert_eq!(serde_json::from_str::<Traits>(&text).unwrap(), traits);
    }

    /// In whichever order ids are joined.
    #[test]
    fn of_ids_of_one_person_the_last_word_holds() {
        let [one, two, three] = [
            said(json!({"age": 34, "region": "north"}), 1),
            said(json!({"age": 35}), 3),
            said(json!({"age": 36, "region": null}), 2),
        ];
        let joined = one.clone().joined(two.clone()).joined(three.clone());
        assert_eq!(joined, three.joined(two).joined(one));
        let attributes: Vec<_> = joined.attributes().collect();
        assert_eq!(attributes, [("age", Attribute::Number(35.0)), ("region", Attribute::Absent)]);
    }
}
