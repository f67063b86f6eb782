//! Rows of a table in text, each with the line on which it starts.
//!
//! Traded for plainness: a line without a quote, or with quotes around whole fields alone, is a row as it stands and is
//! cut at its separators; only rows with line breaks or quotes inside fields go through csv-core. `benches/read.rs` has the time that this must not lose.

use std::io::Read;
use std::ops::Range;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use memchr::{memchr, memchr_iter, memchr2};

use crate::error::Error;
use crate::text::{Encoding, Text};

/// The longest row: a quote that is never closed would take the rest of the file.
const LONGEST: usize = 4 << 20;

const SEPARATORS: &[u8; 4] = b",;\t|";

pub(crate) struct Rows<R> {
    text: Text<R>,
    buffer: Vec<u8>,
    /// What is not read yet starts here.
    at: usize,
    separator: u8,
    terminator: u8,
    /// The line on which the next row starts.
    line: u64,
    bounds: Vec<Range<u32>>,
    unquoted: Vec<u8>,
    ends: Vec<usize>,
    csv: Reader,
}

/// One row.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    bytes: &'a [u8],
    bounds: &'a [Range<u32>],
    pub(crate) line: u64,
}

impl<'a> Row<'a> {
    /// Whether no field says anything.
    pub(crate) fn is_blank(self) -> bool {
        (0..self.len()).all(|place| self.field(place).trim_ascii().is_empty())
    }

    pub(crate) fn len(self) -> usize {
        self.bounds.len()
    }

    /// A field; empty where the row is too short.
    #[inline]
    pub(crate) fn field(self, place: usize) -> &'a [u8] {
        let Some(bounds) = self.bounds.get(place) else { return &[] };
        self.bytes.get(bounds.start as usize..bounds.end as usize).unwrap_or_default()
    }
}

impl<R: Read> Rows<R> {
    pub(crate) fn new(input: R) -> Result<Self, Error> {
        let mut rows = Self {
            text: Text::new(input)?,
            buffer: Vec::new(),
            at: 0,
            separator: b',',
            terminator: b'\n',
            line: 1,
            bounds: Vec::new(),
            unquoted: Vec::new(),
            ends: Vec::new(),
            csv: Reader::new(),
        };
        rows.text.append_to(&mut rows.buffer)?;
        if memchr(b'\n', &rows.buffer).is_none() && memchr(b'\r', &rows.buffer).is_some() {
            rows.terminator = b'\r';
        }
        rows.find_separator();
        let terminator = Terminator::Any(rows.terminator);
        rows.csv = ReaderBuilder::new().delimiter(rows.separator).terminator(terminator).build();
        Ok(rows)
    }

    pub(crate) const fn separator(&self) -> u8 {
        self.separator
    }

    pub(crate) const fn encoding(&self) -> Encoding {
        self.text.encoding()
    }

