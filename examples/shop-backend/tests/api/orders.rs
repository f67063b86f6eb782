use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Database, Shop, on_both, order};
use crate::truth::check_histories;

on_both![
    an_order_is_stored_once,
    another_order_of_the_same_id_is_refused,
    a_batch_is_stored_as_a_whole_or_not_at_all,
    orders_may_come_in_any_order,
    bad_orders_are_refused_by_name,
    money_is_exact,
    whoever_sends_many_gets_a_short_answer,
];

async fn an_order_is_stored_once(database: Database) {
    let shop = Shop::start(&database);
    let posted = order("a", "ann", "2026-03-01", "19.90");
    let (status, body) = shop.post("/orders", &posted).await;
    assert_eq!((status, &body["stored"]), (StatusCode::CREATED, &json!(1)), "{body}");
    let figures = body["customers"][0]["figures"].clone();
    assert_eq!((&figures["purchases"], &figures["revenue"]), (&json!(1), &json!("19.90")));
    // The same moment and the same money in other words are the same order.
    let retry = json!({
        "order_id": "a", "customer_id": "ann", "placed_at": "2026-03-01T20:00:00+08:00", "amount": "19.9",
        "refunded": "0.00", "status": "paid"
    });
    for retry in [&posted, &retry, &json!([posted, retry])] {
        let (status, body) = shop.post("/orders", retry).await;
        assert_eq!((status, &body["stored"]), (StatusCode::OK, &json!(0)), "{body}");
        assert_eq!(body["customers"][0]["figures"], figures);
    }
    assert_eq!(check_histories(&database).await, ["a"]);
}

async fn another_order_of_the_same_id_is_refused(database: Database) {
    let shop = Shop::start(&database);
    shop.post("/orders", &order("a", "ann", "2026-03-01", "19.90")).await;
    for (found, known, other) in [
        ("19.91", "19.90", order("a", "ann", "2026-03-01", "19.91")),
        ("\"bo\"", "\"ann\"", order("a", "bo", "2026-03-01", "19.90")),
        ("2026-03-02T12:00:00Z", "2026-03-01T12:00:00Z", order("a", "ann", "2026-03-02", "19.90")),
    ] {
        let (status, body) = shop.post("/orders", &other).await;
        assert_eq!(status, StatusCode::CONFLICT, "{body}");
        let fault = &body["errors"][0];
        assert!(fault["found"].as_str().unwrap().contains(found), "{body}");
        let expected = fault["expected"].as_str().unwrap();
        assert!(expected.contains(known) && expected.contains("order \"a\""), "{body}");
    }
    assert_eq!(shop.get("/customers/bo").await.0, StatusCode::NOT_FOUND);
    check_histories(&database).await;
}

async fn a_batch_is_stored_as_a_whole_or_not_at_all(database: Database) {
    let shop = Shop::start(&database);
    shop.post("/orders", &order("a", "ann", "2026-03-01", "1")).await;
    let conflict = json!([order("b", "bo", "2026-03-01", "1"), order("a", "cy", "2026-03-01", "1")]);
    assert_eq!(shop.post("/orders", &conflict).await.0, StatusCode::CONFLICT);
    assert_eq!(check_histories(&database).await, ["a"]);
    let batch: Vec<_> = (0..1000).map(|n| order(&format!("n{n}"), &format!("c{}", n % 7), "2026-03-01", "1")).collect();
    let (status, body) = shop.post("/orders", &json!(batch)).await;
    assert_eq!((status, body["customers"].as_array().unwrap().len()), (StatusCode::CREATED, 7));
    assert_eq!(check_histories(&database).await.len(), 1001);
}

async fn orders_may_come_in_any_order(database: Database) {
    let shop = Shop::start(&database);
    for (id, day) in [("a", "2026-03-09"), ("b", "2026-03-01"), ("c", "2026-03-20"), ("d", "2026-03-05")] {
        assert_eq!(shop.post("/orders", &order(id, "ann", day, "10")).await.0, StatusCode::CREATED);
    }
    let batch = json!([order("e", "ann", "2026-03-30", "1"), order("f", "ann", "2026-02-01", "1")]);
    assert_eq!(shop.post("/orders", &batch).await.0, StatusCode::CREATED);
    let ann = shop.ok("/customers/ann").await;
    assert_eq!(ann["figures"]["first_purchase"], "2026-02-01");
    assert_eq!(ann["figures"]["last_purchase"], "2026-03-30");
    assert_eq!((&ann["figures"]["purchases"], &ann["figures"]["revenue"]), (&json!(6), &json!("42.00")));
    check_histories(&database).await;
}

