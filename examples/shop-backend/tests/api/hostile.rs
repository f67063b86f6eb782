use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{Database, Shop, WRITE, answer, on_both, order};
use crate::truth::check_histories;

on_both![sql_in_every_string_is_only_a_string, what_is_no_request_is_refused_with_a_reason];

const SQL: [&str; 5] = [
    "'; DROP TABLE orders; --",
    "\" OR 1=1 --",
    "$1); DELETE FROM customers; --",
    "%' UNION SELECT history FROM customers --",
    "\\'; SELECT pg_sleep(9); --",
];

async fn sql_in_every_string_is_only_a_string(database: Database) {
    let shop = Shop::start(&database);
    for sql in SQL {
        let (status, body) = shop.post("/orders", &order(sql, sql, "2026-03-01", "1")).await;
        assert_eq!((status, &body["customers"][0]["customer_id"]), (StatusCode::CREATED, &json!(sql)));
    }
    shop.post("/models/fit", &json!({})).await;
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    for sql in SQL {
        let text = encode(sql);
        assert_eq!(shop.ok(&format!("/customers/{text}")).await["customer_id"], sql);
        let refund = json!({
            "order_id": sql, "event": "refunded", "refund_id": sql, "at": "2026-03-02T12:00:00Z", "amount": "0.50"
        });
        assert_eq!(shop.post("/events", &refund).await.0, StatusCode::CREATED);
        assert_eq!(shop.put(&format!("/orders/{text}"), &order(sql, sql, "2026-03-01", "2")).await.0, StatusCode::OK);
        let alias = json!({"alias_id": format!("{sql} too"), "customer_id": sql});
        assert_eq!(shop.post("/aliases", &alias).await.0, StatusCode::CREATED);
        let traits = json!({"tags": [sql], "attributes": {(sql): sql}});
        let said = shop.put(&format!("/customers/{text}/traits"), &traits).await;
        assert_eq!((said.0, &said.1["traits"]), (StatusCode::OK, &traits));
        let view = json!([{"customer_id": sql, "activity": "view", "category": sql, "at": "2026-03-02T12:00:00Z"}]);
        assert_eq!(shop.post("/activities", &view).await.0, StatusCode::CREATED);
        for question in ["segment", "tier", "sort", "limit", "cursor"] {
            let (status, body) = shop.get(&format!("/customers?{question}={text}")).await;
            assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(question)));
        }
        for question in ["from", "to", "by"] {
            let (status, _) = shop.get(&format!("/rates?{question}={text}")).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{question}={sql}");
        }
        for field in ["placed_at", "amount", "refunded", "status"] {
            let mut order = order("b", "bo", "2026-03-01", "1");
            order[field] = json!(sql);
            assert!(shop.post("/orders", &order).await.0.is_client_error(), "{field}: {sql}");
        }
        for rule in [
            json!({"tier": sql}),
            json!({(sql): 1}),
            json!({"tag": sql}),
            json!({"attribute": {"name": sql, "=": sql}}),
            json!({"revenue": {"<": sql}}),
        ] {
            let (status, body) = shop.post("/audiences", &json!({"rule": rule})).await;
            assert!(status.is_client_error() || status == StatusCode::OK, "{body}");
        }
    }
    let mut expected = SQL.map(str::to_owned);
    expected.sort();
    let mut found = check_histories(&database).await;
    found.sort();
    assert_eq!(found, expected);
}

async fn what_is_no_request_is_refused_with_a_reason(database: Database) {
    let shop = Shop::start(&database);
    let send = |body: String| {
        answer(shop.request(Method::POST, "/orders").header("Content-Type", "application/json").body(body))
    };
    let deep = "[".repeat(200_000);
    let deep_object = format!("{}1{}", "{\"order_id\":".repeat(50_000), "}".repeat(50_000));
    for body in ["", "{", "nonsense", "{}", "[1]", "null", "{\"order_id\": \"\\ud800\"}", &deep, &deep_object] {
        let (status, answer) = send(body.to_owned()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        assert!(answer["detail"].as_str().is_some_and(|detail| detail.len() < 1000), "{answer}");
    }
    let rule = (0..40).fold(json!({"purchases": 1}), |rule, _| json!({"not": rule}));
    shop.post("/orders", &order("a", "ann", "2026-03-01", "1")).await;
    shop.post("/models/fit", &json!({})).await;
    let (status, body) = shop.post("/audiences", &json!({"rule": rule})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");

    let (status, _) = answer(shop.request(Method::POST, "/orders").body("order_id=1")).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let (status, _) = answer(shop.request(Method::DELETE, "/orders")).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    for path in ["/nothing", "/orders/a/b", "/../etc/passwd", "/customers/", "//"] {
        assert_eq!(shop.get(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/customers/%FF", "/customers?limit=%FF", "/customers?segment=%00"] {
        let (status, body): (StatusCode, Value) = shop.get(path).await;
        assert!(status.is_client_error(), "{path}: {body}");
    }
    assert_eq!(large(&shop, true).await, 413);
    assert_eq!(large(&shop, false).await, 413);
    assert_eq!(shop.ok("/healthz").await["status"], "ok");
}

/// A body of 100 MB, announced or in chunks; the server need not read it to refuse it.
async fn large(shop: &Shop, is_announced: bool) -> u16 {
    let mut stream = tokio::net::TcpStream::connect(shop.address()).await.unwrap();
    let length = if is_announced { "Content-Length: 100000000" } else { "Transfer-Encoding: chunked" };
    let head = format!(
        "POST /orders HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer {WRITE}\r\nContent-Type: application/json\r\n\
         {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let writing = tokio::spawn(async move {
        let chunk = vec![b' '; 100_000];
        for _ in 0..1000 {
            if !is_announced && writer.write_all(b"186A0\r\n").await.is_err() {
                return;
            }
            if writer.write_all(&chunk).await.is_err() || (!is_announced && writer.write_all(b"\r\n").await.is_err()) {
                return;
            }
        }
    });
    let mut answer = [0; 12];
    reader.read_exact(&mut answer).await.unwrap();
    writing.abort();
    String::from_utf8_lossy(&answer)[9..].parse().unwrap()
}
