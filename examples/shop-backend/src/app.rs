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
use axum::routing::{get, post};
use repurchase::CustomerHistory;
use repurchase::scale::Language;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access;
use crate::answers::Answers;
use crate::auth;
use crate::config::Config;
use crate::extract;
use crate::kept::Kept;
use crate::metrics;
use crate::models::{FitError, Models, Version};
use crate::problem::{Fault, Problem};
use crate::routes::notes::Summary;
use crate::routes::service::{Languages, Security};
use crate::routes::{
    activities, audiences, campaigns, contacts, customers, members, memberships, models, notes, orders, points,
    referrals, report, service, shop, sign_in, table, told, traits, visitors,
};
use crate::session::Tries;
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
    /// Of one customer each.
    pub(crate) answers: Answers,
    /// To sign in.
    pub(crate) tries: Tries,
}

impl App {
    pub(crate) async fn open(config: Config) -> Result<Self, FitError> {
        let store = Store::open(&config).await?;
        let models = Models::open(store.clone(), config.clock.clone(), config.horizon_days).await?;
        Ok(Self {
            config,
            store,
            models: Arc::new(models),
            pages: Kept::default(),
            summary: Kept::default(),
            answers: Answers::default(),
            tries: Tries::default(),
        })
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
    components(schemas(Fault)),
    security(("bearer" = []))
)]
struct Document;

/// Every route.
pub(crate) fn router(app: App) -> Router {
    let app = Arc::new(app);
    let guarded = OpenApiRouter::new()
        .routes(routes!(orders::post))
        .routes(routes!(told::order, orders::correct))
        .routes(routes!(orders::events))
        .routes(routes!(customers::alias))
        .routes(routes!(customers::one, told::delete))
        .routes(routes!(told::timeline))
        .routes(routes!(activities::post))
        .routes(routes!(activities::one))
        .routes(routes!(traits::set))
        .routes(routes!(traits::post, traits::list))
        .routes(routes!(table::customers))
        .routes(routes!(customers::page))
        .routes(routes!(shop::about))
        .routes(routes!(shop::segments))
        .routes(routes!(shop::rates))
        .routes(routes!(referrals::post, referrals::report))
        .routes(routes!(referrals::delete))
        .routes(routes!(memberships::post, members::report))
        .routes(routes!(memberships::one))
        .routes(routes!(memberships::delete))
        .routes(routes!(notes::list))
        .routes(routes!(notes::calls))
        .routes(routes!(audiences::post))
        .routes(routes!(visitors::list))
        .routes(routes!(campaigns::post, campaigns::list))
        .routes(routes!(campaigns::one, campaigns::delete))
        .routes(routes!(campaigns::send_list))
        .routes(routes!(contacts::rules, contacts::set_rules))
        .routes(routes!(contacts::touches))
        .routes(routes!(points::program, points::set_program))
        .routes(routes!(points::post, points::owed))
        .routes(routes!(points::one))
        .routes(routes!(models::fit))
        .routes(routes!(models::list))
        .routes(routes!(report::page))
        .routes(routes!(service::metrics))
        .route_layer(from_fn_with_state(Arc::clone(&app), auth::require));
    let open = OpenApiRouter::new().routes(routes!(service::health));
    let documented = OpenApiRouter::with_openapi(Document::openapi()).merge(guarded).merge(open);
    let (router, mut document) = documented.with_state(Arc::clone(&app)).split_for_parts();
    Languages.modify(&mut document);
    let sign_in = Router::new()
        .route("/sign-in", get(sign_in::form).post(sign_in::enter))
        .route("/sign-out", post(sign_in::leave))
        .with_state(app);
    router
        .merge(sign_in)
        .merge(service::documentation(&document))
        .fallback(|| async {
            Problem::not_found("there is nothing at this path; GET /openapi.json lists what there is")
        })
        // The first is the outermost. As one layer, a request does not pass a box for each of them.
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(metrics::observe))
                .layer(from_fn(access::log))
                .layer(from_fn(problems))
                .layer(from_fn(language))
                .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
                    Problem::internal(&"a request handler panicked").into_response()
                }))
                .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, LONGEST_REQUEST))
                .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
                .layer(DefaultBodyLimit::max(LARGEST_BODY)),
        )
}

/// `lang=en` or `lang=zh` in any query string says in which language the answer is to be, before the header
/// `Accept-Language` does.
async fn language(mut request: Request, next: Next) -> Result<Response, Problem> {
    if let Some(language) = extract::take_language(request.uri_mut())? {
        request.extensions_mut().insert(language);
    }
    Ok(next.run(request).await)
}

/// Refusals of the server itself, such as of a method or of a body that is too large, as problems too.
async fn problems(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_refusal = status.is_client_error() || status.is_server_error();
    let is_said = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value == "application/problem+json" || value.as_bytes().starts_with(b"text/html"));
    if !is_refusal || is_said {
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
