//! Layouts: which column of a file says what, as small files that a user can copy and change.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::date_order::DateOrder;
use crate::error::{Error, lines};
use crate::names::{plain, role_near};
use crate::said::{Said, said};

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Who bought.
    CustomerId,
    /// When, or the date alone.
    PlacedAt,
    /// The time of day, where the date stands alone.
    TimeOfDay,
    /// How much: of the order, or of the line.
    Amount,
    /// The price of one piece, which times `quantity` is the amount of a line.
    UnitPrice,
    /// Pieces.
    Quantity,
    /// Which order a row belongs to.
    OrderId,
    /// Where the order stands.
    Status,
    /// When the order was paid; where it says nothing, the order was not.
    PaidAt,
    /// When the order was called off; any value says that it was.
    CancelledAt,
    /// What of the order was given back.
    Refunded,
    /// Whether the row is a purchase or a refund.
    Kind,
    /// The currency of the amounts.
    Currency,
    /// What was bought.
    Product,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 14] = [
        Self::CustomerId,
        Self::PlacedAt,
        Self::TimeOfDay,
        Self::Amount,
        Self::UnitPrice,
        Self::Quantity,
        Self::OrderId,
        Self::Status,
        Self::PaidAt,
        Self::CancelledAt,
        Self::Refunded,
        Self::Kind,
        Self::Currency,
        Self::Product,
    ];

    /// The role's name in layouts and options.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CustomerId => "customer_id",
            Self::PlacedAt => "placed_at",
            Self::TimeOfDay => "time_of_day",
            Self::Amount => "amount",
            Self::UnitPrice => "unit_price",
            Self::Quantity => "quantity",
            Self::OrderId => "order_id",
            Self::Status => "status",
            Self::PaidAt => "paid_at",
            Self::CancelledAt => "cancelled_at",
            Self::Refunded => "refunded",
            Self::Kind => "kind",
            Self::Currency => "currency",
            Self::Product => "product",
        }
    }

    /// Whether a column is called so: without case, spaces, `_` and `-`.
    pub fn is_name_of(self, column: &str) -> bool {
        plain(self.name()) == plain(column)
    }

    /// The role that a column looks to have by its name, such as the status of `Order Status`.
    pub fn near(column: &str) -> Option<Self> {
        role_near(column)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|role| plain(role.name()) == plain(text)).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Error::option("--columns", text, said!("one of {names}", "{names} 之一"))
        })
    }
}

/// How an order's rows give its amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RowsOfOrder {
    /// As `lines` where there is a product or quantity column, else as `total`.
    #[default]
    Auto,
    /// Each row is a line: their amounts are added up.
    Lines,
    /// The amount is the order's, on one row or the same on each.
    Total,
}

impl FromStr for RowsOfOrder {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "lines" => Ok(Self::Lines),
            "total" => Ok(Self::Total),
            _ => Err(Error::option(
                "--rows",
                text,
                [
                    "lines (the rows of an order are added up) or total (each has all of it)",
                    "lines（同一订单各行相加）或 total（每行都是整单金额）",
                ],
            )),
        }
    }
}

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusMeaning {
    /// Paid.
    Paid,
    /// Not paid, or not yet.
    Unpaid,
    /// Called off.
    Cancelled,
    /// Paid and given back whole.
    Refunded,
}

/// The mark before the decimals of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum DecimalMark {
    /// `1,234.50`
    #[serde(rename = ".")]
    Point,
    /// `1.234,50`
    #[serde(rename = ",")]
    Comma,
}

