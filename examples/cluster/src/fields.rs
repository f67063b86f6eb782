//! From the fields of one row, as text, to a record.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};
use repurchase::record::{Credit, OrderStatus, Record};
use repurchase::{Order, ShopCalendar};
use rust_decimal::Decimal;

/// The columns, of which the first [`REQUIRED`] must be there.
pub(crate) const COLUMNS: [&str; 5] = ["customer_id", "placed_at", "amount", "status", "refunded"];
pub(crate) const REQUIRED: usize = 3;

/// The days of a shop at an offset from UTC.
pub(crate) type Calendar = ShopCalendar<FixedOffset>;

const TIME: &str = "a time such as 1997-01-31, 1997-01-31 18:30 or 1997-01-31T18:30:00+08:00";
const AMOUNT: &str = "a decimal number such as 19.90";

/// Why a row is no order: in which of [`COLUMNS`], what was found and what was expected.
pub(crate) fn fault(column: usize, found: &str, expected: impl fmt::Display) -> String {
    let column = COLUMNS.get(column).copied().unwrap_or_default();
    format!("column {column}: found {found:?}, expected {expected}")
}

/// The record and the day of a row, whose fields are in the order of [`COLUMNS`]; one that is not there is empty.
pub(crate) fn record<'a, Id: From<&'a str>>(
    [customer, placed_at, amount, status, refunded]: [&'a str; 5],
    calendar: &Calendar,
) -> Result<(Record<Id>, NaiveDate), String> {
    if customer.is_empty() {
        return Err(fault(0, customer, "an id"));
    }
    let instant = instant(placed_at, calendar).ok_or_else(|| fault(1, placed_at, TIME))?;
    let day = calendar.day(instant).map_err(|error| fault(1, placed_at, error))?;
    let number = |column, text| decimal(text).ok_or_else(|| fault(column, text, AMOUNT));
    let (net, back) = (number(2, amount)?, if refunded.is_empty() { Decimal::ZERO } else { number(4, refunded)? });
    let paid = match status {
        "" | "paid" => OrderStatus::Paid,
        "unpaid" => OrderStatus::Unpaid,
        "cancelled" => OrderStatus::Cancelled,
        _ => return Err(fault(3, status, "paid, unpaid or cancelled")),
    };
    let refused = |error| fault(2, amount, error);
    if net >= Decimal::ZERO {
        let order = Order::new(customer.into(), instant, net).map_err(refused)?.with_status(paid);
        let bounds = format_args!("a number from 0 to the amount, {amount}");
        return Ok((order.with_refunded(back).map_err(|_| fault(4, refunded, bounds))?.into(), day));
    }
    let credit = "since a row with a negative amount is a credit";
    match (paid, back.is_zero()) {
        (OrderStatus::Paid, true) => Ok((Credit::new(customer.into(), instant, -net).map_err(refused)?.into(), day)),
        (OrderStatus::Paid, false) => Err(fault(4, refunded, format_args!("0, {credit}"))),
        _ => Err(fault(3, status, format_args!("paid or nothing, {credit}"))),
    }
}

/// `YYYY-MM-DD` and `YYYY-MM-DD HH:MM[:SS]` are the shop's time, RFC 3339 is anybody's.
fn instant(text: &str, calendar: &Calendar) -> Option<DateTime<Utc>> {
    let fits = |(byte, shape): (u8, &u8)| if *shape == b'd' { byte.is_ascii_digit() } else { byte == *shape };
    if text.len() < 10 || !text.bytes().zip(b"dddd-dd-dd").all(fits) {
        return None;
    }
    let local = match text.len() {
        10 => NaiveDate::from_str(text).ok()?.and_hms_opt(0, 0, 0)?,
        16 => NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").ok()?,
        19 => NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?,
        _ => return DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.to_utc()),
    };
    Some(calendar.zone().from_local_datetime(&local).single()?.to_utc())
}

/// A number with digits on both sides of its point, if it has one, and of at most 28 decimals, exactly.
///
/// A row that was cut off at the point is no number.
fn decimal(text: &str) -> Option<Decimal> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if digits(whole) && digits(fraction) { Decimal::from_str_exact(text).ok() } else { None }
}
