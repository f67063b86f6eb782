//! How often, when and how much the shop may write to customers, and what it has written.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use repurchase::act::contact::{Channel, ContactRules, Touch};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Noted, Refusals};
use crate::app::App;
use crate::config::Clock;
use crate::extract::Json;
use crate::order::check_id;
use crate::problem::{Fault, Problem};

/// The rules by which customers may be written to; at first all is allowed.
#[utoipa::path(get, path = "/contact-rules", tag = "campaigns", responses((status = 200, body = Object), Refusals))]
pub(crate) async fn rules(State(app): State<Arc<App>>) -> Result<Answer<ContactRules>, Problem> {
    Ok(Answer(app.store.contact_rules().await?))
}

/// Caps (so many messages to a customer in any so many days), quiet hours of the shop's clock, and by channel its own
/// caps, quiet hours (`common`, `none` or `own`) and messages a day. They hold for campaigns that are made from now on.
#[utoipa::path(
    put,
    path = "/contact-rules",
    tag = "campaigns",
    request_body(content = Object, example = json!({
        "caps": [{"touches": 1, "days": 7}, {"touches": 3, "days": 30}],
        "quiet": {"from": "21:00:00", "until": "09:00:00"},
        "channels": {"sms": {"caps": [{"touches": 1, "days": 30}], "quiet": "common", "per_day": 10000}}
    })),
    responses((status = 200, body = Object), Refusals)
)]
pub(crate) async fn set_rules(State(app): State<Arc<App>>, body: Json) -> Result<Answer<ContactRules>, Problem> {
    let value: Value = body.parse()?;
    let found = value.to_string();
    let rules: ContactRules = serde_json::from_value(value)
        .map_err(|error| Problem::invalid(vec![Fault::new("body", found, error.to_string())]))?;
    app.store.set_contact_rules(&rules).await?;
    Ok(Answer(rules))
}

/// A message that went out, or is due, of no campaign.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostedTouch {
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "00004")]
    customer_id: String,
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "sms")]
    channel: String,
    /// RFC 3339.
    #[schema(format = DateTime, example = "1998-06-30T18:30:00Z")]
    at: String,
}

impl PostedTouch {
    fn check(self, clock: &Clock) -> Result<Touch<String>, Vec<Fault>> {
        let mut faults = Vec::new();
        check_id("customer_id", &self.customer_id, &mut faults);
        check_id("channel", &self.channel, &mut faults);
        let at = DateTime::parse_from_rfc3339(&self.at).ok().map(|at| at.to_utc());
        let is_near = |at: &DateTime<Utc>| {
            let days = NaiveDate::from_ymd_opt(1970, 1, 1).zip(NaiveDate::from_ymd_opt(9999, 12, 31));
            days.is_some_and(|(first, last)| clock.calendar.day(*at).is_ok_and(|day| first <= day && day <= last))
        };
        let at = at.and_then(|at| DateTime::from_timestamp_micros(at.timestamp_micros())).filter(is_near);
        match at {
            Some(at) if faults.is_empty() => Ok(Touch::new(self.customer_id, Channel::new(self.channel), at)),
            Some(_) => Err(faults),
            None => {
                faults.push(Fault::new("at", self.at, "a moment such as 2026-03-31T18:30:00+08:00"));
                Err(faults)
            }
        }
    }
}

/// Messages to customers that no campaign has planned: caps count them. Sent again, they change nothing.
#[utoipa::path(
    post,
    path = "/touches",
    tag = "campaigns",
    request_body = Vec<PostedTouch>,
    responses((status = 200, description = "Nothing new", body = Noted), (status = 201, body = Noted), Refusals)
)]
pub(crate) async fn touches(State(app): State<Arc<App>>, body: Json) -> Result<(StatusCode, Answer<Noted>), Problem> {
    let touches = body.batch(|posted: PostedTouch| posted.check(&app.config.clock))?;
    Ok(Noted::of(app.store.add_touches(&touches).await?, touches.len()))
}
