//! What the next days bring, and how far the shop's own past says to trust it.

use std::fs;

use serde_json::Value;

use super::{CDNOW, ONLINE_RETAIL, directory, succeeds};

/// The page, the rows of `customers.csv` by the names of its columns, and the summary.
struct Run {
    page: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    summary: Value,
}

fn run(case: &str, options: &[&str]) -> Run {
    let out = directory(case);
    let page = succeeds(&[options, &["--out", out.to_str().unwrap()]].concat(), "");
    let table = fs::read_to_string(out.join("customers.csv")).unwrap();
    let mut rows = table.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let (columns, rows) = (rows.next().unwrap(), rows.collect());
    let summary = serde_json::from_str(&fs::read_to_string(out.join("summary.json")).unwrap()).unwrap();
    Run { page, columns, rows, summary }
}

impl Run {
    fn texts(&self, name: &str) -> Vec<&str> {
        let column = self.columns.iter().position(|column| column == name).unwrap();
        self.rows.iter().map(|row| row[column].as_str()).collect()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.texts(name).into_iter().map(|text| text.parse().unwrap()).collect()
    }

    fn number(&self, path: &str) -> f64 {
        self.summary.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("{path}: {}", self.summary))
    }
}

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs(), "{found} is not {expected}");
}

/// As the page prints a number.
fn printed(number: f64) -> String {
    let digits = format!("{number:.0}");
    if digits.len() > 3 { format!("{},{}", &digits[..digits.len() - 3], &digits[digits.len() - 3..]) } else { digits }
}

#[test]
fn totals_are_the_customers_added_up_and_lie_in_their_intervals() {
    for (case, options, of_purchases) in [
        ("next_cdnow", &[CDNOW][..], 1.0_f64),
        ("next_online_retail", &[ONLINE_RETAIL], 1.0),
        ("next_unchecked", &[CDNOW, "--unchecked"], 0.0),
    ] {
        let run = run(case, options);
        let purchases: f64 = run.numbers("expected_purchases").iter().sum();
        let (forecast, next) = (run.number("/next/purchases"), &run.summary["next"]);
        // Corrected by the year before where the log holds it.
        let corrected = run.page.contains("one year earlier, ");
        assert_eq!(corrected, case == "next_cdnow", "{}", run.page);
        if !corrected {
            near(forecast, purchases, 1e-12);
            near(run.number("/next/buyers"), run.numbers("p_buys").iter().sum(), 1e-12);
            near(run.number("/next/revenue"), run.numbers("expected_value").iter().sum(), 1e-12);
        }
        assert_eq!((&next["level"], &next["horizon_days"]), (&0.9.into(), &90.into()));
        let line = |range: &str| format!("\n  Purchase days expected              {}{range}\n", printed(forecast));
        if of_purchases > 0.0 {
            for total in ["purchases", "revenue"] {
                let [low, middle, high] = ["_low", "", "_high"].map(|end| run.number(&format!("/next/{total}{end}")));
                assert!(0.0 < low && low < middle && middle < high, "{next}");
            }
            let [low, high] = ["low", "high"].map(|end| printed(run.number(&format!("/next/purchases_{end}"))));
            assert_eq!(next["reason"], Value::Null);
            assert!(run.page.contains(&line(&format!(" ({low} to {high} in 90% of such forecasts)"))), "{}", run.page);
        } else {
            assert_eq!(next["purchases_low"], Value::Null);
            assert_eq!(next["reason"], "no interval: not checked on the shop's past");
            assert!(
                run.page.contains(&line(" (no interval: not checked on the shop's past)"))
                    && run.page.contains("were not checked"),
                "{}",
                run.page
            );
        }
    }
}

/// `Revival` in the docs of the library: of a customer who has left, purchases come at a share of the own rate.
#[test]
fn those_who_come_back_are_counted_where_the_past_says_so() {
    let options = [CDNOW, "--as-of", "1998-02-28"];
    let (checked, plain) = (run("returns", &options), run("returns_not", &[&options[..], &["--unchecked"]].concat()));
    assert!(checked.page.contains("forecasts count it"), "{}", checked.page);
    for column in ["p_alive", "expected_spend", "mean_spend", "churn_risk"] {
        assert_eq!(checked.texts(column), plain.texts(column));
    }
    let [r, alpha] = ["r", "alpha"].map(|name| checked.number(&format!("/churn/params/{name}")));
    let [x, t_x, alive] = ["x", "t_x", "p_alive"].map(|name| plain.numbers(name));
    let pace = |at: usize| (r + x[at]) / (alpha + t_x[at]) * 90.0 / 7.0;
    let more = |name: &str| -> Vec<f64> {
        checked.numbers(name).iter().zip(plain.numbers(name)).map(|(with, without)| with - without).collect()
    };
    let (purchases, buys) = (more("expected_purchases"), more("p_buys"));
    let most = (0..alive.len()).min_by(|&one, &other| alive[one].total_cmp(&alive[other])).unwrap();
    let rho = purchases[most] / ((1.0 - alive[most]) * pace(most));
    assert!(rho > 0.01 && rho < 0.1, "{rho}");
    for at in 0..alive.len() {
        let returns = rho * pace(at);
        assert!((purchases[at] - (1.0 - alive[at]) * returns).abs() < 1e-9);
        assert!((buys[at] + (1.0 - alive[at]) * (-returns).exp_m1()).abs() < 1e-9);
    }
}

