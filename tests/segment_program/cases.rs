//! Every file of `examples/order-files/tests/cases`, through the program: its answer, or its refusal.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use super::{ROOT, directory, program, succeeds};

fn run(file: &str, options: &[&str], out: Option<&Path>) -> Output {
    let mut program = program();
    program.arg(Path::new(ROOT).join("examples/order-files/tests/cases").join(file)).args(options);
    if let Some(out) = out {
        program.arg("--out").arg(out);
    }
    program.output().unwrap()
}

/// The page and the summary.
#[track_caller]
fn answer(file: &str, options: &[&str]) -> (String, Value) {
    // Two tests may ask the same file at once.
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let out = directory(&format!("{file}-{}", RUNS.fetch_add(1, Ordering::Relaxed)));
    let output = run(file, options, Some(&out));
    assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    let summary = fs::read_to_string(out.join("summary.json")).unwrap();
    (String::from_utf8(output.stdout).unwrap(), serde_json::from_str(&summary).unwrap())
}

/// What is right for a file.
struct Right {
    file: &'static str,
    options: &'static [&'static str],
    /// Customers who bought again, and all.
    again: [u64; 2],
    purchases: u64,
    credits: u64,
    /// Revenue as the page has it.
    revenue: &'static str,
    as_of: &'static str,
}

const REFUND_ROWS: &str = "customer_id=customer_id,placed_at=transaction_date,amount=amount,kind=transaction_type";

/// `tests/cases/README.md` says why.
#[rustfmt::skip]
const RIGHT: [Right; 14] = [
    Right { file: "Status.csv", options: &[], again: [0, 2], purchases: 2, credits: 0, revenue: "20.00", as_of: "" },
    Right { file: "shopify.csv", options: &[], again: [1, 3], purchases: 4, credits: 0, revenue: "185.00", as_of: "" },
    Right { file: "woo.csv", options: &[], again: [0, 1], purchases: 1, credits: 0, revenue: "1,234.50", as_of: "" },
    Right { file: "taobao_gbk.csv", options: &[], again: [1, 2], purchases: 3, credits: 0, revenue: "179.00", as_of: "" },
    Right { file: "olist.csv", options: &[], again: [1, 2], purchases: 4, credits: 0, revenue: "98.71", as_of: "" },
    Right { file: "overlap.csv", options: &[], again: [0, 3], purchases: 3, credits: 0, revenue: "60.00", as_of: "" },
    Right { file: "refund_rows.csv", options: &["--columns", REFUND_ROWS], again: [4, 4], purchases: 15, credits: 3, revenue: "3,590.00", as_of: "" },
    Right { file: "cancelled_last.csv", options: &[], again: [0, 0], purchases: 0, credits: 0, revenue: "", as_of: "2024-02-01" },
    Right { file: "right_names.csv", options: &[], again: [0, 2], purchases: 2, credits: 0, revenue: "1,254.40", as_of: "" },
    Right { file: "utf16.txt", options: &[], again: [0, 1], purchases: 1, credits: 0, revenue: "10.00", as_of: "" },
    Right { file: "pg.csv", options: &[], again: [0, 0], purchases: 0, credits: 0, revenue: "", as_of: "2023-02-10" },
    Right { file: "dst.csv", options: &["--time-zone", "Europe/Berlin", "--occasion", "day"], again: [0, 2], purchases: 4, credits: 0, revenue: "", as_of: "" },
    Right { file: "heavy_spend.csv", options: &[], again: [0, 0], purchases: 3444, credits: 0, revenue: "", as_of: "" },
    Right { file: "one_rebuyer.csv", options: &[], again: [1, 30], purchases: 31, credits: 0, revenue: "", as_of: "" },
];

#[test]
fn every_file_has_its_right_answer() {
    for right in RIGHT {
        let (page, summary) = answer(right.file, right.options);
        let file = right.file;
        let again = &summary["user_repurchase"];
        if right.again[1] > 0 {
            assert_eq!([&again["count"], &again["of"]], right.again.map(Value::from).each_ref(), "{file}");
        }
        if right.purchases > 0 {
            assert_eq!(
                [&summary["purchases"], &summary["credits"]],
                [right.purchases, right.credits].map(Value::from).each_ref(),
                "{file}"
            );
        }
        let revenue = format!("\nRevenue                               {}", right.revenue);
        assert!(page.contains(&revenue), "{file}: {page}");
        if !right.as_of.is_empty() {
            assert_eq!(summary["as_of"], right.as_of, "{file}");
        }
    }
}

