//! From rows of a CSV file to records.

use std::error::Error;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{FixedOffset, NaiveDate};
use csv::ByteRecord;
use repurchase::record::Record;
use repurchase::{PurchaseLog, ShopCalendar};

use crate::fields::{self, COLUMNS, REQUIRED, fault};
use crate::rows::{self, Rows};

/// The orders of a CSV file, in the time of a shop.
pub struct Orders {
    pub log: PurchaseLog<String>,
    /// The last day of any row that was read.
    pub last_day: Option<NaiveDate>,
    /// The rows that are no orders, each by its line, and why.
    pub skipped: Vec<String>,
}

/// The file that a program was given; `-` is standard input.
pub fn input(path: &Path) -> Result<Box<dyn Read>, Box<dyn Error>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).map_err(|error| format!("cannot open {}: {error}", path.display()))?;
    Ok(Box::new(file))
}

impl Orders {
    /// Reads all rows, up to the first bad one unless bad ones are to be skipped.
    pub fn read(input: impl Read, offset: FixedOffset, skip_bad_rows: bool) -> Result<Self, Box<dyn Error>> {
        let (mut rows, mut row) = (Rows::new(input), ByteRecord::new());
        if rows.read(&mut row)?.is_none() {
            return Err("line 1: the file is empty, expected a header with customer_id, placed_at and amount".into());
        }
        let (header, calendar) = (Header::of(&row)?, ShopCalendar::new(offset));
        let (mut last_day, mut skipped, mut progress) = (None, Vec::new(), (0, Instant::now()));
        let mut next = || -> Result<Option<Record<String>>, Box<dyn Error>> {
            while let Some(line) = rows.read(&mut row)? {
                count(&mut progress);
                match header.record(&row, &calendar) {
                    Ok((record, day)) => {
                        last_day = last_day.max(Some(day));
                        return Ok(Some(record));
                    }
                    Err(fault) if skip_bad_rows => skipped.push(format!("line {line}, {fault}")),
                    Err(fault) => return Err(format!("line {line}, {fault}").into()),
                }
            }
            Ok(None)
        };
        let mut read = Ok(());
        let records = std::iter::from_fn(|| next().map_err(|error| read = Err(error)).ok().flatten());
        let log = PurchaseLog::from_records(records, &calendar);
        read?;
        Ok(Self { log: log?, last_day, skipped })
    }

    /// What was skipped and why; empty when nothing was.
    pub fn report(&self) -> String {
        const SHOWN: usize = 10;
        let shown = self.skipped.get(..SHOWN).unwrap_or(&self.skipped).join("\n  ");
        match self.skipped.len() {
            0 => shown,
            all if all <= SHOWN => format!("\nBad rows left out: {all}\n  {shown}\n"),
            all => format!("\nBad rows left out: {all}\n  {shown}\n  and {} more\n", all - SHOWN),
        }
    }
}

/// Says on stderr every second how many rows are read, if somebody is watching.
fn count((rows, told): &mut (u64, Instant)) {
    *rows += 1;
    if *rows % 65_536 == 0 && told.elapsed() >= Duration::from_secs(1) && io::stderr().is_terminal() {
        eprint!("\r{rows} rows read\r");
        *told = Instant::now();
    }
}

/// Of each of [`COLUMNS`], its place in a row, and how many fields a row has.
struct Header {
    places: [Option<usize>; 5],
    width: usize,
}

impl Header {
    fn of(row: &ByteRecord) -> Result<Self, String> {
        let mut places = [None; 5];
        let names = || (0..row.len()).map(|place| rows::field(row, place));
        for (place, name) in names().enumerate() {
            if let Some(column) = COLUMNS.iter().position(|column| column.as_bytes() == name) {
                if places[column].replace(place).is_some() {
                    return Err(format!("line 1: the column {} appears twice", COLUMNS[column]));
                }
            }
        }
        if let Some(missing) = places.iter().take(REQUIRED).position(Option::is_none) {
            let found = names().map(String::from_utf8_lossy).collect::<Vec<_>>().join(", ");
            return Err(format!("line 1: no column {}, only: {found}", COLUMNS[missing]));
        }
        Ok(Self { places, width: row.len() })
    }

    fn record(
        &self,
        row: &ByteRecord,
        calendar: &ShopCalendar<FixedOffset>,
    ) -> Result<(Record<String>, NaiveDate), String> {
        let field = |column: usize| -> Result<&str, String> {
            let Some(place) = self.places[column] else { return Ok("") };
            let bytes = rows::field(row, place);
            std::str::from_utf8(bytes).map_err(|_| fault(column, &String::from_utf8_lossy(bytes), "text in UTF-8"))
        };
        if row.len() != self.width {
            let cut = (0..REQUIRED).find(|&column| self.places[column].is_none_or(|place| place >= row.len()));
            let column = cut.unwrap_or(0);
            let expected = format!("{} fields in the row, not {}", self.width, row.len());
            return Err(fault(column, field(column)?, expected));
        }
        fields::record([field(0)?, field(1)?, field(2)?, field(3)?, field(4)?], calendar)
    }
}
