//! Why a customer belongs to an audience or does not.

use super::check::{Found, Truth};
use super::compiled::{Audience, numbered};
use super::condition::{Condition, Test};
use super::field::Field;
use super::rule::{Node, Rule};
use super::words::Words;
use crate::scale::Language;
use crate::shop::Profile;

/// One comparison that decides about a customer.
struct Reason<'a> {
    condition: &'a Condition,
    /// `None` where what it compares is unknown.
    holds: Option<bool>,
    /// What the customer has.
    found: Found<'a>,
}

impl Audience {
    /// The fields that decide about a customer, in the order of the rule, each with whether its comparison holds: they
    /// alone settle the verdict, whatever the others say.
    ///
    /// Where one part of an `all` fails, that is the first one that does; where one part of an `any` holds, the first
    /// one that does. An `all` that holds rests on all of its parts, as an `any` that fails does. Where the verdict is
    /// unknown, it is the first part that is unknown, with `None`. Empty where the rule leaves no choice, as an empty
    /// `all`.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::act::audience::{Audience, Field, Rule, Schema, Test};
    /// use repurchase::shop::{Figure, Profile};
    ///
    /// let rule = Rule::all([
    ///     Rule::new(Figure::Purchases, Test::at_least(2))?,
    ///     Rule::new(Figure::DaysSinceLast, Test::below(30))?,
    ///     Rule::new(Figure::R, Test::at_least(4))?,
    /// ])?;
    /// let audience = Audience::compile(rule, &Schema::default())?;
    /// let bo = Profile::default().with(Figure::Purchases, 5.0).with(Figure::DaysSinceLast, 95.0).with(Figure::R, 1.0);
    /// assert_eq!(audience.reasons(&bo), [(&Field::Figure(Figure::DaysSinceLast), Some(false))], "one is enough");
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn reasons<'a>(&'a self, profile: &Profile<'a>) -> Vec<(&'a Field, Option<bool>)> {
        self.deciding(profile).into_iter().map(|reason| (reason.condition.field(), reason.holds)).collect()
    }

    fn deciding<'a>(&'a self, profile: &Profile<'a>) -> Vec<Reason<'a>> {
        let mut reasons = Vec::new();
        self.decide(self.rule(), 0, profile, &mut reasons);
        reasons
    }

    /// Why a customer belongs to the audience or does not: the verdict and its [reasons](Audience::reasons), with the
    /// values found.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::act::audience::{Audience, Schema, ready};
    /// use repurchase::scale::Language;
    /// use repurchase::shop::Profile;
    ///
    /// let lost = Audience::compile(ready::lost_after_one(80)?, &Schema::default())?;
    /// let profile = Profile::default().with_tags(&[]);
    /// let why = lost.explain(&profile, Language::English);
    /// assert_eq!(why, "Unknown: purchases unknown, asked for 1");
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn explain(&self, profile: &Profile<'_>, language: Language) -> String {
        let verdict = self.verdict(profile);
        let words = Words { schema: self.schema(), language };
        let reasons: Vec<_> = self.deciding(profile).iter().map(|reason| reason.in_words(words)).collect();
        match (language, verdict) {
            (Language::English, Some(true)) if reasons.is_empty() => "In: everybody is".to_owned(),
            (Language::English, _) if reasons.is_empty() => "Out: nobody is in".to_owned(),
            (Language::Chinese, Some(true)) if reasons.is_empty() => "入选：规则包含所有客户".to_owned(),
            (Language::Chinese, _) if reasons.is_empty() => "未入选：规则不包含任何客户".to_owned(),
            (Language::English, Some(true)) => format!("In: {}", reasons.join("; ")),
            (Language::English, Some(false)) => format!("Out: {}", reasons.join("; ")),
            (Language::English, None) => format!("Unknown: {}", reasons.join("; ")),
            (Language::Chinese, Some(true)) => format!("入选：{}", reasons.join("；")),
            (Language::Chinese, Some(false)) => format!("未入选：{}", reasons.join("；")),
            (Language::Chinese, None) => format!("无法判断：{}", reasons.join("；")),
        }
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
        let (field, test, language) = (self.condition.field(), self.condition.test(), words.language);
        let (subject, demand) = (words.subject(field), words.demand(field, test));
        let is_bare = matches!(test, Test::Exists(_)) || matches!(test, Test::Equal(_)) && self.holds == Some(true);
        let state = match (field, self.found, language) {
            (Field::Tag(_), Found::Unknown, Language::English) => format!("{subject} unknown"),
            (Field::Tag(_), Found::Absent, _) => words.absent(field),
            (Field::Tag(_), _, Language::English) => subject,
            (Field::Tag(_), _, Language::Chinese) if self.holds.is_some() => format!("带有{subject}"),
            (_, found, _) => match (words.found(field, found), found, language) {
                (Some(found), _, Language::English) => format!("{subject} {found}"),
                (Some(found), _, Language::Chinese) => format!("{subject}为{found}"),
                (None, Found::Absent, _) => words.absent(field),
                (None, _, Language::English) => format!("{subject} unknown"),
                (None, _, Language::Chinese) => format!("{subject}未知"),
            },
        };
        match (self.holds, language) {
            _ if is_bare => state,
            (Some(true), Language::English) => format!("{state}, {demand}"),
            // "Not other than" is none.
            (Some(false), Language::English) if !matches!(test, Test::NotEqual(_)) => format!("{state}, not {demand}"),
            (_, Language::English) => format!("{state}, asked for {demand}"),
            (Some(true), Language::Chinese) => format!("{state}，{demand}"),
            (Some(false), Language::Chinese) => format!("{state}，不满足：{}", demand.trim_start()),
            (None, Language::Chinese) => format!("{state}，条件：{}", demand.trim_start()),
        }
    }
}
