//! Paid cards: members before and after they joined, counted by hand; when a card pays, by the formulas.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, TODAY, answer, on_both, order};
use crate::truth::check_histories;

on_both![
    a_card_is_known_by_customer_and_day,
    members_are_compared_with_themselves,
    a_card_pays_or_does_not,
    what_cannot_be_a_card_is_refused_by_name,
];

fn card(customer_id: &str, joined: &str, ends: Option<&str>, fee: &str) -> Value {
    json!({"customer_id": customer_id, "joined": joined, "ends": ends, "fee": fee})
}

async fn post(shop: &Shop, cards: &[Value]) -> (StatusCode, Value, Value) {
    let (status, body) = shop.post("/memberships", &json!(cards)).await;
    (status, body["stored"].clone(), body["unchanged"].clone())
}

async fn a_card_is_known_by_customer_and_day(database: Database) {
    let shop = Shop::start(&database);
    let cards = [
        card("ann", "2025-01-01", Some("2025-12-31"), "60"),
        card("ann", "2026-01-01", None, "65.50"),
        card("bo", "2026-03-01", Some("2026-03-31"), "0"),
    ];
    assert_eq!(post(&shop, &cards).await, (StatusCode::CREATED, json!(3), json!(0)));
    assert_eq!(post(&shop, &cards).await, (StatusCode::OK, json!(0), json!(3)), "once");
    let report = shop.ok("/memberships").await;
    assert_eq!(
        (&report["members"], &report["members_today"], &report["fees"]),
        (&json!(2), &json!(2), &json!("125.50"))
    );
    // It ends on the day before today; then it has no end again; of two in a batch the last holds.
    assert_eq!(post(&shop, &[card("bo", "2026-03-01", Some("2026-03-30"), "0")]).await.1, 1);
    assert_eq!(shop.ok("/memberships").await["members_today"], 1);
    let twice = [card("bo", "2026-03-01", Some("2026-03-02"), "0"), card("bo", "2026-03-01", None, "5")];
    assert_eq!(post(&shop, &twice).await, (StatusCode::CREATED, json!(1), json!(1)));
    let bo = json!({"customer_id": "bo", "memberships": [{"joined": "2026-03-01", "ends": null, "fee": "5.00"}]});
    assert_eq!(shop.ok("/customers/bo/memberships").await, bo);
    // One person has the cards of both ids, and is one member.
    assert_eq!(shop.post("/aliases", &json!({"alias_id": "ann", "customer_id": "bo"})).await.0, StatusCode::CREATED);
    let both = shop.ok("/customers/ann/memberships").await;
    let joined: Vec<_> = both["memberships"].as_array().unwrap().iter().map(|one| one["joined"].clone()).collect();
    assert_eq!(
        (&both["customer_id"], json!(joined)),
        (&json!("bo"), json!(["2026-03-01", "2026-01-01", "2025-01-01"]))
    );
    let report = shop.ok("/memberships").await;
    assert_eq!((&report["members"], &report["fees"]), (&json!(1), &json!("130.50")));
    // What was said wrongly is taken back, by any of the ids.
    let delete = async |path: &str| shop.request(Method::DELETE, path).send().await.unwrap().status();
    assert_eq!(delete("/customers/bo/memberships/2025-01-01").await, StatusCode::NO_CONTENT);
    assert_eq!(delete("/customers/bo/memberships/2025-01-01").await, StatusCode::NOT_FOUND);
    assert_eq!(delete("/customers/nobody/memberships/2025-01-01").await, StatusCode::NOT_FOUND);
    assert_eq!(delete("/customers/bo/memberships/May").await, StatusCode::UNPROCESSABLE_ENTITY);
    // Who is forgotten has none any more.
    assert_eq!(answer(shop.request(Method::DELETE, "/customers/ann")).await.0, StatusCode::OK);
    let report = shop.ok("/memberships").await;
    assert_eq!((&report["members"], &report["fees"]), (&json!(0), &json!("0.00")));
    check_histories(&database).await;
}

