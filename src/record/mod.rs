//! Facts that a shop already has, and the calendar by which it counts them.
//!
//! | question | type |
//! |---|---|
//! | what did a customer order, what was given back? | [`Order`], [`Credit`], [`Record`] |
//! | orders as webhooks and exports tell them: in any order, twice, changed and refunded later? | [`OrderBook`] |
//! | which credits give a whole order back? | [`match_credits`] |
//! | by which channel, store or coupon was each order? | [`Keyed`] |
//! | orders as columns, from a database or a data frame? | [`RecordColumns`] |
//! | which product was ordered, and how much of it? | [`OrderLine`] |
//! | what did a customer look at, search, favourite, put into the cart? | [`Interaction`], [`InteractionKind`] |
//! | who brought whom to the shop? | [`Referral`] |
//! | on which day of the shop did it happen? | [`ShopCalendar`] |
//! | how long is it between two days, in words? | [`CalendarSpan`] |
//! | which days are counted? | [`Window`], [`Windows`], [`Period`] |

mod book;
pub(crate) mod calendar;
mod columns;
mod interaction;
mod keyed;
mod line;
mod matches;
mod order;
mod referral;
mod span;
pub(crate) mod when;
mod window;

pub use book::{OrderBook, OrderEvent};
pub use calendar::ShopCalendar;
pub use columns::RecordColumns;
pub use interaction::{Interaction, InteractionKind};
pub use keyed::Keyed;
pub(crate) use keyed::has_key;
pub use line::{OrderLine, ProductId};
pub use matches::{CreditMatches, match_credits};
pub use order::{Credit, CustomerId, Order, OrderStatus, Record};
pub use referral::Referral;
pub use span::CalendarSpan;
pub use window::{Period, Window, Windows};
