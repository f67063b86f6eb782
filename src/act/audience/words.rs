//! A rule in words.

use core::fmt::Display;

use super::check::Found;
use super::compiled::Audience;
use super::condition::{Condition, Test, Value};
use super::field::Field;
use super::rule::{Node, Rule};
use super::schema::Schema;
use crate::scale::Language;
use crate::scale::words::phrase;
use crate::shop::Activity;

impl Rule {
    /// The rule as a sentence. The shop's own attributes and labels go by their keys; [`Audience::describe`] knows
    /// their names.
    pub fn describe(&self, language: Language) -> String {
        Words { schema: &Schema::default(), language }.sentence(self)
    }
}

impl Audience {
    /// The rule as a sentence.
    pub fn describe(&self, language: Language) -> String {
        Words { schema: self.schema(), language }.sentence(self.rule())
    }
}

/// Words of a language, with the shop's names.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) schema: &'a Schema,
    pub(super) language: Language,
}

impl Words<'_> {
    const fn of(self, english: &'static str, chinese: &'static str) -> &'static str {
        self.language.pick(english, chinese)
    }

    fn sentence(self, rule: &Rule) -> String {
        match rule.node() {
            Node::All(rules) if rules.is_empty() => self.of("All customers.", "所有客户。").to_owned(),
            Node::Any(rules) if rules.is_empty() => self.of("No customers.", "没有客户。").to_owned(),
            _ => {
                let (clause, stop) = (self.clause(rule, false), self.of(".", "。"));
                format!("{}{clause}{stop}", self.of("Customers with ", "满足以下条件的客户："))
            }
        }
    }

    /// The clause of a rule, in brackets where it would run into its neighbours.
    pub(super) fn clause(self, rule: &Rule, is_part: bool) -> String {
        let (rules, and) = match rule.node() {
            Node::Condition(condition) => return self.condition(condition),
            Node::Not(rule) => {
                return format!("{}{}", self.of("not ", "非"), self.in_brackets(&self.clause(rule, false)));
            }
            Node::All(rules) => (rules, self.of(" and ", "，且")),
            Node::Any(rules) => (rules, self.of(" or ", "，或")),
        };
        match rules.as_slice() {
            [] if matches!(rule.node(), Node::All(_)) => self.of("anything", "任意情况").to_owned(),
            [] => self.of("the impossible", "不可能的情况").to_owned(),
            [rule] => self.clause(rule, is_part),
            rules => {
                let parts: Vec<_> = rules.iter().map(|rule| self.clause(rule, true)).collect();
                let clause = parts.join(and);
                if is_part { self.in_brackets(&clause) } else { clause }
            }
        }
    }

    fn in_brackets(self, clause: &str) -> String {
        format!("{}{clause}{}", self.of("(", "（"), self.of(")", "）"))
    }

    fn condition(self, condition: &Condition) -> String {
        let Condition { field, test } = condition;
        match test {
            Test::Exists(true) => self.present(field),
            Test::Exists(false) => self.absent(field),
            test => format!("{}{}{}", self.subject(field), self.of(" ", ""), self.demand(field, test)),
        }
    }

    /// The subject of a comparison.
    pub(super) fn subject(self, field: &Field) -> String {
        match field {
            Field::Figure(figure) => figure.label().name(self.language).to_owned(),
            Field::Amount(amount) => amount.label().name(self.language).to_owned(),
            Field::Label(label) => label.label().name(self.language).to_owned(),
            Field::DaysSince { activity, category } => {
                let (activity, of) = (activity.label().name(self.language), self.of_category(category.as_deref()));
                phrase!(self.language, "days since last {activity}{of}", "距{of}最近一次{activity}的天数")
            }
            Field::Attribute(key) => {
                let own = self.schema.attributes().iter().find(|(name, _)| name.key() == &**key);
                own.map_or_else(|| self.quoted(key), |(name, _)| name.name(self.language).to_owned())
            }
            Field::Tag(tag) => format!("{}{}", self.of("tag ", "标签"), self.quoted(tag)),
        }
    }

    fn of_category(self, category: Option<&str>) -> String {
        category.map_or(String::new(), |category| format!("{}{}", self.of(" of ", ""), self.quoted(category)))
    }

    fn present(self, field: &Field) -> String {
        let subject = self.subject(field);
        match field {
            Field::DaysSince { activity, category } => {
                let article = if activity.label().key().starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
                self.record(self.of(article, "有"), *activity, category.as_deref())
            }
            Field::Tag(_) => phrase!(self.language, "{subject}", "带有{subject}"),
            _ => phrase!(self.language, "any {subject}", "有{subject}"),
        }
    }

    pub(super) fn absent(self, field: &Field) -> String {
        if let Field::DaysSince { activity, category } = field {
            return self.record(self.of("no", "没有"), *activity, category.as_deref());
        }
        format!("{}{}", self.of("no ", "没有"), self.subject(field))
    }

    /// `a cart of "shoes"`, `有「shoes」的加购记录`.
    fn record(self, number: &str, activity: Activity, category: Option<&str>) -> String {
        let (activity, of) = (activity.label().name(self.language), self.of_category(category));
        match self.language {
            Language::English => format!("{number} {activity}{of}"),
            Language::Chinese if category.is_none() => format!("{number}{activity}记录"),
            Language::Chinese => format!("{number}{of}的{activity}记录"),
        }
    }

    /// The value of a comparison.
    pub(super) fn demand(self, field: &Field, test: &Test) -> String {
        let value = |value: &Value| self.value(field, value);
        let (english, chinese, value) = match test {
            Test::Equal(v) => ("", "为", value(v)),
            Test::NotEqual(v) => ("other than ", "不为", value(v)),
            Test::Below(v) => ("below ", "低于", value(v)),
            Test::AtMost(v) => ("at most ", "不超过", value(v)),
            Test::Above(v) => ("above ", "高于", value(v)),
            Test::AtLeast(v) => ("at least ", "不低于", value(v)),
            Test::Between(low, high) => {
                let ends = format!("{}{}{}", value(low), self.of(" to ", " 至"), value(high));
                ("from ", "为", ends)
            }
            Test::OneOf(values) if values.is_empty() => ("one of none", "为空集之一", String::new()),
            Test::OneOf(values) => {
                // Numbers stand apart from the characters around them.
                let or = if values.iter().any(|v| matches!(v, Value::Number(_))) { " 或" } else { "或" };
                let values: Vec<_> = values.iter().map(value).collect();
                ("", "为", values.join(self.of(" or ", or)))
            }
            Test::Exists(_) => ("", "", String::new()),
        };
        format!("{}{value}", if self.language == Language::English { english } else { chinese })
    }

    fn value(self, field: &Field, value: &Value) -> String {
        match value {
            Value::Number(number) => self.number(number),
            Value::Text(text) => self.text(field, text),
        }
    }

    /// A label by its name; other texts, and labels without a known one, in quotation marks.
    fn text(self, field: &Field, text: &str) -> String {
        let Field::Label(label) = field else { return self.quoted(text) };
        let known = self.schema.labels(*label).unwrap_or_default();
        match (known.iter().find(|label| label.key() == text), self.language) {
            (Some(label), Language::English) => label.name(self.language).to_owned(),
            (Some(label), Language::Chinese) => self.quoted(label.name(self.language)),
            (None, _) => self.quoted(text),
        }
    }

    fn quoted(self, text: &str) -> String {
        format!("{}{text}{}", self.of("\"", "「"), self.of("\"", "」"))
    }

    fn number(self, number: impl Display) -> String {
        format!("{}{number}", self.of("", " "))
    }

    /// A value that was found; `None` for a lack of one.
    pub(super) fn found(self, field: &Field, found: Found<'_>) -> Option<String> {
        match found {
            Found::Unknown | Found::Absent => None,
            Found::Number(number) => Some(self.number(number)),
            Found::Amount(amount) => Some(self.number(amount)),
            Found::Text(text) => Some(self.text(field, text)),
        }
    }
}
