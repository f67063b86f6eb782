//! Rows of a CSV file, each with the line on which it starts.

use std::error::Error;
use std::io::{Chain, Read};

use csv::{ByteRecord, Terminator};

/// Read after the file: a row of one field, which the last row swallows if a quote is open.
///
/// Alone, a reader of CSV takes the end of its input for a closing quote.
const END: &[u8] = b"\n\"\0end of the file\0\"\n";
const LAST: &[u8] = b"\0end of the file\0";

pub(crate) struct Rows<R>(csv::Reader<Chain<R, &'static [u8]>>);

impl<R: Read> Rows<R> {
    pub(crate) fn new(input: R) -> Self {
        let mut reader = csv::ReaderBuilder::new();
        // A row that ended at the `\r` of `\r\n` would leave the `\n` to the line of the next one.
        reader.has_headers(false).flexible(true).terminator(Terminator::Any(b'\n'));
        Self(reader.from_reader(input.chain(END)))
    }

    /// Reads the next row that is not blank, and answers with the line on which it starts; `None` behind the last one.
    pub(crate) fn read(&mut self, row: &mut ByteRecord) -> Result<Option<u64>, Box<dyn Error>> {
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
pub(crate) fn field(row: &ByteRecord, place: usize) -> &[u8] {
    let bytes = row.get(place).unwrap_or_default();
    if place + 1 == row.len() { bytes.strip_suffix(b"\r").unwrap_or(bytes) } else { bytes }
}
