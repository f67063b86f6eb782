//! Errors as RFC 9457 problem details: which record, which field, what was found, what was expected.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was refused.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `about:blank`: the status says what kind of problem it is.
    #[schema(example = "about:blank")]
    r#type: &'static str,
    #[schema(example = "Unprocessable Content")]
    title: String,
    #[schema(example = 422)]
    status: u16,
    /// What is wrong with this request, and what would be right.
    detail: String,
    /// Each fault that was found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Fault>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Fault {
    /// The place of the record in a batch, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<usize>,
    /// The field, parameter or header.
    #[schema(example = "amount")]
    field: String,
    #[schema(example = "19.905")]
    found: String,
    #[schema(example = "an amount such as \"19.90\"")]
    expected: String,
}

impl Fault {
    pub(crate) fn new(field: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { record: None, field: field.into(), found: shortened(found.into()), expected: expected.into() }
    }

    pub(crate) fn expected(&self) -> &str {
        &self.expected
    }

    pub(crate) fn in_record(mut self, record: usize) -> Self {
        self.record = Some(record);
        self
    }
}

/// A megabyte is not sent back.
fn shortened(text: String) -> String {
    const LONGEST: usize = 300;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        Self { r#type: "about:blank", title, status: status.as_u16(), detail: detail.into(), errors: Vec::new() }
    }

    /// A request that is well-formed and cannot be followed.
    pub(crate) fn invalid(faults: Vec<Fault>) -> Self {
        Self { detail: detail(&faults), errors: faults, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "") }
    }

    /// The same of a request that was no batch: no place in it.
    pub(crate) fn of_one(mut self) -> Self {
        if let [fault] = self.errors.as_mut_slice() {
            fault.record = None;
            self.detail = detail(&self.errors);
        }
        self
    }

    /// A request that is no request of this interface: a text that is no JSON, a parameter that does not exist.
    pub(crate) fn malformed(fault: Fault) -> Self {
        let Self { detail, errors, .. } = Self::invalid(vec![fault]);
        Self { errors, ..Self::new(StatusCode::BAD_REQUEST, detail) }
    }

    pub(crate) fn conflict(fault: Fault) -> Self {
        let Self { detail, errors, .. } = Self::invalid(vec![fault]);
        Self { errors, ..Self::new(StatusCode::CONFLICT, detail) }
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    pub(crate) fn unauthorized(detail: String) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    pub(crate) fn forbidden(detail: String) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// What went wrong inside is for the log, not for the caller.
    pub(crate) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the server could not answer; its log says why")
    }

    pub(crate) fn unavailable(error: &dyn std::fmt::Display) -> Self {
        tracing::warn!(%error, "request given up");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the database is busy or away; try again")
    }
}

fn detail(faults: &[Fault]) -> String {
    let Some(Fault { record, field, found, expected }) = faults.first() else {
        return "the request cannot be followed".to_owned();
    };
    let place = record.map_or(String::new(), |record| format!("record {record}, "));
    format!("{place}field {field}: found {found:?}, expected {expected}")
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
