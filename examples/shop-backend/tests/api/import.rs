//! Exports go in as they are, twice and later again, all of a file or nothing of it.

use std::fs;
use std::process::Output;

use reqwest::StatusCode;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::{Database, Shop, TODAY, command, on_both, order};
use crate::truth::check_histories;

on_both![
    an_export_goes_in_as_it_is,
    a_later_export_says_what_has_become_of_its_orders,
    webhooks_and_exports_meet,
    a_file_is_stored_as_a_whole_or_not_at_all,
];

fn import(database: &Database, file: &[u8], options: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("orders.csv");
    fs::write(&path, file).unwrap();
    let mut command = command(database);
    command.env("SHOP_TODAY", TODAY).arg("import").arg(&path).args(options).output().unwrap()
}

#[track_caller]
pub(crate) fn imported(database: &Database, file: &str, options: &[&str]) -> String {
    let output = import(database, file.as_bytes(), options);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[track_caller]
fn refused(database: &Database, file: &str, options: &[&str]) -> String {
    let output = import(database, file.as_bytes(), options);
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

/// As Shopify writes it: one order of two lines, one of a guest, one refunded in part, one voided.
const SHOPIFY: &str = "\
Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Refunded Amount,Created at,Lineitem quantity,Lineitem name,Cancelled at
#1001,Ann@example.com,paid,2026-03-01 10:00:00 +0100,EUR,18.00,2.00,0.00,20.00,0.00,2026-03-01 10:00:00 +0100,1,Tea,
#1001,Ann@example.com,,,,,,,,,2026-03-01 10:00:00 +0100,2,Pot,
#1002,bo@example.com,partially_refunded,2026-03-02 10:00:00 +0100,EUR,30.00,0.00,0.00,30.00,10.00,2026-03-02 10:00:00 +0100,1,Tea,
#1003,,paid,2026-03-03 10:00:00 +0100,EUR,5.00,0.00,0.00,5.00,0.00,2026-03-03 10:00:00 +0100,1,Tea,
#1004,ann@example.com,voided,,EUR,7.00,0.00,0.00,7.00,0.00,2026-03-04 10:00:00 +0100,1,Tea,2026-03-05 10:00:00 +0100
";

async fn an_export_goes_in_as_it_is(database: Database) {
    let text = imported(&database, SHOPIFY, &[]);
    for part in [
        "Note: Orders of guests, left out: 1 of 4",
        "3 orders and credits stored, 0 known before; 2 customers",
        "version 1, 2 customers",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(check_histories(&database).await, ["#1001", "#1002", "#1004"]);
    let text = imported(&database, SHOPIFY, &["--from", "shopify", "--lang", "zh"]);
    assert!(text.contains("提示：") && text.contains("0 orders and credits stored, 3 known before"), "{text}");
    // Of rows without an id, two that are alike are two, each time the file comes.
    let own = "customer_id,placed_at,amount\nzoe,2026-03-01,5\nzoe,2026-03-01,5\nzoe,2026-03-09,-2\n";
    for (stored, known) in [(3, 0), (0, 3)] {
        let text = imported(&database, own, &[]);
        assert!(text.contains(&format!("{stored} orders and credits stored, {known} known before")), "{text}");
        check_histories(&database).await;
    }
    let shop = Shop::start(&database);
    assert_eq!(shop.ok("/models").await["current"], 2, "what changed nothing was not fitted");
    let of = async |customer: &str| {
        let figures = shop.ok(&format!("/customers/{customer}")).await["figures"].clone();
        (figures["purchases"].as_u64().unwrap(), figures["revenue"].as_str().unwrap().to_owned())
    };
    assert_eq!(of("ann@example.com").await, (1, "20.00".to_owned()));
    assert_eq!(of("bo@example.com").await, (1, "20.00".to_owned()));
    assert_eq!(of("zoe").await, (2, "8.00".to_owned()));
}

async fn a_later_export_says_what_has_become_of_its_orders(database: Database) {
    let head = "order_id,customer_id,placed_at,amount,refunded,status\n";
    let march = format!("{head}1,ann,2026-03-01,20,0,paid\n2,ann,2026-03-02,30,0,unpaid\n3,bo,2026-03-03,5,0,paid\n");
    imported(&database, &march, &[]);
    let april = format!(
        "{head}1,ann,2026-03-01,25,5,paid\n2,ann,2026-03-02,30,0,paid\n3,bo,2026-03-03,5,0,paid\n4,bo,2026-03-09,1,0,paid\n"
    );
    let text = imported(&database, &april, &[]);
    assert!(text.contains("3 orders and credits stored, 1 known before"), "{text}");
    check_histories(&database).await;
    // The older file again: it says nothing that a later one has not superseded.
    let text = imported(&database, &march, &[]);
    assert!(text.contains("0 orders and credits stored, 3 known before"), "{text}");
    let shop = Shop::start(&database);
    let ann = shop.ok("/customers/ann").await["figures"].clone();
    assert_eq!((&ann["purchases"], &ann["revenue"]), (&json!(2), &json!("50.00")));
    check_histories(&database).await;
}

async fn webhooks_and_exports_meet(database: Database) {
    let shop = Shop::start(&database);
    let refund =
        json!({"order_id": "1", "event": "refunded", "refund_id": "r", "at": "2026-03-04T12:00:00Z", "amount": "5"});
    assert_eq!(shop.post("/events", &refund).await.0, StatusCode::CREATED);
    assert_eq!(shop.post("/orders", &order("2", "ann", "2026-03-02", "30.00")).await.0, StatusCode::CREATED);
    // The export was made on the 9th: the refund of the 4th is part of its sum, one of the 10th is not.
    let file = "order_id,customer_id,placed_at,amount,refunded\n1,ann,2026-03-01T12:00:00Z,20,5\n2,ann,2026-03-02T12:00:00Z,30,0\n";
    let text = imported(&database, file, &["--exported-at", "2026-03-09T00:00:00Z"]);
    assert!(text.contains("1 orders and credits stored, 1 known before"), "{text}");
    check_histories(&database).await;
    let of_ann = async || shop.ok("/customers/ann").await["figures"]["revenue"].clone();
    assert_eq!(of_ann().await, "45.00");
    let later =
        json!({"order_id": "1", "event": "refunded", "refund_id": "s", "at": "2026-03-10T12:00:00Z", "amount": "1"});
    shop.post("/events", &later).await;
    assert_eq!(of_ann().await, "44.00");
    assert_eq!(check_histories(&database).await, ["1", "2"]);
}

async fn a_file_is_stored_as_a_whole_or_not_at_all(database: Database) {
    let head = "order_id,customer_id,placed_at,amount\n";
    imported(&database, &format!("{head}1,ann,2026-03-01,20\n"), &[]);
    let cases = [
        (format!("{head}0,zoe,2026-03-01,1\n1,bo,2026-03-01,20\n"), vec!["order 1", "\"bo\"", "\"ann\""]),
        (format!("{head}0,zoe,2026-03-01,1\n2,bo,2026-04-01,20\n"), vec!["\"2\"", "2026-04-01", "--as-of"]),
        (format!("{head}0,zoe,2026-03-01,1\n2,bo,2026-03-01,1.0005\n"), vec!["\"2\"", "1.0005", "CURRENCY_DECIMALS"]),
        (format!("{head}0,zoe,2026-03-01,1\n{},bo,2026-03-01,1\n", "x".repeat(101)), vec!["order_id", "1 to 100"]),
        (format!("{head}0,zoe,2026-03-01,1\n2,bo,yesterday,1\n"), vec!["line 3", "yesterday"]),
        (String::new(), vec!["empty"]),
    ];
    for (file, expected) in cases {
        let text = refused(&database, &file, &[]);
        assert!(expected.iter().all(|part| text.contains(part)), "{expected:?}: {text}");
        assert_eq!(check_histories(&database).await, ["1"]);
    }
    let text =
        imported(&database, &format!("{head}2,bo,2026-03-02,1\n3,bo,2026-03-09,1\n"), &["--as-of", "2026-03-05"]);
    assert!(text.contains("1 orders and credits stored, 0 known before, 1 after --as-of left out"), "{text}");
    assert_eq!(check_histories(&database).await, ["1", "2"]);
    // Nobody's database is not guessed.
    let output = command(&database).env_remove("DATABASE_URL").args(["import", "x.csv"]).output().unwrap();
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("DATABASE_URL"));
}
