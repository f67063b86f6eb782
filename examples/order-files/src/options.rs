//! What may be said about a file beside the file.

use std::str::FromStr;

use chrono::NaiveDate;

use crate::date_order::DateOrder;
use crate::error::Error;
use crate::layout::{DecimalMark, Layout, Role, RowsOfOrder, StatusMeaning};
use crate::zone::Zone;

/// How a file of orders is to be read. All that is not said is found from the file.
///
/// # Examples
///
/// ```
/// use order_files::{ReadOptions, read};
///
/// let file = "Kunde;Datum;Summe\nann;31.01.2024;1.234,50\n";
/// let options = ReadOptions::default().with_columns("customer_id=Kunde,placed_at=Datum,amount=Summe".parse()?);
/// let orders = read(file.as_bytes(), &options)?;
/// assert_eq!((orders.customers(), orders.purchases(), orders.revenue().to_string()), (1, 1, "1234.50".to_owned()));
/// # Ok::<(), order_files::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    pub(crate) layout: Option<Layout>,
    pub(crate) columns: Columns,
    pub(crate) status: StatusWords,
    pub(crate) kinds: KindWords,
    pub(crate) rows: Option<RowsOfOrder>,
    pub(crate) decimal: Option<DecimalMark>,
    pub(crate) currency: Option<String>,
    pub(crate) dates: Option<DateOrder>,
    pub(crate) guests: Vec<String>,
    pub(crate) as_of: Option<NaiveDate>,
    pub(crate) zone: Zone,
    pub(crate) skip_bad_rows: bool,
    pub(crate) order_ids: bool,
    pub(crate) products: bool,
}

impl ReadOptions {
    /// The file has this layout (`--from`).
    #[must_use]
    pub fn with_layout(self, layout: Layout) -> Self {
        Self { layout: Some(layout), ..self }
    }

    /// These columns say these things (`--columns`); the others are found by the layout's names.
    #[must_use]
    pub fn with_columns(self, columns: Columns) -> Self {
        Self { columns, ..self }
    }

    /// What further words of the status column mean (`--status`).
    #[must_use]
    pub fn with_status(self, status: StatusWords) -> Self {
        Self { status, ..self }
    }

    /// What further words of the kind column mean (`--kind`).
    #[must_use]
    pub fn with_kinds(self, kinds: KindWords) -> Self {
        Self { kinds, ..self }
    }

    /// How the rows of an order give its amount (`--rows`); without it, as the layout says.
    #[must_use]
    pub fn with_rows(self, rows: RowsOfOrder) -> Self {
        Self { rows: Some(rows), ..self }
    }

    /// The mark before the decimals (`--decimal`).
    #[must_use]
    pub fn with_decimal(self, mark: DecimalMark) -> Self {
        Self { decimal: Some(mark), ..self }
    }

    /// Only rows in this currency are read (`--currency`), the others counted.
    #[must_use]
    pub fn with_currency(self, code: impl Into<String>) -> Self {
        Self { currency: Some(code.into()), ..self }
    }

    /// The order of day and month (`--dates`).
    #[must_use]
    pub fn with_dates(self, order: DateOrder) -> Self {
        Self { dates: Some(order), ..self }
    }

    /// Further ids that are nobody (`--guests`).
    #[must_use]
    pub fn with_guests(self, ids: impl IntoIterator<Item = String>) -> Self {
        Self { guests: ids.into_iter().collect(), ..self }
    }

    /// The day up to which orders count (`--as-of`); without it, the last with a purchase or credit.
    #[must_use]
    pub fn with_as_of(self, day: NaiveDate) -> Self {
        Self { as_of: Some(day), ..self }
    }

