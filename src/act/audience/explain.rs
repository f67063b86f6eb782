//! Reasons why a customer belongs to an audience or does not.

use super::check::{Found, Truth};
use super::compiled::{Audience, numbered};
use super::condition::{Condition, Test};
use super::field::Field;
use super::rule::{Node, Rule};
use super::words::Words;
use crate::scale::Language;
use crate::scale::words::phrase;
use crate::shop::Profile;

/// One comparison that decides about a customer.
struct Reason<'a> {
    condition: &'a Condition,
    /// `None` where what it compares is unknown.
    holds: Option<bool>,
    /// The customer's value.
    found: Found<'a>,
}

impl Audience {
    /// The fields that decide about a customer, in the order of the rule, each with whether its comparison holds. They
    /// alone settle the verdict, whatever the others say.
    ///
    /// Where one part of an `all` fails or one part of an `any` holds, the first such part decides. An `all` that holds
    /// and an `any` that fails rest on all their parts. Where the verdict is unknown, the first unknown part decides,
    /// with `None`. Empty where the rule leaves no choice, as an empty `all`.
    pub fn reasons<'a>(&'a self, profile: &Profile<'a>) -> Vec<(&'a Field, Option<bool>)> {
        self.deciding(profile).into_iter().map(|reason| (&reason.condition.field, reason.holds)).collect()
    }

    fn deciding<'a>(&'a self, profile: &Profile<'a>) -> Vec<Reason<'a>> {
        let mut reasons = Vec::new();
        self.decide(self.rule(), 0, profile, &mut reasons);
        reasons
    }

    /// Says why a customer belongs to the audience or does not: the verdict and its [reasons](Audience::reasons), with
    /// the values found.
    pub fn explain(&self, profile: &Profile<'_>, language: Language) -> String {
        let verdict = self.verdict(profile);
        let words = Words { schema: self.schema(), language };
        let reasons: Vec<_> = self.deciding(profile).iter().map(|reason| reason.in_words(words)).collect();
        let fixed = |english, chinese: &'static str| language.pick(english, chinese).to_owned();
        if reasons.is_empty() {
            return match verdict {
                Some(true) => fixed("In: everybody is", "入选：规则包含所有客户"),
                _ => fixed("Out: nobody is in", "未入选：规则不包含任何客户"),
            };
        }
        let verdict = match verdict {
            Some(true) => language.pick("In: ", "入选："),
            Some(false) => language.pick("Out: ", "未入选："),
            None => language.pick("Unknown: ", "无法判断："),
        };
        format!("{verdict}{}", reasons.join(language.pick("; ", "；")))
    }

    fn decide<'a>(&'a self, rule: &'a Rule, first: usize, profile: &Profile<'a>, reasons: &mut Vec<Reason<'a>>) {
        let (rules, all) = match rule.node() {
            Node::Not(rule) => return self.decide(rule, first, profile, reasons),
            Node::Condition(condition) => {
                reasons.extend(self.check(first).map(|check| {
                    let holds = match check.truth(profile) {
                        Truth::True => Some(true),
                        Truth::False => Some(false),
                        Truth::Unknown => None,
                    };
                    Reason { condition, holds, found: check.found(profile) }
                }));
                return;
            }
            Node::All(rules) => (rules, Truth::True),
            Node::Any(rules) => (rules, Truth::False),
        };
        let truth = self.truth(rule, first, profile);
        let mut deciding = numbered(rules, first).filter(|&(first, rule)| self.truth(rule, first, profile) == truth);
        if truth == all {
            deciding.for_each(|(first, rule)| self.decide(rule, first, profile, reasons));
        } else if let Some((first, rule)) = deciding.next() {
            self.decide(rule, first, profile, reasons);
        }
    }
}

impl Reason<'_> {
    fn in_words(&self, words: Words<'_>) -> String {
        let (Condition { field, test }, language) = (self.condition, words.language);
        let (subject, demand) = (words.subject(field), words.demand(field, test));
        let is_bare = matches!(test, Test::Exists(_)) || matches!(test, Test::Equal(_)) && self.holds == Some(true);
        let state = match (field, self.found, language) {
            (_, Found::Absent, _) => words.absent(field),
            (Field::Tag(_), Found::Text(_), Language::English) => subject,
            (Field::Tag(_), Found::Text(_), Language::Chinese) if self.holds.is_some() => format!("带有{subject}"),
            (_, found, _) => match words.found(field, found) {
                Some(found) => phrase!(language, "{subject} {found}", "{subject}为{found}"),
                None => phrase!(language, "{subject} unknown", "{subject}未知"),
            },
        };
        match (self.holds, language) {
            _ if is_bare => state,
            (Some(true), Language::English) => format!("{state}, {demand}"),
            // Nobody says "not other than".
            (Some(false), Language::English) if !matches!(test, Test::NotEqual(_)) => format!("{state}, not {demand}"),
            (_, Language::English) => format!("{state}, asked for {demand}"),
            (Some(true), Language::Chinese) => format!("{state}，{demand}"),
            (Some(false), Language::Chinese) => format!("{state}，不满足：{}", demand.trim_start()),
            (None, Language::Chinese) => format!("{state}，条件：{}", demand.trim_start()),
        }
    }
}
