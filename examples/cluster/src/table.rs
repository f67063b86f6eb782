//! The customers' table, as CSV or as Parquet.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use datafusion::arrow::csv::ReaderBuilder;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::error::Result;
use datafusion::parquet::arrow::ArrowWriter;
use repurchase_segment::customers::HEADER;

use crate::steps::Format;

/// Writes rows that come as CSV: as they are, below the header, or as Parquet with types of their own.
pub(crate) enum TableWriter<W: Write + Send> {
    Csv(W),
    /// One at a time: a writer of Parquet is not shared.
    Parquet(Box<Mutex<ArrowWriter<W>>>, SchemaRef),
}

impl<W: Write + Send> fmt::Debug for TableWriter<W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if matches!(self, Self::Csv(_)) { "CSV" } else { "Parquet" })
    }
}

impl<W: Write + Send> TableWriter<W> {
    /// The decimals of the amounts.
    pub(crate) fn new(mut out: W, format: Format, scale: u32) -> Result<Self> {
        match format {
            Format::Csv => {
                out.write_all(HEADER.as_bytes())?;
                Ok(Self::Csv(out))
            }
            Format::Parquet => {
                let field = |name| Field::new(name, kind(name, scale), name != "customer_id");
                let schema = Arc::new(Schema::new(NAMES.iter().map(|name| field(*name)).collect::<Vec<_>>()));
                let table = ArrowWriter::try_new(out, Arc::clone(&schema), None)?;
                Ok(Self::Parquet(Box::new(table.into()), schema))
            }
        }
    }

    /// Adds rows of CSV, without a header.
    pub(crate) fn write(&mut self, rows: &[u8]) -> Result<()> {
        match self {
            Self::Csv(out) => out.write_all(rows)?,
            Self::Parquet(table, schema) => {
                let table = table.get_mut().map_err(|_| io::Error::other("a write before it failed"))?;
                for batch in ReaderBuilder::new(Arc::clone(schema)).with_header(false).build(rows)? {
                    table.write(&batch?)?;
                }
            }
        }
        Ok(())
    }

    /// What it was written to, now that it is whole.
    pub(crate) fn finish(self) -> Result<W> {
        match self {
            Self::Csv(out) => Ok(out),
            Self::Parquet(table, _) => {
                let table = table.into_inner().map_err(|_| io::Error::other("a write before it failed"))?;
                Ok(table.into_inner()?)
            }
        }
    }
}

static NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| HEADER.trim_end().split(',').collect());

/// Money is decimals of the shop's scale.
fn kind(name: &str, scale: u32) -> DataType {
    match name {
        "first_purchase" | "last_purchase" | "next_purchase" => DataType::Date32,
        "purchases" | "purchase_days" | "days_since_last" | "r" | "f" | "m" | "cycles_missed" | "x"
        | "purchases_low" | "purchases_high" | "credits" => DataType::Int64,
        // No decimal has more than 28 digits behind the point.
        "revenue" | "credited" => DataType::Decimal128(38, scale as i8),
        "mean_gap_days" | "t_x" | "t" | "mean_spend" | "p_alive" | "expected_purchases" | "expected_spend"
        | "expected_value" | "p_buys" => DataType::Float64,
        _ => DataType::Utf8,
    }
}
