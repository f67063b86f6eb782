//! Who brought whom to the shop.

use chrono::NaiveDate;

/// A customer who brought somebody to the shop, such as by a code, a link or a name given at the till.
///
/// Every combination is one; what counts is said where it is [counted](crate::measure::Referrals).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Referral<Id> {
    /// Who brought.
    pub referrer: Id,
    /// Who came.
    pub referred: Id,
    /// The day on which the referred came.
    pub day: NaiveDate,
}
