//! A Ballista scheduler that knows the library's functions.

use std::process::ExitCode;

use clap::Parser;
use repurchase_cluster::arguments::SchedulerArguments;
use repurchase_cluster::{engine, print_error};

#[tokio::main]
async fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    match engine::scheduler(&SchedulerArguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(error.as_ref());
            ExitCode::FAILURE
        }
    }
}
