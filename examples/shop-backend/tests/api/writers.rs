use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{Database, Shop, on_both, order};
use crate::truth::check_histories;

on_both![
    two_writers_of_one_customer_lose_nothing,
    two_senders_of_one_order_store_it_once,
    batches_that_cross_do_not_wait_for_ever,
    two_processes_share_a_database,
    batches_that_claim_the_same_ids_are_settled,
];

async fn two_writers_of_one_customer_lose_nothing(database: Database) {
    let shop = Shop::start(&database);
    let orders: Vec<_> =
        (0..200).map(|n| order(&format!("n{n:03}"), "ann", &format!("2026-03-{:02}", 1 + n % 31), "0.10")).collect();
    let answers = join_all(orders.iter().map(|order| shop.post("/orders", order))).await;
    assert!(answers.iter().all(|(status, _)| *status == StatusCode::CREATED));
    let ann = shop.ok("/customers/ann").await;
    assert_eq!((&ann["figures"]["purchases"], &ann["figures"]["revenue"]), (&json!(200), &json!("20.00")));
    assert_eq!(check_histories(&database).await.len(), 200);
}

async fn two_senders_of_one_order_store_it_once(database: Database) {
    let shop = Shop::start(&database);
    let (ann, bo) = (order("a", "ann", "2026-03-01", "1"), order("a", "bo", "2026-03-01", "1"));
    let answers = join_all((0..40).map(|n| shop.post("/orders", if n % 2 == 0 { &ann } else { &bo }))).await;
    let count = |expected| answers.iter().filter(|(status, _)| *status == expected).count();
    assert_eq!(count(StatusCode::CREATED), 1);
    assert_eq!((count(StatusCode::OK), count(StatusCode::CONFLICT)), (19, 20));
    assert_eq!(check_histories(&database).await, ["a"]);
}

/// Batches of the same orders in opposite orders: in PostgreSQL each may hold what the other waits for.
async fn batches_that_cross_do_not_wait_for_ever(database: Database) {
    let shop = Shop::start(&database);
    let one = |n: usize| order(&format!("n{n}"), &format!("c{}", n % 5), "2026-03-01", "1");
    let forth = json!((0..50).map(one).collect::<Vec<_>>());
    let back = json!((0..50).rev().map(one).collect::<Vec<_>>());
    let answers = join_all((0..8).map(|n| shop.post("/orders", if n % 2 == 0 { &forth } else { &back }))).await;
    assert!(answers.iter().all(|(status, _)| status.is_success()), "{answers:?}");
    assert_eq!(check_histories(&database).await.len(), 50);
}

async fn two_processes_share_a_database(database: Database) {
    let shops = [Shop::start(&database), Shop::start(&database)];
    let orders: Vec<_> = (0..60).map(|n| order(&format!("n{n}"), "ann", "2026-03-01", "1")).collect();
    let posts = orders.iter().enumerate().map(|(n, order)| shops[n % 2].post("/orders", order));
    let answers = join_all(posts).await;
    assert!(answers.iter().all(|(status, _)| *status == StatusCode::CREATED), "{answers:?}");
    assert_eq!(check_histories(&database).await.len(), 60);
}

/// Two batches of different customers that claim each other's ids: a deadlock of unique keys, until one gives way.
async fn batches_that_claim_the_same_ids_are_settled(database: Database) {
    let shop = Shop::start(&database);
    for round in 0..5 {
        let one = |id: &str, customer: &str| order(&format!("{id}{round}"), customer, "2026-03-01", "1");
        let (forth, back) = (json!([one("a", "c1"), one("b", "c2")]), json!([one("b", "c3"), one("a", "c4")]));
        let (forth, back) = tokio::join!(shop.post("/orders", &forth), shop.post("/orders", &back));
        let mut statuses = [forth.0.as_u16(), back.0.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{forth:?} {back:?}");
    }
    assert_eq!(check_histories(&database).await.len(), 10);
}
