//! What the program says where a model has nothing to say.

use std::fs;

use super::{CDNOW, ONLINE_RETAIL, directory, fails, run, succeeds};

const NO_MAXIMUM: &str =
    "for these customers it runs to a simpler model (the probability of leaving after a purchase is 0 for everyone)";

#[test]
fn a_fit_without_a_maximum_leaves_the_rest_of_the_run() {
    let out = directory("no_maximum");
    let options = ["--model", "mbg-nbd", "--as-of", "2011-08-31", "--out", out.to_str().unwrap()];
    let page = succeeds(&[&[ONLINE_RETAIL][..], &options].concat(), "");
    let reason = format!("NBD forecasts: fitted in place of MBG/NBD: {NO_MAXIMUM}.");
    assert!(page.contains("\n  Model of purchases                  NBD\n"), "{page}");
    assert!(page.contains(&format!("\n  {reason}\n")), "{page}");
    assert!(page.contains("\n  Purchase days expected") && !page.contains("customers still"), "{page}");
    let summary = fs::read_to_string(out.join("summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!((&summary["churn"]["status"], &summary["churn"]["reason"]), (&"instead".into(), &reason.into()));
    assert_eq!(summary["spend"]["status"], "fitted");
    let customers = fs::read_to_string(out.join("customers.csv")).unwrap();
    for line in customers.lines().skip(1) {
        let columns: Vec<_> = line.split(',').collect();
        // A model that cannot see anybody leave says nothing of that.
        assert_eq!(columns[21], "", "{line}");
        assert!((22..28).all(|column| columns[column].parse::<f64>().unwrap() >= 0.0), "{line}");
        // Of a customer who never leaves, the next purchase has a day.
        assert!(columns[28] > "2011-08-31", "{line}");
    }
}

#[test]
fn the_program_takes_the_model_that_fits_and_says_why() {
    let out = directory("auto");
    let page = succeeds(&[ONLINE_RETAIL, "--as-of", "2011-08-31", "--out", out.to_str().unwrap()], "");
    let reason = format!("NBD forecasts: fitted in place of MBG/NBD: {NO_MAXIMUM}.");
    assert!(page.contains(&format!("\n  {reason}\n")), "{page}");
    let summary = fs::read_to_string(out.join("summary.json")).unwrap();
    let churn = &serde_json::from_str::<serde_json::Value>(&summary).unwrap()["churn"];
    let expected = (&"nbd".into(), &"instead".into(), &reason.into());
    assert_eq!((&churn["model"], &churn["status"], &churn["reason"]), expected);
    let names: Vec<_> = churn["params"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["r", "alpha"]);
}

#[test]
fn too_few_customers_for_a_model_lose_nothing_else() {
    let out = directory("too_few");
    let page_of = |orders: &str| {
        let file = format!("customer_id,placed_at,amount\n{orders}");
        succeeds(&["-", "--out", out.to_str().unwrap()], &file)
    };
    for orders in ["a,1997-01-01,1\n", "a,1997-01-01,1\nb,1997-01-05,2\n"] {
        let page = page_of(orders);
        assert!(page.contains("\n  No model of purchases ") && page.contains("\n  No model of spend "), "{page}");
    }
    // One customer buys at one rate: 1 purchase in 31 days, 90 / 31 in 90.
    let page = page_of("a,1997-01-01,0\na,1997-02-01,0\n");
    assert!(page.contains("\n  Purchase days expected              3 (no interval yet: "), "{page}");
    assert!(page.contains("\n  Revenue expected                    - (no model of spend: "), "{page}");
    assert!(page.contains("\n  No model of spend "), "{page}");
}

#[test]
fn parameters_that_are_none_are_named() {
    let fails_with = |options: &[&str], expected: &str| fails(&[&[CDNOW], options].concat(), "", expected);
    fails_with(
        &["--params", "r=1,alpha=2"],
        "--params needs a --model of its own, such as --model mbg-nbd: whose parameters are they?",
    );
    let of_mbg_nbd = |params: &str, expected: &str| fails_with(&["--model", "mbg-nbd", "--params", params], expected);
    of_mbg_nbd("r=1,alpha=2", "--params of mbg-nbd: found alpha, r, expected r, alpha, a, b");
    fails_with(
        &["--model", "pareto-nbd", "--params", "r=1,alpha=2,a=3,b=4"],
        "--params of pareto-nbd: found a, alpha, b, r, expected r, alpha, s, beta",
    );
    of_mbg_nbd("r=0,alpha=2,a=3,b=4", "r must be finite and above 0, found 0");
    fails_with(&["--spend-params", "p=1,q=nan,gamma=3"], "q must be finite and above 0, found NaN");
    let refused = run(&["--params", "r=1,alpha"], "");
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(message.contains("expected name=number, found \"alpha\""), "{message}");
}
