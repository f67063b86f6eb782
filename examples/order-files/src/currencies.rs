//! Currencies: which words stand for one, and the rows that have another than the one that is asked for.

use crate::cells::Words;
use crate::error::{Error, listed, shown};
use crate::money::Money;
use crate::names::plain;
use crate::options::ReadOptions;
use crate::resolve::Rows;

/// Amounts that name no currency, where others or an option do.
pub(crate) fn no_currency(words: &Words, amounts: &Money, rows: u32, options: &ReadOptions) -> u64 {
    let is_asked = options.currency.is_some() || !words.numbers.is_empty();
    if is_asked { without_currency(words, amounts, rows) } else { 0 }
}

/// Amounts that name no currency.
fn without_currency(words: &Words, amounts: &Money, rows: u32) -> u64 {
    let is_named = |number: u8| words.words().get(usize::from(number)).is_some_and(|(word, _)| !word.is_empty());
    let has_none = |row: &usize| !words.numbers.get(*row).is_some_and(|number| is_named(*number));
    (0..rows as usize).filter(|row| has_none(row) && amounts.get(*row).is_some()).count() as u64
}

/// The one currency.
pub(crate) fn currency(words: &Words, options: &ReadOptions, others: u64) -> Result<Option<String>, Error> {
    let codes = Codes::of(words, options.currency.as_ref());
    let same = |one: &str, other: &str| codes.same(one, other);
    let mut found: Vec<&str> = Vec::new();
    for (word, count) in words.words() {
        if *count > 0 && !word.is_empty() && !found.iter().any(|one| same(one, word)) {
            found.push(word);
        }
    }
    let Some(wanted) = &options.currency else {
        if found.len() > 1 {
            return Err(Error::Currencies { found: listed(&words.list(|word| !word.is_empty()), 12) });
        }
        return Ok(found.first().map(|code| (*code).to_owned()));
    };
    if others > 0 && found.is_empty() {
        let codes = words.words().iter().filter(|(word, _)| !word.is_empty());
        let found: Vec<String> = codes.map(|(word, _)| shown(word.as_bytes())).collect();
        return Err(Error::NoSuchCurrency { wanted: wanted.clone(), found: listed(&found, 12) });
    }
    if !found.is_empty() && !found.iter().any(|one| same(one, wanted)) {
        return Err(Error::NoSuchCurrency {
            wanted: wanted.clone(),
            found: listed(&words.list(|word| !word.is_empty()), 12),
        });
    }
    Ok(Some(wanted.clone()))
}

/// The rows that have another currency than the one that is asked for, where marks of amounts say so.
pub(crate) fn other_rows(words: &Words, options: &ReadOptions) -> Vec<u32> {
    let Some(wanted) = &options.currency else { return Vec::new() };
    let codes = Codes::of(words, Some(wanted));
    let is_other: Vec<bool> = words.words().iter().map(|(word, _)| codes.is_other(word, wanted)).collect();
    let is_other = |number: &u8| is_other.get(usize::from(*number)).copied().unwrap_or(false);
    (0..).zip(&words.numbers).filter(|(_, number)| is_other(number)).map(|(row, _)| row).collect()
}

/// Adds rows to those that go, ascending; how many are new.
pub(crate) fn add_rows(dropped: &mut Vec<u32>, rows: &[u32]) -> u64 {
    let before = dropped.len();
    dropped.extend_from_slice(rows);
    dropped.sort_unstable();
    dropped.dedup();
    (dropped.len() - before) as u64
}

impl Rows {
    /// Leaves out the rows of a batch that have another currency, and counts those that have none.
    pub(crate) fn sort_currencies(&mut self, options: &ReadOptions, some_have: bool) {
        self.other_currency += add_rows(&mut self.dropped, &other_rows(&self.currencies, options));
        if some_have || options.currency.is_some() {
            self.no_currency += without_currency(&self.currencies, &self.amounts, self.count);
        }
    }
}

/// The currencies that are not the one that is asked for.
pub(crate) fn other_codes(words: &Words, options: &ReadOptions) -> Vec<String> {
    let Some(wanted) = &options.currency else { return Vec::new() };
    let codes = Codes::of(words, Some(wanted));
    let others = words.words().iter().filter(|(word, _)| codes.is_other(word, wanted));
    others.map(|(word, _)| shown(word.as_bytes())).collect()
}

/// Which currency the words of a column, or of an option, stand for.
struct Codes(&'static str);

impl Codes {
    /// `¥` is that of the two currencies which is named beside it.
    fn of(words: &Words, wanted: Option<&String>) -> Self {
        let all = words.words().iter().map(|(word, _)| word).chain(wanted);
        let (mut yuan, mut yen) = (false, false);
        for word in all {
            (yuan, yen) = (yuan || is_same(word, "CNY"), yen || is_same(word, "JPY"));
        }
        Self(match (yuan, yen) {
            (true, false) => "CNY",
            (false, true) => "JPY",
            _ => "¥",
        })
    }

    /// Whether a word stands for another currency than the one that is asked for.
    fn is_other(&self, word: &str, wanted: &str) -> bool {
        !word.is_empty() && !self.same(word, wanted)
    }

    fn of_word(&self, word: &str) -> String {
        let code = code(word);
        plain(if code == "¥" { self.0 } else { code })
    }

    fn same(&self, one: &str, other: &str) -> bool {
        self.of_word(one) == self.of_word(other)
    }
}

/// Whether two words stand for one currency, or may.
pub(crate) fn may_be_same(one: &str, other: &str) -> bool {
    let is_yen = |one: &str, other: &str| code(one) == "¥" && (is_same(other, "CNY") || is_same(other, "JPY"));
    is_same(one, other) || is_yen(one, other) || is_yen(other, one)
}

fn is_same(one: &str, other: &str) -> bool {
    plain(code(one)) == plain(code(other))
}

/// A currency's code where its mark stands for one only.
pub(crate) fn code(mark: &str) -> &str {
    match mark {
        "€" => "EUR",
        "£" | "￡" => "GBP",
        "₹" => "INR",
        "₩" | "원" => "KRW",
        "zł" => "PLN",
        "元" | "RMB" | "rmb" | "人民币" | "人民幣" | "CN¥" => "CNY",
        "円" => "JPY",
        "￥" => "¥",
        "＄" => "$",
        other => coded_dollar(other).unwrap_or(other),
    }
}

/// `US$`, `AU $`: the letters say whose dollar it is.
fn coded_dollar(mark: &str) -> Option<&'static str> {
    const DOLLARS: [(&str, &str); 11] = [
        ("us", "USD"),
        ("a", "AUD"),
        ("au", "AUD"),
        ("c", "CAD"),
        ("ca", "CAD"),
        ("hk", "HKD"),
        ("nt", "TWD"),
        ("s", "SGD"),
        ("nz", "NZD"),
        ("mx", "MXN"),
        ("r", "BRL"),
    ];
    let letters = mark.strip_suffix('$')?.trim_end().to_lowercase();
    DOLLARS.iter().find(|(one, _)| *one == letters).map(|(_, code)| *code)
}

/// Whether a mark and a code beside one amount can both be right.
pub(crate) fn agree(mark: &str, code_of_it: &str) -> bool {
    let known = code(mark);
    known.len() != 3 && may_be_same_sign(known, code_of_it) || is_same(known, code_of_it)
}

/// Signs that several currencies have.
fn may_be_same_sign(sign: &str, code: &str) -> bool {
    match sign {
        "¥" => ["CNY", "JPY"].contains(&code),
        "€" | "£" | "₹" | "₩" => false,
        _ => true,
    }
}
