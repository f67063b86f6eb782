//! Orders come in: each is stored, and its customer's history with it, in one transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use repurchase::{CustomerHistory, Error};
use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};

use super::{Store, StoreError};
use crate::metrics::{self, in_library};
use crate::order::{OrderChange, ShopOrder, Status, check_refund};

const COLUMNS: &str = "order_id, customer_id, placed_at, amount, refunded, status";
const INSERT: &str = "INSERT INTO orders \
    (order_id, customer_id, placed_at, amount, refunded, status, first_refunded, first_status) \
    VALUES ($1, $2, $3, $4, $5, $6, $5, $6) ON CONFLICT (order_id) DO NOTHING";
const POSTED: &str = "SELECT order_id, customer_id, placed_at, amount, first_refunded AS refunded, \
    first_status AS status FROM orders WHERE order_id = $1";
const UPDATE: &str = "UPDATE orders SET refunded = $2, status = $3 WHERE order_id = $1";
const OF_CUSTOMER: &str = "SELECT order_id, customer_id, placed_at, amount, refunded, status FROM orders \
    WHERE customer_id = $1 ORDER BY placed_at, order_id";
/// Locks the row in both databases, whether it was there or not.
const OPEN: &str = "INSERT INTO customers (customer_id, history, purchases, revenue) VALUES ($1, $2, 0, 0) \
    ON CONFLICT (customer_id) DO UPDATE SET customer_id = excluded.customer_id RETURNING history";
const SAVE: &str =
    "UPDATE customers SET history = $2, last_purchase = $3, purchases = $4, revenue = $5 WHERE customer_id = $1";

/// How often a batch is tried again that waited for one that waited for it.
const ATTEMPTS: u32 = 5;

/// A customer whose orders came in.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) customer_id: String,
    pub(crate) history: CustomerHistory,
    /// Orders that were not there before.
    pub(crate) stored: usize,
    /// Orders that were there already, the same.
    pub(crate) unchanged: usize,
}

/// What a request asks of an order that is there.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) order_id: String,
    pub(crate) change: OrderChange,
}

impl Store {
    /// Stores all of a batch or nothing of it, and gives its customers by id.
    pub(crate) async fn record(&self, orders: &[ShopOrder]) -> Result<Vec<Recorded>, StoreError> {
        let mut attempt = 1;
        loop {
            match self.try_record(orders).await {
                Err(error) if error.is_passing() && attempt < ATTEMPTS => attempt += 1,
                result => return result,
            }
        }
    }

    async fn try_record(&self, orders: &[ShopOrder]) -> Result<Vec<Recorded>, StoreError> {
        let mut by_customer: BTreeMap<&str, Vec<&ShopOrder>> = BTreeMap::new();
        for order in orders {
            by_customer.entry(&order.customer_id).or_default().push(order);
        }
        let mut transaction = self.begin().await?;
        let mut recorded = Vec::with_capacity(by_customer.len());
        // In the order of their ids, so that two batches do not wait for each other.
        for (customer_id, mut orders) in by_customer {
            // The oldest first, so that a batch of one customer's past is not a rebuild.
            orders.sort_by_key(|order| order.placed_at);
            recorded.push(self.record_of(&mut transaction, customer_id, &orders).await?);
        }
        self.commit(transaction).await?;
        Ok(recorded)
    }

    async fn record_of(
        &self,
        transaction: &mut Transaction<'static, Any>,
        customer_id: &str,
        orders: &[&ShopOrder],
    ) -> Result<Recorded, StoreError> {
        let mut history = self.lock(transaction, customer_id).await?;
        let (mut stored, mut is_older) = (0, false);
        for order in orders {
            if !insert(transaction, order).await? {
                self.check_same(transaction, order).await?;
                continue;
            }
            stored += 1;
            if !is_older {
                is_older = !self.grow(&mut history, order)?;
            }
        }
        if is_older {
            history = self.rebuild(transaction, customer_id).await?;
        }
        if stored > 0 {
            self.save(transaction, customer_id, &history).await?;
        }
        Ok(Recorded { customer_id: customer_id.to_owned(), history, stored, unchanged: orders.len() - stored })
    }

