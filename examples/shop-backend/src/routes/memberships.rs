//! Paid cards: who has one, since when.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Noted, Refusals, checked, nobody};
use crate::app::App;
use crate::config::Clock;
use crate::extract::{Json, day};
use crate::money::Currency;
use crate::order::{AMOUNT, check_id, is_day};
use crate::problem::{Fault, Problem};
use crate::store::Membership;

/// A paid card of a customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostedMembership {
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "00004")]
    customer_id: String,
    /// The first day; not after the shop's today.
    #[schema(format = Date, example = "1998-01-01")]
    joined: String,
    /// The last day, if it has one.
    #[serde(default)]
    #[schema(format = Date, example = "1998-12-31")]
    ends: Option<String>,
    /// What was paid for it.
    #[schema(pattern = r"^[0-9]{1,10}(\.[0-9]{1,2})?$", example = "60.00")]
    fee: String,
}

impl PostedMembership {
    fn check(self, clock: &Clock, currency: Currency) -> Result<Membership, Vec<Fault>> {
        let mut faults = Vec::new();
        check_id("customer_id", &self.customer_id, &mut faults);
        let joined = day("joined", Some(&self.joined)).map(Option::unwrap_or_default);
        let joined = joined.and_then(|found| match is_day(found, clock) {
            Ok(()) => Ok(found),
            Err(expected) => Err(Fault::new("joined", self.joined.as_str(), expected)),
        });
        let ends = day("ends", self.ends.as_deref());
        if let (Ok(joined), Ok(Some(ends))) = (&joined, &ends)
            && ends < joined
        {
            faults.push(Fault::new(
                "ends",
                ends.to_string(),
                format!("a day from {joined} on, when the member joined"),
            ));
        }
        let fee = currency.parse(&self.fee).ok_or_else(|| Fault::new("fee", self.fee.as_str(), AMOUNT));
        match (joined, ends, fee) {
            (Ok(joined), Ok(ends), Ok(fee)) if faults.is_empty() => {
                Ok(Membership { customer_id: self.customer_id, joined, ends, fee })
            }
            (joined, ends, fee) => {
                faults.extend([joined.err(), ends.err(), fee.err()].into_iter().flatten());
                Err(faults)
            }
        }
    }
}

/// Who has a paid card, and since when, up to 1,000 of them, all or none. A card is known by customer and day of joining:
/// said again with another end or fee, that is what holds; said again as it was, nothing changes. A card that is renewed is
/// another one. An id that nobody has is a new customer's.
#[utoipa::path(
    post,
    path = "/memberships",
    tag = "loyalty",
    request_body = Vec<PostedMembership>,
    responses((status = 200, description = "Nothing new", body = Noted), (status = 201, body = Noted), Refusals)
)]
pub(crate) async fn post(State(app): State<Arc<App>>, body: Json) -> Result<(StatusCode, Answer<Noted>), Problem> {
    let (clock, currency) = (&app.config.clock, app.store.currency());
    let all = body.batch(|posted: PostedMembership| posted.check(clock, currency))?;
    Ok(Noted::of(app.store.add_memberships(&all).await?, all.len()))
}

/// The paid cards of a customer.
#[derive(Serialize, ToSchema)]
pub(crate) struct Cards {
    /// Under which name the customer is known.
    customer_id: String,
    /// The latest first.
    memberships: Vec<Card>,
}

#[derive(Serialize, ToSchema)]
struct Card {
    joined: NaiveDate,
    /// Null while it has no end.
    ends: Option<NaiveDate>,
    #[schema(example = "60.00")]
    fee: String,
}

/// The paid cards that a customer has, or had, by any of the customer's ids.
#[utoipa::path(
    get,
    path = "/customers/{customer_id}/memberships",
    tag = "loyalty",
    params(("customer_id" = String, Path, min_length = 1, max_length = 100)),
    responses((status = 200, body = Cards), Refusals)
)]
pub(crate) async fn one(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Answer<Cards>, Problem> {
    checked("customer_id", &id)?;
    let Some((customer_id, ..)) = app.store.customer(&id).await? else { return Err(nobody(&id)) };
    let currency = app.store.currency();
    let card =
        |one: Membership| Card { joined: one.joined, ends: one.ends, fee: currency.decimal(one.fee).to_string() };
    let memberships = app.store.memberships_of(&customer_id).await?.into_iter().map(card).collect();
    Ok(Answer(Cards { customer_id, memberships }))
}

/// Takes back that a customer joined on a day, by any of the customer's ids.
#[utoipa::path(
    delete,
    path = "/customers/{customer_id}/memberships/{joined}",
    tag = "loyalty",
    params(
        ("customer_id" = String, Path, min_length = 1, max_length = 100),
        ("joined" = NaiveDate, Path, example = "1998-01-01")
    ),
    responses((status = 204, description = "It is gone"), Refusals)
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    Path((id, joined)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    checked("customer_id", &id)?;
    let joined = day("joined", Some(&joined)).map_err(|fault| Problem::invalid(vec![fault]))?.unwrap_or_default();
    match app.store.delete_membership(&id, joined).await? {
        None => Err(nobody(&id)),
        Some(false) => Err(Problem::not_found(format!("customer {id:?} is not known to have joined on {joined}"))),
        Some(true) => Ok(StatusCode::NO_CONTENT),
    }
}
