//! What the shop does about it.
//!
//! | question | function |
//! |---|---|
//! | who is meant, in a rule that is data? | [`audience::Rule`], [`audience::Audience`] |
//! | which audiences do shops ask for most? | [`audience::ready`] |
//! | which label calls for what? | [`playbook::Playbook`] |
//! | may this message be sent now, and if not, when? | [`contact::ContactRules::plan`] |
//! | when to write after a sale? | [`contact::AfterSalePlan`] |
//! | did the campaign do more than chance does? | [`campaign::RateComparison`], [`campaign::MoneyComparison`] |
//! | how many contacts does a test need; who is held back? | [`campaign::SamplePlan`], [`campaign::Assignment`] |
//! | how many points has a member, and what does the shop owe? | [`points::PointsAccount`], [`points::Liability`] |
//! | does a coupon pay; what is keeping a customer worth? | [`economics`] |
//!
//! Everything here decides and explains; sending anything to anybody is the caller's.

pub mod audience;
pub mod campaign;
pub mod contact;
pub mod economics;
pub mod playbook;
pub mod points;

pub use audience::{Audience, Profile, Rule};
