//! A rule compiled against a schema: what selects customers.

use super::check::{Check, Truth};
use super::rule::{Node, Rule};
use super::schema::Schema;
use crate::error::{Error, Result};
use crate::shop::Profile;

/// A rule that is ready to be asked about customers.
///
/// The [module](super) has an example.
#[doc(alias("crowd", "segment", "人群"))]
#[derive(Debug, Clone, PartialEq)]
pub struct Audience {
    rule: Rule,
    schema: Schema,
    /// The steps, one for each condition, in the order of the rule.
    pub(super) steps: Vec<Step>,
    pub(super) entry: u32,
}

/// A comparison, and which one comes next when it turns out as wanted or not.
///
/// `not` is carried down to the comparisons, where it flips what is wanted. As `all` and `any` grow with their parts, a
/// rule without `not` is true exactly when it is true with every unknown comparison taken as one that fails: so two
/// ways out of a step are enough for three values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) check: Check,
    pub(super) wanted: Truth,
    /// Comparisons that come next stand behind this one.
    pub(super) then: u32,
    pub(super) otherwise: u32,
}

/// The number of the step after which a customer belongs to the audience, above all steps of [`Rule::MAX_SIZE`]
/// conditions.
pub(super) const IN: u32 = u32::MAX;
const OUT: u32 = u32::MAX - 1;

impl Audience {
    /// Checks a rule against what the shop has, and makes it fast. Takes time linear in the rule's parts, times the
    /// attributes and labels of the schema.
    ///
    /// # Errors
    ///
    /// [`Error::Rule`] for a field that the schema's [shop](Schema::of) does not supply, an attribute or label that is not
    /// in the schema, and a comparison that does not fit the attribute's kind.
    pub fn compile(rule: Rule, schema: &Schema) -> Result<Self> {
        let mut checks = Vec::with_capacity(rule.conditions());
        collect(&rule, schema, &mut String::new(), &mut checks)?;
        Ok(Self::linked(rule, schema.clone(), checks))
    }

    fn linked(rule: Rule, schema: Schema, checks: Vec<Check>) -> Self {
        let (steps, entry) = ways(&rule, Truth::True, checks);
        Self { rule, schema, steps, entry }
    }

    /// A part of the rule whose first condition is number `first`, as an audience of its own.
    pub(super) fn of_part(&self, first: usize, part: &Rule) -> Self {
        let steps = self.steps.iter().skip(first).take(part.conditions());
        Self::linked(part.clone(), self.schema.clone(), steps.map(|step| step.check.clone()).collect())
    }

    /// The steps that lead in the customers who are known not to belong to the audience.
    pub(super) fn ways_out(&self) -> (Vec<Step>, u32) {
        ways(&self.rule, Truth::False, self.steps.iter().map(|step| step.check.clone()).collect())
    }

    /// The rule.
    pub const fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The schema it was compiled against.
    pub const fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Whether a customer belongs to the audience: the rule is known to hold. Makes at most the rule's comparisons, without
    /// an allocation, and stops as soon as the answer is settled.
    #[inline]
    pub fn matches(&self, profile: &Profile<'_>) -> bool {
        let mut at = self.entry;
        while let Some(step) = self.steps.get(at as usize) {
            at = if step.check.truth(profile) == step.wanted { step.then } else { step.otherwise };
        }
        at == IN
    }

    /// Whether a customer belongs to the audience; `None`, and not selected, where something unknown would decide.
    /// Without an allocation.
    pub fn verdict(&self, profile: &Profile<'_>) -> Option<bool> {
        if self.matches(profile) {
            return Some(true);
        }
        (self.truth(&self.rule, 0, profile) == Truth::False).then_some(false)
    }

