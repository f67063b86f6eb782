use std::collections::BTreeMap;

use repurchase::rust_decimal::Decimal;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, on_both, order};

on_both![the_page_is_made_and_kept, the_page_says_what_the_interface_says, the_page_of_a_shop_without_models];

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
