//! The shop as one value, and its routes with what stands before each of them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use repurchase::CustomerHistory;
use repurchase::scale::Language;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access;
use crate::auth;
use crate::config::Config;
use crate::kept::Kept;
use crate::metrics;
use crate::models::{FitError, Models, Version};
use crate::problem::Problem;
use crate::routes::notes::Summary;
use crate::routes::service::Security;
use crate::routes::{audiences, customers, models, notes, orders, report, service, shop, table, told};
use crate::store::Store;
use crate::view::CustomerView;

const LARGEST_BODY: usize = 1 << 20;
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// What a request handler needs.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) models: Arc<Models>,
    /// By language.
    pub(crate) pages: Kept<Bytes>,
    pub(crate) summary: Kept<Arc<Summary>>,
}

impl App {
    pub(crate) async fn open(config: Config) -> Result<Self, FitError> {
        let store = Store::open(&config).await?;
        let models = Models::open(store.clone(), config.clock.clone(), config.horizon_days).await?;
        Ok(Self { config, store, models: Arc::new(models), pages: Kept::default(), summary: Kept::default() })
    }

    /// A customer under the models of the moment.
    pub(crate) fn view(
        &self,
        customer_id: String,
        history: &CustomerHistory,
        version: Option<&Version>,
        language: Language,
    ) -> Result<CustomerView, Problem> {
        let (today, currency) = (self.config.clock.today(), self.store.currency());
        let view = metrics::in_library(|| CustomerView::new(customer_id, history, version, today, currency, language));
        view.map_err(|error| Problem::internal(&error))
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Shop backend", description = "A shop that knows who comes back, by the library repurchase."),
    modifiers(&Security),
    security(("bearer" = []))
)]
struct Document;

/// Every route.
pub(crate) fn router(app: App) -> Router {
    let tokens = app.config.tokens.clone();
    let guarded = OpenApiRouter::new()
        .routes(routes!(orders::post))
        .routes(routes!(told::order, orders::correct))
        .routes(routes!(orders::events))
        .routes(routes!(customers::alias))
        .routes(routes!(customers::one, told::delete))
        .routes(routes!(told::timeline))
        .routes(routes!(table::customers))
        .routes(routes!(customers::page))
        .routes(routes!(shop::segments))
        .routes(routes!(shop::rates))
        .routes(routes!(notes::list))
        .routes(routes!(notes::calls))
        .routes(routes!(audiences::post))
        .routes(routes!(models::fit))
        .routes(routes!(models::list))
        .routes(routes!(report::page))
        .routes(routes!(service::metrics))
        .route_layer(from_fn_with_state(tokens, auth::require));
    let open = OpenApiRouter::new().routes(routes!(service::health));
    let documented = OpenApiRouter::with_openapi(Document::openapi()).merge(guarded).merge(open);
    let (router, document) = documented.with_state(Arc::new(app)).split_for_parts();
    router
        .merge(service::documentation(&document))
        .fallback(|| async {
            Problem::not_found("there is nothing at this path; GET /openapi.json lists what there is")
        })
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, LONGEST_REQUEST))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Problem::internal(&"a request handler panicked").into_response()
        }))
        .layer(from_fn(problems))
        .layer(from_fn(access::log))
        .layer(from_fn(metrics::observe))
}

/// Refusals of the server itself, such as of a method or of a body that is too large, as problems too.
async fn problems(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_refusal = status.is_client_error() || status.is_server_error();
    let is_problem = response.headers().get(CONTENT_TYPE).is_some_and(|value| value == "application/problem+json");
    if !is_refusal || is_problem {
        return response;
    }
    let detail = match status {
        StatusCode::METHOD_NOT_ALLOWED => "this path has other methods; the header Allow names them",
        StatusCode::PAYLOAD_TOO_LARGE => "body: expected at most 1 MiB",
        StatusCode::GATEWAY_TIMEOUT => "the answer took longer than 30 seconds; ask for less",
        _ => "the request cannot be read",
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    let (problem, body) = Problem::new(status, detail).into_response().into_parts();
    parts.headers.extend(problem.headers);
    Response::from_parts(parts, body)
}
