//! Sessions that know the library's functions: in this process, and on a cluster's client, scheduler and executors.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use ballista::prelude::SessionContextExt;
use ballista_core::extension::{
    SessionConfigExt, ballista_aggregate_functions, ballista_scalar_functions, ballista_window_functions,
};
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use crate::arguments::{ExecutorArguments, SchedulerArguments};
use crate::functions;

const DEFAULT_PORT: u16 = 50_050;

/// A session, in this process or on the cluster of a scheduler such as `df://host:50050`.
///
/// # Errors
///
/// A URL that names no host, a scheduler that does not answer.
pub async fn session(scheduler: Option<&str>, partitions: Option<usize>) -> Result<SessionContext, Box<dyn Error>> {
    let cores = available_parallelism().map_or(1, |cores| cores.get());
    let mut config = base_config().with_ballista_standalone_parallelism(cores);
    if let Some(partitions) = partitions {
        // A small file, too, is cut into this number of parts.
        config =
            config.with_target_partitions(partitions).set_usize("datafusion.optimizer.repartition_file_min_size", 1);
    }
    let state = with_functions(config);
    let context = match scheduler {
        None => SessionContext::standalone_with_state(state).await?,
        Some(url) => {
            reach(url).await?;
            SessionContext::remote_with_state(url, state).await?
        }
    };
    // Ballista has put its own functions in place of all.
    for function in functions::scalars() {
        context.register_udf(function.as_ref().clone());
    }
    for function in functions::aggregates() {
        context.register_udaf(function.as_ref().clone());
    }
    Ok(context)
}

/// Alone, the client would wait for a scheduler that is not there, and not say for what.
async fn reach(scheduler: &str) -> Result<(), Box<dyn Error>> {
    let remedy = "start one with `cargo run --bin scheduler`, or leave --scheduler out to run in this process";
    let url = Url::parse(scheduler).ok().filter(|url| url.has_host());
    let Some((url, host)) = url.as_ref().and_then(|url| Some((url, url.host_str()?))) else {
        return Err(format!("--scheduler: found {scheduler:?}, expected a URL such as df://localhost:50050").into());
    };
    let address = (host, url.port().unwrap_or(DEFAULT_PORT));
    let problem = match timeout(Duration::from_secs(10), TcpStream::connect(address)).await {
        Ok(Ok(_)) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer within 10 seconds".to_owned(),
    };
    Err(format!("no scheduler at {scheduler}: {problem}; {remedy}").into())
}

#[cfg(not(feature = "object-store"))]
pub(crate) fn base_config() -> SessionConfig {
    SessionConfig::new_with_ballista()
}

/// With the keys and the region of S3 as the environment has them.
#[cfg(feature = "object-store")]
pub(crate) fn base_config() -> SessionConfig {
    let mut config = ballista_core::object_store::session_config_with_s3_support();
    let keys = ["access_key_id", "secret_access_key", "session_token", "region", "endpoint", "allow_http"];
    for key in keys {
        if let Ok(value) = std::env::var(format!("AWS_{}", key.to_uppercase())) {
            // Each of these keys is one of the options.
            config.options_mut().set(&format!("s3.{key}"), &value).ok();
        }
    }
    config
}

#[cfg(not(feature = "object-store"))]
fn builder(_: &SessionConfig) -> SessionStateBuilder {
    SessionStateBuilder::new()
}

#[cfg(feature = "object-store")]
fn builder(config: &SessionConfig) -> SessionStateBuilder {
    let runtime = ballista_core::object_store::runtime_env_with_s3_support(config).ok();
    let builder = SessionStateBuilder::new();
    if let Some(runtime) = runtime { builder.with_runtime_env(runtime) } else { builder }
}

/// Functions travel by name: whoever takes part must have the same.
fn with_functions(config: SessionConfig) -> SessionState {
    builder(&config)
        .with_default_features()
        .with_config(config)
        .with_scalar_functions(ballista_scalar_functions().into_iter().chain(functions::scalars()).collect())
        .with_aggregate_functions(ballista_aggregate_functions().into_iter().chain(functions::aggregates()).collect())
        .with_window_functions(ballista_window_functions())
        .build()
}

/// Runs a scheduler until it is stopped.
///
/// # Errors
///
/// An address that cannot be bound.
pub async fn scheduler(arguments: &SchedulerArguments) -> Result<(), Box<dyn Error>> {
    let address: SocketAddr = format!("{}:{}", arguments.bind, arguments.port)
        .parse()
        .map_err(|_| format!("--bind: found {:?}, expected an IP address such as 0.0.0.0", arguments.bind))?;
    let mut config = SchedulerConfig::default()
        .with_hostname(arguments.host.clone())
        .with_port(arguments.port)
        .with_no_executors_grace_period_seconds(arguments.executor_timeout)
        .with_override_config_producer(Arc::new(base_config))
        .with_override_session_builder(Arc::new(|config| Ok(with_functions(config))));
    config.bind_host.clone_from(&arguments.bind);
    config.executor_timeout_seconds = arguments.executor_timeout;
    config.expire_dead_executor_interval_seconds = arguments.executor_timeout.div_ceil(4).max(1);
    let cluster = BallistaCluster::new_from_config(&config).await?;
    eprintln!("scheduler at df://{}:{}", arguments.host, arguments.port);
    start_server(cluster, address, Arc::new(config))
        .await
        .map_err(|error| format!("cannot serve at {address}: {error}; is the port in use? see --port").into())
}

/// Runs an executor until it is stopped.
///
/// # Errors
///
/// A scheduler that does not answer, an address that cannot be bound.
pub async fn executor(arguments: &ExecutorArguments) -> Result<(), Box<dyn Error>> {
    reach(&arguments.scheduler).await?;
    let url = Url::parse(&arguments.scheduler)?;
    let state = with_functions(base_config());
    let mut config = ExecutorProcessConfig {
        bind_host: arguments.bind.clone(),
        external_host: arguments.host.clone(),
        port: arguments.port,
        grpc_port: arguments.grpc_port,
        scheduler_host: url.host_str().unwrap_or_default().to_owned(),
        scheduler_port: url.port().unwrap_or(DEFAULT_PORT),
        scheduler_connect_timeout_seconds: 10,
        work_dir: arguments.work_dir.clone(),
        executor_heartbeat_interval_seconds: arguments.heartbeat,
        override_function_registry: Some(Arc::new(BallistaFunctionRegistry::from(&state))),
        override_config_producer: Some(Arc::new(base_config)),
        ..ExecutorProcessConfig::default()
    };
    if let Some(cores) = arguments.cores {
        config.vcores = cores;
    }
    #[cfg(feature = "object-store")]
    {
        config.override_runtime_producer = Some(Arc::new(ballista_core::object_store::runtime_env_with_s3_support));
    }
    Ok(start_executor_process(Arc::new(config)).await?)
}
