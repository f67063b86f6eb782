//! The shop as a whole is read: orders of a window, customers by label.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone};
use futures_util::TryStreamExt;
use repurchase::Order;
use repurchase::record::{Credit, OrderLine, Record};
use repurchase::rust_decimal::Decimal;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::book::OrderRow;
use super::scan::BLOCK;
use super::sql::Sql;
use super::{Store, StoreError};
use crate::event::ShopEvent;
use crate::order::Status;

/// What [`Store::read`] reads.
const RECORDS: &str = "SELECT is_credit, customer_id, placed_at, amount, refunded, status, order_id FROM orders";

impl Store {
    pub(crate) async fn is_empty(&self) -> Result<bool, StoreError> {
        let select = sqlx::query("SELECT order_id FROM orders LIMIT 1");
        Ok(select.fetch_optional(&self.reads).await?.is_none())
    }

    /// The orders and credits of the shop's days `from` to `to`, all of them with neither.
    pub(crate) async fn records(
        &self,
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
    ) -> Result<Vec<Record<String>>, StoreError> {
        let start = from.map_or(i64::MIN, |from| self.midnight(from));
        let end = to.and_then(|to| to.succ_opt()).map_or(i64::MAX, |next| self.midnight(next));
        let mut sql = Sql::new(RECORDS);
        sql.bind(" WHERE placed_at >= ", start).bind(" AND placed_at < ", end);
        self.records_by(sql).await
    }

    /// The orders and credits up to a day of whoever has one on the days `from` to `to`.
    pub(crate) async fn records_of_buyers(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        as_of: NaiveDate,
    ) -> Result<Vec<Record<String>>, StoreError> {
        let end = |last: NaiveDate| last.succ_opt().map_or(i64::MAX, |next| self.midnight(next));
        let mut sql = Sql::new(RECORDS);
        sql.bind(" WHERE placed_at < ", end(as_of)).push(" AND customer_id IN (SELECT customer_id FROM orders");
        sql.bind(" WHERE placed_at >= ", self.midnight(from)).bind(" AND placed_at < ", end(to)).push(")");
        self.records_by(sql).await
    }

    /// The orders and credits of the next customers behind one, in the database's order of ids, and the last of these;
    /// `None` where there are no more.
    pub(crate) async fn records_behind(
        &self,
        behind: &str,
    ) -> Result<Option<(Vec<Record<String>>, String)>, StoreError> {
        let mut sql = Sql::new("SELECT MAX(customer_id) FROM (SELECT customer_id FROM customers");
        sql.bind(" WHERE customer_id > ", behind).bind(" ORDER BY customer_id LIMIT ", BLOCK).push(") AS block");
        let last: Option<String> = sql.query().fetch_one(&self.reads).await?.try_get(0)?;
        let Some(last) = last else { return Ok(None) };
        let mut sql = Sql::new(RECORDS);
        sql.bind(" WHERE placed_at IS NOT NULL AND customer_id > ", behind);
        sql.bind(" AND customer_id <= ", last.as_str());
        Ok(Some((self.records_by(sql).await?, last)))
    }

    /// What was bought up to a day, where lines of orders said it: the products of all purchases.
    pub(crate) async fn lines(&self, to: NaiveDate) -> Result<Vec<OrderLine<String, String>>, StoreError> {
        let mut sql = Sql::new("SELECT order_id, is_credit, statements, customer_id, placed_at FROM orders ");
        sql.push("WHERE is_credit = 0 AND status = 'paid' AND (refunded = 0 OR refunded < amount)");
        let end = to.succ_opt().map_or(i64::MAX, |next| self.midnight(next));
        sql.bind(" AND placed_at < ", end).push(" AND statements LIKE '%\"product\"%'");
        let mut rows = sql.query().fetch(&self.reads);
        let mut lines = Vec::new();
        while let Some(row) = rows.try_next().await? {
            let ((order_id, _), order) = OrderRow::read(&row)?;
            let corrupt = |what: &dyn std::fmt::Display| StoreError::corrupt("order", &order_id, &what);
            let customer = order.customer_id.ok_or_else(|| corrupt(&"no customer"))?;
            let at =
                DateTime::from_timestamp_micros(row.try_get(4)?).ok_or_else(|| corrupt(&"placed_at is no time"))?;
            for event in order.statements {
                // What lowers the amount is a discount, or comes back. How much it was is not asked: shops sell pieces,
                // kilograms and packs alike.
                if let ShopEvent::LineAdded { product: Some(product), amount: 0.., .. } = event {
                    let line = OrderLine::new(customer.clone(), at, product, Decimal::ONE, Decimal::ZERO);
                    lines.push(line.map_err(|error| corrupt(&error))?);
                }
            }
        }
        Ok(lines)
    }

    /// The orders and credits up to a day of the customers whom a query of the program's own names.
    pub(super) async fn records_of(
        &self,
        customers: &'static str,
        to: NaiveDate,
    ) -> Result<Vec<Record<String>>, StoreError> {
        let end = to.succ_opt().map_or(i64::MAX, |next| self.midnight(next));
        let mut sql = Sql::new(RECORDS);
        sql.bind(" WHERE placed_at < ", end).push(" AND customer_id IN (").push(customers).push(")");
        self.records_by(sql).await
    }

    async fn records_by(&self, sql: Sql) -> Result<Vec<Record<String>>, StoreError> {
        let mut rows = sql.query().fetch(&self.reads);
        let mut records = Vec::new();
        while let Some(row) = rows.try_next().await? {
            records.push(self.read(&row)?);
        }
        Ok(records)
    }

    /// An order or a credit that is placed.
    fn read(&self, row: &AnyRow) -> Result<Record<String>, StoreError> {
        let corrupt =
            |what: &dyn std::fmt::Display| StoreError::corrupt("order", row.try_get(6).unwrap_or_default(), &what);
        let (is_credit, customer): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        let at = DateTime::from_timestamp_micros(row.try_get(2)?).ok_or_else(|| corrupt(&"placed_at is no time"))?;
        let money = |column| Ok::<_, sqlx::Error>(self.currency.decimal(row.try_get(column)?));
        let (amount, refunded) = (money(3)?, money(4)?);
        if is_credit != 0 {
            return Credit::new(customer, at, amount).map(Record::from).map_err(|error| corrupt(&error));
        }
        let status = Status::of_key(row.try_get(5)?).ok_or_else(|| corrupt(&"unknown status"))?;
        let order = Order::new(customer, at, amount).and_then(|order| order.with_refunded(refunded));
        Ok(order.map_err(|error| corrupt(&error))?.with_status(status.into()).into())
    }

    /// The first microsecond of a shop's day: where a clock leaps over midnight, the one at which it goes on.
    pub(super) fn midnight(&self, day: NaiveDate) -> i64 {
        const QUARTER: chrono::TimeDelta = chrono::TimeDelta::minutes(15);
        let (zone, local) = (self.calendar.zone(), day.and_time(NaiveTime::MIN));
        let instant = (0..=96).find_map(|quarters| zone.from_local_datetime(&(local + QUARTER * quarters)).earliest());
        instant.map_or(i64::MAX, |instant| instant.timestamp_micros())
    }
}
