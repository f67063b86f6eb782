//! What must hold of a database at any time: each stored history is the one that all statements make.

use chrono::{DateTime, NaiveDate, Utc};
use repurchase::record::{OrderBook, OrderEvent, OrderStatus, Record};
use repurchase::rust_decimal::Decimal;
use repurchase::{CustomerHistory, Ledger, ShopCalendar};
use serde_json::Value;
use sqlx::Row;

use crate::harness::Database;

type Book = OrderBook<String, String>;

/// Replays all statements and aliases into one book of the whole shop, by another way than the program's, compares it
/// with every row, and gives the ids of all orders.
pub(crate) async fn check_histories(database: &Database) -> Vec<String> {
    let pool = database.connect().await;
    let mut book = Book::new();
    for row in sqlx::query("SELECT from_id, to_id FROM aliases").fetch_all(&pool).await.unwrap() {
        book.alias(row.get(0), row.get(1)).unwrap();
    }
    let select = "SELECT order_id, statements, is_credit, customer_id, placed_at, amount, refunded, status FROM orders \
                  ORDER BY order_id, is_credit";
    let rows = sqlx::query(select).fetch_all(&pool).await.unwrap();
    for row in &rows {
        let statements: Vec<Value> = serde_json::from_str(row.get(1)).unwrap();
        assert!(!statements.is_empty());
        for statement in &statements {
            assert!(book.record(row.get(0), event(statement)).unwrap(), "each statement says something new");
        }
    }
    for row in rows.iter().filter(|row| row.get::<i64, _>(2) == 0) {
        let order_id: &str = row.get(0);
        let Some(order) = book.order(order_id).unwrap() else {
            assert_eq!(row.get::<Option<String>, _>(3), None, "{order_id} waits");
            continue;
        };
        let status = match order.status() {
            OrderStatus::Paid => "paid",
            OrderStatus::Unpaid => "unpaid",
            OrderStatus::Cancelled => "cancelled",
        };
        let money = |column| Decimal::new(row.get(column), 2);
        let placed_at = DateTime::from_timestamp_micros(row.get(4));
        let expected = (order.customer().as_str(), order.placed_at(), order.amount(), order.refunded(), status);
        assert_eq!((row.get(3), placed_at, money(5), money(6), row.get(7)), expected, "{order_id}");
    }
    let records: Vec<Record<String>> = book.records().collect::<Result<_, _>>().unwrap();
    let ledger = Ledger::from_records(records, &ShopCalendar::utc(), NaiveDate::MAX).unwrap();
    let select = "SELECT customer_id, history, last_purchase, purchases, revenue, known_as FROM customers";
    let mut bought = 0;
    for row in sqlx::query(select).fetch_all(&pool).await.unwrap() {
        let customer: String = row.get(0);
        let stored: CustomerHistory = serde_json::from_str(row.get(1)).unwrap();
        let name = book.customer(&customer).unwrap_or(&customer);
        let known_as: Option<String> = row.get(5);
        assert_eq!(known_as.as_ref(), Some(name).filter(|name| **name != customer), "{customer}");
        let rebuilt = if known_as.is_some() { None } else { history(&ledger, &customer) };
        bought += u64::from(rebuilt.as_ref().is_some_and(|history| history.purchases() > 0));
        let rebuilt = rebuilt.unwrap_or_default();
        assert_eq!(stored, rebuilt, "{customer}");
        let last_purchase = rebuilt.last_purchase().map(|day| day.to_string());
        assert_eq!(row.get::<Option<String>, _>(2), last_purchase, "{customer}");
        assert_eq!(row.get::<i64, _>(3), i64::try_from(rebuilt.purchases()).unwrap(), "{customer}");
        assert_eq!(Decimal::new(row.get(4), 2), rebuilt.revenue(), "{customer}");
    }
    assert_eq!(bought, ledger.len() as u64, "customers with orders and without a history");
    pool.close().await;
    rows.iter().map(|row| row.get(0)).collect()
}

fn history(ledger: &Ledger<String>, customer: &str) -> Option<CustomerHistory> {
    let without = || ledger.without_purchase().find(|(id, _)| id.as_str() == customer);
    ledger.get(customer).or_else(|| without().map(|(_, history)| history.clone()))
}

/// From the stored form: `{"placed": {"customer": "ann", "at": 1772366400000000, "amount": 1990}}`.
fn event(statement: &Value) -> OrderEvent<String, String> {
    let (kind, fields) = statement.as_object().unwrap().iter().next().unwrap();
    let at: DateTime<Utc> = DateTime::from_timestamp_micros(fields["at"].as_i64().unwrap()).unwrap();
    let text = |field: &str| fields[field].as_str().unwrap().to_owned();
    let amount = || Decimal::new(fields["amount"].as_i64().unwrap(), 2);
    match kind.as_str() {
        "placed" => OrderEvent::Placed { customer: text("customer"), at, amount: amount() },
        "credited" => OrderEvent::Credited { customer: text("customer"), at, amount: amount() },
        "paid" => OrderEvent::Paid { at },
        "unpaid" => OrderEvent::Unpaid { at },
        "cancelled" => OrderEvent::Cancelled { at },
        "amount_changed" => OrderEvent::AmountChanged { at, amount: amount() },
        "refunded_in_all" => OrderEvent::RefundedInAll { at, amount: amount() },
        "fully_refunded" => OrderEvent::FullyRefunded { at },
        "refunded" => OrderEvent::Refunded { refund: text("refund"), at, amount: amount() },
        "line_added" => OrderEvent::LineAdded { line: text("line"), at, amount: amount() },
        other => panic!("{other}"),
    }
}
