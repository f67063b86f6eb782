//! From the fields of one row, as text, to a record.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};
use repurchase::record::{Credit, OrderStatus, Record};
use repurchase::{Order, ShopCalendar};
use rust_decimal::Decimal;

/// The columns, of which the first [`REQUIRED`] must be there.
pub const COLUMNS: [&str; 5] = ["customer_id", "placed_at", "amount", "status", "refunded"];
pub const REQUIRED: usize = 3;

const TIME: &str = "a time such as 1997-01-31, 1997-01-31 18:30 or 1997-01-31T18:30:00+08:00";
const AMOUNT: &str = "a decimal number such as 19.90";

/// Why a row is no order: in which of [`COLUMNS`], what was found and what was expected.
pub fn fault(column: usize, found: &str, expected: impl fmt::Display) -> String {
    let column = COLUMNS.get(column).copied().unwrap_or_default();
    format!("column {column}: found {found:?}, expected {expected}")
}

/// The record and the day of a row, whose fields are in the order of [`COLUMNS`]; one that is not there is empty.
pub fn record<'a, Id: From<&'a str>>(
    fields: [&'a str; 5],
    calendar: &ShopCalendar<FixedOffset>,
) -> Result<(Record<Id>, NaiveDate), String> {
    let [customer, placed_at, amount, status, refunded] = fields;
    if customer.is_empty() {
        return Err(fault(0, customer, "an id"));
    }
    let instant = instant(placed_at, calendar).ok_or_else(|| fault(1, placed_at, TIME))?;
    let day = calendar.day(instant).map_err(|error| fault(1, placed_at, error))?;
    let amount_value = decimal(amount).ok_or_else(|| fault(2, amount, AMOUNT))?;
    let status_value = match status {
        "" | "paid" => OrderStatus::Paid,
        "unpaid" => OrderStatus::Unpaid,
        "cancelled" => OrderStatus::Cancelled,
        _ => return Err(fault(3, status, "paid, unpaid or cancelled")),
    };
    let refunded_value = match refunded {
        "" => Decimal::ZERO,
        _ => decimal(refunded).ok_or_else(|| fault(4, refunded, AMOUNT))?,
    };

    let record = if amount_value < Decimal::ZERO {
        if status_value != OrderStatus::Paid {
            return Err(fault(3, status, "paid or nothing, since a row with a negative amount is a credit"));
        }
        if !refunded_value.is_zero() {
            return Err(fault(4, refunded, "0, since a row with a negative amount is a credit"));
        }
        Credit::new(customer.into(), instant, -amount_value).map_err(|error| fault(2, amount, error))?.into()
    } else {
        let order = Order::new(customer.into(), instant, amount_value).map_err(|error| fault(2, amount, error))?;
        let order = order
            .with_refunded(refunded_value)
            .map_err(|_| fault(4, refunded, format_args!("a number from 0 to the amount, {amount}")))?;
        order.with_status(status_value).into()
    };
    Ok((record, day))
}

/// `YYYY-MM-DD` and `YYYY-MM-DD HH:MM[:SS]` are the shop's time, RFC 3339 is anybody's.
fn instant(text: &str, calendar: &ShopCalendar<FixedOffset>) -> Option<DateTime<Utc>> {
    let shape = b"dddd-dd-dd";
    let date = text.as_bytes().get(..shape.len())?;
    let fits = |(byte, shape): (&u8, &u8)| if *shape == b'd' { byte.is_ascii_digit() } else { byte == shape };
    if !date.iter().zip(shape).all(fits) {
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
