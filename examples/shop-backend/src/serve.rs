//! Connections: each has to say what it wants in time, and the last ones are answered before the program ends.

use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

/// How long the server waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadlines {
    /// For the head of a request, also of the next one of a connection that is kept.
    pub(crate) headers: Duration,
    /// For requests under way when it is asked to stop.
    pub(crate) shutdown: Duration,
}

/// Answers until `stop` is done, and then what is under way.
pub(crate) async fn serve(listener: TcpListener, router: Router, deadlines: Deadlines, stop: impl Future<Output = ()>) {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(deadlines.headers);
    let (under_way, mut stop) = (GracefulShutdown::new(), std::pin::pin!(stop));
    loop {
        let stream = tokio::select! {
            // First, so that the signal is heeded before there is a request.
            biased;
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Too many open files, as a rule: those that are open end.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        // An answer is small, and is not held back until there is more of it.
        let _ = stream.set_nodelay(true);
        let connection = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router.clone()));
        let connection = under_way.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(deadlines.shutdown, under_way.shutdown()).await.is_err() {
        tracing::warn!("stopped before all requests were answered");
    }
}
