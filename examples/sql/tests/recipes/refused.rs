//! Rows that are no orders.

use repurchase::sql;

use crate::database::{Database, ORDERS, databases, for_each_case};

#[test]
fn good_orders_are_not_refused() {
    for_each_case(|case| {
        let rows: Vec<Vec<String>> = case.rows(sql::REFUSED_ORDERS);
        assert!(rows.is_empty(), "{}: {rows:?}", case.name());
    });
}

/// Each row but the first has one thing wrong that the library refuses, too, or that it cannot be given.
#[test]
fn bad_orders_are_refused_with_the_reason() {
    const AT: &str = "timestamp with time zone '2026-03-01 12:00:00+00'";
    let orders = format!(
        "{ORDERS}
        insert into orders values
            ('good', {AT}, 10, 'paid', null), (null, {AT}, 10, 'paid', 0), ('no time', null, 10, 'paid', 0),
            ('no amount', {AT}, null, 'paid', 0), ('no status', {AT}, 10, null, 0), ('odd status', {AT}, 10, 'PAID', 0),
            ('unpaid credit', {AT}, -10, 'unpaid', 0), ('refunded credit', {AT}, -10, 'paid', 1),
            ('refund below 0', {AT}, 10, 'paid', -1), ('refund above amount', {AT}, 10, 'paid', 10.01);"
    );
    for database in databases().unwrap() {
        let refused = refused(&database, &orders);
        let refused: Vec<_> = refused.iter().map(|(customer, field)| (customer.as_str(), field.as_str())).collect();
        let expected = [
            ("", "customer_id"),
            ("no amount", "amount"),
            ("no status", "status"),
            ("no time", "placed_at"),
            ("odd status", "status"),
            ("refund above amount", "refunded"),
            ("refund below 0", "refunded"),
            ("refunded credit", "refunded"),
            ("unpaid credit", "status"),
        ];
        assert_eq!(refused, expected, "{}", database.name());
    }
}

/// The customer of each refused row and the column at fault, in order.
fn refused(database: &Database, orders: &str) -> Vec<(String, String)> {
    database.run(orders);
    let answer = database.run(sql::REFUSED_ORDERS);
    let mut reader = csv::Reader::from_reader(answer.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let (column, _) = row[5].split_once(':').unwrap();
        (row[0].to_owned(), column.to_owned())
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    rows
}
