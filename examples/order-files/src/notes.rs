//! What a careful person would ask about a file before believing the numbers.

use std::fmt;

use repurchase::measure;
use repurchase::scale::Language;

use crate::counts::Counts;
use crate::error::{BadRow, called, shown};
use crate::far_day::FarFirst;
use crate::header::Plan;
use crate::layout::Role;
use crate::suspects::Suspects;
use crate::unread::Found;

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
    /// Amounts beside several pieces, which may be the price of one.
    AmountOrPrice,
    /// Orders whose ids differ from another one in how they are written alone.
    OrderIdsAlike,
    /// Columns that were not used and whose names or words are near ones that would be.
    NearColumns,
    /// Columns of times that are not read, and are empty in some rows: they may say when an order was paid.
    UnreadTimes,
    /// Columns that are not read, and whose equal values are of one customer on one day: they may say which order a row is of.
    UnreadIds,
    /// Columns that are not read, and hold a few words: one may say which orders count.
    UnreadWords,
    /// Columns that the layout names and the file does not have.
    AbsentColumns,
    /// A first day that lies far before all others, and may stand for a missing date.
    FarFirstDay,
    /// Rows of guests for whom another column of the layout has somebody.
    GuestsElsewhere,
    /// Orders of guests, counted beside the customers.
    GuestOrders,
    /// Customers whose ids were written in several ways.
    IdsJoined,
    /// Customers whose ids read like the names of rows that add up others.
    TotalRows,
    /// Customers whose ids read like words for nobody, or for a test.
    GuestNames,
    /// Ids that a spreadsheet may have rounded.
    IdsRounded,
    /// Customers whose ids were decoded by a guess.
    EncodingGuessed,
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
    /// Orders with a refunded amount and with refund rows of their own.
    RefundedInBoth,
    /// Orders of lines that have one refunded amount on several.
    RefundsRepeated,
    /// Refunded amounts that are 0 and 1 alone, as a flag's.
    RefundedFlags,
    /// Orders of which some was given back, and nothing says how much.
    PartlyRefunded,
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
            Self::AmountOrPrice => "amount_or_price",
            Self::OrderIdsAlike => "order_ids_alike",
            Self::NearColumns => "near_columns",
            Self::GuestOrders => "guest_orders",
            Self::IdsJoined => "ids_joined",
            Self::TotalRows => "total_rows",
            Self::GuestNames => "guest_names",
            Self::IdsRounded => "ids_rounded",
            Self::EncodingGuessed => "encoding_guessed",
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
            Self::UnreadTimes => "unread_times",
            Self::UnreadIds => "unread_ids",
            Self::UnreadWords => "unread_words",
            Self::AbsentColumns => "absent_columns",
            Self::FarFirstDay => "far_first_day",
            Self::GuestsElsewhere => "guests_elsewhere",
            Self::RefundedInBoth => "refunded_in_both",
            Self::RefundsRepeated => "refunds_repeated",
            Self::RefundedFlags => "refunded_flags",
            Self::PartlyRefunded => "partly_refunded",
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
    /// A note that is a count alone, of rows that were read elsewhere.
    pub fn counted(code: NoteCode, count: u64, of: u64) -> Self {
        Self { code, count, of, examples: Vec::new(), chinese_examples: Vec::new(), named: String::new() }
    }

    /// The note as a sentence.
    pub fn sentence(&self, language: Language) -> String {
        match (language, self.examples.is_empty()) {
            (Language::Chinese, true) => self.chinese(),
            (Language::Chinese, false) => format!("{}例如：{}。", self.chinese(), self.chinese_examples.join("；")),
            (_, true) => self.english(),
            (_, false) => format!("{} For example: {}.", self.english(), self.examples.join("; ")),
        }
    }
}

