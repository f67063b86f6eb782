//! Statements about an order.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::error::{Error, Result};

/// A statement of a message, or of a row of an export, about one order. Which order,
/// [`OrderBook::record`](crate::record::OrderBook::record) is told beside it.
///
/// `OrderId` also names refunds and lines, each within its order.
///
/// # What makes two events one
///
/// An event is known by **what it states**, and two statements of one thing must agree:
///
/// | statement | is made | a second one |
/// |---|---|---|
/// | [`Placed`](Self::Placed), [`Credited`](Self::Credited) | once | must be the same, up to aliases of the customer |
/// | [`Refunded`](Self::Refunded), [`LineAdded`](Self::LineAdded) | once for each id of a refund, of a line | must be the same |
/// | [`AmountChanged`](Self::AmountChanged), [`RefundedInAll`](Self::RefundedInAll) | as often as wanted | the latest instant counts; at one instant it must be the same |
/// | [`Paid`](Self::Paid), [`Unpaid`](Self::Unpaid), [`Cancelled`](Self::Cancelled), [`FullyRefunded`](Self::FullyRefunded) | as often as wanted | the latest instant counts; at one instant, cancelled before paid before unpaid |
///
/// The same event again changes nothing, as does one that a later instant has superseded (it is not compared any more).
/// One that disagrees is an [`Error::Contradiction`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
#[non_exhaustive]
pub enum OrderEvent<OrderId, Id> {
    /// The customer ordered. Until an event says that the order was paid, it is unpaid.
    Placed {
        /// The customer who ordered, by any of the customer's ids.
        customer: Id,
        /// The time of the order; where only the day is known, noon of it in the shop's time zone.
        at: DateTime<Utc>,
        /// The amount before refunds, without the lines that are told one by one: 0 or more, 0 where lines bring all.
        #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
        amount: Decimal,
    },
    /// The order is paid for.
    Paid {
        /// The time from which on it is so.
        at: DateTime<Utc>,
    },
    /// The order is not paid for: not yet, or not any more.
    Unpaid {
        /// The time from which on it is so.
        at: DateTime<Utc>,
    },
    /// The order is called off.
    Cancelled {
        /// The time from which on it is so.
        at: DateTime<Utc>,
    },
    /// The amount before refunds is another one now, all lines up to this instant included.
    AmountChanged {
        /// The time from which on it is so.
        at: DateTime<Utc>,
        /// The new amount, 0 or more.
        #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
        amount: Decimal,
    },
    /// A line raises the amount, or lowers it, as a discount does.
    LineAdded {
        /// The line's own id within the order.
        line: OrderId,
        /// The time at which it was added; one up to the instant of an [`AmountChanged`](Self::AmountChanged) is part
        /// of that amount already.
        at: DateTime<Utc>,
        /// The amount, of either sign.
        #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
        amount: Decimal,
    },
    /// A refund of a part of the order, or of all of it.
    Refunded {
        /// The refund's own id within the order.
        refund: OrderId,
        /// The time of the refund; one up to the instant of a [`RefundedInAll`](Self::RefundedInAll) is part of that
        /// sum already.
        at: DateTime<Utc>,
        /// The amount, 0 or more.
        #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
        amount: Decimal,
    },
    /// The sum given back of the order up to this instant: for exports that have a column of it.
    RefundedInAll {
        /// The instant up to which refunds are included.
        at: DateTime<Utc>,
        /// The sum, 0 or more.
        #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
        amount: Decimal,
    },
    /// All of the order is given back, whatever its amount; until a later [`RefundedInAll`](Self::RefundedInAll).
    FullyRefunded {
        /// The time from which on it is so.
        at: DateTime<Utc>,
    },
    /// A credit that names no order ([`Credit`](crate::record::Credit)); the id beside it is the credit's own.
    ///
    /// Ids of credits and of orders do not get in each other's way.
    Credited {
        /// The customer who got it, by any of the customer's ids.
        customer: Id,
        /// The time of the credit.
        at: DateTime<Utc>,
        /// The amount, above 0.
        #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
        amount: Decimal,
    },
}

impl<OrderId, Id> OrderEvent<OrderId, Id> {
    /// The time of the event.
    pub const fn at(&self) -> DateTime<Utc> {
        match *self {
            Self::Placed { at, .. }
            | Self::Paid { at }
            | Self::Unpaid { at }
            | Self::Cancelled { at }
            | Self::AmountChanged { at, .. }
            | Self::LineAdded { at, .. }
            | Self::Refunded { at, .. }
            | Self::RefundedInAll { at, .. }
            | Self::FullyRefunded { at }
            | Self::Credited { at, .. } => at,
        }
    }

    pub(super) const fn is_credit(&self) -> bool {
        matches!(self, Self::Credited { .. })
    }

    /// The event, without the sign of a zero; refuses an amount that no order can have, whatever else is known of it.
    pub(super) fn checked(mut self) -> Result<Self> {
        let (field, expected, amount) = match &mut self {
            Self::Paid { .. } | Self::Unpaid { .. } | Self::Cancelled { .. } | Self::FullyRefunded { .. } => {
                return Ok(self);
            }
            Self::Credited { amount, .. } => ("amount of a credit", "above 0", amount),
            Self::Placed { amount, .. } | Self::AmountChanged { amount, .. } => ("amount", "0 or more", amount),
            Self::Refunded { amount, .. } | Self::RefundedInAll { amount, .. } => ("refunded", "0 or more", amount),
            Self::LineAdded { amount, .. } => ("amount of a line", "a number", amount),
        };
        if amount.is_zero() {
            amount.set_sign_positive(true);
        }
        let found = *amount;
        let is_possible = match self {
            Self::Credited { .. } => found > Decimal::ZERO,
            Self::LineAdded { .. } => true,
            _ => found >= Decimal::ZERO,
        };
        if is_possible { Ok(self) } else { Err(Error::Amount { field, found, expected }) }
    }
}
