//! The shop's database: PostgreSQL or SQLite, by one text of SQL.

mod activities;
mod book;
mod campaigns;
mod changes;
mod customers;
mod erase;
mod error;
mod imports;
mod memberships;
mod models;
mod orders;
mod people;
mod points;
mod read;
mod rebuild;
mod referrals;
mod scan;
mod sessions;
mod sql;
mod traits;
mod visits;

pub(crate) use activities::{Deed, LastDay};
pub(crate) use book::{OrderRow, Said, Statement, order_of};
pub(crate) use campaigns::StoredCampaign;
pub(crate) use changes::{Changes, Mark};
pub(crate) use customers::{CustomerRow, Page, Position, Sort, StoredCustomer};
pub(crate) use erase::Forgotten;
pub(crate) use error::StoreError;
pub(crate) use imports::{Import, Imported};
pub(crate) use memberships::Membership;
pub(crate) use models::StoredModel;
pub(crate) use orders::Recorded;
pub(crate) use points::{Entered, NewEntry};
pub(crate) use referrals::Brought;
pub(crate) use scan::Customer;
pub(crate) use traits::TraitName;
pub(crate) use visits::Visit;

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use repurchase::ShopCalendar;
use repurchase_segment::order_files::Zone;
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

/// The form of the library's histories. Those of an earlier one are made again from all statements.
const HISTORY_FORM: i64 = 1;

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
    calendar: ShopCalendar<Zone>,
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

    /// The decimals and the time zone by which a database was filled are those by which it is read.
    async fn check_shop(&self, config: &Config) -> Result<(), StoreError> {
        let (decimals, zone) = (i64::from(config.currency.decimals()), config.clock.zone());
        let insert = "INSERT INTO shop (one, currency_decimals, time_zone, history_form) VALUES (1, $1, $2, $3) \
                      ON CONFLICT (one) DO NOTHING";
        let insert = sqlx::query(insert).bind(decimals).bind(&zone).bind(HISTORY_FORM);
        insert.execute(&self.writes).await?;
        let select = "SELECT currency_decimals, time_zone, history_form FROM shop";
        let row = sqlx::query(select).fetch_one(&self.reads).await?;
        let (known, known_zone): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        for (name, found, expected) in
            [("CURRENCY_DECIMALS", decimals.to_string(), known.to_string()), ("SHOP_TIME_ZONE", zone, known_zone)]
        {
            if found != expected {
                return Err(StoreError::OtherShop { name, found, expected });
            }
        }
        if row.try_get::<i64, _>(2)? < HISTORY_FORM {
            self.rebuild_all().await?;
            let update = sqlx::query("UPDATE shop SET history_form = $1").bind(HISTORY_FORM);
            update.execute(&self.writes).await?;
        }
        Ok(())
    }

    async fn begin(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        match self.dialect {
            Dialect::Postgres => self.writes.begin().await,
            Dialect::Sqlite => {
                let mut transaction = self.writes.begin_with("BEGIN IMMEDIATE").await?;
                sqlx::query("UPDATE shop SET changes = changes + 1").execute(&mut *transaction).await?;
                Ok(transaction)
            }
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

    pub(crate) const fn calendar(&self) -> &ShopCalendar<Zone> {
        &self.calendar
    }

    /// Whether the database answers.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.reads).await?;
        Ok(())
    }

    /// A copy of the database, of one moment.
    pub(crate) async fn backup(&self, file: &std::path::Path) -> Result<(), StoreError> {
        if self.dialect == Dialect::Postgres {
            return Err(StoreError::Backup("of PostgreSQL: pg_dump makes one"));
        }
        if file.exists() {
            return Err(StoreError::Backup("to a file that is there"));
        }
        let Some(file) = file.to_str() else { return Err(StoreError::Backup("to a name that is no text")) };
        sqlx::query("VACUUM INTO $1").bind(file).execute(&self.reads).await?;
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
