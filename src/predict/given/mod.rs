//! What a model is fitted to, and asked about: customers as numbers.

mod gather;
pub(in crate::predict) mod grouping;
pub(in crate::predict) mod opportunity;
pub(in crate::predict) mod places;
mod purchase_spans;
pub(in crate::predict) mod renewal;
mod sample;
pub(in crate::predict) mod samples;
pub(in crate::predict) mod spend_sample;

pub use opportunity::{OpportunitySample, OpportunitySamples, opportunity_samples};
pub use purchase_spans::{PurchaseSpan, PurchaseSpans};
pub use renewal::RenewalCohort;
pub use sample::Sample;
pub use samples::Samples;
pub use spend_sample::{SpendSample, SpendSamples};
