//! Three variants or more of each situation of `tests/cases`, as other shops would have it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use common::{answer, bought_again, notes, ok, ok_with, purchases, refusal};
use order_files::ReadOptions;

fn answer_of(customers: usize, purchases: usize, revenue: &str) -> (usize, usize, usize, String) {
    (customers, purchases, 0, revenue.to_owned())
}

#[test]
fn names_of_columns_in_any_case_and_joint() {
    for header in [
        "CUSTOMER ID;Placed At;AMOUNT;STATUS",
        "Customer-Id;placed-at; amount ;sTaTuS",
        "customerid;PlacedAt;Amount;Status",
    ] {
        let file = format!("{header}\nann;2024-01-05;10;Paid\nann;2024-02-05;10;CANCELED\nbo;2024-02-05;10;\n");
        assert_eq!(
            (answer(&ok(file.as_bytes())), notes(&ok(file.as_bytes()))),
            (answer_of(2, 2, "20"), vec![("cancelled", 1)])
        );
    }
}

#[test]
fn a_status_column_of_another_name_is_noted_or_named() {
    for (name, word) in
        [("Order Status", "cancelled"), ("Payment-Status", "unpaid"), ("订单状态", "已取消"), ("state", "void")]
    {
        let file = format!("customer_id,placed_at,amount,{name}\nann,2024-01-05,10,paid\nann,2024-02-05,10,{word}\n");
        let orders = ok(file.as_bytes());
        assert_eq!((orders.purchases(), notes(&orders)), (2, vec![("near_columns", 1)]));
        let options = ReadOptions::default().with_columns(format!("status={name}").parse().unwrap());
        assert_eq!(ok_with(file.as_bytes(), &options).purchases(), 1);
    }
}

#[test]
fn exports_that_overlap() {
    let quoted = "order_id,customer_id,placed_at,amount\n1,ann,2024-01-05,10\n\"2\",\"bo\",\"2024-01-31\",\"20\"\n2,bo,2024-01-31,20\n3,cy,2024-02-10,30\n";
    let thrice = "order_id\tcustomer_id\tplaced_at\tamount\n1\tann\t2024-01-05\t10\n1\tann\t2024-01-05\t10\n1\tann\t2024-01-05\t10\n2\tbo\t2024-01-31\t20\n3\tcy\t2024-02-10\t30\n";
    let lines = "placed_at,product,order_id,customer_id,amount\n2024-01-05,a,1,ann,4\n2024-01-05,b,1,ann,6\n2024-01-31,a,2,bo,20\n2024-01-05,a,1,ann,4\n2024-01-05,b,1,ann,6\n2024-02-10,a,3,cy,30\n";
    for (file, duplicates) in [(quoted, 1), (thrice, 2), (lines, 2)] {
        let orders = ok(file.as_bytes());
        assert_eq!((answer(&orders), bought_again(&orders)), (answer_of(3, 3, "60"), 0));
        assert_eq!(notes(&orders), [("duplicate_rows", duplicates)]);
    }
    // Without the orders' ids, equal rows may be two orders.
    assert_eq!(ok("customer_id,placed_at,amount\nann,2024-01-05,10\nann,2024-01-05,10\n".as_bytes()).purchases(), 2);
}

#[test]
fn ids_that_are_nobody() {
    for id in ["", "null", "NaN", "GUEST", " 0 ", "-", "\"\"", "=\"\""] {
        let file = format!("customer_id,placed_at,amount\n{id},2024-01-05,10\n{id},2024-01-06,12\n");
        assert!(
            refusal(file.as_bytes()).starts_with("nobody has an id: all 2 orders are of guests (column customer_id: ")
        );
    }
}

#[test]
fn the_last_day_is_of_purchases_and_credits() {
    let as_of =
        |rows: &str| ok(format!("customer_id,placed_at,amount,status,refunded\n{rows}").as_bytes()).as_of().to_string();
    assert_eq!(as_of("ann,2024-02-01,10,paid,\ncy,2025-12-31,10,unpaid,\n"), "2024-02-01");
    assert_eq!(as_of("ann,2024-02-01,10,paid,\ncy,2025-12-31,10,paid,10\n"), "2024-02-01");
    assert_eq!(as_of("ann,2024-02-01,10,paid,\n,2025-12-31,10,paid,\n"), "2024-02-01");
    assert_eq!(as_of("ann,2024-02-01,10,paid,\nann,2024-03-31,-10,paid,\n"), "2024-03-31");
}

