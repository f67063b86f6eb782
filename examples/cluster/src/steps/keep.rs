//! `keep_histories(customer_id, history, last_day, scale, bad_rows, fault, place, settings)`.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::{concat_batches, filter_record_batch, max, sort_to_indices, sum, take_record_batch};
use datafusion::arrow::datatypes::{DataType, Date32Type, Field, Int32Type, Int64Type, Schema};
use datafusion::error::Result;
use datafusion::parquet::arrow::ArrowWriter;
use serde::{Deserialize, Serialize};

use super::{Step, fault, json, read, unique};
use crate::history::{history_type, is_known};
use crate::place::{Place, PlaceWriter};

/// What is known when all histories are kept.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) files: Vec<String>,
    /// The last day with a purchase or credit, since 1970-01-01.
    pub(crate) last_day: Option<i32>,
    /// The decimals of the finest amount.
    pub(crate) scale: i32,
    pub(crate) bad_rows: i64,
    /// The first of what is wrong with them, in the order of the alphabet.
    pub(crate) faults: BTreeSet<String>,
}

impl Kept {
    /// How many faults are told.
    pub(crate) const TOLD: usize = 5;

    fn tell(&mut self, faults: impl IntoIterator<Item = String>) {
        self.faults.extend(faults);
        while self.faults.len() > Self::TOLD {
            self.faults.pop_last();
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct KeepHistories {
    kept: Option<Kept>,
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

impl Step for KeepHistories {
    const NAME: &'static str = "keep_histories";

    fn columns() -> Vec<DataType> {
        let counted = [DataType::Date32, DataType::Int32, DataType::Int64, DataType::Utf8];
        [DataType::Utf8, history_type()].into_iter().chain(counted).collect()
    }

    fn add(&mut self, place: &Arc<Place>, columns: &[ArrayRef]) -> Result<()> {
        let [ids, histories, last_days, scales, bad_rows, faults] = columns else { return Err(fault(Self::NAME)) };
        let kept = self.kept.get_or_insert_default();
        kept.last_day = kept.last_day.max(max(last_days.as_primitive::<Date32Type>()));
        kept.scale = kept.scale.max(max(scales.as_primitive::<Int32Type>()).unwrap_or(0));
        kept.bad_rows += sum(bad_rows.as_primitive::<Int64Type>()).unwrap_or(0);
        kept.tell(faults.as_string::<i32>().iter().flatten().map(str::to_owned));
        let fields = [("customer_id", ids), ("history", histories)];
        let fields = fields.map(|(name, column)| Field::new(name, column.data_type().clone(), true));
        let batch =
            RecordBatch::try_new(Arc::new(Schema::new(fields.to_vec())), vec![Arc::clone(ids), Arc::clone(histories)])?;
        let known = BooleanArray::from(is_known(histories)?);
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
        kept.bad_rows += other.bad_rows;
        kept.tell(other.faults);
        Ok(())
    }

    fn state(&mut self) -> Result<Option<String>> {
        self.write()?;
        self.kept.as_ref().map(json).transpose()
    }

    fn size(&self) -> usize {
        self.batches.iter().map(RecordBatch::get_array_memory_size).sum()
    }
}