    /// Judges a part of the rule whose first condition is number `first`.
    pub(super) fn truth(&self, rule: &Rule, first: usize, profile: &Profile<'_>) -> Truth {
        match rule.node() {
            Node::Condition(_) => self.steps.get(first).map_or(Truth::Unknown, |step| step.check.truth(profile)),
            Node::Not(rule) => self.truth(rule, first, profile).flipped(),
            Node::All(rules) => self.truths(rules, first, profile).min().unwrap_or(Truth::True),
            Node::Any(rules) => self.truths(rules, first, profile).max().unwrap_or(Truth::False),
        }
    }

    fn truths(&self, rules: &[Rule], first: usize, profile: &Profile<'_>) -> impl Iterator<Item = Truth> {
        numbered(rules, first).map(|(first, rule)| self.truth(rule, first, profile))
    }

    /// The comparison of condition number `at`.
    pub(super) fn check(&self, at: usize) -> Option<&Check> {
        self.steps.get(at).map(|step| &step.check)
    }
}

/// The rules, each with the number of its first condition.
pub(super) fn numbered(rules: &[Rule], first: usize) -> impl Iterator<Item = (usize, &Rule)> {
    rules.iter().scan(first, |next, rule| {
        let first = *next;
        *next += rule.conditions();
        Some((first, rule))
    })
}

/// The comparisons in the order of the rule.
fn collect(rule: &Rule, schema: &Schema, place: &mut String, checks: &mut Vec<Check>) -> Result<()> {
    let length = place.len();
    let mut part = |rule: &Rule, step: &str| {
        if length > 0 {
            place.push('.');
        }
        place.push_str(step);
        collect(rule, schema, place, checks)?;
        place.truncate(length);
        Ok(())
    };
    match rule.node() {
        Node::All(rules) => rules.iter().enumerate().try_for_each(|(at, rule)| part(rule, &format!("all[{at}]"))),
        Node::Any(rules) => rules.iter().enumerate().try_for_each(|(at, rule)| part(rule, &format!("any[{at}]"))),
        Node::Not(rule) => part(rule, "not"),
        Node::Condition(condition) => {
            checks.push(Check::new(condition, schema).map_err(|error| within(place, error))?);
            Ok(())
        }
    }
}

/// The error of a part that stands at a place.
pub(super) fn within(outer: &str, error: Error) -> Error {
    match error {
        Error::Rule { place, expected, found } if !outer.is_empty() => {
            let place = if place.is_empty() { outer.into() } else { format!("{outer}.{place}").into() };
            Error::Rule { place, expected, found }
        }
        other => other,
    }
}

/// The steps that lead in the customers for whom the rule is known to be `wanted`, and where to begin.
fn ways(rule: &Rule, wanted: Truth, mut checks: Vec<Check>) -> (Vec<Step>, u32) {
    let mut steps = Vec::with_capacity(checks.len());
    let entry = link(rule, wanted, IN, OUT, &mut checks, &mut steps);
    // They were linked from the last to the first.
    steps.reverse();
    (steps, entry)
}

/// Returns the entry of a rule after which one goes to `then` or `otherwise`; takes the checks from the last to the
/// first.
fn link(rule: &Rule, wanted: Truth, then: u32, otherwise: u32, checks: &mut Vec<Check>, steps: &mut Vec<Step>) -> u32 {
    let (rules, needs_all) = match rule.node() {
        Node::Not(rule) => return link(rule, wanted.flipped(), then, otherwise, checks, steps),
        Node::Condition(_) => {
            // There is one for each condition.
            let Some(check) = checks.pop() else { return otherwise };
            let place = u32::try_from(checks.len()).unwrap_or(OUT);
            steps.push(Step { check, wanted, then, otherwise });
            return place;
        }
        // Not all is any not.
        Node::All(rules) => (rules, wanted == Truth::True),
        Node::Any(rules) => (rules, wanted == Truth::False),
    };
    let last = if needs_all { then } else { otherwise };
    rules.iter().rev().fold(last, |next, rule| {
        let (then, otherwise) = if needs_all { (next, otherwise) } else { (then, next) };
        link(rule, wanted, then, otherwise, checks, steps)
    })
}
