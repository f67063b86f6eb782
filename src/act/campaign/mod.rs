//! Campaigns: who is held back, what became of each arm, and whether the campaign did it.
//!
//! | question | function |
//! |---|---|
//! | whom to address, whom to hold back (对照组)? | [`Assignment::group`] |
//! | how many contacts before an effect can show? | [`SamplePlan::needed`]; were there enough: [`SamplePlan::check`] |
//! | what became of an arm: CTR, conversion, cost per order, ROI? | [`Funnel`], [`FunnelMeasure`] |
//! | per stage, before, during and after? | [`Arm`], [`Stage`] |
//! | did more convert than in the control arm, how sure is it? | [`RateComparison`] |
//! | did customers bring more? | [`MoneyComparison`]; where a few bring most: [`MoneyBootstrap`] |
//! | the arms differed before? | [`DifferenceInDifferences`] |
//!
//! ```
//! use repurchase::act::campaign::{Assignment, Funnel, FunnelFigures, Group, RateComparison, SamplePlan, Verdict};
//! use repurchase::Ratio;
//!
//! // Before: how many, and who?
//! let plan = SamplePlan::new(0.10, 0.5)?;
//! let lot = Assignment::new("spring sale", Ratio::new(1, 2)?)?;
//! let customers = 0..2_000_u32;
//! let control = customers.clone().filter(|id| lot.group(id) == Group::Control).count() as u64;
//! let treated = 2_000 - control;
//! assert_eq!(plan.check(treated, control)?, None);
//!
//! // After: what became of them?
//! let funnel = |shown, converted| Funnel::new(FunnelFigures { shown, converted, ..FunnelFigures::default() });
//! let rate = |funnel: Funnel| funnel.conversion_rate().expect("somebody was shown it");
//! let comparison = RateComparison::new(rate(funnel(treated, 150)?), rate(funnel(control, 98)?));
//! assert_eq!(comparison.verdict(), Verdict::Better);
//! # Ok::<(), repurchase::Error>(())
//! ```
//!
//! Counts and money are exact; intervals, lifts and powers are estimates, in `f64`, the same on every platform to the
//! last bit. A number that is undefined is `None`.

mod arm;
mod assignment;
mod bootstrap;
mod chance;
mod funnel;
mod measure;
mod money;
mod money_sample;
mod rates;
mod sample_size;
mod verdict;

pub use arm::{Arm, Stage};
pub use assignment::{Assignment, Group};
pub use bootstrap::{BootstrapOptions, MoneyBootstrap};
pub use funnel::{Funnel, FunnelFigures};
pub use measure::{FunnelMeasure, FunnelRate};
pub use money::MoneyComparison;
pub use money_sample::MoneySample;
pub use rates::{DifferenceInDifferences, RateComparison};
pub use sample_size::{SamplePlan, SampleSizes, SampleWarning};
pub use verdict::Verdict;
