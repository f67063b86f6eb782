//! The shop's database: PostgreSQL or SQLite, by one text of SQL.

mod book;
mod customers;
mod erase;
mod error;
mod imports;
mod models;
mod orders;
mod people;
mod read;
mod sql;

pub(crate) use book::{Said, Statement, order_of};
pub(crate) use customers::{CustomerRow, Page, Position, Sort};
pub(crate) use erase::Forgotten;
pub(crate) use error::StoreError;
pub(crate) use imports::{Import, Imported};
pub(crate) use models::StoredModel;
pub(crate) use orders::Recorded;
pub(crate) use read::Group;

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::FixedOffset;
use repurchase::ShopCalendar;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::{Any, AnyPool, Row, Transaction};

use crate::config::Config;
use crate::money::Currency;

/// How often a transaction is tried again that waited for one that waited for it.
const ATTEMPTS: u32 = 5;

/// Tries again what may well succeed when it is tried again.
macro_rules! in_attempts {
    ($attempt:expr) => {{
        let mut attempt = 1;
        loop {
            match $attempt.await {
                Err(error) if error.is_passing() && attempt < super::ATTEMPTS => attempt += 1,
                result => break result,
            }
        }
    }};
}
use in_attempts;

/// Rows of one statement of SQL: databases limit its values.
const AT_A_TIME: usize = 50;

/// Which database, where it makes a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Postgres,
    Sqlite,
}

/// The orders of a shop, each customer's history, and the versions of the models.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    dialect: Dialect,
    reads: AnyPool,
    /// SQLite has one writer: here it has a queue, in place of a lock that is asked for again and again.
    writes: AnyPool,
    currency: Currency,
    calendar: ShopCalendar<FixedOffset>,
    /// How many times something was written by this process.
    changes: Arc<AtomicU64>,
}

impl Store {
    /// Connects, brings the tables up to date, and checks that they are read as they were written.
    pub(crate) async fn open(config: &Config) -> Result<Self, StoreError> {
        install_default_drivers();
        let options = AnyConnectOptions::from_str(&config.database_url)?;
        let dialect = if config.database_url.starts_with("postgres") { Dialect::Postgres } else { Dialect::Sqlite };
        let pool = |connections: u32| {
            let options = options.clone();
            async move {
                AnyPoolOptions::new()
                    .max_connections(connections)
                    .acquire_timeout(Duration::from_secs(10))
                    // A connection that has died fails one request with 503, which is tried again, in place of a
                    // round trip before every one.
                    .test_before_acquire(false)
                    .after_connect(move |connection, _| {
                        Box::pin(async move {
                            for setting in dialect.settings() {
                                sqlx::raw_sql(*setting).execute(&mut *connection).await?;
                            }
                            Ok(())
                        })
                    })
                    .connect_with(options)
                    .await
            }
        };
        let writes = pool(dialect.write_connections()).await?;
        sqlx::migrate!().run(&writes).await?;
        let reads = match dialect {
            Dialect::Postgres => writes.clone(),
            Dialect::Sqlite => pool(4).await?,
        };
        let changes = Arc::default();
        let calendar = config.clock.calendar.clone();
        let store = Self { dialect, reads, writes, currency: config.currency, calendar, changes };
        store.check_shop(config).await?;
        Ok(store)
    }

    /// The decimals and the offset by which a database was filled are those by which it is read.
    async fn check_shop(&self, config: &Config) -> Result<(), StoreError> {
        let (decimals, offset) = (i64::from(config.currency.decimals()), config.clock.offset_seconds());
        let insert = "INSERT INTO shop (one, currency_decimals, utc_offset_seconds) VALUES (1, $1, $2) \
                      ON CONFLICT (one) DO NOTHING";
        sqlx::query(insert).bind(decimals).bind(offset).execute(&self.writes).await?;
        let row = sqlx::query("SELECT currency_decimals, utc_offset_seconds FROM shop").fetch_one(&self.reads).await?;
        for (name, column, found) in [("CURRENCY_DECIMALS", 0, decimals), ("SHOP_OFFSET in seconds", 1, offset)] {
            let expected: i64 = row.try_get(column)?;
            if found != expected {
                return Err(StoreError::OtherShop { name, found, expected });
            }
        }
        Ok(())
    }

    async fn begin(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        match self.dialect {
            Dialect::Postgres => self.writes.begin().await,
            Dialect::Sqlite => self.writes.begin_with("BEGIN IMMEDIATE").await,
        }
    }

    async fn commit(&self, transaction: Transaction<'static, Any>) -> Result<(), StoreError> {
        transaction.commit().await?;
        self.changes.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// How many times something was written by this process.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    pub(crate) const fn currency(&self) -> Currency {
        self.currency
    }

    pub(crate) const fn calendar(&self) -> &ShopCalendar<FixedOffset> {
        &self.calendar
    }

    /// Whether the database answers.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.reads).await?;
        Ok(())
    }

    /// Waits for what is under way.
    pub(crate) async fn close(&self) {
        self.reads.close().await;
        self.writes.close().await;
    }
}

impl Dialect {
    const fn write_connections(self) -> u32 {
        match self {
            Self::Postgres => 16,
            Self::Sqlite => 1,
        }
    }

    /// For each connection.
    const fn settings(self) -> &'static [&'static str] {
        match self {
            // A lock that a row's writer cannot have held for so long is a fault.
            Self::Postgres => &["SET lock_timeout = '5s'"],
            // A commit is on the disk before it is answered, and readers do not wait for the writer.
            Self::Sqlite => &["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA busy_timeout = 5000"],
        }
    }
}
