//! From rows of a CSV file to records.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{FixedOffset, NaiveDate};
use repurchase::record::Record;
use repurchase::{PurchaseLog, ShopCalendar};

use crate::fields::{self, COLUMNS, Fault, REQUIRED};
use crate::rows::{self, Rows};

/// A row that is no order: on which line, and why.
#[derive(Debug)]
pub struct BadRow {
    line: u64,
    fault: Fault,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {}", self.line, self.fault)
    }
}

impl Error for BadRow {}

/// The orders of a CSV file, in the time of a shop.
pub struct Orders<R> {
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

/// The file that a program was given; `-` is standard input.
pub fn input(path: &Path) -> Result<Box<dyn Read>, Box<dyn Error>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).map_err(|error| format!("cannot open {}: {error}", path.display()))?;
    Ok(Box::new(file))
}

impl<R: Read> Orders<R> {
    pub fn new(input: R, offset: FixedOffset, skip_bad_rows: bool) -> Result<Self, Box<dyn Error>> {
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
    pub fn read_log(&mut self) -> Result<PurchaseLog<String>, Box<dyn Error>> {
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
    pub const fn last_day(&self) -> Option<NaiveDate> {
        self.last_day
    }

    pub fn skipped(&self) -> &[BadRow] {
        &self.skipped
    }

    /// What was skipped and why; empty when nothing was.
    pub fn report(&self) -> String {
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
        let read = || {
            let field = |column: usize| -> Result<&str, Fault> {
                let Some(place) = self.places[column] else { return Ok("") };
                let bytes = rows::field(row, place);
                std::str::from_utf8(bytes)
                    .map_err(|_| Fault::new(column, &String::from_utf8_lossy(bytes), &"text in UTF-8"))
            };
            if row.len() != self.width {
                let expected = format!("{} fields in the row, not {}", self.width, row.len());
                let cut = (0..REQUIRED).find(|&column| self.places[column].is_none_or(|place| place >= row.len()));
                let column = cut.unwrap_or(0);
                return Err(Fault::new(column, field(column)?, &expected));
            }
            let fields = [field(0)?, field(1)?, field(2)?, field(3)?, field(4)?];
            fields::record(fields, &self.calendar)
        };
        read().map_err(|fault| BadRow { line: rows::line(row), fault })
    }
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
