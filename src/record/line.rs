//! Order lines: which product, and how much of it.

use core::fmt::Debug;
use core::hash::Hash;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use rust_decimal::Decimal;

use super::when::When;
use super::{OrderStatus, ShopCalendar};
use crate::error::{Error, Result};

/// An id of a product or a category: a stock code, a number, the shop's own enum.
///
/// Implemented for every type that has what it asks, as [`CustomerId`](super::CustomerId) is. `Ord` is the order in
/// which products are listed. A line of a category instead of a product makes all that is measured from it a number of
/// the category.
pub trait ProductId: Clone + Debug + Hash + Ord + Send + Sync {}

impl<P: Clone + Debug + Hash + Ord + Send + Sync> ProductId for P {}

/// One line of an order: who, when, which product or category `P`, how much of it, for how much.
///
/// A paid line is a purchase of its product; unpaid and cancelled ones are none. Leave out lines that were fully
/// refunded or returned: a line has no refund of its own. A line of amount 0 (a gift) is a purchase like any other.
///
/// # Examples
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use repurchase::record::{OrderLine, OrderStatus};
/// use rust_decimal::Decimal;
///
/// let at = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap();
/// let line = OrderLine::new("ann", at, "coffee", Decimal::TWO, Decimal::new(19_80, 2))?;
/// assert!(line.is_purchase());
/// assert!(!line.with_status(OrderStatus::Unpaid).is_purchase());
///
/// let error = OrderLine::new("ann", at, "coffee", Decimal::ZERO, Decimal::TEN).unwrap_err();
/// assert_eq!(error.to_string(), "quantity must be above 0, found 0");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct OrderLine<Id, P> {
    pub(crate) customer: Id,
    pub(crate) placed_at: When,
    pub(crate) product: P,
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    quantity: Decimal,
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    amount: Decimal,
    status: OrderStatus,
}

impl<Id, P> OrderLine<Id, P> {
    /// A line of a paid order.
    ///
    /// `quantity` is in whatever unit the product is sold in: pieces, kilograms. `amount` is that of the whole line.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when `quantity` is not above 0 or `amount` is below 0: what came back is no line.
    pub fn new(customer: Id, placed_at: DateTime<Utc>, product: P, quantity: Decimal, amount: Decimal) -> Result<Self> {
        Self::when(customer, When::At(placed_at), product, quantity, amount)
    }

    /// A line of a paid order, known by its day alone, in the calendar of the shop.
    ///
    /// # Errors
    ///
    /// As [`new`](OrderLine::new).
    pub fn on(customer: Id, day: NaiveDate, product: P, quantity: Decimal, amount: Decimal) -> Result<Self> {
        Self::when(customer, When::On(day), product, quantity, amount)
    }

    fn when(customer: Id, placed_at: When, product: P, quantity: Decimal, amount: Decimal) -> Result<Self> {
        let (quantity, amount) = (Error::above_zero("quantity", quantity)?, Error::not_negative("amount", amount)?);
        Ok(Self { customer, placed_at, product, quantity, amount, status: OrderStatus::Paid })
    }

    /// The same line of an order of another status.
    #[must_use]
    pub fn with_status(self, status: OrderStatus) -> Self {
        Self { status, ..self }
    }

    /// The customer who ordered.
    pub const fn customer(&self) -> &Id {
        &self.customer
    }

    /// The instant; `None` where only [the day](OrderLine::on) is known.
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

    /// The product or category.
    pub const fn product(&self) -> &P {
        &self.product
    }

    /// The quantity, above 0.
    pub const fn quantity(&self) -> Decimal {
        self.quantity
    }

    /// The amount of the line in all, 0 or more.
    pub const fn amount(&self) -> Decimal {
        self.amount
    }

    /// The status of its order.
    pub const fn status(&self) -> OrderStatus {
        self.status
    }

    /// Whether it counts as a purchase of its product: paid.
    pub fn is_purchase(&self) -> bool {
        self.status == OrderStatus::Paid
    }
}

crate::stored::stored! {
    OrderLine<Id, P> {
        customer: Id,
        placed_at: When,
        product: P,
        #[serde(with = "crate::number::decimal")] quantity: Decimal,
        #[serde(with = "crate::number::decimal")] amount: Decimal,
        #[serde(default)] status: OrderStatus,
    } => Ok(OrderLine::when(customer, placed_at, product, quantity, amount)?.with_status(status))
}
