//! What a careful person would ask, and whom to call: by the interface as on the page.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, on_both, order};
use crate::import::imported;

on_both![
    notes_are_on_data_models_and_files,
    the_diagnosis_is_that_of_the_page,
    the_list_of_calls_is_that_of_the_page,
    bad_limits_are_refused,
];

fn codes(notes: &Value) -> Vec<&str> {
    notes.as_array().unwrap().iter().map(|note| note["code"].as_str().unwrap()).collect()
}

async fn notes_are_on_data_models_and_files(database: Database) {
    let shop = Shop::start(&database);
    let notes = shop.ok("/notes").await;
    assert_eq!((&notes["model"], &notes["notes"], &notes["imports"]), (&Value::Null, &json!([]), &json!([])));
    assert_eq!(notes["diagnosis"], json!([]));
    for (id, customer, day) in [("a", "Ann", "2026-03-01"), ("b", "ann", "2026-03-02"), ("c", "bo", "2026-03-09")] {
        shop.post("/orders", &order(id, customer, day, "10")).await;
    }
    shop.post("/models/fit", &json!({})).await;
    drop(shop);
    let file = "order_id,customer_id,placed_at,amount,status\n1,cy,2026-03-01,5,paid\n2,cy,2026-03-02,5,cancelled\n3,guest,2026-03-02,5,paid\n";
    imported(&database, file, &[]);
    let shop = Shop::start(&database);
    let notes = shop.ok("/notes").await;
    assert_eq!(notes["model"], 2);
    let found = codes(&notes["notes"]);
    assert!(found.contains(&"ids_alike") && found.contains(&"few_customers"), "{notes}");
    let alike = notes["notes"].as_array().unwrap().iter().find(|note| note["code"] == "ids_alike").unwrap();
    assert_eq!((&alike["count"], &alike["of"], &alike["examples"]), (&json!(2), &json!(4), &json!(["Ann", "ann"])));
    let few = notes["notes"].as_array().unwrap().iter().find(|note| note["code"] == "few_customers").unwrap();
    assert_eq!(
        (&few["count"], &few["sentence"]),
        (&json!(4), &json!("The scores are ranks among 4 customers only, which say little."))
    );
    assert_eq!(codes(&notes["imports"][0]["notes"]), ["guest_orders", "cancelled"]);
    assert_eq!((&notes["imports"][0]["file"], &notes["imports"][0]["orders"]), (&json!("orders.csv"), &json!(2)));
    // In Chinese, and all of them on the page.
    for (language, sentence) in
        [("en", "orders.csv: Orders of guests, left out: 1 of 3"), ("zh", "orders.csv：3 笔订单中有 1 笔没有会员")]
    {
        let get = |path: &'static str| shop.request(Method::GET, path).header("Accept-Language", language).send();
        let page = get("/").await.unwrap().text().await.unwrap();
        assert!(page.contains(sentence), "{page}");
        let notes: Value = get("/notes").await.unwrap().json().await.unwrap();
        for note in notes["notes"].as_array().unwrap() {
            let escaped = note["sentence"].as_str().unwrap().replace('"', "&quot;");
            assert!(page.contains(&escaped), "{escaped}: {page}");
        }
    }
}

async fn the_diagnosis_is_that_of_the_page(database: Database) {
    let shop = Shop::start_with(&database, &[("SAMPLE", "true")]);
    for (language, first) in [
        ("en", "The past since 1997-01-01 holds 5 complete windows of 90 days to check forecasts on."),
        ("zh", "1997-01-01 以来的历史数据有 5 个完整的 90 天窗口可供检验预测。"),
    ] {
        let get = |path: &'static str| shop.request(Method::GET, path).header("Accept-Language", language).send();
        let page = get("/").await.unwrap().text().await.unwrap();
        let notes: Value = get("/notes").await.unwrap().json().await.unwrap();
        let diagnosis = notes["diagnosis"].as_array().unwrap();
        let windows = json!({"code": "windows", "windows": 5, "horizon_days": 90, "first_day": "1997-01-01"});
        assert_eq!(diagnosis[0], json!({"finding": windows, "sentence": first}));
        let codes: Vec<_> = diagnosis.iter().map(|one| one["finding"]["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&"model") && codes.contains(&"errors"), "{codes:?}");
        for one in diagnosis {
            let escaped = one["sentence"].as_str().unwrap().replace('"', "&quot;");
            assert!(page.contains(&escaped), "{escaped}: {page}");
        }
    }
}

async fn the_list_of_calls_is_that_of_the_page(database: Database) {
    let shop = Shop::start_with(&database, &[("SAMPLE", "true")]);
    let calls = shop.ok("/calls?limit=15").await;
    let listed = calls["calls"].as_array().unwrap();
    assert_eq!((&calls["model"], listed.len()), (&json!(1), 15));
    let losses: Vec<f64> =
        listed.iter().map(|call| call["expected_loss"]["value"].as_str().unwrap().parse().unwrap()).collect();
    assert!(losses.is_sorted_by(|one, other| one >= other), "{losses:?}");
    let page = shop.request(Method::GET, "/").send().await.unwrap().text().await.unwrap();
    let (_, list) = page.split_once("<ol class=\"calls\">").unwrap();
    let (list, _) = list.split_once("</ol>").unwrap();
    let on_page: Vec<_> = list.split("<h3>").skip(1).map(|row| &row[..5]).collect();
    let ids: Vec<_> = listed.iter().map(|call| call["customer_id"].as_str().unwrap()).collect();
    assert_eq!(ids[..10], on_page);
    for call in listed {
        assert_ne!(call["labels"]["churn_risk"]["key"], "in_cycle");
        assert!(call["alive"]["value"].as_f64().unwrap() >= 0.2);
        assert!(!call["expected_loss"]["why"].as_str().unwrap().is_empty());
    }
    assert!(calls["late"].as_u64().unwrap() >= 15);
}

async fn bad_limits_are_refused(database: Database) {
    let shop = Shop::start(&database);
    assert_eq!(shop.ok("/calls").await["calls"], json!([]));
    for limit in ["0", "201", "x", ""] {
        let (status, body) = shop.get(&format!("/calls?limit={limit}")).await;
        assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("limit")));
    }
}
