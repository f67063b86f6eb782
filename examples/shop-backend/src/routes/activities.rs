//! What customers did with products and categories, beside buying.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use repurchase::shop::Activity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::notes::Question;
use super::{Noted, Refusals, checked, nobody};
use crate::app::App;
use crate::config::Clock;
use crate::extract::{Json, Query};
use crate::order::{check_id, instant};
use crate::problem::{Fault, Problem};
use crate::store::Deed;

/// That a customer did something with a product or category.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostedActivity {
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "00004")]
    customer_id: String,
    activity: Kind,
    /// A product or category, by the name that rules use.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "shoes")]
    category: String,
    /// RFC 3339, to the microsecond; not after the shop's today.
    #[schema(format = DateTime, example = "1998-06-30T18:30:00Z")]
    at: String,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    View,
    Search,
    Favourite,
    Cart,
    /// Ordered and not paid; no longer so from a `purchase` of the same category on.
    UnpaidOrder,
    Purchase,
}

impl From<Kind> for Activity {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::View => Self::View,
            Kind::Search => Self::Search,
            Kind::Favourite => Self::Favourite,
            Kind::Cart => Self::Cart,
            Kind::UnpaidOrder => Self::UnpaidOrder,
            Kind::Purchase => Self::Purchase,
        }
    }
}

impl PostedActivity {
    fn check(self, clock: &Clock) -> Result<Deed, Vec<Fault>> {
        let mut faults = Vec::new();
        check_id("customer_id", &self.customer_id, &mut faults);
        check_id("category", &self.category, &mut faults);
        let at = instant(&self.at, clock).map_err(|expected| faults.push(Fault::new("at", self.at, expected)));
        let Self { customer_id, activity, category, .. } = self;
        match at {
            Ok(at) if faults.is_empty() => Ok(Deed { customer_id, activity: activity.into(), category, at }),
            _ => Err(faults),
        }
    }
}

/// What customers did, in any order, so that rules can ask how long ago that was: the last time of each activity with
/// each category is kept. Sent again, it changes nothing. An id that nobody has is a new customer's.
#[utoipa::path(
    post,
    path = "/activities",
    tag = "customers",
    request_body = Vec<PostedActivity>,
    responses((status = 200, description = "Nothing new", body = Noted), (status = 201, body = Noted), Refusals)
)]
pub(crate) async fn post(State(app): State<Arc<App>>, body: Json) -> Result<(StatusCode, Answer<Noted>), Problem> {
    let deeds = body.batch(|posted: PostedActivity| posted.check(&app.config.clock))?;
    Ok(Noted::of(app.store.add_activities(&deeds).await?, deeds.len()))
}

/// What a customer did last.
#[derive(Serialize, ToSchema)]
pub(crate) struct Activities {
    /// Under which name the customer is known.
    customer_id: String,
    /// The latest first.
    activities: Vec<Last>,
}

/// The last time.
#[derive(Serialize, ToSchema)]
struct Last {
    #[schema(example = "cart")]
    activity: &'static str,
    #[schema(example = "shoes")]
    category: String,
    at: DateTime<Utc>,
}

/// When a customer last did what with which product or category, the latest first, by any of the customer's ids.
#[utoipa::path(
    get,
    path = "/customers/{customer_id}/activities",
    tag = "customers",
    params(("customer_id" = String, Path, min_length = 1, max_length = 100), Question),
    responses((status = 200, body = Activities), Refusals)
)]
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(question): Query<Question>,
) -> Result<Answer<Activities>, Problem> {
    checked("customer_id", &id)?;
    let limit = question.limit()?;
    let Some((customer_id, ..)) = app.store.customer(&id).await? else { return Err(nobody(&id)) };
    let deeds = app.store.activities(&customer_id, limit).await?.into_iter();
    let last = |Deed { activity, category, at, .. }| Last { activity: activity.label().key(), category, at };
    Ok(Answer(Activities { customer_id, activities: deeds.map(last).collect() }))
}
