//! A database of an earlier form of this program is brought up to date.

use std::borrow::Cow;

use repurchase::{CustomerHistory, Order, ShopCalendar};
use reqwest::StatusCode;
use serde_json::json;
use sqlx::AnyPool;

use crate::harness::{Database, Shop, on_both, order};
use crate::truth::check_histories;

on_both![
    orders_of_the_first_form_are_statements,
    histories_of_an_earlier_form_are_made_again,
    orders_that_joined_ids_kept_are_the_persons,
    a_campaign_of_before_segments_were_kept,
];

/// Orders as they were stored before events were: among them one that was refunded, one that was cancelled, one that
/// was paid at last, each after it was posted, and one with an id that JSON has to escape.
async fn orders_of_the_first_form_are_statements(database: Database) {
    let pool = earlier(&database, 1).await;
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

/// Histories that the library cannot read any more, of a shop east of Greenwich, with a joined customer and a credit.
async fn histories_of_an_earlier_form_are_made_again(database: Database) {
    let zone = [("SHOP_TODAY", "2026-03-31"), ("SHOP_TIME_ZONE", "+08:00")];
    let pool = earlier(&database, 3).await;
    let insert = "INSERT INTO shop (one, currency_decimals, utc_offset_seconds) VALUES (1, 2, 28800)";
    sqlx::query(insert).execute(&pool).await.unwrap();
    let micros = |time: &str| time.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_micros();
    let insert = "INSERT INTO orders (order_id, is_credit, statements, customer_id, placed_at, amount, refunded, status) \
                  VALUES ($1, $2, $3, $4, $5, $6, 0, 'paid')";
    for (id, is_credit, by, name, time, amount) in [
        ("a", 0, "ann", "ann", "2026-01-05T12:00:00Z", 1990),
        // The next day, in the shop.
        ("b", 0, "ann", "ann", "2026-02-05T16:30:00Z", 2500),
        ("c", 0, "ann@example.com", "ann", "2026-02-25T12:00:00Z", 700),
        ("d", 1, "ann", "ann", "2026-02-26T12:00:00Z", 300),
        ("e", 0, "bo", "bo", "2026-03-01T12:00:00Z", 800),
    ] {
        let at = micros(time);
        let kind = if is_credit == 1 { "credited" } else { "placed" };
        let mut statements = vec![json!({kind: {"customer": by, "at": at, "amount": amount}})];
        if is_credit == 0 {
            statements.push(json!({"paid": {"at": at}}));
        }
        let query = sqlx::query(insert).bind(id).bind(i64::from(is_credit)).bind(json!(statements).to_string());
        query.bind(name).bind(at).bind(i64::from(amount)).execute(&pool).await.unwrap();
    }
    let alias = "INSERT INTO aliases (from_id, to_id, customer_id) VALUES ('ann@example.com', 'ann', 'ann')";
    sqlx::query(alias).execute(&pool).await.unwrap();
    // Of the form before: without the logarithms of gaps; nothing of it is read.
    let insert = "INSERT INTO customers (customer_id, history, last_purchase, purchases, revenue, known_as) \
                  VALUES ($1, '{\"purchases\":3,\"purchase_days\":3,\"gap_squares\":1385}', '2026-02-25', 3, 1, $2)";
    for (id, known_as) in [("ann", None), ("ann@example.com", Some("ann")), ("bo", None)] {
        sqlx::query(insert).bind(id).bind(known_as).execute(&pool).await.unwrap();
    }
    pool.close().await;

    let shop = Shop::start_with(&database, &zone);
    let figures = shop.ok("/customers/ann@example.com").await["figures"].clone();
    let expected = json!({
        "purchases": 3, "purchase_days": 3, "first_purchase": "2026-01-05", "last_purchase": "2026-02-25",
        "days_since_last": 34, "revenue": "48.90", "mean_order_amount": "17.30", "mean_gap_days": 25.5
    });
    assert_eq!(figures, expected);
    assert_eq!(shop.ok("/customers/bo").await["figures"]["revenue"], "8.00");
    assert_eq!(shop.post("/orders", &order("f", "bo", "2026-03-09", "2")).await.0, StatusCode::CREATED);
    assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
    drop(shop);
    let pool = database.connect().await;
    let form: (i64, String) =
        sqlx::query_as("SELECT history_form, time_zone FROM shop").fetch_one(&pool).await.unwrap();
    assert_eq!(form, (1, "+08:00".to_owned()));
    pool.close().await;
    Shop::start_with(&database, &zone).ok("/customers/ann").await;
}

/// Of two orders by an id that was joined later, one went back to that id; one is of an id that was forgotten.
async fn orders_that_joined_ids_kept_are_the_persons(database: Database) {
    let pool = earlier(&database, 8).await;
    let insert = "INSERT INTO shop (one, currency_decimals, history_form) VALUES (1, 2, 1)";
    sqlx::query(insert).execute(&pool).await.unwrap();
    let at = 1_772_366_400_000_000_i64;
    let insert = "INSERT INTO orders (order_id, is_credit, statements, customer_id, placed_at, amount, refunded, status) \
                  VALUES ($1, 0, $2, $3, $4, 700, 0, 'paid')";
    for (id, by, name) in [("a", "joined", "ann"), ("b", "joined", "joined"), ("c", "gone", "gone")] {
        let statements = json!([{"placed": {"customer": by, "at": at, "amount": 700}}, {"paid": {"at": at}}]);
        let query = sqlx::query(insert).bind(id).bind(statements.to_string()).bind(name).bind(at);
        query.execute(&pool).await.unwrap();
    }
    let alias = "INSERT INTO aliases (from_id, to_id, customer_id) VALUES ('joined', 'ann', 'ann')";
    sqlx::query(alias).execute(&pool).await.unwrap();
    let insert =
        "INSERT INTO customers (customer_id, history, purchases, revenue, known_as) VALUES ($1, '{}', 1, 700, $2)";
    for (id, known_as) in [("ann", None), ("joined", Some("ann"))] {
        sqlx::query(insert).bind(id).bind(known_as).execute(&pool).await.unwrap();
    }
    pool.close().await;

    let shop = Shop::start(&database);
    assert_eq!(check_histories(&database).await.len(), 3);
    assert_eq!(shop.ok("/customers/joined").await["figures"]["revenue"], "14.00");
    assert_eq!(shop.ok("/customers/gone").await["figures"]["revenue"], "7.00");
}

/// Its outcome is told, and nothing by segment; a campaign that is made now has both.
async fn a_campaign_of_before_segments_were_kept(database: Database) {
    let pool = earlier(&database, 10).await;
    let kept = json!({
        "assignment": {"campaign": "before", "control": {"count": 1, "of": 2}}, "rule": {"purchases": {">=": 1}},
        "sentences": ["All.", "所有。"], "model": 1, "as_of": "2026-03-01", "not_judged": 0, "channel": "sms",
        "send_at": "2026-03-01T10:00:00Z", "first": "2026-03-01", "days": 28, "cost_per_message": null, "coupon": null,
        "expects": null
    });
    let insert = "INSERT INTO campaigns (name, created_at, campaign) VALUES ('before', 0, $1)";
    sqlx::query(insert).bind(kept.to_string()).execute(&pool).await.unwrap();
    let insert = "INSERT INTO campaign_members (campaign, customer_id, is_control) VALUES ('before', $1, $2)";
    for (id, is_control) in [("ann", 0), ("bo", 1), ("cy", 0)] {
        sqlx::query(insert).bind(id).bind(i64::from(is_control)).execute(&pool).await.unwrap();
    }
    pool.close().await;

    let shop = Shop::start(&database);
    let orders = [order("a", "ann", "2026-03-05", "19.90"), order("b", "bo", "2026-02-05", "7")];
    assert_eq!(shop.post("/orders", &json!(orders)).await.0, StatusCode::CREATED);
    let outcome = shop.ok("/campaigns/before").await["outcome"].clone();
    assert_eq!((&outcome["treated"]["customers"], &outcome["treated"]["buyers"]), (&json!(2), &json!(1)));
    assert_eq!(outcome.get("by_segment"), Some(&json!(null)));
    assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
    let now = json!({
        "name": "now", "rule": {"purchases": {">=": 1}}, "channel": "sms", "send_at": "2026-03-31T10:00:00Z", "days": 7
    });
    let (status, now) = shop.post("/campaigns", &now).await;
    assert_eq!((status, &now["treated"], &now["control"]), (StatusCode::CREATED, &json!(2), &json!(0)), "{now}");
    let treated: Vec<_> = now["outcome"]["by_segment"]["revenue"].as_array().unwrap().clone();
    assert_eq!(treated.iter().map(|row| row["treated_customers"].as_u64().unwrap()).sum::<u64>(), 2, "{treated:?}");
    assert_eq!(shop.ok("/campaigns/before").await["outcome"]["by_segment"], json!(null));
}

/// The tables after so many migrations.
async fn earlier(database: &Database, migrations: usize) -> AnyPool {
    let pool = database.connect().await;
    let mut migrator = sqlx::migrate!();
    migrator.migrations = Cow::Owned(migrator.migrations.iter().take(migrations).cloned().collect());
    migrator.run(&pool).await.unwrap();
    pool
}
