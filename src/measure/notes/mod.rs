//! Notes on the data: what a careful person would ask before believing the numbers.

mod alike;
mod composed;
mod customer;
mod phone;
mod scan;
#[cfg(feature = "serde")]
mod stored;

use core::fmt::Display;

use chrono::NaiveDate;

use self::alike::Spellings;
pub use self::scan::NoteTally;
use crate::history::PurchaseLog;
use crate::record::CustomerId;
use crate::scale::Language;
use crate::scale::words::phrase;

/// The question of a [`Note`].
///
/// | code | fires when | because |
/// |---|---|---|
/// | `every_id_once` | there are 4 purchases or more, each by another id | below 4 a shop has hardly opened |
/// | `one_id_dominates` | an id has 30 purchases or more, a tenth of all or more, and 10 times the mean of the other ids or more | a best customer rarely has, an id that guests share has |
/// | `ids_alike` | two ids differ in how they are written alone ([`ids_alike`]) | one is enough: somebody is counted twice |
/// | `equal_rows` | 3 purchases or more, and more than 2% of all, equal another one in customer, day and amount | in CDNOW and Online Retail it is 0.3% and 0.2% |
/// | `far_last_day` | of 20 purchases and credits or more, the last 5% or fewer follow a gap of more than a year that is longer than all the time before it | a typed 2042; a shop that reopened has more |
/// | `after_as_of` | something lies after the as-of day | it is left out of all answers |
/// | `credited_above_half` | customers who got back more than half of their spend as credits have more than 2% of all spend | expected value is net of credits, but the models of purchases and of spend count the orders |
/// | `credits_unmatched` | 10 credits or more, and more than 1% of purchases, equal no earlier purchase of their customer | what they give back still counts as purchased |
/// | `one_sign` | of 10,000 purchases none was given back, not in part either; or there are credits and no purchase | fewer than 1 refund in 3,000 is rare (19 of 20 shops of 1 in 3,333 would show one); a sign is the other way round |
/// | `all_at_midnight` | of 20 records or more, all are at midnight UTC, which is another day in the shop's time zone | dates were read as instants |
///
/// A note is a question, not an error: a shop may have a good answer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NoteCode {
    /// Ids of orders rather than of customers? Counts ids, of ids.
    EveryIdOnce,
    /// Ids that many persons share, such as guests? Counts the purchases of such ids, of all.
    OneIdDominates,
    /// One person under several ids? Counts the ids that have one like them, of all.
    IdsAlike,
    /// Rows that were read twice? Counts purchases that repeat another, of all.
    EqualRows,
    /// A wrong date? Counts the purchases and credits that are far later than all others, of all.
    FarLastDay,
    /// Records that were left out on purpose? Counts the purchases and credits after the as-of day, of all.
    AfterAsOf,
    /// Orders that were cancelled by a credit? Counts customers, of those with a purchase.
    CreditedAboveHalf,
    /// Refunds of orders that are not known? Counts credits without a purchase of their amount, of all credits.
    CreditsUnmatched,
    /// Refunds missing, or signs turned? Counts credits, of purchases and credits.
    OneSign,
    /// Dates read as instants? Counts purchases and credits, of all.
    AllAtMidnight,
}

impl NoteCode {
    /// All ten, in the order in which [`notes`] lists them.
    pub const ALL: [Self; 10] = [
        Self::EveryIdOnce,
        Self::OneIdDominates,
        Self::IdsAlike,
        Self::EqualRows,
        Self::FarLastDay,
        Self::AfterAsOf,
        Self::CreditedAboveHalf,
        Self::CreditsUnmatched,
        Self::OneSign,
        Self::AllAtMidnight,
    ];

    /// The name that programs and files use.
    pub const fn key(self) -> &'static str {
        match self {
            Self::EveryIdOnce => "every_id_once",
            Self::OneIdDominates => "one_id_dominates",
            Self::IdsAlike => "ids_alike",
            Self::EqualRows => "equal_rows",
            Self::FarLastDay => "far_last_day",
            Self::AfterAsOf => "after_as_of",
            Self::CreditedAboveHalf => "credited_above_half",
            Self::CreditsUnmatched => "credits_unmatched",
            Self::OneSign => "one_sign",
            Self::AllAtMidnight => "all_at_midnight",
        }
    }
}

/// Examples of a note.
const MOST_EXAMPLES: usize = 6;

/// One question about the data, with what was counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Note {
    /// The question.
    pub code: NoteCode,
    /// The number of cases; [`NoteCode`] says of what.
    pub count: u64,
    /// The size of the population that was looked through; [`NoteCode`] says of what.
    pub of: u64,
    /// The examples, at most six: ids as text, ascending (those that are alike side by side), or days.
    pub examples: Vec<Box<str>>,
}

