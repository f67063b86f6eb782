use std::process::{Command, Stdio};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Database, READ, Shop, WRITE, command, on_both, order};
use crate::truth::check_histories;

on_both![health_metrics_and_documentation, a_stop_answers_what_is_under_way];

async fn health_metrics_and_documentation(database: Database) {
    let shop = Shop::start(&database);
    let open = |path: &'static str| shop.anonymous(Method::GET, path).send();
    assert_eq!(open("/healthz").await.unwrap().status(), StatusCode::OK);
    let document: serde_json::Value = open("/openapi.json").await.unwrap().json().await.unwrap();
    let page = open("/docs").await.unwrap().text().await.unwrap();
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
    for path in [
        "/",
        "/activities",
        "/aliases",
        "/audiences",
        "/calls",
        "/campaigns",
        "/campaigns/{name}",
        "/campaigns/{name}/list.csv",
        "/contact-rules",
        "/customers",
        "/customers.csv",
        "/customers/{customer_id}",
        "/customers/{customer_id}/activities",
        "/customers/{customer_id}/points",
        "/customers/{customer_id}/timeline",
        "/customers/{customer_id}/traits",
        "/events",
        "/healthz",
        "/metrics",
        "/models",
        "/models/fit",
        "/notes",
        "/orders",
        "/orders/{order_id}",
        "/points",
        "/points-program",
        "/rates",
        "/segments",
        "/shop",
        "/touches",
        "/traits",
    ] {
        assert!(paths.iter().any(|found| found == path) && page.contains(path), "{path} is documented");
    }
    // What is referred to is there.
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let place = reference.split('"').next().unwrap();
        assert!(document.pointer(place).is_some(), "{place}");
    }
    // The page has parameters, bodies with examples, and what a rule can say.
    for part in [
        "customer_id&quot;: &quot;00001&quot;",
        "<code>segment</code>",
        "days_since_last",
        "churn_risk",
        "between",
        "<a href=\"#PostedOrder\">",
        "id=\"PostedOrder\"",
        "return=minimal",
        "<code>lang</code>",
        "quiet",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("http://") && !page.contains("https://"), "it asks no other server for anything");
    shop.post("/orders", &order("a", "ann", "2026-03-09", "1")).await;
    shop.post("/orders", &order("b", "ann", "2026-03-01", "1")).await;
    let metrics = shop.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("shop_requests_total{method=\"POST\",path=\"/orders\",status=\"201\"} 2"), "{metrics}");
    assert!(metrics.contains("shop_history_rebuilds_total 1"), "{metrics}");
}

/// SIGTERM while a body is being read: it is answered, and the program ends well.
async fn a_stop_answers_what_is_under_way(database: Database) {
    let mut shop = Shop::start(&database);
    let body = order("a", "ann", "2026-03-01", "1").to_string();
    let head = format!(
        "POST /orders HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer {WRITE}\r\nContent-Type: application/json\r\n\
         Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(shop.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body when the request is under way.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    assert!(Command::new("kill").args(["-TERM", &shop.pid().to_string()]).status().unwrap().success());
    tokio::time::sleep(Duration::from_millis(200)).await;
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(shop.wait().success());
    assert_eq!(check_histories(&database).await, ["a"]);
}

#[tokio::test]
async fn a_setting_that_cannot_be_is_named() {
    let database = Database::sqlite();
    for (name, value, expected) in [
        ("LISTEN", "here", "an address and port"),
        ("WRITE_TOKEN", "short", "at least 16"),
        ("CURRENCY_DECIMALS", "9", "0 to 4"),
        ("SHOP_TODAY", "tomorrow", "a day such as"),
        ("HORIZON_DAYS", "0", "1 to 3650"),
        ("FIT_AT", "25:00", "a time of day"),
        ("FIT_RETRY", "0", "1 to 86400"),
        ("SHOP_TIME_ZONE", "Mars/Olympus", "a zone such as Asia/Shanghai"),
        ("SHOP_NAME", "", "1 to 100"),
        ("CURRENCY", "euro", "ISO 4217"),
        ("HEADER_TIMEOUT", "0", "1 to 600"),
        ("SHUTDOWN_TIMEOUT", "x", "1 to 600"),
        ("LOG_FORMAT", "xml", "text or json"),
    ] {
        let output = command(&database).env(name, value).stderr(Stdio::piped()).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && text.contains(name) && text.contains(expected), "{name}: {text}");
        assert!(!text.contains("short\""), "a token is not repeated: {text}");
    }
}

