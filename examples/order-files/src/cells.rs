//! Fields of one kind, read row by row: money, times, words, customers.

use std::collections::HashMap;

use crate::amounts::{self, MARKS, Number};
use crate::date_order::DateOrder;
use crate::error::{Fault, shown};
use crate::layout::DecimalMark;
use crate::money::Money;
use crate::names::plain;
use crate::said::said;
use crate::times::{self, Clock};
use crate::vote::{Clash, Decided, Vote};
use crate::zone::LocalClock;

/// A field without spaces around it and without what keeps a spreadsheet from changing it: `="0123"` is `0123`.
#[inline]
pub(crate) fn bare(field: &[u8]) -> &[u8] {
    let field = trimmed(field);
    match field {
        [b'=', b'"', inner @ .., b'"'] => trimmed(inner),
        _ => field,
    }
}

#[inline]
fn trimmed(field: &[u8]) -> &[u8] {
    match field {
        [first, .., last] | [first @ last] if is_edge(*first) || is_edge(*last) => {
            // Spaces of other scripts, too: U+00A0, U+3000.
            match std::str::from_utf8(field) {
                Ok(text) => text.trim_matches(|one: char| one.is_whitespace() || is_invisible(one)).as_bytes(),
                Err(_) => field.trim_ascii(),
            }
        }
        _ => field,
    }
}

/// Characters of no width, which come along when text is copied.
const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

const fn is_edge(byte: u8) -> bool {
    byte <= b' ' || byte >= 0x80
}

/// Whether a field of a column that may be empty says nothing.
pub(crate) fn is_void(field: &[u8]) -> bool {
    matches!(field, b"" | b"-")
        || [&b"null"[..], b"nan", b"none", b"n/a"].iter().any(|word| field.eq_ignore_ascii_case(word))
}

/// What is expected in place of an id that [`is_rounded`].
pub(crate) const ROUNDED: [&str; 2] = [
    "an id with all its digits: a spreadsheet has rounded it; export the file again, and do not save it there",
    "完整的编号：电子表格把它四舍五入了；请重新导出，且不要用电子表格另存",
];

/// Whether an id is a number as spreadsheets show long ones: `1.23457E+11`, `1.23457E11`.
pub(crate) fn is_rounded(id: &[u8]) -> bool {
    let Some(exponent) = id.iter().position(|byte| matches!(byte, b'E' | b'e')) else { return false };
    let (digits, rest) = id.split_at(exponent);
    let is_number = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(|byte| byte.is_ascii_digit());
    let (has_sign, power) = match rest {
        [_, b'+', power @ ..] => (true, power),
        [_, power @ ..] => (false, power),
        [] => return false,
    };
    let is_mark = |byte: &u8| matches!(byte, b'.' | b',');
    // `1E5` may be anybody; with a mark between the digits it is none.
    let fits = has_sign || digits.get(1).is_some_and(is_mark) && digits.last().is_some_and(u8::is_ascii_digit);
    fits && digits.first().is_some_and(u8::is_ascii_digit)
        && digits.iter().all(|byte| byte.is_ascii_digit() || is_mark(byte))
        && is_number(power)
}

/// A column of money, whose form is found from all its values.
pub(crate) struct MoneyCells {
    pub(crate) vote: Vote<2, Number>,
    money: Money,
}

/// An amount that is read and not yet stored.
pub(crate) enum Amount<'a> {
    Empty,
    /// Hundredths, and whether a point says so.
    Plain(i64, bool),
    Text(amounts::Reading<'a>, &'a [u8]),
}

impl<'a> Amount<'a> {
    #[inline]
    pub(crate) fn read(field: &'a [u8]) -> Option<Self> {
        match amounts::plain(field) {
            Some((hundredths, has_point)) => Some(Self::Plain(hundredths, has_point)),
            None => amounts::read(field).map(|reading| Self::Text(reading, field)),
        }
    }

    pub(crate) const fn mark(&self) -> &'a str {
        match self {
            Self::Text(reading, _) => reading.mark,
            _ => "",
        }
    }
}

impl MoneyCells {
    pub(crate) fn new(mark: Option<DecimalMark>, rows_may_go: bool) -> Self {
        let only = mark.and_then(|mark| MARKS.iter().position(|one| *one == mark));
        Self { vote: Vote::new(only, rows_may_go), money: Money::new() }
    }

    #[inline]
    pub(crate) fn store(&mut self, row: u32, line: u64, amount: &Amount<'_>) -> Result<(), Fault> {
        let (values, text) = match amount {
            Amount::Empty => {
                self.money.push(None);
                return Ok(());
            }
            Amount::Plain(hundredths, has_point) => {
                // A number without a point is the same in each form.
                if !has_point || self.vote.is_decided_for(0) {
                    self.money.push_hundredths(*hundredths);
                    return Ok(());
                }
                let number = Number { units: (*hundredths).into(), scale: 2 };
                ([Some(number), None], None)
            }
            Amount::Text(reading, text) => (reading.numbers, Some(*text)),
        };
        let number = self.vote.add(row, line, values).map_err(|clash| Self::clash(&clash, values, text))?;
        let fits = self.money.push(number);
        if fits {
            Ok(())
        } else {
            let expected = [
                "at most 28 digits, with as many decimals as the longest of the column",
                "最多 28 位数字（小数位数按该列最长的计）",
            ];
            Err(Fault::new(text.unwrap_or_default(), expected))
        }
    }

