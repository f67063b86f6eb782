//! A shop's backend with `repurchase` inside.
//!
//! ```text
//! cargo run
//! cargo run --release -- import orders.csv
//! DATABASE_URL=postgres://... WRITE_TOKEN=... READ_TOKEN=... cargo run --release
//! ```

mod access;
mod answers;
mod app;
mod auth;
mod campaign;
mod config;
mod cursor;
mod event;
mod everybody;
mod extract;
mod import;
mod judge;
mod kept;
mod metrics;
mod models;
mod money;
mod order;
mod points;
mod problem;
mod ranking;
mod region;
mod routes;
mod scan;
mod serve;
mod session;
mod store;
mod traits;
mod view;
mod visitors;

use std::error::Error;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use repurchase::scale::Language;
use repurchase_segment::order_files::Layout;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::app::App;
use crate::config::Config;
use crate::import::ImportArguments;

/// A shop's backend: without a command, it serves. Settings are environment variables; README lists them.
#[derive(Debug, Parser)]
#[command(name = "shop-backend")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Takes the orders of a file into the shop, all of them or none, and fits the models.
    Import(Box<ImportArguments>),
    /// Writes a copy of the SQLite database to a file that is not there yet, while the server runs.
    Backup {
        /// The copy.
        file: std::path::PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=error"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match std::env::var("LOG_FORMAT").as_deref() {
        Ok("json") => log.json().flatten_event(true).with_current_span(true).with_span_list(false).init(),
        Err(_) | Ok("text") => log.with_ansi(std::io::stderr().is_terminal()).init(),
        Ok(other) => {
            eprintln!("error: environment variable LOG_FORMAT: found {other:?}, expected text or json");
            return ExitCode::FAILURE;
        }
    }
    let import = |import: clap::Command| import.mut_arg("orders", |orders| orders.required(true).value_name("FILE"));
    let matches = Arguments::command().mut_subcommand("import", import).get_matches();
    match run(&matches).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", chain(&*error));
            ExitCode::FAILURE
        }
    }
}

/// An error and its causes, for a log.
fn chain(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

async fn run(matches: &ArgMatches) -> Result<(), Box<dyn Error>> {
    let mut import = match Arguments::from_arg_matches(matches)?.command {
        None => return serve().await,
        Some(Command::Backup { file }) => return backup(&file).await,
        Some(Command::Import(import)) => import,
    };
    if import.log.asks_for_layouts() {
        print(&Layout::list(Language::English)?);
        return Ok(());
    }
    let config = Config::from_environment()?;
    if config.is_demonstration {
        return Err("import needs DATABASE_URL: without it the database is that of the demonstration, in 1998".into());
    }
    // The clock of the file is the shop's, unless it is said to be another.
    let source = matches.subcommand_matches("import").and_then(|import| import.value_source("time_zone"));
    if source != Some(ValueSource::CommandLine) {
        import.log.time_zone = *config.clock.calendar.zone();
    }
    let app = App::open(config).await?;
    let result = import.run(&app).await;
    app.store.close().await;
    result
}

/// Each number of the copy is of one moment.
async fn backup(file: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let config = Config::from_environment()?;
    let store = store::Store::open(&config).await?;
    let result = store.backup(file).await;
    store.close().await;
    result?;
    print(&format!("{} holds the shop as of {}\n", file.display(), chrono::Utc::now().format("%Y-%m-%d %H:%M:%S UTC")));
    Ok(())
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let config = Config::from_environment()?;
    let app = App::open(config.clone()).await?;
    let (store, models) = (app.store.clone(), Arc::clone(&app.models));
    if config.sample && store.is_empty().await? {
        import::sample(&app).await?;
    }
    if models.current().is_none()
        && !store.is_empty().await?
        && let Err(error) = models.fit().await
    {
        tracing::warn!(%error, "no models yet");
    }
    let listener = TcpListener::bind(config.listen).await?;
    let nightly = tokio::spawn(models::run_nightly(models, config.clock.clone(), config.fit_at, config.fit_retry));
    greet(&config, listener.local_addr()?);
    serve::serve(listener, app::router(app), config.deadlines, asked_to_stop()).await;
    nightly.abort();
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// What whoever started it needs to know; nobody need be reading it.
fn greet(config: &Config, address: std::net::SocketAddr) {
    let page = format!("The shop's page: http://{address}/   what can be asked: http://{address}/docs");
    let today = format!("Today is {}.", config.clock);
    let open = "READ_TOKEN is not set: whoever is on this machine may read.".to_owned();
    let open = config.tokens.reads_are_open().then_some(open);
    let made_up = |token| format!("WRITE_TOKEN is not set: until this server stops, writes need the token {token}");
    let made_up = config.tokens.generated().map(made_up);
    let lines = [Some(page), Some(today), open, made_up].into_iter().flatten();
    print(&lines.map(|line| line + "\n").collect::<String>());
}

/// On standard output, which may be closed.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// SIGTERM or Ctrl-C; requests under way are answered first.
async fn asked_to_stop() {
    let interrupted = async { tokio::signal::ctrl_c().await.is_ok() };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await.is_some(),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<bool>();
    tokio::select! {
        _ = interrupted => {}
        _ = terminated => {}
    }
}
