//! Orders as a shop sends them whole, and as they are once they have been checked.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use repurchase::record::OrderStatus;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::config::Clock;
use crate::event::ShopEvent;
use crate::money::Currency;
use crate::problem::Fault;

pub(crate) const AMOUNT: &str =
    "a text such as \"19.90\", from 0 to 10^12 of the currency's smallest units, no finer than they are";
const FIRST_YEAR: i32 = 1970;

/// An order as it is posted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostedOrder {
    /// The shop's own name for the order; posting it again changes nothing.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "A-1001")]
    order_id: String,
    /// By any of the customer's ids.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "00001")]
    customer_id: String,
    /// RFC 3339, to the microsecond; not after the shop's today.
    #[schema(format = DateTime, example = "1998-06-30T18:30:00Z")]
    placed_at: String,
    /// Before refunds, in the shop's currency.
    #[schema(pattern = r"^[0-9]{1,10}(\.[0-9]{1,2})?$", example = "19.90")]
    amount: String,
    /// What was given back of it when it was placed.
    #[serde(default = "zero")]
    #[schema(pattern = r"^[0-9]{1,10}(\.[0-9]{1,2})?$", default = "0", example = "0")]
    refunded: String,
    #[serde(default)]
    status: Status,
}

fn zero() -> String {
    "0".to_owned()
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    #[default]
    Paid,
    Unpaid,
    Cancelled,
}

impl Status {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Unpaid => "unpaid",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) fn of_key(key: &str) -> Option<Self> {
        [Self::Paid, Self::Unpaid, Self::Cancelled].into_iter().find(|status| status.key() == key)
    }

    /// That an order stands so.
    const fn event(self, at: i64) -> ShopEvent {
        match self {
            Self::Paid => ShopEvent::Paid { at },
            Self::Unpaid => ShopEvent::Unpaid { at },
            Self::Cancelled => ShopEvent::Cancelled { at },
        }
    }
}

impl From<Status> for OrderStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Paid => Self::Paid,
            Status::Unpaid => Self::Unpaid,
            Status::Cancelled => Self::Cancelled,
        }
    }
}

impl From<OrderStatus> for Status {
    fn from(status: OrderStatus) -> Self {
        match status {
            OrderStatus::Paid => Self::Paid,
            OrderStatus::Unpaid => Self::Unpaid,
            OrderStatus::Cancelled => Self::Cancelled,
        }
    }
}

/// An order as it stands; money in minor units, the instant in microseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShopOrder {
    pub(crate) customer_id: String,
    pub(crate) placed_at: i64,
    pub(crate) amount: i64,
    pub(crate) refunded: i64,
    pub(crate) status: Status,
}

impl ShopOrder {
    /// What it says to somebody who does not know the order, all but its placing as of an instant.
    pub(crate) fn events(&self, at: i64) -> Vec<ShopEvent> {
        let Self { customer_id, placed_at, amount, refunded, status } = self.clone();
        let mut events = vec![ShopEvent::Placed { customer: customer_id, at: placed_at, amount }, status.event(at)];
        events.extend((refunded > 0).then_some(ShopEvent::RefundedInAll { at, amount: refunded }));
        events
    }

    /// What it says to somebody who knows the order as `known`: only what is another one, as of an instant.
    pub(crate) fn changes(&self, known: &Self, at: i64) -> Vec<ShopEvent> {
        let mut events = Vec::new();
        events.extend((self.amount != known.amount).then_some(ShopEvent::AmountChanged { at, amount: self.amount }));
        events.extend((self.status != known.status).then(|| self.status.event(at)));
        let refunded = ShopEvent::RefundedInAll { at, amount: self.refunded };
        events.extend((self.refunded != known.refunded).then_some(refunded));
        events
    }
}

impl PostedOrder {
    /// The order's id, and the order.
    pub(crate) fn check(self, clock: &Clock, currency: Currency) -> Result<(String, ShopOrder), Vec<Fault>> {
        let mut faults = Vec::new();
        check_id("order_id", &self.order_id, &mut faults);
        check_id("customer_id", &self.customer_id, &mut faults);
        let placed_at = instant(&self.placed_at, clock).unwrap_or_else(|expected| {
            faults.push(Fault::new("placed_at", self.placed_at.as_str(), expected));
            DateTime::UNIX_EPOCH
        });
        let placed_at = placed_at.timestamp_micros();
        let mut money = |field, text: &str| {
            currency.parse(text).unwrap_or_else(|| {
                faults.push(Fault::new(field, text, AMOUNT));
                0
            })
        };
        let (amount, refunded) = (money("amount", &self.amount), money("refunded", &self.refunded));
        if faults.is_empty() && refunded > amount {
            let expected = format!("at most the amount, {}", currency.decimal(amount));
            faults.push(Fault::new("refunded", self.refunded.as_str(), expected));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let Self { order_id, customer_id, status, .. } = self;
        Ok((order_id, ShopOrder { customer_id, placed_at, amount, refunded, status }))
    }
}

/// Ids are kept as they come; what cannot be seen is refused, as PostgreSQL refuses its NUL.
pub(crate) fn check_id(field: &str, id: &str, faults: &mut Vec<Fault>) {
    const LONGEST: usize = 100;
    let length = id.chars().count();
    if !(1..=LONGEST).contains(&length) || id.chars().any(char::is_control) {
        let expected = format!("1 to {LONGEST} characters, none of them a control character");
        faults.push(Fault::new(field, id, expected));
    }
}

/// A moment of the shop's past, to the microsecond, as the database keeps it.
pub(crate) fn instant(text: &str, clock: &Clock) -> Result<DateTime<Utc>, String> {
    let found = DateTime::parse_from_rfc3339(text).map(|instant| instant.to_utc());
    let found = found.map_err(|_| "a moment such as 2026-03-31T18:30:00+08:00".to_owned())?;
    let found = DateTime::from_timestamp_micros(found.timestamp_micros()).unwrap_or(found);
    is_past(found, clock).map(|()| found)
}

/// Or which day was expected.
pub(crate) fn is_past(found: DateTime<Utc>, clock: &Clock) -> Result<(), String> {
    let day = clock.calendar.day(found).map_err(|_| expected_day(clock))?;
    is_day(day, clock)
}

/// A day of the shop's past, or which one was expected.
pub(crate) fn is_day(found: NaiveDate, clock: &Clock) -> Result<(), String> {
    if found.year() >= FIRST_YEAR && found <= clock.today() { Ok(()) } else { Err(expected_day(clock)) }
}

fn expected_day(clock: &Clock) -> String {
    let today = clock.today();
    let by = if clock.is_fixed() { " by the variable SHOP_TODAY" } else { "" };
    format!("a day from {FIRST_YEAR} to {today}, today{by}")
}
