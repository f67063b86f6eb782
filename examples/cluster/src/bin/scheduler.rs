//! A Ballista scheduler that knows the library's functions.

use std::process::ExitCode;

use clap::Parser;
use repurchase_cluster::arguments::SchedulerArguments;
use repurchase_cluster::{engine, exit_code};

#[tokio::main]
async fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    exit_code(engine::scheduler(&SchedulerArguments::parse()).await)
}
