//! What customers did beside buying, and rules that ask how long ago that was.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use repurchase::ShopCalendar;
use repurchase::act::audience::{Activities, Audience, Rule, Schema};
use repurchase::record::{Interaction, InteractionKind};
use repurchase::shop::Profile;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, TODAY, answer, on_both, order};
use crate::truth::check_histories;

on_both![
    the_last_time_is_kept,
    rules_ask_how_long_ago_it_was,
    rules_select_whom_the_library_selects,
    ids_of_one_person_did_what_both_did,
    what_cannot_have_been_done_is_refused_by_name,
];

fn deed(customer_id: &str, activity: &str, category: &str, day: &str) -> Value {
    json!({"customer_id": customer_id, "activity": activity, "category": category, "at": format!("{day}T12:00:00Z")})
}

async fn selected(shop: &Shop, rule: &Value) -> Value {
    let (status, page) = shop.post("/audiences", &json!({"rule": rule, "limit": 1000})).await;
    assert_eq!((status, &page["not_judged"]), (StatusCode::OK, &json!(0)), "{rule}: {page}");
    page["customer_ids"].clone()
}

async fn customers(database: &Database, ids: &[String]) -> Shop {
    let shop = Shop::start(database);
    let orders: Vec<_> = ids.iter().map(|id| order(&format!("of {id}"), id, "2026-03-01", "5")).collect();
    shop.post("/orders", &json!(orders)).await;
    assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
    shop
}

async fn the_last_time_is_kept(database: Database) {
    let shop = Shop::start(&database);
    let deeds = [deed("ann", "cart", "shoes", "2026-03-05"), deed("ann", "view", "hats", "2026-03-09")];
    assert_eq!(
        shop.post("/activities", &json!(deeds)).await,
        (StatusCode::CREATED, json!({"stored": 2, "unchanged": 0}))
    );
    assert_eq!(shop.post("/activities", &json!(deeds)).await, (StatusCode::OK, json!({"stored": 0, "unchanged": 2})));
    // Of an earlier day and a later one, in one batch.
    let deeds = [deed("ann", "cart", "shoes", "2026-03-20"), deed("ann", "cart", "shoes", "2026-03-01")];
    assert_eq!(
        shop.post("/activities", &json!(deeds)).await,
        (StatusCode::CREATED, json!({"stored": 1, "unchanged": 1}))
    );
    let expected = json!({"customer_id": "ann", "activities": [
        {"activity": "cart", "category": "shoes", "at": "2026-03-20T12:00:00Z"},
        {"activity": "view", "category": "hats", "at": "2026-03-09T12:00:00Z"},
    ]});
    assert_eq!(shop.ok("/customers/ann/activities").await, expected);
    assert_eq!(shop.ok("/customers/ann/activities?limit=1").await["activities"], json!([expected["activities"][0]]));
    assert_eq!(shop.ok("/customers/ann").await["figures"]["purchases"], 0, "who has not bought yet");
    assert_eq!(shop.get("/customers/bo/activities").await.0, StatusCode::NOT_FOUND);
    check_histories(&database).await;
}

