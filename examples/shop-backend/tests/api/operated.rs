//! What whoever runs it sees: nights that are made up, fits that fail and are tried again, a line for each request.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, TODAY, command, on_both, order};

on_both![a_missed_night_is_made_up_at_the_start, a_fit_that_failed_is_tried_again_and_shown];

/// Waits, a minute at most, until something is so.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < Duration::from_mins(1), "it never came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn fitted(database: &Database) {
    let shop = Shop::start(database);
    shop.post("/orders", &json!([order("a", "ann", "2026-03-01", "5"), order("b", "bo", "2026-03-02", "5")])).await;
    assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
}

/// As if it had been two days ago.
async fn age(database: &Database) {
    let pool = database.connect().await;
    sqlx::query("UPDATE models SET fitted_at = fitted_at - 172800000000").execute(&pool).await.unwrap();
    pool.close().await;
}

async fn metric(shop: &Shop, name: &str) -> f64 {
    let text = shop.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let line = text.lines().find(|line| line.split(' ').next() == Some(name)).expect(name);
    line.split(' ').nth(1).unwrap().parse().unwrap()
}

async fn a_missed_night_is_made_up_at_the_start(database: Database) {
    fitted(&database).await;
    // The last night was not missed.
    let shop = Shop::start_with(&database, &[("SHOP_TODAY", TODAY), ("FIT_RETRY", "1")]);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(shop.ok("/models").await["current"], 1);
    assert_eq!((metric(&shop, "shop_model_version").await, metric(&shop, "shop_model_customers").await), (1.0, 2.0));
    assert!(metric(&shop, "shop_model_age_seconds").await < 600.0);
    drop(shop);
    age(&database).await;
    let shop = Shop::start(&database);
    until(async || shop.ok("/models").await["current"] == 2).await;
    let health = shop.ok("/healthz").await;
    assert_eq!(
        (&health["status"], &health["model"], &health["fit_failed_at"]),
        (&json!("ok"), &json!(2), &Value::Null)
    );
}

async fn a_fit_that_failed_is_tried_again_and_shown(database: Database) {
    fitted(&database).await;
    age(&database).await;
    let pool = database.connect().await;
    let select = "SELECT history FROM customers WHERE customer_id = 'bo'";
    let history: String = sqlx::query_scalar(select).fetch_one(&pool).await.unwrap();
    let spoil = "UPDATE customers SET history = $1 WHERE customer_id = 'bo'";
    sqlx::query(spoil).bind("{}").execute(&pool).await.unwrap();
    let shop = Shop::start_with(&database, &[("SHOP_TODAY", TODAY), ("FIT_RETRY", "1"), ("RUST_LOG", "off")]);
    until(async || shop.ok("/healthz").await["status"] == "degraded").await;
    let health = shop.ok("/healthz").await;
    assert_eq!(health["model"], 1, "it answers by the models that it has");
    assert!(health["fit_failed_at"].is_string());
    assert!(metric(&shop, "shop_model_age_seconds").await > 100_000.0);
    until(async || metric(&shop, "shop_fit_failures_total").await >= 2.0).await;
    sqlx::query(spoil).bind(history).execute(&pool).await.unwrap();
    pool.close().await;
    until(async || shop.ok("/healthz").await["status"] == "ok").await;
    assert_eq!(shop.ok("/models").await["current"], 2);
}

/// On standard error, under an id that the answer has: the caller's, if it is one.
#[tokio::test]
async fn each_request_has_a_line_and_an_id() {
    let (database, folder) = (Database::sqlite(), tempfile::TempDir::new().unwrap());
    let log = folder.path().join("log");
    let mut command = command(&database);
    command.env("SHOP_TODAY", TODAY).env("RUST_LOG", "info").stderr(File::create(&log).unwrap());
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().trim_end_matches('/');
    let get =
        |path: &str, id: &str| reqwest::Client::new().get(format!("{address}{path}")).header("X-Request-Id", id).send();
    let id = |response: &reqwest::Response| response.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(id(&get("/healthz", "from-the-proxy.1").await.unwrap()), "from-the-proxy.1");
    let made_up = id(&get("/customers/somebody-private", "what is \"no\" id").await.unwrap());
    assert_eq!(made_up.len(), 32);
    child.kill().unwrap();
    child.wait().unwrap();
    let text = std::fs::read_to_string(log).unwrap();
    let line = |id: &str| {
        text.lines().find(|line| line.contains("access") && line.contains(id)).unwrap_or_else(|| panic!("{text}"))
    };
    assert!(line("from-the-proxy.1").contains("route=\"/healthz\" status=200"), "{text}");
    assert!(line(&made_up).contains("route=\"/customers/{customer_id}\" status=401"), "{text}");
    assert!(!text.contains("somebody-private") && !text.contains("what is"), "{text}");
}
