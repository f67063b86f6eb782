//! Measuring sticks: what a number is compared with.
//!
//! | question | type |
//! |---|---|
//! | how many of how many? | [`Ratio`] |
//! | in which quantile of the shop's own customers does a value lie? | [`CutPoints`] (fitted) |
//! | the same of counts that were made apart: by machine, by day? | [`Tally`], [`MoneyTally`] |
//! | between which given thresholds does a value lie? | [`Bands`] (given) |
//! | either of the two? | [`Bins`] |
//! | what are a label and a language? | [`Label`], [`Language`] |

mod bands;
mod bins;
mod confidence;
pub(crate) mod cuts;
pub(crate) mod edges;
mod interval;
pub(crate) mod label;
pub(crate) mod money_sample;
mod money_tally;
pub(crate) mod range;
pub(crate) mod ranks;
mod ratio;
pub(crate) mod table;
mod tally;
pub(crate) mod words;

pub use bands::Bands;
pub use bins::Bins;
pub use confidence::Confidence;
pub use cuts::CutPoints;
pub use interval::Interval;
pub use label::{Label, Language};
pub use money_tally::MoneyTally;
pub use ratio::Ratio;
pub use tally::Tally;
