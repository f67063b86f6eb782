use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use repurchase::history::LineLog;
use repurchase::record::OrderLine;
use repurchase::rust_decimal::Decimal;
use repurchase::{Order, PurchaseLog, ShopCalendar};
use repurchase_report::{ReportOptions, report};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, on_both, order};

on_both![
    the_page_is_made_and_kept,
    the_page_says_what_the_interface_says,
    the_page_of_a_shop_without_models,
    the_page_says_what_is_bought_again,
    a_line_is_of_one_product,
];

const SAMPLE: [(&str, &str); 1] = [("SAMPLE", "true")];

async fn the_page_is_made_and_kept(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    let page = |language: &'static str| shop.request(Method::GET, "/").header("Accept-Language", language).send();
    let english = page("en").await.unwrap();
    assert_eq!(english.headers()["content-type"], "text/html; charset=utf-8");
    let english = english.text().await.unwrap();
    assert!(english.contains("lang=\"en\"") && english.contains("1998-06-30"));
    assert_eq!(page("en").await.unwrap().text().await.unwrap(), english);
    assert!(page("zh").await.unwrap().text().await.unwrap().contains("lang=\"zh-Hans\""));
}

/// 599 orders of today, more than a fifth of the customers: the stored models say other than new ones would.
async fn the_page_says_what_the_interface_says(database: Database) {
    let shop = Shop::start_with(&database, &SAMPLE);
    let before = compare(&shop, 1).await;
    let customers = shop.customers("").await;
    let ids = customers.iter().step_by(3).take(599).map(|customer| customer["customer_id"].as_str().unwrap());
    let orders: Vec<_> = ids.enumerate().map(|(n, id)| order(&format!("n{n}"), id, "1998-06-30", "19.90")).collect();
    assert_eq!((orders.len(), shop.post("/orders", &json!(orders)).await.0), (599, StatusCode::CREATED));
    // The page of before may be kept for a while; a new process has none.
    drop(shop);
    let shop = Shop::start_with(&database, &SAMPLE);
    let after = compare(&shop, 1).await;
    assert_ne!(before, after, "the orders are seen");
    assert!(after["champions"] > before["champions"], "{before:?} {after:?}");
    // A new version is on the page at once.
    assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
    assert_ne!(compare(&shop, 2).await, after, "the new models say other than the ones before");
}

/// Every number that page and interface both show is the same; gives the customers of each segment.
async fn compare(shop: &Shop, version: i64) -> BTreeMap<String, u64> {
    let page = shop.request(Method::GET, "/").send().await.unwrap().text().await.unwrap();
    let (_, figures) = page.split_once("<script type=\"application/json\" id=\"figures\">").unwrap();
    let figures: Value = serde_json::from_str(figures.split_once("</script>").unwrap().0).unwrap();
    let groups = shop.ok("/segments").await;
    assert_eq!(groups["model"], version);
    let revenue = |group: &Value| group["revenue"].as_str().unwrap().parse::<Decimal>().unwrap();
    for kind in ["segments", "tiers"] {
        let on_page = figures[kind].as_object().unwrap();
        let groups = groups[kind].as_array().unwrap();
        assert_eq!(on_page.len(), groups.len(), "{kind}");
        for group in groups {
            let shown = &on_page[group["key"].as_str().unwrap()];
            assert_eq!(shown["customers"], group["customers"]["count"], "{group}");
            assert_eq!(revenue(shown), revenue(group), "{group}");
        }
    }
    let rates = shop.ok("/rates?from=1997-01-01&to=1998-06-30").await;
    for (on_page, rate) in [("user_repurchase", "users"), ("order_repurchase", "orders")] {
        for number in ["count", "of"] {
            assert_eq!(figures[on_page][number], rates[0][rate][number], "{on_page}");
        }
    }
    let customers = shop.customers("").await;
    assert_eq!(figures["customers"], customers.len());
    assert!(customers.iter().all(|customer| customer["model"] == version));
    let counts = groups["segments"].as_array().unwrap().iter();
    let count =
        |group: &Value| (group["key"].as_str().unwrap().to_owned(), group["customers"]["count"].as_u64().unwrap());
    counts.map(count).collect()
}

/// Orders came in, and no models have been fitted yet.
async fn the_page_of_a_shop_without_models(database: Database) {
    let shop = Shop::start(&database);
    for (n, day) in ["2026-03-01", "2026-03-09"].iter().enumerate() {
        shop.post("/orders", &order(&format!("o{n}"), "ann", day, "5")).await;
    }
    let page = shop.request(Method::GET, "/").send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("2026-03-31"));
}

fn event(order: &str, event: &str, day: &str, more: &Value) -> Value {
    let mut whole = json!({"order_id": order, "event": event, "at": format!("{day}T12:00:00Z")});
    whole.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    whole
}

