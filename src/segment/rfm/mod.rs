//! RFM: how recently, how often and for how much a customer bought, each scored against the shop's own customers.
//!
//! ```text
//! Ledger ──► RfmTable ──► RfmModel::fit ──► score (one customer), score_all
//!            R, F, M      cut points
//! ```
//!
//! Customers who are never together in one ledger, of many machines or of many days, are counted in an [`RfmTally`] each,
//! which [merge](RfmTally::merge): [`RfmModel::fit_tally`] makes the same model of them.
//!
//! # References
//!
//! A. M. Hughes (1994), Strategic Database Marketing, Probus. J. R. Bult and T. Wansbeek (1995), "Optimal selection for
//! direct mail", Marketing Science 14(4), 378-394, doi 10.1287/mksc.14.4.378.

mod bulk;
mod explain;
mod model;
mod money;
mod region;
pub(super) mod score;
#[cfg(feature = "serde")]
mod stored;
mod table;
mod tally;

pub use model::{BinRule, RfmModel, RfmOptions};
pub use region::RfmRegion;
pub use score::{CompositeWeights, RfmScore};
pub use table::{FrequencyMeasure, MonetaryMeasure, RfmMeasures, RfmTable, RfmValues};
pub use tally::RfmTally;
