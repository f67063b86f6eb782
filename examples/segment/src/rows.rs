//! Rows of a CSV file, each with the line on which it starts.

use std::error::Error;
use std::io::{Chain, Read};
use std::mem;

use csv::{ByteRecord, Terminator};

/// Read after the file: a row of one empty field, which the last row swallows if a quote is open.
///
/// Alone, a reader of CSV takes the end of its input for a closing quote.
const END: &[u8] = b"\n\"\"\n";

pub(crate) struct Rows<R> {
    reader: csv::Reader<Chain<R, &'static [u8]>>,
    /// The row after the current one.
    ahead: ByteRecord,
}

impl<R: Read> Rows<R> {
    pub(crate) fn new(input: R) -> Result<Self, csv::Error> {
        let mut reader = csv::ReaderBuilder::new();
        // A row that ended at the `\r` of `\r\n` would leave the `\n` to the line of the next one.
        reader.has_headers(false).flexible(true).terminator(Terminator::Any(b'\n'));
        let mut rows = Self { reader: reader.from_reader(input.chain(END)), ahead: ByteRecord::new() };
        rows.read_ahead()?;
        Ok(rows)
    }

    /// Reads the next row that is not blank; false behind the last one.
    pub(crate) fn read(&mut self, row: &mut ByteRecord) -> Result<bool, Box<dyn Error>> {
        mem::swap(row, &mut self.ahead);
        if self.read_ahead()? {
            return Ok(true);
        }
        if row.is_empty() || row.iter().eq([b""]) {
            return Ok(false);
        }
        // The lines of a row that was never closed end where the file does.
        Err(format!("line {}: a quote is opened and never closed", line(row) + 1).into())
    }

    fn read_ahead(&mut self) -> Result<bool, csv::Error> {
        loop {
            let more = self.reader.read_byte_record(&mut self.ahead)?;
            if more && self.ahead.iter().eq([b"\r"]) {
                continue;
            }
            // The reader's own would be before any blank lines.
            self.ahead.set_position(Some(self.reader.position().clone()));
            return Ok(more);
        }
    }
}

/// The line on which a row starts, from 1.
pub(crate) fn line(row: &ByteRecord) -> u64 {
    let next = row.position().map_or(0, csv::Position::line);
    let lines = row.as_slice().split(|&byte| byte == b'\n').count();
    next.saturating_sub(lines as u64)
}

/// A field of a row; the last one without the `\r` of its line's end.
pub(crate) fn field(row: &ByteRecord, place: usize) -> &[u8] {
    let bytes = row.get(place).unwrap_or_default();
    if place + 1 == row.len() { bytes.strip_suffix(b"\r").unwrap_or(bytes) } else { bytes }
}