async fn rules_ask_how_long_ago_it_was(database: Database) {
    let shop = customers(&database, &["ann", "bo", "cy", "di"].map(str::to_owned)).await;
    let ago = |activity: &str, category: Value, test: &str, days: Value| {
        let mut condition = json!({"activity": activity, (test): days});
        if !category.is_null() {
            condition["category"] = category;
        }
        json!({"days_since": condition})
    };
    let (status, body) = shop.post("/audiences", &json!({"rule": ago("cart", json!(null), "<", json!(9))})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    assert!(body["detail"].as_str().unwrap().contains("the shop supplies none"), "{body}");
    let deeds = [
        deed("ann", "cart", "shoes", "2026-03-29"),
        deed("ann", "cart", "hats", "2026-03-01"),
        deed("bo", "cart", "hats", TODAY),
        deed("bo", "unpaid_order", "hats", "2026-03-30"),
        deed("cy", "unpaid_order", "hats", "2026-03-28"),
        deed("cy", "purchase", "hats", "2026-03-30"),
        deed("cy", "purchase", "shoes", "2026-03-02"),
    ];
    shop.post("/activities", &json!(deeds)).await;
    shop.put("/customers/ann/traits", &json!({"tags": ["wine"]})).await;
    for (rule, ids) in [
        (ago("cart", json!(null), "<=", json!(2)), json!(["ann", "bo"])),
        (ago("cart", json!("hats"), "<=", json!(2)), json!(["bo"])),
        (ago("cart", json!("hats"), "=", json!(30)), json!(["ann"])),
        (ago("cart", json!(null), "exists", json!(false)), json!(["cy", "di"])),
        // Paid since.
        (ago("unpaid_order", json!("hats"), "exists", json!(true)), json!(["bo"])),
        (ago("purchase", json!(null), "=", json!(1)), json!(["cy"])),
        (json!({"all": [{"tag": "wine"}, ago("cart", json!(null), "<", json!(9))]}), json!(["ann"])),
    ] {
        assert_eq!(selected(&shop, &rule).await, ids, "{rule}");
    }
    let campaign = json!({
        "name": "carts", "rule": ago("cart", json!("shoes"), "<", json!(7)), "hold_out": {"count": 0, "of": 1},
        "channel": "email", "send_at": "2026-04-01T10:00:00Z", "days": 28
    });
    assert_eq!(shop.post("/campaigns", &campaign).await.1["treated"], 1);
}

/// The library's own list of last activities, made of all of them, as the oracle.
async fn rules_select_whom_the_library_selects(database: Database) {
    let ids: Vec<_> = (0..60).map(|number| format!("c{number:02}")).collect();
    let shop = customers(&database, &ids).await;
    let (kinds, categories) = ([InteractionKind::View, InteractionKind::Cart], ["shoes", "hats", "coats"]);
    let (mut state, mut interactions, mut deeds) = (1_u64, Vec::new(), Vec::new());
    let mut pick = |of: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % of
    };
    for _ in 0..400 {
        let (id, kind, category) = (&ids[pick(ids.len())], kinds[pick(2)], categories[pick(3)]);
        let day = format!("2026-03-{:02}", 1 + pick(31));
        let at = format!("{day}T12:00:00Z").parse().unwrap();
        interactions.push(Interaction::new(id.clone(), at, kind, category));
        deeds.push(deed(id, kind.label().key(), category, &day));
    }
    shop.post("/activities", &json!(deeds)).await;
    let today: NaiveDate = TODAY.parse().unwrap();
    let none: [repurchase::record::OrderLine<String, &str>; 0] = [];
    let activities = Activities::of(&interactions, &none, &ShopCalendar::utc(), today).unwrap();
    for rule in [
        json!({"days_since": {"activity": "cart", "<=": 10}}),
        json!({"all": [
            {"days_since": {"activity": "view", "category": "shoes", "between": [3, 20]}},
            {"not": {"days_since": {"activity": "cart", "category": "shoes", "exists": true}}}
        ]}),
    ] {
        let audience =
            Audience::compile(serde_json::from_value::<Rule>(rule.clone()).unwrap(), &Schema::default()).unwrap();
        let is_meant = |id: &&String| audience.matches(&Profile::default().with_activities(activities.get(*id)));
        let expected: Vec<_> = ids.iter().filter(is_meant).collect();
        assert!(expected.len() > 5 && expected.len() < 55, "{}", expected.len());
        assert_eq!(selected(&shop, &rule).await, json!(expected), "{rule}");
    }
}

async fn ids_of_one_person_did_what_both_did(database: Database) {
    let shop = customers(&database, &["ann", "bo"].map(str::to_owned)).await;
    let deeds = [
        deed("ann", "cart", "shoes", "2026-03-05"),
        deed("bo", "cart", "shoes", "2026-03-09"),
        deed("ann", "view", "hats", "2026-03-08"),
        deed("bo", "view", "coats", "2026-03-07"),
    ];
    shop.post("/activities", &json!(deeds)).await;
    shop.post("/aliases", &json!({"alias_id": "ann", "customer_id": "bo"})).await;
    shop.post("/activities", &json!([deed("ann", "view", "coats", "2026-03-10")])).await;
    let known = shop.ok("/customers/ann/activities").await;
    let days: BTreeMap<_, _> = known["activities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |field: &str| one[field].as_str().unwrap();
            (format!("{} {}", text("activity"), text("category")), &text("at")[..10])
        })
        .collect();
    let expected = [("cart shoes", "2026-03-09"), ("view coats", "2026-03-10"), ("view hats", "2026-03-08")];
    assert_eq!(days, expected.map(|(what, day)| (what.to_owned(), day)).into());
    let rule = json!({"days_since": {"activity": "view", "category": "hats", "exists": true}});
    assert_eq!(selected(&shop, &rule).await, json!(["bo"]));
    // Who is forgotten did nothing.
    let (_, gone) = answer(shop.request(Method::DELETE, "/customers/ann")).await;
    let kept = gone["kept_as"].as_str().unwrap();
    assert_eq!(shop.ok(&format!("/customers/{kept}/activities")).await["activities"], json!([]));
    let (status, _) = shop.post("/audiences", &json!({"rule": rule})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "nobody did anything");
}

async fn what_cannot_have_been_done_is_refused_by_name(database: Database) {
    let shop = Shop::start(&database);
    for (field, value) in [
        ("customer_id", json!("")),
        ("category", json!("x".repeat(101))),
        ("category", json!("a\u{0}")),
        ("at", json!("2026-04-01T00:00:00Z")),
        ("at", json!("yesterday")),
    ] {
        let mut bad = deed("ann", "view", "hats", TODAY);
        bad[field] = value;
        let (status, body) = shop.post("/activities", &json!([deed("bo", "view", "hats", TODAY), bad])).await;
        let fault = &body["errors"][0];
        assert_eq!(
            (status, &fault["record"], &fault["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(1), &json!(field))
        );
    }
    let (status, body) = shop.post("/activities", &json!([deed("ann", "dance", "hats", TODAY)])).await;
    assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("[0].activity")), "{body}");
    assert_eq!(shop.post("/activities", &json!([])).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(shop.get("/customers/bo").await.0, StatusCode::NOT_FOUND, "nothing of it was stored");
}
