use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Database, Shop, on_both, order};

on_both![points_follow_the_orders, what_cannot_be_spent_is_refused];

/// By hand: 0.1 a unit, for 60 days.
async fn points_follow_the_orders(database: Database) {
    let shop = Shop::start(&database);
    assert_eq!(shop.get("/points-program").await.0, StatusCode::NOT_FOUND);
    let program = json!({"points_per_unit": "0.1", "expiry": {"days": 60}, "value_of_point": "0.05"});
    assert_eq!(shop.put("/points-program", &program).await, (StatusCode::OK, program));
    let mut unpaid = order("d", "ann", "2026-03-20", "500");
    unpaid["status"] = json!("unpaid");
    let orders = json!([
        order("a", "ann", "2026-01-15", "100"),    // 10 points, gone on 16 March
        order("b", "ann", "2026-02-20", "199.90"), // 19.99
        order("c", "ann", "2026-03-01", "50.10"),  // 5.01, with what was carried 6
        unpaid,
        order("e", "bo", "2026-03-05", "80"),
    ]);
    assert_eq!(shop.post("/orders", &orders).await.0, StatusCode::CREATED);
    let refund =
        json!({"order_id": "e", "event": "refunded", "refund_id": "r", "at": "2026-03-09T12:00:00Z", "amount": "30"});
    assert_eq!(shop.post("/events", &refund).await.0, StatusCode::CREATED);
    let ann = shop.ok("/customers/ann/points").await;
    assert_eq!((&ann["balance"], &ann["expired"], &ann["carried"]), (&json!(25), &json!(10), &json!("0")), "{ann}");
    assert_eq!(ann["lots"][0], json!({"points": 19, "earned": "2026-02-20", "expires": "2026-04-21", "order_id": "b"}));
    assert_eq!(shop.ok("/customers/bo/points").await["balance"], 5);
    let entry = json!({"entry_id": "p1", "customer_id": "ann", "points": -20});
    let (status, ann) = shop.post("/points", &entry).await;
    assert_eq!((status, &ann["balance"], &ann["redeemed"]), (StatusCode::CREATED, &json!(5), &json!(20)), "{ann}");
    assert_eq!(shop.post("/points", &entry).await.0, StatusCode::OK, "once");
    let gift = json!({"entry_id": "p2", "customer_id": "bo", "points": 7, "day": "2026-03-30"});
    assert_eq!(shop.post("/points", &gift).await.1["balance"], 12);
    let owed = shop.ok("/points").await;
    assert_eq!((&owed["points"], &owed["value"]), (&json!(17), &json!("0.85")), "{owed}");
    // Order b is given back after its points were spent: it earned 19 of the 20, and 5 are left.
    let cancelled = json!({"order_id": "b", "event": "cancelled", "at": "2026-03-31T09:00:00Z"});
    assert_eq!(shop.post("/events", &cancelled).await.0, StatusCode::CREATED);
    let ann = shop.ok("/customers/ann/points").await;
    assert_eq!((&ann["balance"], &ann["redeemed"]), (&json!(5), &json!(20)), "what was spent today stays spent: {ann}");
    drop(shop);
    let shop = Shop::start_with(&database, &[("SHOP_TODAY", "2026-04-01")]);
    let ann = shop.ok("/customers/ann/points").await;
    assert_eq!((&ann["balance"], &ann["owed"]), (&json!(0), &json!(15)), "{ann}");
    let (status, _) = shop.post("/points", &json!({"entry_id": "p3", "customer_id": "ann", "points": -1})).await;
    assert_eq!(status, StatusCode::CONFLICT, "there is nothing left");
    // Of a year that is not written.
    shop.put(
        "/points-program",
        &json!({"points_per_unit": "0.1", "expiry": {"days": 3_000_000}, "value_of_point": "1"}),
    )
    .await;
    assert_eq!(shop.ok("/customers/bo/points").await["lots"][0]["expires"], Value::Null);
    shop.put("/points-program", &json!({"points_per_unit": "0.1", "expiry": {"days": 60}, "value_of_point": "0.05"}))
        .await;
    // One person, one account.
    assert_eq!(shop.post("/aliases", &json!({"alias_id": "bo", "customer_id": "ann"})).await.0, StatusCode::CREATED);
    let both = shop.ok("/customers/bo/points").await;
    assert_eq!(both["customer_id"], "ann");
    assert_eq!((&both["redeemed"], &shop.ok("/points").await["points"]), (&json!(20), &both["balance"]));
}

async fn what_cannot_be_spent_is_refused(database: Database) {
    let shop = Shop::start(&database);
    for (field, program) in [
        ("points_per_unit", json!({"points_per_unit": "-1", "expiry": "never", "value_of_point": "0.05"})),
        ("value_of_point", json!({"points_per_unit": "1", "expiry": "never", "value_of_point": "x"})),
        ("expiry", json!({"points_per_unit": "1", "expiry": {"days": 0}, "value_of_point": "1"})),
    ] {
        let (status, body) = shop.put("/points-program", &program).await;
        assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{body}");
    }
    let program = json!({"points_per_unit": "1", "expiry": "never", "value_of_point": "0.01"});
    shop.put("/points-program", &program).await;
    shop.post("/orders", &order("a", "ann", "2026-03-01", "10")).await;
    let entry =
        |id: &str, customer: &str, points: i64| json!({"entry_id": id, "customer_id": customer, "points": points});
    let (status, body) = shop.post("/points", &entry("p", "ann", -11)).await;
    assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::CONFLICT, &json!("points")), "{body}");
    assert_eq!(shop.post("/points", &entry("p", "nobody", 1)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(shop.post("/points", &entry("p", "ann", 0)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let mut early = entry("p", "ann", -5);
    early["day"] = json!("2026-02-01");
    assert_eq!(shop.post("/points", &early).await.0, StatusCode::CONFLICT, "before they were earned");
    // Of ten who spend the same points at once, one does.
    let entries: Vec<_> = (0..10).map(|n| entry(&format!("q{n}"), "ann", -10)).collect();
    let answers = futures_util::future::join_all(entries.iter().map(|entry| shop.post("/points", entry))).await;
    let spent = answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).count();
    assert_eq!((spent, &shop.ok("/customers/ann/points").await["balance"]), (1, &json!(0)));
}
