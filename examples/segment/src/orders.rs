//! From rows of a CSV file to records.

use std::error::Error;
use std::fs::File;
use std::io::{self, Chain, IsTerminal, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{FixedOffset, NaiveDate};
use csv::{ByteRecord, Terminator};
use repurchase::PurchaseLog;
use repurchase::record::Record;

use crate::fields::{self, COLUMNS, Calendar, REQUIRED, fault};

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
    let open = || File::open(path).map_err(|error| format!("cannot open {}: {error}", path.display()));
    Ok(if path == Path::new("-") { Box::new(io::stdin().lock()) } else { Box::new(open()?) })
}

impl Orders {
    /// Reads all rows, up to the first bad one unless bad ones are to be skipped.
    pub fn read(input: impl Read, offset: FixedOffset, skip_bad_rows: bool) -> Result<Self, Box<dyn Error>> {
        let (mut rows, mut row) = (Rows::new(input), ByteRecord::new());
        if rows.read(&mut row)?.is_none() {
            return Err("line 1: the file is empty, expected a header with customer_id, placed_at and amount".into());
        }
        let (header, calendar) = (Header::of(&row)?, Calendar::new(offset));
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
        match (self.skipped.len(), self.skipped.len().saturating_sub(SHOWN)) {
            (0, _) => shown,
            (all, 0) => format!("\nBad rows left out: {all}\n  {shown}\n"),
            (all, more) => format!("\nBad rows left out: {all}\n  {shown}\n  and {more} more\n"),
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
        let names: Vec<_> = (0..row.len()).map(|place| String::from_utf8_lossy(field_of(row, place))).collect();
        let places = COLUMNS.map(|column| names.iter().position(|name| name == column));
        if let Some(column) = COLUMNS.iter().find(|column| names.iter().filter(|name| name == *column).count() > 1) {
            return Err(format!("line 1: the column {column} appears twice"));
        }
        if let Some(missing) = places.iter().take(REQUIRED).position(Option::is_none) {
            return Err(format!("line 1: no column {}, only: {}", COLUMNS[missing], names.join(", ")));
        }
        Ok(Self { places, width: row.len() })
    }

    fn record(&self, row: &ByteRecord, calendar: &Calendar) -> Result<(Record<String>, NaiveDate), String> {
        let field = |column: usize| -> Result<&str, String> {
            let Some(place) = self.places[column] else { return Ok("") };
            let bytes = field_of(row, place);
            std::str::from_utf8(bytes).map_err(|_| fault(column, &String::from_utf8_lossy(bytes), "text in UTF-8"))
        };
        if row.len() != self.width {
            let column = (0..REQUIRED).find(|&column| self.places[column] >= Some(row.len())).unwrap_or(0);
            let expected = format!("{} fields in the row, not {}", self.width, row.len());
            return Err(fault(column, field(column)?, expected));
        }
        fields::record([field(0)?, field(1)?, field(2)?, field(3)?, field(4)?], calendar)
    }
}

/// Read after the file: a row of one field, which the last row swallows if a quote is open.
///
/// Alone, a reader of CSV takes the end of its input for a closing quote.
const END: &[u8] = b"\n\"\0end of the file\0\"\n";
const LAST: &[u8] = b"\0end of the file\0";

struct Rows<R>(csv::Reader<Chain<R, &'static [u8]>>);

impl<R: Read> Rows<R> {
    fn new(input: R) -> Self {
        let mut reader = csv::ReaderBuilder::new();
        // A row that ended at the `\r` of `\r\n` would leave the `\n` to the line of the next one.
        reader.has_headers(false).flexible(true).terminator(Terminator::Any(b'\n'));
        Self(reader.from_reader(input.chain(END)))
    }

    /// Reads the next row that is not blank, and answers with the line on which it starts; `None` behind the last one.
    fn read(&mut self, row: &mut ByteRecord) -> Result<Option<u64>, Box<dyn Error>> {
        while self.0.read_byte_record(row)? && !row.iter().eq([LAST]) {
            if row.iter().eq([b"\r"]) {
                continue;
            }
            // The reader's own line of a row would be before any blank lines.
            let lines = row.as_slice().split(|&byte| byte == b'\n').count() as u64;
            let line = self.0.position().line().saturating_sub(lines);
            if row.as_slice().strip_suffix(b"\"").is_some_and(|bytes| bytes.ends_with(LAST)) {
                return Err(format!("line {line}: a quote is opened and never closed").into());
            }
            return Ok(Some(line));
        }
        Ok(None)
    }
}

/// A field of a row; the last one without the `\r` of its line's end.
fn field_of(row: &ByteRecord, place: usize) -> &[u8] {
    let bytes = row.get(place).unwrap_or_default();
    if place + 1 == row.len() { bytes.strip_suffix(b"\r").unwrap_or(bytes) } else { bytes }
}
