//! What was bought: the lines of purchases, whatever form the file has.

#![allow(clippy::unwrap_used)]

use order_files::{Orders, ReadOptions, read};

fn orders(file: &str) -> Orders {
    read(file.as_bytes(), &ReadOptions::default().with_products()).unwrap()
}

/// Who bought what on which day.
fn lines(orders: &Orders) -> Vec<(String, String, String)> {
    let line = |line: order_files::ProductLine<'_>| {
        let customer = orders.ids().get(line.customer).unwrap().to_owned();
        (line.placed_at.date_naive().to_string(), customer, line.product.to_owned())
    };
    let mut lines: Vec<_> = orders.lines().map(line).collect();
    lines.sort();
    lines
}

#[track_caller]
fn are(orders: &Orders, expected: &[(&str, &str, &str)]) {
    let expected = expected.iter().map(|(day, who, what)| ((*day).to_owned(), (*who).to_owned(), (*what).to_owned()));
    assert_eq!(lines(orders), expected.collect::<Vec<_>>());
}

#[test]
fn lines_are_those_of_purchases() {
    let orders = orders(
        "order_id,customer_id,placed_at,product,amount,status\n\
         1,ann,2026-03-01,tea,5,paid\n\
         2,bo,2026-03-02,tea,5,cancelled\n\
         1,ann,2026-03-01,pot,20,paid\n\
         1,ann,2026-03-01,cup,3,cancelled\n\
         1,ann,2026-03-01,tea,-2,paid\n\
         3,guest,2026-03-03,tea,5,paid\n\
         4,cy,2026-03-04, ,7,paid\n\
         5,di,2026-03-05,pot,20,paid\n\
         5,di,2026-03-05,tea,5,paid\n\
         ,ed,2026-03-06,a teapot with a long name,30,paid\n",
    );
    let di = [("2026-03-05", "di", "pot"), ("2026-03-05", "di", "tea")];
    let ann = [("2026-03-01", "ann", "pot"), ("2026-03-01", "ann", "tea")];
    let ed = ("2026-03-06", "ed", "a teapot with a long name");
    are(&orders, &[ann[0], ann[1], di[0], di[1], ed]);
}

/// An order that a credit gives back whole is no purchase any more.
#[test]
fn lines_of_matched_orders_go() {
    let orders = orders(
        "order_id,customer_id,placed_at,product,amount\n\
         1,ann,2026-03-01,tea,5\n\
         1,ann,2026-03-01,pot,20\n\
         2,ann,2026-03-08,tea,5\n\
         C9,ann,2026-03-09,,-25\n",
    );
    assert_eq!(lines(&orders).len(), 3);
    are(&orders.with_credits_matched().unwrap(), &[("2026-03-08", "ann", "tea")]);
}

/// Where rows have an order's total, what one row says of the order holds for all of them.
#[test]
fn lines_of_totals_stand_where_their_order_stands() {
    let file = "order_id,customer_id,placed_at,product,amount,paid_at\n\
         1,ann,2026-03-01,tea,25,2026-03-01\n\
         1,ann,2026-03-01,pot,,\n\
         2,bo,2026-03-02,pot,20,\n\
         2,bo,2026-03-02,tea,,\n";
    let options = ReadOptions::default().with_products().with_rows("total".parse().unwrap());
    let orders = read(file.as_bytes(), &options).unwrap();
    are(&orders, &[("2026-03-01", "ann", "pot"), ("2026-03-01", "ann", "tea")]);
}

#[test]
fn each_row_is_an_order_without_ids() {
    let file = "customer_id,placed_at,product,amount\nbo,2026-03-02,tea,5\nann,2026-03-01,pot,20\nann,2026-03-01,,20\n";
    are(&orders(file), &[("2026-03-01", "ann", "pot"), ("2026-03-02", "bo", "tea")]);
    // Nobody asked.
    assert_eq!(read(file.as_bytes(), &ReadOptions::default()).unwrap().lines().count(), 0);
    let without = orders("customer_id,placed_at,amount\nbo,2026-03-02,5\n");
    assert_eq!(without.lines().count(), 0);
    assert_eq!(without.without_rows().lines().count(), 0);
}
