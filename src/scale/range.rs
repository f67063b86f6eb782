//! The range between two thresholds, and its words.

use core::fmt::Display;
use core::ops::Bound;

use crate::scale::Language;

/// The thresholds below and above a bin; `None` on an open side.
pub(crate) fn around<T>(thresholds: &[T], position: usize) -> (Option<&T>, Option<&T>) {
    (position.checked_sub(1).and_then(|lower| thresholds.get(lower)), thresholds.get(position))
}

/// The values of a bin; `None` for a bin that does not exist. `below` and `above` say to which bin a threshold belongs.
pub(crate) fn range<'a, T>(
    thresholds: &'a [T],
    position: usize,
    [below, above]: [fn(&'a T) -> Bound<&'a T>; 2],
) -> Option<(Bound<&'a T>, Bound<&'a T>)> {
    let (lower, upper) = around(thresholds, position);
    (position <= thresholds.len())
        .then(|| (lower.map_or(Bound::Unbounded, below), upper.map_or(Bound::Unbounded, above)))
}

/// The kind of value compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    Number,
    Day,
}

/// `above 2 and at most 4`, `高于 2 且不超过 4`; `any value` when both sides are open.
pub(crate) fn describe<T: Display>(
    (lower, upper): (Bound<T>, Bound<T>),
    quantity: Quantity,
    language: Language,
) -> String {
    let is_day = quantity == Quantity::Day;
    let words = |english, chinese| language.pick::<[&'static str; 2]>(english, chinese)[usize::from(is_day)];
    let lower = match lower {
        Bound::Excluded(lower) => Some((words(["above", "after"], ["高于", "晚于"]), lower)),
        Bound::Included(lower) => Some((words(["at least", "from"], ["不低于", "不早于"]), lower)),
        Bound::Unbounded => None,
    };
    let upper = match upper {
        Bound::Included(upper) => Some((words(["at most", "up to"], ["不超过", "不晚于"]), upper)),
        Bound::Excluded(upper) => Some((words(["below", "before"], ["低于", "早于"]), upper)),
        Bound::Unbounded => None,
    };
    let sides: Vec<_> = [lower, upper].into_iter().flatten().map(|(word, value)| format!("{word} {value}")).collect();
    if sides.is_empty() {
        return language.pick("any value", "不限").to_owned();
    }
    sides.join(language.pick(" and ", " 且"))
}
