//! What a request carries, and what is wrong with it, by name.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};
use chrono::NaiveDate;
use repurchase::scale::Language;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Segment, Track};

use crate::problem::{Fault, Problem};

/// A body of JSON, as bytes: what they are is asked with [`Json::parse`].
pub(crate) struct Json(Bytes);

impl<S: Send + Sync> FromRequest<S> for Json {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let found = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let media_type = found.split(';').next().unwrap_or("").trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            let detail = format!("header Content-Type: found {found:?}, expected application/json");
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body: expected at most 1 MiB"))
            }
            Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "body: it ended before it was complete")),
        }
    }
}

impl Json {
    /// Whether the body is a list.
    pub(crate) fn is_list(&self) -> bool {
        self.0.trim_ascii_start().first() == Some(&b'[')
    }

    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let mut track = Track::new();
        let mut json = serde_json::Deserializer::from_slice(&self.0);
        let value = T::deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track));
        value.and_then(|value| json.end().map(|()| value)).map_err(|error| fault(&error, &track.path()))
    }

    /// The records of a list, each checked; what is wrong names its record, and of a batch in which all is wrong, so many
    /// faults are named.
    pub(crate) fn batch<T: DeserializeOwned, U>(
        &self,
        check: impl Fn(T) -> Result<U, Vec<Fault>>,
    ) -> Result<Vec<U>, Problem> {
        const LARGEST: usize = 1_000;
        const MOST_FAULTS: usize = 20;
        let posted: Vec<T> = self.parse()?;
        if !(1..=LARGEST).contains(&posted.len()) {
            let (found, expected) = (posted.len().to_string(), format!("1 to {LARGEST} of them"));
            return Err(Problem::invalid(vec![Fault::new("body", found, expected)]));
        }
        let (mut records, mut faults) = (Vec::with_capacity(posted.len()), Vec::new());
        for (record, posted) in posted.into_iter().enumerate() {
            match check(posted) {
                Ok(checked) => records.push(checked),
                Err(found) => faults.extend(found.into_iter().map(|fault| fault.in_record(record))),
            }
        }
        faults.truncate(MOST_FAULTS);
        if faults.is_empty() { Ok(records) } else { Err(Problem::invalid(faults)) }
    }
}

/// The faults that serde words as `invalid type: integer `5`, expected a string at line 1 column 9`.
fn fault(error: &serde_json::Error, path: &serde_path_to_error::Path) -> Problem {
    let text = error.to_string();
    let (text, place) = text.split_once(" at line ").unwrap_or((&text, ""));
    let (found, expected) = match text.split_once(", expected ") {
        Some((found, expected)) => (found.to_owned(), expected.to_owned()),
        None if error.is_data() => (text.to_owned(), "what GET /openapi.json says".to_owned()),
        None => (text.to_owned(), format!("JSON, which ends at line {place}")),
    };
    let record = path.iter().find_map(|segment| match segment {
        Segment::Seq { index } => Some(*index),
        _ => None,
    });
    let field = match path.to_string() {
        path if path == "." || path == "?" => "body".to_owned(),
        path => path,
    };
    let fault = Fault::new(field, found, expected);
    Problem::malformed(match record {
        Some(record) => fault.in_record(record),
        None => fault,
    })
}

/// The parameters of a query string. They are texts, so that what is wrong with one can be said with its name.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match axum::extract::Query::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(parameters)) => Ok(Self(parameters)),
            Err(_) => {
                let found = parts.uri.query().unwrap_or("");
                let expected = "each of the parameters that GET /openapi.json names, once at most";
                Err(Problem::malformed(Fault::new("query string", found, expected)))
            }
        }
    }
}

/// A day such as `2026-03-31`, in a year that a database sorts as text.
pub(crate) fn day(name: &str, text: Option<&str>) -> Result<Option<NaiveDate>, Fault> {
    let Some(text) = text else { return Ok(None) };
    let is_plain = text.len() == 10 && !text.starts_with(['+', '-']);
    match text.parse::<NaiveDate>() {
        Ok(day) if is_plain => Ok(Some(day)),
        _ => Err(Fault::new(name, text, "a day such as 2026-03-31")),
    }
}

