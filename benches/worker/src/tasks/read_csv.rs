//! `R_csv`: from a file of `"customer_id","ts","amount"` to every customer's history.

use std::fs::File;
use std::io::{BufRead, BufReader};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use repurchase::record::RecordColumns;
use repurchase::rust_decimal::Decimal;
use repurchase::{Ledger, Order, PurchaseLog, ShopCalendar};
use serde::Deserialize;

use super::history;
use crate::Result;
use crate::columns::{SCALE, Shop};
use crate::stopwatch::Stopwatch;

/// Reads lines whose three fields are not quoted: all that this file has.
pub(super) fn by_lines(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    let path = shop.csv();
    let ledger = clock.time(|| {
        let mut columns = Columns::default();
        let mut file = BufReader::with_capacity(1 << 20, File::open(&path)?);
        let mut line = Vec::new();
        file.read_until(b'\n', &mut line)?;
        for number in 2.. {
            line.clear();
            if file.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            columns
                .push(line.trim_ascii_end())
                .ok_or_else(|| format!("line {number} of {} is no order", path.display()))?;
        }
        let columns = RecordColumns::new(&columns.customers, &columns.unix_seconds, &columns.cents, SCALE)?;
        Ok(PurchaseLog::from_columns(columns, &ShopCalendar::utc())?.ledger(shop.as_of)?)
    })?;
    Ok(history::check(&ledger))
}

#[derive(Default)]
struct Columns {
    customers: Vec<u64>,
    unix_seconds: Vec<i64>,
    cents: Vec<i64>,
    /// The date of the line before, mostly that of the next one, and its midnight.
    date: ([u8; 10], i64),
}

impl Columns {
    fn push(&mut self, line: &[u8]) -> Option<()> {
        let comma = line.iter().position(|&byte| byte == b',')?;
        let (customer, rest) = (&line[..comma], &line[comma + 1..]);
        let (instant, amount) = rest.split_at_checked(20)?;
        let customer = digits(customer)?;
        let unix_seconds = self.unix_seconds(instant)?;
        let cents = cents(amount)?;
        self.customers.push(customer);
        self.unix_seconds.push(unix_seconds);
        self.cents.push(cents);
        Some(())
    }

    /// `2023-01-31T23:59:59,`
    fn unix_seconds(&mut self, instant: &[u8]) -> Option<i64> {
        let (date, time) = instant.split_first_chunk::<10>()?;
        if *date != self.date.0 {
            let day: NaiveDate = std::str::from_utf8(date).ok()?.parse().ok()?;
            self.date = (*date, i64::from(day.to_epoch_days()) * 86_400);
        }
        let &[b'T', h1, h2, b':', m1, m2, b':', s1, s2, b','] = time else { return None };
        let two = |tens: u8, ones: u8| digits(&[tens, ones]).filter(|&number| number < 60);
        let seconds = (two(h1, h2)? * 60 + two(m1, m2)?) * 60 + two(s1, s2)?;
        i64::try_from(seconds).ok().filter(|&seconds| seconds < 86_400).map(|seconds| self.date.1 + seconds)
    }
}

/// `6`, `6.2`, `6.28`
fn cents(amount: &[u8]) -> Option<i64> {
    let point = amount.iter().position(|&byte| byte == b'.').unwrap_or(amount.len());
    let whole = digits(&amount[..point])?.checked_mul(100)?;
    let part = match amount.get(point + 1..) {
        None => 0,
        Some(&[tenths]) => digits(&[tenths])? * 10,
        Some(&[tenths, hundredths]) => digits(&[tenths, hundredths])?,
        Some(_) => return None,
    };
    i64::try_from(whole.checked_add(part)?).ok()
}

/// One digit or more, and nothing else.
fn digits(text: &[u8]) -> Option<u64> {
    let digit = |number: u64, &byte: &u8| match byte {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add((byte - b'0').into()),
        _ => None,
    };
    if text.is_empty() { None } else { text.iter().try_fold(0, digit) }
}

/// As most programs would: any CSV, records with decimal amounts, nothing held but the log.
pub(super) fn by_csv_crate(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    #[derive(Deserialize)]
    struct Row<'a> {
        customer_id: u64,
        ts: &'a str,
        amount: &'a str,
    }
    let path = shop.csv();
    let ledger = clock.time(|| {
        let mut file = csv::Reader::from_path(&path)?;
        let headers = file.headers()?.clone();
        let mut record = csv::StringRecord::new();
        let mut failure = None;
        let mut next = || -> Result<Option<Order<u64>>> {
            if !file.read_record(&mut record)? {
                return Ok(None);
            }
            let row: Row = record.deserialize(Some(&headers))?;
            let placed_at: DateTime<Utc> = row.ts.parse::<NaiveDateTime>()?.and_utc();
            Ok(Some(Order::new(row.customer_id, placed_at, row.amount.parse::<Decimal>()?)?))
        };
        let orders = std::iter::from_fn(|| {
            next().unwrap_or_else(|error| {
                failure = Some(error);
                None
            })
        });
        let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), shop.as_of)?;
        failure.map_or(Ok(ledger), Err)
    })?;
    Ok(history::check(&ledger))
}
