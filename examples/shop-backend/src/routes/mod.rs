//! One file for each thing that can be asked.

pub(crate) mod activities;
pub(crate) mod audiences;
pub(crate) mod campaigns;
pub(crate) mod contacts;
pub(crate) mod customers;
mod docs;
pub(crate) mod members;
pub(crate) mod memberships;
pub(crate) mod models;
pub(crate) mod notes;
pub(crate) mod orders;
mod outcome;
pub(crate) mod points;
pub(crate) mod referrals;
pub(crate) mod report;
mod responses;
pub(crate) mod service;
pub(crate) mod shop;
pub(crate) mod sign_in;
pub(crate) mod table;
pub(crate) mod told;
pub(crate) mod traits;
pub(crate) mod visitors;

use axum::Json as Answer;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::order::check_id;
use crate::problem::Problem;

/// How many of what was posted were new, and how many were known.
#[derive(Serialize, ToSchema)]
pub(crate) struct Noted {
    stored: u64,
    unchanged: u64,
}

impl Noted {
    fn of(stored: u64, all: usize) -> (StatusCode, Answer<Self>) {
        let status = if stored > 0 { StatusCode::CREATED } else { StatusCode::OK };
        (status, Answer(Self { stored, unchanged: all as u64 - stored }))
    }
}

/// What any guarded route may answer in place of what was asked.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "for the OpenAPI document")]
pub(crate) enum Refusals {
    /// The request is no request of this interface.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(#[to_schema] Problem),
    /// No token, or one that is not the shop's.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(#[to_schema] Problem),
    /// The token is for reads.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] Problem),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(#[to_schema] Problem),
    /// The path has other methods.
    #[response(status = 405, content_type = "application/problem+json")]
    MethodNotAllowed(#[to_schema] Problem),
    /// It contradicts what is stored, or what is under way.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(#[to_schema] Problem),
    /// More than 1 MiB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] Problem),
    /// Not JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(#[to_schema] Problem),
    /// A field or parameter that cannot be.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(#[to_schema] Problem),
    /// The database is busy or away.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(#[to_schema] Problem),
    /// It took too long.
    #[response(status = 504, content_type = "application/problem+json")]
    Timeout(#[to_schema] Problem),
}

/// An id that an order or a customer can have.
fn checked(field: &str, id: &str) -> Result<(), Problem> {
    let mut faults = Vec::new();
    check_id(field, id, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults)) }
}

fn nobody(id: &str) -> Problem {
    Problem::not_found(format!("there is no customer {id:?}"))
}