/// What notes are made from, beside the counts.
pub(crate) struct Facts<'a> {
    pub(crate) bad_rows: &'a [BadRow],
    pub(crate) duplicate_lines: &'a [u64],
    pub(crate) alike_lines: &'a [u64],
    pub(crate) plan: &'a Plan,
    pub(crate) unread: &'a Found,
    /// Rows whose status says that some was given back, where no column says how much.
    pub(crate) partly_refunded: u64,
    /// The column of the layout that has somebody where that of customers has nobody.
    pub(crate) elsewhere: Option<usize>,
    pub(crate) far_first: Option<FarFirst>,
    /// Words of options that no row has, and how many words options have.
    pub(crate) absent_words: (&'a [String], u64),
    /// Ids that read like the names of totals.
    pub(crate) totals: Vec<String>,
    pub(crate) nobodies: Suspects,
    pub(crate) rounded: Suspects,
    pub(crate) guessed: Suspects,
    /// The library's note on ids of orders.
    pub(crate) alike_orders: Option<measure::Note>,
    /// The amount that may be a price, and the column of pieces.
    pub(crate) in_doubt: Option<(&'a str, &'a str)>,
    pub(crate) other_codes: &'a [String],
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
    let plan = facts.plan;
    let columns = plan.names.len() as u64;
    let name = |place: usize| match plan.name(place) {
        "" => [format!("column {}, which needs a name first", place + 1), format!("第 {} 列（要先加列名）", place + 1)],
        name => both(format!("\"{name}\"")),
    };
    let near = plan.near.iter().map(|(place, _)| name(*place));
    let named = |places: &[usize]| -> Examples { places.iter().take(10).map(|place| name(*place)).collect() };
    let with_words = facts.unread.words.iter().take(10).map(|(place, words)| {
        let words = words.iter().filter(|word| !word.is_empty()).take(SHOWN).map(|word| called(word.as_bytes()));
        let words = words.collect::<Vec<_>>().join(", ");
        name(*place).map(|name| format!("{name} ({words})"))
    });
    let absent = plan.absent.iter().map(|(role, name)| both(format!("{role} ({})", shown(name.as_bytes()))));
    let far_first = facts.far_first.iter().map(|FarFirst { day, line, next }| {
        [format!("{day} on line {line}, before {next}"), format!("{day}（第 {line} 行），其后是 {next}")]
    });
    let flags = if counts.refunded_amounts == 0 { counts.refunded_ones } else { 0 };
    let partly = if counts.refund_rows == 0 { facts.partly_refunded } else { 0 };
    let joined = facts.joined.iter().map(|(one, other)| [format!("{one} and {other}"), format!("{one} 与 {other}")]);
    let same = |texts: &[String]| -> Examples { texts.iter().take(SHOWN).cloned().map(both).collect() };
    let of_suspects = |code, suspects: &Suspects| (code, suspects.count, suspects.of, same(&suspects.examples));
    let purchases = orders - counts.unpaid - counts.cancelled - counts.fully_refunded;
    let alike_orders = facts.alike_orders.as_ref();
    let is_kept = purchases >= MANY_PURCHASES && counts.refund_rows == 0 && !facts.has_refunds;
    let all: [(NoteCode, u64, u64, Examples); 36] = [
        (NoteCode::RowsSkipped, counts.skipped, counts.rows, bad_rows.take(SHOWN).collect()),
        (NoteCode::DuplicateRows, counts.duplicates, counts.rows, lines.take(SHOWN).collect()),
        (NoteCode::AlikeLines, counts.alike, counts.rows, alike.take(SHOWN).collect()),
        (NoteCode::AbsentWords, facts.absent_words.0.len() as u64, facts.absent_words.1, same(facts.absent_words.0)),
        (NoteCode::AmountOrPrice, counts.several_pieces, counts.rows, Vec::new()),
        (
            NoteCode::OrderIdsAlike,
            alike_orders.map_or(0, |note| note.count),
            alike_orders.map_or(0, |note| note.of),
            alike_orders.map(order_ids).unwrap_or_default(),
        ),
        (NoteCode::NearColumns, plan.near.len() as u64, columns, near.take(10).collect()),
        (NoteCode::UnreadTimes, facts.unread.times.len() as u64, columns, named(&facts.unread.times)),
        (NoteCode::UnreadIds, facts.unread.ids.len() as u64, columns, named(&facts.unread.ids)),
        (NoteCode::UnreadWords, facts.unread.words.len() as u64, columns, with_words.collect()),
        (NoteCode::AbsentColumns, plan.absent.len() as u64, plan.absent.len() as u64, absent.collect()),
        (NoteCode::FarFirstDay, facts.far_first.iter().count() as u64, counts.rows, far_first.collect()),
        (
            NoteCode::GuestOrders,
            counts.guest_orders,
            orders + counts.guest_orders,
            facts.guest.iter().cloned().map(both).collect(),
        ),
        (NoteCode::GuestsElsewhere, counts.guests_elsewhere, counts.rows, Vec::new()),
        (NoteCode::IdsJoined, facts.joined.len() as u64, facts.ids, joined.take(SHOWN).collect()),
        (NoteCode::TotalRows, facts.totals.len() as u64, facts.ids, same(&facts.totals)),
        of_suspects(NoteCode::GuestNames, &facts.nobodies),
        of_suspects(NoteCode::IdsRounded, &facts.rounded),
        of_suspects(NoteCode::EncodingGuessed, &facts.guessed),
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
        (NoteCode::RefundedInBoth, counts.refunded_in_both, orders, Vec::new()),
        (NoteCode::RefundsRepeated, counts.refunds_repeated, orders, Vec::new()),
        (NoteCode::RefundedFlags, flags, counts.rows, Vec::new()),
        (NoteCode::PartlyRefunded, partly, counts.rows, Vec::new()),
        (NoteCode::OneSign, 0, purchases, Vec::new()),
    ];
    let found = all.into_iter().filter(|(code, count, ..)| *count > 0 || is_kept && *code == NoteCode::OneSign);
    let note = |(code, count, of, examples): (_, _, _, Examples)| {
        let (examples, chinese_examples) = examples.into_iter().map(|[english, chinese]| (english, chinese)).unzip();
        Note { code, count, of, examples, chinese_examples, named: named_in(code, facts) }
    };
    found.map(note).collect()
}

