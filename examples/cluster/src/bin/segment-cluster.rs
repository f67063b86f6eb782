//! The segment program on a cluster, or in this process alone.

use std::process::ExitCode;

use clap::Parser;
use repurchase_cluster::arguments::Arguments;
use repurchase_cluster::{exit_code, job};

#[tokio::main]
async fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("off")).init();
    exit_code(job::run(&Arguments::parse()).await)
}
