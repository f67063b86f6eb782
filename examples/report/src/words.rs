//! What people read: words in their language, numbers as they are written for the eye.

use chrono::NaiveDate;
use repurchase::Ratio;
use repurchase::measure::relative_change;
use repurchase::scale::Language;
use repurchase_segment::page::{grouped, plural};
use rust_decimal::Decimal;

/// Words and numbers in one language, amounts in one currency.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) language: Language,
    /// What stands before an amount; empty where no currency is known.
    sign: &'a str,
}

impl<'a> Words<'a> {
    /// The sign of a currency's code, or the code and a space.
    pub(crate) fn sign(currency: Option<&str>) -> String {
        match currency.map(str::to_uppercase).as_deref() {
            None | Some("") => String::new(),
            Some("CNY" | "RMB" | "JPY") => "¥".to_owned(),
            Some("USD") => "$".to_owned(),
            Some("GBP") => "£".to_owned(),
            Some("EUR") => "€".to_owned(),
            Some(code) => format!("{code}\u{a0}"),
        }
    }

    pub(crate) const fn new(language: Language, sign: &'a str) -> Self {
        Self { language, sign }
    }

    /// One of two texts.
    pub(crate) fn of<T>(self, english: T, chinese: T) -> T {
        if self.language == Language::Chinese { chinese } else { english }
    }

    /// The tag of the language, as in BCP 47.
    pub(crate) fn tag(self) -> &'static str {
        self.of("en", "zh-Hans")
    }

    /// `1 customer`, `2,357 customers`; `2,357 位客户`.
    pub(crate) fn customers(self, count: u64) -> String {
        self.of(plural(count, "customer"), format!("{} 位客户", thousands(count)))
    }

    /// `1 day`, `90 days`; `90 天`.
    pub(crate) fn days(self, count: u64) -> String {
        self.of(plural(count, "day"), format!("{} 天", thousands(count)))
    }

    /// `1,152 of 2,357`; `1,152 / 2,357`.
    pub(crate) fn ratio(self, ratio: Ratio) -> String {
        let (count, of) = (thousands(ratio.count()), thousands(ratio.of()));
        self.of(format!("{count} of {of}"), format!("{count} / {of}"))
    }

    /// With a year: `14 Mar 1997`; `1997年3月14日`.
    pub(crate) fn date(self, day: NaiveDate) -> String {
        day.format(self.of("%-d %b %Y", "%Y年%-m月%-d日")).to_string()
    }

    /// Without a year, where no other can be meant beside a day.
    pub(crate) fn date_near(self, day: NaiveDate, other: NaiveDate) -> String {
        let is_near = (day - other).num_days().abs() < 180;
        if is_near { day.format(self.of("%-d %b", "%-m月%-d日")).to_string() } else { self.date(day) }
    }

    /// The month of a day: `Mar 1997`; `1997年3月`.
    pub(crate) fn month(self, day: NaiveDate) -> String {
        day.format(self.of("%b %Y", "%Y年%-m月")).to_string()
    }

    /// Money with two decimals, without any from 10,000 on; in Chinese in 万 from there.
    pub(crate) fn money(self, amount: Decimal) -> String {
        let large = Decimal::from(10_000);
        let text = match (amount.abs() >= large, self.language) {
            (true, Language::Chinese) => format!("{:.2}", (amount / large).round_dp(2)),
            (true, _) => format!("{:.0}", amount.round_dp(0)),
            _ => format!("{:.2}", amount.round_dp(2)),
        };
        let unit = if amount.abs() >= large { self.of("", TEN_THOUSANDS) } else { "" };
        self.signed(&text) + unit
    }

    /// An amount in a narrow cell, without the currency: whole, or with two decimals; in Chinese in 万 from 10,000 on.
    pub(crate) fn cell(self, amount: Decimal, whole: bool) -> String {
        let plain = Self { sign: "", ..self };
        let is_large = amount.abs() >= Decimal::from(10_000);
        if is_large || !whole { plain.money(amount) } else { plain.signed(&format!("{:.0}", amount.round_dp(0))) }
    }

    /// ` (in £)`, where the currency is known.
    pub(crate) fn in_currency(self) -> String {
        let sign = self.sign.trim();
        if sign.is_empty() { String::new() } else { self.of(format!(" (in {sign})"), format!("（{sign}）")) }
    }

    /// As [`money`](Self::money), of an estimate; a dash for one that is no number.
    pub(crate) fn estimate(self, amount: f64) -> String {
        if !amount.is_finite() {
            return NONE.to_owned();
        }
        // Of an estimate, the cents are not known.
        match (amount.abs() >= 10_000.0, self.language) {
            (true, Language::Chinese) => self.signed(&format!("{:.2}", amount / 10_000.0)) + TEN_THOUSANDS,
            (true, _) => self.signed(&format!("{amount:.0}")),
            (false, _) if amount.abs() >= 100.0 => self.signed(&format!("{amount:.0}")),
            _ => self.signed(&format!("{amount:.2}")),
        }
    }

    /// `▲ 12.3%`, in one piece; a dash where there is no change to be told.
    pub(crate) fn change(now: impl Into<Decimal>, before: impl Into<Decimal>) -> String {
        match relative_change(now.into(), before.into()) {
            None => NONE.to_owned(),
            Some(change) => {
                let mark = if change > 0.0 {
                    "▲\u{a0}"
                } else if change < 0.0 {
                    "▼\u{a0}"
                } else {
                    ""
                };
                mark.to_owned() + &percent(Some(change.abs()))
            }
        }
    }

    fn signed(self, text: &str) -> String {
        let (minus, digits) = match text.strip_prefix('-') {
            // Rounded to nothing.
            Some(digits) if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')) => ("", digits),
            Some(digits) => ("−", digits),
            None => ("", text),
        };
        format!("{minus}{}{}", self.sign, grouped(&digits))
    }
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

