//! A rule as data.

use std::collections::BTreeSet;

use super::condition::{Condition, Test};
use super::field::Field;
use crate::error::{Error, Result};

/// A rule of an audience: `all`, `any` and `not` of comparisons.
///
/// A rule is made here, by [`ready`](super::ready) or read from a file (feature `serde`), and becomes an
/// [`Audience`](super::Audience) when it is compiled against the shop's [`Schema`](super::Schema): see the
/// [example](super).
///
/// # As JSON
///
/// One key for each object. [`Figure`](crate::shop::Figure), [`Amount`](crate::shop::Amount) and
/// [`LabelKind`](crate::segment::LabelKind) go by the keys of their labels. A bare value stands for `{"=": value}`. Amounts
/// may be written as text, which no reader of JSON rounds.
///
/// ```json
/// {"all": [
///   {"days_since_last": {"<": 30}},
///   {"any": [{"revenue": {">=": "199.90"}}, {"octant": {"in": ["important_value", "important_keep"]}}]},
///   {"days_since": {"activity": "cart", "category": "shoes", "<=": 7}},
///   {"attribute": {"name": "region", "=": "south"}},
///   {"not": {"tag": "employee"}}
/// ]}
/// ```
///
/// Comparisons are `=`, `!=`, `<`, `<=`, `>`, `>=`, `between` (two numbers, both included), `in` (a list) and `exists`
/// (`true` or `false`). A rule that is wrong is refused with the place, what was expected and what was found. Formats
/// must describe themselves, as JSON, YAML, TOML, CBOR and `MessagePack` do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rule {
    node: Node,
    /// Levels of `all`, `any` and `not`.
    depth: usize,
    conditions: usize,
    /// Values in all comparisons.
    values: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    All(Vec<Rule>),
    Any(Vec<Rule>),
    Not(Box<Rule>),
    Condition(Condition),
}

impl Rule {
    /// The most levels of `all`, `any` and `not` in one another.
    pub const MAX_DEPTH: usize = 32;

    /// The most parts of a rule: every `all`, `any`, `not`, and every value of a comparison.
    pub const MAX_SIZE: usize = 10_000;

    /// A comparison.
    ///
    /// # Errors
    ///
    /// [`Error::Rule`] for a comparison that does not fit the field: a number with a text that is no number, a label with
    /// a number, by order or with an unknown key; for `between` with the higher end first; for an attribute or category
    /// with an empty name.
    pub fn new(field: impl Into<Field>, test: Test) -> Result<Self> {
        let condition = Condition::new(field.into(), test)?;
        let values = condition.test.len();
        Self { node: Node::Condition(condition), depth: 0, conditions: 1, values }.within_limits()
    }

    /// The customer has a tag.
    ///
    /// # Errors
    ///
    /// [`Error::Rule`] for an empty tag.
    pub fn tag(tag: &str) -> Result<Self> {
        Self::new(Field::Tag(tag.into()), Test::Exists(true))
    }

    /// Makes a rule that holds where every one of the rules holds. Of no rules: everybody.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] beyond [`MAX_DEPTH`](Rule::MAX_DEPTH) or [`MAX_SIZE`](Rule::MAX_SIZE).
    pub fn all(rules: impl IntoIterator<Item = Self>) -> Result<Self> {
        Self::of(Node::All(rules.into_iter().collect()))
    }

    /// Makes a rule that holds where at least one of the rules holds. Of no rules: nobody.
    ///
    /// # Errors
    ///
    /// As [`all`](Rule::all).
    pub fn any(rules: impl IntoIterator<Item = Self>) -> Result<Self> {
        Self::of(Node::Any(rules.into_iter().collect()))
    }

    /// The customers for whom the rule is known to be false.
    ///
    /// # Errors
    ///
    /// As [`all`](Rule::all).
    #[allow(clippy::should_implement_trait, reason = "may fail")]
    pub fn not(rule: Self) -> Result<Self> {
        Self::of(Node::Not(Box::new(rule)))
    }

    fn of(node: Node) -> Result<Self> {
        let (depth, conditions, values) = {
            let children = match &node {
                Node::All(rules) | Node::Any(rules) => rules.as_slice(),
                Node::Not(rule) => std::slice::from_ref(&**rule),
                Node::Condition(_) => &[],
            };
            let depth = children.iter().map(|rule| rule.depth).max().unwrap_or(0) + 1;
            let sum = |part: fn(&Self) -> usize| children.iter().map(part).fold(0, usize::saturating_add);
            (depth, sum(|rule| rule.conditions), sum(|rule| rule.values).saturating_add(1))
        };
        Self { node, depth, conditions, values }.within_limits()
    }

    /// Refuses a rule beyond the limits, within which it can be walked, dropped and stored without a stack overflow.
    fn within_limits(self) -> Result<Self> {
        Error::within("depth of a rule", self.depth as u64, 0..=Self::MAX_DEPTH as u64)?;
        Error::within("size of a rule", self.values as u64, 0..=Self::MAX_SIZE as u64)?;
        Ok(self)
    }

    /// The number of comparisons in the rule.
    pub const fn conditions(&self) -> usize {
        self.conditions
    }

    /// The fields that the rule asks about, each once: all that has to be read of a customer to judge it. Of `all` or
    /// `any` of no rules: nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::act::audience::{Field, Rule, Test};
    /// use repurchase::shop::Figure;
    ///
    /// let employee = Rule::tag("employee")?;
    /// let late = Rule::new(Figure::DaysSinceLast, Test::above(30))?;
    /// let rule = Rule::all([late.clone(), Rule::any([late, Rule::not(employee)?])?])?;
    /// let fields: Vec<_> = rule.fields().into_iter().collect();
    /// assert_eq!(fields, [&Field::Figure(Figure::DaysSinceLast), &Field::Tag("employee".into())]);
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn fields(&self) -> BTreeSet<&Field> {
        let mut fields = BTreeSet::new();
        self.add_fields(&mut fields);
        fields
    }

    fn add_fields<'a>(&'a self, fields: &mut BTreeSet<&'a Field>) {
        match &self.node {
            Node::All(rules) | Node::Any(rules) => rules.iter().for_each(|rule| rule.add_fields(fields)),
            Node::Not(rule) => rule.add_fields(fields),
            Node::Condition(condition) => {
                fields.insert(&condition.field);
            }
        }
    }

    pub(super) const fn node(&self) -> &Node {
        &self.node
    }
}