#[test]
fn given_parameters_are_the_plain_model() {
    let given = ["--model", "mbg-nbd", "--params", "r=0.6,alpha=8.6,a=0.55,b=1", "--as-of", "1998-02-28"];
    let given = [&[CDNOW][..], &given].concat();
    let (one, other) = (run("given", &given), run("given_unchecked", &[&given[..], &["--unchecked"]].concat()));
    assert!(one.rows == other.rows && one.summary == other.summary && one.page == other.page);
    assert!(!one.page.contains("count it"), "{}", one.page);
    assert_eq!(one.summary["churn"]["status"], "given");
}

#[test]
fn intervals_and_days_agree_with_the_probability_of_a_purchase() {
    let run = run("agree", &[CDNOW]);
    let as_of = "1998-06-30";
    let [low, high] = ["purchases_low", "purchases_high"].map(|name| run.numbers(name));
    for (at, (buys, day)) in run.numbers("p_buys").into_iter().zip(run.texts("next_purchase")).enumerate() {
        assert!(low[at] <= high[at] && low[at].fract() <= 0.0 && high[at].fract() <= 0.0);
        assert_eq!(low[at] >= 1.0, buys >= 0.95, "{buys}");
        assert_eq!(high[at] >= 1.0, buys > 0.05, "{buys}");
        // 90 days ahead.
        assert_eq!(!day.is_empty() && day <= "1998-09-28", buys >= 0.5, "{buys} {day}");
        assert!(day.is_empty() || day > as_of, "{day}");
    }
    assert!(run.texts("next_purchase").contains(&""), "some may be gone");
}

#[test]
fn the_page_says_which_model_and_how_far_off_it_was() {
    let page = succeeds(&[], "");
    let (_, section) = page.split_once("How far to trust it, by this shop's own past\n").unwrap();
    let (section, _) = section.split_once("\n\n").unwrap();
    let sentences: Vec<_> = section.lines().collect();
    assert!(sentences.len() <= 10, "{section}");
    for start in ["The past since 1997-01-01 holds 5", "MBG/NBD forecasts: fitted", "Over the last 5 forecasts"] {
        assert!(sentences.iter().any(|sentence| sentence.trim_start().starts_with(start)), "{start}: {section}");
    }
    let chinese = succeeds(&["--lang", "zh"], "");
    let (_, section_in_chinese) = chinese.split_once("预测可信度（用本店历史检验）\n").unwrap();
    assert_eq!(section_in_chinese.split("\n\n").next().unwrap().lines().count(), sentences.len());
}

#[test]
fn models_that_see_nobody_leave_say_nothing_of_leaving() {
    let run = run("nobody_leaves", &[ONLINE_RETAIL]);
    assert_eq!((&run.summary["churn"]["model"], &run.summary["churn"]["status"]), (&"nbd".into(), &"instead".into()));
    assert!(run.texts("p_alive").iter().all(|alive| alive.is_empty()));
    let (_, forecasts) = run.page.split_once("\nThe next 90 days").unwrap();
    let (forecasts, _) = forecasts.split_once("\nConcentration").unwrap();
    assert!(!forecasts.contains("100.0%") && !forecasts.contains("alive"), "{forecasts}");
    assert_eq!(forecasts.matches("nobody can be seen to leave").count(), 1, "{forecasts}");
    // Whom to call is said by what they bring, not by a loss that nobody knows.
    let (_, calls) = forecasts.split_once("\nWhom to call first").unwrap();
    assert!(calls.lines().skip(2).take(10).all(|row| !row.ends_with('-')), "{calls}");
}

#[test]
fn rhythms_are_a_model_to_ask_for() {
    let run = run("rhythm", &[ONLINE_RETAIL, "--model", "mbg-cnbd", "--unchecked"]);
    let churn = &run.summary["churn"];
    // Where nobody can be seen to leave, there is no such model.
    assert_eq!((&churn["model"], &churn["status"]), (&"nbd".into(), &"instead".into()));
    let run = self::run("rhythm_cdnow", &[CDNOW, "--model", "mbg-cnbd", "--as-of", "1997-12-31", "--unchecked"]);
    let shares: f64 = ["k1", "k2", "k3", "k5", "k8"].map(|k| run.number(&format!("/churn/params/{k}"))).iter().sum();
    near(shares, 1.0, 1e-9);
    assert_eq!(run.summary["churn"]["model"], "mbg-cnbd");
}