/// 10,000 behind a number, which no line ends before: a word joiner stands between them.
pub(crate) const TEN_THOUSANDS: &str = "\u{2060}万";

/// What stands where a figure is undefined.
pub(crate) const NONE: &str = "–";

/// A number with `decimals` decimals; a dash for one that is no number.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    if value.is_finite() { grouped(&format!("{value:.decimals$}")) } else { NONE.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_the_eye() {
        let (english, chinese) = (Words::new(Language::English, ""), Words::new(Language::Chinese, "¥"));
        assert_eq!([thousands(0), thousands(999), thousands(1_234_567)], ["0", "999", "1,234,567"]);
        assert_eq!(percent(Some(0.48876)), "48.9%");
        assert_eq!(
            [percent(None), percent(Some(f64::NAN)), number(f64::INFINITY, 2), english.estimate(f64::NAN)],
            [NONE; 4]
        );
        assert_eq!(whole_percent(Some(0.001)), "<1%");
        assert_eq!([0.0, 0.5, 1.0].map(|share| probability(Some(share))), ["<0.1%", "50.0%", ">99.9%"]);
        let amounts = [-12_345, 24_409_194, 999_999].map(|cents| Decimal::new(cents, 2));
        assert_eq!(amounts.map(|amount| english.money(amount)), ["−123.45", "244,092", "9,999.99"]);
        assert_eq!(amounts.map(|amount| chinese.money(amount)), ["−¥123.45", "¥24.41\u{2060}万", "¥9,999.99"]);
        assert_eq!(chinese.estimate(123_456_789.0), "¥12,345.68\u{2060}万");
        assert_eq!([8.5, 850.4, -0.001].map(|amount| english.estimate(amount)), ["8.50", "850", "0.00"]);
    }

    #[test]
    fn currencies_have_their_signs() {
        let signs = [Some("CNY"), Some("usd"), Some("CHF"), Some(""), None].map(Words::sign);
        assert_eq!(signs, ["¥", "$", "CHF\u{a0}", "", ""]);
    }

    #[test]
    fn changes_have_a_direction() {
        let change = |now: u64, before: u64| Words::change(now, before);
        assert_eq!(
            [change(115, 100), change(50, 100), change(7, 7), change(1, 0)],
            ["▲\u{a0}15.0%", "▼\u{a0}50.0%", "0.0%", NONE]
        );
    }

    #[test]
    fn one_is_not_many() {
        let words = Words::new(Language::English, "");
        assert_eq!([words.customers(1), words.customers(2), words.days(0)], ["1 customer", "2 customers", "0 days"]);
        assert_eq!(Words::new(Language::Chinese, "").customers(6919), "6,919 位客户");
    }
}
