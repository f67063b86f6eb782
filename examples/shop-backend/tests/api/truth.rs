//! What must hold of a database at any time: each stored history is the one that its orders make.

use std::collections::BTreeMap;

use chrono::DateTime;
use repurchase::record::OrderStatus;
use repurchase::rust_decimal::Decimal;
use repurchase::{CustomerHistory, Order, ShopCalendar};
use sqlx::Row;

use crate::harness::Database;

/// Rebuilds every history by another way than the program's, and gives the ids of all orders.
pub(crate) async fn check_histories(database: &Database) -> Vec<String> {
    let pool = database.connect().await;
    let select = "SELECT customer_id, placed_at, amount, refunded, status, order_id FROM orders ORDER BY order_id";
    let mut by_customer: BTreeMap<String, Vec<Order<()>>> = BTreeMap::new();
    let mut order_ids = Vec::new();
    for row in sqlx::query(select).fetch_all(&pool).await.unwrap() {
        let placed_at = DateTime::from_timestamp_micros(row.get(1)).unwrap();
        let status = match row.get::<&str, _>(4) {
            "paid" => OrderStatus::Paid,
            "unpaid" => OrderStatus::Unpaid,
            _ => OrderStatus::Cancelled,
        };
        let order = Order::new((), placed_at, Decimal::new(row.get(2), 2)).unwrap();
        let order = order.with_refunded(Decimal::new(row.get(3), 2)).unwrap().with_status(status);
        by_customer.entry(row.get(0)).or_default().push(order);
        order_ids.push(row.get(5));
    }
    let select = "SELECT customer_id, history, last_purchase, purchases, revenue FROM customers";
    for row in sqlx::query(select).fetch_all(&pool).await.unwrap() {
        let customer: String = row.get(0);
        let stored: CustomerHistory = serde_json::from_str(row.get(1)).unwrap();
        let mut orders = by_customer.remove(&customer).unwrap_or_else(|| panic!("{customer} has no order"));
        orders.sort_by_key(|order| order.placed_at());
        let mut rebuilt = CustomerHistory::new();
        for order in &orders {
            rebuilt.record_order(order, &ShopCalendar::utc()).unwrap();
        }
        assert_eq!(stored, rebuilt, "{customer}");
        let last_purchase = rebuilt.last_purchase().map(|day| day.to_string());
        assert_eq!(row.get::<Option<String>, _>(2), last_purchase, "{customer}");
        assert_eq!(row.get::<i64, _>(3), i64::try_from(rebuilt.purchases()).unwrap(), "{customer}");
        assert_eq!(Decimal::new(row.get(4), 2), rebuilt.revenue(), "{customer}");
    }
    assert!(by_customer.is_empty(), "customers with orders and without a history: {by_customer:?}");
    pool.close().await;
    order_ids
}
