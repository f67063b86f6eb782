//! Tags and attributes that the shop posts of its customers, and rules that ask for them.

use std::borrow::Cow;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, answer, on_both, order};
use crate::truth::check_histories;

on_both![
    what_is_said_of_a_customer_is_shown_and_replaced,
    rules_ask_for_what_was_posted_and_nothing_else,
    a_campaign_is_for_customers_with_a_tag,
    an_attribute_is_of_one_kind,
    ids_of_one_person_have_what_was_said_of_both,
    who_is_forgotten_has_no_traits,
    what_cannot_be_said_is_refused_by_name,
    two_at_once_are_counted,
    a_shop_of_before_there_were_traits,
];

async fn what_is_said_of_a_customer_is_shown_and_replaced(database: Database) {
    let shop = Shop::start(&database);
    shop.post("/orders", &order("a", "ann", "2026-03-01", "5")).await;
    assert_eq!(shop.ok("/customers/ann").await["traits"], json!({"tags": [], "attributes": {}}));
    let said =
        json!({"tags": ["vip-event", "a"], "attributes": {"age": 34, "size": 1.5, "region": "Bavaria", "pet": null}});
    let (status, view) = shop.put("/customers/ann/traits", &said).await;
    assert_eq!(
        (status, &view["customer_id"], &view["figures"]["purchases"]),
        (StatusCode::OK, &json!("ann"), &json!(1))
    );
    let expected =
        json!({"tags": ["a", "vip-event"], "attributes": {"age": 34, "size": 1.5, "region": "Bavaria", "pet": null}});
    assert_eq!(view["traits"], expected);
    assert_eq!(shop.ok("/customers/ann").await, view);
    assert_eq!(shop.ok("/customers").await["customers"], json!([view]));
    shop.put("/customers/ann/traits", &json!({"tags": ["b"], "attributes": {"age": 35}})).await;
    assert_eq!(shop.ok("/customers/ann").await["traits"], json!({"tags": ["b"], "attributes": {"age": 35}}));
    // A new customer, who has not bought yet; and many at once, of whom one is said twice.
    let bo = shop.put("/customers/bo/traits", &json!({"tags": ["b"]})).await.1;
    assert_eq!((&bo["figures"]["purchases"], &bo["traits"]["tags"]), (&json!(0), &json!(["b"])));
    let many = json!([
        {"customer_id": "cy", "tags": ["c"]}, {"customer_id": "bo"}, {"customer_id": "cy", "attributes": {"age": 20}}
    ]);
    assert_eq!(shop.post("/traits", &many).await, (StatusCode::OK, json!({"customers": 3})));
    assert_eq!(shop.ok("/customers/cy").await["traits"], json!({"tags": [], "attributes": {"age": 20}}));
    assert_eq!(shop.ok("/customers/bo").await["traits"], json!({"tags": [], "attributes": {}}));
    let known = json!({
        "tags": [{"tag": "b", "customers": 1}], "attributes": [{"name": "age", "kind": "number", "customers": 2}]
    });
    assert_eq!(shop.ok("/traits").await, known);
    check_histories(&database).await;
}

/// The ids that a rule selects, and how many customers cannot be judged.
async fn selected(shop: &Shop, rule: Value) -> (Value, Value) {
    let (status, page) = shop.post("/audiences", &json!({"rule": rule, "limit": 1000})).await;
    assert_eq!(status, StatusCode::OK, "{rule}: {page}");
    (page["customer_ids"].clone(), page["not_judged"].clone())
}

