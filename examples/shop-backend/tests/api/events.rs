//! What webhooks do: twice, out of order, the refund first, in parts.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Database, Shop, on_both, order};
use crate::truth::check_histories;

on_both![
    events_come_in_any_order_and_any_number_of_times,
    a_refund_waits_for_its_order,
    amounts_change_and_lines_are_added,
    an_order_is_called_off_and_taken_up_again,
    a_contradiction_names_both_statements,
    more_than_its_amount_is_not_given_back,
    credits_lower_the_revenue_alone,
    ids_of_one_person_are_joined,
    an_order_is_corrected,
    bad_events_are_refused_by_name,
    events_of_one_order_from_many_senders,
];

fn event(kind: &str, order_id: &str, day: u32, more: Value) -> Value {
    let mut event = json!({"order_id": order_id, "event": kind, "at": format!("2026-03-{day:02}T12:00:00Z")});
    let Value::Object(more) = more else { panic!("{more} is no object") };
    event.as_object_mut().unwrap().extend(more);
    event
}

async fn say(shop: &Shop, events: Value) -> Value {
    let (status, body) = shop.post("/events", &events).await;
    assert!(status.is_success(), "{events}: {body}");
    let is_new = body["stored"].as_u64().unwrap() > 0;
    assert_eq!(status, if is_new { StatusCode::CREATED } else { StatusCode::OK }, "{body}");
    body
}

/// Purchases and revenue.
async fn figures(shop: &Shop, customer: &str) -> (u64, String) {
    let figures = shop.ok(&format!("/customers/{customer}")).await["figures"].clone();
    (figures["purchases"].as_u64().unwrap(), figures["revenue"].as_str().unwrap().to_owned())
}

/// An order's life: placed, paid, refunded in two parts; another, cancelled. Amount and purchases of the first remain.
fn life() -> Vec<Value> {
    vec![
        event("placed", "a", 1, json!({"customer_id": "ann", "amount": "20.00"})),
        event("paid", "a", 2, json!({})),
        event("refunded", "a", 5, json!({"refund_id": "r1", "amount": "2.50"})),
        event("refunded", "a", 6, json!({"refund_id": "r2", "amount": "3.00"})),
        event("placed", "b", 3, json!({"customer_id": "ann", "amount": "9.99"})),
        event("paid", "b", 3, json!({})),
        event("cancelled", "b", 4, json!({})),
    ]
}

async fn events_come_in_any_order_and_any_number_of_times(database: Database) {
    let shop = Shop::start(&database);
    let life = life();
    // Each order of the events by a stride that is prime to their number, each for another pair of orders.
    for (round, stride) in [1, 2, 3, 4, 5, 6].into_iter().enumerate() {
        let mine = |event: &Value| {
            let mut event = event.clone();
            event["order_id"] = json!(format!("{}{round}", event["order_id"].as_str().unwrap()));
            if event.get("customer_id").is_some() {
                event["customer_id"] = json!(format!("ann{round}"));
            }
            event
        };
        let events: Vec<Value> = (0..life.len()).map(|n| mine(&life[n * stride % life.len()])).collect();
        for event in &events {
            // New, or superseded by what came before it.
            say(&shop, event.clone()).await;
            assert_eq!(say(&shop, event.clone()).await["unchanged"], 1, "{event}");
            check_histories(&database).await;
        }
        assert_eq!(figures(&shop, &format!("ann{round}")).await, (1, "14.50".to_owned()), "stride {stride}");
        let again = say(&shop, json!(events)).await;
        assert_eq!((&again["stored"], &again["unchanged"]), (&json!(0), &json!(7)));
    }
}

async fn a_refund_waits_for_its_order(database: Database) {
    let shop = Shop::start(&database);
    let body = say(&shop, event("refunded", "a", 5, json!({"refund_id": "r1", "amount": "5.00"}))).await;
    assert_eq!((&body["waiting"], &body["customers"]), (&json!(["a"]), &json!([])));
    assert_eq!(shop.get("/customers/ann").await.0, StatusCode::NOT_FOUND);
    check_histories(&database).await;
    // The order comes whole, as an older interface sends it.
    let (status, body) = shop.post("/orders", &order("a", "ann", "2026-03-01", "20.00")).await;
    assert_eq!((status, &body["waiting"]), (StatusCode::CREATED, &json!([])));
    assert_eq!(figures(&shop, "ann").await, (1, "15.00".to_owned()));
    assert_eq!(check_histories(&database).await, ["a"]);
}

