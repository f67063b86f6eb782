use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::StatusCode;

use crate::harness::{Database, Shop, on_both, order};
use crate::truth::check_histories;

on_both![a_crash_loses_no_acknowledged_order];

/// How often the program is killed in the middle of a load.
const CRASHES: usize = 5;
const WRITERS: usize = 4;

/// `kill -9` while four writers post: what was answered is there, what is there is consistent.
async fn a_crash_loses_no_acknowledged_order(database: Database) {
    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    for crash in 0..CRASHES {
        let shop = Shop::start(&database);
        let answered = Arc::new(AtomicUsize::new(0));
        let write = |writer| tokio::spawn(write(requests(&shop, crash, writer), Arc::clone(&answered)));
        let writers: Vec<_> = (0..WRITERS).map(write).collect();
        // Another moment each time, however slow the machine is.
        while answered.load(Ordering::Relaxed) < 12 + 20 * crash {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        drop(shop);
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
    }
    // Start once more, which must be able to go on with what it finds.
    let shop = Shop::start(&database);
    assert_eq!(shop.post("/orders", &order("last", "c0", "2026-03-31", "1")).await.0, StatusCode::CREATED);
    let stored: BTreeSet<String> = check_histories(&database).await.into_iter().collect();
    println!("{CRASHES} crashes, {} orders acknowledged, {} stored", acknowledged.len(), stored.len());
    let lost: Vec<_> = acknowledged.difference(&stored).collect();
    assert!(lost.is_empty(), "{} of {} lost: {lost:?}", lost.len(), acknowledged.len());
    assert!(acknowledged.len() > 10 * CRASHES, "only {} orders were in before the crashes", acknowledged.len());
}

/// Orders of a few customers, some older than what is there, so that histories are rebuilt too.
fn requests(shop: &Shop, crash: usize, writer: usize) -> Vec<(String, reqwest::RequestBuilder)> {
    let one = |n: usize| {
        let id = format!("{crash}-{writer}-{n}");
        let body = order(&id, &format!("c{}", n % 3), &format!("2026-03-{:02}", 1 + n * 7 % 31), "1.10");
        (id, shop.request(reqwest::Method::POST, "/orders").json(&body))
    };
    (0..2000).map(one).collect()
}

/// The ids that were acknowledged before the server was gone.
async fn write(requests: Vec<(String, reqwest::RequestBuilder)>, answered: Arc<AtomicUsize>) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for (id, request) in requests {
        match request.send().await {
            Ok(response) if response.status() == StatusCode::CREATED => {
                acknowledged.push(id);
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Ok(response) => panic!("{}", response.status()),
            Err(_) => break,
        }
    }
    acknowledged
}
