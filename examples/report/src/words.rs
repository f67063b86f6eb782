//! What people read: words in their language, numbers as they are written for the eye.

use chrono::NaiveDate;
use repurchase::scale::Language;
use repurchase::{Ratio, Window};
use repurchase_segment::page::grouped;
use rust_decimal::Decimal;

/// Words and numbers in one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    pub(crate) language: Language,
}

impl Words {
    pub(crate) const fn new(language: Language) -> Self {
        Self { language }
    }

    /// One of two texts.
    pub(crate) fn of<T>(self, english: T, chinese: T) -> T {
        if self.language == Language::Chinese { chinese } else { english }
    }

    /// One of two texts that have to be put together.
    pub(crate) fn say(self, english: impl FnOnce() -> String, chinese: impl FnOnce() -> String) -> String {
        if self.language == Language::Chinese { chinese() } else { english() }
    }

    /// The tag of the language, as in BCP 47.
    pub(crate) fn tag(self) -> &'static str {
        self.of("en", "zh-Hans")
    }

    /// `1 customer`, `2,357 customers`; `2,357 位客户`.
    pub(crate) fn customers(self, count: u64) -> String {
        self.say(|| counted(count, "customer"), || format!("{} 位客户", thousands(count)))
    }

    /// `1 day`, `90 days`; `90 天`.
    pub(crate) fn days(self, count: u64) -> String {
        self.say(|| counted(count, "day"), || format!("{} 天", thousands(count)))
    }

    /// `1,152 of 2,357`; `2,357 中的 1,152`.
    pub(crate) fn ratio(self, ratio: Ratio) -> String {
        let (count, of) = (thousands(ratio.count()), thousands(ratio.of()));
        self.say(|| format!("{count} of {of}"), || format!("{count} / {of}"))
    }

    /// Without a year: `14 Mar`; `3月14日`.
    pub(crate) fn day(self, day: NaiveDate) -> String {
        self.say(|| day.format("%-d %b").to_string(), || day.format("%-m月%-d日").to_string())
    }

    /// With a year: `14 Mar 1997`; `1997年3月14日`.
    pub(crate) fn date(self, day: NaiveDate) -> String {
        self.say(|| day.format("%-d %b %Y").to_string(), || day.format("%Y年%-m月%-d日").to_string())
    }

    /// The month in which a window begins: `Mar 1997`; `1997年3月`.
    pub(crate) fn month(self, window: Window) -> String {
        self.say(|| window.start().format("%b %Y").to_string(), || window.start().format("%Y年%-m月").to_string())
    }
}

fn counted(count: u64, one: &str) -> String {
    format!("{} {one}{}", thousands(count), if count == 1 { "" } else { "s" })
}

/// `2357` as `2,357`.
pub(crate) fn thousands(count: u64) -> String {
    grouped(&count)
}

/// `0.4888` as `48.9%`; a dash where there is no share.
pub(crate) fn percent(share: Option<f64>) -> String {
    share.filter(|share| share.is_finite()).map_or_else(|| NONE.to_owned(), |share| format!("{:.1}%", share * 100.0))
}

/// As [`percent`], of what may be certain by no model: above 99.9% and below 0.1% it says so.
pub(crate) fn probability(share: Option<f64>) -> String {
    match share {
        Some(share) if share > 0.999 => ">99.9%".to_owned(),
        Some(share) if share < 0.001 => "<0.1%".to_owned(),
        share => percent(share),
    }
}

/// As [`percent`], in whole ones; above 0 and below 0.5% it is `<1%`.
pub(crate) fn whole_percent(share: Option<f64>) -> String {
    match share.filter(|share| share.is_finite()) {
        None => NONE.to_owned(),
        Some(share) if share > 0.0 && share < 0.005 => "<1%".to_owned(),
        Some(share) => format!("{:.0}%", share * 100.0),
    }
}

/// What stands where a figure is undefined.
pub(crate) const NONE: &str = "–";

/// Money in the shop's currency: with two decimals, without any from 10,000 on. The figures have it exactly.
pub(crate) fn money(amount: Decimal) -> String {
    money_beside(amount, amount)
}

/// As [`money`], with as many decimals as the largest amount of its column.
pub(crate) fn money_beside(amount: Decimal, largest: Decimal) -> String {
    let decimals = if largest.abs() >= Decimal::from(10_000) { 0 } else { 2 };
    signed(&format!("{:.*}", decimals, amount.round_dp(decimals as u32)))
}

/// As [`money`], of an estimate; a dash for one that is no number.
pub(crate) fn estimate(amount: f64) -> String {
    if !amount.is_finite() {
        return NONE.to_owned();
    }
    signed(&if amount.abs() >= 10_000.0 { format!("{amount:.0}") } else { format!("{amount:.2}") })
}

/// With so many decimals; a dash for one that is no number.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    if value.is_finite() { signed(&format!("{value:.decimals$}")) } else { NONE.to_owned() }
}

fn signed(text: &str) -> String {
    match text.strip_prefix('-') {
        // Rounded to nothing.
        Some(positive) if positive.bytes().all(|byte| matches!(byte, b'0' | b'.')) => grouped(&positive),
        Some(positive) => format!("−{}", grouped(&positive)),
        None => grouped(&text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_the_eye() {
        assert_eq!([thousands(0), thousands(999), thousands(1_234_567)], ["0", "999", "1,234,567"]);
        assert_eq!(percent(Some(0.48876)), "48.9%");
        assert_eq!([percent(None), percent(Some(f64::NAN)), number(f64::INFINITY, 2), estimate(f64::NAN)], [NONE; 4]);
        assert_eq!(whole_percent(Some(0.001)), "<1%");
        assert_eq!([0.0, 0.5, 1.0].map(|share| probability(Some(share))), ["<0.1%", "50.0%", ">99.9%"]);
        assert_eq!(money(Decimal::new(-12_345, 1)), "−1,234.50");
        assert_eq!(money(Decimal::new(24_409_194, 2)), "244,092");
        assert_eq!(number(-0.001, 1), "0.0");
    }

    #[test]
    fn one_is_not_many() {
        let words = Words::new(Language::English);
        assert_eq!([words.customers(1), words.customers(2), words.days(0)], ["1 customer", "2 customers", "0 days"]);
        assert_eq!(Words::new(Language::Chinese).customers(6919), "6,919 位客户");
    }
}
