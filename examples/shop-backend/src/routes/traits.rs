//! Tags and attributes of customers: what the shop says of them beside their orders.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use chrono::Utc;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Refusals, checked, nobody};
use crate::app::App;
use crate::extract::{Json, Reader};
use crate::order::check_id;
use crate::problem::{Fault, Problem};
use crate::traits::{TraitKind, Traits};
use crate::view::CustomerView;

/// All that the shop says of a customer beside the orders.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostedTraits {
    /// All tags that the customer has, each of 1 to 100 characters.
    #[serde(default)]
    #[schema(max_items = 50, example = json!(["vip-event"]))]
    tags: Vec<String>,
    /// 50 at most by name, of 1 to 100 characters: a number, a text of 1 to 100 characters, or null for a customer who has none.
    /// What is left out is not known. An attribute is a number of all customers or a text of all.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({"age": 34, "region": "Bavaria"}))]
    attributes: BTreeMap<String, Value>,
}

/// The same with whose it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostedTraitsOf {
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "00004")]
    customer_id: String,
    /// As `PUT /customers/{customer_id}/traits` takes them.
    #[serde(default)]
    #[schema(max_items = 50, example = json!(["vip-event"]))]
    tags: Vec<String>,
    /// Likewise.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({"age": 34, "region": "Bavaria"}))]
    attributes: BTreeMap<String, Value>,
}

/// Says all that holds of a customer, by any of the customer's ids, in place of what was said before; an empty body
/// takes it back. An id that nobody has is a new customer's. When two ids turn out to be one person, the person has the
/// tags of both, and of an attribute what was said last.
#[utoipa::path(
    put,
    path = "/customers/{customer_id}/traits",
    tag = "customers",
    params(("customer_id" = String, Path, min_length = 1, max_length = 100)),
    request_body = PostedTraits,
    responses((status = 200, body = CustomerView), Refusals)
)]
pub(crate) async fn set(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Reader(language): Reader,
    body: Json,
) -> Result<Answer<CustomerView>, Problem> {
    checked("customer_id", &id)?;
    // Fields can all be left out, so that a list would be read as nothing.
    if body.is_list() {
        return Err(Problem::malformed(Fault::new("body", "a list", "an object; POST /traits takes a list")));
    }
    let PostedTraits { tags, attributes } = body.parse()?;
    let traits = Traits::check(tags, attributes, Utc::now().timestamp_micros()).map_err(Problem::invalid)?;
    let said = [(id.clone(), traits)];
    app.store.set_traits(&said).await.map_err(|error| Problem::from(error).of_one())?;
    let Some((name, history, traits)) = app.store.customer(&id).await? else { return Err(nobody(&id)) };
    let view = app.view(name, &history, app.models.current().as_deref(), language)?;
    Ok(Answer(view.with_traits(&traits)))
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Described {
    /// Of how many customers.
    customers: usize,
}

/// The same of many customers at once, all of it or nothing.
#[utoipa::path(
    post,
    path = "/traits",
    tag = "customers",
    request_body = Vec<PostedTraitsOf>,
    responses((status = 200, body = Described), Refusals)
)]
pub(crate) async fn post(State(app): State<Arc<App>>, body: Json) -> Result<Answer<Described>, Problem> {
    let at = Utc::now().timestamp_micros();
    let said = body.batch(|PostedTraitsOf { customer_id, tags, attributes }| {
        let mut faults = Vec::new();
        check_id("customer_id", &customer_id, &mut faults);
        match Traits::check(tags, attributes, at) {
            Ok(traits) if faults.is_empty() => Ok((customer_id, traits)),
            Ok(_) => Err(faults),
            Err(others) => {
                faults.extend(others);
                Err(faults)
            }
        }
    })?;
    app.store.set_traits(&said).await?;
    Ok(Answer(Described { customers: said.len() }))
}

/// What rules can ask for.
#[derive(Serialize, ToSchema)]
pub(crate) struct Known {
    tags: Vec<Tag>,
    attributes: Vec<AttributeName>,
}

#[derive(Serialize, ToSchema)]
struct Tag {
    #[schema(example = "vip-event")]
    tag: String,
    /// How many have it.
    customers: i64,
}

#[derive(Serialize, ToSchema)]
struct AttributeName {
    #[schema(example = "age")]
    name: String,
    kind: TraitKind,
    /// Of how many there is a value.
    customers: i64,
}

/// The tags and attributes that customers have: rules can ask for these.
#[utoipa::path(get, path = "/traits", tag = "customers", responses((status = 200, body = Known), Refusals))]
pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Answer<Known>, Problem> {
    let mut known = Known { tags: Vec::new(), attributes: Vec::new() };
    for crate::store::TraitName { name, kind, customers } in app.store.trait_names().await? {
        match kind {
            TraitKind::Tag => known.tags.push(Tag { tag: name, customers }),
            TraitKind::Number | TraitKind::Text => known.attributes.push(AttributeName { name, kind, customers }),
        }
    }
    Ok(Answer(known))
}
