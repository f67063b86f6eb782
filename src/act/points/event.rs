//! Events of a customer's points.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// An event of one customer's points on one day of the shop. `K` is what the shop calls its orders: a number, a text.
///
/// Events take effect in the order of their days, and within a day, after points that expire on it, in the order of this
/// list: what was earned on a day can be spent on it, what was returned on it cannot. Events of one kind go by their
/// order's key, then by the amount.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum PointsEvent<K> {
    /// An order earns points: its amount times the rate of the tier.
    Earn {
        /// The shop's day.
        day: NaiveDate,
        /// The order; it earns once.
        order: K,
        /// The amount of the order, 0 or more.
        #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
        amount: Decimal,
        /// The customer's tier at that time, counted from 0, the lowest.
        tier: usize,
    },
    /// The shop gives points: a welcome, a kindness, points given back for a redemption that was undone.
    Grant {
        /// The shop's day.
        day: NaiveDate,
        /// The number of points.
        points: u64,
    },
    /// An order, or a part of it, is refunded, and what it earned is taken back.
    Return {
        /// The shop's day.
        day: NaiveDate,
        /// The order, which has earned before or on the same day.
        order: K,
        /// The part of the order's amount that is refunded: 0 or more, and not more than is left of it.
        #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
        amount: Decimal,
    },
    /// The customer spends points.
    Redeem {
        /// The shop's day.
        day: NaiveDate,
        /// The number of points; no more than the balance.
        points: u64,
    },
}

impl<K> PointsEvent<K> {
    /// The shop's day.
    pub fn day(&self) -> NaiveDate {
        self.turn().0
    }

    /// The key by which two events of a day are ordered.
    pub(super) fn turn(&self) -> (NaiveDate, u8, Option<&K>, Decimal, u64) {
        match self {
            Self::Earn { day, order, amount, tier } => (*day, 0, Some(order), *amount, *tier as u64),
            Self::Grant { day, points } => (*day, 1, None, Decimal::ZERO, *points),
            Self::Return { day, order, amount } => (*day, 2, Some(order), *amount, 0),
            Self::Redeem { day, points } => (*day, 3, None, Decimal::ZERO, *points),
        }
    }
}
