//! What operators ask: is it well, what does it do, what can be asked of it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json as Answer, Router};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, Required};
use utoipa::{Modify, ToSchema};

use super::{Refusals, docs};
use crate::app::App;
use crate::metrics as counters;
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`, or `degraded`: it answers, by models that are older than they should be.
    #[schema(example = "ok")]
    status: &'static str,
    /// The version of the models in use; null while nobody has bought.
    model: Option<i64>,
    fitted_at: Option<DateTime<Utc>>,
    /// When the last fit failed; null when it did not. It is tried again.
    fit_failed_at: Option<DateTime<Utc>>,
}

/// Whether the database answers, and whether the models are those of last night.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "service",
    security(()),
    responses((status = 200, body = Health), Refusals)
)]
pub(crate) async fn health(State(app): State<Arc<App>>) -> Result<Answer<Health>, Problem> {
    match app.store.ping().await {
        Ok(()) => {
            let (version, fit_failed_at) = (app.models.current(), app.models.failed_at());
            let status = if fit_failed_at.is_some() { "degraded" } else { "ok" };
            let model = version.as_ref().map(|version| version.number);
            let fitted_at = version.map(|version| version.fitted_at);
            Ok(Answer(Health { status, model, fitted_at, fit_failed_at }))
        }
        Err(error) => Err(Problem::unavailable(&error)),
    }
}

/// Counters and times, as Prometheus reads them.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "service",
    responses((status = 200, body = String, content_type = "application/openmetrics-text"), Refusals)
)]
pub(crate) async fn metrics(State(app): State<Arc<App>>) -> Result<impl IntoResponse, Problem> {
    const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let text = counters::text(app.models.current().as_deref()).map_err(|error| Problem::internal(&error))?;
    Ok(([(CONTENT_TYPE, OPEN_METRICS)], text))
}

/// How a caller says who it is.
pub(crate) struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        document.components.get_or_insert_default().add_security_scheme("bearer", bearer);
    }
}

/// That every route takes `lang`.
pub(crate) struct Languages;

impl Modify for Languages {
    fn modify(&self, document: &mut OpenApi) {
        let kind = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["en", "zh"])).build();
        let language = ParameterBuilder::new()
            .name("lang")
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some("The language of what people read; by Accept-Language if not given."))
            .schema(Some(kind))
            .build();
        for item in document.paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
            for operation in operations.into_iter().flatten() {
                operation.parameters.get_or_insert_default().push(language.clone().into());
            }
        }
    }
}

/// The OpenAPI document, and a page of it that asks no other server for anything.
pub(crate) fn documentation(document: &OpenApi) -> Router {
    let (page, document) = (Html(docs::page(document)), Answer(document.clone()));
    Router::new()
        .route("/openapi.json", get(move || async move { document.clone() }))
        .route("/docs", get(move || async move { page.clone() }))
}
