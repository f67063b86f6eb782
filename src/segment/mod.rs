//! Labels on a customer: each says who is meant, what decided, and what the shop can do with it.
//!
//! | question | function |
//! |---|---|
//! | how recent, frequent and valuable, against our own customers? | [`RfmModel::score`], [`RfmModel::score_all`] |
//! | one number for the three? | [`CompositeWeights::value`] |
//! | which of the eight classes (八类)? | [`OctantModel::octant`] |
//! | which named segment: champion, at risk, new? | [`Grid::segment`] |
//! | which days, counts and amounts make a segment, a tier, a band, for a database? | [`Grid::regions`], [`TierModel::range`], [`FrequencyBands::range`] |
//! | which segments can nobody be in? | [`Grid::unreachable`] |
//! | how often does a repeat customer come? | [`FrequencyBands::band`] |
//! | is a one-time customer still warm? | [`NewCustomerBands::state`] |
//! | both in one? | [`Lifecycle::stage`] |
//! | when is the next purchase due, how many were missed, is the customer leaving? | [`MissedCycles::standing`] |
//! | which membership tier? | [`TierModel::tier`] |
//! | which price band? | [`SpendBands::position`] |
//! | what does each label amount to? | [`summarize`] |
//! | who changed label since last month? | [`Migration::between`] |
//! | which kinds of labels are there, and which labels has each? | [`LabelKind`] |
//!
//! What needs the whole shop is fitted once, stored (feature `serde`) and applied to one customer in a few nanoseconds.
//! `fit` takes a ledger; `fit_tally` takes counts, such as an [`RfmTally`], which [merge](RfmTally::merge). Both give the
//! same model.
//!
//! Every label has a [`Label`](crate::scale::Label) with an English and a Chinese name and an `explain` with the value and
//! the thresholds around it; one that is an interval of a single value has a `range`.

mod churn;
mod frequency;
mod grid;
mod kind;
mod lifecycle;
mod migration;
mod newcomer;
mod octant;
mod rfm;
mod spend;
mod summary;
mod tier;

pub use churn::{ChurnRisk, CycleStanding, MissedCycles};
pub use frequency::{FrequencyBand, FrequencyBands};
pub use grid::{Grid, GridBuilder, GridReport};
pub use kind::LabelKind;
pub use lifecycle::{Lifecycle, LifecycleStage};
pub use migration::Migration;
pub use newcomer::{NewCustomerBands, NewCustomerState};
pub use octant::{Octant, OctantModel, OctantSplit};
pub use rfm::{
    BinRule, CompositeWeights, FrequencyMeasure, MonetaryMeasure, RfmModel, RfmOptions, RfmRegion, RfmScore, RfmTally,
};
pub use spend::SpendBands;
pub(crate) use summary::summaries;
pub use summary::{LabelSummary, summarize};
pub use tier::{TierModel, TierScheme};

pub(crate) use summary::Sums;
