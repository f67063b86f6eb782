//! `keep_histories(customer_id, facts, bad_rows, fault, place, settings)`.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{FixedOffset, NaiveDate};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::{concat_batches, filter_record_batch, sort_to_indices, sum, take_record_batch};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::error::Result;
use datafusion::parquet::arrow::ArrowWriter;
use repurchase::measure::{Note, NoteTally, ids_alike};
use repurchase_segment::notes::{Note as ShownNote, of_reader};
use repurchase_segment::order_files::{Note as RowsNote, NoteCode as RowsCode};
use serde::{Deserialize, Serialize};

use super::{KEEP_TASK, Step, fault, json, read, refused, task, unique};
use crate::history::{self, Facts, HistoryRow, Kind, Noted, is_known};
use crate::place::{Place, PlaceWriter};

/// How facts are read.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeepTask {
    /// The day up to and including which they count, or all.
    pub(crate) as_of: Option<NaiveDate>,
    /// The seconds by which the shop's time is ahead of UTC.
    pub(crate) offset: i32,
}

/// What is known when all histories are kept.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) files: Vec<String>,
    /// The last day with a purchase or credit, since 1970-01-01.
    pub(crate) last_day: Option<i32>,
    /// The decimals of the finest amount.
    pub(crate) scale: u32,
    /// Rows by [`Kind`]; a guest's are of that kind alone.
    rows: [u64; Kind::ALL.len()],
    pub(crate) bad_rows: i64,
    /// The first of what is wrong with them, in the order of the alphabet.
    pub(crate) faults: BTreeSet<String>,
    /// What the library notes of all facts.
    notes: Option<NoteTally<String>>,
    /// Those who have bought; and their ids, unless they are too many.
    pub(crate) customers: u64,
    ids: Vec<String>,
    /// The library's note on their ids.
    alike: Option<Note>,
}

impl Kept {
    /// How many faults are told.
    pub(crate) const TOLD: usize = 5;

    fn count(&mut self, facts: &Facts) {
        self.scale = self.scale.max(facts.scale());
        for fact in facts.iter() {
            self.rows[fact.kind as usize] += u64::from(fact.count);
            self.last_day = self.last_day.max((!fact.kind.is_counted_only()).then_some(fact.day));
        }
    }

    /// The rows of a kind.
    fn rows(&self, kind: Kind) -> u64 {
        self.rows[kind as usize]
    }

    fn tell(&mut self, faults: impl IntoIterator<Item = String>) {
        self.faults.extend(faults);
        while self.faults.len() > Self::TOLD {
            self.faults.pop_last();
        }
    }

    /// Customers whose ids are compared on one executor: alike ids may lie in two parts.
    pub(crate) const COMPARED: u64 = 1_000_000;

    fn know(&mut self, customers: u64, ids: impl IntoIterator<Item = String>) {
        self.customers += customers;
        if self.customers <= Self::COMPARED {
            self.ids.extend(ids);
        } else {
            self.ids = Vec::new();
        }
    }

    /// The notes of the segment program's reader that count rows, and the library's on the orders, each in their order.
    pub(crate) fn notes(&self) -> Vec<ShownNote> {
        let others = [Kind::Unpaid, Kind::Cancelled, Kind::FullyRefunded].map(|kind| self.rows(kind));
        let (orders, guests) = (self.rows(Kind::Purchase) + others.iter().sum::<u64>(), self.rows(Kind::Guest));
        let codes = [RowsCode::Unpaid, RowsCode::Cancelled, RowsCode::FullyRefunded];
        let counted = codes.into_iter().zip(others).map(|(code, count)| RowsNote::counted(code, count, orders));
        let guests = RowsNote::counted(RowsCode::GuestOrders, guests, orders + guests);
        let counted = [guests].into_iter().chain(counted).filter(|note| note.count > 0);
        let mut of_library = self.notes.as_ref().map(NoteTally::notes).unwrap_or_default();
        of_library.extend(self.alike.clone());
        of_library.sort_by_key(|note| note.code);
        let counted = counted.map(|note| of_reader(&note));
        counted.chain(of_library.iter().map(ShownNote::of_library)).collect()
    }

