//! What a careful person would ask about a file before believing the numbers.

use std::fmt;

use repurchase::scale::Language;

use crate::counts::Counts;
use crate::error::{BadRow, shown};

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoteCode {
    /// Bad rows that were left out.
    RowsSkipped,
    /// Rows equal to an earlier one of the same order, counted once.
    DuplicateRows,
    /// Lines of an order that are equal in all columns that are used, and not in the others.
    AlikeLines,
    /// Columns that were not used and whose names or words are near ones that would be.
    NearColumns,
    /// Orders of guests, counted beside the customers.
    GuestOrders,
    /// Customers whose ids were written in several ways.
    IdsJoined,
    /// Rows in another currency, left out.
    OtherCurrency,
    /// Orders that were not paid.
    Unpaid,
    /// Orders that were called off.
    Cancelled,
    /// Orders that were given back whole.
    FullyRefunded,
    /// Refunds whose order is in the file.
    RefundsMatched,
    /// Refunds whose order is not; they are credits.
    RefundsUnmatched,
    /// Refunds that by their status were not made.
    RefundsNotMade,
    /// Refunds that have a refunded amount beside their own.
    RefundedTwice,
    /// No refund among very many purchases: a code of the library's, which a log of columns cannot tell.
    OneSign,
}

impl NoteCode {
    /// Its name in files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::RowsSkipped => "rows_skipped",
            Self::DuplicateRows => "duplicate_rows",
            Self::AlikeLines => "alike_lines",
            Self::NearColumns => "near_columns",
            Self::GuestOrders => "guest_orders",
            Self::IdsJoined => "ids_joined",
            Self::OtherCurrency => "other_currency",
            Self::Unpaid => "unpaid",
            Self::Cancelled => "cancelled",
            Self::FullyRefunded => "fully_refunded",
            Self::RefundsMatched => "refunds_matched",
            Self::RefundsUnmatched => "refunds_unmatched",
            Self::RefundsNotMade => "refunds_not_made",
            Self::RefundedTwice => "refunded_twice",
            Self::OneSign => "one_sign",
        }
    }
}

impl fmt::Display for NoteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// One thing to know of a file: how many, of how many, and some of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// What it is about.
    pub code: NoteCode,
    /// How many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// Some of them, fit for a terminal.
    pub examples: Vec<String>,
    pub(crate) chinese_examples: Vec<String>,
}

impl Note {
    /// The note as a sentence.
    pub fn sentence(&self, language: Language) -> String {
        let (count, of) = (self.count, self.of);
        match (language, self.examples.is_empty()) {
            (Language::Chinese, true) => self.chinese(count, of),
            (Language::Chinese, false) => {
                format!("{}例如：{}。", self.chinese(count, of), self.chinese_examples.join("；"))
            }
            (_, true) => self.english(count, of),
            (_, false) => format!("{} For example: {}.", self.english(count, of), self.examples.join("; ")),
        }
    }

    fn english(&self, count: u64, of: u64) -> String {
        match self.code {
            NoteCode::RowsSkipped => format!("{count} of {of} rows are bad and were left out."),
            NoteCode::DuplicateRows => {
                format!("{count} of {of} rows are equal to an earlier one of the same order and count once.")
            }
            NoteCode::AlikeLines => format!(
                "{count} of {of} rows are equal to an earlier one of the same order in all columns that are used, and count as \
                 further lines: was the order exported twice?"
            ),
            NoteCode::NearColumns => format!(
                "{count} of {of} columns are not used, but by their names or words might matter; --columns says what a column is."
            ),
            NoteCode::GuestOrders => {
                format!("{count} of {of} orders are of guests and are counted beside the customers.")
            }
            NoteCode::IdsJoined => {
                format!("{count} of {of} customers are written in several ways and count as one each.")
            }
            NoteCode::OtherCurrency => format!("{count} of {of} rows are in another currency and were left out."),
            NoteCode::Unpaid => format!("{count} of {of} orders are not paid and are no purchases."),
            NoteCode::Cancelled => format!("{count} of {of} orders were cancelled and are no purchases."),
            NoteCode::FullyRefunded => format!("{count} of {of} orders were refunded in full and are no purchases."),
            NoteCode::RefundsMatched => format!("{count} of {of} refunds belong to an order of the file and lower it."),
            NoteCode::RefundsUnmatched => {
                format!(
                    "{count} of {of} refunds name an order that is not in the file and are credits of their customers."
                )
            }
            NoteCode::RefundsNotMade => {
                format!("{count} of {of} refunds are unpaid or cancelled by their status and give nothing back.")
            }
            NoteCode::RefundedTwice => format!(
                "{count} of {of} refunds have a refunded amount beside their own; their own gives back, the other is left out."
            ),
            NoteCode::OneSign => format!(
                "Of {of} purchases nothing was given back: are refunds missing, or were they read as purchases?"
            ),
        }
    }

