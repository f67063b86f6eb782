//! A Ballista executor that knows the library's functions.

use std::process::ExitCode;

use clap::Parser;
use repurchase_cluster::arguments::ExecutorArguments;
use repurchase_cluster::{engine, print_error};

#[tokio::main]
async fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    match engine::executor(&ExecutorArguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(error.as_ref());
            ExitCode::FAILURE
        }
    }
}