impl Note {
    /// The question in words.
    ///
    /// # Examples
    ///
    /// ```
    /// use chrono::{NaiveDate, TimeZone, Utc};
    /// use repurchase::measure::{NoteCode, notes};
    /// use repurchase::scale::Language;
    /// use repurchase::{Order, PurchaseLog, ShopCalendar};
    /// use rust_decimal::Decimal;
    ///
    /// let order = |who, d| Order::new(who, Utc.with_ymd_and_hms(2026, 3, d, 12, 0, 0).unwrap(), Decimal::from(d));
    /// let orders = [order("Ann", 1)?, order("ann ", 2)?, order("bo", 3)?, order("bo", 4)?];
    /// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
    /// let notes = notes(&log, NaiveDate::from_ymd_opt(2026, 3, 31).unwrap());
    /// assert_eq!((notes[0].code, notes[0].count, notes[0].of), (NoteCode::IdsAlike, 2, 3));
    /// assert_eq!(
    ///     notes[0].describe(Language::English),
    ///     "2 of 3 customer ids differ from another one in how they are written alone (\"Ann\", \"ann \"): are they one person? \
    ///      They count as several until each is written in one way: case, spaces, quotes, full width, zeros in front, commas, \".0\"."
    /// );
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn describe(&self, language: Language) -> String {
        let Self { code, count, of, examples } = self;
        // In quotation marks, so that a space can be seen.
        let quoted: Vec<_> = examples.iter().map(|example| format!("{example:?}")).collect();
        let ids = quoted.join(language.pick(", ", "、"));
        match code {
            NoteCode::EveryIdOnce => phrase!(
                language,
                "Each of {of} customer ids has one purchase only: are these ids of orders, not of customers?",
                "{of} 个客户 ID 各只有一笔订单：这一列是不是订单号，而不是客户号？"
            ),
            NoteCode::OneIdDominates => phrase!(
                language,
                "{count} of {of} purchases are by {ids}: is this an id that many persons share, such as guests?",
                "{of} 笔订单中有 {count} 笔属于 {ids}：是不是游客等多人共用的 ID？"
            ),
            NoteCode::IdsAlike => phrase!(
                language,
                "{count} of {of} customer ids differ from another one in how they are written alone ({ids}): are they \
                 one person? They count as several until each is written in one way: case, spaces, quotes, full width, \
                 zeros in front, commas, \".0\".",
                "{of} 个客户 ID 中有 {count} 个与别的 ID 只是写法不同（{ids}）：是不是同一个人？目前按多人计算；请统一写法\
                 （大小写、空格、引号、全角半角、前导零、千位逗号、“.0”）。"
            ),
            NoteCode::EqualRows => phrase!(
                language,
                "{count} of {of} purchases equal another one in customer, day and amount: were some rows read twice?",
                "{of} 笔订单中有 {count} 笔与另一笔的客户、日期、金额都相同：是不是重复导入了？"
            ),
            NoteCode::FarLastDay => {
                let days = examples.join(language.pick(", ", "、"));
                phrase!(
                    language,
                    "{count} of {of} purchases and credits came far later than all others ({days}): is a date wrong?",
                    "{of} 笔订单和退款中有 {count} 笔的日期远远晚于其余各笔（{days}）：日期是不是填错了？"
                )
            }
            NoteCode::AfterAsOf => {
                let days = examples.join(language.pick(" to ", " 至 "));
                phrase!(
                    language,
                    "{count} of {of} purchases and credits came after the as-of day ({days}): left out.",
                    "{of} 笔订单和退款中有 {count} 笔在统计截止日之后（{days}），未计入。"
                )
            }
            NoteCode::CreditedAboveHalf => phrase!(
                language,
                "{count} of {of} customers got back more than half of what they spent, as credits ({ids}): were their \
                 orders cancelled? Their value is lowered by it, but the orders still count as purchases.",
                "{of} 位客户中有 {count} 位的单独退款超过消费额的一半（{ids}）：他们的订单是不是已取消？\
                 预测价值时会扣减，但这些订单仍计为购买。"
            ),
            NoteCode::CreditsUnmatched => phrase!(
                language,
                "{count} of {of} credits equal no earlier purchase of their customer: which orders do they give back? \
                 These still count as purchases.",
                "{of} 笔单独退款中有 {count} 笔找不到该客户此前同金额的订单：退的是哪一单？这些订单仍按成交计算。"
            ),
            NoteCode::OneSign if *count == 0 => phrase!(
                language,
                "Of {of} purchases nothing was given back: are refunds missing, or were they read as purchases?",
                "{of} 笔订单没有任何退款：是不是漏了退款，或把退款当成了订单？"
            ),
            NoteCode::OneSign => phrase!(
                language,
                "All {of} amounts are credits: is their sign the wrong way round?",
                "{of} 笔金额全部是退款：正负号是不是反了？"
            ),
            NoteCode::AllAtMidnight => phrase!(
                language,
                "All {of} purchases and credits are at midnight UTC, another day in the shop's time zone: are they \
                 dates, not instants?",
                "{of} 笔订单和退款的时间全是 UTC 零点，在店铺时区属于另一天：它们是不是日期，而不是时刻？"
            ),
        }
    }
}

