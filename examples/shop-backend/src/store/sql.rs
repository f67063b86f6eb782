//! Conditions in SQL with their values beside them.

use std::fmt::Display;
use std::ops::Bound;

use chrono::NaiveDate;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};

use crate::region::{Cell, Range};

/// A statement that is put together; what a caller sends only ever becomes a value.
#[derive(Debug, Default)]
pub(super) struct Sql {
    text: String,
    values: Vec<Value>,
}

#[derive(Debug)]
pub(super) enum Value {
    Text(Option<String>),
    Number(Option<i64>),
    /// An expression of the program's own, in place of a value.
    Expression(&'static str),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<NaiveDate> for Value {
    fn from(day: NaiveDate) -> Self {
        Self::Text(Some(day.to_string()))
    }
}

impl Sql {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    pub(super) fn push(&mut self, text: impl Display) -> &mut Self {
        self.text += &text.to_string();
        self
    }

    /// Text that is the program's own, and behind it a value.
    pub(super) fn bind(&mut self, text: &'static str, value: impl Into<Value>) -> &mut Self {
        let value = value.into();
        if let Value::Expression(expression) = value {
            return self.push(text).push(expression);
        }
        self.values.push(value);
        let place = self.values.len();
        self.push(text).push('$').push(place)
    }

    /// `($1, $2)`, or, of nothing, what is in no list.
    pub(super) fn list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        let mut joint = "(";
        for value in values {
            self.push(joint).bind("", value);
            joint = ", ";
        }
        self.push(if joint == "(" { "(NULL)" } else { ")" })
    }

    /// `($1, $2), ($3, $4)`.
    pub(super) fn rows<const N: usize>(&mut self, rows: impl IntoIterator<Item = [Value; N]>) -> &mut Self {
        let mut joint = "";
        for row in rows {
            self.push(joint).list(row);
            joint = ", ";
        }
        self
    }

    /// `column > $1 AND column <= $2`, or what there is of it.
    pub(super) fn range<T: Copy>(&mut self, column: &'static str, range: &Range<T>) -> &mut Self
    where
        Value: From<T>,
    {
        let mut joint = "";
        for (bound, [outside, inside]) in [(range.0, [">", ">="]), (range.1, ["<", "<="])] {
            let (comparison, at) = match bound {
                Bound::Excluded(at) => (outside, at),
                Bound::Included(at) => (inside, at),
                Bound::Unbounded => continue,
            };
            self.push(format_args!("{joint}{column} {comparison} ")).bind("", at);
            joint = " AND ";
        }
        if joint.is_empty() { self.push("1 = 1") } else { self }
    }

    /// In any of the cells.
    pub(super) fn cells(&mut self, cells: &[Cell]) -> &mut Self {
        let mut joint = "(";
        for (days, purchases) in cells {
            self.push(joint).push('(').range("last_purchase", days);
            self.push(" AND ").range("purchases", purchases).push(')');
            joint = " OR ";
        }
        self.push(if cells.is_empty() { "(1 = 0)" } else { ")" })
    }

    pub(super) fn query(self) -> Query<'static, Any, AnyArguments> {
        let query = sqlx::query(AssertSqlSafe(self.text));
        self.values.into_iter().fold(query, |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Number(number) => query.bind(number),
            Value::Expression(_) => query,
        })
    }
}