    fn chinese(&self, count: u64, of: u64) -> String {
        match self.code {
            NoteCode::RowsSkipped => format!("{of} 行中有 {count} 行无法识别，已跳过。"),
            NoteCode::DuplicateRows => format!("{of} 行中有 {count} 行与同一订单的前一行完全相同，只计一次。"),
            NoteCode::AlikeLines => {
                format!(
                    "{of} 行中有 {count} 行与同一订单的前一行在所用各列上完全相同，按订单的另一明细计入：是不是重复导出？"
                )
            }
            NoteCode::NearColumns => {
                format!("{of} 列中有 {count} 列未被使用，但从列名或内容看可能有用；可用 --columns 指定。")
            }
            NoteCode::GuestOrders => format!("{of} 笔订单中有 {count} 笔没有会员（游客单），不计入客户，单独统计。"),
            NoteCode::IdsJoined => format!("{of} 位客户中有 {count} 位的账号有多种写法，已合并为同一人。"),
            NoteCode::OtherCurrency => format!("{of} 行中有 {count} 行是其他币种，未计入。"),
            NoteCode::Unpaid => format!("{of} 笔订单中有 {count} 笔未付款，不算成交。"),
            NoteCode::Cancelled => format!("{of} 笔订单中有 {count} 笔已关闭或取消，不算成交。"),
            NoteCode::FullyRefunded => format!("{of} 笔订单中有 {count} 笔已全额退款，不算成交。"),
            NoteCode::RefundsMatched => format!("{of} 笔退款中有 {count} 笔对应文件中的订单，已从该订单扣除。"),
            NoteCode::RefundsUnmatched => format!("{of} 笔退款中有 {count} 笔对应的订单不在文件中，按客户的退款计入。"),
            NoteCode::RefundsNotMade => format!("{of} 笔退款中有 {count} 笔按状态并未退成（未付款或已取消），未计入。"),
            NoteCode::RefundedTwice => {
                format!("{of} 笔退款中有 {count} 笔另填了退款金额列；按该行自身金额退款，退款金额列未计入。")
            }
            NoteCode::OneSign => format!("{of} 笔订单没有任何退款：是不是漏了退款，或把退款当成了订单？"),
        }
    }
}

/// What notes are made from, beside the counts.
pub(crate) struct Facts<'a> {
    pub(crate) bad_rows: &'a [BadRow],
    pub(crate) duplicate_lines: &'a [u64],
    pub(crate) alike_lines: &'a [u64],
    pub(crate) near_columns: &'a [String],
    pub(crate) columns: usize,
    pub(crate) guest: Option<String>,
    pub(crate) joined: Vec<(String, String)>,
    pub(crate) ids: u64,
    pub(crate) currency: Option<&'a str>,
    /// Whether anything was given back of an order, or in a credit.
    pub(crate) has_refunds: bool,
}

/// Purchases among which a shop has a refund: those that the library's note `one_sign` asks for.
const MANY_PURCHASES: u64 = 10_000;

/// Examples in English and in Chinese.
type Examples = Vec<[String; 2]>;

pub(crate) fn notes(counts: &Counts, facts: &Facts<'_>) -> Vec<Note> {
    const SHOWN: usize = 3;
    let orders = counts.orders;
    let refunds = counts.refunds_matched + counts.refunds_unmatched;
    let both = |text: String| [text.clone(), text];
    let bad_rows = facts.bad_rows.iter().map(|row| [Language::English, Language::Chinese].map(|one| row.describe(one)));
    let lines = facts.duplicate_lines.iter().map(|line| [format!("line {line}"), format!("第 {line} 行")]);
    let alike = facts.alike_lines.iter().map(|line| [format!("line {line}"), format!("第 {line} 行")]);
    let near = facts.near_columns.iter().map(|name| both(format!("\"{name}\"")));
    let joined = facts.joined.iter().map(|(one, other)| [format!("{one} and {other}"), format!("{one} 与 {other}")]);
    let currency = facts.currency.map(|code| shown(code.as_bytes()));
    let currency = currency.map(|code| [format!("not {code}"), format!("非 {code}")]);
    let purchases = orders - counts.unpaid - counts.cancelled - counts.fully_refunded;
    let is_kept = purchases >= MANY_PURCHASES && counts.refund_rows == 0 && !facts.has_refunds;
    let all: [(NoteCode, u64, u64, Examples); 15] = [
        (NoteCode::RowsSkipped, counts.skipped, counts.rows, bad_rows.take(SHOWN).collect()),
        (NoteCode::DuplicateRows, counts.duplicates, counts.rows, lines.take(SHOWN).collect()),
        (NoteCode::AlikeLines, counts.alike, counts.rows, alike.take(SHOWN).collect()),
        (NoteCode::NearColumns, facts.near_columns.len() as u64, facts.columns as u64, near.take(10).collect()),
        (
            NoteCode::GuestOrders,
            counts.guest_orders,
            orders + counts.guest_orders,
            facts.guest.iter().cloned().map(both).collect(),
        ),
        (NoteCode::IdsJoined, facts.joined.len() as u64, facts.ids, joined.take(SHOWN).collect()),
        (NoteCode::OtherCurrency, counts.other_currency, counts.rows, currency.into_iter().collect()),
        (NoteCode::Unpaid, counts.unpaid, orders, Vec::new()),
        (NoteCode::Cancelled, counts.cancelled, orders, Vec::new()),
        (NoteCode::FullyRefunded, counts.fully_refunded, orders, Vec::new()),
        (NoteCode::RefundsMatched, counts.refunds_matched, refunds, Vec::new()),
        (NoteCode::RefundsUnmatched, counts.refunds_unmatched, refunds, Vec::new()),
        (NoteCode::RefundsNotMade, counts.refunds_not_made, counts.refund_rows, Vec::new()),
        (NoteCode::RefundedTwice, counts.refunded_twice, counts.refund_rows, Vec::new()),
        (NoteCode::OneSign, 0, purchases, Vec::new()),
    ];
    let found = all.into_iter().filter(|(code, count, ..)| *count > 0 || is_kept && *code == NoteCode::OneSign);
    let note = |(code, count, of, examples): (_, _, _, Examples)| {
        let (examples, chinese_examples) = examples.into_iter().map(|[english, chinese]| (english, chinese)).unzip();
        Note { code, count, of, examples, chinese_examples }
    };
    found.map(note).collect()
}
