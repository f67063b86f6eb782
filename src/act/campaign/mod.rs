//! Campaigns: who is held back, what became of each arm, and whether the campaign did it.
//!
//! | question | function |
//! |---|---|
//! | whom to address, whom to hold back (hold-out, 对照组)? | [`Assignment::group`] |
//! | how many contacts does an A/B test need? | [`SamplePlan::needed`]; were there enough: [`SamplePlan::check`] |
//! | what became of an arm: CTR, conversion, cost per order, ROI? | [`Funnel`]; as a table: [`FunnelMeasure`] |
//! | per stage, before, during and after? | [`Arm`], [`Stage`] |
//! | did more convert than in the control arm, how sure is it (lift)? | [`Comparison::of_rates`], [`Arm::against`] |
//! | did customers bring more? | [`Comparison::of_money`]; where a few bring most: [`Comparison::of_amounts`] |
//! | the arms differed before? | [`Comparison::of_changes`], [`Arm::change_against`] |
//!
//! ```
//! use repurchase::Ratio;
//! use repurchase::act::campaign::{Assignment, Comparison, Funnel, Group, SamplePlan, Verdict};
//! use repurchase::scale::Confidence;
//!
//! // Before: how many, and who?
//! let plan = SamplePlan::new(0.10, 0.5)?;
//! let assignment = Assignment::new("spring sale", Ratio::new(1, 2)?)?;
//! let control = (0..2_000_u32).filter(|id| assignment.group(id) == Group::Control).count() as u64;
//! let treated = 2_000 - control;
//! assert_eq!(plan.check(treated, control)?, None);
//!
//! // After: what became of them?
//! let rate = |shown, converted| Funnel::new(shown).with_converted(converted).map(|funnel| funnel.conversion_rate());
//! let (treated, control) = (rate(treated, 150)?, rate(control, 98)?);
//! let (treated, control) = (treated.expect("shown to some"), control.expect("held back from some"));
//! assert_eq!(Comparison::of_rates(treated, control, Confidence::default()).verdict(), Verdict::Better);
//! # Ok::<(), repurchase::Error>(())
//! ```
//!
//! Counts and money are exact; intervals, lifts and powers are estimates, in `f64`, the same on every platform to the
//! last bit. A number that is undefined is `None`.

mod arm;
mod assignment;
mod bootstrap;
mod comparison;
mod funnel;
mod measure;
mod money;
mod money_sample;
mod rates;
mod sample_size;
mod split_mix;
mod verdict;

pub use arm::{Arm, Stage};
pub use assignment::{Assignment, Group};
pub use bootstrap::BootstrapOptions;
pub use comparison::Comparison;
pub use funnel::Funnel;
pub use measure::FunnelMeasure;
pub use money_sample::MoneySample;
pub use sample_size::{SamplePlan, SampleSizes};
pub use verdict::Verdict;