/// By hand, 30 days before 1 March 2026 and 30 after: Ann and Bo were customers by then; Cy was none; Di joined too
/// recently; Eve joined twice, and counts by the first; Fay never bought.
async fn members_are_compared_with_themselves(database: Database) {
    let shop = Shop::start(&database);
    let none = shop.ok("/memberships?days=30").await;
    assert_eq!((&none["comparison"]["members"], &none["comparison"]["purchases_change"]), (&json!(0), &json!(null)));
    let orders = [
        ("ann", "2026-01-01", "10"),
        ("ann", "2026-02-20", "20"),
        ("ann", "2026-03-01", "30"),
        ("ann", "2026-03-10", "1040.50"),
        ("bo", "2026-01-05", "10"),
        ("bo", "2026-03-20", "25"),
        ("bo", "2026-03-31", "25"), // the last of the days after
        ("cy", "2026-02-25", "90"),
        ("di", "2026-01-01", "90"),
        ("eve", "2025-01-01", "40"),
        ("eve", "2026-02-10", "40"),
        ("gus", "2026-02-10", "40"), // who has no card
    ];
    let orders =
        (0..).zip(orders).map(|(number, (who, day, amount)): (u8, _)| order(&number.to_string(), who, day, amount));
    assert_eq!(shop.post("/orders", &json!(orders.collect::<Vec<_>>())).await.0, StatusCode::CREATED);
    let mut cards: Vec<_> = ["ann", "bo", "cy", "eve", "fay"].map(|who| card(who, "2026-03-01", None, "60")).into();
    // A card that ended within the days after is compared all the same.
    cards[1]["ends"] = json!("2026-03-15");
    cards.extend([card("di", "2026-03-02", None, "60"), card("eve", "2026-03-20", None, "60")]);
    assert_eq!(post(&shop, &cards).await.1, 7);
    let report = shop.ok("/memberships?days=30").await;
    assert_eq!((&report["members"], &report["members_today"], &report["as_of"]), (&json!(6), &json!(5), &json!(TODAY)));
    let change = &report["comparison"];
    assert_eq!((&change["members"], &change["too_recent"], &change["too_new"]), (&json!(3), &json!(1), &json!(2)));
    assert_eq!(change["before"], json!({"customers": 2, "purchases": 2, "revenue": "60.00"}));
    assert_eq!(change["joining_day"], json!({"customers": 1, "purchases": 1, "revenue": "30.00"}));
    assert_eq!(change["after"], json!({"customers": 2, "purchases": 3, "revenue": "1090.50"}));
    // Ann 0 and 1020.50, Bo 2 and 50, Eve -1 and -40: Student's interval, t(0.975; 2) = 4.302653.
    assert!((change["purchases_change"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-12);
    let interval = |field: &str| [0, 1].map(|end| change[field][end].as_f64().unwrap());
    let (mean, error) = (1.0 / 3.0, (7.0_f64 / 3.0 / 3.0).sqrt());
    let expected = [mean - 4.302_652_729_911_275 * error, mean + 4.302_652_729_911_275 * error];
    for (found, expected) in interval("purchases_interval").into_iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
    assert!((change["revenue_change"].as_f64().unwrap() - 1030.5 / 3.0).abs() < 1e-9);
    let sentence = change["sentence"].as_str().unwrap();
    assert!(sentence.contains("members compared: 3; purchases 2 and 3"), "{sentence}");
    assert!(sentence.contains("left out: 1 who joined too recently, 2 who were not yet customers"), "{sentence}");
    assert!(sentence.ends_with("it is no effect of the membership"), "{sentence}");
    let chinese = shop.ok("/memberships?days=30&lang=zh").await;
    let sentence = chinese["comparison"]["sentence"].as_str().unwrap();
    assert!(
        sentence.starts_with("入会前后各 30 天，可比会员 3 人") && sentence.ends_with("这不是会员卡的效果"),
        "{sentence}"
    );
    // A year by default: nobody has been a member for so long.
    assert_eq!(shop.ok("/memberships").await["comparison"]["too_recent"], 6);
}

/// The formulas of the library's page, by hand: 60 for 10% off orders of 100 at a margin of 30%.
async fn a_card_pays_or_does_not(database: Database) {
    let shop = Shop::start(&database);
    assert_eq!(shop.ok("/memberships").await["break_even"], json!(null));
    let economics = "days=30&fee=60&discount=0.1&margin=0.30";
    let found = shop.ok(&format!("/memberships?{economics}&order_amount=100&purchases=12&cost=0")).await;
    let expected = json!({
        "fee": "60.00", "discount": "0.1", "margin": "0.3", "cost": "0.00", "order_amount": "100.00", "purchases": 12.0,
        "discount_per_purchase": "10.00", "margin_kept_per_purchase": "20.00", "purchases_worth_the_fee": 6.0,
        "break_even_purchases": 3.0, "fee_without_more": "120.00", "profit_without_more": "-60.00"
    });
    assert_eq!(found["break_even"], expected);
    let covered = shop.ok(&format!("/memberships?{economics}&order_amount=100&purchases=4")).await;
    assert_eq!(covered["break_even"]["break_even_purchases"], 0.0, "the fee covers 40 of discounts");
    let gifts = shop.ok(&format!("/memberships?{economics}&order_amount=100&purchases=4&cost=30")).await;
    assert_eq!(gifts["break_even"]["break_even_purchases"], 0.5, "70 less 60, at 20 a purchase");
    let never = shop.ok("/memberships?fee=1&discount=0.3&margin=0.3&order_amount=100&purchases=4").await;
    assert_eq!(never["break_even"]["break_even_purchases"], json!(null), "nothing is kept");
    // Nobody to take the others of; then what the members compared bought before: 3 purchases of 60 in all, of two.
    let unknown = shop.ok(&format!("/memberships?{economics}")).await;
    assert_eq!(
        (&unknown["break_even"]["order_amount"], &unknown["break_even"]["purchases"]),
        (&json!(null), &json!(null))
    );
    let orders = [
        ("ann", "2025-01-01"),
        ("bo", "2025-01-01"),
        ("ann", "2026-02-20"),
        ("ann", "2026-02-21"),
        ("bo", "2026-02-22"),
    ];
    let orders = (0..).zip(orders).map(|(number, (who, day)): (u8, _)| order(&number.to_string(), who, day, "20"));
    shop.post("/orders", &json!(orders.collect::<Vec<_>>())).await;
    post(&shop, &["ann", "bo"].map(|who| card(who, "2026-03-01", None, "60"))).await;
    let found = &shop.ok(&format!("/memberships?{economics}")).await["break_even"];
    assert_eq!((&found["order_amount"], &found["purchases"]), (&json!("20.00"), &json!(1.5)), "{found}");
    assert_eq!((&found["purchases_worth_the_fee"], &found["profit_without_more"]), (&json!(30.0), &json!("57.00")));
}

async fn what_cannot_be_a_card_is_refused_by_name(database: Database) {
    let shop = Shop::start(&database);
    for (field, posted) in [
        ("customer_id", card("", TODAY, None, "1")),
        ("joined", card("ann", "2026-04-01", None, "1")),
        ("joined", card("ann", "1 May", None, "1")),
        ("ends", card("ann", TODAY, Some("2026-03-30"), "1")),
        ("ends", card("ann", TODAY, Some("x"), "1")),
        ("fee", card("ann", TODAY, None, "-1")),
        ("fee", card("ann", TODAY, None, "1.005")),
    ] {
        let (status, body) = shop.post("/memberships", &json!([posted])).await;
        assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{body}");
    }
    for (field, question) in [
        ("days", "days=0"),
        ("discount", "fee=1&margin=0.1"),
        ("margin", "fee=1&discount=0.1"),
        ("fee", "purchases=3"),
        ("discount", "fee=1&margin=0.1&discount=1.1"),
        ("margin", "fee=1&margin=30%25&discount=0.1"),
        ("cost", "fee=1&margin=0.3&discount=0.1&cost=-1"),
        ("purchases", "fee=1&margin=0.3&discount=0.1&purchases=1e3"),
    ] {
        let (status, body) = shop.get(&format!("/memberships?{question}")).await;
        assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{body}");
    }
}