    #[cold]
    fn clash(clash: &Clash, values: [Option<Number>; 2], text: Option<&[u8]>) -> Fault {
        let DecimalWords { english, chinese } = decimal_words(values[0].is_none());
        let expected = match clash.earlier {
            0 => said!("{english}, as --decimal or the layout says", "{chinese}（见 --decimal 或格式文件）"),
            line => said!("{english}, as on line {line}", "{chinese}（如第 {line} 行）"),
        };
        let plain = values[0].or(values[1]).map(|number| {
            rust_decimal::Decimal::try_from_i128_with_scale(number.units, number.scale.into())
                .unwrap_or_default()
                .to_string()
        });
        Fault::new(text.unwrap_or(plain.unwrap_or_default().as_bytes()), expected)
    }

    /// The numbers in the form that was found, the rows that have another, and the row of a value that leaves it open.
    pub(crate) fn finish(self) -> (Money, Decided<Number>, DecimalMark) {
        let decided = self.vote.finish();
        let mut money = self.money;
        for (row, number) in &decided.changes {
            // Of a column whose numbers were taken out, only the scale is left to change.
            money.set(*row as usize, *number);
        }
        let form = decided.form;
        (money, decided, MARKS[form])
    }

    /// Takes all numbers out.
    pub(crate) fn take(&mut self) -> Money {
        self.money.take()
    }
}

/// A column of times, whose order of day and month is found from all its values.
pub(crate) struct TimeCells {
    pub(crate) vote: Vote<3, i64>,
    seconds: Vec<i64>,
    shop: LocalClock,
    /// The clock of times without an offset.
    clock: LocalClock,
    last: ([u8; 10], i64),
    only: Option<DateOrder>,
    /// The first lines of times of 12 digits, and of milliseconds.
    digits: [Option<u64>; 2],
}

/// Stands for a row without a time.
pub(crate) const NO_TIME: i64 = i64::MIN;

/// A time that is read and not yet stored.
pub(crate) enum Moment {
    Empty,
    /// In every order the same.
    At(i64),
    Ordered([Option<i64>; 3]),
    /// In every order the same, of 12 or 13 digits; whether they count milliseconds.
    Digits(i64, bool),
}

impl Moment {
    /// In the first order in which it is one.
    pub(crate) fn first(&self) -> Option<i64> {
        match self {
            Self::Empty => None,
            Self::At(seconds) | Self::Digits(seconds, _) => Some(*seconds),
            Self::Ordered(seconds) => seconds.iter().flatten().next().copied(),
        }
    }
}

impl TimeCells {
    pub(crate) fn new(only: Option<DateOrder>, rows_may_go: bool, shop: LocalClock, clock: LocalClock) -> Self {
        let form = only.and_then(|order| DateOrder::ALL.iter().position(|one| *one == order));
        Self {
            vote: Vote::new(form, rows_may_go),
            seconds: Vec::new(),
            shop,
            clock,
            last: ([0; 10], 0),
            only,
            digits: [None; 2],
        }
    }

    #[inline]
    pub(crate) fn read(&mut self, field: &[u8]) -> Option<Moment> {
        if let Some((seconds, clock)) = times::plain(field, &mut self.last) {
            return Some(Moment::At(self.instant(seconds, clock)));
        }
        let times::Reading { mut seconds, clocks } = times::read(field)?;
        for (seconds, clock) in seconds.iter_mut().zip(clocks) {
            *seconds = seconds.map(|seconds| self.instant(seconds, clock));
        }
        let [first, ..] = seconds;
        if let (Some(first), Some(is_milliseconds)) = (first, times::is_milliseconds(field)) {
            return Some(Moment::Digits(first, is_milliseconds));
        }
        match first {
            Some(first) if seconds.iter().all(|seconds| *seconds == Some(first)) => Some(Moment::At(first)),
            _ => Some(Moment::Ordered(seconds)),
        }
    }

    #[inline]
    fn instant(&mut self, seconds: i64, clock: Clock) -> i64 {
        match clock {
            Clock::Day => self.shop.instant(seconds),
            Clock::Local => self.clock.instant(seconds),
            Clock::Utc => seconds,
        }
    }

    #[inline]
    pub(crate) fn store(&mut self, row: u32, line: u64, moment: &Moment, field: &[u8]) -> Result<(), Fault> {
        let seconds = match moment {
            Moment::Empty => NO_TIME,
            Moment::At(seconds) => *seconds,
            Moment::Ordered(values) => {
                self.vote.add(row, line, *values).map_err(|clash| self.clash(&clash, field))?.unwrap_or(NO_TIME)
            }
            Moment::Digits(seconds, is_milliseconds) => {
                let [this, other] = [usize::from(*is_milliseconds), usize::from(!is_milliseconds)];
                if let Some(earlier) = self.digits[other] {
                    return Err(Self::other_digits(earlier, *is_milliseconds, field));
                }
                self.digits[this].get_or_insert(line);
                *seconds
            }
        };
        self.seconds.push(seconds);
        Ok(())
    }

