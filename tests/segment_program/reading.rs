//! Files as shops have them: what a row counts for.

use std::fs;
use std::path::Path;

use super::{BOTH, CDNOW, ROOT, directory, succeeds};

/// `customers.csv` of a small file, without its header.
#[track_caller]
fn customers(case: &str, options: &[&str], orders: &str) -> Vec<Vec<String>> {
    let out = directory(case);
    succeeds(&[&["-", "--out", out.to_str().unwrap()], options].concat(), orders);
    let table = fs::read_to_string(out.join("customers.csv")).unwrap();
    table.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn files_from_other_systems_are_read() {
    let customers = customers(
        "other_systems",
        &[],
        "\u{feff}amount,note,customer_id,placed_at\r\n\
         \"1.50\",\"a, b\",Ann,1997-01-01\r\n\
         2,\"line\r\nbreak\",ann,1997-01-02 10:00\r\n\
         0.25,,\"A\"\"nn\",1997-01-02 23:59:59\r\n\
         3,,Ann,1997-01-03T00:00:00Z",
    );
    let found: Vec<_> = customers.iter().map(|row| [&row[0], &row[1], &row[3], &row[5]].map(String::as_str)).collect();
    assert_eq!(
        found,
        [
            ["\"A\"\"nn\"", "1997-01-02", "1", "0.25"],
            ["Ann", "1997-01-01", "2", "4.50"],
            ["ann", "1997-01-02", "1", "2.00"],
        ]
    );
}

#[test]
fn instants_are_days_of_the_shop() {
    let orders = "customer_id,placed_at,amount\n\
                  a,1997-01-01T15:55:00Z,1\n\
                  a,1997-01-01T16:05:00Z,1\n\
                  b,1997-01-01,1\n\
                  b,1997-01-01 23:59,1\n";
    let days = |customers: Vec<Vec<String>>| -> Vec<_> {
        customers.into_iter().map(|row| (row[1].clone(), row[2].clone())).collect()
    };
    let day = |first: &str, last: &str| (first.to_owned(), last.to_owned());
    let shanghai = days(customers("shanghai", &["--time-zone", "+08:00"], orders));
    assert_eq!(shanghai, [day("1997-01-01", "1997-01-02"), day("1997-01-01", "1997-01-01")]);
    let utc = days(customers("utc", &[], orders));
    assert_eq!(utc, [day("1997-01-01", "1997-01-01"), day("1997-01-01", "1997-01-01")]);
    let by_name = days(customers("by_name", &["--time-zone", "Asia/Shanghai"], orders));
    assert_eq!(by_name, shanghai);
    let honolulu = days(customers("honolulu", &["--time-zone", "-10:00", "--as-of", "1997-01-01"], orders));
    assert_eq!(honolulu, [day("1997-01-01", "1997-01-01"), day("1997-01-01", "1997-01-01")]);
}

#[test]
fn statuses_refunds_and_credits_count_as_defined() {
    let customers = customers(
        "statuses",
        &[],
        "customer_id,placed_at,amount,status,refunded\n\
         paid,1997-01-01,10.00,paid,\n\
         paid,1997-01-02,10.00,unpaid,\n\
         paid,1997-01-03,10.00,cancelled,\n\
         part,1997-01-01,10.00,,2.50\n\
         full,1997-01-01,10.00,paid,10.00\n\
         gift,1997-01-01,0,paid,0\n\
         debt,1997-01-01,10.00,paid,0\n\
         debt,1997-01-05,-15.00,paid,0\n\
         none,1997-01-05,-1.00,,\n\
         late,1997-01-09,10.00,,\n",
    );
    let found: Vec<_> = customers.iter().map(|row| [&row[0], &row[3], &row[5]].map(String::as_str)).collect();
    assert_eq!(
        found,
        [
            ["debt", "1", "-5.00"],
            ["gift", "1", "0.00"],
            ["late", "1", "10.00"],
            ["paid", "1", "10.00"],
            ["part", "1", "7.50"]
        ]
    );
}

#[test]
fn credits_are_tied_to_the_orders_that_they_give_back() {
    let orders = "customer_id,placed_at,amount\n\
                  ann,1997-01-01,10.00\n\
                  ann,1997-01-02,5.00\n\
                  ann,1997-01-04,-5.00\n";
    let found = |options: &[&str]| {
        customers("tied", options, orders).into_iter().map(|row| (row[3].clone(), row[5].clone())).collect::<Vec<_>>()
    };
    assert_eq!(found(&[]), [("1".to_owned(), "10.00".to_owned())]);
    assert_eq!(found(&["--keep-credits"]), [("2".to_owned(), "10.00".to_owned())]);
}

#[test]
fn options_say_what_the_file_does_not() {
    let orders = "Who;When;Paid;Cur\nann;01/02/1997;1,50;EUR\nann;03/02/1997;2,00;EUR\nbo;01/02/1997;7,00;USD\ntill;01/02/1997;9,00;EUR\n";
    let columns = "customer_id=Who,placed_at=When,amount=Paid,currency=Cur";
    let options = ["--columns", columns, "--currency", "EUR", "--dates", "dmy", "--guests", "till,desk"];
    let found = customers("options", &options, orders);
    let found: Vec<_> = found.iter().map(|row| [&row[0], &row[1], &row[2], &row[5]].map(String::as_str)).collect();
    assert_eq!(found, [["ann", "1997-02-01", "1997-02-03", "3.50"]]);
    assert!(succeeds(&["--from", "list"], "").starts_with("own\n"));
}

#[test]
fn rows_in_any_order_give_the_same_files() {
    let text = fs::read_to_string(Path::new(ROOT).join(CDNOW)).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<_> = rows.lines().collect();
    rows.sort_by_key(|row| row.bytes().rev().collect::<Vec<_>>());
    let (out, in_order) = (directory("any_order"), directory("in_order"));
    succeeds(&[CDNOW, "--out", in_order.to_str().unwrap()], "");
    succeeds(&["-", "--out", out.to_str().unwrap()], &format!("{header}\n{}\n", rows.join("\n")));
    for file in BOTH {
        assert!(fs::read(out.join(file)).unwrap() == fs::read(in_order.join(file)).unwrap(), "{file}");
    }
}