    /// O(1); `false` for an order before the last one, which a history cannot take in.
    fn grow(&self, history: &mut CustomerHistory, order: &ShopOrder) -> Result<bool, StoreError> {
        let grown = in_library(|| history.record_order(&order.to_order(self.currency)?, &self.calendar));
        match grown {
            Ok(()) => Ok(true),
            Err(Error::OlderPurchase { .. }) => Ok(false),
            Err(source) => Err(StoreError::Refused { order_id: order.order_id.clone(), source }),
        }
    }

    /// A refund or a cancellation, after which the customer's history is built anew.
    pub(crate) async fn change(&self, change: &Change) -> Result<Recorded, StoreError> {
        let mut attempt = 1;
        loop {
            match self.try_change(change).await {
                Err(error) if error.is_passing() && attempt < ATTEMPTS => attempt += 1,
                result => return result,
            }
        }
    }

    async fn try_change(&self, Change { order_id, change }: &Change) -> Result<Recorded, StoreError> {
        let mut transaction = self.begin().await?;
        let find = || sqlx::query("SELECT customer_id FROM orders WHERE order_id = $1").bind(order_id);
        let Some(row) = find().fetch_optional(&mut *transaction).await? else {
            return Err(StoreError::NoOrder(order_id.clone()));
        };
        let customer_id: String = row.try_get(0)?;
        // The customer first, as all writers do; then the order, which nobody else can be changing now.
        self.lock(&mut transaction, &customer_id).await?;
        let select = format!("SELECT {COLUMNS} FROM orders WHERE order_id = $1");
        let select = sqlx::query(sqlx::AssertSqlSafe(select)).bind(order_id);
        let order = order(&select.fetch_one(&mut *transaction).await?)?;
        let refunded = match &change.refunded {
            Some(text) => check_refund(text, order.amount, self.currency).map_err(StoreError::Change)?,
            None => order.refunded,
        };
        let status = change.status.unwrap_or(order.status);
        let update = sqlx::query(UPDATE).bind(order_id).bind(refunded).bind(status.key());
        update.execute(&mut *transaction).await?;
        let history = self.rebuild(&mut transaction, &customer_id).await?;
        self.save(&mut transaction, &customer_id, &history).await?;
        self.commit(transaction).await?;
        let is_same = (refunded, status) == (order.refunded, order.status);
        Ok(Recorded { customer_id, history, stored: usize::from(!is_same), unchanged: usize::from(is_same) })
    }

    /// A customer's history, which is nobody else's to change until the transaction ends.
    async fn lock(
        &self,
        transaction: &mut Transaction<'static, Any>,
        customer_id: &str,
    ) -> Result<CustomerHistory, StoreError> {
        let select = match self.dialect {
            super::Dialect::Postgres => "SELECT history FROM customers WHERE customer_id = $1 FOR UPDATE",
            super::Dialect::Sqlite => "SELECT history FROM customers WHERE customer_id = $1",
        };
        let row = sqlx::query(select).bind(customer_id).fetch_optional(&mut **transaction).await?;
        let row = match row {
            Some(row) => row,
            None => {
                let empty = stored(&CustomerHistory::new())?;
                sqlx::query(OPEN).bind(customer_id).bind(empty).fetch_one(&mut **transaction).await?
            }
        };
        history(customer_id, row.try_get(0)?)
    }

