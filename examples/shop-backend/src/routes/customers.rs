//! One customer, or a page of those of a label.

use std::sync::Arc;

use axum::Json as Answer;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Refusals, checked, nobody};
use crate::app::App;
use crate::cursor;
use crate::extract::{Json, Query, Reader, limit};
use crate::order::check_id;
use crate::problem::{Fault, Problem};
use crate::ranking::List;
use crate::store::{CustomerRow, Page, Position, Sort};
use crate::view::CustomerView;

/// One customer, by any of the customer's ids: labels, figures, what to expect, each with its reason, in English or Chinese by Accept-Language.
#[utoipa::path(
    get,
    path = "/customers/{customer_id}",
    tag = "customers",
    params(("customer_id" = String, Path, min_length = 1, max_length = 100)),
    responses((status = 200, body = CustomerView), Refusals)
)]
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    Path(customer_id): Path<String>,
    Reader(language): Reader,
) -> Result<impl IntoResponse, Problem> {
    checked("customer_id", &customer_id)?;
    let Some(row) = app.store.stored_customer(&customer_id).await? else { return Err(nobody(&customer_id)) };
    let version = app.models.current();
    let of = (version.as_ref().map(|version| version.number), app.config.clock.today());
    let body = app.answers.get(of, row, language, |row| {
        let (history, traits) = row.read()?;
        let view = app.view(row.customer_id.clone(), &history, version.as_deref(), language)?.with_traits(&traits);
        serde_json::to_vec(&view).map(Bytes::from).map_err(|error| Problem::internal(&error))
    })?;
    Ok(([(CONTENT_TYPE, "application/json")], body))
}

/// Two ids of one person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alias {
    /// The id that is another name of the person.
    #[schema(min_length = 1, max_length = 100, example = "ann@example.com")]
    alias_id: String,
    /// The id by which the person is to be known.
    #[schema(min_length = 1, max_length = 100, example = "00004")]
    customer_id: String,
}

/// Says that two ids are one person: all orders of both are the person's then. Said again, it changes nothing. The
/// person is known by the smallest of those ids that were never called an alias.
#[utoipa::path(
    post,
    path = "/aliases",
    tag = "customers",
    request_body = Alias,
    responses((status = 200, description = "Nothing new", body = CustomerView), (status = 201, body = CustomerView), Refusals)
)]
pub(crate) async fn alias(
    State(app): State<Arc<App>>,
    Reader(language): Reader,
    body: Json,
) -> Result<(StatusCode, Answer<CustomerView>), Problem> {
    let Alias { alias_id, customer_id } = body.parse()?;
    let mut faults = Vec::new();
    check_id("alias_id", &alias_id, &mut faults);
    check_id("customer_id", &customer_id, &mut faults);
    if alias_id == customer_id {
        faults.push(Fault::new("alias_id", alias_id.as_str(), "another id than customer_id"));
    }
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    let is_new = app.store.alias(&alias_id, &customer_id).await?;
    let Some((name, history, traits)) = app.store.customer(&customer_id).await? else {
        return Err(nobody(&customer_id));
    };
    let view = app.view(name, &history, app.models.current().as_deref(), language)?.with_traits(&traits);
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Answer(view)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Question {
    /// The key of a segment, as `GET /segments` lists them.
    #[param(example = "loyal")]
    segment: Option<String>,
    /// The key of a tier, as `GET /segments` lists them.
    #[param(example = "vip")]
    tier: Option<String>,
    /// By id, or the highest revenue, the latest purchase, the highest expected value or the highest expected loss first.
    #[param(value_type = Option<Sort>, inline)]
    sort: Option<String>,
    /// How many of a page.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// The cursor of the page before, of the same question; by value and risk also of the same day and models.
    cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Customers {
    customers: Vec<CustomerView>,
    /// Where the next page begins; null on the last one.
    cursor: Option<String>,
}

/// The customers with a purchase, of a segment or a tier or both, page by page.
///
/// Each is shown as of now. Orders that come in between two pages move customers: who goes to a place before the cursor is
/// not on a later page, who goes behind it may come again, and everybody else comes once. By value and by risk, a new day or a
/// new version of the models makes another order, and a cursor of the one before is refused.
#[utoipa::path(
    get,
    path = "/customers",
    tag = "customers",
    params(Question),
    responses((status = 200, body = Customers), Refusals)
)]
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    Query(question): Query<Question>,
    Reader(language): Reader,
) -> Result<Answer<Customers>, Problem> {
    let invalid = |fault| Problem::invalid(vec![fault]);
    let sort = sort(question.sort.as_deref()).map_err(invalid)?;
    let limit = limit(question.limit.as_deref()).map_err(invalid)?;
    let list = List::of(&app, sort, question.segment.as_deref(), question.tier.as_deref()).await?;
    let asked = format!("{} {:?} {:?}", list.question(), question.segment, question.tier);
    let behind = question.cursor.as_deref().map(|text| cursor::open(&asked, text)).transpose().map_err(invalid)?;
    if behind.as_ref().is_some_and(|behind| !behind.is_of(sort)) {
        return Err(invalid(Fault::new("cursor", "one of another order", "one of this order")));
    }
    let version_ref = list.version().map(|version| &**version);
    let segments = version_ref.map_or(&[][..], |version| &version.segments);
    let tiers = version_ref.map_or(&[][..], |version| &version.tiers);
    let segment = of_label("segment", question.segment.as_deref(), segments).map_err(invalid)?.map(Vec::as_slice);
    let tier = of_label("tier", question.tier.as_deref(), tiers).map_err(invalid)?;
    // One more than asked says whether there is a next page.
    let page = Page { cells: segment, revenue: tier, behind, limit: limit + 1, traits: true, ..Page::default() };
    let mut rows = list.page(&app.store, page).await?;
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_last = rows.len() <= size;
    rows.truncate(size);
    let next = rows.last().filter(|_| !is_last).map(|(_, place)| cursor::seal(&asked, place.clone()));
    let view = |(row, _): (CustomerRow, Position)| {
        Ok::<_, Problem>(app.view(row.customer_id, &row.history, version_ref, language)?.with_traits(&row.traits))
    };
    let customers = rows.into_iter().map(view).collect::<Result<_, _>>()?;
    Ok(Answer(Customers { customers, cursor: next }))
}

pub(super) fn sort(text: Option<&str>) -> Result<Sort, Fault> {
    match text {
        None | Some("customer_id") => Ok(Sort::CustomerId),
        Some("revenue") => Ok(Sort::Revenue),
        Some("last_purchase") => Ok(Sort::LastPurchase),
        Some("value") => Ok(Sort::Value),
        Some("risk") => Ok(Sort::Risk),
        Some(other) => Err(Fault::new("sort", other, "customer_id, revenue, last_purchase, value or risk")),
    }
}

/// What the label that is asked for is in the database.
pub(super) fn of_label<'a, R>(
    field: &str,
    key: Option<&str>,
    labels: &'a [(String, R)],
) -> Result<Option<&'a R>, Fault> {
    let Some(key) = key else { return Ok(None) };
    if let Some((_, ranges)) = labels.iter().find(|(name, _)| name == key) {
        return Ok(Some(ranges));
    }
    let keys: Vec<_> = labels.iter().map(|(name, _)| name.as_str()).collect();
    let none = "none yet: nobody has bought, or POST /models/fit is due";
    Err(Fault::new(field, key, if keys.is_empty() { none.to_owned() } else { keys.join(", ") }))
}
