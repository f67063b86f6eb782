//! The `segment` example as a person runs it: its files against an independent recomputation, its errors word for word.
//!
//! `tests/data/recompute.py` shares no code with the crate; `tests/data/README.md` says how its outputs were made.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const CDNOW: &str = "examples/data/cdnow_orders.csv";
const ONLINE_RETAIL: &str = "tests/data/online_retail_orders.csv";

/// The program, built as this test was: alone, `cargo test --test` does not build examples.
fn program() -> Command {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    let path = PATH.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let profile = test.ancestors().nth(2).unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(ROOT).args(["build", "--quiet", "--example", "segment", "--target-dir"]);
        cargo.arg(profile.parent().unwrap()).args(profile.ends_with("release").then_some("--release"));
        assert!(cargo.status().unwrap().success(), "the example does not build");
        profile.join(format!("examples/segment{}", std::env::consts::EXE_SUFFIX))
    });
    let mut command = Command::new(path);
    command.current_dir(ROOT);
    command
}

/// A directory of this test's own, empty.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::remove_dir_all(&path).ok();
    fs::create_dir_all(&path).unwrap();
    path
}

fn run(arguments: &[&str], input: &str) -> Output {
    let mut command = program();
    let pipe = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipe.spawn().unwrap();
    // A program that stops at its arguments does not read its input.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

#[track_caller]
fn succeeds(arguments: &[&str], input: &str) -> String {
    let output = run(arguments, input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn fails(arguments: &[&str], input: &str, expected: &str) {
    let output = run(arguments, input);
    assert!(!output.status.success(), "should have been refused");
    assert_eq!(String::from_utf8_lossy(&output.stderr).trim_end(), format!("error: {expected}"));
    assert!(output.stdout.is_empty(), "a refused file gives no page");
}

/// Compares the files of a run with those of the recomputation, byte by byte, and what models say to `tolerance`.
#[track_caller]
fn equals_recomputation(case: &str, orders: &str, options: &[&str], files: &[&str], tolerance: f64) {
    let out = directory(case);
    succeeds(&[&[orders, "--out", out.to_str().unwrap()], options].concat(), "");
    for file in files {
        let expected = fs::read_to_string(Path::new(ROOT).join("tests/data/segment").join(case).join(file)).unwrap();
        let found = fs::read_to_string(out.join(file)).unwrap();
        let equals = if *file == "customers.csv" { equal_customers } else { equal_summaries };
        if let Err(difference) = equals(&found, &expected, tolerance) {
            panic!("{case}/{file}, {difference}");
        }
    }
}

/// The columns that models fill are the last four.
fn equal_customers(found: &str, expected: &str, tolerance: f64) -> Result<(), String> {
    for (line, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        let columns = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let (found, expected) = (columns(found), columns(expected));
        let is_near = |(found, expected): (&String, &String)| {
            let numbers = found.parse::<f64>().ok().zip(expected.parse::<f64>().ok());
            found == expected || numbers.is_some_and(|(found, expected)| near(found, expected, tolerance))
        };
        let (past, predicted) = (found.get(..21), found.get(21..).unwrap_or_default());
        if past != expected.get(..21) || !predicted.iter().zip(&expected[21..]).all(is_near) {
            return Err(format!("line {}: {found:?} is not {expected:?}", line + 1));
        }
    }
    let is_whole = found.ends_with('\n') && found.lines().count() == expected.lines().count();
    if is_whole { Ok(()) } else { Err("length".to_owned()) }
}

/// What models say begins at `churn`.
fn equal_summaries(found: &str, expected: &str, tolerance: f64) -> Result<(), String> {
    let (past, models) = found.split_at(found.find("  \"churn\"").ok_or("no churn")?);
    let (expected_past, expected_models) = expected.split_at(expected.find("  \"churn\"").ok_or("no churn")?);
    if past != expected_past {
        return Err(format!("{past}\nis not\n{expected_past}"));
    }
    let fields = |text: &str| -> Vec<(String, String)> {
        let field = |line: &str| line.trim().trim_end_matches(',').split_once(": ").map(|(k, v)| (k.into(), v.into()));
        text.lines().filter_map(field).collect()
    };
    for ((name, found), (expected_name, expected)) in fields(models).into_iter().zip(fields(expected_models)) {
        let numbers = found.parse::<f64>().ok().zip(expected.parse::<f64>().ok());
        let is_near = numbers.is_some_and(|(found, expected)| near(found, expected, tolerance));
        // A recomputation is given its parameters, where the program may have fitted them.
        if name != expected_name || !(is_near || found == expected || name == "\"status\"") {
            return Err(format!("{name} {found} is not {expected_name} {expected}"));
        }
    }
    Ok(())
}

fn near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs()
}

const BOTH: [&str; 2] = ["customers.csv", "summary.json"];

/// The program fits; the recomputation is given the maxima, found at 50 digits.
#[test]
fn cdnow_equals_recomputation() {
    equals_recomputation("cdnow", CDNOW, &[], &BOTH, 1e-8);
    let by_day = ["--as-of", "1997-09-30", "--occasion", "day", "--model", "pareto-nbd"];
    equals_recomputation("cdnow_1997-09-30_day", CDNOW, &by_day, &BOTH, 1e-8);
    equals_recomputation("cdnow_4_bins", CDNOW, &["--bins", "4"], &["summary.json"], 1e-8);
}

#[test]
fn online_retail_equals_recomputation() {
    let params = "r=0.8274,alpha=9.862,a=0.03,b=11.9";
    let given = ["--params", params, "--spend-params", "p=2.1,q=3.45,gamma=485.9", "--horizon", "30"];
    equals_recomputation("online_retail", ONLINE_RETAIL, &given, &BOTH, 1e-11);
    let earlier = [&given[..], &["--as-of", "2011-08-31", "--model", "bg-nbd"]].concat();
    equals_recomputation("online_retail_2011-08-31", ONLINE_RETAIL, &earlier, &["summary.json"], 1e-11);
}

#[test]
fn a_fit_without_a_maximum_leaves_the_rest_of_the_run() {
    let out = directory("no_maximum");
    let options = ["--as-of", "2011-08-31", "--out", out.to_str().unwrap()];
    let page = succeeds(&[&[ONLINE_RETAIL][..], &options].concat(), "");
    let reason = "the likelihood has no maximum: a / (a + b) goes to 0: the probability of leaving after a purchase is 0 \
                  for everyone";
    assert!(page.contains(&format!("\n  No model of churn                   {reason}\n")), "{page}");
    assert!(!page.contains("Purchases expected"), "{page}");
    let summary = fs::read_to_string(out.join("summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["churn"]["status"], reason);
    assert_eq!(summary["churn"]["params"], serde_json::json!({}));
    assert_eq!(summary["spend"]["status"], "fitted");
    let customers = fs::read_to_string(out.join("customers.csv")).unwrap();
    for line in customers.lines().skip(1) {
        let columns: Vec<_> = line.split(',').collect();
        assert_eq!([columns[21], columns[22], columns[24]], [""; 3], "{line}");
        assert!(columns[23].parse::<f64>().unwrap() > 0.0, "{line}");
    }
}

#[test]
fn too_few_customers_for_a_model_lose_nothing_else() {
    let out = directory("too_few");
    for orders in ["a,1997-01-01,1\n", "a,1997-01-01,1\nb,1997-01-05,2\n", "a,1997-01-01,0\na,1997-02-01,0\n"] {
        let file = format!("customer_id,placed_at,amount\n{orders}");
        let page = succeeds(&["-", "--out", out.to_str().unwrap()], &file);
        assert!(page.contains("\n  No model of churn ") && page.contains("\n  No model of spend "), "{page}");
    }
    let page = succeeds(&["-", "--as-of", "1996-01-01"], "customer_id,placed_at,amount\na,1997-01-01,1\n");
    assert!(page.contains("Nobody has bought"), "{page}");
}

#[test]
fn parameters_that_are_none_are_named() {
    let fails_with = |options: &[&str], expected: &str| fails(&[&[CDNOW], options].concat(), "", expected);
    fails_with(&["--params", "r=1,alpha=2"], "parameters of mbg-nbd: expected r, alpha, a, b, found alpha, r");
    fails_with(
        &["--model", "pareto-nbd", "--params", "r=1,alpha=2,a=3,b=4"],
        "parameters of pareto-nbd: expected r, alpha, s, beta, found a, alpha, b, r",
    );
    fails_with(&["--params", "r=0,alpha=2,a=3,b=4"], "r must be finite and above 0, found 0");
    fails_with(&["--spend-params", "p=1,q=nan,gamma=3"], "q must be finite and above 0, found NaN");
    let refused = run(&["--params", "r=1,alpha"], "");
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(message.contains("expected name=number, found \"alpha\""), "{message}");
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

#[test]
fn the_page_says_what_the_files_say() {
    let page = succeeds(&[], "");
    for line in [
        "Customers as of 1998-06-30",
        "Customers                             2,357",
        "Customers who bought again            48.9% (1,152 of 2,357)",
        "  of them on one day only             13",
        "Purchases that were repeats           65.9% (4,562 of 6,919)",
        "  Champions                        414    17.6%        119,596.91    49.0%",
        "  Supreme                           18     0.8%         29,619.00    12.1%",
        "                            came again    share         came once    share",
        "  In cycle                         419    36.8%                 0     0.0%",
        "  Due                              184    16.2%                 0     0.0%",
        "  Overdue                          123    10.8%                 0     0.0%",
        "  Churn-inclined                   413    36.3%             1,218   100.0%",
        "  80% of the revenue comes from       33.1% (777 of 2,349)",
        "  Active                             0     0.0%              0.00     0.0%",
    ] {
        assert!(page.lines().any(|found| found == line), "{line:?} is not in\n{page}");
    }
    let by_day = succeeds(&["--occasion", "day"], "");
    assert!(!by_day.contains("on one day only"), "{by_day}");
}

#[test]
fn a_share_of_nobody_is_undefined_and_nobody_is_a_share_of_0() {
    let page = succeeds(&["-"], "customer_id,placed_at,amount\na,1997-01-01,1\na,1997-01-01,0\n");
    for line in [
        "  Champions                          0     0.0%              0.00     0.0%",
        "  High frequency                     0        -              0.00        -",
        "  Lost                               0     0.0%              0.00     0.0%",
        "  In cycle                           0        -                 1   100.0%",
        "  of them on one day only             1",
    ] {
        assert!(page.lines().any(|found| found == line), "{line:?} is not in\n{page}");
    }
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let (_, block) = readme.split_once("```text\nCustomers as of").unwrap();
    let (block, _) = block.split_once("\n```").unwrap();
    let page = succeeds(&[], "");
    let mut printed = page.lines();
    for line in format!("Customers as of{block}").lines().filter(|line| line.trim() != "...") {
        assert!(printed.any(|found| found == line), "{line:?} is not in, or not in its place in\n{page}");
    }
}

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
fn bad_rows_are_named() {
    const HEADER: &str = "customer_id,placed_at,amount,status,refunded\n";
    const TIME: &str = "a time such as 1997-01-31, 1997-01-31 18:30 or 1997-01-31T18:30:00+08:00";
    const AMOUNT: &str = "a decimal number such as 19.90";
    const CREDIT_STATUS: &str = "paid or nothing, since a row with a negative amount is a credit";
    for (row, expected) in [
        (",1997-01-01,1,,", "column customer_id: found \"\", expected an id".to_owned()),
        ("a,1997-02-30,1,,", format!("column placed_at: found \"1997-02-30\", expected {TIME}")),
        ("a,97-01-01,1,,", format!("column placed_at: found \"97-01-01\", expected {TIME}")),
        ("a,1997-01-01 25:00,1,,", format!("column placed_at: found \"1997-01-01 25:00\", expected {TIME}")),
        ("a,1997-01-01,,,", format!("column amount: found \"\", expected {AMOUNT}")),
        ("a,1997-01-01,1e3,,", format!("column amount: found \"1e3\", expected {AMOUNT}")),
        ("a,1997-01-01,NaN,,", format!("column amount: found \"NaN\", expected {AMOUNT}")),
        ("a,1997-01-01,\"1,50\",,", format!("column amount: found \"1,50\", expected {AMOUNT}")),
        ("a,1997-01-01,19.,,", format!("column amount: found \"19.\", expected {AMOUNT}")),
        ("a,1997-01-01,.5,,", format!("column amount: found \".5\", expected {AMOUNT}")),
        ("a,1997-01-01,-,,", format!("column amount: found \"-\", expected {AMOUNT}")),
        ("a,1997-01-01,+5,,", format!("column amount: found \"+5\", expected {AMOUNT}")),
        ("a,1997-01-01,1.2.3,,", format!("column amount: found \"1.2.3\", expected {AMOUNT}")),
        ("a,1997-01-01,1,PAID,", "column status: found \"PAID\", expected paid, unpaid or cancelled".to_owned()),
        ("a,1997-01-01,-1,unpaid,", format!("column status: found \"unpaid\", expected {CREDIT_STATUS}")),
        ("a,1997-01-01,-1,cancelled,", format!("column status: found \"cancelled\", expected {CREDIT_STATUS}")),
        ("a,1997-01-01,1,,x", format!("column refunded: found \"x\", expected {AMOUNT}")),
        ("a,1997-01-01,1,,2", "column refunded: found \"2\", expected a number from 0 to the amount, 1".to_owned()),
        (
            "a,1997-01-01,-1,,1",
            "column refunded: found \"1\", expected 0, since a row with a negative amount is a credit".to_owned(),
        ),
        ("a,1997-01", "column amount: found \"\", expected 5 fields in the row, not 2".to_owned()),
        ("a,1997-01-01,1,,,", "column customer_id: found \"a\", expected 5 fields in the row, not 6".to_owned()),
        ("\u{1}\u{2}garbage", "column placed_at: found \"\", expected 5 fields in the row, not 1".to_owned()),
    ] {
        let file = format!("{HEADER}z,1997-01-01,1,,\n{row}");
        fails(&["-"], &file, &format!("line 3, {expected}"));
        let page = succeeds(&["-", "--skip-bad-rows"], &file);
        assert!(page.ends_with(&format!("\nBad rows left out: 1\n  line 3, {expected}\n")), "{page}");
    }
}

#[test]
fn bad_rows_are_named_by_the_line_they_start_on() {
    let rows = "customer_id,placed_at,amount,note\na,1997-01-01,1,\"x\ny\"\n\n\nb,1997-01-01,one,\"x\ny\"";
    let expected = "line 6, column amount: found \"one\", expected a decimal number such as 19.90";
    for end in ["", "\n", "\nc,1997-01-01,1,\n"] {
        let file = format!("{rows}{end}");
        fails(&["-"], &file, expected);
        fails(&["-"], &file.replace('\n', "\r\n"), expected);
    }
}

#[test]
fn a_quote_that_is_never_closed_is_named() {
    let header = "customer_id,placed_at,amount,note";
    let row = "a,1997-01-01,1,";
    for (file, line) in [
        (format!("{header}\n{row}\"x\n{row}\n{row}\n"), 2),
        (format!("{header}\n{row}\"x\ny\"\n\n{row}\"x"), 5),
        (format!("{header}\n{row}\na,1997-01-01,\"1,\n{row}\n"), 3),
        (format!("{header}\n{row}\na,1997-01-01,1,\"x\"\""), 3),
        (format!("{header}\n{row}\n\""), 3),
        (format!("\"{header}\n{row}\n"), 1),
    ] {
        let expected = format!("line {line}: a quote is opened and never closed");
        for options in [&["-"][..], &["-", "--skip-bad-rows"]] {
            fails(options, &file, &expected);
            fails(options, &file.replace('\n', "\r\n"), &expected);
        }
    }
    // A quote within a field opens nothing.
    succeeds(&["-"], &format!("{header}\n{row}12\" pipe\n{row}\"6\"\" pipe\"\n{row}\"\""));
}

#[test]
fn bad_files_are_named() {
    fails(&["-"], "customer_id,placed_at\n", "line 1: no column amount, only: customer_id, placed_at");
    fails(&["-"], "customer_id,amount,placed_at,amount\n", "line 1: the column amount appears twice");
    fails(&["-"], "", "line 1: the file is empty, expected a header with customer_id, placed_at and amount");
    fails(&["-"], "customer_id,placed_at,amount\n", "the file has no row, so --as-of must be given");
    let missing = run(&["no/such/file.csv"], "");
    assert!(String::from_utf8_lossy(&missing.stderr).starts_with("error: cannot open no/such/file.csv: "));
}

#[test]
fn sums_that_do_not_fit_name_the_customer() {
    let most = rust_decimal::Decimal::MAX;
    let file = format!("customer_id,placed_at,amount\na,1997-01-01,{most}\nb,1997-01-01,1\na,1997-01-01,1\n");
    fails(
        &["-"],
        &file,
        "customer \"a\" was refused: sum of purchases does not fit 96 bits at the finest scale of all amounts",
    );
}

#[test]
fn a_total_that_does_not_fit_is_an_error() {
    let most = rust_decimal::Decimal::MAX;
    let rows = ["a", "b"].map(|id| format!("{id},1997-01-01,0\n{id},1997-01-01,-{most}\n")).concat();
    let file = format!("customer_id,placed_at,amount\n{rows}");
    let expected = "revenue of a label does not fit 96 bits at the finest scale of all amounts";
    fails(&["-"], &file, expected);
    let out = directory("total");
    fails(&["-", "--out", out.to_str().unwrap()], &file, expected);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
}

#[test]
fn a_refused_file_leaves_no_output() {
    let out = directory("refused");
    let before = "customers of yesterday";
    fs::write(out.join("customers.csv"), before).unwrap();
    let output = run(&["-", "--out", out.to_str().unwrap()], "customer_id,placed_at,amount\na,1997-01-01,1\na,x,1\n");
    assert!(!output.status.success());
    let files: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["customers.csv"]);
    assert_eq!(fs::read_to_string(out.join("customers.csv")).unwrap(), before);
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let out = directory("not_a_directory").join("file");
    fs::write(&out, "").unwrap();
    let output = run(&["--out", out.to_str().unwrap()], "");
    assert!(!output.status.success());
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.starts_with(&format!("error: cannot write to {}: ", out.display())), "{message}");
}

#[test]
fn a_shop_without_customers_has_a_page_and_files() {
    let out = directory("nobody");
    let orders = "customer_id,placed_at,amount\na,1997-01-09,1\nb,1997-01-01,-1\n";
    let page = succeeds(&["-", "--as-of", "1997-01-05", "--out", out.to_str().unwrap()], orders);
    assert_eq!(page, "Customers as of 1997-01-05\n\nNobody has bought up to this day.\n");
    let summary: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out.join("summary.json")).unwrap()).unwrap();
    assert_eq!((&summary["customers"], &summary["credits"]), (&0.into(), &1.into()));
    assert!(summary["concentration"]["gini"].is_null());
    assert_eq!(fs::read_to_string(out.join("customers.csv")).unwrap().lines().count(), 1);
}
