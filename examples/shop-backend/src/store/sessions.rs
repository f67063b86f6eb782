//! Browsers that are signed in.

use chrono::Utc;

use super::{Store, StoreError};

impl Store {
    /// Begins a session; those that are over are forgotten.
    pub(crate) async fn add_session(&self, name: &str, expires_at: i64) -> Result<(), StoreError> {
        let over = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(Utc::now().timestamp_micros());
        over.execute(&self.writes).await?;
        let insert = sqlx::query("INSERT INTO sessions (session, expires_at) VALUES ($1, $2)").bind(name);
        insert.bind(expires_at).execute(&self.writes).await?;
        Ok(())
    }

    pub(crate) async fn has_session(&self, name: &str) -> Result<bool, StoreError> {
        let select = sqlx::query("SELECT session FROM sessions WHERE session = $1 AND expires_at > $2").bind(name);
        Ok(select.bind(Utc::now().timestamp_micros()).fetch_optional(&self.reads).await?.is_some())
    }

    pub(crate) async fn end_session(&self, name: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE session = $1").bind(name).execute(&self.writes).await?;
        Ok(())
    }
}
