//! The verdict on two arms, and the words for its numbers.

use crate::scale::label::labels;
use crate::scale::words::phrase;
use crate::scale::{Confidence, Interval, Language};

labels! {
    /// Whether the treated arm differs from the control arm by more than chance explains.
    pub enum Verdict[3] {
        /// The whole interval of the difference lies above 0.
        Better: "better", "Better", "更好";
        /// The whole interval of the difference lies below 0.
        Worse: "worse", "Worse", "更差";
        /// The interval contains 0, or there is no interval.
        CannotTell: "cannot_tell", "Cannot tell", "无法判断";
    }
}

/// `95%`, with as many digits as the level has, up to six; never `100%`: no confidence is.
fn percent_of(confidence: Confidence) -> String {
    // 100 * 0.999 is 99.9 only after rounding.
    let percent = (confidence.level() * 1e8).round() / 1e6;
    match percent {
        _ if percent >= 100.0 => ">99.999999%".to_owned(),
        _ => format!("{percent}%"),
    }
}

/// `difference +1.54 points (95% interval +1.38 to +1.69)`: a number, its unit, and its interval where there is one.
pub(super) fn with_interval(
    name: &str,
    value: Option<f64>,
    interval: Option<Interval>,
    confidence: Confidence,
    show: &dyn Fn(f64) -> String,
    language: Language,
) -> String {
    let level = percent_of(confidence);
    let value = value.map(show);
    let interval = interval.map(|Interval { low, high }| (show(low), show(high)));
    match (value, interval) {
        (Some(value), Some((low, high))) => phrase!(
            language,
            "{name} {value} ({level} interval {low} to {high})",
            "{name} {value}（{level} 置信区间 {low} 至 {high}）"
        ),
        (Some(value), None) => phrase!(language, "{name} {value} (no interval)", "{name} {value}（无置信区间）"),
        (None, _) => phrase!(language, "{name} undefined", "{name}无定义"),
    }
}

/// `+1.54 points`, `+1.54 个百分点`.
pub(super) fn points(share: f64, language: Language) -> String {
    let points = unsigned_zero(share * 100.0, 0.005);
    phrase!(language, "{points:+.2} points", "{points:+.2} 个百分点")
}

/// `+94.3%`.
pub(super) fn percent(share: f64) -> String {
    format!("{:+.1}%", unsigned_zero(share * 100.0, 0.05))
}

/// `+12.34`.
pub(super) fn money(amount: f64) -> String {
    format!("{:+.2}", unsigned_zero(amount, 0.005))
}

/// Rounding leaves `-0`, which people do not write.
pub(super) fn unsigned_zero(number: f64, half_a_digit: f64) -> f64 {
    if number.abs() < half_a_digit { 0.0 } else { number }
}