    fn note(&mut self, notes: NoteTally<String>) -> Result<()> {
        match &mut self.notes {
            Some(all) => all.merge(&notes).map_err(refused)?,
            none => *none = Some(notes),
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
pub(super) struct KeepHistories {
    kept: Option<Kept>,
    task: Option<KeepTask>,
    place: Option<Arc<Place>>,
    batches: Vec<RecordBatch>,
}

impl KeepHistories {
    /// Writes the customers, in the order of their ids.
    fn write(&mut self) -> Result<()> {
        let batches = std::mem::take(&mut self.batches);
        let (Some(first), Some(place), Some(kept)) = (batches.first(), &self.place, &mut self.kept) else {
            return Ok(());
        };
        let all = concat_batches(first.schema_ref(), &batches)?;
        drop(batches);
        // Strings are in the order of their bytes, as in the library.
        let order = sort_to_indices(all.column(0), None, None)?;
        let name = unique("histories", "parquet");
        let mut writer = ArrowWriter::try_new(PlaceWriter::new(place, name.clone()), all.schema(), None)?;
        for from in (0..order.len()).step_by(BATCH) {
            let rows = order.slice(from, BATCH.min(order.len() - from));
            writer.write(&take_record_batch(&all, &rows)?)?;
        }
        writer.into_inner()?.finish()?;
        kept.files.push(name);
        Ok(())
    }
}

/// Rows that are written at a time.
const BATCH: usize = 1 << 13;

impl KeepTask {
    /// The histories of customers up to the as-of day; what else is known of their facts is added to what is kept.
    fn read(&self, ids: &ArrayRef, facts: &ArrayRef, kept: &mut Kept) -> Result<ArrayRef> {
        let offset = FixedOffset::east_opt(self.offset).ok_or_else(|| fault(KeepHistories::NAME))?;
        let as_of = self.as_of.unwrap_or(NaiveDate::MAX);
        let (mut rows, mut noted, mut buyers) = (Vec::with_capacity(ids.len()), Noted::new(offset), Vec::new());
        for (id, bytes) in ids.as_string::<i32>().iter().zip(facts.as_binary::<i32>()) {
            let mut facts = Facts::decode(bytes.unwrap_or_default())?;
            kept.count(&facts);
            // What is nobody's is counted only.
            let Some(id) = id else {
                rows.push(HistoryRow::default());
                continue;
            };
            let history = facts.finish(Some(as_of.to_epoch_days()))?;
            buyers.extend((history.purchases > 0).then(|| id.to_owned()));
            noted.add(id, facts);
            rows.push(history);
        }
        kept.know(buyers.len() as u64, buyers);
        // As text, the tally has ids of its own.
        kept.note(read("the notes", &json(&noted.tally(as_of)?)?)?)?;
        Ok(Arc::new(history::array(&rows)?))
    }
}

impl Step for KeepHistories {
    const NAME: &'static str = "keep_histories";

    fn columns() -> Vec<DataType> {
        vec![DataType::Utf8, DataType::Binary, DataType::Int64, DataType::Utf8]
    }

    fn add(&mut self, place: &Arc<Place>, columns: &[ArrayRef]) -> Result<()> {
        let [ids, facts, bad_rows, faults] = columns else { return Err(fault(Self::NAME)) };
        let task = match &mut self.task {
            Some(task) => task,
            none => none.insert(task(place, KEEP_TASK)?),
        };
        let kept = self.kept.get_or_insert_default();
        let histories = task.read(ids, facts, kept)?;
        kept.bad_rows += sum(bad_rows.as_primitive::<Int64Type>()).unwrap_or(0);
        kept.tell(faults.as_string::<i32>().iter().flatten().map(str::to_owned));
        let fields = [("customer_id", ids), ("history", &histories)];
        let fields = fields.map(|(name, column)| Field::new(name, column.data_type().clone(), true));
        let schema = Arc::new(Schema::new(fields.to_vec()));
        let batch = RecordBatch::try_new(schema, vec![Arc::clone(ids), Arc::clone(&histories)])?;
        let known = BooleanArray::from(is_known(&histories)?);
        let batch = filter_record_batch(&batch, &known)?;
        if batch.num_rows() > 0 {
            self.batches.push(batch);
            self.place = Some(Arc::clone(place));
        }
        Ok(())
    }

    fn merge(&mut self, state: &str) -> Result<()> {
        let other: Kept = read("kept histories", state)?;
        let kept = self.kept.get_or_insert_default();
        kept.files.extend(other.files);
        kept.last_day = kept.last_day.max(other.last_day);
        kept.scale = kept.scale.max(other.scale);
        kept.rows.iter_mut().zip(other.rows).for_each(|(rows, more)| *rows += more);
        kept.bad_rows += other.bad_rows;
        kept.tell(other.faults);
        kept.know(other.customers, other.ids);
        other.notes.map_or(Ok(()), |notes| kept.note(notes))
    }

    fn state(&mut self) -> Result<Option<String>> {
        self.write()?;
        self.kept.as_ref().map(json).transpose()
    }

    fn answer(&mut self) -> Result<Option<String>> {
        self.write()?;
        if let Some(kept) = &mut self.kept {
            kept.alike = ids_alike(std::mem::take(&mut kept.ids));
        }
        self.kept.as_ref().map(json).transpose()
    }

    fn size(&self) -> usize {
        let ids = self.kept.as_ref().map_or(0, |kept| kept.ids.len()) * 2 * size_of::<String>();
        self.batches.iter().map(RecordBatch::get_array_memory_size).sum::<usize>() + ids
    }
}
