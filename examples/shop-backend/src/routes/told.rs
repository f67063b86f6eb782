//! What was said of an order and of a customer's orders; and a customer who is forgotten.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::notes::Question;
use super::{Refusals, checked, nobody};
use crate::app::App;
use crate::event::ShopEvent;
use crate::extract::Query;
use crate::money::Currency;
use crate::order::Status;
use crate::problem::Problem;
use crate::store::{Brought, Forgotten, order_of};

/// Something that was said of an order, as `POST /events` takes it; in a timeline also who brought whom, as `POST
/// /referrals` takes it: `referred_by`, and `brought`.
#[derive(Serialize, ToSchema)]
struct Told {
    /// Of an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<String>,
    #[schema(example = "refunded")]
    event: &'static str,
    at: DateTime<Utc>,
    /// Who placed the order; who brought the customer; whom the customer brought.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "5.00")]
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<String>,
}

impl Told {
    fn new(order_id: String, event: ShopEvent, currency: Currency) -> Self {
        let (name, at, amount) = match &event {
            ShopEvent::Placed { at, amount, .. } => ("placed", at, Some(*amount)),
            ShopEvent::Paid { at } => ("paid", at, None),
            ShopEvent::Unpaid { at } => ("unpaid", at, None),
            ShopEvent::Cancelled { at } => ("cancelled", at, None),
            ShopEvent::AmountChanged { at, amount } => ("amount_changed", at, Some(*amount)),
            ShopEvent::LineAdded { at, amount, .. } => ("line_added", at, Some(*amount)),
            ShopEvent::Refunded { at, amount, .. } => ("refunded", at, Some(*amount)),
            ShopEvent::RefundedInAll { at, amount } => ("refunded_in_all", at, Some(*amount)),
            ShopEvent::FullyRefunded { at } => ("fully_refunded", at, None),
            ShopEvent::Credited { at, amount, .. } => ("credited", at, Some(*amount)),
        };
        let at = DateTime::from_timestamp_micros(*at).unwrap_or_default();
        let amount = amount.map(|amount| currency.decimal(amount).to_string());
        let mut told = Self {
            order_id: Some(order_id),
            event: name,
            at,
            customer_id: None,
            amount,
            refund_id: None,
            line_id: None,
            product: None,
        };
        match event {
            ShopEvent::Placed { customer, .. } | ShopEvent::Credited { customer, .. } => {
                told.customer_id = Some(customer);
            }
            ShopEvent::Refunded { refund, .. } => told.refund_id = Some(refund),
            ShopEvent::LineAdded { line, product, .. } => (told.line_id, told.product) = (Some(line), product),
            _ => {}
        }
        told
    }

    /// Of a customer, by name.
    fn referral(pair: Brought, name: &str) -> Self {
        let Brought { referrer, referred, at } = pair;
        let (event, other) = if referred == name { ("referred_by", referrer) } else { ("brought", referred) };
        let (order_id, customer_id) = (None, Some(other));
        Self { order_id, event, at, customer_id, amount: None, refund_id: None, line_id: None, product: None }
    }
}

/// An order as it stands, and all that was said of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderView {
    order_id: String,
    /// Null while nothing has placed it.
    order: Option<Standing>,
    /// In the order in which they came in; what said nothing new is not among them.
    statements: Vec<Told>,
}

#[derive(Serialize, ToSchema)]
struct Standing {
    /// Under which name the customer is known.
    customer_id: String,
    placed_at: DateTime<Utc>,
    #[schema(example = "19.90")]
    amount: String,
    #[schema(example = "5.00")]
    refunded: String,
    status: Status,
    /// Paid, and not given back whole.
    is_purchase: bool,
}

