//! What was said of orders is shown; a customer is forgotten; customers leave the house as a table.

use repurchase::rust_decimal::Decimal;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, answer, on_both, order};
use crate::import::imported;
use crate::truth::check_histories;

on_both![
    an_order_is_shown_with_what_was_said_of_it,
    a_timeline_has_all_orders_of_a_person,
    a_customer_is_forgotten_and_the_orders_stay,
    customers_of_a_label_leave_as_a_table,
];

async fn an_order_is_shown_with_what_was_said_of_it(database: Database) {
    let shop = Shop::start(&database);
    let refund =
        json!({"order_id": "a", "event": "refunded", "refund_id": "r", "at": "2026-03-05T12:00:00Z", "amount": "5"});
    shop.post("/events", &refund).await;
    let waiting = shop.ok("/orders/a").await;
    assert_eq!((&waiting["order"], waiting["statements"].as_array().unwrap().len()), (&Value::Null, 1));
    shop.post("/orders", &order("a", "ann", "2026-03-01", "19.90")).await;
    shop.post("/aliases", &json!({"alias_id": "ann", "customer_id": "Ann Lee"})).await;
    let shown = shop.ok("/orders/a").await;
    let expected = json!({
        "customer_id": "Ann Lee", "placed_at": "2026-03-01T12:00:00Z", "amount": "19.90", "refunded": "5.00",
        "status": "paid", "is_purchase": true
    });
    assert_eq!(shown["order"], expected);
    let statements = json!([
        {"order_id": "a", "event": "refunded", "at": "2026-03-05T12:00:00Z", "amount": "5.00", "refund_id": "r"},
        {"order_id": "a", "event": "placed", "at": "2026-03-01T12:00:00Z", "customer_id": "ann", "amount": "19.90"},
        {"order_id": "a", "event": "paid", "at": "2026-03-01T12:00:00Z"},
    ]);
    assert_eq!(shown["statements"], statements);
    // What is shown is what can be said.
    let (status, body) = shop.post("/events", &shown["statements"]).await;
    assert_eq!((status, &body["unchanged"]), (StatusCode::OK, &json!(3)), "{body}");
    assert_eq!(shop.get("/orders/b").await.0, StatusCode::NOT_FOUND);
    assert_eq!(shop.get("/orders/%00").await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn a_timeline_has_all_orders_of_a_person(database: Database) {
    let shop = Shop::start(&database);
    for (id, customer, day) in [("a", "ann", "2026-03-01"), ("b", "lee", "2026-03-05"), ("c", "zoe", "2026-03-02")] {
        shop.post("/orders", &order(id, customer, day, "10")).await;
    }
    shop.post("/aliases", &json!({"alias_id": "lee", "customer_id": "ann"})).await;
    let credit = json!({"order_id": "k", "event": "credited", "customer_id": "lee", "at": "2026-03-09T00:00:00Z", "amount": "1"});
    shop.post("/events", &credit).await;
    let timeline = shop.ok("/customers/lee/timeline").await;
    let told = |timeline: &Value| -> Vec<String> {
        let events = timeline["timeline"].as_array().unwrap().iter();
        events.map(|one| format!("{} {}", one["order_id"].as_str().unwrap(), one["event"].as_str().unwrap())).collect()
    };
    assert_eq!((&timeline["customer_id"], &timeline["events"]), (&json!("ann"), &json!(5)));
    assert_eq!(told(&timeline), ["k credited", "b placed", "b paid", "a placed", "a paid"]);
    assert_eq!(told(&shop.ok("/customers/ann/timeline?limit=2").await), ["k credited", "b placed"]);
    assert_eq!(shop.get("/customers/nobody/timeline").await.0, StatusCode::NOT_FOUND);
    assert_eq!(shop.get("/customers/ann/timeline?limit=0").await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn a_customer_is_forgotten_and_the_orders_stay(database: Database) {
    let file = "order_id,customer_id,placed_at,amount\n1,Ann@example.com,2026-03-01,20\n2,ann@example.com,2026-03-02,30\n3,bo@example.com,2026-03-02,30\n";
    imported(&database, file, &[]);
    let shop = Shop::start(&database);
    shop.post("/orders", &order("a", "ann", "2026-03-09", "5")).await;
    shop.post("/aliases", &json!({"alias_id": "ann", "customer_id": "ann@example.com"})).await;
    shop.put("/customers/ann/traits", &json!({"tags": ["ann\'s list"], "attributes": {"anniversary": "May"}})).await;
    let view = json!([{"customer_id": "ann", "activity": "view", "category": "annuals", "at": "2026-03-09T12:00:00Z"}]);
    assert_eq!(shop.post("/activities", &view).await.0, StatusCode::CREATED);
    let pair = |one: &str, other: &str| json!({"referrer_id": one, "referred_id": other, "at": "2026-03-09T12:00:00Z"});
    let pairs = json!([pair("ann", "bo@example.com"), pair("cy", "ann")]);
    assert_eq!(shop.post("/referrals", &pairs).await.0, StatusCode::CREATED);
    let card = json!([{"customer_id": "ann", "joined": "2026-03-01", "fee": "60"}]);
    assert_eq!(shop.post("/memberships", &card).await.0, StatusCode::CREATED);
    let before = shop.ok("/segments").await;
    let delete = async |id: &str| answer(shop.request(Method::DELETE, &format!("/customers/{id}"))).await;
    let (status, body) = delete("ann").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!((&body["deleted_ids"], &body["kept_orders"]), (&json!(["ann", "ann@example.com"]), &json!(3)));
    let kept_as = body["kept_as"].as_str().unwrap();
    assert!(kept_as.starts_with("deleted-") && !body["why"].as_str().unwrap().is_empty());
    assert_eq!(shop.get("/customers/ann").await.0, StatusCode::NOT_FOUND);
    assert_eq!(delete("ann").await.0, StatusCode::NOT_FOUND);
    let kept = shop.ok(&format!("/customers/{kept_as}")).await;
    assert_eq!((&kept["figures"]["purchases"], &kept["figures"]["revenue"]), (&json!(3), &json!("55.00")));
    assert_eq!(shop.ok("/segments").await, before, "the figures of the shop stay");
    assert_eq!(check_histories(&database).await, ["1", "2", "3", "a"]);
    // Nowhere in the database is there anything of the ids that are gone.
    let pool = database.connect().await;
    for (table, columns) in [
        ("orders", "order_id || statements || COALESCE(customer_id, '')"),
        ("customers", "customer_id || history || COALESCE(known_as, '')"),
        ("aliases", "from_id || to_id || customer_id"),
        ("imports", "file || notes"),
        ("models", "model"),
        ("traits", "customer_id || said"),
        ("trait_names", "name"),
        ("activities", "customer_id || category"),
        ("visits", "customer_id || category"),
        ("memberships", "customer_id"),
        ("referrals", "referrer || referred"),
    ] {
        let select = sqlx::AssertSqlSafe(format!("SELECT {columns} FROM {table}"));
        for row in sqlx::query(select).fetch_all(&pool).await.unwrap() {
            let text: String = sqlx::Row::get(&row, 0);
            assert!(!text.to_lowercase().contains("ann"), "{table}: {text}");
        }
    }
    pool.close().await;
    // An old export still names her: her orders stay as they are, the others go in.
    drop(shop);
    let text = imported(&database, &format!("{file}4,bo@example.com,2026-03-03,1\n"), &[]);
    assert!(text.contains("1 orders and credits stored, 3 known before"), "{text}");
    check_histories(&database).await;
    // Who comes back is somebody new.
    let shop = Shop::start(&database);
    shop.post("/orders", &order("b", "ann", "2026-03-10", "5")).await;
    assert_eq!(shop.ok("/customers/ann").await["figures"]["purchases"], 1);
    check_histories(&database).await;
}

async fn customers_of_a_label_leave_as_a_table(database: Database) {
    let shop = Shop::start_with(&database, &[("SAMPLE", "true")]);
    let table = async |question: &str| {
        let response = shop.request(Method::GET, &format!("/customers.csv?{question}")).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8");
        let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
        (name, response.text().await.unwrap())
    };
    let (name, text) = table("segment=champions&sort=revenue").await;
    assert_eq!(name, "attachment; filename=\"champions.csv\"");
    let listed = shop.customers("segment=champions&sort=revenue").await;
    let mut lines = text.lines();
    let head: Vec<_> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<_>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), listed.len());
    assert!(rows.len() > 20);
    let field = |row: &[&str], name: &str| row[head.iter().position(|column| *column == name).unwrap()].to_owned();
    for (row, customer) in rows.iter().zip(&listed) {
        assert_eq!(row.len(), head.len());
        assert_eq!(field(row, "customer_id"), customer["customer_id"]);
        assert_eq!(field(row, "last_purchase"), customer["figures"]["last_purchase"]);
        let money = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(money(&field(row, "revenue")), money(customer["figures"]["revenue"].as_str().unwrap()));
        assert_eq!(
            (field(row, "segment"), field(row, "tier")),
            ("champions".to_owned(), customer["labels"]["tier"]["key"].as_str().unwrap().to_owned())
        );
        let alive: f64 = field(row, "alive").parse().unwrap();
        // serde_json, as it is built here, reads a float to the last bit but one.
        assert!((alive - customer["alive"]["value"].as_f64().unwrap()).abs() <= f64::EPSILON, "{customer}");
        assert_eq!(field(row, "expected_value"), customer["expected_value"]["value"]);
    }
    // More than one page of the database, each customer once.
    let (_, all) = table("").await;
    let mut ids: Vec<_> = all.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    ids.dedup();
    assert_eq!((ids.len(), ids.is_sorted()), (2357, true));
    shop.post("/orders", &order("odd", "a \"b\", c", "1998-06-30", "1")).await;
    assert!(table("").await.1.contains("\n\"a \"\"b\"\", c\",1998-06-30,"), "quoted");
    let (status, body) = shop.get("/customers.csv?segment=nobody").await;
    assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("segment")));
}
