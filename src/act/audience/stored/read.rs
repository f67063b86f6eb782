//! Reading of a stored rule, with the place of what is wrong.

use super::super::compiled::within;
use super::super::condition::{Test, Value, quoted, wrong};
use super::super::field::Field;
use super::super::rule::Rule;
use super::tree::{Tree, keys};
use crate::error::{Error, Result};
use crate::segment::LabelKind;
use crate::shop::{Activity, Amount, Figure};

const COMPARISONS: &str = "=, !=, <, <=, >, >=, between, in or exists";

type Entries = [(String, Tree)];

/// The rule that stands at a place, which is empty at the top. As deep as the tree, which is bounded.
pub(super) fn rule(tree: &Tree, place: &str) -> Result<Rule> {
    let expected = "an object of one key: all, any, not, tag, attribute, days_since or a field";
    let Tree::Map(entries) = tree else { return Err(found(place, expected, tree)) };
    let [(key, value)] = entries.as_slice() else { return Err(found(place, expected, tree)) };
    let inner = join(place, key);
    match key.as_str() {
        "all" => Rule::all(rules(value, &inner)?),
        "any" => Rule::any(rules(value, &inner)?),
        "not" => Rule::not(rule(value, &inner)?),
        "tag" => match value {
            Tree::Text(tag) => Rule::tag(tag).map_err(|error| within(place, error)),
            _ => Err(found(&inner, "a tag", value)),
        },
        "attribute" => {
            let entries = object(value, &inner, "an object of a name and a comparison")?;
            let name = text(entries, "name", &inner, "an attribute's name")?;
            compare(Field::attribute(name), one(entries, &["name"], &inner)?, place)
        }
        "days_since" => {
            let entries = object(value, &inner, "an object of an activity, a category if any, and a comparison")?;
            let field = Field::DaysSince { activity: activity(entries, &inner)?, category: category(entries, &inner)? };
            compare(field, one(entries, &["activity", "category"], &inner)?, place)
        }
        _ => match (Field::of_key(key), value) {
            (None, _) => Err(unknown_field(place, key)),
            (Some(field), Tree::Map(entries)) => compare(field, one(entries, &[], &inner)?, place),
            (Some(field), value) => compare(field, ("=", value), place),
        },
    }
}

fn rules(tree: &Tree, place: &str) -> Result<Vec<Rule>> {
    let Tree::List(rules) = tree else { return Err(found(place, "a list of rules", tree)) };
    rules.iter().enumerate().map(|(at, tree)| rule(tree, &format!("{place}[{at}]"))).collect()
}

fn compare(field: Field, (comparison, value): (&str, &Tree), outer: &str) -> Result<Rule> {
    let place = join(&join(outer, field.key()), comparison);
    let single = || self::value(value, &place);
    let item = |values: &[Tree], at: usize| self::value(&values[at], &format!("{place}[{at}]"));
    let test = match comparison {
        "=" => Test::Equal(single()?),
        "!=" => Test::NotEqual(single()?),
        "<" => Test::Below(single()?),
        "<=" => Test::AtMost(single()?),
        ">" => Test::Above(single()?),
        ">=" => Test::AtLeast(single()?),
        "between" => match value {
            Tree::List(ends) if ends.len() == 2 => Test::Between(item(ends, 0)?, item(ends, 1)?),
            _ => return Err(found(&place, "a list of two numbers", value)),
        },
        "in" => {
            let Tree::List(values) = value else { return Err(found(&place, "a list of values", value)) };
            Test::OneOf((0..values.len()).map(|at| item(values, at)).collect::<Result<_>>()?)
        }
        "exists" => {
            let Tree::Bool(exists) = value else { return Err(found(&place, "true or false", value)) };
            Test::Exists(*exists)
        }
        _ => return Err(wrong(&place, COMPARISONS, &quoted(comparison))),
    };
    Rule::new(field, test).map_err(|error| within(outer, error))
}

fn value(tree: &Tree, place: &str) -> Result<Value> {
    match tree {
        Tree::Number(number) => Ok(Value::Number(*number)),
        Tree::Text(text) => Ok(Value::Text(text.as_str().into())),
        Tree::Unfit(_) => Err(found(place, "a number of at most 28 digits", tree)),
        _ => Err(found(place, "a number or a text", tree)),
    }
}

fn object<'a>(tree: &'a Tree, place: &str, expected: &str) -> Result<&'a Entries> {
    match tree {
        Tree::Map(entries) => Ok(entries),
        _ => Err(found(place, expected, tree)),
    }
}

/// The one comparison beside the other keys; none may stand twice.
fn one<'a>(entries: &'a Entries, others: &[&str], place: &str) -> Result<(&'a str, &'a Tree)> {
    let is_other = |key: &str| others.contains(&key);
    let twice = others.iter().find(|&&other| entries.iter().filter(|(key, _)| key == other).count() > 1);
    if let Some(key) = twice {
        return Err(wrong(&join(place, key), "one value", "the key again"));
    }
    let mut comparisons = entries.iter().filter(|(key, _)| !is_other(key));
    match (comparisons.next(), comparisons.next()) {
        (Some((key, value)), None) => Ok((key, value)),
        _ => Err(wrong(place, &format!("one comparison: {COMPARISONS}"), &keys(entries))),
    }
}

fn text<'a>(entries: &'a Entries, key: &str, place: &str, expected: &str) -> Result<&'a str> {
    match entries.iter().find(|(other, _)| other == key) {
        Some((_, Tree::Text(text))) => Ok(text),
        Some((_, other)) => Err(found(&join(place, key), expected, other)),
        None => Err(wrong(&join(place, key), expected, "none")),
    }
}

fn activity(entries: &Entries, place: &str) -> Result<Activity> {
    let keys: Vec<_> = Activity::ALL.iter().map(|activity| activity.label().key()).collect();
    let expected = format!("one of {}", keys.join(", "));
    let text = text(entries, "activity", place, &expected)?;
    let activity = Activity::ALL.into_iter().find(|activity| activity.label().key() == text);
    activity.ok_or_else(|| wrong(&join(place, "activity"), &expected, &quoted(text)))
}

fn category(entries: &Entries, place: &str) -> Result<Option<Box<str>>> {
    match entries.iter().find(|(key, _)| key == "category") {
        None | Some((_, Tree::Null)) => Ok(None),
        Some(_) => text(entries, "category", place, "a product or category").map(|text| Some(text.into())),
    }
}

fn unknown_field(place: &str, key: &str) -> Error {
    let figures = Figure::ALL.iter().map(|field| field.label().key());
    let amounts = Amount::ALL.iter().map(|field| field.label().key());
    let labels = LabelKind::ALL.iter().map(|field| field.label().key());
    let keys = ["all", "any", "not", "tag", "attribute", "days_since"].into_iter();
    let keys: Vec<_> = keys.chain(figures).chain(amounts).chain(labels).collect();
    let place = if place.is_empty() { "rule" } else { place };
    wrong(place, &format!("one of {}", keys.join(", ")), &quoted(key))
}

fn found(place: &str, expected: &str, tree: &Tree) -> Error {
    wrong(if place.is_empty() { "rule" } else { place }, expected, &tree.in_words())
}

fn join(place: &str, key: &str) -> String {
    // A key of the file: of any length.
    let key: String = key.chars().take(40).collect();
    if place.is_empty() { key } else { format!("{place}.{key}") }
}
