//! What a run leaves: files of the executors, whole or not there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use super::common::{
    CDNOW, cluster, directory, expected, fails, made_up, names, notes_of, run, same_files, same_parts, succeeds,
    write_csv,
};

#[test]
fn a_run_takes_the_place_of_the_one_before() {
    let expected = expected(CDNOW, &[], "again-expected");
    let found = directory("again");
    let out = found.to_str().unwrap();
    for partitions in ["7", "3"] {
        succeeds(&run(&["--partitions", partitions, "--out", out]));
        same_parts(&found, &expected, 3);
    }
    // One file beside them.
    succeeds(&run(&["--single-file", "--out", out]));
    same_files(&found, &expected);
    assert_eq!(names(&found), ["customers", "customers.csv", "summary.json"]);
}

/// Each has its own files aside, and the one that is later puts them in place of the other's.
#[test]
fn two_clients_write_to_one_place() {
    let expected = expected(CDNOW, &[], "two-expected");
    let found = directory("two");
    let start = || {
        let mut job = cluster();
        job.args(["--partitions", "5", "--out"]).arg(&found).stdout(Stdio::null()).stderr(Stdio::piped());
        job.spawn().unwrap()
    };
    let jobs = [start(), start()];
    for job in jobs {
        succeeds(&job.wait_with_output().unwrap());
    }
    same_parts(&found, &expected, 5);
}

/// While one run puts its files in place, another waits.
#[test]
fn a_run_waits_for_the_other_to_commit() {
    let expected = expected(CDNOW, &[], "waits-expected");
    let found = directory("waits");
    let lock = found.join("customers/_committing");
    fs::create_dir_all(lock.parent().unwrap()).unwrap();
    fs::write(&lock, "another").unwrap();
    let mut job = cluster();
    job.args(["--partitions", "2", "--out"]).arg(&found).stdout(Stdio::null()).stderr(Stdio::piped());
    let job = job.spawn().unwrap();
    super::servers::until("the customers are written aside", || {
        let aside = names(&found).into_iter().filter(|name| name.starts_with("unfinished-"));
        aside.flat_map(|name| names(&found.join(name))).any(|name| name.starts_with("customers-"))
    });
    sleep(Duration::from_secs(1));
    assert_eq!(names(&found.join("customers")), ["_committing"]);
    fs::remove_file(&lock).unwrap();
    succeeds(&job.wait_with_output().unwrap());
    same_parts(&found, &expected, 2);
}

/// Where the files of these orders are, which are the segment program's.
#[track_caller]
fn same_as_the_program(case: &str, rows: &[String], partitions: usize) -> PathBuf {
    let orders = directory(case).join("orders.csv");
    write_csv(&orders, rows);
    let orders = orders.to_str().unwrap();
    let expected = expected(orders, &[], &format!("{case}-expected"));
    let found = directory(&format!("{case}-found"));
    succeeds(&run(&[orders, "--partitions", &partitions.to_string(), "--out", found.to_str().unwrap()]));
    same_parts(&found, &expected, partitions);
    found
}

/// A tenth of all orders are one customer's.
#[test]
fn one_customer_has_a_tenth_of_all_orders() {
    let one = |(at, row): (usize, String)| match row.split_once(',') {
        Some((_, rest)) if at % 10 == 0 => format!("k-one,{rest}"),
        _ => row,
    };
    same_as_the_program("skew", &made_up(30_000).into_iter().enumerate().map(one).collect::<Vec<_>>(), 6);
}

/// Who is nobody, and which ids are one, is what the segment program's reader says.
#[test]
fn guests_are_counted_and_ids_are_read_as_the_reader_does() {
    let nobody = ["", "0", "Guest", "n/a", "(null)", "00000000-0000-0000-0000-000000000000"];
    let named = |(at, row): (usize, String)| match (at % 13, row.split_once(',')) {
        (1, Some((_, rest))) => format!("{},{rest}", nobody[at % nobody.len()]),
        (2, Some((id, rest))) => format!("  {id}\u{a0},{rest}"),
        (3, Some((_, rest))) => format!("{},{rest}", ["Ann@Example.com", "ann@example.com"][at % 2]),
        _ => row,
    };
    let found =
        same_as_the_program("guests", &made_up(4_000).into_iter().enumerate().map(named).collect::<Vec<_>>(), 5);
    let codes: Vec<_> = notes_of(&fs::read_to_string(found.join("summary.json")).unwrap());
    let codes: Vec<_> = codes.iter().filter_map(|note| note["code"].as_str()).collect();
    assert_eq!(codes[..4], ["guest_orders", "unpaid", "cancelled", "fully_refunded"]);

    let inputs = directory("guests-refused");
    let rounded = inputs.join("rounded.csv");
    write_csv(&rounded, &["k1,2025-01-01,5,,".to_owned(), "1.2E+11,2025-01-01,5,,".to_owned()]);
    fails(&[rounded.to_str().unwrap()], &["column customer_id: found \"1.2E+11\", expected "]);
    let guests = inputs.join("guests.csv");
    write_csv(&guests, &["0,2025-01-01,5,,".to_owned(), ",2025-01-02,5,,".to_owned()]);
    fails(&[guests.to_str().unwrap(), "--as-of", "2025-06-01"], &["nobody has bought up to 2025-06-01"]);
}

#[test]
fn bad_rows_are_left_out_and_counted() {
    let inputs = directory("bad");
    let orders = inputs.join("orders.csv");
    let bad = |(at, row): (usize, String)| match at % 500 {
        1 => "k00002,someday,1.00,,".to_owned(),
        2 => format!("k00001,2025-01-01,cheap,,{}", if at > 1_000 { "" } else { "0" }),
        3 => "only-bad,2025-01-01,,,".to_owned(),
        _ => row,
    };
    write_csv(&orders, &made_up(3_000).into_iter().enumerate().map(bad).collect::<Vec<_>>());
    let orders = orders.to_str().unwrap();
    let expected = expected(orders, &["--skip-bad-rows"], "bad-expected");
    let found = directory("bad-found");
    let output = run(&[orders, "--skip-bad-rows", "--partitions", "4", "--out", found.to_str().unwrap()]);
    succeeds(&output);
    same_parts(&found, &expected, 4);
    let page = String::from_utf8(output.stdout).unwrap();
    let (_, report) = page.split_once("Bad rows left out: 18\n").expect("the page counts them");
    assert!(report.contains("column amount: found \"cheap\", expected a decimal number"), "{report}");
    assert!(report.trim_end().ends_with("more"), "{report}");
    assert!(!Path::new(&found).join("customers.csv").exists());
}
