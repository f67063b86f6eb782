//! RFM: how recently, how often and for how much a customer bought, each scored against the shop's own customers.
//!
//! # References
//!
//! A. M. Hughes (1994), Strategic Database Marketing, Probus. J. R. Bult and T. Wansbeek (1995), "Optimal selection for
//! direct mail", Marketing Science 14(4), 378-394, doi 10.1287/mksc.14.4.378.

mod bulk;
mod columns;
mod explain;
mod integers;
mod measure;
mod model;
mod options;
mod region;
pub(super) mod score;
#[cfg(feature = "serde")]
mod stored;
mod tally;
mod weights;

pub use measure::{FrequencyMeasure, MonetaryMeasure};
pub use model::RfmModel;
pub use options::{BinRule, RfmOptions};
pub use region::RfmRegion;
pub use score::RfmScore;
pub use tally::RfmTally;
pub use weights::CompositeWeights;
