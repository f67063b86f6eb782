//! Visitors, whoever is likeliest to buy for the first time first.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use chrono::NaiveDate;
use repurchase::predict::VisitorFit;
use serde::Serialize;
use utoipa::ToSchema;

use super::Refusals;
use super::notes::Question;
use crate::app::App;
use crate::extract::{Query, Reader, pick};
use crate::problem::Problem;
use crate::visitors::{Outcome, Visitor, Visitors};

/// Who came and has not bought, as of today.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ranking {
    as_of: NaiveDate,
    /// Null where there is none; `verdict` says why.
    model: Option<Fitted>,
    /// Whether the model beats a rule of thumb on days that it was not fitted to, and what that does not say; or why
    /// there is no model.
    verdict: String,
    /// How many there are.
    visitors: usize,
    /// The likeliest first; those of one probability by id. Nobody without a model.
    ranked: Vec<View>,
}

/// The model, as the last fit of all models found it.
#[derive(Serialize, ToSchema)]
struct Fitted {
    as_of: NaiveDate,
    /// The days up to and including today of which it counts what visitors did.
    lookback_days: u32,
    /// The days after in which the purchase may come.
    horizon_days: u32,
    /// Spans of so many days of the shop's past to which it is fitted.
    spans: u32,
    /// Visitors in these; one who comes in several without buying counts in each.
    past_visitors: u64,
    /// Those of them who bought.
    past_buyers: u64,
    /// Null where it cannot be told yet.
    beats_the_rule: Option<bool>,
}

#[derive(Serialize, ToSchema)]
struct View {
    customer_id: String,
    /// Of a first purchase within the model's `horizon_days`.
    #[schema(example = 0.125)]
    probability: f64,
    last_visit: NaiveDate,
    /// Null for one who put nothing into the cart.
    days_since_cart: Option<u32>,
}

/// Who came and has not bought, by how likely a first purchase is: a logistic regression on what was done and when, fitted
/// to the shop's own past visitors with the other models. Who views, searches, marks or puts into the cart, as `POST
/// /activities` says, is a visitor. Rules may ask for the probability: `probability_first_purchase`.
#[utoipa::path(get, path = "/visitors", tag = "audiences", params(Question), responses((status = 200, body = Ranking), Refusals))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Query(question): Query<Question>,
    Reader(language): Reader,
) -> Result<Answer<Ranking>, Problem> {
    let limit = question.limit()?;
    let visitors = Visitors::now(&app).await?;
    let mut ranked: Vec<&Visitor> = visitors.all.iter().collect();
    ranked.sort_by(|one, other| other.probability.total_cmp(&one.probability));
    ranked.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let view = |visitor: &Visitor| View {
        customer_id: visitor.customer_id.clone(),
        probability: visitor.probability,
        last_visit: visitor.last_visit,
        days_since_cart: visitor.days_since_cart,
    };
    let verdict = visitors.fitted.as_ref().map(|(_, outcome)| outcome.verdict(language));
    let not_yet = || pick(language, "nothing has been fitted yet: POST /models/fit", "尚未拟合：请先 POST /models/fit");
    Ok(Answer(Ranking {
        as_of: visitors.as_of,
        model: visitors.fitted.as_ref().and_then(|(as_of, outcome)| Fitted::of(*as_of, outcome)),
        verdict: verdict.unwrap_or_else(|| not_yet().to_owned()),
        visitors: visitors.number,
        ranked: ranked.into_iter().map(view).collect(),
    }))
}

impl Fitted {
    fn of(as_of: NaiveDate, outcome: &Outcome) -> Option<Self> {
        let Outcome::Fitted(fit) = outcome else { return None };
        let VisitorFit { model, spans, visitors, buyers, check, .. } = &**fit;
        Some(Self {
            as_of,
            lookback_days: model.lookback_days(),
            horizon_days: model.horizon_days(),
            spans: *spans,
            past_visitors: *visitors,
            past_buyers: *buyers,
            beats_the_rule: check.map(|check| check.beats_the_rule()),
        })
    }
}
