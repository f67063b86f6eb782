//! Whom a rule selects, page by page, and the rule as a sentence.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json as Answer;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Refusals;
use crate::app::App;
use crate::cursor;
use crate::extract::{Json, Reader};
use crate::judge::{Judge, Verdict};
use crate::problem::{Fault, Problem};
use crate::scan;
use crate::store::Position;

/// After so long, what was found is answered, with a cursor to go on.
const LONGEST_SEARCH: Duration = Duration::from_secs(5);

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// A rule of the library, such as `{"all": [{"tier": "vip"}, {"days_since_last": {">=": 60}}]}`.
    #[schema(value_type = Object, example = json!({"all": [{"tier": "vip"}, {"days_since_last": {">=": 60}}]}))]
    rule: Value,
    /// How many of a page.
    #[serde(default = "default_limit")]
    #[schema(minimum = 1, maximum = 1000, default = 100)]
    limit: u16,
    /// The cursor of the page before, of the same rule.
    #[serde(default)]
    cursor: Option<String>,
}

const fn default_limit() -> u16 {
    100
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Selected {
    /// The rule in words.
    sentence: String,
    /// Ascending.
    customer_ids: Vec<String>,
    /// How many customers were looked at for this page.
    examined: usize,
    /// How many of these could not be judged, as something that the rule asks for is not known of them.
    not_judged: usize,
    /// Where the next page begins; null when all customers have been looked at.
    cursor: Option<String>,
}

/// The customers that a rule selects under the models of the moment. A rule that names `probability_first_purchase` is asked
/// of the visitors of `GET /visitors` in place of the customers with a purchase.
#[utoipa::path(
    post,
    path = "/audiences",
    tag = "audiences",
    request_body = Question,
    responses((status = 200, body = Selected), Refusals)
)]
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    Reader(language): Reader,
    body: Json,
) -> Result<Answer<Selected>, Problem> {
    let Question { rule, limit, cursor } = body.parse()?;
    if !(1..=1000).contains(&limit) {
        return Err(Problem::invalid(vec![Fault::new("limit", limit.to_string(), "a number from 1 to 1000")]));
    }
    let (everybody, version) = scan::everybody(&app).await?;
    let asked = rule.to_string();
    let judge = Arc::new(Judge::of(&app, rule, &version.models).await?);
    let behind = cursor.as_deref().map(|text| cursor::open(&asked, text)).transpose();
    let behind = match behind.map_err(|fault| Problem::invalid(vec![fault]))? {
        Some(Position::CustomerId { customer_id }) => Some(customer_id),
        _ => None,
    };
    let (start, limit) = (Instant::now(), usize::from(limit));
    let add = move |found: &mut Found, customer_id: &str, verdict: Verdict<'_>| {
        found.examined += 1;
        match verdict {
            Verdict::In { .. } => found.ids.push(customer_id.to_owned()),
            Verdict::Out => {}
            Verdict::Unknown => found.not_judged += 1,
        }
        if found.ids.len() == limit || start.elapsed() > LONGEST_SEARCH {
            found.last = Some(customer_id.to_owned());
            return Ok(ControlFlow::Break(()));
        }
        Ok(ControlFlow::Continue(()))
    };
    let found = scan::judged(Arc::clone(&judge), everybody, behind, Found::default(), add).await?;
    let Found { ids, examined, not_judged, last } = found;
    let next = last.map(|customer_id| cursor::seal(&asked, Position::CustomerId { customer_id }));
    let sentence = judge.audience.describe(language);
    Ok(Answer(Selected { sentence, customer_ids: ids, examined, not_judged, cursor: next }))
}

/// Of one page.
#[derive(Default)]
struct Found {
    ids: Vec<String>,
    examined: usize,
    not_judged: usize,
    /// Behind whom the next page begins.
    last: Option<String>,
}
