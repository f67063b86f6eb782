use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use repurchase::rust_decimal::Decimal;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, answer, on_both, order};

on_both![
    a_customer_is_explained_in_both_languages,
    before_any_model_there_are_figures_and_no_labels,
    pages_hold_everyone_of_a_label_once,
    a_page_is_right_while_orders_come_in,
    bad_questions_are_refused_by_name,
    by_value_and_by_risk,
    a_list_by_value_goes_on_while_orders_come_in,
    a_figure_that_is_known_of_nobody_is_no_order,
];

const SAMPLE: [(&str, &str); 1] = [("SAMPLE", "true")];

async fn a_customer_is_explained_in_both_languages(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    let english = shop.ok("/customers/00004").await;
    let request = shop.request(Method::GET, "/customers/00004").header("Accept-Language", "zh-CN,en;q=0.5");
    let (_, chinese) = answer(request).await;
    assert_eq!(english["labels"]["segment"]["key"], "loyal");
    assert_eq!(english["labels"]["segment"]["why"], "Loyal: R 4, F 4; rule 6 of 10: R 3-4, F 4-5");
    assert_eq!(chinese["labels"]["segment"]["name"], "忠诚客户");
    assert_eq!(english["labels"]["rfm"]["key"], "444");
    assert_eq!(english["figures"]["mean_gap_days"], 115.0);
    assert_eq!(english["alive"]["value"], chinese["alive"]["value"]);
    assert_ne!(english["alive"]["why"], chinese["alive"]["why"]);
    assert_eq!(english["expected_value"]["value"], chinese["expected_value"]["value"]);
    let alive = english["alive"]["value"].as_f64().unwrap();
    assert!(0.0 < alive && alive < 1.0);
    assert_eq!(shop.get("/customers/nobody").await.0, StatusCode::NOT_FOUND);
    assert_eq!(shop.get("/customers/a%00b").await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn before_any_model_there_are_figures_and_no_labels(database: Database) {
    let shop = Shop::start(&database);
    shop.post("/orders", &order("a", "ann", "2026-03-01", "5")).await;
    let ann = shop.ok("/customers/ann").await;
    assert_eq!((&ann["model"], &ann["labels"], &ann["alive"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(ann["figures"]["purchases"], 1);
    let (status, body) = shop.get("/customers?segment=loyal").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    assert_eq!(shop.ok("/segments").await["model"], Value::Null);
}

fn ids(customers: &[Value]) -> BTreeSet<&str> {
    customers.iter().map(|customer| customer["customer_id"].as_str().unwrap()).collect()
}

async fn pages_hold_everyone_of_a_label_once(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    let groups = shop.ok("/segments").await;
    let mut seen = 0;
    for (kind, sort) in [("segments", "revenue"), ("tiers", "last_purchase")] {
        let kind_of_label = kind.trim_end_matches('s');
        let mut everybody = BTreeSet::new();
        for group in groups[kind].as_array().unwrap() {
            let key = group["key"].as_str().unwrap();
            let customers = shop.customers(&format!("{kind_of_label}={key}&sort={sort}")).await;
            assert_eq!(customers.len(), ids(&customers).len(), "{key}: nobody twice");
            assert_eq!(group["customers"]["count"], customers.len(), "{key}");
            assert_eq!(group["customers"]["of"], 2357);
            for customer in &customers {
                assert_eq!(customer["labels"][kind_of_label]["key"], key, "{customer}");
            }
            let sorted: Vec<f64> = customers.iter().map(|customer| place(customer, sort)).collect();
            assert!(sorted.is_sorted_by(|left, right| left >= right), "{key} by {sort}");
            seen += customers.len();
            everybody.extend(customers.into_iter().map(|customer| customer["customer_id"].to_string()));
        }
        assert_eq!(everybody.len(), 2357, "{kind}");
    }
    assert_eq!(seen, 2 * 2357);
    let both = shop.customers("segment=champions&tier=supreme").await;
    assert!(!both.is_empty());
    assert!(both.iter().all(|customer| customer["labels"]["tier"]["key"] == "supreme"));
}

fn place(customer: &Value, sort: &str) -> f64 {
    match sort {
        "revenue" => customer["figures"]["revenue"].as_str().unwrap().parse().unwrap(),
        _ => -customer["figures"]["days_since_last"].as_f64().unwrap(),
    }
}

async fn a_page_is_right_while_orders_come_in(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    let before = shop.customers("segment=hibernating").await;
    let gone = before[0]["customer_id"].as_str().unwrap();
    let now = order("a", gone, "1998-06-30", "10");
    assert_eq!(shop.post("/orders", &now).await.0, StatusCode::CREATED);
    let after = shop.customers("segment=hibernating").await;
    assert_eq!(after.len(), before.len() - 1);
    assert!(!ids(&after).contains(gone));
}

async fn bad_questions_are_refused_by_name(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    let first = shop.ok("/customers?segment=loyal&limit=1").await;
    let cursor = first["cursor"].as_str().unwrap();
    let cases = [
        ("segment", "segment=vip".to_owned()),
        ("tier", "tier=loyal".to_owned()),
        ("sort", "sort=name".to_owned()),
        ("limit", "limit=0".to_owned()),
        ("limit", "limit=-1".to_owned()),
        ("limit", "limit=201".to_owned()),
        ("limit", "limit=many".to_owned()),
        ("cursor", "cursor=abc".to_owned()),
        // From elsewhere: another segment, another order, no segment.
        ("cursor", format!("segment=at_risk&cursor={cursor}")),
        ("cursor", format!("segment=loyal&sort=revenue&cursor={cursor}")),
        ("cursor", format!("cursor={cursor}")),
    ];
    for (field, question) in cases {
        let (status, body) = shop.get(&format!("/customers?{question}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{question}: {body}");
        assert_eq!(body["errors"][0]["field"], field, "{question}: {body}");
    }
    for question in ["page=2", "limit=1&limit=2"] {
        assert_eq!(shop.get(&format!("/customers?{question}")).await.0, StatusCode::BAD_REQUEST, "{question}");
    }
    assert_eq!(shop.get("/customers?limit=1&segment=loyal").await.1["customers"], json!(first["customers"]));
}

/// What is sorted by, in the currency.
fn worth(customer: &Value, figure: &str) -> Decimal {
    customer[figure]["value"].as_str().unwrap().parse().unwrap()
}

/// Against the whole list, sorted here.
async fn by_value_and_by_risk(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    let everybody = shop.customers("").await;
    for (sort, figure) in [("value", "expected_value"), ("risk", "expected_loss")] {
        let mut expected = everybody.clone();
        expected.sort_by_key(|customer| (Reverse(worth(customer, figure)), customer["customer_id"].to_string()));
        assert_ne!(worth(&expected[0], figure), worth(&expected[2000], figure));
        assert_eq!(shop.customers(&format!("sort={sort}")).await, expected, "{sort}");
        // Of one label, and as a table.
        expected.retain(|customer| customer["labels"]["segment"]["key"] == "at_risk");
        assert_eq!(shop.customers(&format!("sort={sort}&segment=at_risk")).await, expected, "{sort}");
        let path = format!("/customers.csv?segment=at_risk&sort={sort}");
        let table = shop.request(Method::GET, &path).send().await.unwrap().text().await.unwrap();
        let ids: Vec<_> = table.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        let expected: Vec<_> = expected.iter().map(|customer| customer["customer_id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{sort}");
    }
}

/// Whoever did not buy meanwhile comes once, and is where they were.
async fn a_list_by_value_goes_on_while_orders_come_in(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    let before: Vec<_> = shop.customers("sort=value").await;
    let id = |customer: &Value| customer["customer_id"].as_str().unwrap().to_owned();
    let purchases = |customer: &Value| customer["figures"]["purchases"].as_u64().unwrap();
    let purchases_before: BTreeMap<_, _> = before.iter().map(|customer| (id(customer), purchases(customer))).collect();
    let first = shop.ok("/customers?sort=value&limit=200").await;
    let mut seen: Vec<String> = first["customers"].as_array().unwrap().iter().map(id).collect();
    let (mut cursor, mut bought, mut number) = (first["cursor"].clone(), BTreeSet::new(), 0);
    while let Some(text) = cursor.as_str() {
        // One of the first, one of the last, one from the middle: each goes to another place.
        for at in [number, 2300 - number, 1000 + number] {
            let who = id(&before[at]);
            let order = order(&format!("n{at}"), &who, "1998-06-30", "500");
            assert_eq!(shop.post("/orders", &order).await.0, StatusCode::CREATED);
            bought.insert(who);
        }
        number += 1;
        let page = shop.ok(&format!("/customers?sort=value&limit=200&cursor={text}")).await;
        for customer in page["customers"].as_array().unwrap() {
            let purchases = purchases_before[&id(customer)] + u64::from(bought.contains(&id(customer)));
            assert_eq!(customer["figures"]["purchases"], purchases, "{customer}");
            seen.push(id(customer));
        }
        cursor = page["cursor"].clone();
    }
    let others = |ids: &mut dyn Iterator<Item = String>| ids.filter(|id| !bought.contains(id)).collect::<Vec<_>>();
    assert_eq!(others(&mut seen.into_iter()), others(&mut before.iter().map(id)));
    // Other models make another order.
    assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
    let (status, body) = shop.get(&format!("/customers?sort=value&cursor={}", first["cursor"].as_str().unwrap())).await;
    assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("cursor")), "{body}");
}

async fn a_figure_that_is_known_of_nobody_is_no_order(database: Database) {
    let shop = Shop::start(&database);
    let refused = async || {
        for sort in ["value", "risk"] {
            for path in ["/customers", "/customers.csv"] {
                let (status, body) = shop.get(&format!("{path}?sort={sort}")).await;
                let found = (status, &body["errors"][0]["field"], &body["errors"][0]["found"]);
                assert_eq!(found, (StatusCode::UNPROCESSABLE_ENTITY, &json!("sort"), &json!(sort)), "{body}");
            }
        }
    };
    refused().await;
    shop.post("/orders", &order("a", "ann", "2026-03-01", "5")).await;
    assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
    refused().await;
}
