//! Times as people write them, to seconds.

use crate::offset::named_offset;
use crate::said::{Said, said};

/// A time that was read: in seconds since 1970-01-01 for each order of [`DateOrder::ALL`](crate::DateOrder) in which it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) seconds: [Option<i64>; 3],
    pub(crate) clocks: [Clock; 3],
}

/// Which clock shows the seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// A date alone: the shop's day.
    Day,
    /// That of the layout or the shop.
    Local,
    /// UTC: the text had an offset.
    Utc,
}

const DAY: i64 = 86_400;

/// The years that orders are of; others stand for a date that is missing, or are of another calendar.
const YEARS: std::ops::RangeInclusive<i64> = 1900..=2199;

/// `2024-01-31` and `2024-01-31 18:30:05` (or with `T`), the forms of machines: the clock's seconds.
#[inline]
pub(crate) fn plain(text: &[u8], last: &mut ([u8; 10], i64)) -> Option<(i64, Clock)> {
    let date: &[u8; 10] = text.first_chunk()?;
    if date != &last.0 {
        let days = iso_date(date)?;
        *last = (*date, days);
    }
    let midnight = last.1 * DAY;
    match text.get(10..)? {
        [] => Some((midnight, Clock::Day)),
        [b' ' | b'T', h1, h2, b':', m1, m2, b':', s1, s2] => {
            let (hour, minute, second) = (two(*h1, *h2)?, two(*m1, *m2)?, two(*s1, *s2)?);
            let fits = hour < 24 && minute < 60 && second < 60;
            fits.then_some((midnight + hour * 3600 + minute * 60 + second, Clock::Local))
        }
        _ => None,
    }
}

#[inline]
pub(crate) fn two(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then_some(i64::from(tens) * 10 + i64::from(ones))
}

fn iso_date(date: &[u8; 10]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else { return None };
    day(two(y1, y2)? * 100 + two(y3, y4)?, two(m1, m2)?, two(d1, d2)?)
}

/// Days since 1970-01-01 of a date that exists.
pub(crate) fn day(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !YEARS.contains(&year) || !(1..=length).contains(&day) {
        return None;
    }
    // Years start in March, so that the day that some have ends them.
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    Some(era * 146_097 + year * 365 + year / 4 - year / 100 + day_of_year - 719_468)
}

/// What is expected in place of a field that is no time.
pub(crate) fn expected(field: &[u8]) -> Said {
    let is_serial = field.first_chunk().is_some_and(|days: &[u8; 5]| {
        let rest = field.get(5..).unwrap_or_default();
        days.iter().all(u8::is_ascii_digit) && (rest.is_empty() || rest.starts_with(b".") || rest.starts_with(b","))
    });
    let name: &[u8] = field.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
    let is_zone = (2..=5).contains(&name.len()) && name.iter().all(u8::is_ascii_uppercase) && field.contains(&b':');
    let [hint, chinese_hint] = if is_serial {
        [
            " (a spreadsheet's number of a day: give the column the format of a date there)",
            "（这是电子表格的日期序号：请在表格中把该列设为日期格式）",
        ]
    } else if is_zone && !name.ends_with(b"M") {
        [
            " (several zones share such letters: write the offset from UTC in their place, such as +08:00)",
            "（这样的时区缩写不止一个时区使用：请改写为与 UTC 的时差，如 +08:00）",
        ]
    } else {
        ["", ""]
    };
    said!(
        "a time such as 2024-01-31, 2024-01-31 18:30:05 +01:00 or 31/01/2024 18:30{hint}",
        "时间，如 2024-01-31、2024-01-31 18:30:05 +01:00 或 31/01/2024 18:30{chinese_hint}"
    )
}

/// Reads a time in any form.
pub(crate) fn read(text: &[u8]) -> Option<Reading> {
    let text = std::str::from_utf8(text).ok()?.trim();
    if let Some(reading) = number(text) {
        return Some(reading);
    }
    let mut rest = Rest(text);
    let days = rest.date()?;
    let between = rest.0;
    rest.skip(&[' ', ',', 'T', 't', '\u{a0}', '\u{202f}']);
    if rest.0.is_empty() {
        return between.is_empty().then(|| reading(days, 0, Clock::Day)).flatten();
    }
    if between.len() == rest.0.len() {
        return None;
    }
    let (seconds, offset) = rest.time()?;
    match offset {
        Some(offset) => reading(days, seconds - i64::from(offset), Clock::Utc),
        None => reading(days, seconds, Clock::Local),
    }
}

