//! Whom a rule selects, page by page, and the rule as a sentence.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json as Answer;
use axum::extract::State;
use chrono::NaiveDate;
use repurchase::Error;
use repurchase::shop::ShopModels;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use super::Refusals;
use crate::app::App;
use crate::cursor;
use crate::extract::{Json, Reader};
use crate::judge::Judge;
use crate::models::Version;
use crate::problem::{Fault, Problem};
use crate::store::{CustomerRow, Page, Position, Sort};

/// Customers that are looked at in one go.
const READ_AT_A_TIME: i64 = 2_000;
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

/// The customers that a rule selects under the models of the moment.
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
    let version = judging(&app)?;
    let asked = rule.to_string();
    let judge = Arc::new(Judge::of(&app, rule, &version.models).await?);
    let behind = cursor.as_deref().map(|text| cursor::open(&asked, text)).transpose();
    let mut behind = behind.map_err(|fault| Problem::invalid(vec![fault]))?;
    let (today, start) = (app.config.clock.today(), Instant::now());
    let (mut customer_ids, mut examined, mut not_judged, limit) = (Vec::new(), 0, 0, usize::from(limit));
    let next = loop {
        let beside = judge.beside;
        let page = Page { behind: behind.take(), limit: READ_AT_A_TIME, beside, ..Page::default() };
        let rows = app.store.page(page).await?;
        if rows.is_empty() {
            break None;
        }
        let (judge, version, missing) = (Arc::clone(&judge), Arc::clone(&version), limit - customer_ids.len());
        let found = spawn_blocking(move || search(&judge, &version.models, rows, today, missing)).await;
        let found = found.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
        customer_ids.extend(found.ids);
        examined += found.examined;
        not_judged += found.not_judged;
        if customer_ids.len() == limit || start.elapsed() > LONGEST_SEARCH {
            break Some(cursor::seal(&asked, found.last));
        }
        behind = Some(found.last);
    };
    let sentence = judge.audience.describe(language);
    Ok(Answer(Selected { sentence, customer_ids, examined, not_judged, cursor: next }))
}

/// The models of the moment, which a rule needs.
pub(super) fn judging(app: &App) -> Result<Arc<Version>, Problem> {
    let none = || Problem::conflict(Fault::new("rule", "a shop without models", "customers, and POST /models/fit"));
    app.models.current().ok_or_else(none)
}

struct Found {
    ids: Vec<String>,
    examined: usize,
    not_judged: usize,
    last: Position,
}

/// Up to so many of the customers of a page that is not empty.
fn search(
    judge: &Judge,
    models: &ShopModels,
    rows: Vec<CustomerRow>,
    today: NaiveDate,
    most: usize,
) -> repurchase::Result<Found> {
    let last = Position::CustomerId { customer_id: String::new() };
    let mut found = Found { ids: Vec::new(), examined: 0, not_judged: 0, last };
    for row in rows {
        found.examined += 1;
        found.last = Position::of(&row, Sort::CustomerId);
        let verdict = match models.profile(&row.history, today) {
            Ok(profile) => judge.verdict(&profile, &row, today),
            // A purchase after today is one of a clock that went back: nothing is said of that customer.
            Err(Error::AfterAsOf { .. }) => None,
            Err(error) => return Err(error),
        };
        match verdict {
            Some(true) => found.ids.push(row.customer_id),
            Some(false) => {}
            None => found.not_judged += 1,
        }
        if found.ids.len() == most {
            break;
        }
    }
    Ok(found)
}
