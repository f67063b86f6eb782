//! Why a customer has a score.

use core::fmt::Display;

use super::{RfmModel, RfmValues};
use crate::scale::Language;
use crate::scale::range::{Quantity, describe_range};

pub(super) fn explain(model: &RfmModel, values: &RfmValues, language: Language) -> String {
    let score = model.score(values).to_array();
    let [r, f, m] = score.map(|score| usize::from(score) - 1);
    let ranges = [
        describe_range(model.recency.range(r), Quantity::Day, language),
        describe_range(model.frequency.range(f), Quantity::Number, language),
        describe_range(model.monetary().range(m), Quantity::Number, language),
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
