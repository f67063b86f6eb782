//! Versions of the models: a new one, and all there were.

use std::sync::Arc;
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use repurchase::scale::Language;
use repurchase::shop::ShopModels;
use serde::Serialize;
use utoipa::ToSchema;

use super::Refusals;
use crate::app::App;
use crate::extract::Reader;
use crate::models::FitError;
use crate::problem::{Fault, Problem};
use crate::store::StoredModel;

/// So long a caller waits for a fit, which goes on if it takes longer.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
const SHOWN: i64 = 30;

#[derive(Serialize, ToSchema)]
pub(crate) struct Versions {
    /// The version in use; null while nobody has bought.
    current: Option<i64>,
    /// The newest first, 30 at most.
    versions: Vec<ModelVersion>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ModelVersion {
    version: i64,
    fitted_at: DateTime<Utc>,
    as_of: NaiveDate,
    customers: i64,
    /// Customers who have another label than they would have under the version before; null where there was none in
    /// use.
    drift: Option<Drift>,
    /// `fitted`, or why there is another model of purchases, or none; null for a version that is stored in an earlier
    /// form.
    purchases: Option<String>,
    /// The same of the model of spend.
    spend: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Drift {
    segment_changes: i64,
    tier_changes: i64,
}

impl ModelVersion {
    fn new(stored: &StoredModel, language: Language) -> Self {
        let models: Option<ShopModels> = serde_json::from_str(&stored.model).ok();
        let StoredModel { version, fitted_at, as_of, customers, segment_changes, tier_changes, .. } = *stored;
        let drift = segment_changes.zip(tier_changes);
        Self {
            version,
            fitted_at,
            as_of,
            customers,
            drift: drift.map(|(segment_changes, tier_changes)| Drift { segment_changes, tier_changes }),
            purchases: models.as_ref().map(|models| models.purchases().status().describe(language)),
            spend: models.as_ref().map(|models| models.spend().status().describe(language)),
        }
    }
}

/// Fits the models on all customers, and uses them at once. `GET /models` shows a fit that took longer than 20 seconds.
#[utoipa::path(
    post,
    path = "/models/fit",
    tag = "models",
    responses(
        (status = 201, body = ModelVersion),
        (status = 202, description = "The fit goes on"),
        Refusals
    )
)]
pub(crate) async fn fit(
    State(app): State<Arc<App>>,
    Reader(language): Reader,
) -> Result<(StatusCode, Answer<Option<ModelVersion>>), Problem> {
    let models = Arc::clone(&app.models);
    // A caller who goes away does not end it.
    let fitting = tokio::spawn(async move { models.fit().await });
    match tokio::time::timeout(LONGEST_WAIT, fitting).await {
        Err(_) => Ok((StatusCode::ACCEPTED, Answer(None))),
        Ok(Err(error)) => Err(Problem::internal(&error)),
        Ok(Ok(Ok(stored))) => Ok((StatusCode::CREATED, Answer(Some(ModelVersion::new(&stored, language))))),
        Ok(Ok(Err(error))) => Err(error.into()),
    }
}

/// The versions of the models, and how many customers changed label by each.
#[utoipa::path(get, path = "/models", tag = "models", responses((status = 200, body = Versions), Refusals))]
pub(crate) async fn list(State(app): State<Arc<App>>, Reader(language): Reader) -> Result<Answer<Versions>, Problem> {
    let versions = app.store.models(SHOWN).await?.into_iter();
    let versions = versions.map(|stored| ModelVersion::new(&stored, language)).collect();
    Ok(Answer(Versions { current: app.models.current().map(|version| version.number), versions }))
}

impl From<FitError> for Problem {
    fn from(error: FitError) -> Self {
        match error {
            FitError::UnderWay => Self::conflict(Fault::new("request", "a second fit", "one fit at a time")),
            FitError::NobodyHasBought(day) => {
                Self::conflict(Fault::new("request", "no customers", format!("a purchase up to {day}")))
            }
            FitError::Store(error) => error.into(),
            error => Self::internal(&error),
        }
    }
}
