use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{Database, Shop, on_both, order};

on_both![rates_count_inside_their_windows, bad_windows_are_refused_by_name];

async fn rates_count_inside_their_windows(database: Database) {
    let shop = Shop::start(&database);
    let orders = json!([
        order("a", "ann", "2026-01-05", "1"),
        order("b", "ann", "2026-01-20", "1"),
        order("c", "bo", "2026-01-09", "1"),
        order("d", "bo", "2026-02-09", "1")
    ]);
    shop.post("/orders", &orders).await;
    let months = shop.ok("/rates?from=2026-01-01&to=2026-02-28&by=month").await;
    assert_eq!(months[0]["users"], json!({"count": 1, "of": 2, "share": 0.5}));
    assert_eq!(months[0]["orders"], json!({"count": 1, "of": 3, "share": 1.0 / 3.0}));
    assert_eq!(months[1]["users"], json!({"count": 0, "of": 1, "share": 0.0}));
    let whole = shop.ok("/rates?from=2026-01-01&to=2026-03-31").await;
    assert_eq!(
        whole,
        json!([{
            "first": "2026-01-01", "last": "2026-03-31",
            "users": {"count": 2, "of": 2, "share": 1.0}, "orders": {"count": 2, "of": 4, "share": 0.5},
            "returning": {"count": 2, "of": 2, "share": 1.0}, "later_orders": {"count": 2, "of": 4, "share": 0.5}
        }])
    );
    // Bo has bought in January: what was before the window counts for these.
    let february = shop.ok("/rates?from=2026-02-01&to=2026-02-28").await;
    assert_eq!(february[0]["orders"], json!({"count": 0, "of": 1, "share": 0.0}));
    for rate in ["returning", "later_orders"] {
        assert_eq!(february[0][rate], json!({"count": 1, "of": 1, "share": 1.0}), "{rate}");
    }
    let nobody = shop.ok("/rates?from=2025-01-01&to=2025-01-01&by=day").await;
    assert_eq!(nobody[0]["users"], json!({"count": 0, "of": 0, "share": null}));
}

async fn bad_windows_are_refused_by_name(database: Database) {
    let shop = Shop::start(&database);
    for (field, question) in [
        ("from", "from=2026-13-01"),
        ("from", "from=2026-03-31&to=2026-03-01"),
        ("from", "from=1900-01-01&to=2026-01-01"),
        ("to", "to=1000000-01-01"),
        ("to", "to=%2B99999-01-01"),
        ("to", "to=0001-01-01"),
        ("by", "by=hour"),
    ] {
        let (status, body) = shop.get(&format!("/rates?{question}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{question}: {body}");
        assert_eq!(body["errors"][0]["field"], field, "{question}: {body}");
    }
}