#[test]
fn refunds_as_rows_in_other_words() {
    for (name, sale, back) in [
        ("kind", "Purchase", "Refund"),
        ("Kind", "sale", "RETURN"),
        ("KIND", "销售", "退款"),
        ("kind", "order", "credit note"),
    ] {
        let file = format!(
            "{name},customer_id,placed_at,amount\n{sale},ann,2024-01-05,10\n{back},ann,2024-01-15,4\n{sale},bo,2024-01-05,10\n"
        );
        let orders = ok(file.as_bytes());
        assert_eq!(
            (orders.purchases(), orders.credits().count(), orders.revenue().to_string()),
            (2, 1, "16.00".to_owned())
        );
    }
}

#[test]
fn an_order_given_back_whole_in_rows_of_its_own() {
    for rows in [
        "1,ann,2024-01-05,10\n1,ann,2024-01-06,-10\n",
        "1,ann,2024-01-06,(10.00)\n1,ann,2024-01-05,10\n",
        "1,ann,2024-01-05,10\n1,ann,2024-01-06,-4\n1,ann,2024-01-07,-6\n",
    ] {
        let orders = ok(format!("order_id,customer_id,placed_at,amount\n{rows}2,bo,2024-01-05,1\n").as_bytes());
        assert_eq!((answer(&orders), notes(&orders)[0]), (answer_of(1, 1, "1"), ("fully_refunded", 1)));
    }
}

#[test]
fn the_shops_day_in_other_zones() {
    let file = "customer_id,placed_at,amount\nann,2025-03-08T23:30:00-08:00,10\nann,2025-03-09T00:30:00-08:00,10\nbo,2025-03-09 07:30:00Z,10\n";
    let days = |zone: &str| {
        let orders = ok_with(file.as_bytes(), &ReadOptions::default().with_zone(zone.parse().unwrap()));
        let ledger = orders.log().unwrap().ledger(orders.as_of()).unwrap();
        (ledger.iter().map(|(_, history)| history.purchase_days()).collect::<Vec<_>>(), orders.as_of().to_string())
    };
    assert_eq!(days("America/Los_Angeles"), (vec![2, 1], "2025-03-09".to_owned()));
    assert_eq!(days("+00:00"), (vec![1, 1], "2025-03-09".to_owned()));
    assert_eq!(days("Asia/Shanghai"), (vec![1, 1], "2025-03-09".to_owned()));
    // A plain date is the shop's day, wherever the shop is.
    for zone in ["America/Sao_Paulo", "Pacific/Kiritimati", "-11:00"] {
        let orders = ok_with(
            b"customer_id,placed_at,amount\nann,2018-11-04,1\n",
            &ReadOptions::default().with_zone(zone.parse().unwrap()),
        );
        assert_eq!(orders.as_of().to_string(), "2018-11-04", "{zone}");
    }
}

#[test]
fn one_row_per_line_with_the_total_on_the_first_or_on_each() {
    let header = "Name,Email,Financial Status,Created at,Total,Lineitem name\n";
    for rows in [
        "#1,a@x.de,paid,2024-01-05,10.00,Soap\n#1,a@x.de,,2024-01-05,,Cream\n#2,a@x.de,paid,2024-01-06,5.00,Soap\n",
        "#1,,,2024-01-05,,Cream\n#1,a@x.de,paid,2024-01-05,10.00,Soap\n#2,a@x.de,paid,2024-01-06,5.00,Soap\n",
        "#1,a@x.de,paid,2024-01-05,10.00,Soap\n#2,a@x.de,paid,2024-01-06,5.00,Soap\n#1,a@x.de,paid,2024-01-05,10.00,Cream\n",
    ] {
        let orders = ok(format!("{header}{rows}").as_bytes());
        assert_eq!(
            (answer(&orders), purchases(&orders)),
            (answer_of(1, 2, "15"), vec![("a@x.de".to_owned(), 2)]),
            "{rows}"
        );
    }
}
