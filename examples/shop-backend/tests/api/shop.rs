use std::collections::{BTreeMap, BTreeSet};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Database, Shop, on_both, order};

on_both![
    rates_count_inside_their_windows,
    bad_windows_are_refused_by_name,
    rates_by_group_are_those_of_each_group_apart,
    groups_that_there_are_not_are_refused,
];

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

/// Every sixth customer is of another group; who is of none, and of whom nothing was said, are groups of their own.
async fn rates_by_group_are_those_of_each_group_apart(database: Database) {
    const CUSTOMERS: usize = 60;
    let groups = [Some(json!("north")), Some(json!("south")), Some(json!("none")), Some(json!(null)), None, None];
    let shop = Shop::start(&database);
    let name = |n: usize| format!("c{n:02}");
    // Whom nothing was said of, and who has only other attributes.
    let traits = |n: usize| match &groups[n % 6] {
        Some(region) => json!({"customer_id": name(n), "attributes": {"region": region, "age": n}}),
        None => json!({"customer_id": name(n), "attributes": {"age": n}}),
    };
    // By customer, the months and days of orders.
    let mut bought: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    let mut dice = 7_u64;
    for n in 0..400 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(n);
        let [customer, month, day] =
            [(33, CUSTOMERS), (41, 3), (49, 28)].map(|(bits, of)| usize::try_from(dice >> bits & 0xffff).unwrap() % of);
        bought.entry(customer).or_default().push((month + 1, day + 1));
    }
    // One more who bought as two, and one who never did.
    bought.insert(CUSTOMERS, vec![(1, 5), (3, 6)]);
    let mut orders = Vec::new();
    for (customer, days) in &bought {
        for (month, day) in days {
            let id = if (*customer, *month) == (CUSTOMERS, 3) { "other".to_owned() } else { name(*customer) };
            orders.push(order(&format!("o{}", orders.len()), &id, &format!("2026-{month:02}-{day:02}"), "5"));
        }
    }
    assert_eq!(shop.post("/orders", &json!(orders)).await.0, StatusCode::CREATED);
    let mut said: Vec<Value> = (0..CUSTOMERS).filter(|n| n % 6 != 5).map(traits).collect();
    said.push(json!({"customer_id": "other", "attributes": {"region": "south"}}));
    said.push(json!({"customer_id": "nobody", "attributes": {"region": "west"}}));
    // What was said before counts for nothing.
    shop.put("/customers/c00/traits", &json!({"attributes": {"region": "south"}})).await;
    shop.ok("/rates?group=region").await;
    assert_eq!(shop.post("/traits", &json!(said)).await.0, StatusCode::OK);
    let joined = json!({"alias_id": "other", "customer_id": name(CUSTOMERS)});
    assert_eq!(shop.post("/aliases", &joined).await.0, StatusCode::CREATED);

    let group = |n: usize| match &groups[n % 6] {
        _ if n == CUSTOMERS => ("text", json!("south")),
        Some(Value::Null) => ("none", Value::Null),
        Some(text) => ("text", text.clone()),
        None => ("unknown", Value::Null),
    };
    let share = |count: usize, of: usize| {
        let number = |number: usize| f64::from(u32::try_from(number).unwrap());
        json!({"count": count, "of": of, "share": if of == 0 { None } else { Some(number(count) / number(of)) }})
    };
    let mut expected = Vec::new();
    let in_order = [("text", json!("none")), ("text", json!("north")), ("text", json!("south"))];
    for key in in_order.into_iter().chain([("none", json!(null)), ("unknown", json!(null))]) {
        for (month, last) in [(1, 31), (2, 28), (3, 31)] {
            let [mut buyers, mut users, mut orders, mut returning, mut later] = [0; 5];
            for (_, days) in bought.iter().filter(|(customer, _)| group(**customer) == key) {
                let inside = days.iter().filter(|(of, _)| *of == month).count();
                let before = days.iter().filter(|(of, _)| *of < month).count();
                buyers += usize::from(inside > 0);
                users += usize::from(inside > 1);
                orders += inside;
                returning += usize::from(inside > 0 && inside + before > 1);
                later += if before > 0 { inside } else { inside.saturating_sub(1) };
            }
            let mut row = json!({
                "group_is": key.0, "group": key.1, "first": format!("2026-{month:02}-01"),
                "last": format!("2026-{month:02}-{last}"), "users": share(users, buyers),
                "orders": share(orders - buyers, orders), "returning": share(returning, buyers),
                "later_orders": share(later, orders)
            });
            if key.0 != "text" {
                row.as_object_mut().unwrap().remove("group");
            }
            expected.push(row);
        }
    }
    let question = "/rates?from=2026-01-01&to=2026-03-31&by=month";
    let found = shop.ok(&format!("{question}&group=region")).await;
    assert_eq!(found, json!(expected));
    let whole = shop.ok(question).await;
    let of = |rows: &Value, month: usize, rate: &str, what: &str| {
        let rows = rows.as_array().unwrap().iter().skip(month).step_by(3);
        rows.map(|row| row[rate][what].as_u64().unwrap()).sum::<u64>()
    };
    for (month, rate) in (0..3).flat_map(|month| ["users", "returning", "later_orders"].map(|rate| (month, rate))) {
        for what in ["count", "of"] {
            assert_eq!(of(&found, month, rate, what), of(&whole, month, rate, what), "{month} {rate} {what}");
        }
    }
    assert_eq!(shop.ok("/rates?from=2025-01-01&to=2025-01-31&group=region").await, json!([]));
    drop(shop);
    // By a clock that went back, some bought last after today.
    let shop = Shop::start_with(&database, &[("SHOP_TODAY", "2026-02-15")]);
    assert_eq!(shop.ok(&format!("{question}&group=region")).await, found);
}

async fn groups_that_there_are_not_are_refused(database: Database) {
    let shop = Shop::start(&database);
    let said = |n: usize| {
        let attributes = json!({"age": n, "region": format!("r{n}"), "none": null});
        json!({"customer_id": format!("c{n}"), "tags": ["wine"], "attributes": attributes})
    };
    shop.post(
        "/orders",
        &json!((0..6).map(|n| order(&format!("o{n}"), &format!("c{n}"), "2026-03-01", "5")).collect::<Vec<_>>()),
    )
    .await;
    shop.post("/traits", &json!((0..6).map(said).collect::<Vec<_>>())).await;
    // Six texts and those of whom nothing is known, on so many days, are too many rows.
    for question in
        ["group=age", "group=wine", "group=none", "group=Region", "group=", "group=region&by=day&from=2016-04-02"]
    {
        let (status, body) = shop.get(&format!("/rates?{question}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{question}: {body}");
        let name = question.split(['=', '&']).nth(1).unwrap();
        assert_eq!(
            (&body["errors"][0]["field"], &body["errors"][0]["found"]),
            (&json!("group"), &json!(name)),
            "{body}"
        );
    }
    let by_year = shop.ok("/rates?group=region&by=year&from=2016-04-02").await;
    let groups: BTreeSet<_> = by_year.as_array().unwrap().iter().map(|row| row["group"].to_string()).collect();
    assert_eq!((groups.len(), by_year.as_array().unwrap().len()), (6, 66));
}
