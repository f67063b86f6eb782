//! The same work through sqlx, without HTTP and without the library.

use sqlx::{Connection, PgConnection, Row};

use crate::Failure;
use crate::shop::PLACED_AT;

// In tables of their own, so that the shop's histories stay what the shop's orders say.
const INSERT: &str = "INSERT INTO bare_orders \
    (order_id, is_credit, statements, customer_id, placed_at, amount, refunded, status) \
    VALUES ($1, 0, $5, $2, $3, $4, 0, 'paid') ON CONFLICT (order_id, is_credit) DO NOTHING";
const STATEMENTS: &str =
    r#"[{"placed":{"customer":"c00000","at":1774958400000000,"amount":1990}},{"paid":{"at":1774958400000000}}]"#;
const LOCK: &str =
    "SELECT history, last_purchase, purchases, revenue FROM bare_customers WHERE customer_id = $1 FOR UPDATE";
const SAVE: &str =
    "UPDATE bare_customers SET history = $2, last_purchase = $3, purchases = $4, revenue = $5 WHERE customer_id = $1";

pub(crate) struct Plain(PgConnection);

impl Plain {
    pub(crate) async fn connect(url: &str) -> Result<Self, Failure> {
        Ok(Self(PgConnection::connect(url).await?))
    }

    pub(crate) async fn insert(&mut self, order: &str, customer: &str) -> Result<(), Failure> {
        let insert = sqlx::query(INSERT).bind(order).bind(customer).bind(PLACED_AT).bind(1990_i64).bind(STATEMENTS);
        insert.execute(&mut self.0).await?;
        Ok(())
    }

    /// Of a history that somebody else has computed.
    pub(crate) async fn same_transaction(&mut self, order: &str, customer: &str) -> Result<(), Failure> {
        let mut transaction = self.0.begin().await?;
        let row = sqlx::query(LOCK).bind(customer).fetch_one(&mut *transaction).await?;
        let (history, day): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let (purchases, revenue): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
        let insert = sqlx::query(INSERT).bind(order).bind(customer).bind(PLACED_AT).bind(1990_i64).bind(STATEMENTS);
        insert.execute(&mut *transaction).await?;
        let save = sqlx::query(SAVE).bind(customer).bind(history).bind(day).bind(purchases + 1).bind(revenue + 1990);
        save.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub(crate) async fn select(&mut self, customer: &str) -> Result<(), Failure> {
        let select = sqlx::query("SELECT history FROM customers WHERE customer_id = $1").bind(customer);
        let history: String = select.fetch_one(&mut self.0).await?.try_get(0)?;
        if history.is_empty() { Err("no history".into()) } else { Ok(()) }
    }
}