#[test]
fn notes_say_what_was_passed_over() {
    for (file, options, expected) in [
        ("shopify.csv", &[][..], &["guest_orders", "ids_joined", "cancelled", "fully_refunded"][..]),
        ("woo.csv", &[], &["guest_orders", "cancelled", "fully_refunded", "refunds_matched"]),
        ("taobao_gbk.csv", &[], &["unpaid", "cancelled"]),
        ("overlap.csv", &[], &["duplicate_rows"]),
        ("olist.csv", &["--columns", "customer_id=customer_id"], &["cancelled", "every_id_once"]),
        ("heavy_spend.csv", &[], &["no_mean_spend"]),
    ] {
        let (page, summary) = answer(file, options);
        let codes: Vec<_> =
            summary["notes"].as_array().unwrap().iter().map(|note| note["code"].as_str().unwrap()).collect();
        assert!(expected.iter().all(|code| codes.contains(code)), "{file}: {codes:?}");
        assert!(page.find("Note: ").unwrap() < page.find("\nCustomers  ").unwrap(), "{page}");
    }
}

#[test]
fn a_spend_without_a_mean_is_said_where_the_number_would_stand() {
    let (page, _) = answer("heavy_spend.csv", &[]);
    let row = page.lines().find(|line| line.starts_with("  Revenue expected")).unwrap();
    assert!(row.contains("customers left out: their spend has no mean"), "{row}");
}

#[test]
fn what_is_missing_for_a_forecast_is_a_second_purchase_day() {
    let (page, summary) = answer("one_rebuyer.csv", &[]);
    assert_eq!(summary["notes"][0]["code"], "too_short");
    assert_eq!(page.matches("nobody has a second purchase day").count(), 2, "{page}");
    assert!(!page.contains("no customer"), "{page}");
}

#[test]
fn nobody_has_an_id() {
    let out = directory("null").join("labels");
    let output = run("null.csv", &[], Some(&out));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && !out.exists());
    assert!(error.starts_with("error: nobody has an id: all orders (4) are of guests"), "{error}");
}

#[test]
fn a_column_that_is_not_named_is_asked_for() {
    let output = run("refund_rows.csv", &[], None);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && error.contains("--columns \"placed_at=transaction_date,"), "{error}");
}

/// The text of a case.
fn text(file: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join("examples/order-files/tests/cases").join(file)).unwrap()
}

#[test]
fn shops_of_heavy_spend_in_other_layouts() {
    let rows: Vec<String> = text("heavy_spend.csv").lines().skip(1).map(str::to_owned).collect();
    let fields = || rows.iter().map(|row| row.split(',').collect::<Vec<_>>());
    let semicolons = fields().map(|row| format!("{};{};\"{}\"\n", row[1], row[2].replace('.', ","), row[0]));
    let cents = fields()
        .map(|row| format!("{}\t{}\t${}\n", row[0].to_uppercase(), row[2].replace('.', ""), row[1].replace('-', "/")));
    let backwards = fields().rev().map(|row| format!("{}|{}|{}\n", row[2], row[0], row[1]));
    for file in [
        format!("Placed At;Amount;Customer ID\n{}", semicolons.collect::<String>()),
        format!("customer_id\tamount\tplaced_at\n{}", cents.collect::<String>().replace('$', "")),
        format!("AMOUNT|CUSTOMER-ID|PLACED-AT\n{}", backwards.collect::<String>()),
    ] {
        let page = succeeds(&["-"], &file);
        let row = page.lines().find(|line| line.starts_with("  Revenue expected")).unwrap();
        assert!(row.contains("customers left out: their spend has no mean"), "{row}");
        assert!(page.contains("Model of spend                      Gamma-Gamma, fitted"), "{page}");
    }
}

#[test]
fn shops_where_nobody_has_a_second_purchase_day() {
    let all_once: Vec<String> = (1..=30).map(|row| format!("c{row},2017-02-{:02},1{row}.00\n", 1 + row % 28)).collect();
    let twice_each: String = all_once.iter().flat_map(|row| [row.as_str(); 2]).collect();
    let all_once = all_once.concat();
    let thrice = all_once.clone() + "c1,2017-02-02,5\nc1,2017-02-02,6\nc2,2017-02-03,7\n";
    for rows in [all_once, thrice, twice_each] {
        let page = succeeds(&["-"], &format!("customer_id,placed_at,amount\n{rows}"));
        assert_eq!(page.matches("nobody has a second purchase day").count(), 2, "{page}");
        assert!(page.starts_with("Customers as of") && !page.contains("no customer"), "{page}");
    }
}
