//! Contacts: who may be written to, when, how often, and what follows a sale.
//!
//! | question | function |
//! |---|---|
//! | which of these messages may go out, and when may the others? | [`ContactRules::plan`] |
//! | when does each of them go out, what is postponed included? | [`ContactRules::schedule`] |
//! | how often may a customer be contacted (frequency cap, 触达频次)? | [`Cap`], [`ContactRules::with_cap`] |
//! | at what hours not (quiet hours, 免打扰)? | [`QuietHours`], [`ContactRules::with_quiet_hours`] |
//! | how many messages a day may a channel send? | [`ContactRules::with_daily_budget`] |
//! | what does a customer hear after a purchase? | [`AfterSalePlan::wishes`] |
//! | by which way is a customer reached? | [`Channel`] |
//!
//! A plan sends nothing. It is a pure function of the [`Touch`]es that were made and the [`Wish`]es for more; the order
//! of either changes nothing.

mod after_sale;
mod cap;
mod channel;
mod clock;
mod decision;
mod plan;
mod quiet_hours;
mod rules;

pub use after_sale::{AfterSalePlan, AfterSaleTouch};
pub use cap::Cap;
pub use channel::Channel;
pub use decision::{Decision, Suppression, Touch, Wish};
pub use quiet_hours::QuietHours;
pub use rules::ContactRules;
