//! Rows of one order that say different things stop the reading, and both are shown with their lines.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

mod common;

use common::{answer, notes, ok, ok_with, refusal};
use order_files::ReadOptions;

/// What stops a file of totals.
#[track_caller]
fn stops(file: &str, order: &str, lines: [u64; 2], column: &str, values: [&str; 2]) {
    let [first, second] = lines;
    let [one, other] = values;
    let mend = if column == "amount" { "--rows lines adds the rows of an order up; " } else { "" };
    assert_eq!(
        refusal(file.as_bytes()),
        format!(
            "lines {first} and {second} are both of order \"{order}\" and contradict each other: column {column} has {one} and \
             {other}; correct the line that is wrong; {mend}--columns order_id= takes each line for an order of its own"
        )
    );
}

#[test]
fn each_difference_shows_both_values() {
    let header = "order_id,customer_id,placed_at,amount";
    let file = |columns: &str, one: &str, other: &str| {
        format!("{header}{columns}\nA7,ann,2024-01-05,10{one}\nZ,bo,2024-01-06,1{one}\n{other}\n")
    };
    stops(&file("", "", "A7,bo,2024-01-05,10"), "A7", [2, 4], "customer_id", ["\"ann\"", "\"bo\""]);
    stops(&file("", "", "A7,ann,2024-01-05,12.5"), "A7", [2, 4], "amount", ["10", "12.5"]);
    stops(
        &file("", "", "A7,ann,2024-01-05 10:00,10"),
        "A7",
        [2, 4],
        "placed_at",
        ["2024-01-05 00:00:00", "2024-01-05 10:00:00"],
    );
    stops(&file(",status", ",paid", "A7,ann,2024-01-05,10,void"), "A7", [2, 4], "status", ["\"paid\"", "\"void\""]);
    stops(&file(",refunded", ",1", "A7,ann,2024-01-05,10,2"), "A7", [2, 4], "refunded", ["1", "2"]);
    stops(
        &file(",cancelled_at", ",", "A7,ann,2024-01-05,10,2024-01-06"),
        "A7",
        [2, 4],
        "cancelled_at",
        ["none", "a time"],
    );
    stops(&file(",paid_at", ",2024-01-06", "A7,ann,2024-01-05,10,"), "A7", [2, 4], "paid_at", ["a time", "none"]);
    // The words agree, and the times of calling off do not.
    stops(
        &file(",status,cancelled_at", ",paid,", "A7,ann,2024-01-05,10,paid,2024-01-06"),
        "A7",
        [2, 4],
        "cancelled_at",
        ["none", "a time"],
    );
    let long = "an id that is longer than fifteen bytes";
    let rows =
        format!("{header}\n{long},Ann of Castle Hill,2024-01-05,10\n{long},Bob of the Long Road,2024-01-05,10\n");
    stops(&rows, long, [2, 3], "customer_id", ["\"Ann of Castle Hill\"", "\"Bob of the Long Road\""]);
}

#[test]
fn the_shops_clock_shows_times_of_a_contradiction() {
    let file = "order_id,customer_id,placed_at,amount\n1,ann,2024-07-05 10:00,10\n1,ann,2024-07-05 11:00,10\n";
    let options = ReadOptions::default().with_zone("Europe/Berlin".parse().unwrap());
    let text = order_files::read(file.as_bytes(), &options).unwrap_err().to_string();
    assert!(text.contains("column placed_at has 2024-07-05 10:00:00 and 2024-07-05 11:00:00"), "{text}");
}

#[test]
fn lines_of_an_order_lie_within_a_day_of_its_first() {
    let file = |third: &str| {
        format!(
            "order_id,customer_id,placed_at,amount,product\n1,ann,2024-01-05 12:00,1,a\n1,ann,2024-01-04 13:00,2,b\n1,ann,{third},4,c\n"
        )
    };
    assert_eq!(answer(&ok(file("2024-01-05 12:30").as_bytes())).3, "7");
    assert_eq!(
        refusal(file("2024-01-05 14:00").as_bytes()),
        "lines 3 and 4 are both of order \"1\" and contradict each other: column placed_at has 2024-01-04 13:00:00 and \
         2024-01-05 14:00:00; correct the line that is wrong; --columns order_id= takes each line for an order of its own"
    );
}

#[test]
fn ids_that_come_again_each_day_are_no_orders_ids() {
    let till = "order_id,customer_id,placed_at,amount\n1,ann,2024-01-05,10\n2,bo,2024-01-05,10\n1,bo,2024-01-06,4\n2,ann,2024-01-06,4\n";
    assert!(refusal(till.as_bytes()).starts_with("lines 2 and 4 are both of order \"1\""));
    let options = ReadOptions::default().with_columns("order_id=".parse().unwrap());
    let orders = ok_with(till.as_bytes(), &options);
    assert_eq!((answer(&orders), notes(&orders)), ((2, 4, 0, "28".to_owned()), vec![]));
    let text = order_files::read(till.as_bytes(), &ReadOptions::default().with_columns("amount=".parse().unwrap()));
    assert!(
        text.unwrap_err()
            .to_string()
            .starts_with("line 1: no column says how much (amount); the columns are: order_id,")
    );
}

#[test]
fn refunds_above_their_order_name_both_lines() {
    let header = "order_id,customer_id,placed_at,amount";
    let above = "found refunds of 12 in all, expected at most 10, the amount of order \"1\" on line";
    for (rows, lines) in [
        ("1,ann,2024-01-05,10\n1,ann,2024-01-06,-12\n", [3, 2]),
        ("1,ann,2024-01-06,-5\n1,ann,2024-01-07,-7\n1,ann,2024-01-05,10\n", [2, 4]),
    ] {
        let text = refusal(format!("{header}\n{rows}").as_bytes());
        assert!(text.starts_with(&format!("line {}, column amount: {above} {}; ", lines[0], lines[1])), "{text}");
    }
    // A refund in the column of the order and another in a row of its own are two.
    let both = format!("{header},refunded\n1,ann,2024-01-05,10,6\n1,ann,2024-01-06,-5,\n");
    assert!(refusal(both.as_bytes()).contains("found refunds of 11 in all, expected at most 10"));
}
