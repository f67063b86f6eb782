//! Why a customer has a score.

use core::fmt::Display;

use super::RfmModel;
use super::measure::Values;
use crate::scale::Language;
use crate::scale::range::{Quantity, describe};
use crate::scale::words::count;

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
    let (number, as_of) = (days.unsigned_abs(), model.as_of);
    let last_purchase = match (language, days < 0) {
        (Language::English, false) => {
            format!("{}, {} before {as_of}", values.last_purchase, count(&number.to_string(), "day"))
        }
        (Language::English, true) => {
            format!("{}, {} after {as_of}", values.last_purchase, count(&number.to_string(), "day"))
        }
        (Language::Chinese, false) => format!("{}，{as_of} 前 {number} 天", values.last_purchase),
        (Language::Chinese, true) => format!("{}，{as_of} 后 {number} 天", values.last_purchase),
    };
    let found: [&dyn Display; 3] = [&last_purchase, &values.frequency, &values.monetary];
    let names = [
        match language {
            Language::English => "last purchase",
            Language::Chinese => "最近一次消费",
        },
        model.measures.frequency.name(language),
        model.measures.monetary.name(language),
    ];
    let reason = |dimension: usize| {
        let (letter, score, of) = (["R", "F", "M"][dimension], bins[dimension] + 1, model.bins()[dimension]);
        let (name, found, range) = (names[dimension], found[dimension], &ranges[dimension]);
        match language {
            Language::English => format!("{letter} {score} of {of}: {name} {found}, {range}"),
            Language::Chinese => format!("{letter} {score}/{of}：{name} {found}，{range}"),
        }
    };
    [0, 1, 2].map(reason).join(match language {
        Language::English => "; ",
        Language::Chinese => "；",
    })
}

pub(super) fn few_customers(customers: u64, language: Language) -> String {
    match language {
        Language::English => {
            let customers = count(&customers.to_string(), "customer");
            format!("the scores are ranks among {customers} only, which say little")
        }
        Language::Chinese => format!("评分仅在 {customers} 位客户中排名得出，参考意义有限"),
    }
}
