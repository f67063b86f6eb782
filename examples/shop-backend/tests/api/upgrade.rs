//! A database of an earlier form of this program is brought up to date.

use std::borrow::Cow;

use repurchase::{CustomerHistory, Order, ShopCalendar};
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{Database, Shop, on_both, order};
use crate::truth::check_histories;

on_both![orders_of_the_first_form_are_statements];

/// Orders as they were stored before events were: among them one that was refunded, one that was cancelled, one that
/// was paid at last, each after it was posted, and one with an id that JSON has to escape.
async fn orders_of_the_first_form_are_statements(database: Database) {
    let pool = database.connect().await;
    let mut migrator = sqlx::migrate!();
    let first: Vec<_> = migrator.migrations.iter().take(1).cloned().collect();
    migrator.migrations = Cow::Owned(first);
    migrator.run(&pool).await.unwrap();
    let noon = 1_772_366_400_000_000_i64;
    let insert = "INSERT INTO orders (order_id, customer_id, placed_at, amount, refunded, status, first_refunded, \
                  first_status) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let odd = r#"an "odd" \ id"#;
    let mut orders = Vec::new();
    for (id, customer, amount, refunded, status, first_refunded, first_status) in [
        ("plain", "ann", 1990, 0, "paid", 0, "paid"),
        ("refunded later", "ann", 1990, 500, "paid", 0, "paid"),
        ("refunded at once", "ann", 1990, 500, "paid", 500, "paid"),
        ("refund taken back", "ann", 1990, 0, "paid", 500, "paid"),
        ("cancelled later", odd, 1990, 0, "cancelled", 0, "paid"),
        ("paid at last", odd, 1990, 0, "paid", 0, "unpaid"),
    ] {
        let query = sqlx::query(insert).bind(id).bind(customer).bind(noon).bind(amount).bind(refunded).bind(status);
        query.bind(first_refunded).bind(first_status).execute(&pool).await.unwrap();
        let mut posted = order(id, customer, "2026-03-01", "19.90");
        posted["status"] = json!(first_status);
        posted["refunded"] = json!(format!("{}", f64::from(first_refunded) / 100.0));
        orders.push(posted);
    }
    let one = |amount: &str| {
        let at = "2026-03-01T12:00:00Z".parse().unwrap();
        Order::new((), at, amount.parse().unwrap()).unwrap()
    };
    for (customer, amounts) in [("ann", &["19.90", "14.90", "14.90", "19.90"][..]), (odd, &["19.90"])] {
        let mut history = CustomerHistory::new();
        for amount in amounts {
            history.record_order(&one(amount), &ShopCalendar::utc()).unwrap();
        }
        let insert = "INSERT INTO customers (customer_id, history, last_purchase, purchases, revenue) \
                      VALUES ($1, $2, '2026-03-01', $3, $4)";
        let revenue: i64 = (history.revenue() * repurchase::rust_decimal::Decimal::ONE_HUNDRED).try_into().unwrap();
        let query = sqlx::query(insert).bind(customer).bind(serde_json::to_string(&history).unwrap());
        query.bind(i64::try_from(amounts.len()).unwrap()).bind(revenue).execute(&pool).await.unwrap();
    }
    pool.close().await;

    let shop = Shop::start(&database);
    assert_eq!(check_histories(&database).await.len(), 6);
    assert_eq!(shop.ok("/customers/ann").await["figures"]["revenue"], "69.60");
    let (status, body) = shop.post("/orders", &json!(orders)).await;
    assert_eq!((status, &body["unchanged"]), (StatusCode::OK, &json!(6)), "retries are still those orders: {body}");
    let cancelled = json!({"order_id": "paid at last", "event": "cancelled", "at": "2026-03-02T12:00:00Z"});
    assert_eq!(shop.post("/events", &cancelled).await.0, StatusCode::CREATED);
    check_histories(&database).await;
}
