//! Measuring sticks: what a number is compared with.
//!
//! | question | type |
//! |---|---|
//! | how many of how many? | [`Ratio`] |
//! | in which quantile of the shop's own customers does a value lie? | [`CutPoints`] (fitted) |
//! | the same of counts that were made apart: by machine, by day? | [`Tally`], [`MoneyTally`] |
//! | between which given thresholds does a value lie? | [`Bands`] (given) |
//! | either of the two? | [`Binning`] |
//! | what is the mark on the stick called? | [`Label`], [`Language`] |

pub mod bands;
pub mod binning;
pub mod cuts;
pub(crate) mod edges;
pub mod label;
pub(crate) mod money;
pub mod money_tally;
pub(crate) mod range;
pub(crate) mod ranks;
pub mod ratio;
pub(crate) mod runs;
pub mod tally;

pub use bands::Bands;
pub use binning::Binning;
pub use cuts::CutPoints;
pub use label::{Label, Language};
pub use money_tally::MoneyTally;
pub use ratio::{Interval, Ratio};
pub use tally::Tally;
