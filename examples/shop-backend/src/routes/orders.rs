//! Orders come in: whole, event by event, and corrected.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use repurchase::scale::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
use crate::app::App;
use crate::event::PostedEvent;
use crate::extract::{Json, Minimal, Reader};
use crate::order::PostedOrder;
use crate::problem::{Fault, Problem};
use crate::store::{Recorded, Said, Statement};
use crate::view::CustomerView;

/// One order or a batch of them; a batch is stored as a whole or not at all.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "for the OpenAPI document; what is wrong with a batch is said by its parts")]
pub(crate) enum PostedOrders {
    One(PostedOrder),
    Batch(Vec<PostedOrder>),
}

/// One event or a batch of them; a batch is stored as a whole or not at all.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "for the OpenAPI document; what is wrong with a batch is said by its parts")]
pub(crate) enum PostedEvents {
    One(PostedEvent),
    Batch(Vec<PostedEvent>),
}

/// What was stored, and the customers as they are now.
#[derive(Serialize, ToSchema)]
pub(crate) struct Stored {
    /// Orders or events that said something new.
    stored: usize,
    /// Orders or events of which all was known.
    unchanged: usize,
    /// Orders that nothing has placed yet: what was said of them waits for it.
    waiting: Vec<String>,
    /// Not there with the header `Prefer: return=minimal`, for whoever sends many.
    #[serde(skip_serializing_if = "Option::is_none")]
    customers: Option<Vec<CustomerView>>,
}

/// Stores an order or a batch, each once however often it is sent, and answers with its customers' labels now. What
/// becomes of an order later, `POST /events` takes.
#[utoipa::path(
    post,
    path = "/orders",
    tag = "orders",
    params(("Prefer" = Option<String>, Header, description = "`return=minimal` for an answer without customers")),
    request_body = PostedOrders,
    responses((status = 200, description = "Nothing new", body = Stored), (status = 201, body = Stored), Refusals)
)]
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    Reader(language): Reader,
    Minimal(is_minimal): Minimal,
    body: Json,
) -> Result<(StatusCode, Answer<Stored>), Problem> {
    let check = |order: PostedOrder| {
        let (order_id, order) = order.check(&app.config.clock, app.store.currency())?;
        Ok(Statement { order_id, said: Said::Events(order.events(order.placed_at)) })
    };
    record(&app, &body, check, language, is_minimal).await
}

/// Takes in what webhooks say of orders: in any order, any number of times, a refund before its order, too. The same
/// event again changes nothing; one that contradicts what is known is refused with both.
#[utoipa::path(
    post,
    path = "/events",
    tag = "orders",
    params(("Prefer" = Option<String>, Header, description = "`return=minimal` for an answer without customers")),
    request_body = PostedEvents,
    responses((status = 200, description = "Nothing new", body = Stored), (status = 201, body = Stored), Refusals)
)]
pub(crate) async fn events(
    State(app): State<Arc<App>>,
    Reader(language): Reader,
    Minimal(is_minimal): Minimal,
    body: Json,
) -> Result<(StatusCode, Answer<Stored>), Problem> {
    let check = |event: PostedEvent| {
        let (order_id, event) = event.check(&app.config.clock, app.store.currency())?;
        Ok(Statement { order_id, said: Said::Events(vec![event]) })
    };
    record(&app, &body, check, language, is_minimal).await
}

/// Corrects an order that was recorded wrongly: in place of all that was said of it, this holds. The order's id stays.
#[utoipa::path(
    put,
    path = "/orders/{order_id}",
    tag = "orders",
    params(("order_id" = String, Path, min_length = 1, max_length = 100)),
    request_body = PostedOrder,
    responses((status = 200, body = Stored), Refusals)
)]
pub(crate) async fn correct(
    State(app): State<Arc<App>>,
    Path(order_id): Path<String>,
    Reader(language): Reader,
    body: Json,
) -> Result<Answer<Stored>, Problem> {
    let posted: PostedOrder = body.parse()?;
    let (found, order) = posted.check(&app.config.clock, app.store.currency()).map_err(Problem::invalid)?;
    if found != order_id {
        return Err(Problem::invalid(vec![Fault::new("order_id", found, format!("{order_id:?}, as in the path"))]));
    }
    let recorded = app.store.record(&[Statement { order_id, said: Said::Instead(order) }]).await;
    Ok(Answer(answer(&app, recorded.map_err(|error| Problem::from(error).of_one())?, language, false)?))
}

/// One or a batch, checked and stored.
async fn record<T: serde::de::DeserializeOwned>(
    app: &App,
    body: &Json,
    check: impl Fn(T) -> Result<Statement, Vec<Fault>>,
    language: Language,
    is_minimal: bool,
) -> Result<(StatusCode, Answer<Stored>), Problem> {
    let is_batch = body.is_list();
    let statements = if is_batch { body.batch(check)? } else { vec![check(body.parse()?).map_err(Problem::invalid)?] };
    let recorded = app.store.record(&statements).await.map_err(Problem::from);
    let recorded = recorded.map_err(|problem| if is_batch { problem } else { problem.of_one() })?;
    let status = if recorded.stored > 0 { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Answer(answer(app, recorded, language, is_minimal)?)))
}

fn answer(app: &App, recorded: Recorded, language: Language, is_minimal: bool) -> Result<Stored, Problem> {
    let version = app.models.current();
    let Recorded { stored, unchanged, waiting, customers } = recorded;
    let view = |(customer_id, history)| app.view(customer_id, &history, version.as_deref(), language);
    let customers = if is_minimal { None } else { Some(customers.into_iter().map(view).collect::<Result<_, _>>()?) };
    Ok(Stored { stored, unchanged, waiting, customers })
}
