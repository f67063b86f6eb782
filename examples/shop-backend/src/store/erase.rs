//! What was said of an order, of a customer; and a customer who is forgotten.

use std::collections::BTreeSet;

use sqlx::{Any, Row, Transaction};
use uuid::Uuid;

use super::book::OrderRow;
use super::campaigns::forget_contacts;
use super::imports::{notes_of, stored_notes};
use super::people::{Held, aliases};
use super::referrals::forget_referrals;
use super::sql::{Sql, Value};
use super::traits::forget_traits;
use super::{Dialect, Store, StoreError, in_attempts};
use crate::event::ShopEvent;

/// How the names of customers begin who were forgotten.
const FORGOTTEN: &str = "deleted-";

/// Whether a customer was forgotten.
pub(super) fn is_forgotten(customer_id: &str) -> bool {
    customer_id.starts_with(FORGOTTEN)
}

/// A customer who was forgotten.
#[derive(Debug, Clone)]
pub(crate) struct Forgotten {
    /// The ids that are gone.
    pub(crate) ids: Vec<String>,
    /// The orders and credits that are kept, and whose they are now.
    pub(crate) orders: usize,
    pub(crate) kept_as: String,
}

impl Store {
    /// What was said of an order, in the order in which it came in.
    pub(crate) async fn statements(&self, order_id: &str) -> Result<Option<OrderRow>, StoreError> {
        let select = "SELECT order_id, is_credit, statements, customer_id FROM orders \
                      WHERE order_id = $1 AND is_credit = 0";
        let row = sqlx::query(select).bind(order_id).fetch_optional(&self.reads).await?;
        Ok(row.as_ref().map(OrderRow::read).transpose()?.map(|(_, row)| row))
    }

    /// All that was said of the orders and credits of a customer, by name.
    pub(crate) async fn statements_of(&self, name: &str) -> Result<Vec<(String, ShopEvent)>, StoreError> {
        let select = "SELECT order_id, is_credit, statements, customer_id FROM orders WHERE customer_id = $1";
        let rows = sqlx::query(select).bind(name).fetch_all(&self.reads).await?;
        let mut all = Vec::new();
        for row in &rows {
            let ((order_id, _), row) = OrderRow::read(row)?;
            all.extend(row.statements.into_iter().map(|event| (order_id.clone(), event)));
        }
        Ok(all)
    }

    /// Takes all ids of a person out of the shop: the orders stay, under a name that leads nowhere. `None` where
    /// nobody has the id.
    pub(crate) async fn forget(&self, id: &str) -> Result<Option<Forgotten>, StoreError> {
        in_attempts!(self.try_forget(id))
    }

    async fn try_forget(&self, id: &str) -> Result<Option<Forgotten>, StoreError> {
        if self.customer(id).await?.is_none() {
            return Ok(None);
        }
        let mut transaction = self.begin().await?;
        let mut held = Held::default();
        self.hold(&mut transaction, &mut held, BTreeSet::from([id.to_owned()]), false).await?;
        let (name, kept_as) = (held.name(id), format!("{FORGOTTEN}{}", Uuid::new_v4().simple()));
        let pairs = aliases(&mut transaction, &[&name]).await?;
        let mut ids: BTreeSet<String> = pairs.into_iter().flat_map(|(from, to)| [from, to]).collect();
        ids.extend([name.clone(), id.to_owned()]);

        let mut select = Sql::new("SELECT order_id, is_credit, statements, customer_id FROM orders");
        select.bind(" WHERE customer_id = ", name.as_str());
        if self.dialect == Dialect::Postgres {
            select.push(" FOR UPDATE");
        }
        let rows = select.query().fetch_all(&mut *transaction).await?;
        for row in &rows {
            let ((order_id, is_credit), mut row) = OrderRow::read(row)?;
            for event in &mut row.statements {
                event.forget(&kept_as);
            }
            let statements = serde_json::to_string(&row.statements);
            let statements = statements.map_err(|error| StoreError::corrupt("order", &order_id, &error))?;
            let update = "UPDATE orders SET statements = $3, customer_id = $4 WHERE order_id = $1 AND is_credit = $2";
            let update = sqlx::query(update).bind(&order_id).bind(i64::from(is_credit)).bind(statements);
            update.bind(&kept_as).execute(&mut *transaction).await?;
        }
        let history = held.histories.remove(&name).unwrap_or_default();
        let mut gone = Sql::new("DELETE FROM customers WHERE customer_id IN ");
        gone.list(ids.iter().map(String::as_str));
        gone.query().execute(&mut *transaction).await?;
        let pairs = sqlx::query("DELETE FROM aliases WHERE customer_id = $1").bind(&name);
        pairs.execute(&mut *transaction).await?;
        if !rows.is_empty() {
            self.save(&mut transaction, &[(&kept_as, &history)]).await?;
        }
        forget_contacts(&mut transaction, &ids).await?;
        forget_traits(&mut transaction, &name).await?;
        forget_referrals(&mut transaction, &name).await?;
        forget_in_notes(&mut transaction, &ids).await?;
        sqlx::query("UPDATE shop SET forgotten = forgotten + 1").execute(&mut *transaction).await?;
        self.commit(transaction).await?;
        Ok(Some(Forgotten { ids: ids.into_iter().collect(), orders: rows.len(), kept_as }))
    }
}

/// Notes on files may have ids as examples.
async fn forget_in_notes(
    transaction: &mut Transaction<'static, Any>,
    ids: &BTreeSet<String>,
) -> Result<(), StoreError> {
    let rows = sqlx::query("SELECT imported_at, file, notes FROM imports").fetch_all(&mut **transaction).await?;
    for row in &rows {
        let (at, file): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        let mut notes = notes_of(&file, row.try_get(2)?)?;
        let all = notes.len();
        notes.retain(|note| !note.examples.iter().any(|text| ids.iter().any(|id| text.contains(id.as_str()))));
        if notes.len() < all {
            let mut update = Sql::new("UPDATE imports");
            update.bind(" SET notes = ", Value::from(stored_notes(&file, &notes)?));
            update.bind(" WHERE imported_at = ", at).bind(" AND file = ", file.as_str());
            update.query().execute(&mut **transaction).await?;
        }
    }
    Ok(())
}
