//! The segment program on a cluster, or in this process alone.

use std::process::ExitCode;

use clap::Parser;
use repurchase_cluster::arguments::Arguments;
use repurchase_cluster::{job, print_error};

#[tokio::main]
async fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("off")).init();
    match job::run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(error.as_ref());
            ExitCode::FAILURE
        }
    }
}