/// Asks what a careful person would ask about a log's data before believing its numbers: the questions that there are,
/// in the order of [`NoteCode::ALL`].
///
/// Purchases and credits up to and including `as_of` are looked at, as all answers as of that day do; those after it
/// are counted in one note. [`NoteCode`] says when each fires.
///
/// **What a log knows**: customers, days and net amounts. It keeps no times: `equal_rows` compares days, and
/// `credits_unmatched` takes a purchase of the credit's own day for an earlier one. It does not keep what was refunded
/// of orders either, and a log of columns or [of some customers](PurchaseLog::of_customers) was never told: `one_sign`
/// asks for refunds in a log of records alone. The notes on an [`OrderBook`](crate::record::OrderBook) are those on the
/// log of its records; which events came twice or contradict, the book itself knows.
///
/// # Complexity
///
/// One pass over the purchases and credits; of each customer an id and at most 8 bytes are kept, and in a log with credits the
/// amounts of as many customers as fit the processor's cache. Linear, `n log n` in customers. A log in parts: [`NoteTally`].
pub fn notes<Id: CustomerId + Display>(log: &PurchaseLog<Id>, as_of: NaiveDate) -> Vec<Note> {
    NoteTally::of(log, as_of).notes()
}

/// The note on ids of customers that differ in how they are written alone, as [`notes`] has it of those of a log: for ids
/// that a program keeps beside it. `None` where there is no such id.
///
/// Ids are alike where they differ only in the case or width of letters, in marks that are characters of their own, in
/// spaces and characters that cannot be seen, in quotes around them, in an address, a `#` or braces around an id and, of whole
/// numbers, in zeros in front, commas between thousands and decimals of zero: `"Ann "` and `ann`, `００１２３`, `'123`, `123.0`
/// and `gid://shop/Customer/123` are alike; `12` and `A12`, `1.5` and `15` are not. Of telephone numbers, which have 7 digits or
/// more and `+`, `-`, `(`, `)`, `.`, spaces or two zeros in front, punctuation and the code of a country do not matter, where 8
/// digits or more are the same: `+86 138 0013 8000` and `13800138000`.
///
/// Examples are those of the first groups, ids ascending. The order of `ids` makes no difference.
///
/// # Complexity
///
/// One pass where all ids are written in one way, which most shops' are: numbers of one length or without zeros in front,
/// letters of one case. Else three, `n log n` in ids, with 8 bytes of each.
///
/// # Examples
///
/// ```
/// use repurchase::measure::ids_alike;
///
/// let note = ids_alike(["00123", "123.0", "124"]).ok_or("a note")?;
/// assert_eq!((note.count, note.of, note.examples.len()), (2, 3, 2));
/// assert_eq!(ids_alike(["00123", "00124", "A12"]), None);
/// # Ok::<(), &str>(())
/// ```
pub fn ids_alike<Id: Display + Ord>(ids: impl IntoIterator<Item = Id, IntoIter: Clone>) -> Option<Note> {
    let ids = ids.into_iter();
    let (mut spellings, mut count) = (Spellings::default(), 0);
    for id in ids.clone() {
        spellings.see(&id);
        count += 1;
    }
    alike_of(&spellings, count, ids)
}

/// Returns the note of `of` ids, whose spellings are known.
fn alike_of<Id: Display + Ord>(spellings: &Spellings, of: u64, ids: impl Iterator<Item = Id> + Clone) -> Option<Note> {
    let groups = if spellings.may_be_alike() { alike::groups(ids, spellings.has_phones()) } else { Vec::new() };
    let count = groups.iter().map(Vec::len).sum::<usize>() as u64;
    let examples = groups.iter().flatten().take(MOST_EXAMPLES).map(|id| id.to_string().into()).collect();
    (count > 0).then_some(Note { code: NoteCode::IdsAlike, count, of, examples })
}
