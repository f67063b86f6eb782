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

/// While orders come in, a page is kept for this many times the time that it took to make.
const SHOWN_FOR: u32 = 10;

/// The last page in each language, and what it was made of.
#[derive(Default)]
pub(crate) struct Report {
    pages: Arc<Mutex<BTreeMap<&'static str, Rendered>>>,
}

struct Rendered {
    of: Shown,
    at: Instant,
    took: Duration,
    page: Bytes,
}

/// A page of the same state is the same page.
type Shown = (Option<i64>, u64, chrono::NaiveDate);

impl Rendered {
    /// Orders may come in at any time; a new model or a new day is shown at once.
    fn is_good_for(&self, now: &Shown) -> bool {
        let is_of_orders_before = (self.of.0, self.of.2) == (now.0, now.2);
        self.of == *now || (is_of_orders_before && self.at.elapsed() < SHOWN_FOR * self.took)
    }
}

/// The report: figures, pictures and the customers to call, by the models in use, in English or Chinese by
/// Accept-Language.
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
    let version = app.models.current();
    let now = (version.as_ref().map(|version| version.number), app.store.changes(), today);
    let key = if language == Language::Chinese { "zh" } else { "en" };
    // Whoever comes while a page is being made waits for that one.
    let mut pages = Arc::clone(&app.report.pages).lock_owned().await;
    if let Some(rendered) = pages.get(key).filter(|rendered| rendered.is_good_for(&now)) {
        return Ok((headers, rendered.page.clone()));
    }
    let records = app.store.records(None, Some(today)).await?;
    let calendar = app.store.calendar().clone();
    let title = if language == Language::Chinese { "商店" } else { "The shop" };
    // It holds the lock to its end, also when its caller has gone: there is never more than one at work.
    let rendering = spawn_blocking(move || {
        let start = Instant::now();
        let log = PurchaseLog::from_records(records, &calendar)?;
        let page = match &version {
            Some(version) => repurchase_report::page_by(&version.models, &log, today, language, title)?,
            None => repurchase_report::page(&log, today, language, title)?,
        };
        let page = Bytes::from(page);
        pages.insert(key, Rendered { of: now, at: Instant::now(), took: start.elapsed(), page: page.clone() });
        Ok::<_, repurchase_report::Error>(page)
    });
    let page = rendering.await.map_err(|error| Problem::internal(&error))?;
    Ok((headers, page.map_err(|error| Problem::internal(&crate::chain(&error)))?))
}
