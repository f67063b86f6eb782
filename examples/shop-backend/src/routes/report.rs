//! The shop's page for people, live.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY};
use axum::response::IntoResponse;
use repurchase::PurchaseLog;
use repurchase::scale::Language;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::Refusals;
use crate::app::App;
use crate::extract::Reader;
use crate::problem::Problem;

/// A page is not made more often than this, however many orders come in.
const LEAST_AGE: Duration = Duration::from_mins(1);

/// The last page in each language, and what it was made of.
#[derive(Default)]
pub(crate) struct Report {
    pages: Arc<Mutex<BTreeMap<&'static str, Rendered>>>,
}

struct Rendered {
    of: Shown,
    at: Instant,
    page: Bytes,
}

/// A page of the same state is the same page.
type Shown = (Option<i64>, u64, chrono::NaiveDate);

impl Rendered {
    /// Orders may come in at any time; a new model or a new day is shown at once.
    fn is_good_for(&self, now: &Shown) -> bool {
        self.of == *now || ((self.of.0, self.of.2) == (now.0, now.2) && self.at.elapsed() < LEAST_AGE)
    }
}

/// The report: figures, pictures and the customers to call, in English or Chinese by Accept-Language.
#[utoipa::path(
    get,
    path = "/",
    tag = "report",
    responses((status = 200, body = String, content_type = "text/html"), Refusals)
)]
pub(crate) async fn page(State(app): State<Arc<App>>, Reader(language): Reader) -> Result<impl IntoResponse, Problem> {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "private, no-cache"),
        (VARY, "Accept-Language"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
    ];
    let today = app.config.clock.today();
    let now = (app.models.current().map(|version| version.number), app.store.changes(), today);
    let key = if language == Language::Chinese { "zh" } else { "en" };
    // Whoever comes while a page is being made waits for that one.
    let mut pages = Arc::clone(&app.report.pages).lock_owned().await;
    if let Some(rendered) = pages.get(key).filter(|rendered| rendered.is_good_for(&now)) {
        return Ok((headers, rendered.page.clone()));
    }
    let orders = app.store.orders(None, Some(today)).await?;
    let calendar = app.store.calendar().clone();
    let title = if language == Language::Chinese { "商店" } else { "The shop" };
    // It holds the lock to its end, also when its caller has gone: there is never more than one at work.
    let rendering = spawn_blocking(move || {
        let log = PurchaseLog::from_records(orders, &calendar).map_err(|error| error.to_string())?;
        let page = repurchase_report::page(&log, today, language, title).map_err(|error| error.to_string())?;
        let page = Bytes::from(page);
        pages.insert(key, Rendered { of: now, at: Instant::now(), page: page.clone() });
        Ok::<_, String>(page)
    });
    let page = rendering.await.map_err(|error| Problem::internal(&error))?;
    Ok((headers, page.map_err(|error| Problem::internal(&error))?))
}
