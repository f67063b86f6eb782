//! Points: earned by tier, spent before they expire, owed by the shop until then.
//!
//! | question | function |
//! |---|---|
//! | how many points does an order earn (积分), and for how long? | [`PointsProgram`], [`Expiry::expires`] |
//! | how many points has a customer now? | [`PointsAccount::replay`], [`PointsAccount::balance`] |
//! | when do they expire? | [`PointsAccount::lots`], [`PointsAccount::expiring_before`] |
//! | what do all points outstanding amount to, by the month in which they expire? | [`Liability::of`] |
//!
//! An account is the fold of its [`PointsEvent`]s and nothing else: the same events give the same account, in whatever order they
//! are handed over. Points are whole; fractions of a point are carried, never rounded away.

mod account;
mod book;
mod event;
mod liability;
mod program;

pub use account::{Lot, PointsAccount};
pub use event::PointsEvent;
pub use liability::{Liability, LiabilityMonth};
pub use program::{Expiry, PointsProgram};
