//! Points: earned by tier, spent before they expire, owed by the shop until then.
//!
//! | question | answer |
//! |---|---|
//! | how many points does an order earn, and for how long? | [`PointsProgram`], [`Expiry`] |
//! | what happened to a customer's points? | [`PointsEvent`], [`PointsChange`] |
//! | how many are there now, and when do they expire? | [`PointsAccount`] |
//! | what do all points outstanding amount to, by the month in which they expire? | [`Liability::of`] |
//!
//! An account is the fold of its events and nothing else: the same events give the same account, in whatever order they
//! are handed over. Points are whole; fractions of a point are carried, never rounded away.

mod account;
mod book;
mod event;
mod liability;
mod program;

pub use account::{Lot, PointsAccount};
pub use event::{PointsChange, PointsEvent};
pub use liability::{Liability, LiabilityMonth};
pub use program::{Expiry, PointsProgram};
