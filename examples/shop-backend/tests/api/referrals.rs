//! Who brought whom, beside the library's own answer of the same orders and pairs.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::Row;

use crate::harness::{Database, Shop, TODAY, answer, on_both, order};
use crate::truth::check_histories;

on_both![
    a_customer_is_brought_by_one_other,
    the_report_counts_what_the_library_counts,
    ids_of_one_person_bring_and_are_brought_as_one,
    what_cannot_be_a_referral_is_refused_by_name,
];

fn pair(by: &str, who: &str, day: &str) -> Value {
    json!({"referrer_id": by, "referred_id": who, "at": format!("{day}T12:00:00Z")})
}

/// Stored, and unchanged.
async fn post(shop: &Shop, pairs: &[Value]) -> (StatusCode, Value, Value) {
    let (status, body) = shop.post("/referrals", &json!(pairs)).await;
    (status, body["stored"].clone(), body["unchanged"].clone())
}

async fn told(shop: &Shop, id: &str) -> Vec<String> {
    let timeline = shop.ok(&format!("/customers/{id}/timeline")).await;
    let one = |one: &Value| {
        let text = |field: &str| one[field].as_str().unwrap_or("-").to_owned();
        [text("at")[..10].to_owned(), text("event"), text("order_id"), text("customer_id")].join(" ")
    };
    timeline["timeline"].as_array().unwrap().iter().map(one).collect()
}

async fn a_customer_is_brought_by_one_other(database: Database) {
    let shop = Shop::start(&database);
    let pairs = [pair("ann", "bo", "2026-01-31"), pair("ann", "cy", "2026-02-10")];
    assert_eq!(post(&shop, &pairs).await, (StatusCode::CREATED, json!(2), json!(0)));
    assert_eq!(post(&shop, &pairs).await, (StatusCode::OK, json!(0), json!(2)), "once");
    // Of two times the earlier is kept, in whatever order they come.
    let times = [pair("ann", "bo", "2026-02-20"), pair("ann", "bo", "2026-01-20")];
    assert_eq!(post(&shop, &times).await, (StatusCode::CREATED, json!(1), json!(1)));
    assert_eq!(told(&shop, "bo").await, ["2026-01-20 referred_by - ann"]);
    assert_eq!(told(&shop, "ann").await, ["2026-02-10 brought - cy", "2026-01-20 brought - bo"]);
    // Another one is refused, with all that came with it; also one of the same batch.
    let (status, body) = shop.post("/referrals", &json!([pair("ann", "eve", TODAY), pair("di", "bo", TODAY)])).await;
    assert_eq!((status, &body["errors"][0]["record"]), (StatusCode::CONFLICT, &json!(1)), "{body}");
    let detail = body["detail"].as_str().unwrap();
    assert!(
        detail.contains("found \"di\"") && detail.contains("\"ann\", who is known to have brought \"bo\""),
        "{detail}"
    );
    assert_eq!(shop.get("/customers/eve").await.0, StatusCode::NOT_FOUND);
    let (status, body) = shop.post("/referrals", &json!([pair("ann", "eve", TODAY), pair("di", "eve", TODAY)])).await;
    assert_eq!((status, &body["errors"][0]["found"]), (StatusCode::CONFLICT, &json!("di")), "{body}");
    // Taken back, the other one is what is known.
    let delete = async |id: &str| {
        let response = shop.request(Method::DELETE, &format!("/customers/{id}/referrer")).send().await.unwrap();
        response.status()
    };
    assert_eq!(delete("bo").await, StatusCode::NO_CONTENT);
    assert_eq!((delete("bo").await, delete("nobody").await), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(post(&shop, &[pair("di", "bo", TODAY)]).await.0, StatusCode::CREATED);
    // Ten at once who say they brought the same customer: one did.
    let all: Vec<_> = (0..10).map(|number| json!([pair(&format!("r{number}"), "zoe", "2026-03-01")])).collect();
    let answers = futures_util::future::join_all(all.iter().map(|pairs| shop.post("/referrals", pairs))).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).count(), 1);
    check_histories(&database).await;
}

