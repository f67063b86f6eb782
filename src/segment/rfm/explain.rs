//! Reasons for a customer's scores.

use core::fmt::Display;

use super::RfmModel;
use super::measure::Values;
use crate::scale::Language;
use crate::scale::range::{Quantity, describe};
use crate::scale::words::{count, phrase};

pub(super) fn explain(model: &RfmModel, values: &Values, language: Language) -> String {
    let bins = [
        model.recency.dates.position(&values.last_purchase),
        model.frequency.position(&values.frequency),
        model.monetary.position_of(values.monetary),
    ];
    // Each is a bin that exists.
    let ranges = [
        model.recency().range(bins[0]).map(|range| describe(range, Quantity::Day, language)),
        model.frequency().range(bins[1]).map(|range| describe(range, Quantity::Number, language)),
        model.monetary().range(bins[2]).map(|range| describe(range, Quantity::Number, language)),
    ]
    .map(Option::unwrap_or_default);
    let days = (model.as_of - values.last_purchase).num_days();
    let (number, last, as_of) = (days.unsigned_abs(), values.last_purchase, model.as_of);
    let (number_of_days, english) = (count(&number.to_string(), "day"), if days < 0 { "after" } else { "before" });
    let chinese = if days < 0 { "后" } else { "前" };
    let last = phrase!(language, "{last}, {number_of_days} {english} {as_of}", "{last}，{as_of} {chinese} {number} 天");
    let found: [&dyn Display; 3] = [&last, &values.frequency, &values.monetary];
    let names = [
        language.pick("last purchase", "最近一次消费"),
        model.measures.frequency.name(language),
        model.measures.monetary.name(language),
    ];
    let reason = |dimension: usize| {
        let (letter, score, of) = (["R", "F", "M"][dimension], bins[dimension] + 1, model.bins()[dimension]);
        let (name, found, range) = (names[dimension], found[dimension], &ranges[dimension]);
        phrase!(
            language,
            "{letter} {score} of {of}: {name} {found}, {range}",
            "{letter} {score}/{of}：{name} {found}，{range}"
        )
    };
    [0, 1, 2].map(reason).join(language.pick("; ", "；"))
}

pub(super) fn few_customers(customers: u64, language: Language) -> String {
    let number = count(&customers.to_string(), "customer");
    phrase!(
        language,
        "the scores are ranks among {number} only, which say little",
        "评分仅在 {customers} 位客户中排名得出，参考意义有限"
    )
}