/// Thirty customers buy coffee each month and, later, tea: the section is the one of the report's own page of the same
/// lines. What was given back, not paid or taken off is not bought.
async fn the_page_says_what_is_bought_again(database: Database) {
    let shop = Shop::start(&database);
    let goods = async || {
        let page = shop.request(Method::GET, "/").send().await.unwrap().text().await.unwrap();
        let start = page.find("id=\"goods\"")?;
        Some(page[start..].split_once("</section>").unwrap().0.to_owned())
    };
    let (mut events, mut orders, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    let first: NaiveDate = "2026-01-02".parse().unwrap();
    for customer in 0..30_u64 {
        for (at, product, days) in [(0, "coffee", 0), (1, "coffee", 30), (2, "tea", 33), (3, "coffee", 60)] {
            let day = first.checked_add_days(Days::new(days + customer % 20)).unwrap();
            let (id, order, day_text) = (format!("c{customer:02}"), format!("{customer}-{at}"), day.to_string());
            events.push(event(&order, "placed", &day_text, &json!({"customer_id": id, "amount": "0"})));
            events.push(event(&order, "paid", &day_text, &json!({})));
            let line = json!({"line_id": "1", "amount": "9.90", "product": product});
            events.push(event(&order, "line_added", &day_text, &line));
            let off = json!({"line_id": "2", "amount": "-1", "product": "voucher"});
            events.push(event(&order, "line_added", &day_text, &off));
            orders.push(Order::on(id.clone(), day, "8.90".parse().unwrap()).unwrap());
            lines.push(OrderLine::on(id, day, product.to_owned(), Decimal::ONE, Decimal::ZERO).unwrap());
        }
        for (order, end) in [("back", "fully_refunded"), ("open", "unpaid")] {
            let (order, id) = (format!("{order}-{customer}"), format!("c{customer:02}"));
            events.push(event(&order, "placed", "2026-03-30", &json!({"customer_id": id, "amount": "5"})));
            events.push(event(&order, "paid", "2026-03-30", &json!({})));
            let line = json!({"line_id": "1", "amount": "0", "product": "coffee"});
            events.push(event(&order, "line_added", "2026-03-30", &line));
            events.push(event(&order, end, "2026-03-31", &json!({})));
        }
    }
    for events in events.chunks(500) {
        let (status, body) = shop.post("/events", &json!(events)).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
    }
    let found = goods().await.unwrap();
    assert!(
        found.contains("Of 2 products, 1 has a median cycle") && found.contains("is 30 days, of coffee"),
        "{found}"
    );
    let log = PurchaseLog::from_records(orders, &ShopCalendar::utc()).unwrap();
    let lines = LineLog::from_lines(lines, &ShopCalendar::utc()).unwrap();
    let options = ReportOptions::default().with_lines(&lines);
    let page = report(&log, "2026-03-31".parse().unwrap(), &options).unwrap().page;
    assert!(page.contains(&found), "{found}");
    // Of orders without products, the page says nothing of any.
    let other = Database::of_the_same_kind(&database).await;
    let shop = Shop::start_with(&other, &[("SAMPLE", "true")]);
    let page = shop.request(Method::GET, "/").send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("id=\"goods\""));
}

async fn a_line_is_of_one_product(database: Database) {
    let shop = Shop::start(&database);
    shop.post("/orders", &order("a", "ann", "2026-03-01", "5")).await;
    let line = |product: Value| {
        let mut line = json!({"line_id": "1", "amount": "2"});
        line.as_object_mut().unwrap().extend(product.as_object().unwrap().clone());
        event("a", "line_added", "2026-03-01", &line)
    };
    let tea = line(json!({"product": "tea"}));
    assert_eq!(shop.post("/events", &tea).await.0, StatusCode::CREATED);
    assert_eq!(shop.post("/events", &tea).await.0, StatusCode::OK, "said again");
    for (other, found) in [(json!({"product": "pot"}), "product \"pot\""), (json!({}), "no product")] {
        let (status, body) = shop.post("/events", &line(other)).await;
        assert_eq!(status, StatusCode::CONFLICT, "{body}");
        assert_eq!(body["errors"][0]["found"], format!("line \"1\" of {found}"), "{body}");
        assert!(body["errors"][0]["expected"].as_str().unwrap().ends_with("line \"1\" of product \"tea\""), "{body}");
    }
    let told = shop.ok("/orders/a").await;
    assert_eq!((&told["statements"][2]["product"], &told["order"]["amount"]), (&json!("tea"), &json!("7.00")));
    let mut paid = event("a", "paid", "2026-03-02", &json!({"product": "tea"}));
    for (product, field) in [("tea", "product"), ("", "product")] {
        paid["product"] = json!(product);
        let (status, body) = shop.post("/events", &paid).await;
        assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{body}");
    }
    let (status, body) = shop.post("/events", &line(json!({"product": "a\u{7}"}))).await;
    assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("product")), "{body}");
}