    /// The separator that the first line has most of, outside quotes. Excel's own first line `sep=;` says it.
    fn find_separator(&mut self) {
        let blank = self.buffer.iter().take_while(|byte| byte.is_ascii_whitespace() && **byte != b'\t').count();
        let start = self.buffer.get(blank..).unwrap_or_default();
        let line_end = memchr(self.terminator, start).unwrap_or(start.len());
        let first = start.get(..line_end).unwrap_or_default();
        if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator, rest @ ..] = first {
            if rest.trim_ascii().is_empty() {
                self.separator = *separator;
                self.at = (blank + line_end + 1).min(self.buffer.len());
                self.line += 1;
                return;
            }
        }
        let mut counts = [0_usize; SEPARATORS.len()];
        let mut quoted = false;
        for &byte in start {
            match byte {
                b'"' => quoted = !quoted,
                _ if byte == self.terminator && !quoted => break,
                _ if !quoted => {
                    if let Some(count) =
                        SEPARATORS.iter().position(|&one| one == byte).and_then(|at| counts.get_mut(at))
                    {
                        *count += 1;
                    }
                }
                _ => {}
            }
        }
        let mut most = 0;
        for (&separator, &count) in SEPARATORS.iter().zip(&counts) {
            if count > most {
                (self.separator, most) = (separator, count);
            }
        }
    }

    /// The next row that is not blank.
    #[inline]
    pub(crate) fn read(&mut self) -> Result<Option<Row<'_>>, Error> {
        loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            match memchr2(self.terminator, b'"', rest) {
                Some(quote) if rest.get(quote) == Some(&b'"') => {
                    let after = rest.get(quote..).unwrap_or_default();
                    let Some(length) = memchr(self.terminator, after).map(|length| quote + length) else {
                        return self.read_quoted();
                    };
                    if !self.cut_quoted(self.at, length) {
                        return self.read_quoted();
                    }
                    let (start, line) = (self.at, self.line);
                    self.at += length + 1;
                    self.line += 1;
                    let bytes = self.buffer.get(start..start + length).unwrap_or_default();
                    return Ok(Some(Row { bytes, bounds: &self.bounds, line }));
                }
                Some(length) => {
                    let (start, line) = (self.at, self.line);
                    self.at += length + 1;
                    self.line += 1;
                    if self.cut(start, length) {
                        let bytes = self.buffer.get(start..start + length).unwrap_or_default();
                        return Ok(Some(Row { bytes, bounds: &self.bounds, line }));
                    }
                }
                None if rest.len() > LONGEST => return Err(Error::LongLine { line: self.line }),
                None if self.fill()? => {}
                None => {
                    let (start, length, line) = (self.at, self.buffer.len() - self.at, self.line);
                    self.at = self.buffer.len();
                    if self.cut(start, length) {
                        let bytes = self.buffer.get(start..start + length).unwrap_or_default();
                        return Ok(Some(Row { bytes, bounds: &self.bounds, line }));
                    }
                    return Ok(None);
                }
            }
        }
    }

    /// Finds the fields of a line without quotes; false where it is blank.
    #[inline]
    fn cut(&mut self, start: usize, length: usize) -> bool {
        let line = self.buffer.get(start..start + length).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.bounds.clear();
        let mut from = 0;
        for at in memchr_iter(self.separator, line) {
            self.bounds.push(from..at as u32);
            from = at as u32 + 1;
        }
        if from == 0 && line.trim_ascii().is_empty() {
            return false;
        }
        self.bounds.push(from..line.len() as u32);
        true
    }

    /// Finds the fields of a line that has quotes around whole fields alone; false where there are others.
    fn cut_quoted(&mut self, start: usize, length: usize) -> bool {
        let line = self.buffer.get(start..start + length).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.bounds.clear();
        let mut at = 0;
        loop {
            let rest = line.get(at..).unwrap_or_default();
            let (from, to, next) = match rest.strip_prefix(b"\"") {
                Some(inner) => match memchr(b'"', inner) {
                    Some(to) => (at + 1, at + 1 + to, at + 2 + to),
                    None => return false,
                },
                None => match memchr2(self.separator, b'"', rest) {
                    Some(to) => (at, at + to, at + to),
                    None => (at, line.len(), line.len()),
                },
            };
            self.bounds.push(from as u32..to as u32);
            match line.get(next) {
                None => return true,
                Some(&byte) if byte == self.separator => at = next + 1,
                Some(_) => return false,
            }
        }
    }

    /// Moves what is not read to the front and reads on; false at the end of the file.
    fn fill(&mut self) -> Result<bool, Error> {
        self.buffer.drain(..self.at);
        self.at = 0;
        self.text.append_to(&mut self.buffer)
    }

    fn read_quoted(&mut self) -> Result<Option<Row<'_>>, Error> {
        self.csv.reset();
        let (mut written, mut fields) = (0, 0);
        let (line, mut lines, mut taken, mut at_end) = (self.line, 0, 0, false);
        loop {
            let end = [self.terminator];
            let rest = if at_end { &end[..] } else { self.buffer.get(self.at..).unwrap_or_default() };
            let output = self.unquoted.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(fields..).unwrap_or_default();
            if rest.is_empty() {
                at_end = !self.fill()?;
                continue;
            }
            let (result, read, wrote, ended) = self.csv.read_record(rest, output, ends);
            lines += memchr_iter(self.terminator, rest.get(..read).unwrap_or_default()).count() as u64;
            written += wrote;
            fields += ended;
            taken += read;
            if !at_end {
                self.at += read;
            }
            match result {
                ReadRecordResult::InputEmpty if at_end => {
                    return Err(Error::OpenQuote { line });
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.unquoted.resize((self.unquoted.len() * 2).max(1 << 12), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize((self.ends.len() * 2).max(64), 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
            if taken > LONGEST {
                return Err(Error::OpenQuote { line });
            }
        }
        self.line += lines;
        self.bounds.clear();
        let mut from = 0;
        for &end in self.ends.get(..fields).unwrap_or_default() {
            self.bounds.push(from..end as u32);
            from = end as u32;
        }
        // The `\r` of the line's end is not part of the last field.
        if let Some(last) = self.bounds.last_mut() {
            let ends_in_return = self.unquoted.get(..last.end as usize).is_some_and(|text| text.ends_with(b"\r"));
            if ends_in_return && last.end > last.start {
                last.end -= 1;
            }
        }
        let bytes = self.unquoted.get(..written).unwrap_or_default();
        Ok(Some(Row { bytes, bounds: &self.bounds, line }))
    }
}
