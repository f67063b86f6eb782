//! The input of models, for fits and for questions: customers as numbers.

mod counted;
pub(in crate::predict) mod grouped;
pub(in crate::predict) mod grouping;
mod lazy;
pub(in crate::predict) mod numbering;
pub(in crate::predict) mod opportunity;
mod opportunity_samples;
pub(in crate::predict) mod range;
pub(in crate::predict) mod renewal;
pub(in crate::predict) mod rhythms;
pub(in crate::predict) mod sample;
mod samples;
pub(in crate::predict) mod spends;
pub(in crate::predict) mod unit;

pub use opportunity::OpportunitySample;
pub use opportunity_samples::{OpportunitySamples, opportunity_samples};
pub use renewal::RenewalCohort;
pub use sample::Sample;
pub use samples::Samples;
pub use unit::TimeUnit;
