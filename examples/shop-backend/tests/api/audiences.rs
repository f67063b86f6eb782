use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, answer, on_both};

on_both![a_rule_selects_page_by_page, bad_rules_are_refused_with_their_place];

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
