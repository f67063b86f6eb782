//! Actions of the shop.
//!
//! | question | function |
//! |---|---|
//! | who is meant, in a rule that is data? | [`audience::Rule`], [`audience::Audience`] |
//! | which audiences do shops ask for most? | [`audience::ready`] |
//! | may this message be sent now, and if not, when? | [`contact::ContactRules::plan`] |
//! | when to write after a sale? | [`contact::AfterSalePlan::wishes`] |
//! | who is held back, and how many contacts does an A/B test need? | [`campaign::Assignment::group`], [`campaign::SamplePlan::needed`] |
//! | what became of a campaign: CTR, conversion, ROI? | [`campaign::Funnel`] |
//! | did it do more than chance does? | [`campaign::Comparison`] |
//! | how many points has a member? | [`points::PointsAccount::replay`] |
//! | what does the shop owe in points? | [`points::Liability::of`] |
//! | does a coupon pay? | [`economics::Coupon`] |
//! | what is keeping a customer worth? | [`economics::RetentionCosts`], [`economics::ConstantLoss`] |
//!
//! Everything here decides and explains; sending anything to anybody is the caller's.

pub mod audience;
pub mod campaign;
pub mod contact;
pub mod economics;
pub mod points;
