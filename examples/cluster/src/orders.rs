//! The table of orders: where it is, and which SQL reads it.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::FixedOffset;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::prelude::{CsvReadOptions, ParquetReadOptions, SessionContext};

use crate::fields::{COLUMNS, REQUIRED};

/// Registers the orders at a path or URL, and answers with the select list of `order_fact`.
pub(crate) async fn register(context: &SessionContext, place: &str) -> Result<Columns, Box<dyn Error>> {
    let (place, file) = locate(place)?;
    let is_parquet = Path::new(&file).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"));
    let refused = |error| format!("cannot read {place}: {error}");
    let extension = Path::new(&file).extension().map(|extension| format!(".{}", extension.to_string_lossy()));
    let extension = extension.unwrap_or_default();
    if is_parquet {
        let options = ParquetReadOptions::default().file_extension(&extension);
        context.register_parquet("orders", &place, options).await.map_err(refused)?;
    } else {
        let options = CsvReadOptions::new().file_extension(&extension);
        let found = context.read_csv(&place, options.schema_infer_max_records(1)).await.map_err(refused)?;
        // What looks like a number stays text: an amount read as a float is no longer exact.
        let names = found.schema().fields().iter().map(|field| Field::new(field.name(), DataType::Utf8, true));
        let schema = Schema::new(names.collect::<Vec<_>>());
        let options = CsvReadOptions::new().file_extension(&extension).schema(&schema);
        context.register_csv("orders", &place, options).await.map_err(refused)?;
    }
    let schema = context.table_provider("orders").await?.schema();
    Columns::of(&schema).map_err(|problem| format!("{place}: {problem}").into())
}

/// The place as every executor can use it, and the file that tells the format.
fn locate(place: &str) -> Result<(String, String), Box<dyn Error>> {
    if place.contains("://") {
        return Ok((place.to_owned(), place.to_owned()));
    }
    let missing = |error| format!("cannot open {place}: {error}; executors on other machines need it there, too");
    let path = fs::canonicalize(place).map_err(missing)?;
    let text = |path: &PathBuf| path.to_str().map(str::to_owned).ok_or(format!("the path {place} is not UTF-8"));
    if !path.is_dir() {
        return Ok((text(&path)?, text(&path)?));
    }
    let mut files = fs::read_dir(&path).map_err(missing)?.filter_map(|entry| Some(entry.ok()?.path()));
    let is_data = |file: &PathBuf| {
        let extension = file.extension().unwrap_or_default();
        extension.eq_ignore_ascii_case("csv") || extension.eq_ignore_ascii_case("parquet")
    };
    let file = files.find(is_data).ok_or(format!("{place}: no .csv and no .parquet file in this directory"))?;
    Ok((text(&path)? + "/", text(&file)?))
}

/// For each of [`COLUMNS`], the SQL that has it as text.
pub(crate) struct Columns([String; 5]);

impl Columns {
    fn of(schema: &Arc<Schema>) -> Result<Self, String> {
        let mut texts = [const { String::new() }; 5];
        for (column, text) in texts.iter_mut().enumerate() {
            let name = COLUMNS.get(column).copied().unwrap_or_default();
            let mut fields = schema.fields().iter().filter(|field| field.name() == name);
            *text = match (fields.next(), fields.next()) {
                (None, _) if column >= REQUIRED => "''".to_owned(),
                (None, _) => {
                    let found = schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>();
                    return Err(format!("no column {name}, only: {}", found.join(", ")));
                }
                (Some(_), Some(_)) => return Err(format!("the column {name} appears twice")),
                (Some(field), None) => as_text(column, name, field.data_type())?,
            };
        }
        Ok(Self(texts))
    }

    pub(crate) fn customer(&self) -> &str {
        let [customer, ..] = &self.0;
        customer
    }

    pub(crate) fn order_fact(&self, offset: FixedOffset, skips_bad_rows: bool) -> String {
        let bad_rows = if skips_bad_rows { "skip" } else { "refuse" };
        format!("order_fact({}, '{offset}', '{bad_rows}')", self.0.join(", "))
    }
}

fn as_text(column: usize, name: &str, found: &DataType) -> Result<String, String> {
    let is_text = matches!(found, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let (fits, expected) = match column {
        1 => (matches!(found, DataType::Date32 | DataType::Timestamp(..)), "text, a date or a timestamp"),
        2 | 4 => (
            found.is_integer() || matches!(found, DataType::Decimal128(..)),
            "a decimal, whole numbers or text, which are exact; write it as DECIMAL(18, 2)",
        ),
        0 => (found.is_integer(), "text or whole numbers"),
        _ => (false, "text"),
    };
    match found {
        _ if is_text => Ok(format!("\"{name}\"")),
        // Without a zone of its own it is the shop's time.
        DataType::Timestamp(_, None) if fits => Ok(format!("to_char(\"{name}\", '%Y-%m-%d %H:%M:%S')")),
        _ if fits => Ok(format!("CAST(\"{name}\" AS VARCHAR)")),
        _ => Err(format!("column {name}: found the type {found}, expected {expected}")),
    }
}
