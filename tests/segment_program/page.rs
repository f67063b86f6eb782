//! What the program prints.

use std::fs;
use std::path::Path;

use super::{ONLINE_RETAIL, ROOT, directory, succeeds};

#[test]
fn the_page_says_what_the_files_say() {
    let page = succeeds(&[], "");
    for line in [
        "Customers as of 1998-06-30",
        "Customers                             2,357",
        "Customers who bought again            48.9% (1,152 of 2,357)",
        "  of them on one day only             13",
        "Purchases that were repeats           65.9% (4,562 of 6,919)",
        "  Champions                        415    17.6%        119,943.08    49.1%",
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
fn of_few_customers_a_note_says_that_ranks_mean_little() {
    let orders = |customers: u32| {
        let rows: Vec<_> = (1..=customers).map(|customer| format!("{customer},1997-01-01,1")).collect();
        format!("customer_id,placed_at,amount\n{}\n", rows.join("\n"))
    };
    let note = "Note: The scores are ranks among 49 customers only, which say little.\n";
    assert!(succeeds(&["-"], &orders(49)).contains(note));
    assert!(!succeeds(&["-"], &orders(50)).contains("ranks"));
}

#[test]
fn notes_stand_first_and_in_the_summary() {
    let out = directory("notes");
    let orders = "customer_id,placed_at,amount,status\n\
                  Ann,1997-01-01,1,paid\nann,1997-01-02,1,paid\nbo,1997-01-03,1,unpaid\nguest,1997-01-03,1,paid\n";
    let page = succeeds(&["-", "--out", out.to_str().unwrap()], orders);
    let summary: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out.join("summary.json")).unwrap()).unwrap();
    let notes: Vec<_> =
        summary["notes"].as_array().unwrap().iter().map(|note| note["code"].as_str().unwrap()).collect();
    assert_eq!(notes, ["guest_orders", "unpaid", "ids_alike", "too_short", "few_customers"]);
    assert_eq!((&summary["notes"][1]["count"], &summary["notes"][1]["of"]), (&1.into(), &3.into()));
    assert_eq!(summary["notes"][2]["examples"], serde_json::json!(["Ann", "ann"]));
    let before = page.split_once("\nPeriod").unwrap().0;
    assert_eq!(before.matches("Note: ").count(), 5, "{page}");
    let chinese = succeeds(&["-", "--lang", "zh"], orders);
    assert!(chinese.contains("（游客单）"), "{chinese}");
}

#[test]
fn the_chinese_page_is_chinese() {
    let few = "customer_id,placed_at,amount,status\n1,1997-01-01,1,paid\n1,1997-01-02,1,paid\n2,1997-01-03,x,paid\n";
    for (arguments, input) in [
        (&["--lang", "zh"][..], ""),
        (&["--lang", "zh", "--occasion", "day", "--bins", "4"], ""),
        (&[ONLINE_RETAIL, "--lang", "zh"], ""),
        (&["-", "--lang", "zh", "--skip-bad-rows"], few),
    ] {
        let page = succeeds(arguments, input);
        let words = page.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty());
        let foreign: Vec<_> = words
            .filter(|word| {
                !["MBG", "NBD", "Gamma", "VIP", "bins", "keep", "credits", "r", "alpha", "a", "b", "p", "q", "gamma"]
                    .contains(word)
            })
            .collect();
        assert!(
            foreign.iter().all(|word| page.contains(&format!("\"{word}\"")) || *word == "amount"),
            "{foreign:?}: {page}"
        );
    }
    let page = succeeds(&["--lang", "zh"], "");
    for line in [
        "客户分析（截至 1998-06-30）",
        "支付订单数                            6,919",
        "客户复购率（按订单）                  48.9%（1,152 / 2,357）",
        "                                客户数     占比          成交金额     占比",
        "  至尊VIP会员                       18     0.8%            2.96万    12.1%",
    ] {
        assert!(page.lines().any(|found| found == line), "{line:?} is not in\n{page}");
    }
}

#[test]
fn who_is_called_first_has_most_at_stake() {
    let page = succeeds(&[], "");
    let (_, calls) = page.split_once("\nWhom to call first, of ").unwrap();
    let at_risk: Vec<f64> = calls
        .lines()
        .skip(2)
        .take(10)
        .map(|row| row.rsplit(' ').next().unwrap().replace(',', "").parse().unwrap())
        .collect();
    assert!(at_risk.len() == 10 && at_risk.is_sorted_by(|one, next| one >= next), "{page}");
}

#[test]
fn nobody_is_said_to_be_gone() {
    let page = succeeds(&[], "");
    assert!(!page.contains("likely gone") && !page.contains("lately"), "{page}");
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
