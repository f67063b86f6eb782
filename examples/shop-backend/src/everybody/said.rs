//! What is said of the customers of a block and what they did, in rows one behind the other; each text once.

use std::collections::HashMap;

use chrono::NaiveDate;
use repurchase::shop::{Activity, Attribute};

use super::{Everybody, Part};
use crate::store::Customer;

/// What is said of a customer, and what the customer did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said<'a> {
    pub(crate) tags: Vec<&'a str>,
    pub(crate) attributes: Vec<(&'a str, Attribute<'a>)>,
    pub(crate) done: Vec<Done<'a>>,
}

/// The last day of an activity with a product or category.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done<'a> {
    pub(crate) activity: Activity,
    pub(crate) category: &'a str,
    pub(crate) day: NaiveDate,
}

impl<'a> Said<'a> {
    pub(super) fn of(customer: &'a Customer) -> Self {
        let done = customer.done.iter();
        Self {
            tags: customer.traits.tags().collect(),
            attributes: customer.traits.attributes().collect(),
            done: done.map(|done| Done { activity: done.activity, category: &done.category, day: done.day }).collect(),
        }
    }
}

impl Everybody {
    /// What is said of an attribute, customer by customer; those are among them whose last purchase is after today.
    pub(crate) fn attribute<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, Attribute<'a>)> {
        let settled = self.parts.iter().flat_map(Part::rows).map(|row| (row.customer_id, row.attributes()));
        let recent = self.recent.iter().map(|(id, customer)| (id.as_str(), customer.traits.attributes().collect()));
        settled.chain(recent).map(move |(id, attributes): (_, Vec<_>)| {
            let own = attributes.into_iter().find(|(own, _)| *own == name);
            (id, own.map_or(Attribute::Unknown, |(_, value)| value))
        })
    }
}

/// Of the customers of a block, in their order.
#[derive(Debug, Default)]
pub(super) struct Sayings {
    words: Vec<Box<str>>,
    tags: Rows<u32>,
    attributes: Rows<(u32, Value)>,
    done: Rows<(Activity, u32, NaiveDate)>,
}

#[derive(Debug, Clone, Copy)]
enum Value {
    Unknown,
    Absent,
    Number(f64),
    Text(u32),
}

#[derive(Debug)]
struct Rows<T> {
    ends: Vec<u32>,
    all: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { ends: Vec::new(), all: Vec::new() }
    }
}

impl<T> Rows<T> {
    fn push(&mut self, row: impl Iterator<Item = T>) {
        self.all.extend(row);
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
    }

    fn get(&self, position: usize) -> &[T] {
        let end = |position: usize| self.ends.get(position).map_or(0, |end| *end as usize);
        let start = position.checked_sub(1).map_or(0, end);
        self.all.get(start..end(position)).unwrap_or_default()
    }
}

impl Sayings {
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Said<'a>>) -> Self {
        let (mut all, mut words) = (Self::default(), Words::default());
        for said in rows {
            all.tags.push(said.tags.iter().map(|tag| words.number(tag)));
            all.attributes.push(said.attributes.iter().map(|(name, value)| {
                let value = match value {
                    Attribute::Unknown => Value::Unknown,
                    Attribute::Absent => Value::Absent,
                    Attribute::Number(number) => Value::Number(*number),
                    Attribute::Text(text) => Value::Text(words.number(text)),
                };
                (words.number(name), value)
            }));
            all.done.push(said.done.iter().map(|done| (done.activity, words.number(done.category), done.day)));
        }
        all.words = words.all;
        all
    }

    pub(super) fn get(&self, position: usize) -> Said<'_> {
        Said { tags: self.tags(position), attributes: self.attributes(position), done: self.done(position) }
    }

    pub(super) fn tags(&self, position: usize) -> Vec<&str> {
        self.tags.get(position).iter().map(|word| self.word(*word)).collect()
    }

    pub(super) fn attributes(&self, position: usize) -> Vec<(&str, Attribute<'_>)> {
        let value = |value| match value {
            Value::Unknown => Attribute::Unknown,
            Value::Absent => Attribute::Absent,
            Value::Number(number) => Attribute::Number(number),
            Value::Text(word) => Attribute::Text(self.word(word)),
        };
        self.attributes.get(position).iter().map(|(name, given)| (self.word(*name), value(*given))).collect()
    }

    pub(super) fn done(&self, position: usize) -> Vec<Done<'_>> {
        let done = self.done.get(position).iter();
        done.map(|(activity, category, day)| Done { activity: *activity, category: self.word(*category), day: *day })
            .collect()
    }

    fn word(&self, number: u32) -> &str {
        self.words.get(number as usize).map_or("", |word| word)
    }
}

#[derive(Default)]
struct Words<'a> {
    all: Vec<Box<str>>,
    numbers: HashMap<&'a str, u32>,
}

impl<'a> Words<'a> {
    fn number(&mut self, word: &'a str) -> u32 {
        *self.numbers.entry(word).or_insert_with(|| {
            self.all.push(word.into());
            u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
        })
    }
}
