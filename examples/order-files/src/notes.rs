//! What a careful person would ask about a file before believing the numbers.

use std::fmt;

use repurchase::scale::Language;

use crate::counts::Counts;
use crate::error::{BadRow, shown};
use crate::layout::Role;

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
    /// Words of options that no row has.
    AbsentWords,
    /// Columns that were not used and whose names or words are near ones that would be.
    NearColumns,
    /// Orders of guests, counted beside the customers.
    GuestOrders,
    /// Customers whose ids were written in several ways.
    IdsJoined,
    /// Customers whose ids read like the names of rows that add up others.
    TotalRows,
    /// Rows in another currency, left out.
    OtherCurrency,
    /// Amounts without a currency, taken for that of the others, or the one that was asked for.
    NoCurrency,
    /// Orders without a status, taken for paid.
    NoStatus,
    /// Rows without a kind, taken for purchases.
    NoKind,
    /// Lines that are not paid or were called off, of orders with others that were paid.
    LinesCalledOff,
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
    /// Credits that name no order, taken for the refund of one.
    CreditsMatched,
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
            Self::AbsentWords => "absent_words",
            Self::NearColumns => "near_columns",
            Self::GuestOrders => "guest_orders",
            Self::IdsJoined => "ids_joined",
            Self::TotalRows => "total_rows",
            Self::OtherCurrency => "other_currency",
            Self::NoCurrency => "no_currency",
            Self::NoStatus => "no_status",
            Self::NoKind => "no_kind",
            Self::LinesCalledOff => "lines_called_off",
            Self::Unpaid => "unpaid",
            Self::Cancelled => "cancelled",
            Self::FullyRefunded => "fully_refunded",
            Self::RefundsMatched => "refunds_matched",
            Self::RefundsUnmatched => "refunds_unmatched",
            Self::CreditsMatched => "credits_matched",
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
    /// What the sentence names beside its numbers: an option, a currency.
    pub(crate) named: String,
}

impl Note {
    /// The note as a sentence.
    pub fn sentence(&self, language: Language) -> String {
        match (language, self.examples.is_empty()) {
            (Language::Chinese, true) => self.chinese(),
            (Language::Chinese, false) => format!("{}例如：{}。", self.chinese(), self.chinese_examples.join("；")),
            (_, true) => self.english(),
            (_, false) => format!("{} For example: {}.", self.english(), self.examples.join("; ")),
        }
    }

    fn english(&self) -> String {
        let Self { count, of, named, .. } = self;
        match self.code {
            NoteCode::RowsSkipped => format!("Bad rows left out: {count} of {of}."),
            NoteCode::DuplicateRows => {
                format!("Rows equal to an earlier one of the same order, counted once: {count} of {of}.")
            }
            NoteCode::AlikeLines => format!(
                "Rows equal to an earlier one of the same order in all columns that are read, counted as further lines: \
                 {count} of {of}. Was the order exported twice?"
            ),
            NoteCode::AbsentWords => {
                format!("Words of --status, --kind or --guests that no row has: {count} of {of}. Are they mistyped?")
            }
            NoteCode::NearColumns if named.is_empty() => {
                format!("Columns not read, though their names or words may matter: {count} of {of}.")
            }
            NoteCode::NearColumns => format!(
                "Columns not read, though their names or words may matter: {count} of {of}. To read them: --columns \"{named}\"."
            ),
            NoteCode::GuestOrders => format!("Orders of guests, left out: {count} of {of}."),
            NoteCode::IdsJoined => {
                format!("Customers whose id is written in several ways, counted as one each: {count} of {of}.")
            }
            NoteCode::TotalRows => format!(
                "Customers whose id reads like the name of a total: {count} of {of}. If their rows add up others, delete those."
            ),
            NoteCode::OtherCurrency => format!("Rows not in {named}, left out: {count} of {of}."),
            NoteCode::NoCurrency => format!("Rows that name no currency, taken for {named}: {count} of {of}."),
            NoteCode::NoStatus => format!("Orders without a status, taken for paid: {count} of {of}."),
            NoteCode::NoKind => format!("Rows without a kind, taken for purchases: {count} of {of}."),
            NoteCode::LinesCalledOff => {
                format!("Lines not paid, cancelled or refunded, left out of orders that were paid: {count} of {of}.")
            }
            NoteCode::Unpaid => format!("Orders not paid, no purchases: {count} of {of}."),
            NoteCode::Cancelled => format!("Orders cancelled, no purchases: {count} of {of}."),
            NoteCode::FullyRefunded => format!("Orders refunded in full, no purchases: {count} of {of}."),
            NoteCode::RefundsMatched => {
                format!("Refunds that name an order of the file, taken off its amount: {count} of {of}.")
            }
            NoteCode::RefundsUnmatched => {
                format!(
                    "Refunds that name an order that is not in the file, taken off their customers: {count} of {of}."
                )
            }
            NoteCode::CreditsMatched => format!(
                "Refunds that name no order, taken for those of the customer's last order of the same amount: {count} of {of}. \
                 --keep-credits leaves those orders purchases."
            ),
            NoteCode::RefundsNotMade => {
                format!("Refunds that are unpaid or cancelled by their status, left out: {count} of {of}.")
            }
            NoteCode::RefundedTwice => {
                format!("Refunds with both an amount and a refunded amount; the amount counts: {count} of {of}.")
            }
            NoteCode::OneSign => {
                format!(
                    "Of {of} purchases nothing was given back: are refunds missing, or were they read as purchases?"
                )
            }
        }
    }

