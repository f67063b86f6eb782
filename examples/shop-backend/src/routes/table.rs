//! The customers of a label as a table that leaves the house.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use chrono::NaiveDate;
use futures_util::stream::try_unfold;
use repurchase::CustomerHistory;
use repurchase::predict::rounded_to_money;
use repurchase::scale::Confidence;
use repurchase::segment::LabelKind;
use repurchase::shop::{Figure, Profile};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Refusals;
use super::customers::{of_label, sort};
use crate::app::App;
use crate::extract::Query;
use crate::models::Version;
use crate::money::Currency;
use crate::problem::Problem;
use crate::ranking::List;
use crate::store::{CustomerRow, Page, Position, Sort};
use crate::view::LEVEL;

/// Customers that are read in one go.
const READ_AT_A_TIME: i64 = 5_000;
const HEAD: &str = "customer_id,first_purchase,last_purchase,purchases,purchase_days,revenue,days_since_last,segment,tier,\
                    churn_risk,alive,buys,expected_purchases,purchases_low,purchases_high,expected_value,expected_loss\n";

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Question {
    /// The key of a segment, as `GET /segments` lists them.
    #[param(example = "cant_lose")]
    segment: Option<String>,
    /// The key of a tier, as `GET /segments` lists them.
    #[param(example = "vip")]
    tier: Option<String>,
    /// By id, or the highest revenue, the latest purchase, the highest expected value or the highest expected loss first.
    #[param(value_type = Option<Sort>, inline)]
    sort: Option<String>,
}

/// All customers with a purchase, of a segment or a tier or both, as CSV: figures, labels, forecasts.
///
/// A field that is not known is empty. Ids stand as they are; some spreadsheets take one that begins with `=` for a
/// formula.
#[utoipa::path(
    get,
    path = "/customers.csv",
    tag = "customers",
    params(Question),
    responses((status = 200, body = String, content_type = "text/csv"), Refusals)
)]
pub(crate) async fn customers(
    State(app): State<Arc<App>>,
    Query(question): Query<Question>,
) -> Result<impl IntoResponse, Problem> {
    let invalid = |fault| Problem::invalid(vec![fault]);
    let sort = sort(question.sort.as_deref()).map_err(invalid)?;
    let list = List::of(&app, sort, question.segment.as_deref(), question.tier.as_deref()).await?;
    let version = list.version().cloned();
    let segments = version.as_deref().map_or(&[][..], |version| &version.segments);
    let tiers = version.as_deref().map_or(&[][..], |version| &version.tiers);
    let cells = of_label("segment", question.segment.as_deref(), segments).map_err(invalid)?.cloned();
    let range = of_label("tier", question.tier.as_deref(), tiers).map_err(invalid)?.copied();
    let label = [question.segment.as_deref(), question.tier.as_deref()].into_iter().flatten().collect::<Vec<_>>();
    let name = if label.is_empty() { "customers".to_owned() } else { label.join("-") };
    let today = app.config.clock.today();
    // The first piece is the head; then page by page, until one is empty.
    let pages = try_unfold(Some((None::<Position>, true)), move |place| {
        let (app, list, version, cells) = (Arc::clone(&app), list.clone(), version.clone(), cells.clone());
        async move {
            let Some((behind, is_first)) = place else { return Ok(None) };
            if is_first {
                return Ok(Some((HEAD.to_owned(), Some((None, false)))));
            }
            let limit = READ_AT_A_TIME;
            let page = Page { cells: cells.as_deref(), revenue: range.as_ref(), behind, limit, ..Page::default() };
            let rows = list.page(&app.store, page).await;
            // What it was has been logged.
            let rows = rows.map_err(|_| std::io::Error::other("the table broke off"))?;
            let Some((_, place)) = rows.last() else { return Ok(None) };
            let next = Some((Some(place.clone()), false));
            let text: String =
                rows.iter().map(|(row, _)| line(row, version.as_deref(), today, app.store.currency())).collect();
            Ok::<_, std::io::Error>(Some((text, next)))
        }
    });
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "private, no-store".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    Ok((headers, Body::from_stream(pages)))
}

fn line(row: &CustomerRow, version: Option<&Version>, today: NaiveDate, currency: Currency) -> String {
    let history: &CustomerHistory = &row.history;
    let known = version.and_then(|version| version.models.profile(history, today).ok());
    let label = |kind| known.as_ref().and_then(|profile: &Profile<'_>| profile.label(kind)).map(|label| label.key());
    let figure = |figure| known.as_ref().and_then(|profile| profile.figure(figure));
    let interval = version.and_then(|version| {
        let level = Confidence::new(LEVEL).ok()?;
        version.models.purchases_interval(history, today, level)
    });
    let text = |value: Option<String>| value.unwrap_or_default();
    let number = |value: Option<f64>| text(value.map(|value| value.to_string()));
    let money = |value: Option<f64>| {
        text(value.and_then(|value| rounded_to_money(value, currency.decimals()).ok()).map(|money| money.to_string()))
    };
    let fields = [
        quoted(&row.customer_id),
        text(history.first_purchase().map(|day| day.to_string())),
        text(history.last_purchase().map(|day| day.to_string())),
        history.purchases().to_string(),
        history.purchase_days().to_string(),
        currency.text(history.revenue()),
        text(history.days_since_last(today).map(|days| days.to_string())),
        quoted(label(LabelKind::Segment).unwrap_or_default()),
        quoted(label(LabelKind::Tier).unwrap_or_default()),
        quoted(label(LabelKind::ChurnRisk).unwrap_or_default()),
        number(figure(Figure::ProbabilityAlive)),
        number(figure(Figure::ProbabilityBuys)),
        number(figure(Figure::ExpectedPurchases)),
        number(interval.map(|interval| interval.low)),
        number(interval.map(|interval| interval.high)),
        money(figure(Figure::ExpectedValue)),
        money(figure(Figure::ExpectedLoss)),
    ];
    fields.join(",") + "\n"
}

/// As RFC 4180 has it.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = !text.contains([',', '"', '\n', '\r']) && text.trim() == text;
    if is_plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}
