//! What stops the reading of a file: where, what was found, what was expected, and what mends it.

use std::fmt::{self, Write};
use std::io;

use chrono::NaiveDate;
use repurchase::scale::Language;

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
    NotText { kind: &'static str, mend: &'static str },
    /// The input has no header.
    #[error("the file is empty; expected a header such as customer_id,placed_at,amount and a row for each order")]
    Empty,
    /// A quote that is never closed.
    #[error(
        "line {line}: a quote (\") is opened and never closed; close it, or double it where it belongs to the text"
    )]
    OpenQuote { line: u64 },
    /// A line that no table has.
    #[error("line {line}: it is longer than 4 MB; expected a table in text with a line for each row")]
    LongLine { line: u64 },
    /// The header fits no layout.
    #[error("line {line}: {message}")]
    Header { line: u64, message: String },
    /// A column of words that has more of them than a shop has states, kinds or currencies.
    #[error(
        "column {column} has too many different values to be one of states, kinds or currencies ({some} ..); \
         --columns ROLE=NAME names another column, --columns ROLE= none"
    )]
    ManyWords { column: String, some: String },
    /// The layout is known and of no use.
    #[error("this is a file of {title}: {reason}")]
    Refused { title: String, reason: String },
    /// A value that no option takes.
    #[error("{option}: found {found:?}, expected {expected}")]
    Option { option: &'static str, found: String, expected: String },
    /// A layout that is none.
    #[error("the layout cannot be read: {message}; copy one of examples/order-files/layouts and change it")]
    Layout { message: String },
    /// A row that cannot be used.
    #[error("{0}; --skip-bad-rows leaves such rows out")]
    Row(BadRow),
    /// No row could be used.
    #[error("no row can be used: {skipped} of {rows} are bad, the first on {first}")]
    NoUsableRow { skipped: u64, rows: u64, first: BadRow },
    /// There is a header and nothing below it.
    #[error("there is no row below the header; expected a row for each order")]
    NoRow,
    /// No row has an id of somebody.
    #[error(
        "nobody has an id: all {orders} orders are of guests (column {column}: {found}); \
         --columns customer_id=NAME names the column with the shop's own ids"
    )]
    OnlyGuests { orders: u64, column: String, found: String },
    /// There are orders, and none is a purchase.
    #[error(
        "no order is a purchase: of {orders}, {unpaid} are not paid, {cancelled} were cancelled, {refunded} refunded in full; \
         --status WORD=paid says what a status means"
    )]
    NoPurchase { orders: u64, unpaid: u64, cancelled: u64, refunded: u64 },
    /// There are rows, and none is an order or a refund of a customer.
    #[error(
        "no row is an order: of {rows}, {refunds} are refunds that give nothing back, {other_currency} are in another currency; \
         --kind WORD=purchase says what a word means, --status WORD=paid what a status means"
    )]
    NoOrder { rows: u64, refunds: u64, other_currency: u64 },
    /// Every order is in another currency.
    #[error("no row is in {wanted}: the currencies are {found}; --currency takes one of them")]
    NoSuchCurrency { wanted: String, found: String },
    /// Amounts of two currencies.
    #[error("amounts are in several currencies: {found}; --currency CODE reads one of them and counts the others")]
    Currencies { found: String },
    /// Status words that no layout and no option explains.
    #[error(
        "column {column}: nothing says what these words mean: {words}; \
         --status WORD=paid,WORD=unpaid,WORD=cancelled says it for each (known are: {known})"
    )]
    Statuses { column: String, words: String, known: String },
    /// Words of the kind column that the layout does not explain.
    #[error(
        "column {column}: nothing says which of these words is a purchase and which a refund: {words}; \
         --kind WORD=purchase,WORD=refund says it for each (known are: {known})"
    )]
    Kinds { column: String, words: String, known: String },
    /// Two forms fit every value of a column, and say different things.
    #[error("{0}")]
    TwoForms(String),
    /// Rows of one order that say different things.
    #[error(
        "lines {first} and {second} are both of order {order} and contradict each other: column {column} has {} and {}; \
         correct the line that is wrong; {mend}--columns order_id= takes each line for an order of its own",
        .values[0], .values[1]
    )]
    Contradiction {
        order: String,
        first: u64,
        second: u64,
        column: String,
        values: Box<[String; 2]>,
        mend: &'static str,
    },
    /// The last day is far behind all others.
    #[error(
        "the last day, {last} (line {line}), lies {days} days behind the day before it, {before}: is it mistyped? \
         --as-of {before} counts up to that day, --as-of {last} takes it as it is"
    )]
    FarLastDay { last: NaiveDate, line: u64, days: i64, before: NaiveDate },
    /// More than the reader's numbers hold.
    #[error("the file has more {what} than {most}; read it in parts")]
    TooMany { what: &'static str, most: u64 },
    /// What the library says of a record.
    #[error(transparent)]
    Library(#[from] repurchase::Error),
}

impl Error {
    pub(crate) fn option(option: &'static str, found: &str, expected: impl Into<String>) -> Self {
        Self::Option { option, found: found.to_owned(), expected: expected.into() }
    }
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    pub(crate) line: u64,
    pub(crate) column: String,
    pub(crate) found: String,
    pub(crate) expected: String,
}

impl BadRow {
    /// The line of the file, from 1.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// The column's name in the file.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// The row in one of the languages; what was expected is said in English alone.
    pub fn describe(&self, language: Language) -> String {
        match language {
            Language::Chinese => format!("第 {} 行，{} 列：{}", self.line, self.column, self.found),
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: found {}, expected {}", self.line, self.column, self.found, self.expected)
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

/// A list of at most `most` values, and how many more there are.
pub(crate) fn listed(values: &[String], most: usize) -> String {
    let list = values.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    match values.len().saturating_sub(most) {
        0 => list,
        more => format!("{list} and {more} more"),
    }
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
