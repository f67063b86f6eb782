//! What whoever runs it sees: nights that are made up, fits that fail and are tried again, a line for each request.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, TODAY, command, on_both, order};
use crate::truth::check_histories;

on_both![a_missed_night_is_made_up_at_the_start, a_fit_that_failed_is_tried_again_and_shown, a_backup_is_a_shop_again,];

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

/// A copy that was made while orders came in is a whole shop; PostgreSQL has tools of its own.
async fn a_backup_is_a_shop_again(database: Database) {
    let shop = Shop::start(&database);
    let orders: Vec<_> = (0..50).map(|n| order(&format!("n{n}"), &format!("c{}", n % 7), "2026-03-01", "1")).collect();
    shop.post("/orders", &json!(orders)).await;
    shop.post("/models/fit", &json!({})).await;
    let further: Vec<_> = (0..100).map(|n| order(&format!("m{n}"), "c1", "2026-03-02", "1")).collect();
    let writes = futures_util::future::join_all(further.iter().map(|order| shop.post("/orders", order)));
    let copy = Database::of_the_same_kind(&database).await;
    let backup = async {
        if database.url.starts_with("sqlite") {
            let file = copy.url.trim_start_matches("sqlite:").split('?').next().unwrap().to_owned();
            let back_up = |file: &str| command(&database).args(["backup", file]).output().unwrap();
            let output = tokio::task::block_in_place(|| back_up(&file));
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let again = tokio::task::block_in_place(|| back_up(&file));
            assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("a file that is there"));
        } else {
            let pipe = "pg_dump --format=custom \"$0\" | pg_restore --exit-on-error --dbname=\"$1\"";
            let path = "PATH=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1):$PATH";
            let line = format!("{path}; {pipe}");
            let mut shell = std::process::Command::new("sh");
            shell.args(["-c", &line, &database.url, &copy.url]);
            assert!(tokio::task::block_in_place(|| shell.status().unwrap().success()));
        }
    };
    let (answers, ()) = tokio::join!(writes, backup);
    assert!(answers.iter().all(|(status, _)| *status == StatusCode::CREATED));
    let restored = Shop::start(&copy);
    assert!(check_histories(&copy).await.len() >= 50);
    assert_eq!(restored.ok("/models").await["current"], 1);
    assert_eq!(restored.post("/orders", &order("last", "c1", "2026-03-31", "1")).await.0, StatusCode::CREATED);
    assert_eq!(check_histories(&database).await.len(), 150);
}

/// Each line is an object with the id of its request.
#[tokio::test]
async fn logs_are_json_by_choice() {
    let (database, folder) = (Database::sqlite(), tempfile::TempDir::new().unwrap());
    let log = folder.path().join("log");
    let mut command = command(&database);
    command.env("SHOP_TODAY", TODAY).env("RUST_LOG", "info").env("LOG_FORMAT", "json");
    let mut child = command.stderr(File::create(&log).unwrap()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().trim_end_matches('/');
    let get = reqwest::Client::new().get(format!("{address}/healthz")).header("X-Request-Id", "one");
    assert_eq!(get.send().await.unwrap().status(), StatusCode::OK);
    child.kill().unwrap();
    child.wait().unwrap();
    let text = std::fs::read_to_string(log).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let access = lines.iter().find(|line| line["target"] == "access").expect(&text);
    assert_eq!(
        (&access["status"], &access["route"], &access["span"]["id"]),
        (&json!(200), &json!("/healthz"), &json!("one"))
    );
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
