use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Database, Shop, on_both, order};

on_both![
    a_fit_is_stored_used_at_once_and_compared,
    models_of_an_earlier_form_are_fitted_anew,
    a_fit_of_nobody_is_refused,
    one_fit_at_a_time,
];

async fn a_fit_is_stored_used_at_once_and_compared(database: Database) {
    let shop = Shop::start_with(&database, &[("SAMPLE", "true")]);
    let first = shop.ok("/models").await;
    assert_eq!((&first["current"], &first["versions"][0]["drift"]), (&json!(1), &Value::Null));
    assert_eq!(first["versions"][0]["purchases"], "fitted");
    // A thousand new customers of today move the marks of all others.
    let orders: Vec<_> = (0..1000).map(|n| order(&format!("n{n}"), &format!("new{n}"), "1998-06-30", "1")).collect();
    assert_eq!(shop.post("/orders", &json!(orders)).await.0, StatusCode::CREATED);
    let (status, second) = shop.post("/models/fit", &json!({})).await;
    assert_eq!(status, StatusCode::CREATED, "{second}");
    assert_eq!((&second["version"], &second["customers"]), (&json!(2), &json!(3357)));
    assert!(second["drift"]["segment_changes"].as_u64().unwrap() > 0, "{second}");
    assert!(second["drift"]["tier_changes"].as_u64().unwrap() > 0, "{second}");
    assert_eq!(shop.ok("/customers/00004").await["model"], 2);
    drop(shop);
    // What was stored is what a new process starts with.
    let shop = Shop::start_with(&database, &[("SAMPLE", "true")]);
    let models = shop.ok("/models").await;
    assert_eq!((&models["current"], models["versions"].as_array().unwrap().len()), (&json!(2), 2));
    let (_, third) = shop.post("/models/fit", &json!({})).await;
    assert_eq!(third["drift"], json!({"segment_changes": 0, "tier_changes": 0}), "the same customers, the same labels");
}

/// Whoever starts a new version of the program has models of the old one.
async fn models_of_an_earlier_form_are_fitted_anew(database: Database) {
    drop(Shop::start_with(&database, &[("SAMPLE", "true")]));
    let pool = database.connect().await;
    sqlx::query("UPDATE models SET model = $1").bind(r#"{"as_of": "1998-06-30"}"#).execute(&pool).await.unwrap();
    pool.close().await;
    let shop = Shop::start_with(&database, &[("SAMPLE", "true")]);
    let models = shop.ok("/models").await;
    assert_eq!(models["current"], 2);
    let [second, first] = [0, 1].map(|at| &models["versions"][at]);
    assert_eq!((&second["purchases"], &second["drift"]), (&json!("fitted"), &Value::Null), "nothing to compare with");
    assert_eq!((&first["version"], &first["purchases"], &first["spend"]), (&json!(1), &Value::Null, &Value::Null));
    assert_eq!(shop.ok("/customers/00004").await["labels"]["segment"]["key"], "loyal");
}

async fn a_fit_of_nobody_is_refused(database: Database) {
    let shop = Shop::start(&database);
    let (status, body) = shop.post("/models/fit", &json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT, "{body}");
    let unpaid = json!({"order_id": "a", "customer_id": "ann", "placed_at": "2026-03-01T12:00:00Z", "amount": "1", "status": "unpaid"});
    assert_eq!(shop.post("/orders", &unpaid).await.0, StatusCode::CREATED);
    assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CONFLICT);
    // One customer is a shop: what cannot be fitted says why.
    shop.post("/orders", &order("b", "bo", "2026-03-01", "1")).await;
    let (status, body) = shop.post("/models/fit", &json!({})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    assert_ne!(body["spend"], "fitted");
    assert!(shop.ok("/customers/bo").await["labels"].is_object());
    assert!(shop.ok("/customers/ann").await["labels"].is_null());
}

async fn one_fit_at_a_time(database: Database) {
    let shop = Shop::start_with(&database, &[("SAMPLE", "true")]);
    let nothing = json!({});
    let fits = (0..4).map(|_| shop.post("/models/fit", &nothing));
    let answers = futures_util::future::join_all(fits).await;
    let made: Vec<_> = answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).collect();
    assert!(!made.is_empty());
    assert!(answers.iter().all(|(status, _)| [StatusCode::CREATED, StatusCode::CONFLICT].contains(status)));
    let versions = shop.ok("/models").await["versions"].as_array().unwrap().len();
    assert_eq!(versions, 1 + made.len());
}
