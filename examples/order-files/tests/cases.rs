//! Every file of `tests/cases` gives the answer that `tests/cases/README.md` has for it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use std::path::Path;

use common::{answer, bought_again, notes, ok, ok_with, purchases, refusal};
use order_files::{Encoding, Orders, ReadOptions};

fn case(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)).unwrap()
}

fn answer_of(customers: usize, purchases: usize, credits: usize, revenue: &str) -> (usize, usize, usize, String) {
    (customers, purchases, credits, revenue.to_owned())
}

fn as_of(orders: &Orders) -> String {
    orders.as_of().to_string()
}

#[test]
fn a_column_in_another_case_is_used() {
    let orders = ok(&case("Status.csv"));
    assert_eq!((answer(&orders), bought_again(&orders)), (answer_of(2, 2, 0, "20"), 0));
    assert_eq!(notes(&orders), [("cancelled", 1)]);
}

#[test]
fn shopify() {
    let orders = ok(&case("shopify.csv"));
    assert_eq!((answer(&orders), bought_again(&orders)), (answer_of(3, 4, 0, "185"), 1));
    let names = [("kim@example.com", 2), ("lee@example.com", 1), ("mo@example.com", 1)];
    assert_eq!(purchases(&orders), names.map(|(name, count)| (name.to_owned(), count)));
    assert_eq!(notes(&orders), [("guest_orders", 1), ("ids_joined", 1), ("cancelled", 1), ("fully_refunded", 1)]);
    assert_eq!((orders.read_as().layout.as_str(), orders.read_as().currency.as_deref()), ("shopify", Some("EUR")));
}

#[test]
fn woocommerce_analytics() {
    let orders = ok(&case("woo.csv"));
    assert_eq!((answer(&orders), bought_again(&orders)), (answer_of(1, 1, 0, "1234.5"), 0));
    assert_eq!(notes(&orders), [("guest_orders", 1), ("cancelled", 1), ("fully_refunded", 1), ("refunds_matched", 1)]);
}

#[test]
fn taobao_in_gbk() {
    let orders = ok(&case("taobao_gbk.csv"));
    assert_eq!((answer(&orders), bought_again(&orders)), (answer_of(2, 3, 0, "179"), 1));
    assert_eq!(purchases(&orders), [("茶客丙".to_owned(), 1), ("茶客甲".to_owned(), 2)]);
    assert_eq!(notes(&orders), [("unpaid", 1), ("cancelled", 1)]);
    assert_eq!(orders.read_as().encoding, Encoding::Gb18030);
}

#[test]
fn olist_knows_the_person() {
    let orders = ok(&case("olist.csv"));
    assert_eq!((answer(&orders), bought_again(&orders)), (answer_of(2, 4, 0, "98.71"), 1));
    assert_eq!(notes(&orders), [("cancelled", 1)]);
}

#[test]
fn overlapping_exports() {
    let orders = ok(&case("overlap.csv"));
    assert_eq!((answer(&orders), bought_again(&orders)), (answer_of(3, 3, 0, "60"), 0));
    assert_eq!(notes(&orders), [("duplicate_rows", 1)]);
}

#[test]
fn refunds_in_rows_of_their_own() {
    let columns = "customer_id=customer_id,placed_at=transaction_date,amount=amount,kind=transaction_type";
    let orders = ok_with(&case("refund_rows.csv"), &ReadOptions::default().with_columns(columns.parse().unwrap()));
    assert_eq!(answer(&orders), answer_of(4, 15, 3, "3590"));
    assert_eq!(notes(&orders), [("near_columns", 1)]);
    assert_eq!(
        refusal(&case("refund_rows.csv")),
        "line 1: no column says when (placed_at); the columns are: transaction_id, customer_id, transaction_date, amount, \
         transaction_type; --columns \"placed_at=transaction_date,order_id=transaction_id,kind=transaction_type\" names them; --from list shows the layouts that are known"
    );
}

#[test]
fn nobody_has_an_id() {
    assert_eq!(
        refusal(&case("null.csv")),
        "nobody has an id: all orders (4) are of guests (column customer_id: \"NULL\"); --columns customer_id=NAME reads another \
         column"
    );
}

#[test]
fn a_cancelled_order_does_not_say_what_day_it_is() {
    assert_eq!(as_of(&ok(&case("cancelled_last.csv"))), "2024-02-01");
}

#[test]
fn semicolons_and_decimal_commas() {
    assert_eq!(answer(&ok(&case("right_names.csv"))), answer_of(2, 2, 0, "1254.4"));
}

#[test]
fn utf_16() {
    let orders = ok(&case("utf16.txt"));
    assert_eq!((answer(&orders), orders.read_as().encoding), (answer_of(1, 1, 0, "10"), Encoding::Utf16));
}

#[test]
fn offsets_of_hours() {
    assert_eq!(as_of(&ok(&case("pg.csv"))), "2023-02-10");
}

#[test]
fn one_day_of_the_shop() {
    let orders = ok_with(&case("dst.csv"), &ReadOptions::default().with_zone("Europe/Berlin".parse().unwrap()));
    let ledger = orders.log().unwrap().ledger(orders.as_of()).unwrap();
    assert!(ledger.iter().all(|(_, history)| history.purchase_days() == 1 && history.purchases() == 2));
}

#[test]
fn plain_files() {
    assert_eq!(answer(&ok(&case("one_rebuyer.csv"))).0, 30);
    assert_eq!(ok(&case("heavy_spend.csv")).purchases(), 3444);
}
