//! Orders and credits.

use core::fmt::Debug;
use core::hash::Hash;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use rust_decimal::Decimal;

use super::ShopCalendar;
use super::when::When;
use crate::error::{Error, Result};
use crate::number::money;

/// An id of a customer: `u64`, `Uuid`, `String`, `&str`.
///
/// Implemented for every type that has what it asks. Two ids are the same customer only if they are equal: `"Ann"` and
/// `"ann"` are two. Of equal ids, any one may be kept for all: what tells orders apart is a [`Keyed`](crate::record::Keyed)
/// id's key. `Ord` is the order in which customers are listed; `Debug` names a customer in an error.
///
/// Ids are hashed with a fixed seed, fast rather than safe from ids that somebody makes up in order to collide: where
/// strangers choose their ids, such as user names, hand over the shop's own numbers for them.
///
/// `Send + Sync`, because the feature `rayon` spreads customers over threads: an `Arc<str>` is an id, an `Rc<str>` is not.
pub trait CustomerId: Clone + Debug + Hash + Ord + Send + Sync {}

impl<Id: Clone + Debug + Hash + Ord + Send + Sync> CustomerId for Id {}

/// The status of an order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum OrderStatus {
    /// The order is paid for: the only status that can be a purchase.
    #[default]
    Paid,
    /// The order is placed and not paid for.
    Unpaid,
    /// The order is called off.
    Cancelled,
}

/// One order: who, when, how much, whether it was paid, and what of it was given back.
///
/// An order is a **purchase** when it is paid and not fully refunded; a paid order of amount 0 (a gift, a full voucher)
/// is a purchase. Its net amount is `amount - refunded`. All amounts of a shop are in one currency.
///
/// # Examples
///
/// ```
/// use chrono::{FixedOffset, TimeZone, Utc};
/// use repurchase::{Order, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let at = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap();
/// let order = Order::new("ann", at, Decimal::new(19_90, 2))?.with_refunded(Decimal::new(5_00, 2))?;
/// assert!(order.is_purchase());
/// assert_eq!(order.net_amount(), Decimal::new(14_90, 2));
///
/// // Known by its day alone, it lies on that day in every time zone.
/// let order = Order::on("ann", "2026-03-01".parse()?, Decimal::TEN)?;
/// let shop = ShopCalendar::new(FixedOffset::west_opt(12 * 3600).expect("a valid offset"));
/// assert_eq!(order.day(&shop)?.to_string(), "2026-03-01");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Order<Id> {
    pub(crate) customer: Id,
    pub(crate) placed_at: When,
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    amount: Decimal,
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub(super) refunded: Decimal,
    status: OrderStatus,
}

impl<Id> Order<Id> {
    /// A paid order without a refund.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when `amount` is below 0: what a shop gives back is a refund of an order
    /// ([`Order::with_refunded`]) or a [`Credit`].
    pub fn new(customer: Id, placed_at: DateTime<Utc>, amount: Decimal) -> Result<Self> {
        Self::when(customer, When::At(placed_at), amount)
    }

    /// A paid order without a refund, known by its day alone: `day` in the calendar of the shop, wherever that
    /// is.
    ///
    /// # Errors
    ///
    /// As [`new`](Order::new).
    pub fn on(customer: Id, day: NaiveDate, amount: Decimal) -> Result<Self> {
        Self::when(customer, When::On(day), amount)
    }

    fn when(customer: Id, placed_at: When, amount: Decimal) -> Result<Self> {
        let amount = Error::not_negative("amount", amount)?;
        Ok(Self { customer, placed_at, amount, refunded: Decimal::ZERO, status: OrderStatus::Paid })
    }

    /// The same order with another status.
    #[must_use]
    pub fn with_status(self, status: OrderStatus) -> Self {
        Self { status, ..self }
    }

    /// The same order with `refunded` given back in all, in place of any refund before.
    ///
    /// # Errors
    ///
    /// [`Error::Refund`] when `refunded` is below 0 or above the amount, [`Error::AmountOverflow`] when what is left
    /// needs more than a `Decimal`'s 96 bits (an amount near `Decimal::MAX` less a cent).
    pub fn with_refunded(self, refunded: Decimal) -> Result<Self> {
        if !(Decimal::ZERO..=self.amount).contains(&refunded) {
            return Err(Error::Refund { found: refunded, amount: self.amount });
        }
        // Trailing zeros of the refund may take the room that the difference needs.
        let fits = |refunded: &Decimal| money::exact_sum(self.amount, -*refunded).is_some();
        let forms = [refunded.abs(), refunded.abs().normalize()];
        match forms.into_iter().find(fits) {
            Some(refunded) => Ok(Self { refunded, ..self }),
            None => Err(Error::AmountOverflow { field: "amount less refunded" }),
        }
    }

    /// The customer who ordered.
    pub const fn customer(&self) -> &Id {
        &self.customer
    }

    /// The instant; `None` where only [the day](Order::on) is known.
    pub const fn placed_at(&self) -> Option<DateTime<Utc>> {
        self.placed_at.instant()
    }

