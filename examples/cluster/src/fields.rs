//! From the fields of one row, as text, to what it says.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};
use repurchase::record::{Credit, OrderStatus, Record};
use repurchase::{Order, ShopCalendar};
use repurchase_segment::order_files::customer_id;
use rust_decimal::Decimal;

use crate::history::{Fact, Kind, RowFact};

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

/// Whose a row is, `None` for a guest, and what it says; `None` where nothing: a credit of nobody. The fields are in the order
/// of [`COLUMNS`]; one that is not there is empty.
pub(crate) fn row<'a>(
    fields: [&'a str; 5],
    calendar: &Calendar,
) -> Result<(Option<Cow<'a, str>>, Option<RowFact>), String> {
    let (record, instant, day) = record(fields, calendar)?;
    let customer = customer_id(fields[0]).map_err(|expected| fault(0, fields[0], expected))?;
    let (kind, amount, is_refunded) = match &record {
        Record::Order(order) => (kind_of(order), order.net_amount(), !order.refunded().is_zero()),
        Record::Credit(credit) => (Kind::Credit, credit.amount(), false),
    };
    if customer.is_none() {
        let (fact, is_order) = (Fact::counted(Kind::Guest), kind != Kind::Credit);
        return Ok((None, is_order.then_some(RowFact { fact, scale: 0, is_refunded: false })));
    }
    let row = if kind.is_counted_only() {
        RowFact { fact: Fact::counted(kind), scale: 0, is_refunded }
    } else {
        // chrono's days since 1970 fit 32 bits, and no amount is below 0.
        let day = day.signed_duration_since(NaiveDate::default()).num_days() as i32;
        let (at_midnight, amount, scale) =
            (instant.time() == NaiveTime::MIN, amount.mantissa().unsigned_abs(), amount.scale());
        RowFact { fact: Fact { day, kind, at_midnight, amount, count: 1 }, scale, is_refunded }
    };
    Ok((customer, Some(row)))
}

fn kind_of(order: &Order<&str>) -> Kind {
    match order.status() {
        _ if order.is_purchase() => Kind::Purchase,
        OrderStatus::Unpaid => Kind::Unpaid,
        OrderStatus::Cancelled => Kind::Cancelled,
        OrderStatus::Paid => Kind::FullyRefunded,
    }
}

/// The record of a row, with its instant and day.
fn record<'a>(
    [customer, placed_at, amount, status, refunded]: [&'a str; 5],
    calendar: &Calendar,
) -> Result<(Record<&'a str>, DateTime<Utc>, NaiveDate), String> {
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
        let order = Order::new(customer, instant, net).map_err(refused)?.with_status(paid);
        if refunded.is_empty() {
            return Ok((order.into(), instant, day));
        }
        let bounds = format_args!("a number from 0 to the amount, {amount}");
        let order = order.with_refunded(back).map_err(|_| fault(4, refunded, bounds))?;
        return Ok((order.into(), instant, day));
    }
    let credit = "since a row with a negative amount is a credit";
    match (paid, back.is_zero()) {
        (OrderStatus::Paid, true) => Ok((Credit::new(customer, instant, -net).map_err(refused)?.into(), instant, day)),
        (OrderStatus::Paid, false) => Err(fault(4, refunded, format_args!("0, {credit}"))),
        _ => Err(fault(3, status, format_args!("paid or nothing, {credit}"))),
    }
}

/// `YYYY-MM-DD` and `YYYY-MM-DD HH:MM[:SS]` are the shop's time, RFC 3339 is anybody's.
fn instant(text: &str, calendar: &Calendar) -> Option<DateTime<Utc>> {
    let has_shape = |shape: &[u8]| {
        let fits = |(byte, shape): (u8, &u8)| if *shape == b'd' { byte.is_ascii_digit() } else { byte == *shape };
        text.len() == shape.len() && text.bytes().zip(shape).all(fits)
    };
    let number = |range: Range<usize>| text.get(range)?.parse::<u32>().ok();
    let [hour, minute, second] = match text.len() {
        10 if has_shape(b"dddd-dd-dd") => [0; 3],
        16 if has_shape(b"dddd-dd-dd dd:dd") => [number(11..13)?, number(14..16)?, 0],
        19 if has_shape(b"dddd-dd-dd dd:dd:dd") => [number(11..13)?, number(14..16)?, number(17..19)?],
        ..10 | 16 | 19 => return None,
        _ => return DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.to_utc()),
    };
    let day = NaiveDate::from_ymd_opt(number(0..4)? as i32, number(5..7)?, number(8..10)?)?;
    let local = day.and_hms_opt(hour, minute, second)?;
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
