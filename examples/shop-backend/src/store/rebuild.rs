//! Histories of an earlier form are made again, all of them.

use std::collections::BTreeMap;

use sqlx::Row;

use super::book::OrderRow;
use super::sql::Sql;
use super::{Dialect, Store, StoreError};

/// Customers of one transaction.
const AT_A_TIME: i64 = 2_000;

impl Store {
    /// Makes every customer's history from the statements; what the table has of it is not read. May be broken off and
    /// begun again at any time.
    pub(super) async fn rebuild_all(&self) -> Result<(), StoreError> {
        let (mut behind, mut done) = (String::new(), 0);
        loop {
            let mut transaction = self.begin().await?;
            let mut select = Sql::new("SELECT customer_id FROM customers");
            select.bind(" WHERE customer_id > ", behind.as_str()).bind(" ORDER BY customer_id LIMIT ", AT_A_TIME);
            if self.dialect == Dialect::Postgres {
                select.push(" FOR UPDATE");
            }
            let rows = select.query().fetch_all(&mut *transaction).await?;
            let names = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
            let Some(last) = names.last() else {
                tracing::info!(customers = done, "histories were made again from all statements");
                return Ok(());
            };
            let mut aliases: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
            let mut select = Sql::new("SELECT customer_id, from_id, to_id FROM aliases");
            select.bind(" WHERE customer_id > ", behind.as_str()).bind(" AND customer_id <= ", last.as_str());
            for row in &select.query().fetch_all(&mut *transaction).await? {
                aliases.entry(row.try_get(0)?).or_default().push((row.try_get(1)?, row.try_get(2)?));
            }
            let mut orders: BTreeMap<String, Vec<_>> = BTreeMap::new();
            let mut select = Sql::new("SELECT order_id, is_credit, statements, customer_id FROM orders");
            select.bind(" WHERE customer_id > ", behind.as_str()).bind(" AND customer_id <= ", last.as_str());
            for row in &select.query().fetch_all(&mut *transaction).await? {
                let (key, row) = OrderRow::read(row)?;
                orders.entry(row.customer_id.clone().unwrap_or_default()).or_default().push((key, row));
            }
            let mut histories = Vec::with_capacity(names.len());
            for name in &names {
                let aliases = aliases.remove(name).unwrap_or_default();
                let orders = orders.remove(name).unwrap_or_default();
                histories.push((name.as_str(), self.history_of(name, aliases, orders)?));
            }
            let histories: Vec<_> = histories.iter().map(|(name, history)| (*name, history)).collect();
            self.save(&mut transaction, &histories).await?;
            behind.clone_from(last);
            done += names.len();
            self.commit(transaction).await?;
        }
    }
}
