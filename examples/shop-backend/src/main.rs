//! A shop's backend with `repurchase` inside.
//!
//! ```text
//! cargo run
//! DATABASE_URL=postgres://... WRITE_TOKEN=... READ_TOKEN=... cargo run --release
//! ```

mod app;
mod auth;
mod config;
mod cursor;
mod event;
mod extract;
mod metrics;
mod models;
mod money;
mod order;
mod problem;
mod region;
mod routes;
mod sample;
mod store;
mod view;

use std::error::Error;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::app::App;
use crate::config::Config;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match serve().await {
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

async fn serve() -> Result<(), Box<dyn Error>> {
    let config = Config::from_environment()?;
    let app = App::open(config.clone()).await?;
    let (store, models) = (app.store.clone(), Arc::clone(&app.models));
    if config.sample && store.is_empty().await? {
        sample::load(&store).await?;
    }
    if models.current().is_none()
        && !store.is_empty().await?
        && let Err(error) = models.fit().await
    {
        tracing::warn!(%error, "no models yet");
    }
    let listener = TcpListener::bind(config.listen).await?;
    let nightly = tokio::spawn(models::run_nightly(models, config.clock.clone(), config.fit_at));
    greet(&config, listener.local_addr()?);
    axum::serve(listener, app::router(app)).with_graceful_shutdown(asked_to_stop()).await?;
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
    let text: String = lines.map(|line| line + "\n").collect();
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
