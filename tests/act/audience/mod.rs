//! Rules: by hand, against a naive evaluator, in words, in files.

use repurchase::act::audience::{Audience, Field, Rule, Schema, Test};
use repurchase::scale::{Label, Language};
use repurchase::shop::Profile;

use super::money;

mod activities;
mod allocation;
mod by_hand;
mod distance;
mod edges;
mod hostile;
mod keys;
mod neighbours;
mod oracle;
mod ready;
mod selection;
mod stored;
mod table;
mod visitors;
mod words;

const BOTH: [Language; 2] = [Language::English, Language::Chinese];

#[track_caller]
fn is(field: impl Into<Field>, test: Test) -> Rule {
    Rule::new(field, test).expect("a comparison that fits its field")
}

#[track_caller]
fn all<const N: usize>(rules: [Rule; N]) -> Rule {
    Rule::all(rules).expect("a small rule")
}

#[track_caller]
fn any<const N: usize>(rules: [Rule; N]) -> Rule {
    Rule::any(rules).expect("a small rule")
}

#[track_caller]
fn not(rule: Rule) -> Rule {
    Rule::not(rule).expect("a small rule")
}

/// Age and region.
fn schema() -> Schema {
    let schema = Schema::default().with_number(Label::new("age", "age", "年龄")).unwrap();
    schema.with_text(Label::new("region", "region", "地区")).unwrap()
}

#[track_caller]
fn compiled(rule: Rule) -> Audience {
    Audience::compile(rule, &schema()).expect("a rule that fits the schema")
}

/// A label of a key that is its names, too.
fn label(key: &str) -> &'static Label {
    let key = || key.to_owned();
    Box::leak(Box::new(Label::new(key(), key(), key())))
}

#[track_caller]
fn assert_explained(rule: &Audience, profile: &Profile<'_>, english: &str, chinese: &str) {
    assert_eq!(BOTH.map(|language| rule.explain(profile, language)), [english, chinese]);
}
