//! The table of orders: where it is, and which SQL reads it.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::FixedOffset;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::prelude::{CsvReadOptions, ParquetReadOptions, SessionContext};

use repurchase_segment::order_files::{Columns as NamedColumns, Role};

use crate::fields::REQUIRED;

/// Registers the orders at a path or URL, and answers with the select list of `order_fact`; columns that are named are read
/// by these names.
pub(crate) async fn register(
    context: &SessionContext,
    place: &str,
    named: &NamedColumns,
) -> Result<Columns, Box<dyn Error>> {
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
        let texts = found.schema().fields().iter().map(|field| Field::new(field.name(), DataType::Utf8, true));
        let schema = Schema::new(texts.collect::<Vec<_>>());
        let options = CsvReadOptions::new().file_extension(&extension).schema(&schema);
        context.register_csv("orders", &place, options).await.map_err(refused)?;
    }
    let schema = context.table_provider("orders").await?.schema();
    Columns::of(&schema, named).map_err(|problem| format!("{place}: {problem}").into())
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

/// What the [columns](crate::fields::COLUMNS) are to the reader of the segment program, which compares names.
const ROLES: [Role; 5] = [Role::CustomerId, Role::PlacedAt, Role::Amount, Role::Status, Role::Refunded];

/// Refuses a column that would change the answer if it was read, unless its role is named.
fn check_unread(name: &str, named: &NamedColumns) -> Result<(), String> {
    let Some(role) = Role::near(name).filter(|role| named.of(*role).is_none()) else { return Ok(()) };
    let mend = match role {
        Role::Status | Role::Refunded => {
            format!("--columns \"{role}={name}\" reads it, --columns {role}= does without it")
        }
        Role::OrderId | Role::PaidAt | Role::CancelledAt | Role::Kind | Role::Currency => {
            format!("the segment program reads it, --columns {role}= does without it")
        }
        _ => return Ok(()),
    };
    Err(format!("the column {name} looks like the {role} of orders and is not read: {mend}"))
}

/// For each of the [columns](crate::fields::COLUMNS), the SQL that has it as text.
pub(crate) struct Columns([String; 5]);

impl Columns {
    fn of(schema: &Arc<Schema>, named: &NamedColumns) -> Result<Self, String> {
        let mut texts = [const { String::new() }; 5];
        let mut used = Vec::new();
        for (column, (text, role)) in texts.iter_mut().zip(ROLES).enumerate() {
            let is_it = |field: &&Arc<Field>| match named.of(role) {
                Some(name) => field.name() == name,
                None => role.is_name_of(field.name()),
            };
            let mut fields = schema.fields().iter().filter(is_it);
            let name = named.of(role).unwrap_or(role.name());
            *text = match (fields.next(), fields.next()) {
                (None, _) if column >= REQUIRED && named.of(role).is_none_or(str::is_empty) => "''".to_owned(),
                (None, _) => {
                    let found = schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>();
                    let found = found.join(", ");
                    return Err(format!("no column {name}, only: {found}; --columns {role}=NAME names it"));
                }
                (Some(one), Some(other)) => {
                    let (one, other) = (one.name(), other.name());
                    return Err(format!("two columns say {role}: {one} and {other}; --columns {role}=NAME takes one"));
                }
                (Some(field), None) => {
                    used.push(field.name());
                    as_text(column, field.name(), field.data_type())?
                }
            };
        }
        let mut unread = schema.fields().iter().map(|field| field.name()).filter(|name| !used.contains(name));
        unread.try_for_each(|name| check_unread(name, named))?;
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
    let quoted = name.replace('"', "\"\"");
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
        _ if is_text => Ok(format!("\"{quoted}\"")),
        // Without a zone of its own it is the shop's time.
        DataType::Timestamp(_, None) if fits => Ok(format!("to_char(\"{quoted}\", '%Y-%m-%d %H:%M:%S')")),
        _ if fits => Ok(format!("CAST(\"{quoted}\" AS VARCHAR)")),
        _ => Err(format!("column {name}: found the type {found}, expected {expected}")),
    }
}
