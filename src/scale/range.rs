//! Where a value lies between the marks around it, in words.

use core::fmt::Display;
use core::ops::Bound;

use crate::scale::Language;

/// Which end of a range belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// `(lower, upper]`: fitted cuts.
    Upper,
    /// `[lower, upper)`: given edges.
    Lower,
}

/// A range whose ends say for themselves whether they belong to it.
pub(crate) fn describe_range<T: Display>(
    (lower, upper): (Bound<T>, Bound<T>),
    quantity: Quantity,
    language: Language,
) -> String {
    let ends = match (&lower, &upper) {
        (Bound::Included(_), _) | (_, Bound::Excluded(_)) => Ends::Lower,
        _ => Ends::Upper,
    };
    let mark = |bound| match bound {
        Bound::Included(mark) | Bound::Excluded(mark) => Some(mark),
        Bound::Unbounded => None,
    };
    describe((mark(lower), mark(upper)), ends, quantity, language)
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    Number,
    Day,
}

/// `above 2 and at most 4`, `高于 2 且不超过 4`; `any value` when both sides are open.
pub(crate) fn describe<T: Display>(
    (lower, upper): (Option<T>, Option<T>),
    ends: Ends,
    quantity: Quantity,
    language: Language,
) -> String {
    let (from, to) = match (language, ends, quantity) {
        (Language::English, Ends::Upper, Quantity::Number) => ("above ", "at most "),
        (Language::English, Ends::Upper, Quantity::Day) => ("after ", "up to "),
        (Language::English, Ends::Lower, Quantity::Number) => ("at least ", "below "),
        (Language::English, Ends::Lower, Quantity::Day) => ("from ", "before "),
        (Language::Chinese, Ends::Upper, Quantity::Number) => ("高于 ", "不超过 "),
        (Language::Chinese, Ends::Upper, Quantity::Day) => ("晚于 ", "不晚于 "),
        (Language::Chinese, Ends::Lower, Quantity::Number) => ("不低于 ", "低于 "),
        (Language::Chinese, Ends::Lower, Quantity::Day) => ("不早于 ", "早于 "),
    };
    let and = match language {
        Language::English => " and ",
        Language::Chinese => " 且",
    };
    match (lower, upper) {
        (Some(lower), Some(upper)) => format!("{from}{lower}{and}{to}{upper}"),
        (Some(lower), None) => format!("{from}{lower}"),
        (None, Some(upper)) => format!("{to}{upper}"),
        (None, None) => match language {
            Language::English => "any value".to_owned(),
            Language::Chinese => "不限".to_owned(),
        },
    }
}