/// By hand: of the new customers of February and March, Bo, Cy and Eve were brought, Di and Fay were not. Bo and Di came
/// back within 30 days, Cy did not; Eve and Fay are too new.
async fn the_report_counts_what_the_library_counts(database: Database) {
    let shop = Shop::start(&database);
    let empty = shop.ok("/referrals").await;
    assert_eq!((&empty["referrals"], &empty["per_referrer"]), (&json!(0), &json!(null)), "{empty}");
    assert_eq!(empty["referrers"], json!({"count": 0, "of": 0, "share": null}));
    let orders = [
        ("ann", "2026-01-05", "10"),
        ("bo", "2026-02-01", "10"),
        ("bo", "2026-02-20", "20.50"),
        ("bo", "2026-03-20", "1000"),
        ("cy", "2026-02-11", "30"),
        ("di", "2026-02-12", "7"),
        ("di", "2026-02-13", "8"),
        ("eve", "2026-03-20", "5"),
        ("fay", "2026-03-21", "5"),
    ];
    let orders: Vec<_> = (0..)
        .zip(orders)
        .map(|(number, (who, day, amount)): (u8, _)| order(&number.to_string(), who, day, amount))
        .collect();
    assert_eq!(shop.post("/orders", &json!(orders)).await.0, StatusCode::CREATED);
    let pairs = [
        pair("ann", "bo", "2026-01-31"),
        pair("bo", "cy", "2026-02-10"),
        pair("bo", "guy", "2026-02-10"),  // who has not bought
        pair("zoe", "eve", "2026-03-19"), // by somebody who has not bought
        pair("cy", "ann", "2026-03-01"),  // who was here before
        pair("guy", "zoe", "2026-03-02"),
        pair("eve", "guy2", "2026-03-03"),
    ];
    assert_eq!(post(&shop, &pairs).await.0, StatusCode::CREATED);
    // The latest of a circle: it is taken, and does not count.
    assert_eq!(
        post(&shop, &[pair("yan", "xi", "2026-03-04"), pair("xi", "yan", "2026-03-05")]).await.0,
        StatusCode::CREATED
    );
    let report = shop.ok("/referrals?from=2026-02-01&within_days=30").await;
    assert_eq!(report["as_of"], TODAY);
    assert_eq!(report["referrals"], 7, "{report}");
    let left_out = json!({"self_referrals": 0, "already_customers": 1, "brought_again": 0, "circles": 1});
    assert_eq!(report["left_out"], left_out);
    // Ann, Bo and Eve of Ann, Bo, Cy, Di, Eve and Fay; Zoe, Guy and Yan are no customers.
    assert_eq!(report["referrers"], json!({"count": 3, "of": 6, "share": 0.5}));
    assert_eq!(report["by_number"], json!([{"brought": 1, "referrers": 5}, {"brought": 2, "referrers": 1}]));
    assert_eq!(report["became_customers"]["count"], 3);
    assert_eq!(report["became_customers"]["of"], 7);
    let new = &report["new_customers"];
    assert_eq!((&new["first"], &new["last"]), (&json!("2026-02-01"), &json!(TODAY)));
    assert_eq!(new["referred_share"], json!({"count": 3, "of": 5, "share": 0.6}));
    let referred = json!({
        "returned": {"count": 1, "of": 2, "share": 0.5}, "revenue": "60.50", "revenue_per_customer": "30.25", "unobserved": 1
    });
    assert_eq!(new["referred"], referred);
    let others = json!({
        "returned": {"count": 1, "of": 1, "share": 1.0}, "revenue": "15.00", "revenue_per_customer": "15.00", "unobserved": 1
    });
    assert_eq!(new["others"], others);
    assert!(new["return_difference_interval"][0].as_f64().unwrap() < 0.0);
    assert_eq!(new["revenue_difference_interval"], json!(null), "one customer has no spread");
    // Ann brought Bo, he Cy and Guy, he Zoe, she Eve, she another: 1030.50 of Bo, 30 of Cy, 5 of Eve.
    let first = json!({
        "customer_id": "ann", "direct": 1, "through_others": 5, "steps": 5, "customers": 3, "revenue": "1065.50"
    });
    assert_eq!((&report["chains_in_all"], &report["chains"][0]), (&json!(2), &first), "{report}");
    assert_eq!(shop.ok("/referrals?limit=1").await["chains"].as_array().unwrap().len(), 1);
    let sentence = new["sentence"].as_str().unwrap();
    assert!(sentence.contains("1 of 2 (50.00%) of those who were brought came back"), "{sentence}");
    assert!(sentence.ends_with("it is no effect of referrals"), "{sentence}");
    let chinese = shop.ok("/referrals?from=2026-02-01&within_days=30&lang=zh").await;
    let sentence = chinese["new_customers"]["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("30 天内复购：被介绍来的 2 人中 1 人（50.00%）"), "{sentence}");
    assert!(sentence.ends_with("这不是转介绍的效果"), "{sentence}");
    // New customers of a window that is over; nobody was.
    let none = shop.ok("/referrals?from=2025-01-01&to=2025-12-31").await;
    assert_eq!(none["new_customers"]["referred_share"]["of"], 0);
    assert_eq!(none["new_customers"]["within_days"], 90);
    // A refund that takes all of an order back: Cy is no customer any more.
    let back = json!({"order_id": "4", "event": "fully_refunded", "at": "2026-03-30T12:00:00Z"});
    assert_eq!(shop.post("/events", &back).await.0, StatusCode::CREATED);
    assert_eq!(shop.ok("/referrals").await["became_customers"]["count"], 2);
}

async fn ids_of_one_person_bring_and_are_brought_as_one(database: Database) {
    let shop = Shop::start(&database);
    let alias = async |alias: &str, of: &str| {
        let body = json!({"alias_id": alias, "customer_id": of});
        assert_eq!(shop.post("/aliases", &body).await.0, StatusCode::CREATED);
    };
    let pairs = [
        pair("ann", "bo", "2026-03-02"),
        pair("lee", "bob", "2026-03-01"),
        pair("cy", "lee", "2026-03-03"),
        pair("lee", "ann", "2026-03-04"),
        pair("bo", "di", "2026-03-05"),
        pair("bob", "di2", "2026-03-05"),
    ];
    assert_eq!(post(&shop, &pairs).await.0, StatusCode::CREATED);
    alias("bob", "bo").await;
    assert_eq!(
        shop.ok("/referrals").await["left_out"]["brought_again"],
        1,
        "by Lee on the first, by Ann on the second"
    );
    // What was said is said again: nothing is new.
    assert_eq!(post(&shop, &pairs).await, (StatusCode::OK, json!(0), json!(6)));
    let (status, body) = shop.post("/referrals", &json!([pair("eve", "bob", TODAY)])).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(body["detail"].as_str().unwrap().contains("\"lee\", who is known"), "the first of both: {body}");
    // Ann and Lee are one, who is brought by herself, too.
    alias("lee", "ann").await;
    assert_eq!(post(&shop, &pairs).await, (StatusCode::OK, json!(0), json!(6)));
    let report = shop.ok("/referrals").await;
    let left_out = json!({"self_referrals": 1, "already_customers": 0, "brought_again": 0, "circles": 0});
    assert_eq!((&report["left_out"], &report["referrals"]), (&left_out, &json!(4)), "{report}");
    assert_eq!(
        told(&shop, "lee").await,
        ["2026-03-04 referred_by - ann", "2026-03-03 referred_by - cy", "2026-03-01 brought - bo"]
    );
    let (status, body) = shop.post("/referrals", &json!([pair("bo", "bob", TODAY)])).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(body["detail"].as_str().unwrap().contains("both ids are one person's"), "{body}");
    // Who is forgotten is in no pair any more, under none of the ids.
    let (status, _) = answer(shop.request(Method::DELETE, "/customers/bob")).await;
    assert_eq!(status, StatusCode::OK);
    let report = shop.ok("/referrals").await;
    assert_eq!((&report["referrals"], &report["left_out"]["self_referrals"]), (&json!(1), &json!(1)), "{report}");
    let pool = database.connect().await;
    let rows =
        sqlx::query("SELECT referrer || ' ' || referred FROM referrals ORDER BY 1").fetch_all(&pool).await.unwrap();
    let rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(rows, ["ann ann", "cy ann"]);
    pool.close().await;
    check_histories(&database).await;
}

async fn what_cannot_be_a_referral_is_refused_by_name(database: Database) {
    let shop = Shop::start(&database);
    for (field, posted) in [
        ("referred_id", pair("ann", "ann", TODAY)),
        ("referrer_id", pair("", "ann", TODAY)),
        ("at", pair("ann", "bo", "2026-04-01")),
        ("at", pair("ann", "bo", "1969-04-01")),
    ] {
        let (status, body) = shop.post("/referrals", &json!([posted])).await;
        assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{body}");
    }
    assert_eq!(shop.post("/referrals", &json!([])).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    for (field, question) in [
        ("within_days", "within_days=0"),
        ("within_days", "within_days=x"),
        ("from", "from=2026-04-01"),
        ("limit", "limit=0"),
    ] {
        let (status, body) = shop.get(&format!("/referrals?{question}")).await;
        assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{body}");
    }
    let request = shop.anonymous(Method::POST, "/referrals").bearer_auth(crate::harness::READ).json(&json!([]));
    assert_eq!(answer(request).await.0, StatusCode::FORBIDDEN);
}
