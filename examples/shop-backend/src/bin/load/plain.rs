//! The same work through sqlx, without HTTP and without the library.

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, Row};

use crate::Failure;
use crate::shop::PLACED_AT;

// In tables of their own, so that the shop's histories stay what the shop's orders say.
const INSERT: &str = "INSERT INTO bare_orders \
    (order_id, is_credit, statements, customer_id, placed_at, amount, refunded, status) \
    VALUES ($1, 0, $5, $2, $3, $4, 0, 'paid') ON CONFLICT (order_id, is_credit) DO NOTHING";
const STATEMENTS: &str =
    r#"[{"placed":{"customer":"c00000","at":1774958400000000,"amount":1990}},{"paid":{"at":1774958400000000}}]"#;
/// In SQLite, a transaction that will write has the database to itself.
const LOCKS: [&str; 2] = [
    "SELECT history, last_purchase, purchases, revenue FROM bare_customers WHERE customer_id = $1 FOR UPDATE",
    "SELECT history, last_purchase, purchases, revenue FROM bare_customers WHERE customer_id = $1",
];
const BEGINS: [&str; 2] = ["BEGIN", "BEGIN IMMEDIATE"];
const SAVE: &str =
    "UPDATE bare_customers SET history = $2, last_purchase = $3, purchases = $4, revenue = $5 WHERE customer_id = $1";
/// As the server sets them.
const SQLITE: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000";

pub(crate) fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite")
}

/// Of as many connections as the server has for it.
pub(crate) async fn pool(url: &str, on_sqlite: u32) -> Result<AnyPool, Failure> {
    install_default_drivers();
    let (connections, settings) = if is_sqlite(url) { (on_sqlite, SQLITE) } else { (16, "") };
    let pool = AnyPoolOptions::new().max_connections(connections).test_before_acquire(false);
    let set = pool.after_connect(move |connection, _| {
        Box::pin(async move { sqlx::raw_sql(settings).execute(connection).await.map(|_| ()) })
    });
    Ok(set.connect(url).await?)
}

#[derive(Clone)]
pub(crate) struct Plain {
    pub(crate) writes: AnyPool,
    reads: AnyPool,
    is_sqlite: bool,
}

impl Plain {
    pub(crate) async fn connect(url: &str) -> Result<Self, Failure> {
        let (writes, reads) = (pool(url, 1).await?, pool(url, 4).await?);
        Ok(Self { writes, reads, is_sqlite: is_sqlite(url) })
    }

    pub(crate) async fn insert(&self, order: &str, customer: &str) -> Result<(), Failure> {
        let insert = sqlx::query(INSERT).bind(order).bind(customer).bind(PLACED_AT).bind(1990_i64).bind(STATEMENTS);
        insert.execute(&self.writes).await?;
        Ok(())
    }

    /// Of a history that somebody else has computed.
    pub(crate) async fn same_transaction(&self, order: &str, customer: &str) -> Result<(), Failure> {
        let at = usize::from(self.is_sqlite);
        let mut transaction = self.writes.begin_with(BEGINS[at]).await?;
        let row = sqlx::query(LOCKS[at]).bind(customer).fetch_one(&mut *transaction).await?;
        let (history, day): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let (purchases, revenue): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
        let insert = sqlx::query(INSERT).bind(order).bind(customer).bind(PLACED_AT).bind(1990_i64).bind(STATEMENTS);
        insert.execute(&mut *transaction).await?;
        let save = sqlx::query(SAVE).bind(customer).bind(history).bind(day).bind(purchases + 1).bind(revenue + 1990);
        save.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub(crate) async fn select(&self, customer: &str) -> Result<(), Failure> {
        let select = sqlx::query("SELECT history FROM customers WHERE customer_id = $1").bind(customer);
        let history: String = select.fetch_one(&self.reads).await?.try_get(0)?;
        if history.is_empty() { Err("no history".into()) } else { Ok(()) }
    }
}
