//! Points: the program, a customer's account, what the shop owes.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{Datelike, NaiveDate};
use repurchase::act::points::{Liability, PointsAccount};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use super::{Refusals, checked, nobody};
use crate::app::App;
use crate::extract::{Json, day};
use crate::order::check_id;
use crate::points::{Program, account};
use crate::problem::{Fault, Problem};
use crate::store::{Entered, NewEntry, StoreError};

/// The points program; 404 while there is none.
#[utoipa::path(get, path = "/points-program", tag = "points", responses((status = 200, body = Program), Refusals))]
pub(crate) async fn program(State(app): State<Arc<App>>) -> Result<Answer<Program>, Problem> {
    Ok(Answer(current(&app).await?))
}

/// Sets the points program. Accounts follow from orders and entries, so that all points earned are counted by it.
#[utoipa::path(
    put,
    path = "/points-program",
    tag = "points",
    request_body = Program,
    responses((status = 200, body = Program), Refusals)
)]
pub(crate) async fn set_program(State(app): State<Arc<App>>, body: Json) -> Result<Answer<Program>, Problem> {
    let program: Program = body.parse()?;
    program.check().map_err(Problem::invalid)?;
    app.store.set_points_program(&program).await?;
    Ok(Answer(program))
}

async fn current(app: &App) -> Result<Program, Problem> {
    let program = app.store.points_program().await?;
    program.ok_or_else(|| Problem::not_found("there is no points program; PUT /points-program makes one"))
}

/// Points that a customer is given or spends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostedPoints {
    /// The shop's own name for it; sent again, it changes nothing.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "P-1")]
    entry_id: String,
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "00004")]
    customer_id: String,
    /// Above 0 are given, below it spent; not 0.
    #[schema(minimum = -1_000_000_000, maximum = 1_000_000_000, example = -100)]
    points: i64,
    /// The shop's today if not given, and never later.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>, example = "1998-06-30")]
    day: Option<String>,
}

/// A customer's points.
#[derive(Serialize, ToSchema)]
pub(crate) struct Account {
    customer_id: String,
    as_of: NaiveDate,
    /// Points that can be spent.
    balance: u64,
    redeemed: u64,
    expired: u64,
    /// Points that were spent although their orders were given back later.
    owed: u64,
    /// The fraction of a point that waits for the next order.
    #[schema(example = "0.99")]
    carried: String,
    /// The balance, in the order in which it would be spent.
    lots: Vec<LotView>,
}

#[derive(Serialize, ToSchema)]
struct LotView {
    points: u64,
    earned: NaiveDate,
    /// From which day on they cannot be used; null for never, and for a year beyond 9999.
    expires: Option<NaiveDate>,
    /// Null for points that were given.
    order_id: Option<String>,
}

impl Account {
    fn new(customer_id: String, account: &PointsAccount<String>) -> Self {
        let lots = account.lots().iter().map(|lot| LotView {
            points: lot.points,
            earned: lot.earned,
            expires: written(lot.expires),
            order_id: lot.order.clone(),
        });
        Self {
            customer_id,
            as_of: account.as_of(),
            balance: account.balance(),
            redeemed: account.redeemed(),
            expired: account.expired(),
            owed: account.owed(),
            carried: account.carried().normalize().to_string(),
            lots: lots.collect(),
        }
    }
}

/// A day of JSON has four digits for its year.
fn written(day: Option<NaiveDate>) -> Option<NaiveDate> {
    day.filter(|day| day.year() <= 9999)
}

/// Gives points to a customer, or takes what is spent; more than the balance is refused.
#[utoipa::path(
    post,
    path = "/points",
    tag = "points",
    request_body = PostedPoints,
    responses((status = 200, description = "Nothing new", body = Account), (status = 201, body = Account), Refusals)
)]
pub(crate) async fn post(State(app): State<Arc<App>>, body: Json) -> Result<(StatusCode, Answer<Account>), Problem> {
    const MOST: i64 = 1_000_000_000;
    let posted: PostedPoints = body.parse()?;
    let program = current(&app).await?;
    let (mut faults, today) = (Vec::new(), app.config.clock.today());
    check_id("entry_id", &posted.entry_id, &mut faults);
    check_id("customer_id", &posted.customer_id, &mut faults);
    if posted.points == 0 || !(-MOST..=MOST).contains(&posted.points) {
        faults.push(Fault::new("points", posted.points.to_string(), format!("-{MOST} to {MOST}, not 0")));
    }
    let asked = day("day", posted.day.as_deref()).map_err(|fault| Problem::invalid(vec![fault]))?.unwrap_or(today);
    if asked > today {
        faults.push(Fault::new("day", asked.to_string(), format!("a day up to {today}, today")));
    }
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    let PostedPoints { entry_id, customer_id, points, .. } = posted;
    let entry = NewEntry { entry_id, customer_id, day: asked, points };
    let status = match app.store.add_points(&entry, &program, &app.config.clock).await? {
        Entered::New => StatusCode::CREATED,
        Entered::Known => StatusCode::OK,
        Entered::Other => {
            let expected = "an id that no other entry has had";
            return Err(Problem::conflict(Fault::new("entry_id", entry.entry_id, expected)));
        }
        Entered::Refused(error) => {
            return Err(Problem::conflict(Fault::new("points", points.to_string(), format!("what can be: {error}"))));
        }
        Entered::Nobody => return Err(nobody(&entry.customer_id)),
    };
    Ok((status, Answer(of_customer(&app, &entry.customer_id, &program).await?)))
}

