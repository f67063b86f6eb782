//! Files come in whole.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use repurchase_segment::notes::Note;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::book::Statement;
use super::{Dialect, Store, StoreError, in_attempts};

/// Statements that are looked at in one go.
const IN_ONE_GO: usize = 5_000;

/// A file that came in.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    pub(crate) imported_at: DateTime<Utc>,
    pub(crate) file: String,
    /// Orders and credits in it.
    pub(crate) orders: usize,
    pub(crate) notes: Vec<Note>,
}

/// A note as the database has it.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Note")]
struct StoredNote {
    code: String,
    count: u64,
    of: u64,
    examples: Vec<String>,
    english: String,
    chinese: String,
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct OneNote(#[serde(with = "StoredNote")] Note);

pub(super) fn notes_of(file: &str, text: &str) -> Result<Vec<Note>, StoreError> {
    let notes: Result<Vec<OneNote>, _> = serde_json::from_str(text);
    let notes = notes.map_err(|error| StoreError::corrupt("import", file, &error))?;
    Ok(notes.into_iter().map(|OneNote(note)| note).collect())
}

pub(super) fn stored_notes(file: &str, notes: &[Note]) -> Result<String, StoreError> {
    let notes = serde_json::to_string(&notes.iter().cloned().map(OneNote).collect::<Vec<_>>());
    notes.map_err(|error| StoreError::corrupt("import", file, &error))
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Imported {
    /// Orders and credits that are new or have changed.
    pub(crate) stored: usize,
    pub(crate) unchanged: usize,
    pub(crate) customers: usize,
}

impl Store {
    /// Stores all of a file or nothing of it. Fastest with the statements of a customer side by side, in the order of
    /// time.
    pub(crate) async fn import(&self, statements: &[Statement], import: &Import) -> Result<Imported, StoreError> {
        in_attempts!(self.try_import(statements, import))
    }

    async fn try_import(&self, statements: &[Statement], import: &Import) -> Result<Imported, StoreError> {
        let mut transaction = self.begin().await?;
        if self.dialect == Dialect::Sqlite {
            // 256 MB, so that pages of indices are not written again and again.
            sqlx::raw_sql("PRAGMA cache_size = -262144").execute(&mut *transaction).await?;
        }
        let (mut imported, mut customers) = (Imported::default(), BTreeSet::new());
        for statements in statements.chunks(IN_ONE_GO) {
            let recorded = self.record_in(&mut transaction, statements).await?;
            imported.stored += recorded.stored;
            imported.unchanged += recorded.unchanged;
            customers.extend(recorded.customers.into_keys());
        }
        imported.customers = customers.len();
        let notes = stored_notes(&import.file, &import.notes)?;
        let insert = sqlx::query("INSERT INTO imports (imported_at, file, orders, notes) VALUES ($1, $2, $3, $4)")
            .bind(import.imported_at.timestamp_micros())
            .bind(&import.file)
            .bind(i64::try_from(import.orders).unwrap_or(i64::MAX))
            .bind(notes);
        insert.execute(&mut *transaction).await?;
        self.commit(transaction).await?;
        Ok(imported)
    }

    /// The files that came in, each as it came last, the latest first.
    pub(crate) async fn imports(&self, limit: i64) -> Result<Vec<Import>, StoreError> {
        let select = "SELECT imported_at, file, orders, notes FROM imports WHERE imported_at = (SELECT MAX(imported_at) \
                      FROM imports AS later WHERE later.file = imports.file) ORDER BY imported_at DESC, file LIMIT $1";
        let rows = sqlx::query(select).bind(limit).fetch_all(&self.reads).await?;
        let import = |row: &sqlx::any::AnyRow| {
            let (at, file, orders): (i64, String, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let notes = notes_of(&file, row.try_get(3)?)?;
            let orders = usize::try_from(orders).unwrap_or(0);
            Ok(Import { imported_at: DateTime::from_timestamp_micros(at).unwrap_or_default(), file, orders, notes })
        };
        rows.iter().map(import).collect()
    }
}
