//! The shop's page for people, live.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY};
use axum::response::IntoResponse;
use repurchase::history::LineLog;
use repurchase_report::ReportOptions;

use super::Refusals;
use super::notes::of_files;
use crate::app::App;
use crate::extract::{Reader, pick};
use crate::kept;
use crate::models::Version;
use crate::problem::Problem;

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
    let (key, title) = pick(language, ("en", "The shop"), ("zh", "商店"));
    let title = app.config.shop_name.clone().unwrap_or_else(|| title.to_owned());
    let currency = app.config.currency_code.clone();
    let notes = of_files(&app.store).await?;
    let shop = Arc::clone(&app);
    let make = async move |version: Option<Arc<Version>>, today| {
        let (log, lines) = (kept::log(&shop, today).await?, shop.store.lines(today).await?);
        let calendar = shop.store.calendar().clone();
        let report = kept::made(move || {
            let lines = if lines.is_empty() { None } else { Some(LineLog::from_lines(lines, &calendar)?) };
            let options = ReportOptions::default().with_language(language).with_shop(&title).with_notes(notes);
            let options = options.with_currency(currency.as_deref()).with_lines(lines.as_ref());
            let options = match &version {
                Some(version) => options.with_models(&version.models),
                None => options,
            };
            repurchase_report::report(&log, today, &options)
        });
        Ok(Bytes::from(report.await?.page))
    };
    let page = app.pages.get(&app, key, make);
    Ok((headers, page.await?))
}
