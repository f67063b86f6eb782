use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, answer, on_both, order};

on_both![
    a_rule_selects_page_by_page,
    a_rule_asks_for_what_customers_are_said_to_be,
    who_cannot_be_judged_is_counted,
    bad_rules_are_refused_with_their_place,
    what_the_shop_does_not_supply_is_refused_by_name,
];

const SAMPLE: [(&str, &str); 1] = [("SAMPLE", "true")];

async fn a_rule_selects_page_by_page(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    let rule = json!({"all": [{"tier": {"in": ["vip", "supreme"]}}, {"days_since_last": {">=": 60}}]});
    let (mut ids, mut cursor, mut examined) = (Vec::new(), Value::Null, 0);
    loop {
        let question = json!({"rule": rule, "limit": 10, "cursor": cursor});
        let (status, page) = shop.post("/audiences", &question).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        ids.extend(page["customer_ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()));
        examined += page["examined"].as_u64().unwrap();
        cursor = page["cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(examined, 2357);
    assert!(ids.is_sorted() && ids.len() > 10, "{}", ids.len());
    // The same question to the list of customers.
    let mut expected = Vec::new();
    for tier in ["vip", "supreme"] {
        let page = shop.ok(&format!("/customers?tier={tier}&limit=200")).await;
        assert!(page["cursor"].is_null());
        let late = page["customers"].as_array().unwrap().iter();
        let late = late.filter(|customer| customer["figures"]["days_since_last"].as_u64().unwrap() >= 60);
        expected.extend(late.map(|customer| customer["customer_id"].as_str().unwrap().to_owned()));
    }
    expected.sort();
    assert_eq!(ids, expected);
    let request = shop.request(Method::POST, "/audiences").header("Accept-Language", "zh");
    let (_, chinese) = answer(request.json(&json!({"rule": {"segment": "loyal"}, "limit": 1}))).await;
    assert!(chinese["sentence"].as_str().unwrap().contains("忠诚客户"), "{chinese}");
}

/// A rule on a forecast means the customers whose page shows it.
async fn a_rule_asks_for_what_customers_are_said_to_be(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    let rule = json!({"all": [{"expected_value": {">=": 30}}, {"probability_alive": {"<": 0.9}}]});
    let (status, page) = shop.post("/audiences", &json!({"rule": rule, "limit": 1000})).await;
    assert_eq!((status, &page["not_judged"]), (StatusCode::OK, &json!(0)), "{page}");
    let ids = page["customer_ids"].as_array().unwrap();
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap();
    let mut expected = Vec::new();
    for customer in shop.customers("").await {
        let (value, alive) = (number(&customer["expected_value"]["value"]), number(&customer["alive"]["value"]));
        assert!((value - 30.0).abs() > 0.005, "in cents it is not seen on which side of 30 it lies: {customer}");
        if value >= 30.0 && alive < 0.9 {
            expected.push(customer["customer_id"].clone());
        }
    }
    assert!(expected.len() > 10, "{}", expected.len());
    assert_eq!(ids, &expected);
}

/// A history does not hold the purchase before the last one of whoever came often.
async fn who_cannot_be_judged_is_counted(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    let rule = json!({"days_since_previous": {"<": 3000}});
    let (_, page) = shop.post("/audiences", &json!({"rule": rule, "limit": 1000})).await;
    let customers = shop.customers("").await;
    let often = customers.iter().filter(|customer| {
        let figures = &customer["figures"];
        figures["purchases"].as_u64().unwrap() > 2 && figures["purchase_days"].as_u64().unwrap() > 1
    });
    assert_eq!((&page["examined"], &page["not_judged"]), (&json!(customers.len()), &json!(often.count())));
}

async fn what_the_shop_does_not_supply_is_refused_by_name(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    for (rule, name) in [
        (json!({"spend_band": "from_800"}), "spend_band"),
        (json!({"quantity_stretch": {">": 2}}), "quantity_stretch"),
        (json!({"tag": "wine"}), "tag"),
        (json!({"days_since": {"activity": "cart", "<": 30}}), "days_since"),
        (json!({"attribute": {"name": "age", ">=": 18}}), "age"),
        (json!({"any": [{"tier": "vip"}, {"tag": "wine"}]}), "any[1].tag"),
    ] {
        let (status, body) = shop.post("/audiences", &json!({"rule": rule})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{rule}: {body}");
        assert!(body["errors"][0]["expected"].as_str().unwrap().contains(name), "{name}: {body}");
    }
    // One customer is too few for a model of spend: no value is expected of anybody.
    let few = Database::of_the_same_kind(&database).await;
    let shop = Shop::start(&few);
    shop.post("/orders", &order("a", "ann", "2026-03-01", "5")).await;
    shop.post("/models/fit", &json!({})).await;
    let (status, body) = shop.post("/audiences", &json!({"rule": {"expected_value": {">=": 1}}})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    assert!(body["errors"][0]["expected"].as_str().unwrap().contains("expected_value"), "{body}");
}

async fn bad_rules_are_refused_with_their_place(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    for (rule, place) in [
        (json!({"tier": "gold"}), "gold"),
        (json!({"all": [{"purchases": {">=": 1}}, {"height": 2}]}), "all[1]"),
        (json!({"purchases": {"=>": 1}}), "purchases"),
        (json!([]), "object"),
        (json!(null), "object"),
    ] {
        let (status, body) = shop.post("/audiences", &json!({"rule": rule})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(body["errors"][0]["expected"].as_str().unwrap().contains(place), "{place}: {body}");
    }
    for body in [json!({}), json!({"rule": {}, "size": 1}), json!({"rule": {}, "limit": -1})] {
        assert_eq!(shop.post("/audiences", &body).await.0, StatusCode::BAD_REQUEST, "{body}");
    }
    let (_, page) = shop.post("/audiences", &json!({"rule": {"tier": "vip"}, "limit": 1})).await;
    let elsewhere = json!({"rule": {"tier": "supreme"}, "cursor": page["cursor"]});
    let (status, body) = shop.post("/audiences", &elsewhere).await;
    assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("cursor")));
}
