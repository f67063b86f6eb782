//! Campaigns: who is held back, what became of each arm, and whether the campaign did it.
//!
//! | question | function |
//! |---|---|
//! | whom to address, whom to hold back (hold-out, 对照组)? | [`Assignment::group`] |
//! | how many contacts does an A/B test need? | [`SamplePlan::needed`], by shares or by money; were there enough: [`SamplePlan::check`] |
//! | what became of an arm: CTR, conversion, cost per order, ROI? | [`Funnel`]; as a table: [`FunnelMeasure`] |
//! | what did both groups buy in the weeks that followed, by the shop's orders? | [`Outcome::of`] |
//! | ... from the log, the assignment and the window at once? | [`Outcome::of_log`] |
//! | which segment responded, segment by segment, with intervals that hold together? | [`outcomes_by`], [`SegmentEffects`] |
//! | whom to treat first next time, how many, and what is it worth (Qini)? | [`TargetCurve`] |
//! | what did several campaigns of one kind do, and what will the next one? | [`PooledEffect`] |
//! | per stage, before, during and after? | [`Arm`], [`Stage`] |
//! | did more convert than in the control arm, how sure is it (lift)? | [`Comparison::of_rates`], [`Arm::against`] |
//! | did customers bring more? | [`Comparison::of_money`]; where a few bring most: [`Comparison::of_amounts`] |
//! | several comparisons in a terminal, or as rows for a data frame? | [`comparison_table`], [`Comparison::row`] |
//! | the arms differed before? | [`Comparison::of_changes`], [`Arm::change_against`] |
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
mod outcome;
mod pooled;
mod rates;
mod rows;
mod sample_size;
mod segments;
mod split_mix;
mod target;
mod verdict;

pub use crate::scale::money_sample::MoneySample;
pub use arm::{Arm, Stage};
pub use assignment::{Assignment, Group};
pub use bootstrap::BootstrapOptions;
pub use comparison::Comparison;
pub use funnel::Funnel;
pub use measure::FunnelMeasure;
pub use pooled::PooledEffect;
pub use rows::{ComparisonRow, SegmentEffectRow, TargetRow, comparison_table};
pub use sample_size::{SamplePlan, SampleSizes};
pub use segments::{EffectMeasure, SegmentEffect, SegmentEffects, outcomes_by};
pub use target::{TargetCurve, TargetPoint, TargetValue};
pub use verdict::Verdict;

pub use outcome::Outcome;
