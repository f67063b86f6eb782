//! Caps, quiet hours, budgets, and what follows a sale.

use chrono::{DateTime, NaiveTime, TimeZone, Utc};
use repurchase::ShopCalendar;
use repurchase::act::contact::{Cap, Channel, ContactRules, Decision, QuietHours, Suppression, Touch, Wish};
use rust_decimal::Decimal;

use super::instant;

mod after_sale;
mod caps;
mod clocks;
mod oracle;
#[cfg(feature = "serde")]
mod stored;

#[track_caller]
fn cap(touches: u32, days: u32) -> Cap {
    Cap::new(touches, days).expect("a cap")
}

#[track_caller]
fn quiet(from: &str, until: &str) -> QuietHours {
    let time = |text: &str| text.parse::<NaiveTime>().expect("a time");
    QuietHours::new(time(from), time(until)).expect("quiet hours")
}

/// Noon of a day of March 2026.
fn noon(day: u32) -> DateTime<Utc> {
    instant("2026-03-01T12:00:00Z") + chrono::Duration::days(i64::from(day) - 1)
}

/// When it begins.
fn midnight(day: u32) -> Option<DateTime<Utc>> {
    noon(day).checked_sub_signed(chrono::Duration::hours(12))
}

fn sms(customer: u32, at: DateTime<Utc>) -> Touch<u32> {
    Touch::new(customer, Channel::SMS, at)
}

fn wish(customer: u32, channel: Channel, at: DateTime<Utc>, value: i64) -> Wish<u32> {
    Wish::new(customer, channel, at, Decimal::from(value), "spring")
}

#[track_caller]
fn plan(rules: &ContactRules, touches: &[Touch<u32>], wishes: &[Wish<u32>]) -> Vec<Decision<u32>> {
    plan_in(rules, touches, wishes, &ShopCalendar::utc())
}

#[track_caller]
fn plan_in<Tz: TimeZone>(
    rules: &ContactRules,
    touches: &[Touch<u32>],
    wishes: &[Wish<u32>],
    calendar: &ShopCalendar<Tz>,
) -> Vec<Decision<u32>> {
    rules.plan(touches.to_vec(), wishes.to_vec(), calendar).expect("a plan")
}

/// Why a wish is suppressed and its next time; `ALLOWED` for one that is not.
type Outcome = Option<(Suppression, Option<DateTime<Utc>>)>;

const ALLOWED: Outcome = None;

#[allow(clippy::unnecessary_wraps, reason = "what it is compared with is an outcome")]
fn suppressed(reason: Suppression, next: Option<DateTime<Utc>>) -> Outcome {
    Some((reason, next))
}

fn outcome(decision: &Decision<u32>) -> Outcome {
    match decision {
        Decision::Allowed(_) => ALLOWED,
        Decision::Suppressed { reason, next, .. } => Some((reason.clone(), *next)),
    }
}

/// What is decided about one wish.
#[track_caller]
fn verdict(rules: &ContactRules, touches: &[Touch<u32>], wish: &Wish<u32>) -> Outcome {
    let [decision] = &plan(rules, touches, core::slice::from_ref(wish))[..] else { panic!("one wish, one decision") };
    assert_eq!(decision.wish(), wish);
    outcome(decision)
}