/// A number of days, 1 or more.
pub(crate) fn days(name: &str, text: Option<&str>, most: u32) -> Result<Option<u32>, Fault> {
    let Some(text) = text else { return Ok(None) };
    let found = text.parse().ok().filter(|days| (1..=most).contains(days));
    found.map(Some).ok_or_else(|| Fault::new(name, text, format!("a number of days from 1 to {most}")))
}

/// How many of a page.
pub(crate) fn limit(text: Option<&str>) -> Result<i64, Fault> {
    const MOST: i64 = 200;
    const DEFAULT: i64 = 50;
    let Some(text) = text else { return Ok(DEFAULT) };
    let found = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    found.ok_or_else(|| Fault::new("limit", text, format!("a number from 1 to {MOST}")))
}

/// The language that the caller reads best; English where it is neither.
pub(crate) struct Reader(pub(crate) Language);

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let asked = parts.extensions.get::<Language>().copied();
        Ok(Self(asked.unwrap_or_else(|| language(&parts.headers))))
    }
}

/// Whether the caller asks for no more than was done, by the header `Prefer` of RFC 7240.
pub(crate) struct Minimal(pub(crate) bool);

impl<S: Send + Sync> FromRequestParts<S> for Minimal {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let values = parts.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        let mut wishes =
            values.flat_map(|value| value.split(',')).map(|wish| wish.split(';').next().unwrap_or(wish).trim());
        Ok(Self(wishes.any(|wish| wish.eq_ignore_ascii_case("return=minimal"))))
    }
}

/// The text of a language, or texts.
pub(crate) fn pick<T>(language: Language, english: T, chinese: T) -> T {
    if language == Language::Chinese { chinese } else { english }
}

/// The language that the query string asks for, which then does so no more.
pub(crate) fn take_language(uri: &mut Uri) -> Result<Option<Language>, Problem> {
    let query = uri.query().unwrap_or_default();
    let (asked, others): (Vec<&str>, Vec<&str>) =
        query.split('&').partition(|pair| *pair == "lang" || pair.starts_with("lang="));
    let language = match asked.as_slice() {
        [] => return Ok(None),
        ["lang=en"] => Language::English,
        ["lang=zh"] => Language::Chinese,
        other => return Err(Problem::malformed(Fault::new("lang", other.join("&"), "en or zh, once"))),
    };
    let question = if others.is_empty() { "" } else { "?" };
    if let Ok(place) = format!("{}{question}{}", uri.path(), others.join("&")).parse() {
        *uri = place;
    }
    Ok(Some(language))
}

fn language(headers: &HeaderMap) -> Language {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let weighed = accepted.split(',').filter_map(|part| {
        let (tag, parameters) = part.split_once(';').unwrap_or((part, "q=1"));
        let weight: f32 = parameters.trim().strip_prefix("q=")?.parse().ok()?;
        let language = match tag.trim().split('-').next()?.to_ascii_lowercase().as_str() {
            "zh" => Language::Chinese,
            "en" | "*" => Language::English,
            _ => return None,
        };
        Some((weight, language))
    });
    // Of equal weights, the first.
    let best = weighed.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map_or(Language::English, |(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_string_says_the_language_once() {
        let of = |text: &str| {
            let mut uri: Uri = text.parse().unwrap();
            let language = take_language(&mut uri).ok()?;
            Some((language, uri.to_string()))
        };
        let zh = Some(Language::Chinese);
        assert_eq!(of("/a?lang=zh"), Some((zh, "/a".to_owned())));
        assert_eq!(of("/a?x=1&lang=zh&y=%20"), Some((zh, "/a?x=1&y=%20".to_owned())));
        assert_eq!(of("/a?x=lang=zh"), Some((None, "/a?x=lang=zh".to_owned())));
        for text in ["/a?lang=", "/a?lang", "/a?lang=fr", "/a?lang=zh&lang=zh"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn the_language_of_the_largest_weight_wins() {
        let of = |text: &str| language(&HeaderMap::from_iter([(ACCEPT_LANGUAGE, text.parse().unwrap())]));
        assert_eq!(language(&HeaderMap::new()), Language::English);
        for (text, expected) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("en-GB,zh;q=0.9", Language::English),
            ("fr, zh;q=0.5", Language::Chinese),
            ("en;q=0.1, zh-Hans;q=0.2", Language::Chinese),
            ("fr", Language::English),
            ("zh;q=x", Language::English),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }
}
