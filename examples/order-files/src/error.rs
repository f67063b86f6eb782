//! What stops the reading of a file: where, what was found, what was expected, and what mends it.

use std::fmt::{self, Write};
use std::io;

use chrono::NaiveDate;
use repurchase::scale::Language;

use crate::chinese;
use crate::layout::Role;
use crate::said::Said;

/// Characters of a foreign value that are shown.
const SHOWN: usize = 60;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input itself failed.
    #[error("the file cannot be read")]
    Read(#[source] io::Error),
    /// The input is no table in text.
    #[error("the file is {kind}: {mend}")]
    NotText { kind: Said, mend: Said },
    /// The input has no header.
    #[error("the file is empty; expected a header such as customer_id,placed_at,amount and a row for each order")]
    Empty,
    /// A quote that is never closed.
    #[error(
        "line {line}: a quote (\") is opened and never closed; close it, or write it twice where it is part of the text"
    )]
    OpenQuote { line: u64 },
    /// A line that no table has.
    #[error("line {line} is longer than 4 MB; expected a table in text with a line for each row")]
    LongLine { line: u64 },
    /// The header fits no layout.
    #[error("line {line}: {message}")]
    Header { line: u64, message: Said },
    /// An option that says something of a column that is not there.
    #[error("{option} needs a column of {role}, and the file has none; --columns {role}=NAME names it")]
    NoColumn { option: &'static str, role: Role },
    /// A column of words that has more of them than a shop has states, kinds or currencies.
    #[error(
        "column {column} has too many different values for a {role} ({some} ..); --columns {role}=NAME reads another column, \
         --columns {role}= none"
    )]
    ManyWords { column: String, role: Role, some: String },
    /// The layout is known and of no use.
    #[error("this is a file of {title}: {reason}")]
    Refused { title: Said, reason: Said },
    /// A value that no option takes.
    #[error("{option}: found {found:?}, expected {expected}")]
    Option { option: &'static str, found: String, expected: Said },
    /// A layout that cannot be read.
    #[error("the layout cannot be read: {message}; copy one of examples/order-files/layouts and change it")]
    Layout { message: String },
    /// A row that cannot be used.
    #[error("{0}; --skip-bad-rows leaves such rows out")]
    Row(BadRow),
    /// No row could be used.
    #[error("no row can be used (bad: {skipped} of {rows}); the first: {first}")]
    NoUsableRow { skipped: u64, rows: u64, first: BadRow },
    /// There is a header and nothing below it.
    #[error("there is no row below the header; expected a row for each order")]
    NoRow,
    /// No row has an id of somebody.
    #[error(
        "nobody has an id: all orders ({orders}) are of guests (column {column}: {found}); --columns customer_id=NAME reads \
         another column"
    )]
    OnlyGuests { orders: u64, column: String, found: String },
    /// There are orders, and none is a purchase.
    #[error(
        "no order is a purchase (of {orders}: not paid {unpaid}, cancelled {cancelled}, refunded in full {refunded}){mend}"
    )]
    NoPurchase { orders: u64, unpaid: u64, cancelled: u64, refunded: u64, mend: Said },
    /// There are rows, and none is an order or a refund of a customer.
    #[error(
        "no row is an order (of {rows}: refunds that give nothing back {refunds}, in another currency {other_currency}); \
         --kind WORD=purchase says what a word means, --status WORD=paid what a status means"
    )]
    NoOrder { rows: u64, refunds: u64, other_currency: u64 },
    /// Every order is in another currency.
    #[error("no row is in {wanted}: the currencies are {found}; --currency takes one of them")]
    NoSuchCurrency { wanted: String, found: String },
    /// Amounts of two currencies.
    #[error(
        "amounts are in several currencies: {found}; --currency CODE reads the rows in one and leaves the others out"
    )]
    Currencies { found: String },
    /// Status words that no layout and no option explains.
    #[error(
        "column {column}: nothing says what these words mean: {words}; --status \"{first}=MEANING,..\" says it for each: paid, \
         unpaid, cancelled or refunded"
    )]
    Statuses { column: String, words: String, first: String },
    /// Words of the kind column that the layout does not explain.
    #[error(
        "column {column}: nothing says what these words mean: {words}; --kind \"{first}=MEANING,..\" says it for each: purchase \
         or refund"
    )]
    Kinds { column: String, words: String, first: String },
    /// Words in another encoding than the file's.
    #[error("column {column}: these words are not in UTF-8: {words}; save the file as \"CSV UTF-8\"")]
    Damaged { column: String, words: String },
    /// Two forms fit every value of a column, and say different things.
    #[error("{0}")]
    TwoForms(Said),
    /// Rows of one order that say different things.
    #[error(
        "lines {first} and {second} are both of order {order} and contradict each other: column {column} has {} and {}; \
         correct the line that is wrong; {mend}--columns order_id= takes each line for an order of its own",
        .values[0], .values[1]
    )]
    Contradiction { order: String, first: u64, second: u64, column: String, values: Box<[Said; 2]>, mend: Said },
    /// The last day is far after all others.
    #[error(
        "the last day, {last} (line {line}), comes {days} days after the last but one, {before}: is it mistyped? --as-of \
         {before} leaves it out, --as-of {last} keeps it"
    )]
    FarLastDay { last: NaiveDate, line: u64, days: i64, before: NaiveDate },
    /// More than the reader's numbers hold.
    #[error("the file has more {what} than {most}; read it in parts")]
    TooMany { what: &'static str, most: u64 },
    /// Rows that memory has no room for could not be kept in a temporary file, or not be read back.
    #[error("a temporary file in {} failed; --memory SIZE keeps more in memory, TMPDIR=FOLDER puts the file elsewhere", std::env::temp_dir().display())]
    Scratch(#[source] io::Error),
    /// What the library says of a record.
    #[error(transparent)]
    Library(#[from] repurchase::Error),
}

impl Error {
    /// The error in one of the languages. Where a layout is no TOML, what the parser says of it is quoted in English.
    pub fn describe(&self, language: Language) -> String {
        match language {
            Language::Chinese => chinese::sentence(self),
            _ => self.to_string(),
        }
    }

    pub(crate) fn option(option: &'static str, found: &str, expected: impl Into<Said>) -> Self {
        Self::Option { option, found: found.to_owned(), expected: expected.into() }
    }
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    line: u64,
    /// Empty where no one column is wrong.
    column: String,
    fault: Fault,
}

/// Why a row cannot be used: what was found, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault(Box<[Said; 2]>);

impl Fault {
    /// A value of the file.
    pub(crate) fn new(found: &[u8], expected: impl Into<Said>) -> Self {
        Self::of(Said::same(shown(found)), expected)
    }

    pub(crate) fn of(found: impl Into<Said>, expected: impl Into<Said>) -> Self {
        Self(Box::new([found.into(), expected.into()]))
    }

    /// What was expected.
    pub(crate) fn into_expected(self) -> Said {
        let [_, expected] = *self.0;
        expected
    }
}

impl BadRow {
    pub(crate) fn new(line: u64, column: &str, fault: Fault) -> Self {
        Self { line, column: column.to_owned(), fault }
    }

    /// The line of the file, from 1.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// The column's name in the file; empty where the row as a whole is wrong.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// The row in one of the languages.
    pub fn describe(&self, language: Language) -> String {
        let Self { line, column, fault: Fault(fault) } = self;
        let [found, expected] = [&fault[0], &fault[1]].map(|said| said.text(language));
        match (language, column.is_empty()) {
            (Language::Chinese, false) => format!("第 {line} 行 {column} 列：内容为 {found}，应为{expected}"),
            (Language::Chinese, true) => format!("第 {line} 行：有{found}，应为{expected}"),
            (_, false) => format!("line {line}, column {column}: found {found}, expected {expected}"),
            (_, true) => format!("line {line}: found {found}, expected {expected}"),
        }
    }
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe(Language::English))
    }
}

