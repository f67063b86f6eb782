//! From rows of a CSV file to records.

use std::error::Error;
use std::fmt;
use std::io::{self, IsTerminal, Read};
use std::str::FromStr;
use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};
use repurchase::record::{Credit, OrderStatus, Record};
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use crate::rows::{self, Rows};

/// A row that is no order: where, what was found and what was expected.
#[derive(Debug)]
pub(crate) struct BadRow {
    line: u64,
    column: &'static str,
    found: String,
    expected: String,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: found {:?}, expected {}", self.line, self.column, self.found, self.expected)
    }
}

impl Error for BadRow {}

const COLUMNS: [&str; 5] = ["customer_id", "placed_at", "amount", "status", "refunded"];
const REQUIRED: usize = 3;

const TIME: &str = "a time such as 1997-01-31, 1997-01-31 18:30 or 1997-01-31T18:30:00+08:00";
const AMOUNT: &str = "a decimal number such as 19.90";

/// The orders of a CSV file, in the time of a shop.
pub(crate) struct Orders<R> {
    rows: Rows<R>,
    /// The fields of a row.
    width: usize,
    /// Of each of [`COLUMNS`], its place in a row.
    places: [Option<usize>; 5],
    calendar: ShopCalendar<FixedOffset>,
    skip_bad_rows: bool,
    skipped: Vec<BadRow>,
    last_day: Option<NaiveDate>,
    progress: Progress,
}

impl<R: Read> Orders<R> {
    pub(crate) fn new(input: R, offset: FixedOffset, skip_bad_rows: bool) -> Result<Self, Box<dyn Error>> {
        let mut rows = Rows::new(input)?;
        let mut header = csv::ByteRecord::new();
        if !rows.read(&mut header)? {
            return Err("line 1: the file is empty, expected a header with customer_id, placed_at and amount".into());
        }
        let mut places = [None; 5];
        let names = || (0..header.len()).map(|place| rows::field(&header, place));
        for (place, name) in names().enumerate() {
            if let Some(column) = COLUMNS.iter().position(|column| column.as_bytes() == name) {
                if places[column].replace(place).is_some() {
                    return Err(format!("line 1: the column {} appears twice", COLUMNS[column]).into());
                }
            }
        }
        if let Some(missing) = places.iter().take(REQUIRED).position(Option::is_none) {
            let found = names().map(String::from_utf8_lossy).collect::<Vec<_>>().join(", ");
            return Err(format!("line 1: no column {}, only: {found}", COLUMNS[missing]).into());
        }
        Ok(Self {
            rows,
            width: header.len(),
            places,
            calendar: ShopCalendar::new(offset),
            skip_bad_rows,
            skipped: Vec::new(),
            last_day: None,
            progress: Progress::new(),
        })
    }

    /// Reads all rows, up to the first bad one unless bad ones are to be skipped.
    pub(crate) fn read_log(&mut self) -> Result<PurchaseLog<String>, Box<dyn Error>> {
        let calendar = self.calendar.clone();
        let mut failure: Option<Box<dyn Error>> = None;
        let mut row = csv::ByteRecord::new();
        let records = std::iter::from_fn(|| match self.next_record(&mut row) {
            Ok(record) => record,
            Err(error) => {
                failure = Some(error);
                None
            }
        });
        let log = PurchaseLog::from_records(records, &calendar);
        self.progress.finish();
        match failure {
            Some(error) => Err(error),
            None => Ok(log?),
        }
    }

    /// The last day of any row that was read.
    pub(crate) const fn last_day(&self) -> Option<NaiveDate> {
        self.last_day
    }

    pub(crate) fn skipped(&self) -> &[BadRow] {
        &self.skipped
    }

    /// What was skipped and why; empty when nothing was.
    pub(crate) fn report(&self) -> String {
        const SHOWN: usize = 10;
        if self.skipped.is_empty() {
            return String::new();
        }
        let mut report = format!("\nBad rows left out: {}\n", self.skipped.len());
        for row in self.skipped.iter().take(SHOWN) {
            report += "  ";
            report += &row.to_string();
            report += "\n";
        }
        match self.skipped.len().saturating_sub(SHOWN) {
            0 => report,
            more => report + &format!("  and {more} more\n"),
        }
    }

