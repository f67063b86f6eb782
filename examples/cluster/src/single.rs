//! One file of all customers, sorted, of the executors' files.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::sync::Arc;

use csv::{Reader, StringRecord};
use datafusion::error::Result;
use repurchase_segment::output::quoted;

use crate::place::{Place, PlaceReader, PlaceWriter};
use crate::table::TableWriter;

/// The size of the blocks in which rows are handed on, in bytes, about.
const BLOCK: usize = 1 << 16;

/// One of the executors' files, which is sorted itself.
struct Part {
    rows: Reader<PlaceReader>,
    row: StringRecord,
}

impl Part {
    fn next(&mut self) -> Result<Option<String>> {
        let is_there = self.rows.read_record(&mut self.row).map_err(io::Error::other)?;
        Ok(self.row.get(0).filter(|_| is_there).map(str::to_owned))
    }
}

/// Writes the rows of the files in the order of their first field; of each file, a piece is in memory.
pub(crate) fn merge(
    place: &Arc<Place>,
    files: &[&str],
    mut table: TableWriter<PlaceWriter>,
) -> Result<TableWriter<PlaceWriter>> {
    let (mut parts, mut next) = (Vec::new(), BinaryHeap::new());
    for (at, file) in files.iter().enumerate() {
        let mut part = Part { rows: Reader::from_reader(PlaceReader::open(place, file)?), row: StringRecord::new() };
        next.extend(part.next()?.map(|id| Reverse((id, at))));
        parts.push(part);
    }
    let mut block = String::new();
    while let Some(Reverse((_, at))) = next.pop() {
        let Some(part) = parts.get_mut(at) else { continue };
        for (place, field) in part.row.iter().enumerate() {
            block.push_str(if place > 0 { "," } else { "" });
            block.push_str(&quoted(field));
        }
        block.push('\n');
        if block.len() >= BLOCK {
            table.write(block.as_bytes())?;
            block.clear();
        }
        next.extend(part.next()?.map(|id| Reverse((id, at))));
    }
    table.write(block.as_bytes())?;
    Ok(table)
}
