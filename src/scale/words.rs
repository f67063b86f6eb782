//! Numbers with their nouns, and phrases in two languages.

use crate::scale::{Confidence, Interval, Language, Ratio};

/// `1 day`, `2 days`.
pub(crate) fn count(number: &str, noun: &str) -> String {
    format!("{number} {noun}{}", if number == "1" { "" } else { "s" })
}

/// The English or the Chinese of two format strings, which take their values by name.
macro_rules! phrase {
    ($language:expr, $english:literal, $chinese:literal $(,)?) => {
        match $language {
            $crate::scale::Language::English => format!($english),
            $crate::scale::Language::Chinese => format!($chinese),
        }
    };
}

pub(crate) use phrase;

/// `95%`, with as many digits as the level has, up to six; never `100%`: no confidence is.
fn percent_of(confidence: Confidence) -> String {
    // 100 * 0.999 is 99.9 only after rounding.
    let percent = (confidence.level() * 1e8).round() / 1e6;
    match percent {
        _ if percent >= 100.0 => ">99.999999%".to_owned(),
        _ => format!("{percent}%"),
    }
}

/// `difference +1.54 points (95% interval +1.38 to +1.69)`: a number, its unit, and its interval where there is one, with the
/// level where it is known.
pub(crate) fn with_interval(
    name: &str,
    value: Option<f64>,
    interval: Option<Interval>,
    confidence: Option<Confidence>,
    show: &dyn Fn(f64) -> String,
    language: Language,
) -> String {
    let level = confidence.map(|level| percent_of(level) + " ").unwrap_or_default();
    let value = value.map(show);
    let interval = interval.map(|Interval { low, high }| (show(low), show(high)));
    match (value, interval) {
        (Some(value), Some((low, high))) => phrase!(
            language,
            "{name} {value} ({level}interval {low} to {high})",
            "{name} {value}（{level}置信区间 {low} 至 {high}）"
        ),
        (Some(value), None) => phrase!(language, "{name} {value} (no interval)", "{name} {value}（无置信区间）"),
        (None, _) => phrase!(language, "{name} undefined", "{name}无定义"),
    }
}

/// `+1.54 points`, `+1.54 个百分点`.
pub(crate) fn points(share: f64, language: Language) -> String {
    let points = unsigned_zero(share * 100.0, 0.005);
    phrase!(language, "{points:+.2} points", "{points:+.2} 个百分点")
}

/// `+94.3%`.
pub(crate) fn percent(share: f64) -> String {
    format!("{:+.1}%", unsigned_zero(share * 100.0, 0.05))
}

/// `+12.34`.
pub(crate) fn money(amount: f64) -> String {
    format!("{:+.2}", unsigned_zero(amount, 0.005))
}

/// Rounding leaves `-0`, which people do not write.
pub(crate) fn unsigned_zero(number: f64, half_a_digit: f64) -> f64 {
    if number.abs() < half_a_digit { 0.0 } else { number }
}

/// `109 of 300 (36.33%)`, `300 人中 109 人（36.33%）`.
pub(crate) fn of_people(ratio: Ratio, language: Language) -> String {
    let (count, of) = (ratio.count(), ratio.of());
    match (language, ratio.value()) {
        (Language::English, _) => ratio.to_string(),
        (Language::Chinese, Some(value)) => format!("{of} 人中 {count} 人（{:.2}%）", value * 100.0),
        (Language::Chinese, None) => format!("{of} 人中 {count} 人"),
    }
}
