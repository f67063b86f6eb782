//! What is refused, word for word, and what a refusal leaves behind.

use std::fs;

use super::{directory, fails, run, succeeds};

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
    fails(&["-"], &file, "customer \"a\": sum of purchases does not fit 96 bits at the finest scale of all amounts");
}

#[test]
fn a_total_that_does_not_fit_is_an_error() {
    let most = rust_decimal::Decimal::MAX;
    let rows = ["a", "b"].map(|id| format!("{id},1997-01-01,0\n{id},1997-01-01,-{most}\n")).concat();
    let file = format!("customer_id,placed_at,amount\n{rows}");
    let expected = "revenue of a shop does not fit 96 bits at the finest scale of all amounts";
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
