//! What is refused, word for word, and what a refusal leaves behind.

use std::fs;

use super::{directory, fails, run, succeeds};

const AMOUNT: &str = "a number such as 19.90, 1,234.50 or 1.234,50";
const SKIP: &str = "; --skip-bad-rows leaves such rows out";

#[test]
fn bad_rows_are_named() {
    const HEADER: &str = "customer_id,placed_at,amount,status,refunded\n";
    const TIME: &str = "a time such as 2024-01-31, 2024-01-31 18:30:05 +01:00 or 31/01/2024 18:30";
    let fields = |found: &str, last: &str| {
        format!(
            "found {found}, the last \"{last}\", expected 5 as in the header; put quotes around a value with a separator or a \
             line break in it"
        )
    };
    let time = |found: &str| format!("column placed_at: found \"{found}\", expected {TIME}");
    let amount = |found: &str| format!("column amount: found \"{found}\", expected {AMOUNT}");
    for (row, expected) in [
        ("a,1997-02-30,1,,", time("1997-02-30")),
        ("a,1997-01-01 25:00,1,,", time("1997-01-01 25:00")),
        ("a,1997-01-01,,,", amount("")),
        ("a,1997-01-01,1e3,,", amount("1e3")),
        ("a,1997-01-01,NaN,,", amount("NaN")),
        ("a,1997-01-01,.,,", amount(".")),
        ("a,1997-01-01,-,,", amount("-")),
        ("a,1997-01-01,1.2.3,,", amount("1.2.3")),
        ("a,1997-01-01,1,,x", format!("column refunded: found \"x\", expected {AMOUNT}")),
        ("a,1997-01-01,1,,2", "column refunded: found \"2\", expected at most 1, the order's amount".to_owned()),
        ("a,1997-01", fields("2 fields", "1997-01")),
        ("\u{1}\u{2}garbage", fields("1 field", "\\u{1}\\u{2}garbage")),
    ] {
        let file = format!("{HEADER}z,1997-01-01,1,,\n{row}");
        let expected =
            if expected.starts_with("column") { format!("line 3, {expected}") } else { format!("line 3: {expected}") };
        fails(&["-"], &file, &format!("{expected}{SKIP}"));
        let page = succeeds(&["-", "--skip-bad-rows"], &file);
        assert!(page.ends_with(&format!("\nBad rows left out: 1\n  {expected}\n")), "{page}");
    }
}

#[test]
fn words_of_a_status_that_nothing_explains_are_listed() {
    let file = "customer_id,placed_at,amount,status\na,1997-01-01,1,\nb,1997-01-01,1,wrapped\n";
    let expected = "column status: nothing says what these words mean: \"wrapped\" (1); \
                    --status \"wrapped=MEANING,..\" says it for each: paid, unpaid, cancelled or refunded";
    fails(&["-"], file, expected);
    fails(&["-", "--skip-bad-rows"], file, expected);
    assert!(succeeds(&["-", "--status", "wrapped=paid"], file).contains("Customers                             2\n"));
    assert!(
        succeeds(&["-", "--status", "wrapped=cancelled"], file).contains("Customers                             1\n")
    );
}

#[test]
fn an_answer_about_nobody_is_none() {
    let out = directory("nobody");
    let orders = "customer_id,placed_at,amount\na,1997-01-09,1\nb,1997-01-01,-1\n";
    let options = ["-", "--as-of", "1997-01-05", "--out", out.to_str().unwrap()];
    let later = "nobody has bought up to 1997-01-05: all purchases are later, the last on 1997-01-09; --as-of takes a later day";
    fails(&options, orders, later);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
    let turned = "nobody has bought: all amounts (2) are refunds; is their sign the wrong way round?";
    fails(&["-"], "customer_id,placed_at,amount\na,1997-01-09,-1\nb,1997-01-01,-1\n", turned);
}

