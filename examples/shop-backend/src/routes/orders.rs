//! Orders come in, and change.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use repurchase::scale::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
use crate::app::App;
use crate::extract::{Json, Reader};
use crate::order::{OrderChange, PostedOrder, ShopOrder, check_id};
use crate::problem::{Fault, Problem};
use crate::store::{Change, Recorded};
use crate::view::CustomerView;

const LARGEST_BATCH: usize = 1_000;
/// Of a batch in which all is wrong, so many are named.
const MOST_FAULTS: usize = 20;

/// One order or a batch of them; a batch is stored as a whole or not at all.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "for the OpenAPI document; what is wrong with a batch is said by its parts")]
pub(crate) enum PostedOrders {
    One(PostedOrder),
    Batch(Vec<PostedOrder>),
}

/// What was stored, and the customers as they are now.
#[derive(Serialize, ToSchema)]
pub(crate) struct Stored {
    /// Orders that are new, or have changed.
    stored: usize,
    /// Orders that were there already, the same.
    unchanged: usize,
    customers: Vec<CustomerView>,
}

/// Stores an order or a batch, each once however often it is sent, and answers with its customers' labels now.
#[utoipa::path(
    post,
    path = "/orders",
    tag = "orders",
    request_body = PostedOrders,
    responses((status = 200, description = "Nothing new", body = Stored), (status = 201, body = Stored), Refusals)
)]
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    Reader(language): Reader,
    body: Json,
) -> Result<(StatusCode, Answer<Stored>), Problem> {
    let is_batch = body.is_list();
    let posted: Vec<PostedOrder> = if is_batch { body.parse()? } else { vec![body.parse()?] };
    let orders = checked(posted, is_batch, &app)?;
    let stored = answer(&app, app.store.record(&orders).await?, language)?;
    let status = if stored.stored > 0 { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Answer(stored)))
}

fn checked(posted: Vec<PostedOrder>, is_batch: bool, app: &App) -> Result<Vec<ShopOrder>, Problem> {
    if !(1..=LARGEST_BATCH).contains(&posted.len()) {
        let found = format!("{} orders", posted.len());
        return Err(Problem::invalid(vec![Fault::new("body", found, format!("1 to {LARGEST_BATCH} orders"))]));
    }
    let (mut orders, mut faults) = (Vec::with_capacity(posted.len()), Vec::new());
    for (record, order) in posted.into_iter().enumerate() {
        match order.check(&app.config.clock, app.store.currency()) {
            Ok(order) => orders.push(order),
            Err(found) if is_batch => faults.extend(found.into_iter().map(|fault| fault.in_record(record))),
            Err(found) => faults.extend(found),
        }
    }
    faults.truncate(MOST_FAULTS);
    if faults.is_empty() { Ok(orders) } else { Err(Problem::invalid(faults)) }
}

/// Says what has become of an order: refunded in part or in full, cancelled, paid at last.
#[utoipa::path(
    patch,
    path = "/orders/{order_id}",
    tag = "orders",
    params(("order_id" = String, Path, min_length = 1, max_length = 100)),
    request_body = OrderChange,
    responses((status = 200, body = Stored), Refusals)
)]
pub(crate) async fn patch(
    State(app): State<Arc<App>>,
    Path(order_id): Path<String>,
    Reader(language): Reader,
    body: Json,
) -> Result<Answer<Stored>, Problem> {
    let change: OrderChange = body.parse()?;
    let mut faults = Vec::new();
    check_id("order_id", &order_id, &mut faults);
    if change.refunded.is_none() && change.status.is_none() {
        faults.push(Fault::new("body", "neither refunded nor status", "one of the two, or both"));
    }
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    let recorded = app.store.change(&Change { order_id, change }).await?;
    Ok(Answer(answer(&app, vec![recorded], language)?))
}

fn answer(app: &App, recorded: Vec<Recorded>, language: Language) -> Result<Stored, Problem> {
    let version = app.models.current();
    let stored = recorded.iter().map(|recorded| recorded.stored).sum();
    let unchanged = recorded.iter().map(|recorded| recorded.unchanged).sum();
    let view = |Recorded { customer_id, history, .. }| app.view(customer_id, &history, version.as_deref(), language);
    Ok(Stored { stored, unchanged, customers: recorded.into_iter().map(view).collect::<Result<_, _>>()? })
}
