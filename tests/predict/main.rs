//! The room `predict`, through the public API.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod backtest;
mod bdw;
mod beta_geometric;
mod bg_bb;
mod bg_bb_edges;
mod chance;
mod choose;
mod cnbd;
#[path = "../common/mod.rs"]
mod common;
mod coverage;
mod customer_forecast;
mod due_trial;
mod extremes;
mod fits;
mod gamma_gamma;
mod identification;
mod laws;
#[cfg(feature = "serde")]
mod limits;
mod mergeable;
mod next_category;
mod next_due;
mod opportunity;
mod outlook;
mod pareto_nbd;
mod range;
mod revival;
mod rolling;
mod sbg;
mod shops;
mod small;
mod spend_samples;
mod tables;
mod threads;
mod value;
mod value_laws;
mod visitors;

use common::fixed_seed;