impl FromStr for DecimalMark {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "point" | "." => Ok(Self::Point),
            "comma" | "," => Ok(Self::Comma),
            _ => Err(Error::option(
                "--decimal",
                text,
                ["point (1,234.50) or comma (1.234,50)", "point（1,234.50）或 comma（1.234,50）"],
            )),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StatusWords {
    paid: Vec<String>,
    unpaid: Vec<String>,
    cancelled: Vec<String>,
    refunded: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct KindWords {
    purchase: Vec<String>,
    refund: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Columns {
    customer_id: Vec<String>,
    placed_at: Vec<String>,
    time_of_day: Vec<String>,
    amount: Vec<String>,
    unit_price: Vec<String>,
    quantity: Vec<String>,
    order_id: Vec<String>,
    status: Vec<String>,
    paid_at: Vec<String>,
    cancelled_at: Vec<String>,
    refunded: Vec<String>,
    kind: Vec<String>,
    currency: Vec<String>,
    product: Vec<String>,
    /// Known and of no use here.
    unused: Vec<String>,
}

/// A layout of files: names of columns and words, as the files of `layouts/` have them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    name: String,
    title: String,
    /// The same in Chinese.
    #[serde(default)]
    title_zh: Option<String>,
    /// Columns that are all there in a file of this layout, and together in no other; one of several names, with `|`.
    #[serde(default)]
    recognise: Vec<String>,
    /// Columns that are not there in a file of this layout.
    #[serde(default)]
    absent: Vec<String>,
    /// Why such a file cannot be used, and what can.
    #[serde(default)]
    refuse: Option<String>,
    /// The same in Chinese.
    #[serde(default)]
    refuse_zh: Option<String>,
    #[serde(default)]
    rows: RowsOfOrder,
    /// The zone of times without one, where it is not the shop's.
    #[serde(default)]
    times_in: Option<String>,
    #[serde(default)]
    decimal: Option<DecimalMark>,
    /// The order of day and month, where it is always the same.
    #[serde(default)]
    dates: Option<DateOrder>,
    /// What rows of the file's own hold, which are no orders, in their first or second field.
    #[serde(default)]
    footer: Vec<String>,
    /// How the ids of documents start that are refunds of no named order.
    #[serde(default)]
    credit_notes: Option<String>,
    #[serde(default)]
    columns: Columns,
    #[serde(default)]
    status: StatusWords,
    #[serde(default)]
    kind: KindWords,
}

impl Layout {
    /// A layout of one's own from the text of a file such as those of `layouts/`.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|error| Error::Layout { message: lines(error.to_string().trim_end()) })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is, in a line.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The names of the columns that say `role`, the first that a file has being used.
    pub fn names(&self, role: Role) -> &[String] {
        let columns = &self.columns;
        match role {
            Role::CustomerId => &columns.customer_id,
            Role::PlacedAt => &columns.placed_at,
            Role::TimeOfDay => &columns.time_of_day,
            Role::Amount => &columns.amount,
            Role::UnitPrice => &columns.unit_price,
            Role::Quantity => &columns.quantity,
            Role::OrderId => &columns.order_id,
            Role::Status => &columns.status,
            Role::PaidAt => &columns.paid_at,
            Role::CancelledAt => &columns.cancelled_at,
            Role::Refunded => &columns.refunded,
            Role::Kind => &columns.kind,
            Role::Currency => &columns.currency,
            Role::Product => &columns.product,
        }
    }

    pub(crate) fn said_title(&self) -> Said {
        let chinese = self.title_zh.clone().unwrap_or_else(|| self.title.clone());
        [self.title.clone(), chinese].into()
    }

    pub(crate) fn unused(&self) -> &[String] {
        &self.columns.unused
    }

    /// How many of a header's columns it is recognised by; `None` where one is missing.
    pub(crate) fn recognises(&self, header: &[String]) -> Option<usize> {
        let has = |names: &String| names.split('|').any(|name| header.contains(&plain(name)));
        let all = !self.recognise.is_empty() && self.recognise.iter().all(has) && !self.absent.iter().any(has);
        all.then_some(self.recognise.len())
    }

    /// By how many columns it is recognised.
    pub(crate) fn recognised_by(&self) -> usize {
        self.recognise.len()
    }

    /// What it is recognised by and a header does not have.
    pub(crate) fn lacks(&self, header: &[String]) -> Vec<&str> {
        let has = |names: &&String| names.split('|').any(|name| header.contains(&plain(name)));
        self.recognise.iter().filter(|names| !has(names)).map(String::as_str).collect()
    }

    pub(crate) fn refusal(&self) -> Option<Said> {
        let english = self.refuse.clone()?;
        let chinese = self.refuse_zh.clone().unwrap_or_else(|| english.clone());
        Some([english, chinese].into())
    }

    pub(crate) const fn rows(&self) -> RowsOfOrder {
        self.rows
    }

    pub(crate) fn times_in(&self) -> Option<&str> {
        self.times_in.as_deref()
    }

    pub(crate) const fn decimal(&self) -> Option<DecimalMark> {
        self.decimal
    }

    pub(crate) const fn dates(&self) -> Option<DateOrder> {
        self.dates
    }

    /// Whether a field says that its row is the file's own and no order.
    pub(crate) fn is_footer(&self, field: &str) -> bool {
        let field = plain(field);
        self.footer.iter().any(|text| field.contains(&plain(text)))
    }

    pub(crate) fn credit_notes(&self) -> Option<&str> {
        self.credit_notes.as_deref()
    }

    /// The words of the status column, in the form in which they are compared.
    pub(crate) fn status_words(&self) -> impl Iterator<Item = (String, StatusMeaning)> + '_ {
        let StatusWords { paid, unpaid, cancelled, refunded } = &self.status;
        let meanings = [
            (paid, StatusMeaning::Paid),
            (unpaid, StatusMeaning::Unpaid),
            (cancelled, StatusMeaning::Cancelled),
            (refunded, StatusMeaning::Refunded),
        ];
        meanings.into_iter().flat_map(|(words, meaning)| words.iter().map(move |word| (plain(word), meaning)))
    }

    /// The words of the kind column, and whether they say refund.
    pub(crate) fn kind_words(&self) -> impl Iterator<Item = (String, bool)> + '_ {
        let KindWords { purchase, refund } = &self.kind;
        let meanings = [(purchase, false), (refund, true)];
        meanings.into_iter().flat_map(|(words, meaning)| words.iter().map(move |word| (plain(word), meaning)))
    }
}