async fn bad_orders_are_refused_by_name(database: Database) {
    let shop = Shop::start(&database);
    let with = |field: &str, value: Value| {
        let mut order = order("a", "ann", "2026-03-01", "19.90");
        order[field] = value;
        order
    };
    let cases = [
        ("order_id", json!("")),
        ("order_id", json!("x".repeat(101))),
        ("customer_id", json!("a\u{0}b")),
        ("placed_at", json!("yesterday")),
        ("placed_at", json!("2026-02-30T12:00:00Z")),
        ("placed_at", json!("1969-12-31T12:00:00Z")),
        ("placed_at", json!("2026-04-01T00:00:00Z")),
        ("placed_at", json!("1000000-01-01T00:00:00Z")),
        ("amount", json!("-1")),
        ("amount", json!("19.905")),
        ("amount", json!("1e9")),
        ("amount", json!("NaN")),
        ("amount", json!("99999999999999999999")),
        ("refunded", json!("19.91")),
    ];
    for (field, value) in cases {
        let (status, body) = shop.post("/orders", &with(field, value.clone())).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}: {body}");
        assert_eq!(body["errors"][0]["field"], field, "{value}: {body}");
        let batch = json!([order("b", "bo", "2026-03-01", "1"), with(field, value)]);
        let (status, body) = shop.post("/orders", &batch).await;
        assert_eq!((status, &body["errors"][0]["record"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(1)), "{body}");
    }
    for (field, value) in
        [("amount", json!(19.9)), ("status", json!("lost")), ("coupon", json!("x")), ("order_id", json!(7))]
    {
        let (status, body) = shop.post("/orders", &json!([with(field, value)])).await;
        assert_eq!((status, &body["errors"][0]["record"]), (StatusCode::BAD_REQUEST, &json!(0)), "{body}");
        assert!(body["detail"].as_str().unwrap().contains(field), "{body}");
    }
    let batch: Vec<_> = (0..1001).map(|n| order(&format!("n{n}"), "ann", "2026-03-01", "1")).collect();
    for body in [json!([]), json!(batch)] {
        assert_eq!(shop.post("/orders", &body).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(shop.post("/orders", &json!("order")).await.0, StatusCode::BAD_REQUEST);
    assert!(check_histories(&database).await.is_empty());
}

async fn money_is_exact(database: Database) {
    let shop = Shop::start(&database);
    // As binary fractions, these do not sum to 0.30; and the last is beyond a double's integers when summed.
    for (id, amount) in [("a", "0.10"), ("b", "0.20"), ("c", "10000000000.00"), ("d", "9999999999.99")] {
        assert_eq!(shop.post("/orders", &order(id, "ann", "2026-03-01", amount)).await.0, StatusCode::CREATED);
    }
    assert_eq!(shop.ok("/customers/ann").await["figures"]["revenue"], "20000000000.29");
    check_histories(&database).await;
}

async fn whoever_sends_many_gets_a_short_answer(database: Database) {
    let shop = Shop::start(&database);
    for (id, prefer, is_short) in [
        ("a", "return=minimal", true),
        ("b", "wait=5, Return=Minimal; x=y", true),
        ("c", "return=representation", false),
    ] {
        let request = shop.request(reqwest::Method::POST, "/orders").header("Prefer", prefer);
        let (status, body) = crate::harness::answer(request.json(&json!([order(id, "ann", "2026-03-01", "1")]))).await;
        assert_eq!(
            (status, &body["stored"], body["customers"].is_null()),
            (StatusCode::CREATED, &json!(1), is_short),
            "{prefer}"
        );
    }
    let many: Vec<_> = (0..1000).map(|n| order(&format!("n{n}"), &format!("c{n}"), "2026-03-01", "1")).collect();
    let request = shop.request(reqwest::Method::POST, "/orders").header("Prefer", "return=minimal").json(&many);
    let short = request.send().await.unwrap().text().await.unwrap();
    assert_eq!(short, r#"{"stored":1000,"unchanged":0,"waiting":[]}"#);
}
