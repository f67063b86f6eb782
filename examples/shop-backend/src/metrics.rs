//! What Prometheus asks: requests, how long they took, and how much of that was the library.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use chrono::Utc;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::models::Version;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    path: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Path {
    method: String,
    path: String,
}

struct Metrics {
    registry: Registry,
    requests: Family<Route, Counter>,
    seconds: Family<Path, Histogram>,
    rebuilds: Counter,
    library_seconds: Counter<f64, AtomicU64>,
    fit_failures: Counter,
    model_version: Gauge,
    model_age_seconds: Gauge,
    model_customers: Gauge,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];
    let seconds = Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
    let (requests, rebuilds, library_seconds) = (Family::default(), Counter::default(), Counter::default());
    let mut registry = Registry::with_prefix("shop");
    registry.register("requests", "Requests answered", Family::clone(&requests));
    registry.register("request_seconds", "Time from a request's head to its answer's", Family::clone(&seconds));
    registry.register("history_rebuilds", "Histories built anew from their orders", Counter::clone(&rebuilds));
    registry.register("library_seconds", "Time inside the library, in requests", Counter::clone(&library_seconds));
    let fit_failures = Counter::default();
    let (model_version, model_age_seconds, model_customers) = (Gauge::default(), Gauge::default(), Gauge::default());
    registry.register("fit_failures", "Fits of the models that failed", Counter::clone(&fit_failures));
    registry.register("model_version", "Version of the models in use, 0 for none", Gauge::clone(&model_version));
    registry.register("model_age_seconds", "Time since their fit", Gauge::clone(&model_age_seconds));
    registry.register("model_customers", "Customers they were fitted on", Gauge::clone(&model_customers));
    Metrics {
        registry,
        requests,
        seconds,
        rebuilds,
        library_seconds,
        fit_failures,
        model_version,
        model_age_seconds,
        model_customers,
    }
});

/// In nanoseconds; moved into the counter when somebody asks.
static LIBRARY: AtomicU64 = AtomicU64::new(0);

/// Counts the time that the library takes.
pub(crate) fn in_library<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    LIBRARY.fetch_add(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    result
}

pub(crate) fn count_fit_failure() {
    METRICS.fit_failures.inc();
}

pub(crate) fn count_rebuild() {
    METRICS.rebuilds.inc();
}

/// Counts and times every request by its route, never by what a caller made up.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("(none)", |path| path.as_str()).to_owned();
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "DELETE") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let start = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let seconds = start.elapsed().as_secs_f64();
    METRICS.requests.get_or_create(&Route { method: method.clone(), path: path.clone(), status }).inc();
    METRICS.seconds.get_or_create(&Path { method, path }).observe(seconds);
    response
}

/// As Prometheus reads it, with the models in use.
pub(crate) fn text(version: Option<&Version>) -> Result<String, std::fmt::Error> {
    METRICS.model_version.set(version.map_or(0, |version| version.number));
    let age = version.map_or(0, |version| (Utc::now() - version.fitted_at).num_seconds());
    METRICS.model_age_seconds.set(age);
    let customers = version.map_or(0, |version| version.models.customers());
    METRICS.model_customers.set(i64::try_from(customers).unwrap_or(i64::MAX));
    let nanoseconds = LIBRARY.swap(0, Ordering::Relaxed);
    METRICS.library_seconds.inc_by(std::time::Duration::from_nanos(nanoseconds).as_secs_f64());
    let mut text = String::new();
    encode(&mut text, &METRICS.registry)?;
    Ok(text)
}
