//! What happens to a customer's points.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// What happened to one customer's points on one day. `K` is what the shop calls its orders: a number, a text.
///
/// Events are ordered by day; those of one day, as [`PointsChange`] says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PointsEvent<K> {
    /// The shop's day.
    pub day: NaiveDate,
    /// What happened.
    pub change: PointsChange<K>,
}

impl<K> PointsEvent<K> {
    /// An event.
    pub const fn new(day: NaiveDate, change: PointsChange<K>) -> Self {
        Self { day, change }
    }
}

/// A change of an account.
///
/// Within a day, points that expire on it go first; then changes take effect in the order of this list, whatever their
/// order in the input: what was earned on a day can be spent on it, and what was returned on it cannot. Changes of one
/// kind go by their order's key, then by the amount.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum PointsChange<K> {
    /// An order earns points: its amount times the rate of the tier.
    Earn {
        /// The order; it earns once.
        order: K,
        /// Its amount, 0 or more.
        #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
        amount: Decimal,
        /// The customer's tier at that time, counted from 0, the lowest.
        tier: usize,
    },
    /// The shop gives points: a welcome, a kindness, points given back for a redemption that was undone.
    Grant {
        /// How many.
        points: u64,
    },
    /// An order, or a part of it, is refunded, and what it earned is taken back.
    Return {
        /// The order, which has earned before or on the same day.
        order: K,
        /// What is refunded of its amount: 0 or more, and not more than is left of it.
        #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
        amount: Decimal,
    },
    /// The customer spends points.
    Redeem {
        /// How many; no more than the balance.
        points: u64,
    },
}
