//! Versions of the models: each is kept, the last one is in use.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Store, StoreError};

/// A version as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredModel {
    pub(crate) version: i64,
    pub(crate) fitted_at: DateTime<Utc>,
    pub(crate) as_of: NaiveDate,
    pub(crate) customers: i64,
    /// Since the version before; `None` for the first.
    pub(crate) segment_changes: Option<i64>,
    pub(crate) tier_changes: Option<i64>,
    /// `repurchase::shop::ShopModels` as JSON.
    pub(crate) model: String,
}

const INSERT: &str = "INSERT INTO models (version, fitted_at, as_of, customers, segment_changes, tier_changes, model) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7)";

impl Store {
    /// Fails when another process has stored the version.
    pub(crate) async fn add_model(&self, model: &StoredModel) -> Result<(), StoreError> {
        let insert = sqlx::query(INSERT)
            .bind(model.version)
            .bind(model.fitted_at.timestamp_micros())
            .bind(model.as_of.to_string())
            .bind(model.customers)
            .bind(model.segment_changes)
            .bind(model.tier_changes)
            .bind(&model.model);
        insert.execute(&self.writes).await?;
        Ok(())
    }

    /// The newest versions, the newest first.
    pub(crate) async fn models(&self, limit: i64) -> Result<Vec<StoredModel>, StoreError> {
        let select = "SELECT version, fitted_at, as_of, customers, segment_changes, tier_changes, model FROM models \
                      ORDER BY version DESC LIMIT $1";
        sqlx::query(select).bind(limit).fetch_all(&self.reads).await?.iter().map(model).collect()
    }

    /// The number of the newest version.
    pub(crate) async fn newest_version(&self) -> Result<Option<i64>, StoreError> {
        let select = sqlx::query("SELECT version FROM models ORDER BY version DESC LIMIT 1");
        Ok(select.fetch_optional(&self.reads).await?.map(|row| row.try_get(0)).transpose()?)
    }
}

fn model(row: &AnyRow) -> Result<StoredModel, StoreError> {
    let version: i64 = row.try_get(0)?;
    let (fitted_at, as_of): (i64, String) = (row.try_get(1)?, row.try_get(2)?);
    let corrupt = |what: &str| StoreError::corrupt("model", &version.to_string(), &what);
    Ok(StoredModel {
        version,
        fitted_at: DateTime::from_timestamp_micros(fitted_at).ok_or_else(|| corrupt("fitted_at is no time"))?,
        as_of: as_of.parse().map_err(|_| corrupt("as_of is no day"))?,
        customers: row.try_get(3)?,
        segment_changes: row.try_get(4)?,
        tier_changes: row.try_get(5)?,
        model: row.try_get(6)?,
    })
}
