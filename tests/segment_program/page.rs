//! What the program prints.

use std::fs;
use std::path::Path;

use super::{ROOT, directory, succeeds};

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
        let rows: Vec<_> = (0..customers).map(|customer| format!("{customer},1997-01-01,1")).collect();
        format!("customer_id,placed_at,amount\n{}\n", rows.join("\n"))
    };
    let note = "Note: the scores are ranks among 49 customers only, which say little.\n";
    assert!(succeeds(&["-"], &orders(49)).contains(note));
    assert!(!succeeds(&["-"], &orders(50)).contains("Note"));
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
