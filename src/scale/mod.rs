//! Measuring sticks: what a number is compared with.
//!
//! | question | type |
//! |---|---|
//! | how many of how many? | [`Ratio`] |
//! | in which quantile of the shop's own customers does a value lie? | [`CutPoints`] (fitted) |
//! | between which given thresholds does a value lie? | [`Bands`] (given) |
//! | either of the two? | [`Binning`] |
//! | what is the mark on the stick called? | [`Label`], [`Language`] |

pub mod bands;
pub mod binning;
pub mod cuts;
pub(crate) mod edges;
pub mod label;
pub(crate) mod money;
pub(crate) mod range;
pub mod ratio;

pub use bands::Bands;
pub use binning::Binning;
pub use cuts::CutPoints;
pub use label::{Label, Language};
pub use ratio::{Interval, Ratio};
