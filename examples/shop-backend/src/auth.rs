//! Who may ask: one bearer token for reads, another for writes.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, AUTHORIZATION};
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::problem::Problem;
use crate::session;

/// The tokens that are asked for. Whoever may write may read.
#[derive(Clone)]
pub(crate) struct Tokens {
    /// `None`: everybody may read, which is allowed on a loopback address only.
    read: Option<String>,
    write: String,
    is_generated: bool,
}

impl Tokens {
    /// Without a write token, one that lasts until the server stops is made up.
    pub(crate) fn new(read: Option<String>, write: Option<String>) -> Self {
        let is_generated = write.is_none();
        Self { read, write: write.unwrap_or_else(random), is_generated }
    }

    pub(crate) const fn reads_are_open(&self) -> bool {
        self.read.is_none()
    }

    /// The write token that was made up, to be shown to whoever started the server.
    pub(crate) fn generated(&self) -> Option<&str> {
        self.is_generated.then_some(self.write.as_str())
    }

    /// Whether a token opens what is read.
    pub(crate) fn may_read(&self, found: &str) -> bool {
        self.may(false, found)
    }

    /// What a session is bound to.
    pub(crate) fn all(&self) -> [Option<&str>; 2] {
        [self.read.as_deref(), Some(&self.write)]
    }

    fn may(&self, is_write: bool, found: &str) -> bool {
        // Both comparisons are made, each in a time that does not depend on where the texts differ.
        let writes = is_same(&self.write, found);
        let reads = self.read.as_deref().is_some_and(|read| is_same(read, found));
        writes || (reads && !is_write)
    }
}

/// Tokens are not for logs.
impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("reads_are_open", &self.reads_are_open()).finish_non_exhaustive()
    }
}

fn is_same(expected: &str, found: &str) -> bool {
    expected.as_bytes().ct_eq(found.as_bytes()).into()
}

/// 122 random bits, as hexadecimal digits, dashes left out.
pub(crate) fn random() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// What changes nothing needs the read token: `GET`, and the search that is too long for a query string.
fn is_write(request: &Request) -> bool {
    !(matches!(*request.method(), Method::GET | Method::HEAD) || request.uri().path() == "/audiences")
}

/// Lets a request through that carries the token it needs, or reads in a session. A browser that has neither is shown
/// where to sign in.
pub(crate) async fn require(State(app): State<Arc<App>>, request: Request, next: Next) -> Result<Response, Problem> {
    let tokens = &app.config.tokens;
    let is_write = is_write(&request);
    if !is_write && tokens.reads_are_open() {
        return Ok(next.run(request).await);
    }
    let need = if is_write { "write" } else { "read" };
    match bearer(request.headers()) {
        None if !is_write && has_session(&app, request.headers()).await? => Ok(next.run(request).await),
        None if is_browser(&request) => Ok(Redirect::to(&sign_in(request.uri())).into_response()),
        None => Err(Problem::unauthorized(format!("expected the header Authorization: Bearer <{need} token>"))),
        Some(found) if tokens.may(is_write, found) => Ok(next.run(request).await),
        Some(found) if tokens.may(false, found) => {
            Err(Problem::forbidden("the read token was given, expected the write token".to_owned()))
        }
        Some(_) => Err(Problem::unauthorized(format!("the token is not the {need} token of this shop"))),
    }
}

async fn has_session(app: &App, headers: &HeaderMap) -> Result<bool, Problem> {
    match session::secret(headers) {
        Some(secret) => Ok(app.store.has_session(&session::name(secret, &app.config.tokens)).await?),
        None => Ok(false),
    }
}

/// Whether somebody looks at a page.
fn is_browser(request: &Request) -> bool {
    let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    request.method() == Method::GET && accepts.is_some_and(|accepts| accepts.contains("text/html"))
}

/// Where to sign in, to go on where one was.
fn sign_in(uri: &Uri) -> String {
    let place = uri.path_and_query().map_or("/", |place| place.as_str());
    let mut next = String::new();
    for byte in place.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_./".contains(&byte) {
            next.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(next, "%{byte:02X}");
        }
    }
    format!("/sign-in?next={next}")
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