/// A value of a file for a terminal: quoted, no longer than a line, control characters and foreign bytes escaped.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    let mut length = 0;
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if length == SHOWN {
                return text + "…\"";
            }
            length += 1;
            match character {
                '\'' => text.push('\''),
                _ => text.extend(character.escape_debug()),
            }
        }
        for byte in chunk.invalid() {
            if length == SHOWN {
                return text + "…\"";
            }
            length += 1;
            let _ = write!(text, "\\x{byte:02X}");
        }
    }
    text + "\""
}

/// Lines of a file for a terminal: as they stand, but for control characters.
pub(crate) fn lines(text: &str) -> String {
    let mut lines = String::new();
    for character in text.chars() {
        match character {
            '\n' | '"' | '\'' | '\\' => lines.push(character),
            _ => lines.extend(character.escape_debug()),
        }
    }
    lines
}

/// A list of at most `most` values, and how many more there are.
pub(crate) fn listed(values: &[String], most: usize) -> String {
    let list = values.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    match values.len().saturating_sub(most) {
        0 => list,
        more => format!("{list} (+{more})"),
    }
}

/// What a name or word is called in a message: as [`shown`], without quotes.
pub(crate) fn called(bytes: &[u8]) -> String {
    let text = shown(bytes);
    text.get(1..text.len() - 1).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn foreign_bytes_are_escaped_and_bounded() {
        assert_eq!(shown(b"a\x1b[31m\xFF\"'"), r#""a\u{1b}[31m\xFF\"'""#);
        assert_eq!(shown("茶\u{202e}".as_bytes()), "\"茶\\u{202e}\"");
        assert_eq!(shown(&[b'x'; 1000]).chars().count(), 63);
    }
}