    /// The shop's time zone (`--time-zone`); without it, UTC.
    #[must_use]
    pub fn with_zone(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// The ids of orders and of credits are kept ([`Orders::order_id`](crate::Orders::order_id)), for whoever stores
    /// orders by them.
    #[must_use]
    pub fn with_order_ids(self) -> Self {
        Self { order_ids: true, ..self }
    }

    /// What was bought is kept ([`Orders::lines`](crate::Orders::lines)), for whoever asks about products.
    #[must_use]
    pub fn with_products(self) -> Self {
        Self { products: true, ..self }
    }

    /// How many words of the file are explained.
    pub(crate) fn words(&self) -> u64 {
        (self.status.0.len() + self.kinds.0.len() + self.guests.len()) as u64
    }

    /// Bad rows are left out and counted (`--skip-bad-rows`), in place of an error at the first.
    #[must_use]
    pub fn with_bad_rows_skipped(self) -> Self {
        Self { skip_bad_rows: true, ..self }
    }
}

macro_rules! extended {
    ($($words:ident)*) => {$(
        /// What is said later wins.
        impl Extend<Self> for $words {
            fn extend<I: IntoIterator<Item = Self>>(&mut self, later: I) {
                for Self(mut later) in later {
                    later.append(&mut self.0);
                    self.0 = later;
                }
            }
        }
    )*};
}

extended! { Columns StatusWords KindWords }

/// Pairs of `KEY=VALUE`, separated by commas; a part without `=` belongs to the value before it, with its comma.
fn pairs(text: &str, option: &'static str, expected: [&'static str; 2]) -> Result<Vec<(String, String)>, Error> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for part in text.split(',') {
        match (part.split_once('='), pairs.last_mut()) {
            (Some((key, value)), _) => pairs.push((key.trim().to_owned(), value.trim().to_owned())),
            (None, Some(last)) => {
                last.1.push(',');
                last.1.push_str(part);
            }
            (None, None) => {
                return Err(Error::option(option, text, expected));
            }
        }
    }
    Ok(pairs)
}

/// Names of columns by what they say: `customer_id=Buyer,placed_at=Date`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns(pub(crate) Vec<(Role, String)>);

impl Columns {
    /// The column that is named for a role, empty where none is to be read; `None` where nothing is said of it.
    pub fn of(&self, role: Role) -> Option<&str> {
        self.0.iter().find(|(named, _)| *named == role).map(|(_, name)| name.as_str())
    }
}

impl FromStr for Columns {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let expected = [
            "pairs such as customer_id=Buyer,placed_at=Date,amount=Total",
            "成对的写法，如 customer_id=买家,placed_at=日期,amount=金额",
        ];
        let pairs = pairs(text, "--columns", expected)?;
        pairs.into_iter().map(|(role, name)| Ok((role.parse()?, name))).collect::<Result<_, _>>().map(Self)
    }
}

/// Meanings of status words: `shipped=paid,on hold=unpaid`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusWords(pub(crate) Vec<(String, StatusMeaning)>);

impl FromStr for StatusWords {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let expected = [
            "pairs such as shipped=paid,on hold=unpaid,returned=cancelled (or refunded)",
            "成对的写法，如 已发货=paid,待付款=unpaid,已关闭=cancelled（或 refunded）",
        ];
        let meaning = |name: &str| match name {
            "paid" => Some(StatusMeaning::Paid),
            "unpaid" => Some(StatusMeaning::Unpaid),
            "cancelled" | "canceled" => Some(StatusMeaning::Cancelled),
            "refunded" => Some(StatusMeaning::Refunded),
            _ => None,
        };
        words(text, meaning).map(Self).ok_or_else(|| Error::option("--status", text, expected))
    }
}

/// Whether words of the kind column say that a row gives back: `sold=purchase,sent back=refund`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KindWords(pub(crate) Vec<(String, bool)>);

impl FromStr for KindWords {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let meaning = |name: &str| match name {
            "purchase" => Some(false),
            "refund" => Some(true),
            _ => None,
        };
        let expected = ["pairs such as sold=purchase,sent back=refund", "成对的写法，如 销售=purchase,退货=refund"];
        let wrong = || Error::option("--kind", text, expected);
        words(text, meaning).map(Self).ok_or_else(wrong)
    }
}

/// Pairs of `WORD=MEANING`. A word may hold a comma, as 卖家已发货,等待买家确认 does, or an `=`: a pair ends behind the first
/// meaning.
fn words<M>(text: &str, meaning_of: impl Fn(&str) -> Option<M>) -> Option<Vec<(String, M)>> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let pair = rest.match_indices('=').find_map(|(at, _)| {
            let (word, after) = (rest.get(..at)?, rest.get(at + 1..)?);
            let (meaning, after) = after.split_once(',').unwrap_or((after, ""));
            Some((word.trim().to_owned(), meaning_of(&meaning.trim().to_lowercase())?, after))
        });
        let (word, meaning, after) = pair?;
        words.push((word, meaning));
        rest = after;
    }
    Some(words)
}
