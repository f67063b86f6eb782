//! The room `predict`, through the public API.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::test_runner::{Config, RngSeed};

mod backtest;
mod bdw;
mod beta_geometric;
mod bg_bb;
mod bg_bb_edges;
mod chance;
mod choose;
mod coverage;
mod customer_forecast;
mod extremes;
mod fits;
mod gamma_gamma;
mod identification;
mod laws;
mod mergeable;
mod opportunity;
mod outlook;
mod pareto_nbd;
#[cfg(feature = "rayon")]
#[path = "../common/pools.rs"]
mod pools;
mod sbg;
mod shops;
mod small;
mod spend_samples;
mod tables;
mod threads;
mod value;
mod value_laws;

/// The same random cases in every run.
fn fixed_seed(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() }
}