async fn refused(shop: &Shop, rule: Value) -> String {
    let (status, body) = shop.post("/audiences", &json!({"rule": rule})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{rule}: {body}");
    body["errors"][0]["expected"].as_str().unwrap().to_owned()
}

async fn four_customers(database: &Database) -> Shop {
    let shop = Shop::start(database);
    let orders = ["ann", "bo", "cy", "di"].map(|id| order(&format!("of {id}"), id, "2026-03-01", "5"));
    shop.post("/orders", &json!(orders)).await;
    assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
    shop
}

async fn rules_ask_for_what_was_posted_and_nothing_else(database: Database) {
    let shop = four_customers(&database).await;
    let age = |test: &str, value: Value| json!({"attribute": {"name": "age", (test): value}});
    assert_eq!(
        refused(&shop, age(">=", json!(18))).await,
        "attribute.name: expected no attribute, as the schema has none, found \"age\""
    );
    assert!(refused(&shop, json!({"tag": "wine"})).await.contains("the shop supplies none"));
    let said = json!([
        {"customer_id": "ann", "tags": ["wine"], "attributes": {"age": 34.1, "region": "north"}},
        {"customer_id": "bo", "attributes": {"age": 17, "region": "south"}},
        {"customer_id": "cy", "tags": ["wine", "beer"], "attributes": {"age": null}},
    ]);
    shop.post("/traits", &said).await;
    for (rule, ids, not_judged) in [
        (age(">=", json!(18)), json!(["ann"]), 1),
        (age("=", json!(34.1)), json!(["ann"]), 1),
        (age("exists", json!(false)), json!(["cy"]), 1),
        (json!({"attribute": {"name": "region", "in": ["south", "west"]}}), json!(["bo"]), 2),
        (json!({"not": {"attribute": {"name": "region", "=": "south"}}}), json!(["ann"]), 2),
        (json!({"tag": "wine"}), json!(["ann", "cy"]), 0),
        // Who has no tag that was said has none.
        (json!({"not": {"tag": "wine"}}), json!(["bo", "di"]), 0),
        // What is unknown does not decide.
        (json!({"any": [{"purchases": 1}, age("<", json!(18))]}), json!(["ann", "bo", "cy", "di"]), 0),
        (json!({"all": [{"tag": "beer"}, {"purchases": {">=": 1}}]}), json!(["cy"]), 0),
    ] {
        assert_eq!(selected(&shop, rule.clone()).await, (ids, json!(not_judged)), "{rule}");
    }
    assert_eq!(
        refused(&shop, json!({"attribute": {"name": "height", "<": 2}})).await,
        "attribute.name: expected one of age, region, found \"height\""
    );
    assert!(refused(&shop, age("=", json!("young"))).await.contains("number"));
    assert!(refused(&shop, json!({"any": [{"tag": "wine"}, {"spend_band": "from_800"}]})).await.contains("spend_band"));
    // What nobody has any more is not there.
    shop.post("/traits", &json!([{"customer_id": "ann"}, {"customer_id": "bo"}, {"customer_id": "cy"}])).await;
    assert!(refused(&shop, age("<", json!(18))).await.contains("no attribute"));
    assert!(refused(&shop, json!({"tag": "wine"})).await.contains("the shop supplies none"));
    assert_eq!(shop.ok("/traits").await, json!({"tags": [], "attributes": []}));
}

async fn a_campaign_is_for_customers_with_a_tag(database: Database) {
    let shop = four_customers(&database).await;
    let said = json!([
        {"customer_id": "bo", "tags": ["wine"], "attributes": {"age": 30}},
        {"customer_id": "cy", "tags": ["wine"], "attributes": {"age": 40}},
        {"customer_id": "di", "tags": ["wine"]},
    ]);
    shop.post("/traits", &said).await;
    let rule = json!({"all": [{"tag": "wine"}, {"attribute": {"name": "age", ">": 35}}]});
    let campaign = json!({
        "name": "wine", "rule": rule, "hold_out": {"count": 0, "of": 1}, "channel": "email",
        "send_at": "2026-04-01T10:00:00Z", "days": 28
    });
    let (status, made) = shop.post("/campaigns", &campaign).await;
    assert_eq!((status, &made["treated"], &made["not_judged"]), (StatusCode::CREATED, &json!(1), &json!(1)), "{made}");
    let list = shop.request(Method::GET, "/campaigns/wine/list.csv").send().await.unwrap().text().await.unwrap();
    assert!(list.contains("\ncy,email,") && list.lines().count() == 2, "{list}");
    let other = json!({
        "name": "beer", "rule": {"attribute": {"name": "beer", "=": 1}}, "channel": "email",
        "send_at": "2026-04-01T10:00:00Z", "days": 28
    });
    let (status, body) = shop.post("/campaigns", &other).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    assert!(body["detail"].as_str().unwrap().contains("one of age"), "{body}");
}

async fn an_attribute_is_of_one_kind(database: Database) {
    let shop = Shop::start(&database);
    let of = |value: Value| json!({"attributes": {"age": value}});
    shop.put("/customers/ann/traits", &of(json!(34))).await;
    shop.put("/customers/bo/traits", &of(json!(35))).await;
    let (status, body) = shop.put("/customers/bo/traits", &of(json!("35"))).await;
    assert_eq!(status, StatusCode::CONFLICT, "{body}");
    let fault =
        json!({"field": "attributes.age", "found": "a text", "expected": "a number, as it is of other customers"});
    assert_eq!(body["errors"][0], fault);
    let many = json!([{"customer_id": "cy"}, {"customer_id": "di", "attributes": {"age": "35"}}]);
    let (status, body) = shop.post("/traits", &many).await;
    assert_eq!((status, &body["errors"][0]["record"]), (StatusCode::CONFLICT, &json!(1)));
    assert_eq!(shop.get("/customers/di").await.0, StatusCode::NOT_FOUND, "all or nothing");
    let many = json!([{"customer_id": "cy", "attributes": {"x": 1}}, {"customer_id": "di", "attributes": {"x": "1"}}]);
    let (status, body) = shop.post("/traits", &many).await;
    assert_eq!((status, &body["errors"][0]["record"]), (StatusCode::CONFLICT, &json!(1)), "{body}");
    // A tag of the same name is another thing; and all at once it can be another kind.
    shop.put("/customers/cy/traits", &json!({"tags": ["age"]})).await;
    let all = json!([{"customer_id": "ann", "attributes": {"age": "34"}}, {"customer_id": "bo", "attributes": {"age": "35"}}]);
    assert_eq!(shop.post("/traits", &all).await.0, StatusCode::OK);
    let known = json!({
        "tags": [{"tag": "age", "customers": 1}], "attributes": [{"name": "age", "kind": "text", "customers": 2}]
    });
    assert_eq!(shop.ok("/traits").await, known);
}

async fn ids_of_one_person_have_what_was_said_of_both(database: Database) {
    let shop = four_customers(&database).await;
    shop.put("/customers/bo/traits", &json!({"tags": ["beer"], "attributes": {"age": 30, "region": "north"}})).await;
    shop.put("/customers/ann/traits", &json!({"tags": ["wine"], "attributes": {"age": 29, "size": 3}})).await;
    shop.put("/customers/bo/traits", &json!({"tags": ["beer"], "attributes": {"age": 31, "region": "north"}})).await;
    let (status, view) = shop.post("/aliases", &json!({"alias_id": "ann", "customer_id": "bo"})).await;
    let both = json!({"tags": ["beer", "wine"], "attributes": {"age": 31, "region": "north", "size": 3}});
    assert_eq!((status, &view["customer_id"], &view["traits"]), (StatusCode::CREATED, &json!("bo"), &both));
    assert_eq!(shop.ok("/customers/ann").await["traits"], both);
    let known = json!({
        "tags": [{"tag": "beer", "customers": 1}, {"tag": "wine", "customers": 1}],
        "attributes": [
            {"name": "age", "kind": "number", "customers": 1}, {"name": "region", "kind": "text", "customers": 1},
            {"name": "size", "kind": "number", "customers": 1}
        ]
    });
    assert_eq!(shop.ok("/traits").await, known);
    assert_eq!(selected(&shop, json!({"tag": "wine"})).await, (json!(["bo"]), json!(0)));
    // By any id it is said of the person; one without traits changes nothing.
    shop.put("/customers/ann/traits", &json!({"tags": ["tea"]})).await;
    let (_, view) = shop.post("/aliases", &json!({"alias_id": "cy", "customer_id": "bo"})).await;
    assert_eq!(view["traits"], json!({"tags": ["tea"], "attributes": {}}));
    check_histories(&database).await;
}

async fn who_is_forgotten_has_no_traits(database: Database) {
    let shop = four_customers(&database).await;
    shop.put("/customers/ann/traits", &json!({"tags": ["wine", "beer"], "attributes": {"age": 30}})).await;
    shop.put("/customers/bo/traits", &json!({"tags": ["wine"]})).await;
    let (status, gone) = answer(shop.request(Method::DELETE, "/customers/ann")).await;
    assert_eq!(status, StatusCode::OK, "{gone}");
    assert_eq!(shop.ok("/traits").await, json!({"tags": [{"tag": "wine", "customers": 1}], "attributes": []}));
    let kept = shop.ok(&format!("/customers/{}", gone["kept_as"].as_str().unwrap())).await;
    assert_eq!(kept["traits"], json!({"tags": [], "attributes": {}}));
}

async fn what_cannot_be_said_is_refused_by_name(database: Database) {
    let shop = Shop::start(&database);
    let (long, many) = ("x".repeat(101), (0..51).map(|at| format!("t{at}")).collect::<Vec<_>>());
    let numbers: Value = many.iter().map(|name| (name.clone(), json!(1))).collect::<serde_json::Map<_, _>>().into();
    for (field, body) in [
        ("tags", json!({"tags": many})),
        ("tags[1]", json!({"tags": ["a", ""]})),
        ("tags[0]", json!({"tags": ["a\u{0}"]})),
        ("attributes", json!({"attributes": numbers})),
        ("attributes", json!({"attributes": {(&long): 1}})),
        ("attributes", json!({"attributes": {"": 1}})),
        ("attributes.a", json!({"attributes": {"a": long}})),
        ("attributes.a", json!({"attributes": {"a": ""}})),
        ("attributes.a", json!({"attributes": {"a": true}})),
        ("attributes.a", json!({"attributes": {"a": [1]}})),
        ("attributes.a", json!({"attributes": {"a": 1e16}})),
    ] {
        let (status, answer) = shop.put("/customers/ann/traits", &body).await;
        assert_eq!(
            (status, &answer["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)),
            "{answer}"
        );
    }
    for body in [json!([]), json!({"tag": []}), json!({"tags": [1]}), json!({"tags": null}), json!({"attributes": []})]
    {
        assert_eq!(shop.put("/customers/ann/traits", &body).await.0, StatusCode::BAD_REQUEST, "{body}");
    }
    let batch = json!([{"customer_id": "ann"}, {"customer_id": "", "tags": [""]}]);
    let (status, answer) = shop.post("/traits", &batch).await;
    assert_eq!((status, answer["errors"].as_array().unwrap().len()), (StatusCode::UNPROCESSABLE_ENTITY, 2), "{answer}");
    assert_eq!(answer["errors"][0]["record"], 1);
    assert_eq!(shop.post("/traits", &json!([])).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(shop.get("/customers/ann").await.0, StatusCode::NOT_FOUND, "nothing of it was stored");
    // So many of all customers together.
    let tags = |first: usize| (first..first + 50).map(|at| format!("t{at}")).collect::<Vec<_>>();
    let all: Vec<_> = (0..20).map(|at| json!({"customer_id": format!("c{at}"), "tags": tags(50 * at)})).collect();
    assert_eq!(shop.post("/traits", &json!(all)).await.0, StatusCode::OK);
    let (status, answer) = shop.put("/customers/ann/traits", &json!({"tags": ["one more"]})).await;
    assert_eq!((status, &answer["errors"][0]["found"]), (StatusCode::CONFLICT, &json!("1001")), "{answer}");
    assert_eq!(shop.put("/customers/ann/traits", &json!({"tags": ["t7"]})).await.0, StatusCode::OK);
    assert_eq!(shop.ok("/traits").await["tags"].as_array().unwrap().len(), 1000);
}

/// Writers who name the same tags in opposite orders, and change them.
async fn two_at_once_are_counted(database: Database) {
    let shop = Shop::start(&database);
    let say = async |id: &str, steps: [&[&str]; 2]| {
        for at in 0..40 {
            let body = json!({"tags": steps[at % 2]});
            let (status, body) = shop.put(&format!("/customers/{id}/traits"), &body).await;
            assert_eq!(status, StatusCode::OK, "{body}");
        }
    };
    tokio::join!(say("ann", [&["a", "b"], &["c"]]), say("bo", [&["c"], &["a", "b"]]), say("ann", [&["b"], &["c"]]));
    let known = shop.ok("/traits").await;
    let mut expected = std::collections::BTreeMap::new();
    for id in ["ann", "bo"] {
        for tag in shop.ok(&format!("/customers/{id}")).await["traits"]["tags"].as_array().unwrap() {
            *expected.entry(tag.as_str().unwrap().to_owned()).or_insert(0) += 1;
        }
    }
    let expected: Vec<_> =
        expected.iter().map(|(tag, customers)| json!({"tag": tag, "customers": customers})).collect();
    assert_eq!(known, json!({"tags": expected, "attributes": []}));
}

/// The database of the program before, as it stands: customers are who they were, and of nobody anything is said.
async fn a_shop_of_before_there_were_traits(database: Database) {
    let pool = database.connect().await;
    let mut migrator = sqlx::migrate!();
    let then: Vec<_> = migrator.migrations.iter().take(5).cloned().collect();
    migrator.migrations = Cow::Owned(then);
    migrator.run(&pool).await.unwrap();
    let at = 1_772_366_400_000_000_i64;
    let statements =
        json!([{"placed": {"customer": "ann", "at": at, "amount": 1990}}, {"paid": {"at": at}}]).to_string();
    for (insert, text) in [
        ("INSERT INTO shop (one, currency_decimals, time_zone, history_form) VALUES (1, 2, $1, 0)", "+00:00"),
        (
            "INSERT INTO orders (order_id, is_credit, statements, customer_id, placed_at, amount, refunded, status) \
             VALUES ('a', 0, $1, 'ann', 1772366400000000, 1990, 0, 'paid')",
            statements.as_str(),
        ),
        ("INSERT INTO customers (customer_id, history, purchases, revenue) VALUES ('ann', $1, 0, 0)", "{}"),
    ] {
        sqlx::query(insert).bind(text).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let shop = Shop::start(&database);
    let ann = shop.ok("/customers/ann").await;
    assert_eq!((&ann["figures"]["revenue"], &ann["traits"]), (&json!("19.90"), &json!({"tags": [], "attributes": {}})));
    assert_eq!(shop.ok("/traits").await, json!({"tags": [], "attributes": []}));
    assert_eq!(shop.put("/customers/ann/traits", &json!({"tags": ["wine"]})).await.0, StatusCode::OK);
    drop(shop);
    let shop = Shop::start(&database);
    assert_eq!(shop.ok("/customers/ann").await["traits"]["tags"], json!(["wine"]));
    check_histories(&database).await;
}