/// A customer's points, by any of the customer's ids: what the orders earned, less what was given back of them, and what
/// was given and spent beside.
#[utoipa::path(
    get,
    path = "/customers/{customer_id}/points",
    tag = "points",
    params(("customer_id" = String, Path, min_length = 1, max_length = 100)),
    responses((status = 200, body = Account), Refusals)
)]
pub(crate) async fn one(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Answer<Account>, Problem> {
    checked("customer_id", &id)?;
    let program = current(&app).await?;
    Ok(Answer(of_customer(&app, &id, &program).await?))
}

async fn of_customer(app: &App, id: &str, program: &Program) -> Result<Account, Problem> {
    let Some((name, ..)) = app.store.customer(id).await? else { return Err(nobody(id)) };
    let (rules, _) = program.check().map_err(Problem::invalid)?;
    let (orders, entries) = app.store.accounts(Some(&name)).await?.remove(&name).unwrap_or_default();
    let (today, currency) = (app.config.clock.today(), app.store.currency());
    let found = account(&rules, &orders, &entries, today, currency, app.store.calendar())?;
    Ok(Account::new(name.clone(), &found.map_err(|error| does_not_add_up(&name, &error))?))
}

/// Orders that were corrected after their points were spent.
fn does_not_add_up(customer: &str, error: &repurchase::Error) -> Problem {
    Problem::conflict(Fault::new("customer_id", customer, format!("orders and points that add up: {error}")))
}

/// What the shop owes its customers in points, by the month in which they can be used for the last time.
#[derive(Serialize, ToSchema)]
pub(crate) struct Owed {
    as_of: NaiveDate,
    points: u64,
    /// All points in full: the share that will never be spent is for the shop to deduct.
    #[schema(example = "123.40")]
    value: String,
    /// Points that customers owe, not deducted.
    owed_by_customers: u64,
    months: Vec<OwedMonth>,
}

#[derive(Serialize, ToSchema)]
struct OwedMonth {
    /// Its first day; null for points that never expire, and for a year beyond 9999.
    month: Option<NaiveDate>,
    points: u64,
    value: String,
}

/// All points outstanding, and what they are worth.
#[utoipa::path(get, path = "/points", tag = "points", responses((status = 200, body = Owed), Refusals))]
pub(crate) async fn owed(State(app): State<Arc<App>>) -> Result<Answer<Owed>, Problem> {
    let program = current(&app).await?;
    let (rules, value) = program.check().map_err(Problem::invalid)?;
    let accounts = app.store.accounts(None).await?;
    let (today, currency, calendar) = (app.config.clock.today(), app.store.currency(), app.store.calendar().clone());
    let counting = spawn_blocking(move || {
        let mut found = Vec::with_capacity(accounts.len());
        for (name, (orders, entries)) in &accounts {
            let account = account(&rules, orders, entries, today, currency, &calendar)?;
            found.push(account.map_err(|error| StoreError::Customer { customer_id: name.clone(), source: error })?);
        }
        let liability = Liability::of(&found, value);
        liability.map_err(|error| StoreError::Customer { customer_id: String::new(), source: error })
    });
    let liability = counting.await.map_err(|error| Problem::internal(&error))??;
    let months = liability.months.iter().map(|month| OwedMonth {
        month: written(month.month),
        points: month.points,
        value: month.value.to_string(),
    });
    Ok(Answer(Owed {
        as_of: today,
        points: liability.points,
        value: liability.value.to_string(),
        owed_by_customers: liability.owed,
        months: months.collect(),
    }))
}