    /// The shop's day.
    ///
    /// # Errors
    ///
    /// As [`ShopCalendar::day`].
    pub fn day<Tz: TimeZone>(&self, calendar: &ShopCalendar<Tz>) -> Result<NaiveDate> {
        self.placed_at.day(calendar)
    }

    /// The amount before refunds, 0 or more.
    pub const fn amount(&self) -> Decimal {
        self.amount
    }

    /// The part of the amount that was given back, 0 to the amount.
    pub const fn refunded(&self) -> Decimal {
        self.refunded
    }

    /// The status of the order.
    pub const fn status(&self) -> OrderStatus {
        self.status
    }

    /// `amount - refunded`, exact.
    pub fn net_amount(&self) -> Decimal {
        // `with_refunded` has seen that the difference fits.
        money::exact_sum(self.amount, -self.refunded).unwrap_or_default()
    }

    /// Whether it counts as a purchase: paid, and not fully refunded.
    pub fn is_purchase(&self) -> bool {
        self.status == OrderStatus::Paid && (self.refunded.is_zero() || self.refunded < self.amount)
    }
}

/// A refund that names no order: a credit note, a negative row of a till.
///
/// It lowers the customer's revenue on its day and is never a purchase. It may come before the customer's first
/// purchase that the shop knows, and credits may exceed what the customer spent.
///
/// A credit touches revenue and what is made of it: M of RFM, tiers, concentration, the revenue of labels and periods.
/// It touches no order: the purchases, purchase days, gaps and spend of its customer stay as they were, so that rates,
/// frequency and every forecast count what was given back as bought. A refund that names its order is a refund of the
/// order ([`Order::with_refunded`], [`OrderBook`](super::OrderBook)); credits that give a whole order back are found by
/// [`match_credits`](super::match_credits).
///
/// # Examples
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use repurchase::record::Credit;
/// use rust_decimal::Decimal;
///
/// let at = Utc.with_ymd_and_hms(2026, 3, 9, 12, 0, 0).unwrap();
/// assert!(Credit::new("ann", at, Decimal::new(5_00, 2)).is_ok());
/// let error = Credit::new("ann", at, Decimal::ZERO).unwrap_err();
/// assert_eq!(error.to_string(), "amount of a credit must be above 0, found 0");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Credit<Id> {
    pub(crate) customer: Id,
    pub(crate) issued_at: When,
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    amount: Decimal,
}

impl<Id> Credit<Id> {
    /// A credit of `amount`, given as a positive number.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when `amount` is not above 0.
    pub fn new(customer: Id, issued_at: DateTime<Utc>, amount: Decimal) -> Result<Self> {
        Self::when(customer, When::At(issued_at), amount)
    }

    /// A credit known by its day alone, in the calendar of the shop.
    ///
    /// # Errors
    ///
    /// As [`new`](Credit::new).
    pub fn on(customer: Id, day: NaiveDate, amount: Decimal) -> Result<Self> {
        Self::when(customer, When::On(day), amount)
    }

    fn when(customer: Id, issued_at: When, amount: Decimal) -> Result<Self> {
        Ok(Self { customer, issued_at, amount: Error::above_zero("amount of a credit", amount)? })
    }

    /// The customer who got it.
    pub const fn customer(&self) -> &Id {
        &self.customer
    }

    /// The instant; `None` where only [the day](Credit::on) is known.
    pub const fn issued_at(&self) -> Option<DateTime<Utc>> {
        self.issued_at.instant()
    }

    /// The shop's day.
    ///
    /// # Errors
    ///
    /// As [`ShopCalendar::day`].
    pub fn day<Tz: TimeZone>(&self, calendar: &ShopCalendar<Tz>) -> Result<NaiveDate> {
        self.issued_at.day(calendar)
    }

    /// The amount, above 0.
    pub const fn amount(&self) -> Decimal {
        self.amount
    }
}

/// An order or a credit: what a stream of a shop's records holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Record<Id> {
    /// An order.
    Order(Order<Id>),
    /// A credit.
    Credit(Credit<Id>),
}

impl<Id> From<Order<Id>> for Record<Id> {
    fn from(order: Order<Id>) -> Self {
        Self::Order(order)
    }
}

impl<Id> From<Credit<Id>> for Record<Id> {
    fn from(credit: Credit<Id>) -> Self {
        Self::Credit(credit)
    }
}

crate::stored::stored! {
    Order<Id> {
        customer: Id,
        placed_at: When,
        #[serde(with = "crate::number::decimal")] amount: Decimal,
        #[serde(with = "crate::number::decimal", default)] refunded: Decimal,
        #[serde(default)] status: OrderStatus,
    } => Order::when(customer, placed_at, amount)?.with_status(status).with_refunded(refunded)
}

crate::stored::stored! {
    Credit<Id> {
        customer: Id,
        issued_at: When,
        #[serde(with = "crate::number::decimal")] amount: Decimal,
    } => Credit::when(customer, issued_at, amount)
}
