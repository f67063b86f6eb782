//! Why a customer has a score.

use core::fmt::Display;

use super::{RfmModel, RfmValues};
use crate::scale::range::{Ends, Quantity, describe};
use crate::scale::{Binning, Language};

pub(super) fn explain(model: &RfmModel, values: &RfmValues, language: Language) -> String {
    let score = model.score(values).to_array();
    let [r, f, m] = score.map(|score| usize::from(score) - 1);
    let ranges = [
        describe(model.recency.bounds(r), ends(&model.recency), Quantity::Day, language),
        describe(model.frequency.bounds(f), ends(&model.frequency), Quantity::Number, language),
        describe(model.monetary().bounds(m), ends(model.monetary()), Quantity::Number, language),
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

const fn ends<T>(binning: &Binning<T>) -> Ends {
    match binning {
        Binning::Quantiles(_) => Ends::Upper,
        Binning::Bands(_) => Ends::Lower,
    }
}
