//! Points: earned by tier, spent before they expire, owed by the shop until then.
//!
//! | question | function |
//! |---|---|
//! | how many points does an order earn (积分), and for how long? | [`PointsProgram`], [`Expiry::expires`] |
//! | how many points has a customer now? | [`PointsAccount::replay`], [`PointsAccount::balance`] |
//! | when do they expire? | [`PointsAccount::lots`], [`PointsAccount::expiring_before`] |
//! | what do all points outstanding amount to, by the month in which they expire? | [`Liability::of`] |
//!
//! The same [`PointsEvent`]s give the same account, in any order. Points are whole; fractions are carried, never rounded.

mod account;
mod book;
mod event;
mod liability;
mod program;

pub use account::{Lot, PointsAccount};
pub use event::PointsEvent;
pub use liability::{Liability, LiabilityMonth};
pub use program::{Expiry, PointsProgram};