    fn next_record(&mut self, row: &mut csv::ByteRecord) -> Result<Option<Record<String>>, Box<dyn Error>> {
        while self.rows.read(row)? {
            self.progress.count();
            match self.record(row) {
                Ok((record, day)) => {
                    self.last_day = self.last_day.max(Some(day));
                    return Ok(Some(record));
                }
                Err(bad) if self.skip_bad_rows => self.skipped.push(bad),
                Err(bad) => return Err(bad.into()),
            }
        }
        Ok(None)
    }

    fn record(&self, row: &csv::ByteRecord) -> Result<(Record<String>, NaiveDate), BadRow> {
        let line = rows::line(row);
        let bad = |column: usize, found: &str, expected: &dyn fmt::Display| BadRow {
            line,
            column: COLUMNS[column],
            found: found.to_owned(),
            expected: expected.to_string(),
        };
        let field = |column: usize| -> Result<&str, BadRow> {
            let Some(place) = self.places[column] else { return Ok("") };
            let bytes = rows::field(row, place);
            std::str::from_utf8(bytes).map_err(|_| bad(column, &String::from_utf8_lossy(bytes), &"text in UTF-8"))
        };
        if row.len() != self.width {
            let expected = format!("{} fields in the row, not {}", self.width, row.len());
            let cut = (0..REQUIRED).find(|&column| self.places[column].is_none_or(|place| place >= row.len()));
            let column = cut.unwrap_or(0);
            return Err(bad(column, field(column)?, &expected));
        }
        let [customer, placed_at, amount, status, refunded] = [field(0)?, field(1)?, field(2)?, field(3)?, field(4)?];

        if customer.is_empty() {
            return Err(bad(0, customer, &"an id"));
        }
        let instant = self.instant(placed_at).ok_or_else(|| bad(1, placed_at, &TIME))?;
        let day = self.calendar.day(instant).map_err(|error| bad(1, placed_at, &error))?;
        let amount_value = decimal(amount).ok_or_else(|| bad(2, amount, &AMOUNT))?;
        let status_value = match status {
            "" | "paid" => OrderStatus::Paid,
            "unpaid" => OrderStatus::Unpaid,
            "cancelled" => OrderStatus::Cancelled,
            _ => return Err(bad(3, status, &"paid, unpaid or cancelled")),
        };
        let refunded_value = match refunded {
            "" => Decimal::ZERO,
            _ => decimal(refunded).ok_or_else(|| bad(4, refunded, &AMOUNT))?,
        };

        let record = if amount_value < Decimal::ZERO {
            if status_value != OrderStatus::Paid {
                return Err(bad(3, status, &"paid or nothing, since a row with a negative amount is a credit"));
            }
            if !refunded_value.is_zero() {
                return Err(bad(4, refunded, &"0, since a row with a negative amount is a credit"));
            }
            Credit::new(customer.to_owned(), instant, -amount_value).map_err(|error| bad(2, amount, &error))?.into()
        } else {
            let order =
                Order::new(customer.to_owned(), instant, amount_value).map_err(|error| bad(2, amount, &error))?;
            let order = order
                .with_refunded(refunded_value)
                .map_err(|_| bad(4, refunded, &format_args!("a number from 0 to the amount, {amount}")))?;
            order.with_status(status_value).into()
        };
        Ok((record, day))
    }

    /// `YYYY-MM-DD` and `YYYY-MM-DD HH:MM[:SS]` are the shop's time, RFC 3339 is anybody's.
    fn instant(&self, text: &str) -> Option<DateTime<Utc>> {
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
        Some(self.calendar.zone().from_local_datetime(&local).single()?.to_utc())
    }
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

/// Says on stderr how many rows are read, when that takes longer than a moment and somebody is watching.
struct Progress {
    rows: u64,
    next: Instant,
    shown: bool,
}

impl Progress {
    fn new() -> Self {
        Self { rows: 0, next: Instant::now() + Duration::from_secs(2), shown: false }
    }

    fn count(&mut self) {
        self.rows += 1;
        if self.rows % 65_536 == 0 && Instant::now() >= self.next && io::stderr().is_terminal() {
            eprint!("\r{} rows read", self.rows);
            self.next += Duration::from_secs(1);
            self.shown = true;
        }
    }

    fn finish(&mut self) {
        if self.shown {
            eprintln!("\r{} rows read", self.rows);
        }
    }
}
