//! How a person signs in with a browser, and out.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use repurchase::scale::Language;
use serde::Deserialize;

use crate::app::App;
use crate::extract::{Query, Reader, pick};
use crate::problem::Problem;
use crate::session::{self, Session};

#[derive(Deserialize)]
pub(crate) struct Question {
    /// Where to go on.
    next: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Entered {
    token: String,
    next: Option<String>,
}

/// The form.
#[allow(clippy::unused_async, reason = "as all handlers are")]
pub(crate) async fn form(
    State(app): State<Arc<App>>,
    Query(Question { next }): Query<Question>,
    Reader(language): Reader,
) -> Response {
    page(&app, StatusCode::OK, next.as_deref(), "", language)
}

/// Takes either token, and answers with a cookie that may read.
pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Reader(language): Reader,
    Form(Entered { token, next }): Form<Entered>,
) -> Result<Response, Problem> {
    if app.tries.are_too_many() {
        let wait = pick(language, "Too many wrong tokens: wait for a minute.", "错误次数过多，请一分钟后再试。");
        let answer = page(&app, StatusCode::TOO_MANY_REQUESTS, next.as_deref(), wait, language);
        return Ok(([(RETRY_AFTER, "60")], answer).into_response());
    }
    if !app.config.tokens.may_read(token.trim()) {
        app.tries.count();
        tracing::warn!("somebody tried to sign in with a wrong token");
        let wrong = pick(language, "This is not a token of this shop.", "令牌不正确。");
        return Ok(page(&app, StatusCode::FORBIDDEN, next.as_deref(), wrong, language));
    }
    let session = Session::new();
    let name = session::name(&session.secret, &app.config.tokens);
    app.store.add_session(&name, session.expires_at.timestamp_micros()).await?;
    let is_secure = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    let to = place(next.as_deref()).to_owned();
    Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, session.cookie(is_secure)), (LOCATION, to)]).into_response())
}

/// Ends the session of this browser.
pub(crate) async fn leave(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<impl IntoResponse, Problem> {
    if let Some(secret) = session::secret(&headers) {
        app.store.end_session(&session::name(secret, &app.config.tokens)).await?;
    }
    Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, session::no_cookie()), (LOCATION, "/sign-in".to_owned())]))
}

/// A page of this shop; of nobody else's.
fn place(next: Option<&str>) -> &str {
    let is_ours = |next: &&str| {
        let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        next.starts_with('/') && !next.starts_with("//") && is_plain
    };
    next.filter(is_ours).unwrap_or("/")
}

fn page(app: &App, status: StatusCode, next: Option<&str>, said: &str, language: Language) -> Response {
    let (tag, title) = pick(language, ("en", "The shop"), ("zh-Hans", "商店"));
    let title = escaped(app.config.shop_name.as_deref().unwrap_or(title));
    let (token, enter, leave) =
        pick(language, ("Access token", "Sign in", "Sign out"), ("访问令牌", "登录", "退出登录"));
    let next = escaped(place(next));
    let said = if said.is_empty() { String::new() } else { format!("<p role=\"alert\">{said}</p>") };
    let page = format!(
        "<!doctype html><html lang=\"{tag}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title><style>body{{font:16px/1.5 system-ui;\
         max-width:22rem;margin:15vh auto;padding:0 1rem}}h1{{font-size:1.4rem}}label{{display:block;margin-bottom:.3rem}}\
         input{{box-sizing:border-box;width:100%;font:inherit;padding:.5rem;margin-bottom:1rem}}button{{font:inherit;\
         padding:.5rem 1.2rem;min-height:44px}}form+form{{margin-top:3rem}}[role=alert]{{color:#b00020}}\
         @media(prefers-color-scheme:dark){{[role=alert]{{color:#ff8a80}}}}</style><main><h1>{title}</h1>{said}\
         <form method=\"post\" action=\"/sign-in\"><label for=\"token\">{token}</label>\
         <input id=\"token\" name=\"token\" type=\"password\" autocomplete=\"current-password\" required autofocus>\
         <input name=\"next\" type=\"hidden\" value=\"{next}\"><button>{enter}</button></form>\
         <form method=\"post\" action=\"/sign-out\"><button>{leave}</button></form></main></html>"
    );
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
    ];
    (status, headers, Html(page)).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_on_in_this_shop_only() {
        for next in ["/", "/docs", "/customers.csv?segment=lost&lang=zh"] {
            assert_eq!(place(Some(next)), next);
        }
        for next in
            ["", "docs", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x", "/ x"]
        {
            assert_eq!(place(Some(next)), "/", "{next:?}");
        }
        assert_eq!(place(None), "/");
    }
}