async fn amounts_change_and_lines_are_added(database: Database) {
    let shop = Shop::start(&database);
    say(
        &shop,
        json!([
            event("placed", "a", 1, json!({"customer_id": "ann", "amount": "0"})),
            event("paid", "a", 1, json!({})),
            event("line_added", "a", 1, json!({"line_id": "l1", "amount": "12.00"})),
            event("line_added", "a", 1, json!({"line_id": "l2", "amount": "8.00"})),
            event("line_added", "a", 1, json!({"line_id": "discount", "amount": "-2.00"})),
        ]),
    )
    .await;
    assert_eq!(figures(&shop, "ann").await, (1, "18.00".to_owned()));
    // The later change first; the earlier one is superseded already.
    say(&shop, event("amount_changed", "a", 9, json!({"amount": "30.00"}))).await;
    assert_eq!(say(&shop, event("amount_changed", "a", 5, json!({"amount": "25.00"}))).await["stored"], 0);
    assert_eq!(figures(&shop, "ann").await, (1, "30.00".to_owned()));
    say(&shop, event("line_added", "a", 10, json!({"line_id": "l3", "amount": "1.00"}))).await;
    say(&shop, event("refunded_in_all", "a", 11, json!({"amount": "6.00"}))).await;
    assert_eq!(figures(&shop, "ann").await, (1, "25.00".to_owned()));
    say(&shop, event("fully_refunded", "a", 12, json!({}))).await;
    assert_eq!(figures(&shop, "ann").await, (0, "0.00".to_owned()));
    check_histories(&database).await;
}

async fn an_order_is_called_off_and_taken_up_again(database: Database) {
    let shop = Shop::start(&database);
    shop.post("/orders", &order("a", "ann", "2026-03-01", "20.00")).await;
    for (kind, day, purchases) in
        [("cancelled", 5, 0), ("paid", 3, 0), ("paid", 7, 1), ("unpaid", 8, 0), ("paid", 8, 1)]
    {
        say(&shop, event(kind, "a", day, json!({}))).await;
        assert_eq!(figures(&shop, "ann").await.0, purchases, "{kind} on day {day}");
        check_histories(&database).await;
    }
}

async fn a_contradiction_names_both_statements(database: Database) {
    let shop = Shop::start(&database);
    say(&shop, json!(life())).await;
    say(&shop, event("amount_changed", "a", 9, json!({"amount": "19.00"}))).await;
    let cases = [
        (event("placed", "a", 1, json!({"customer_id": "bo", "amount": "20.00"})), ["\"bo\"", "\"ann\""]),
        (event("placed", "a", 1, json!({"customer_id": "ann", "amount": "21.00"})), ["21.00", "20.00"]),
        (event("refunded", "a", 5, json!({"refund_id": "r1", "amount": "2.00"})), ["2.00", "2.50"]),
        (event("amount_changed", "a", 9, json!({"amount": "18.00"})), ["18.00", "19.00"]),
    ];
    for (contradiction, [found, known]) in cases {
        for (body, record) in [(contradiction.clone(), Value::Null), (json!([life()[0], contradiction]), json!(1))] {
            let (status, body) = shop.post("/events", &body).await;
            assert_eq!((status, &body["errors"][0]["record"]), (StatusCode::CONFLICT, &record), "{body}");
            let fault = &body["errors"][0];
            assert!(fault["found"].as_str().unwrap().contains(found), "{fault}");
            assert!(fault["expected"].as_str().unwrap().contains(known), "{fault}");
            assert!(fault["expected"].as_str().unwrap().contains("\"a\""), "{fault}");
        }
    }
    assert_eq!(shop.get("/customers/bo").await.0, StatusCode::NOT_FOUND, "nothing of it is stored");
    check_histories(&database).await;
}

