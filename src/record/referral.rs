//! Referrals of one customer by another.

use chrono::NaiveDate;

/// A customer who brought somebody to the shop, such as by a code, a link or a name given at the till.
///
/// Every combination is one; what counts is said where it is [counted](crate::measure::Referrals).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Referral<Id> {
    /// The customer who brought the other.
    pub referrer: Id,
    /// The customer who was brought.
    pub referred: Id,
    /// The day on which the referred came.
    pub day: NaiveDate,
}