    #[cold]
    fn other_digits(earlier: u64, is_milliseconds: bool, field: &[u8]) -> Fault {
        let expected = if is_milliseconds {
            said!("a time such as 202401311830, as on line {earlier}", "时间，如 202401311830（见第 {earlier} 行）")
        } else {
            said!("milliseconds since 1970, as on line {earlier}", "自 1970 年起的毫秒数（如第 {earlier} 行）")
        };
        Fault::new(field, expected)
    }

    #[cold]
    fn clash(&self, clash: &Clash, field: &[u8]) -> Fault {
        let expected = if let Some(order) = self.only {
            let [english, chinese] = order.words();
            said!("a date that is {english}, as --dates or the layout says", "日期 {chinese}（见 --dates 或格式文件）")
        } else {
            let ([english, chinese], line) = (orders_of(clash.mask), clash.earlier);
            said!("a date that is {english}, as on line {line}", "日期 {chinese}（如第 {line} 行）")
        };
        Fault::new(field, expected)
    }

    pub(crate) fn finish(self) -> (Vec<i64>, Decided<i64>, DateOrder, LocalClock) {
        let decided = self.vote.finish();
        let mut seconds = self.seconds;
        for (row, value) in &decided.changes {
            if let Some(slot) = seconds.get_mut(*row as usize) {
                *slot = *value;
            }
        }
        let form = decided.form;
        (seconds, decided, DateOrder::ALL[form], self.shop)
    }

    /// Takes all times out.
    pub(crate) fn take(&mut self) -> Vec<i64> {
        std::mem::take(&mut self.seconds)
    }
}

/// A number with the one mark or the other, as a message has it.
pub(crate) struct DecimalWords {
    pub(crate) english: &'static str,
    pub(crate) chinese: &'static str,
}

pub(crate) const fn decimal_words(is_point: bool) -> DecimalWords {
    if is_point {
        DecimalWords { english: "a number with a decimal point", chinese: "以点为小数点的数字" }
    } else {
        DecimalWords { english: "a number with a decimal comma", chinese: "以逗号为小数点的数字" }
    }
}

/// The orders of a mask, as a message has them in English and in Chinese.
pub(crate) fn orders_of(mask: u8) -> [String; 2] {
    let words = (0..3).filter(|bit| mask & (1 << bit) != 0).map(|bit| DateOrder::ALL[bit].words());
    let (english, chinese): (Vec<&str>, Vec<&str>) = words.map(|[english, chinese]| (english, chinese)).unzip();
    [english.join(" or "), chinese.join(" 或 ")]
}

/// A column of few words, by number.
#[derive(Debug, Default)]
pub(crate) struct Words {
    by_text: HashMap<Vec<u8>, u8>,
    /// As first written, in the order in which they came, with how many rows have them.
    pub(crate) found: Vec<(String, u64)>,
    last: Vec<u8>,
    last_number: u8,
    pub(crate) numbers: Vec<u8>,
}

/// Words that a column may have before it is none of few words.
const MOST_WORDS: usize = 200;

impl Words {
    /// The number of a word; `None` for one too many.
    pub(crate) fn number(&mut self, field: &[u8]) -> Option<u8> {
        if self.last == field && !self.found.is_empty() {
            return Some(self.last_number);
        }
        let number = match self.by_text.get(field).copied() {
            Some(number) => number,
            None => self.new_number(field)?,
        };
        self.last.clear();
        self.last.extend_from_slice(field);
        self.last_number = number;
        Some(number)
    }

    /// The number of a word that was not written so before.
    fn new_number(&mut self, field: &[u8]) -> Option<u8> {
        let text = String::from_utf8_lossy(field);
        let same = self.found.iter().position(|(word, _)| plain(word) == plain(&text));
        let number = same.unwrap_or(self.found.len());
        if number >= MOST_WORDS || self.by_text.len() > 16 * MOST_WORDS {
            return None;
        }
        if same.is_none() {
            self.found.push((text.into_owned(), 0));
        }
        self.by_text.insert(field.to_vec(), number as u8);
        Some(number as u8)
    }

    #[inline]
    pub(crate) fn store(&mut self, number: u8) {
        if let Some(word) = self.found.get_mut(usize::from(number)) {
            word.1 += 1;
        }
        self.numbers.push(number);
    }

    pub(crate) fn words(&self) -> &[(String, u64)] {
        &self.found
    }

    /// All words and how many rows have them, for a message.
    pub(crate) fn list(&self, of: impl Fn(&str) -> bool) -> Vec<String> {
        let words = self.found.iter().filter(|(word, count)| *count > 0 && of(word));
        words.map(|(word, count)| format!("{} ({count})", shown(word.as_bytes()))).collect()
    }
}