    /// From the orders as they stand.
    async fn rebuild(
        &self,
        transaction: &mut Transaction<'static, Any>,
        customer_id: &str,
    ) -> Result<CustomerHistory, StoreError> {
        let rows = sqlx::query(OF_CUSTOMER).bind(customer_id).fetch_all(&mut **transaction).await?;
        metrics::count_rebuild();
        let mut history = CustomerHistory::new();
        for row in &rows {
            let order = order(row)?;
            if !self.grow(&mut history, &order)? {
                let what = "its orders do not come in the order of their days";
                return Err(StoreError::corrupt("customer", customer_id, &what));
            }
        }
        Ok(history)
    }

    async fn save(
        &self,
        transaction: &mut Transaction<'static, Any>,
        customer_id: &str,
        history: &CustomerHistory,
    ) -> Result<(), StoreError> {
        let too_much = || {
            let source = Error::AmountOverflow { field: "revenue" };
            StoreError::Refused { order_id: customer_id.to_owned(), source }
        };
        let revenue = self.currency.minor(history.revenue()).ok_or_else(too_much)?;
        let save = sqlx::query(SAVE)
            .bind(customer_id)
            .bind(stored(history)?)
            .bind(history.last_purchase().as_ref().map(NaiveDate::to_string))
            .bind(i64::try_from(history.purchases()).unwrap_or(i64::MAX))
            .bind(revenue);
        save.execute(&mut **transaction).await?;
        Ok(())
    }

    /// A retry is the order that is stored; another order needs another id.
    async fn check_same(
        &self,
        transaction: &mut Transaction<'static, Any>,
        found: &ShopOrder,
    ) -> Result<(), StoreError> {
        let row = sqlx::query(POSTED).bind(&found.order_id).fetch_one(&mut **transaction).await?;
        let stored = order(&row)?;
        let fields = |order: &ShopOrder| {
            let money = |minor| self.currency.decimal(minor).to_string();
            [
                ("customer_id", order.customer_id.clone()),
                ("placed_at", order.placed_at.to_rfc3339()),
                ("amount", money(order.amount)),
                ("refunded", money(order.refunded)),
                ("status", order.status.key().to_owned()),
            ]
        };
        let mut pairs = fields(found).into_iter().zip(fields(&stored));
        match pairs.find(|(found, stored)| found != stored) {
            None => Ok(()),
            Some(((field, found_text), (_, stored))) => {
                Err(StoreError::Conflict { order_id: found.order_id.clone(), field, found: found_text, stored })
            }
        }
    }
}

/// Whether the id was free.
async fn insert(transaction: &mut Transaction<'static, Any>, order: &ShopOrder) -> Result<bool, StoreError> {
    let insert = sqlx::query(INSERT)
        .bind(&order.order_id)
        .bind(&order.customer_id)
        .bind(order.placed_at.timestamp_micros())
        .bind(order.amount)
        .bind(order.refunded)
        .bind(order.status.key());
    Ok(insert.execute(&mut **transaction).await?.rows_affected() > 0)
}

/// From a row of `COLUMNS`.
pub(super) fn order(row: &AnyRow) -> Result<ShopOrder, StoreError> {
    let order_id: String = row.try_get(0)?;
    let (placed_at, status): (i64, String) = (row.try_get(2)?, row.try_get(5)?);
    let corrupt = |what: &str| StoreError::corrupt("order", &order_id, &what);
    Ok(ShopOrder {
        customer_id: row.try_get(1)?,
        placed_at: DateTime::from_timestamp_micros(placed_at).ok_or_else(|| corrupt("placed_at is no time"))?,
        amount: row.try_get(3)?,
        refunded: row.try_get(4)?,
        status: Status::of_key(&status).ok_or_else(|| corrupt("unknown status"))?,
        order_id,
    })
}

pub(super) fn history(customer_id: &str, text: &str) -> Result<CustomerHistory, StoreError> {
    in_library(|| serde_json::from_str(text)).map_err(|error| StoreError::corrupt("customer", customer_id, &error))
}

fn stored(history: &CustomerHistory) -> Result<String, StoreError> {
    in_library(|| serde_json::to_string(history)).map_err(|error| StoreError::corrupt("history", "", &error))
}