async fn more_than_its_amount_is_not_given_back(database: Database) {
    let shop = Shop::start(&database);
    say(&shop, json!(life())).await;
    let refund = event("refunded", "a", 7, json!({"refund_id": "r3", "amount": "15.00"}));
    let (status, body) = shop.post("/events", &refund).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    let expected = body["errors"][0]["expected"].as_str().unwrap();
    assert!(expected.contains("20.5") && expected.contains("20.00"), "refunded and amount: {body}");
    // Once the amount is known to have been raised, the sender's next attempt is right.
    say(&shop, event("amount_changed", "a", 6, json!({"amount": "40.00"}))).await;
    assert_eq!(say(&shop, refund).await["stored"], 1);
    assert_eq!(figures(&shop, "ann").await, (1, "19.50".to_owned()));
    check_histories(&database).await;
}

async fn credits_lower_the_revenue_alone(database: Database) {
    let shop = Shop::start(&database);
    let credit = event("credited", "a", 9, json!({"customer_id": "ann", "amount": "5.00"}));
    // Of the same id as an order, and before it.
    say(&shop, credit.clone()).await;
    assert_eq!(figures(&shop, "ann").await, (0, "-5.00".to_owned()));
    say(&shop, json!(life())).await;
    assert_eq!(figures(&shop, "ann").await, (1, "9.50".to_owned()));
    assert_eq!(say(&shop, credit).await["unchanged"], 1);
    let other = event("credited", "a", 9, json!({"customer_id": "ann", "amount": "6.00"}));
    assert_eq!(shop.post("/events", &other).await.0, StatusCode::CONFLICT);
    assert_eq!(check_histories(&database).await, ["a", "a", "b"]);
}

async fn ids_of_one_person_are_joined(database: Database) {
    let shop = Shop::start(&database);
    for (id, customer, day) in
        [("a", "ann", "2026-03-01"), ("b", "ann@example.com", "2026-03-09"), ("c", "zoe", "2026-03-02")]
    {
        shop.post("/orders", &order(id, customer, day, "10")).await;
    }
    let join = |alias: &str, customer: &str| json!({"alias_id": alias, "customer_id": customer});
    let (status, body) = shop.post("/aliases", &join("ann@example.com", "ann")).await;
    assert_eq!((status, &body["customer_id"]), (StatusCode::CREATED, &json!("ann")), "{body}");
    assert_eq!((&body["figures"]["purchases"], &body["figures"]["revenue"]), (&json!(2), &json!("20.00")));
    check_histories(&database).await;
    assert_eq!(shop.post("/aliases", &join("ann@example.com", "ann")).await.0, StatusCode::OK);
    // By either id: the person, and further orders.
    assert_eq!(shop.ok("/customers/ann@example.com").await["customer_id"], "ann");
    shop.post("/orders", &order("d", "ann@example.com", "2026-03-20", "1")).await;
    assert_eq!(figures(&shop, "ann").await, (3, "21.00".to_owned()));
    check_histories(&database).await;
    // The same order by the other id is the same order; by a stranger's it is not.
    assert_eq!(shop.post("/orders", &order("b", "ann", "2026-03-09", "10")).await.0, StatusCode::OK);
    assert_eq!(shop.post("/orders", &order("b", "zoe", "2026-03-09", "10")).await.0, StatusCode::CONFLICT);
    // What comes of an order by the joined id is the person's, too.
    say(&shop, event("refunded", "b", 20, json!({"refund_id": "r", "amount": "1"}))).await;
    say(&shop, event("cancelled", "d", 21, json!({}))).await;
    assert_eq!(figures(&shop, "ann").await, (2, "19.00".to_owned()));
    check_histories(&database).await;
    let paid = order("d", "ann@example.com", "2026-03-20", "1");
    assert_eq!(shop.put("/orders/d", &paid).await.0, StatusCode::OK);
    // Somebody else turns out to be the same person; an id that has not bought yet, too.
    let (_, body) = shop.post("/aliases", &join("ann", "zoe")).await;
    assert_eq!((&body["customer_id"], &body["figures"]["purchases"]), (&json!("zoe"), &json!(4)), "{body}");
    assert_eq!(shop.post("/aliases", &join("new", "ann")).await.0, StatusCode::CREATED);
    shop.post("/orders", &order("e", "new", "2026-03-21", "1")).await;
    assert_eq!(figures(&shop, "zoe").await, (5, "31.00".to_owned()));
    shop.post("/models/fit", &json!({})).await;
    assert_eq!(shop.customers("").await.len(), 1);
    let (status, body) = shop.post("/aliases", &join("ann", "ann")).await;
    assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("alias_id")));
    check_histories(&database).await;
}