#[test]
fn bad_rows_are_named_by_the_line_they_start_on() {
    let rows = "customer_id,placed_at,amount,note\na,1997-01-01,1,\"x\ny\"\n\n\nb,1997-01-01,one,\"x\ny\"";
    let expected = format!("line 6, column amount: found \"one\", expected {AMOUNT}{SKIP}");
    for end in ["", "\n", "\nc,1997-01-01,1,\n"] {
        let file = format!("{rows}{end}");
        fails(&["-"], &file, &expected);
        fails(&["-"], &file.replace('\n', "\r\n"), &expected);
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
        let expected = format!(
            "line {line}: a quote (\") is opened and never closed; close it, or write it twice where it is part of the text"
        );
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
    fails(
        &["-"],
        "customer_id,placed_at\na,1997-01-01\n",
        "line 1: no column says how much (amount); the columns are: customer_id, placed_at; --columns \"amount=NAME\" names them \
         (NAME: one of the columns); --from list shows the layouts that are known",
    );
    fails(
        &["-"],
        "customer_id,amount,placed_at,amount\n",
        "line 1: the column amount stands twice (columns 2 and 4); rename the one that is not meant",
    );
    let empty = "the file is empty; expected a header such as customer_id,placed_at,amount and a row for each order";
    fails(&["-"], "", empty);
    let header = "customer_id,placed_at,amount\n";
    fails(&["-"], header, "there is no row below the header; expected a row for each order");
    let missing = run(&["no/such/file.csv"], "");
    assert!(String::from_utf8_lossy(&missing.stderr).starts_with("error: cannot open no/such/file.csv: "));
}

/// Two of these are more than a sum of two decimals holds.
const MOST: &str = "700000000000000000000000000";

#[test]
fn sums_that_do_not_fit_name_the_customer() {
    let rows = format!("a,1997-01-01,{MOST}\n").repeat(2);
    let file = format!("customer_id,placed_at,amount\nb,1997-01-01,1\n{rows}");
    fails(&["-"], &file, "customer \"a\": sum of purchases does not fit 96 bits at the finest scale of all amounts");
}

#[test]
fn a_total_that_does_not_fit_is_an_error() {
    let rows = ["a", "b"].map(|id| format!("{id},1997-01-01,0\n{id},1997-01-01,-{MOST}\n")).concat();
    let file = format!("customer_id,placed_at,amount\n{rows}");
    let expected = "revenue of a shop does not fit 96 bits at the finest scale of all amounts";
    fails(&["-"], &file, "sum of credits does not fit 96 bits at the finest scale of all amounts");
    fails(&["-", "--keep-credits"], &file, expected);
    let out = directory("total");
    fails(&["-", "--keep-credits", "--out", out.to_str().unwrap()], &file, expected);
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
fn refusals_are_in_the_language_that_is_asked_for() {
    for (options, file, expected) in [
        (&[][..], "customer_id,placed_at,amount\na,1997-01-01,x\n", "第 2 行 amount 列：内容为 \"x\"，应为数字，如"),
        (&["--as-of", "1996-01-01"], "customer_id,placed_at,amount\na,1997-01-01,1\n", "截至 1996-01-01 没有成交订单"),
        (&[], "customer_id,placed_at,amount\na,1997-01-01,-1\n", "没有成交订单：1 笔金额全是退款"),
    ] {
        let output = run(&[&["-", "--lang", "zh"], options].concat(), file);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && message.starts_with(&format!("错误：{expected}")), "{message}");
    }
    let missing = run(&["no/such/file.csv", "--lang", "zh"], "");
    assert!(String::from_utf8_lossy(&missing.stderr).starts_with("错误：无法打开 no/such/file.csv："));
    let skipped =
        succeeds(&["-", "--lang", "zh", "--skip-bad-rows"], "customer_id,placed_at,amount\na,1997-01-01,1\na,x,1\n");
    assert!(skipped.contains("第 3 行 placed_at 列：内容为 \"x\"，应为时间，如 2024-01-31"), "{skipped}");
}

#[test]
fn options_say_what_they_take() {
    for (options, expected) in [
        (&["--as-of", "2024-13-01"][..], "'--as-of <DATE>': expected a day such as 2024-01-31"),
        (&["--horizon", "-1"], "'--horizon <DAYS>': expected a number of days from 1, such as 90"),
        (&["--horizon", "x"], "'--horizon <DAYS>': expected a number of days from 1, such as 90"),
        (&["--from", "/"], "'--from <NAME>': the file cannot be read: "),
        (&["--params", "r=1,alpha=2"], "error: --params needs a --model of its own, such as --model mbg-nbd"),
        (&["--model", "nbd", "--params", "r=1"], "error: --params of nbd: found r, expected r, alpha"),
        (&["--model", "mbg-cnbd", "--params", "r=1"], "error: --params: mbg-cnbd takes none"),
        (&["--spend-params", "p=1"], "error: --spend-params of gamma-gamma: found p, expected p, q, gamma"),
    ] {
        let output = run(&[&["-"], options].concat(), "customer_id,placed_at,amount\na,1997-01-01,1\n");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && message.contains(expected), "{message}");
    }
}

#[test]
fn an_option_that_is_printed_is_added_to_those_before() {
    let file = "Who,When,Sum,Order No\na,1997-01-01,1,7\na,1997-01-01,2,7\n";
    let first = ["-", "--columns", "customer_id=Who,placed_at=When,amount=When"];
    let page = succeeds(&[&first[..], &["--columns", "amount=Sum"]].concat(), file);
    assert!(
        page.contains("--columns \"order_id=Order No\"") && page.contains("Purchases                             2\n")
    );
    let added =
        [&first[..], &["--columns", "amount=Sum", "--columns", "order_id=Order No", "--rows", "lines"]].concat();
    assert!(succeeds(&added, file).contains("Purchases                             1\n"));
}

#[test]
fn bytes_of_a_layout_do_not_reach_the_terminal() {
    let layout = directory("layout").join("evil.toml");
    fs::write(&layout, "name = \"x\"\n\u{1b}[31m\u{202e}bad = \n").unwrap();
    let output = run(&["-", "--from", layout.to_str().unwrap()], "");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("the layout cannot be read") && !message.contains(['\u{1b}', '\u{202e}']), "{message:?}");
}
