//! The notes on the orders are those of the segment program, sentence by sentence, however the work is cut.

use std::fs;
use std::path::Path;

use repurchase::measure::NoteCode;

use super::common::{CDNOW, ROOT, directory, expected, notes_of, run, succeeds};

/// The cluster's notes against the segment program's, in the summary and on the page, and which the library has.
#[track_caller]
fn same_notes(case: &str, orders: &str, options: &[&str], partitions: &[&str], codes: &[&str]) {
    let expected = expected(orders, options, &format!("{case}-expected"));
    let summary = |directory: &Path| notes_of(&fs::read_to_string(directory.join("summary.json")).unwrap());
    let sentences = |page: &str| {
        let notes = page.lines().filter(|line| line.starts_with("Note: "));
        notes.map(str::to_owned).collect::<Vec<_>>()
    };
    let page = fs::read_to_string(expected.join("page.txt")).unwrap();
    for partitions in partitions {
        let found = directory(&format!("{case}-{partitions}"));
        let arguments = [orders, "--partitions", partitions, "--out", found.to_str().unwrap()];
        let output = run(&[&arguments[..], options].concat());
        succeeds(&output);
        let notes = summary(&found);
        assert_eq!(notes, summary(&expected), "{case} in {partitions} parts");
        let of_library = NoteCode::ALL.map(NoteCode::key);
        let found = notes.iter().map(|note| note["code"].as_str().unwrap()).filter(|code| of_library.contains(code));
        assert_eq!(found.collect::<Vec<_>>(), codes, "{case} in {partitions} parts");
        assert_eq!(sentences(&String::from_utf8(output.stdout).unwrap()), sentences(&page), "{case}");
    }
}

fn file(case: &str, rows: &[String]) -> String {
    let path = directory(&format!("{case}-orders")).join("orders.csv");
    fs::write(&path, format!("customer_id,placed_at,amount\n{}\n", rows.join("\n"))).unwrap();
    path.to_str().unwrap().to_owned()
}

fn day(at: usize) -> String {
    format!("2025-{:02}-{:02}", at % 12 + 1, at % 28 + 1)
}

/// Customers in order: `purchases` of each, every time something else.
fn regulars(customers: usize, purchases: usize) -> Vec<String> {
    let rows = (0..customers).flat_map(|customer| (0..purchases).map(move |at| (customer, at)));
    rows.map(|(customer, at)| format!("c{customer:03},{},{}.{at:02}", day(5 * customer + 7 * at), 10 + customer))
        .collect()
}

#[test]
fn shops_that_are_known() {
    same_notes("notes-cdnow", CDNOW, &[], &["1", "4"], &[]);
    let retail = format!("{ROOT}/tests/data/online_retail_orders.csv");
    same_notes("notes-retail", &retail, &[], &["1", "7"], &["credited_above_half", "credits_unmatched"]);
}

#[test]
fn a_file_with_much_to_ask() {
    let mut rows = regulars(60, 10);
    // One id has very many, rows are there twice, and two ids are of one person.
    rows.extend((0..200).map(|at| format!("k-one,{},{}.5", day(at), 300 + at)));
    rows.extend_from_within(..30);
    rows.extend(["Ann", "ann"].map(|id| format!("{id},2025-03-04,12.00")));
    // Credits of orders that nobody knows, and of nearly all that somebody spent.
    rows.extend((0..12).map(|at| format!("c{at:03},{},-0.0{}", day(at), at % 9 + 1)));
    rows.extend(["c050,2025-02-03,5000".to_owned(), "c050,2025-02-04,-4900".to_owned()]);
    rows.push("c001,2042-01-01,12.00".to_owned());
    let orders = file("notes-many", &rows);
    let with = |day| ["one_id_dominates", "ids_alike", "equal_rows", day, "credited_above_half", "credits_unmatched"];
    same_notes("notes-many", &orders, &["--as-of", "2042-01-01"], &["1", "5", "16"], &with("far_last_day"));
    same_notes("notes-as-of", &orders, &["--as-of", "2025-12-31"], &["1", "5"], &with("after_as_of"));
    same_notes("notes-early", &orders, &["--as-of", "2025-01-31"], &["3"], &["equal_rows", "after_as_of"]);
}

#[test]
fn dates_that_were_read_as_instants() {
    let midnights: Vec<_> = regulars(6, 5).iter().map(|row| instant(row, "00:00:00")).collect();
    let orders = file("notes-midnight", &midnights);
    same_notes("notes-midnight", &orders, &["--time-zone", "-05:00"], &["1", "3"], &["all_at_midnight"]);
    same_notes("notes-east", &orders, &["--time-zone", "+08:00"], &["2"], &[]);
    let mut but_one = midnights;
    but_one[7] = instant(&regulars(6, 5)[7], "00:00:01");
    let orders = file("notes-but-one", &but_one);
    same_notes("notes-but-one", &orders, &["--time-zone", "-05:00"], &["1", "3"], &[]);
}

/// A row at a time of UTC.
fn instant(row: &str, time: &str) -> String {
    let [customer, day, amount] = row.splitn(3, ',').collect::<Vec<_>>().try_into().unwrap();
    format!("{customer},{day}T{time}Z,{amount}")
}

#[test]
fn one_customer_and_many_of_one_purchase() {
    let one = file("notes-one", &["ann,2025-01-01,19.90".to_owned()]);
    same_notes("notes-one", &one, &[], &["1", "16"], &[]);
    let singles: Vec<_> = (1..10).map(|at| format!("{at},{},1.{at}", day(at))).collect();
    same_notes("notes-singles", &file("notes-singles", &singles), &[], &["4"], &["every_id_once"]);
}

#[test]
fn very_many_purchases_without_a_refund() {
    let rows = regulars(500, 20);
    same_notes("notes-kept", &file("notes-kept", &rows), &[], &["4"], &["one_sign"]);
    let refunded = |(at, row): (usize, &String)| format!("{row},{}", if at == 77 { "0.01" } else { "" });
    let rows: Vec<_> = rows.iter().enumerate().map(refunded).collect();
    let path = directory("notes-refund-orders").join("orders.csv");
    fs::write(&path, format!("customer_id,placed_at,amount,refunded\n{}\n", rows.join("\n"))).unwrap();
    same_notes("notes-refund", path.to_str().unwrap(), &[], &["4"], &[]);
}