    fn chinese(&self) -> String {
        let Self { count, of, named, .. } = self;
        match self.code {
            NoteCode::RowsSkipped => format!("{of} 行中有 {count} 行无效，已跳过。"),
            NoteCode::DuplicateRows => format!("{of} 行中有 {count} 行与同一订单前面的某一行完全相同，只计一次。"),
            NoteCode::AlikeLines => format!(
                "{of} 行中有 {count} 行与同一订单前面的某一行在所读各列上完全相同，按另一条明细计入：是不是重复导出？"
            ),
            NoteCode::AbsentWords => {
                format!("--status、--kind 或 --guests 给出的 {of} 个词中，有 {count} 个文件里没有：是不是写错了？")
            }
            NoteCode::NearColumns if named.is_empty() => {
                format!("{of} 列中有 {count} 列没有读取，但从列名或内容看可能有用。")
            }
            NoteCode::NearColumns => {
                format!("{of} 列中有 {count} 列没有读取，但从列名或内容看可能有用；如需读取：--columns \"{named}\"。")
            }
            NoteCode::GuestOrders => format!("{of} 笔订单中有 {count} 笔没有会员（游客单），未计入。"),
            NoteCode::IdsJoined => format!("{of} 位客户中有 {count} 位的账号有多种写法，已合并为同一人。"),
            NoteCode::TotalRows => {
                format!("{of} 位客户中有 {count} 位的编号像是合计行：如果是其他行的合计，请删去这些行。")
            }
            NoteCode::OtherCurrency => format!("{of} 行中有 {count} 行的币种不是 {named}，未计入。"),
            NoteCode::NoCurrency => format!("{of} 行中有 {count} 行没有币种，按 {named} 计入。"),
            NoteCode::NoStatus => format!("{of} 笔订单中有 {count} 笔没有状态，按已付款计入。"),
            NoteCode::NoKind => format!("{of} 行中有 {count} 行没有类型，按订单计入。"),
            NoteCode::LinesCalledOff => {
                format!(
                    "{of} 行中有 {count} 行未付款、已取消或已退款，而同一订单其余各行已付款；这些行未计入订单金额。"
                )
            }
            NoteCode::Unpaid => format!("{of} 笔订单中有 {count} 笔未付款，不算成交。"),
            NoteCode::Cancelled => format!("{of} 笔订单中有 {count} 笔已关闭或取消，不算成交。"),
            NoteCode::FullyRefunded => format!("{of} 笔订单中有 {count} 笔已全额退款，不算成交。"),
            NoteCode::RefundsMatched => format!("{of} 笔退款中有 {count} 笔写明了文件中的订单，已从该订单扣除。"),
            NoteCode::RefundsUnmatched => {
                format!("{of} 笔退款中有 {count} 笔写明的订单不在文件中，只从客户的成交金额中扣除。")
            }
            NoteCode::CreditsMatched => format!(
                "{of} 笔未写明订单的退款中，有 {count} 笔按同一客户最近一笔同金额订单的退款处理；加 --keep-credits 则这些订单\
                 仍算成交。"
            ),
            NoteCode::RefundsNotMade => format!("{of} 笔退款中有 {count} 笔按状态未退成（未付款或已取消），未计入。"),
            NoteCode::RefundedTwice => {
                format!("{of} 笔退款中有 {count} 笔同时填了金额和退款金额，以金额为准。")
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
    pub(crate) near_columns: &'a [(String, Option<Role>)],
    /// Roles that columns have.
    pub(crate) used: &'a [Role],
    /// Words of options that no row has, and how many words options have.
    pub(crate) absent_words: (&'a [String], u64),
    /// Ids that read like the names of totals.
    pub(crate) totals: Vec<String>,
    pub(crate) other_codes: &'a [String],
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
    let near = facts.near_columns.iter().map(|(name, _)| both(format!("\"{name}\"")));
    let joined = facts.joined.iter().map(|(one, other)| [format!("{one} and {other}"), format!("{one} 与 {other}")]);
    let same = |texts: &[String]| -> Examples { texts.iter().take(SHOWN).cloned().map(both).collect() };
    let currency = facts.currency.map(|code| shown(code.as_bytes())).unwrap_or_default();
    let purchases = orders - counts.unpaid - counts.cancelled - counts.fully_refunded;
    let is_kept = purchases >= MANY_PURCHASES && counts.refund_rows == 0 && !facts.has_refunds;
    let all: [(NoteCode, u64, u64, Examples); 21] = [
        (NoteCode::RowsSkipped, counts.skipped, counts.rows, bad_rows.take(SHOWN).collect()),
        (NoteCode::DuplicateRows, counts.duplicates, counts.rows, lines.take(SHOWN).collect()),
        (NoteCode::AlikeLines, counts.alike, counts.rows, alike.take(SHOWN).collect()),
        (NoteCode::AbsentWords, facts.absent_words.0.len() as u64, facts.absent_words.1, same(facts.absent_words.0)),
        (NoteCode::NearColumns, facts.near_columns.len() as u64, facts.columns as u64, near.take(10).collect()),
        (
            NoteCode::GuestOrders,
            counts.guest_orders,
            orders + counts.guest_orders,
            facts.guest.iter().cloned().map(both).collect(),
        ),
        (NoteCode::IdsJoined, facts.joined.len() as u64, facts.ids, joined.take(SHOWN).collect()),
        (NoteCode::TotalRows, facts.totals.len() as u64, facts.ids, same(&facts.totals)),
        (NoteCode::OtherCurrency, counts.other_currency, counts.rows, same(facts.other_codes)),
        (NoteCode::NoCurrency, counts.no_currency, counts.rows, Vec::new()),
        (NoteCode::NoStatus, counts.no_status, orders, Vec::new()),
        (NoteCode::NoKind, counts.no_kind, counts.rows, Vec::new()),
        (NoteCode::LinesCalledOff, counts.lines_called_off, counts.rows, Vec::new()),
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
        let named = match code {
            NoteCode::NearColumns => columns_option(facts),
            NoteCode::OtherCurrency | NoteCode::NoCurrency => currency.clone(),
            _ => String::new(),
        };
        Note { code, count, of, examples, chinese_examples, named }
    };
    found.map(note).collect()
}

/// What `--columns` takes to read the near columns: for each role that no column has the first that looks to have it.
fn columns_option(facts: &Facts<'_>) -> String {
    let mut roles: Vec<Role> = facts.used.to_vec();
    let mut pairs = Vec::new();
    for (name, role) in facts.near_columns {
        if let Some(role) = role.filter(|role| !roles.contains(role)) {
            roles.push(role);
            pairs.push(format!("{role}={name}"));
        }
    }
    pairs.join(",")
}