/// Reads without a token are for this machine only.
#[tokio::test]
async fn open_reads_are_for_a_loopback_address() {
    let database = Database::sqlite();
    let output = command(&database).env_remove("READ_TOKEN").env("LISTEN", "0.0.0.0:0").output().unwrap();
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("READ_TOKEN"));
}

/// Who says nothing is not waited for, and who says it slowly neither.
#[tokio::test]
async fn a_head_that_does_not_end_is_cut_off() {
    let database = Database::sqlite();
    let shop = Shop::start_with(&database, &[("HEADER_TIMEOUT", "1")]);
    let mut stream = TcpStream::connect(shop.address()).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: sh").await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "it is closed");
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
}

/// A body that never comes does not keep the server from stopping.
#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let database = Database::sqlite();
    let mut shop = Shop::start_with(&database, &[("SHUTDOWN_TIMEOUT", "1")]);
    let mut stream = TcpStream::connect(shop.address()).await.unwrap();
    let head = format!(
        "POST /orders HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer {WRITE}\r\nContent-Type: application/json\r\n\
         Expect: 100-continue\r\nContent-Length: 10\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.read_exact(&mut [0; 25]).await.unwrap();
    assert!(Command::new("kill").args(["-TERM", &shop.pid().to_string()]).status().unwrap().success());
    assert!(shop.wait().success());
}

/// Midnight of the shop decides which day an order is of, in summer and in winter.
#[tokio::test]
async fn days_are_those_of_the_time_zone() {
    let database = Database::sqlite();
    let zone = [("SHOP_TIME_ZONE", "America/New_York"), ("SHOP_TODAY", "2026-07-31")];
    let shop = Shop::start_with(&database, &zone);
    let at = |id: &str, customer: &str, at: &str| serde_json::json!({"order_id": id, "customer_id": customer, "placed_at": at, "amount": "1"});
    // Half past four in the night in UTC is yesterday in winter, and today in summer.
    shop.post("/orders", &at("a", "ann", "2026-01-10T04:30:00Z")).await;
    shop.post("/orders", &at("b", "bo", "2026-07-10T04:30:00Z")).await;
    for (customer, day) in [("ann", "2026-01-09"), ("bo", "2026-07-10")] {
        assert_eq!(shop.ok(&format!("/customers/{customer}")).await["figures"]["last_purchase"], day);
        let rates = shop.ok(&format!("/rates?from={day}&to={day}&by=day")).await;
        assert_eq!(rates[0]["users"]["of"], 1, "{rates}");
    }
    drop(shop);
    let output = command(&database).env("SHOP_TIME_ZONE", "Asia/Shanghai").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("SHOP_TIME_ZONE"));
}

/// What was written in cents is not read in yen.
#[tokio::test]
async fn a_database_of_another_currency_is_refused() {
    let database = Database::sqlite();
    drop(Shop::start(&database));
    let output = command(&database).env("CURRENCY_DECIMALS", "0").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("CURRENCY_DECIMALS"));
}

#[tokio::test]
async fn each_token_opens_its_own_door() {
    let database = Database::sqlite();
    let shop = Shop::start(&database);
    let posted = order("a", "ann", "2026-03-01", "1");
    let status = |method: Method, path: &'static str, token: Option<&'static str>| {
        let request = shop.anonymous(method, path).json(&posted);
        let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
        async move { request.send().await.unwrap().status() }
    };
    for path in ["/", "/customers", "/customers/ann", "/segments", "/rates", "/models", "/metrics"] {
        assert_eq!(status(Method::GET, path, None).await, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(status(Method::GET, path, Some("another-token-that-is-long")).await, StatusCode::UNAUTHORIZED);
        assert_ne!(status(Method::GET, path, Some(READ)).await, StatusCode::UNAUTHORIZED, "{path}");
    }
    for (method, path) in [
        (Method::POST, "/orders"),
        (Method::PUT, "/orders/a"),
        (Method::POST, "/events"),
        (Method::POST, "/aliases"),
        (Method::DELETE, "/customers/ann"),
        (Method::POST, "/campaigns"),
        (Method::DELETE, "/campaigns/a"),
        (Method::PUT, "/contact-rules"),
        (Method::POST, "/touches"),
        (Method::PUT, "/points-program"),
        (Method::POST, "/points"),
        (Method::POST, "/models/fit"),
    ] {
        assert_eq!(status(method.clone(), path, None).await, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(status(method, path, Some(READ)).await, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(status(Method::POST, "/audiences", None).await, StatusCode::UNAUTHORIZED);
    assert_ne!(status(Method::POST, "/audiences", Some(READ)).await, StatusCode::FORBIDDEN);
}