/// What the sentence of a code names beside its numbers.
fn named_in(code: NoteCode, facts: &Facts<'_>) -> String {
    let plan = facts.plan;
    match code {
        NoteCode::NearColumns => columns_option(facts),
        NoteCode::AmountOrPrice => price_option(facts),
        NoteCode::UnreadTimes => only(plan, &facts.unread.times),
        NoteCode::UnreadIds => only(plan, &facts.unread.ids),
        NoteCode::UnreadWords => only(plan, &facts.unread.words.iter().map(|(place, _)| *place).collect::<Vec<_>>()),
        NoteCode::GuestsElsewhere => only(plan, facts.elsewhere.as_slice()),
        NoteCode::RefundedFlags | NoteCode::RefundsRepeated => only(plan, plan.refunded.as_slice()),
        NoteCode::GuestNames => facts.nobodies.named.clone(),
        NoteCode::OtherCurrency | NoteCode::NoCurrency => {
            facts.currency.map(|code| shown(code.as_bytes())).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Ids of orders that are alike: two groups of two, mostly.
fn order_ids(note: &measure::Note) -> Examples {
    const IDS: usize = 4;
    let ids = note.examples.iter().take(IDS).map(|id| shown(id.as_bytes()));
    ids.map(|id| [id.clone(), id]).collect()
}

/// What `--columns` takes to read an amount as the price of a piece.
fn price_option(facts: &Facts<'_>) -> String {
    let (amount, pieces) = facts.in_doubt.unwrap_or_default();
    format!("amount=,unit_price={amount},quantity={pieces}")
}

/// The name of the only column, as an option takes it.
fn only(plan: &Plan, places: &[usize]) -> String {
    match places {
        [place] => plan.name(*place).to_owned(),
        _ => "NAME".to_owned(),
    }
}

/// What `--columns` takes to read the near columns: for each role that no column has the first that looks to have it.
fn columns_option(facts: &Facts<'_>) -> String {
    let mut roles: Vec<Role> = facts.plan.roles.clone();
    let mut pairs = Vec::new();
    for (place, role) in &facts.plan.near {
        if let Some(role) = role.filter(|role| !roles.contains(role)) {
            roles.push(role);
            pairs.push(format!("{role}={}", facts.plan.name(*place)));
        }
    }
    pairs.join(",")
}