async fn an_order_is_corrected(database: Database) {
    let shop = Shop::start(&database);
    say(&shop, json!(life())).await;
    let mut right = order("a", "bo", "2026-03-03", "21.00");
    let (status, body) = shop.put("/orders/a", &right).await;
    assert_eq!((status, &body["stored"]), (StatusCode::OK, &json!(1)), "{body}");
    let customers: Vec<_> =
        body["customers"].as_array().unwrap().iter().map(|one| one["customer_id"].clone()).collect();
    assert_eq!(customers, ["ann", "bo"], "both are shown as they are now");
    assert_eq!(figures(&shop, "ann").await, (0, "0.00".to_owned()));
    assert_eq!(figures(&shop, "bo").await, (1, "21.00".to_owned()), "its refunds went with what was wrong");
    check_histories(&database).await;
    assert_eq!(shop.put("/orders/a", &right).await.1["unchanged"], 1);
    // What was wrong is a contradiction now.
    assert_eq!(shop.post("/events", &life()[0]).await.0, StatusCode::CONFLICT);
    right["order_id"] = json!("z");
    assert_eq!(shop.put("/orders/z", &right).await.0, StatusCode::NOT_FOUND);
    let (status, body) = shop.put("/orders/a", &right).await;
    assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("order_id")));
    assert_eq!(check_histories(&database).await, ["a", "b"]);
}

async fn bad_events_are_refused_by_name(database: Database) {
    let shop = Shop::start(&database);
    let placed = event("placed", "a", 1, json!({"customer_id": "ann", "amount": "20.00"}));
    let cases = [
        (event("placed", "a", 1, json!({"amount": "20.00"})), "customer_id"),
        (event("placed", "a", 1, json!({"customer_id": "ann"})), "amount"),
        (event("paid", "a", 1, json!({"amount": "20.00"})), "amount"),
        (event("refunded", "a", 1, json!({"amount": "1"})), "refund_id"),
        (event("refunded", "a", 1, json!({"amount": "-1", "refund_id": "r"})), "amount"),
        (event("line_added", "a", 1, json!({"amount": "--1", "line_id": "l"})), "amount"),
        (event("credited", "a", 1, json!({"amount": "0.00", "customer_id": "ann"})), "amount"),
        (event("refunded", "a", 1, json!({"amount": "1", "refund_id": "\u{1}"})), "refund_id"),
        (event("paid", "", 1, json!({})), "order_id"),
        (event("paid", "a", 32, json!({})), "at"),
        (json!({"order_id": "a", "event": "paid", "at": "2026-04-01T00:00:00Z"}), "at"),
    ];
    for (bad, field) in cases {
        let (status, body) = shop.post("/events", &json!([placed, bad])).await;
        assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{bad}");
        assert_eq!(body["errors"][0]["record"], 1, "{body}");
    }
    for bad in [event("lost", "a", 1, json!({})), event("paid", "a", 1, json!({"coupon": 1}))] {
        assert_eq!(shop.post("/events", &bad).await.0, StatusCode::BAD_REQUEST, "{bad}");
    }
    assert!(check_histories(&database).await.is_empty());
}

/// Two processes, many senders: whatever comes first, the order and its customer come out the same.
async fn events_of_one_order_from_many_senders(database: Database) {
    let shops = [Shop::start(&database), Shop::start(&database)];
    let events: Vec<Value> = (0..10).flat_map(|_| life()).collect();
    let posts = events.iter().enumerate().map(|(n, event)| shops[n % 2].post("/events", event));
    let answers = futures_util::future::join_all(posts).await;
    let count = |expected| answers.iter().filter(|(status, _)| *status == expected).count();
    let made = count(StatusCode::CREATED);
    // Where the cancellation is there before the payment of the day before, that says nothing new.
    assert!([6, 7].contains(&made) && count(StatusCode::OK) == 70 - made, "{answers:?}");
    assert_eq!(figures(&shops[0], "ann").await, (1, "14.50".to_owned()));
    assert_eq!(check_histories(&database).await, ["a", "b"]);
}
