//! The customers as Parquet.

use std::error::Error;
use std::io::{Cursor, Seek};
use std::sync::Arc;

use datafusion::arrow::csv::ReaderBuilder;
use datafusion::arrow::csv::reader::Format;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::parquet::arrow::ArrowWriter;

/// The same rows in the same order, in types of their own: money as decimals of the shop's scale.
pub(crate) fn parquet(csv: &[u8], scale: u32) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut csv = Cursor::new(csv);
    let format = Format::default().with_header(true);
    let (names, _) = format.infer_schema(&mut csv, Some(0))?;
    csv.rewind()?;
    let field = |name: &String| Field::new(name, kind(name, scale), name != "customer_id");
    let schema = Arc::new(Schema::new(names.fields().iter().map(|column| field(column.name())).collect::<Vec<_>>()));
    let rows = ReaderBuilder::new(Arc::clone(&schema)).with_header(true).build(csv)?;
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, None)?;
    for batch in rows {
        writer.write(&batch?)?;
    }
    Ok(writer.into_inner()?)
}

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
