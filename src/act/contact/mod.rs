//! Contacts: who may be written to, when, how often, and what follows a sale.
//!
//! | question | answer |
//! |---|---|
//! | by which way is a customer reached? | [`Channel`] |
//! | how often, at what hours, how many a day? | [`ContactRules`]: [`Cap`], [`QuietHours`], daily budgets |
//! | which of these messages may go out, and when may the others? | [`ContactRules::plan`] |
//! | what does a customer hear after a purchase? | [`AfterSalePlan::wishes`] |
//!
//! A plan sends nothing. It is a pure function of the [`Touch`]es that were made and the [`Wish`]es for more; the order
//! of either changes nothing.

mod after_sale;
mod channel;
mod clock;
mod decision;
mod plan;
mod rules;

pub use after_sale::{AfterSalePlan, AfterSaleTouch};
pub use channel::Channel;
pub use decision::{Decision, Suppression, Touch, Verdict, Wish};
pub use rules::{Cap, ContactRules, QuietHours};