fn reading(days: [Option<i64>; 3], seconds: i64, clock: Clock) -> Option<Reading> {
    let seconds = days.map(|day| Some(day? * DAY + seconds));
    seconds.iter().any(Option::is_some).then_some(Reading { seconds, clocks: [clock; 3] })
}

/// `20240131`, `2024013118`, `202401311830`, `20240131183005`, Unix seconds, Unix milliseconds.
///
/// Ten digits that are an hour may be seconds, too, and are so where the day or the month is said to come first. Twelve that
/// are a minute are one: as milliseconds they would be of 1976.
fn number(text: &str) -> Option<Reading> {
    let (digits, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(digits) || !all_digits(fraction) {
        return None;
    }
    let value: i64 = digits.parse().ok()?;
    let is_whole = digits.len() == text.len();
    let at = |seconds: i64, clock| Some(Reading { seconds: [Some(seconds); 3], clocks: [clock; 3] });
    match digits.len() {
        8 if is_whole => reading([day(value / 10_000, value / 100 % 100, value % 100); 3], 0, Clock::Day),
        14 if is_whole => {
            let (date, time) = (value / 1_000_000, value % 1_000_000);
            let seconds = clock_seconds(time / 10_000, time / 100 % 100, time % 100)?;
            reading([day(date / 10_000, date / 100 % 100, date % 100); 3], seconds, Clock::Local)
        }
        10 if is_whole && hour_of_day(value).is_some() => Some(Reading {
            seconds: [hour_of_day(value), Some(value), Some(value)],
            clocks: [Clock::Local, Clock::Utc, Clock::Utc],
        }),
        9 | 10 => at(value, Clock::Utc),
        12 if is_whole && minute_of_day(value).is_some() => at(minute_of_day(value)?, Clock::Local),
        12 | 13 => at(value.div_euclid(1000), Clock::Utc),
        _ => None,
    }
}

/// The seconds of `2024013118`.
fn hour_of_day(value: i64) -> Option<i64> {
    let (date, hour) = (value / 100, value % 100);
    if hour == 24 {
        return None;
    }
    let midnight = day(date / 10_000, date / 100 % 100, date % 100)? * DAY;
    Some(midnight + clock_seconds(hour, 0, 0)?)
}

/// The seconds of `202401311830`.
fn minute_of_day(value: i64) -> Option<i64> {
    let minute = value % 100;
    (minute < 60).then_some(hour_of_day(value / 100)? + minute * 60)
}

/// Whether a field of digits alone is a time of 12 digits, or milliseconds: a column has either.
pub(crate) fn is_milliseconds(field: &[u8]) -> Option<bool> {
    if !matches!(field.len(), 12 | 13) {
        return None;
    }
    let digits = |value: i64, byte: &u8| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0'));
    let value = field.iter().try_fold(0, digits)?;
    Some(field.len() == 13 || minute_of_day(value).is_none())
}

fn clock_seconds(hour: i64, minute: i64, second: i64) -> Option<i64> {
    // A day may end at 24:00, and a leap second is the last of its minute.
    let fits = (hour < 24 && minute < 60 && second <= 60) || (hour, minute, second) == (24, 0, 0);
    fits.then_some(hour * 3600 + minute * 60 + second.min(59))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What is not read yet of a text.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn skip(&mut self, characters: &[char]) {
        self.0 = self.0.trim_start_matches(characters);
    }

    fn take(&mut self, of: impl Fn(char) -> bool) -> &'a str {
        let end = self.0.find(|character| !of(character)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    fn eat(&mut self, character: char) -> bool {
        let rest = self.0.strip_prefix(character);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// A number of as many digits.
    fn digits(&mut self, most: usize) -> Option<(i64, usize)> {
        let digits = self.take(|character| character.is_ascii_digit());
        (1..=most).contains(&digits.len()).then(|| digits.parse().ok()).flatten().map(|value| (value, digits.len()))
    }

    fn word(&mut self) -> &'a str {
        self.take(|character| character.is_ascii_alphabetic())
    }

    /// A date; its day in each order.
    fn date(&mut self) -> Option<[Option<i64>; 3]> {
        let start = self.0;
        let word = self.word();
        if is_name(word, &WEEKDAYS).is_some() && is_name(word, &MONTHS).is_none() {
            self.skip(&['.', ',', ' ']);
            return self.date_of_month_name();
        }
        self.0 = start;
        if word.is_empty() {
            let first = self.digits(8)?;
            return self.date_of_numbers(first, start);
        }
        self.date_of_month_name()
    }

    fn date_of_numbers(&mut self, first: (i64, usize), start: &'a str) -> Option<[Option<i64>; 3]> {
        if first.1 == 8 {
            let date = first.0;
            return Some([day(date / 10_000, date / 100 % 100, date % 100); 3]);
        }
        let separator = self.0.chars().next()?;
        match separator {
            '-' | '/' | '.' if self.0.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => {}
            '年' => {
                self.eat('年');
                let month = self.digits(2)?.0;
                let day_of_month = if self.eat('月') { self.digits(2)?.0 } else { return None };
                return self.eat('日').then(|| [day(first.0, month, day_of_month); 3]);
            }
            _ => {
                self.0 = start;
                return self.date_of_month_name();
            }
        }
        self.eat(separator);
        let second = self.digits(2)?;
        if !self.eat(separator) {
            return None;
        }
        let third = self.digits(4)?;
        let short = |year: i64| if year < 70 { 2000 + year } else { 1900 + year };
        match (first.1, third.1) {
            (4, 1 | 2) => Some([day(first.0, second.0, third.0); 3]),
            (1 | 2, 4) => Some([None, day(third.0, second.0, first.0), day(third.0, first.0, second.0)]),
            (2, 2) => Some([
                day(short(first.0), second.0, third.0),
                day(short(third.0), second.0, first.0),
                day(short(third.0), first.0, second.0),
            ]),
            (1, 2) => Some([None, day(short(third.0), second.0, first.0), day(short(third.0), first.0, second.0)]),
            _ => None,
        }
    }

    /// `Apr 3, 2017`, `3 April 2017`, `03-Apr-17`.
    fn date_of_month_name(&mut self) -> Option<[Option<i64>; 3]> {
        const JOINTS: [char; 4] = [' ', '-', ',', '.'];
        let mut day_of_month = None;
        if self.0.starts_with(|character: char| character.is_ascii_digit()) {
            day_of_month = Some(self.digits(2)?.0);
            self.skip(&JOINTS);
        }
        let month = is_name(self.word(), &MONTHS)? as i64 + 1;
        self.skip(&JOINTS);
        if day_of_month.is_none() {
            day_of_month = Some(self.digits(2)?.0);
            self.take(|character| character.is_ascii_alphabetic());
            self.skip(&JOINTS);
        }
        let (year, length) = self.digits(4)?;
        let year = match length {
            4 => year,
            2 if year < 70 => 2000 + year,
            2 => 1900 + year,
            _ => return None,
        };
        Some([day(year, month, day_of_month?); 3])
    }

    /// A time of day to the end of the text, and its offset.
    fn time(&mut self) -> Option<(i64, Option<i32>)> {
        let (hour, minute, second);
        let afternoon_first = ["上午", "下午"].iter().position(|word| self.0.starts_with(word));
        if afternoon_first.is_some() {
            self.0 = self.0.trim_start_matches("上午").trim_start_matches("下午").trim_start();
        }
        let (value, length) = self.digits(6)?;
        if length > 2 {
            (hour, minute, second) = match length {
                6 => (value / 10_000, value / 100 % 100, value % 100),
                4 => (value / 100, value % 100, 0),
                _ => return None,
            };
        } else {
            hour = value;
            if !self.eat(':') {
                return None;
            }
            let two_digits = |(value, length): (i64, usize)| (length == 2).then_some(value);
            minute = two_digits(self.digits(2)?)?;
            second = if self.eat(':') { two_digits(self.digits(2)?)? } else { 0 };
        }
        if self.0.starts_with(['.', ',']) {
            self.0 = &self.0[1..];
            if self.take(|character| character.is_ascii_digit()).is_empty() {
                return None;
            }
        }
        self.skip(&[' ', '\u{a0}', '\u{202f}']);
        let half = self.half_of_day().or(afternoon_first);
        let hour = match half {
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(afternoon) => hour % 12 + 12 * afternoon as i64,
            None => hour,
        };
        self.skip(&[' ']);
        let zone = self.0;
        let offset = if zone.is_empty() { None } else { Some(named_offset(zone)?) };
        Some((clock_seconds(hour, minute, second)?, offset))
    }

    /// `AM`, `p.m.`: 1 where it is the second half.
    fn half_of_day(&mut self) -> Option<usize> {
        for (half, names) in [["a.m.", "am"], ["p.m.", "pm"]].iter().enumerate() {
            for name in names {
                if self.0.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
                    self.0 = &self.0[name.len()..];
                    return Some(half);
                }
            }
        }
        None
    }
}

/// Which of the names a word is, or starts, with three letters or more.
fn is_name(word: &str, names: &[&str]) -> Option<usize> {
    let word = word.to_ascii_lowercase();
    if word.len() < 3 {
        return None;
    }
    names.iter().position(|name| name.starts_with(&word))
}
