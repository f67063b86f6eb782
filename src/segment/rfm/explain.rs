//! Why a customer has a score.

use core::fmt::Display;
use core::ops::Bound;

use super::{RfmModel, RfmValues};
use crate::scale::range::{Quantity, describe};
use crate::scale::{Bins, Language};

/// The values of a bin that a score has come from.
fn range<T: Ord>(bins: &Bins<T>, position: usize) -> (Bound<&T>, Bound<&T>) {
    bins.range(position).unwrap_or((Bound::Unbounded, Bound::Unbounded))
}

pub(super) fn explain(model: &RfmModel, values: &RfmValues, language: Language) -> String {
    let score = model.score(values).to_array();
    let [r, f, m] = score.map(|score| usize::from(score) - 1);
    let ranges = [
        describe(range(&model.recency, r), Quantity::Day, language),
        describe(range(&model.frequency, f), Quantity::Number, language),
        describe(range(model.monetary(), m), Quantity::Number, language),
    ];
    let found: [&dyn Display; 3] = [&values.last_purchase, &values.frequency, &values.monetary];
    let last_purchase = match language {
        Language::English => "last purchase",
        Language::Chinese => "最近一次消费",
    };
    let names = [last_purchase, model.measures.frequency.name(language), model.measures.monetary.name(language)];
    let reason = |dimension: usize| {
        let (letter, score, bins) = (["R", "F", "M"][dimension], score[dimension], model.bins()[dimension]);
        let (name, found, range) = (names[dimension], found[dimension], &ranges[dimension]);
        match language {
            Language::English => format!("{letter} {score} of {bins}: {name} {found}, {range}"),
            Language::Chinese => format!("{letter} {score}/{bins}：{name} {found}，{range}"),
        }
    };
    [0, 1, 2].map(reason).join(match language {
        Language::English => "; ",
        Language::Chinese => "；",
    })
}