/// An order as it stands, with all that was said of it.
#[utoipa::path(
    get,
    path = "/orders/{order_id}",
    tag = "orders",
    params(("order_id" = String, Path, min_length = 1, max_length = 100)),
    responses((status = 200, body = OrderView), Refusals)
)]
pub(crate) async fn order(
    State(app): State<Arc<App>>,
    Path(order_id): Path<String>,
) -> Result<Answer<OrderView>, Problem> {
    checked("order_id", &order_id)?;
    let currency = app.store.currency();
    let Some(row) = app.store.statements(&order_id).await? else {
        return Err(Problem::not_found(format!("there is no order {order_id:?}")));
    };
    let order = order_of(&order_id, &row, currency)?.map(|order| Standing {
        customer_id: row.customer_id.unwrap_or(order.customer_id),
        placed_at: DateTime::from_timestamp_micros(order.placed_at).unwrap_or_default(),
        amount: currency.decimal(order.amount).to_string(),
        refunded: currency.decimal(order.refunded).to_string(),
        status: order.status,
        is_purchase: order.status == Status::Paid && (order.refunded == 0 || order.refunded < order.amount),
    });
    let statements = row.statements.into_iter();
    let statements = statements.map(|event| Told::new(order_id.clone(), event, currency)).collect();
    Ok(Answer(OrderView { order_id, order, statements }))
}

/// What happened with a customer.
#[derive(Serialize, ToSchema)]
pub(crate) struct Timeline {
    /// Under which name the customer is known.
    customer_id: String,
    /// How many there are.
    events: usize,
    /// The latest first.
    timeline: Vec<Told>,
}

/// What happened with a customer's orders and credits, by whom the customer was brought and whom the customer brought, the
/// latest first.
#[utoipa::path(
    get,
    path = "/customers/{customer_id}/timeline",
    tag = "customers",
    params(("customer_id" = String, Path, min_length = 1, max_length = 100), Question),
    responses((status = 200, body = Timeline), Refusals)
)]
pub(crate) async fn timeline(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(question): Query<Question>,
) -> Result<Answer<Timeline>, Problem> {
    checked("customer_id", &id)?;
    let limit = question.limit()?;
    let Some((customer_id, ..)) = app.store.customer(&id).await? else { return Err(nobody(&id)) };
    let told = app.store.statements_of(&customer_id).await?.into_iter();
    let mut told: Vec<_> = told.map(|(order, event)| Told::new(order, event, app.store.currency())).collect();
    let pairs = app.store.referrals_of(&customer_id).await?.into_iter();
    told.extend(pairs.map(|pair| Told::referral(pair, &customer_id)));
    told.sort_by(|one, other| (other.at, &one.order_id).cmp(&(one.at, &other.order_id)));
    let events = told.len();
    told.truncate(usize::try_from(limit).unwrap_or(events));
    Ok(Answer(Timeline { customer_id, events, timeline: told }))
}

/// What was done about a customer who is to be forgotten.
#[derive(Serialize, ToSchema)]
pub(crate) struct Deleted {
    /// The ids that are gone: from customers, orders, what was said of them, aliases and notes on files.
    deleted_ids: Vec<String>,
    /// Orders and credits that are kept.
    kept_orders: usize,
    /// Whose they are now: a name that was made up, and leads to nobody.
    kept_as: String,
    why: &'static str,
}

/// Forgets a customer, by any of the customer's ids: each of them goes. Orders stay under a name that was made up.
#[utoipa::path(
    delete,
    path = "/customers/{customer_id}",
    tag = "customers",
    params(("customer_id" = String, Path, min_length = 1, max_length = 100)),
    responses((status = 200, body = Deleted), Refusals)
)]
pub(crate) async fn delete(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Answer<Deleted>, Problem> {
    checked("customer_id", &id)?;
    let Some(Forgotten { ids, orders, kept_as }) = app.store.forget(&id).await? else { return Err(nobody(&id)) };
    for id in &ids {
        app.answers.forget(id);
    }
    let why = "orders, their amounts and days are kept: the shop's books and figures are made of them; nothing in them \
               names the person any more";
    Ok(Answer(Deleted { deleted_ids: ids, kept_orders: orders, kept_as, why }))
}
