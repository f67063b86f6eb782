//! One line of the log for each request, under an id that the answer has, too.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::http::header::HeaderName;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Keeps the id that a proxy has given, if it is one, and makes one up else. What is logged while the request is under
/// way stands under the id; a line says what came of it, by its route and never by what a caller made up.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let given = request.headers().get(REQUEST_ID).filter(|id| is_id(id.as_bytes())).cloned();
    let made_up = || HeaderValue::try_from(Uuid::new_v4().simple().to_string()).ok();
    let id = given.or_else(made_up).unwrap_or_else(|| HeaderValue::from_static("none"));
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    async move {
        let start = Instant::now();
        let mut response = next.run(request).await;
        let (status, milliseconds) = (response.status().as_u16(), start.elapsed().as_millis());
        tracing::info!(target: "access", %method, route, status, milliseconds);
        response.headers_mut().insert(REQUEST_ID, id);
        response
    }
    .instrument(span)
    .await
}

fn is_id(text: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&text.len()) && text.iter().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_forge_a_line_is_no_id() {
        for id in ["1", "0f8a-_.Z", &"a".repeat(64)] {
            assert!(is_id(id.as_bytes()), "{id}");
        }
        for id in ["", " ", "a b", "a\u{1b}[2J", "a\"b", "é", &"a".repeat(65)] {
            assert!(!is_id(id.as_bytes()), "{id:?}");
        }
    }
}
