//! Who was changed since somebody last looked, whichever process did it.

use std::collections::HashSet;

use sqlx::{AnyConnection, Row};
use tokio::task::spawn_blocking;

use super::scan::{Customer, Pages};
use super::sql::Sql;
use super::{Dialect, Store, StoreError};

/// Up to where changes have been seen: all that were committed when it was taken, and no other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Every change that has not been seen has this number or a higher one.
    next: i64,
    /// No change has this number or a higher one.
    end: i64,
    /// How many customers had been forgotten.
    forgotten: i64,
}

/// What a look found.
#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) mark: Mark,
    /// As they are now, in no order, those who have not bought, or have another name, included.
    pub(crate) customers: Vec<Customer>,
    /// The ids of all that are left, where customers were forgotten.
    pub(crate) left: Option<HashSet<String>>,
}

impl Dialect {
    /// The number of a change that the transaction makes.
    pub(super) const fn change(self) -> &'static str {
        match self {
            Self::Postgres => "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)",
            Self::Sqlite => "(SELECT changes FROM shop)",
        }
    }

    /// All statements of the transaction see the database as of one moment.
    pub(super) const fn begin_look(self) -> &'static str {
        match self {
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Self::Sqlite => "BEGIN",
        }
    }

    /// What has been seen with the moment. PostgreSQL numbers transactions when they begin to write: of those below the
    /// oldest one that is under way, all are seen or were given up; one at its end has none.
    const fn mark(self) -> &'static str {
        match self {
            Self::Postgres => {
                "SELECT CAST(CAST(pg_snapshot_xmin(seen) AS TEXT) AS BIGINT), \
                 CAST(CAST(pg_snapshot_xmax(seen) AS TEXT) AS BIGINT), forgotten FROM shop, pg_current_snapshot() AS seen"
            }
            Self::Sqlite => "SELECT changes + 1, changes + 1, forgotten FROM shop",
        }
    }
}

impl Store {
    /// To be taken before all customers are read.
    pub(crate) async fn mark(&self) -> Result<Mark, StoreError> {
        let mut connection = self.reads.acquire().await?;
        self.mark_of(&mut connection).await
    }

    /// Who was changed, joined to another id or forgotten, or is new, since a mark was taken; as of one moment.
    pub(crate) async fn changes_since(&self, since: Mark) -> Result<Changes, StoreError> {
        let mut look = self.reads.begin_with(self.dialect.begin_look()).await?;
        let mark = self.mark_of(&mut look).await?;
        let mut customers = Vec::new();
        // A copy of another server's database has numbers that this one has not come to.
        let mut pages = Pages::ByChange { behind: (since.next, String::new()), end: mark.end };
        // While somebody writes, others may end without another mark.
        if mark != since || mark.next < mark.end {
            while let Some((block, next)) = self.read_block(&mut look, &pages).await? {
                customers.extend(block);
                pages = next;
            }
        }
        let mut left = None;
        if mark.forgotten != since.forgotten {
            let select = "SELECT string_agg(customer_id, '\n') FROM customers WHERE last_purchase IS NOT NULL";
            let ids: Option<String> = sqlx::query(select).fetch_one(&mut *look).await?.try_get(0)?;
            let ids = spawn_blocking(move || ids.unwrap_or_default().lines().map(str::to_owned).collect());
            left = Some(ids.await.map_err(|error| StoreError::corrupt("customers", "", &error))?);
        }
        look.commit().await?;
        Ok(Changes { mark, customers, left })
    }

    async fn mark_of(&self, connection: &mut AnyConnection) -> Result<Mark, StoreError> {
        let row = sqlx::query(self.dialect.mark()).fetch_one(connection).await?;
        Ok(Mark { next: row.try_get(0)?, end: row.try_get(1)?, forgotten: row.try_get(2)? })
    }

    /// Something else was said of customers who are held.
    pub(super) async fn touch<'n>(
        &self,
        connection: &mut AnyConnection,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<(), StoreError> {
        let names: Vec<&str> = names.collect();
        for names in names.chunks(super::AT_A_TIME) {
            let mut update = Sql::new("UPDATE customers SET changed = ");
            update.push(self.dialect.change()).push(" WHERE customer_id IN ").list(names.iter().copied());
            update.query().execute(&mut *connection).await?;
        }
        Ok(())
    }
}
