//! Two programs say one thing of one shop: the server's answers are those of `segment`, digit by digit.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Parser;
use repurchase::predict::rounded_to_money;
use repurchase::rust_decimal::Decimal;
use repurchase::segment::Octant;
use repurchase_segment::arguments::{LogArguments, ShopArguments};
use repurchase_segment::gathered::Gathered;
use repurchase_segment::overview::Overview;
use repurchase_segment::shop::Shop as Segment;
use repurchase_segment::{customers, read, summary};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Database, Shop, command, on_both};

on_both![answers_are_those_of_segment, answers_on_a_shop_with_credits_are_those_of_segment];

const CDNOW: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cdnow_orders.csv");
const ONLINE_RETAIL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/online_retail_orders.csv");

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    log: LogArguments,
    #[command(flatten)]
    shop: ShopArguments,
}

/// A table's rows by the names of its columns. No field of these shops is quoted.
type Rows = Vec<BTreeMap<String, String>>;

fn rows(csv: &str) -> Rows {
    let mut lines = csv.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let names = lines.next().unwrap();
    lines.map(|fields| names.iter().cloned().zip(fields).collect()).collect()
}

/// What the program writes of a file: `customers.csv` and `summary.json`.
fn segment(file: &str) -> (Rows, Value) {
    let Arguments { log, shop } = Arguments::parse_from(["segment", file]);
    let options = shop.options().unwrap();
    let parts = log.read_parts(u64::MAX).unwrap();
    let (orders, Gathered { ledger, checks, .. }) = Gathered::of(parts, Some(&options), u64::MAX).unwrap();
    let ledger = read::named_ledger(&orders, &ledger).unwrap();
    let shop = Segment::fit(ledger, &shop, &options.with_checks(checks)).unwrap();
    let mut table = Vec::new();
    customers::write(&shop, &mut table).unwrap();
    let summary = summary::summary(&Overview::of(&shop).unwrap(), 0);
    (rows(std::str::from_utf8(&table).unwrap()), summary)
}

async fn answers_are_those_of_segment(database: Database) {
    let shop = Shop::start_with(&database, &[("SAMPLE", "true")]);
    compare(&shop, CDNOW, 2).await;
}

/// Three decimals, as sums of the file's lines have; 3,654 credits, of which some give back whole orders.
async fn answers_on_a_shop_with_credits_are_those_of_segment(database: Database) {
    let shop = [("CURRENCY_DECIMALS", "3"), ("SHOP_TODAY", "2011-12-09")];
    let output = command(&database).envs(shop).arg("import").arg(Path::new(ONLINE_RETAIL)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    compare(&Shop::start_with(&database, &shop), ONLINE_RETAIL, 3).await;
}

async fn compare(shop: &Shop, file: &str, decimals: u32) {
    let (expected, summary) = segment(file);
    let listed = shop.customers("").await;
    let csv = shop.request(Method::GET, "/customers.csv").send().await.unwrap().text().await.unwrap();
    let table = rows(&csv);
    assert_eq!((expected.len(), listed.len(), table.len()), (expected.len(), expected.len(), expected.len()));
    assert_eq!(summary["customers"], listed.len());
    for ((expected, listed), row) in expected.iter().zip(&listed).zip(&table) {
        compare_customer(expected, listed, row, decimals);
    }
    let groups = shop.ok("/segments").await;
    for kind in ["segments", "tiers"] {
        let found: BTreeMap<&str, Value> = groups[kind].as_array().unwrap().iter().map(group).collect();
        let expected: BTreeMap<&str, Value> =
            summary[kind].as_object().unwrap().iter().map(|(key, group)| (key.as_str(), group.clone())).collect();
        let money = |groups: BTreeMap<&str, Value>| -> Vec<(String, Value, Decimal)> {
            let group = |(key, group): (&str, Value)| {
                (key.to_owned(), group["customers"].clone(), group["revenue"].as_str().unwrap().parse().unwrap())
            };
            groups.into_iter().map(group).collect()
        };
        assert_eq!(money(found), money(expected), "{kind}");
    }
}

fn group(group: &Value) -> (&str, Value) {
    (group["key"].as_str().unwrap(), json!({"customers": group["customers"]["count"], "revenue": group["revenue"]}))
}

/// One customer as `segment` writes them, as the server lists them, and as its table has them.
fn compare_customer(
    expected: &BTreeMap<String, String>,
    listed: &Value,
    row: &BTreeMap<String, String>,
    decimals: u32,
) {
    let text = |name: &str| expected[name].as_str();
    // What stands in the file, read as the answer is, by a reader that rounds the last digit: nothing is `None`.
    let number = |name: &str| match text(name) {
        "" => None,
        text => serde_json::from_str::<Value>(text).unwrap().as_f64(),
    };
    let day = |name: &str| Value::from(text(name));
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    let (id, figures, labels) = (text("customer_id"), &listed["figures"], &listed["labels"]);
    assert_eq!((listed["customer_id"].as_str().unwrap(), row["customer_id"].as_str()), (id, id));
    assert_eq!(
        [&figures["first_purchase"], &figures["last_purchase"]],
        [&day("first_purchase"), &day("last_purchase")]
    );
    for name in ["purchases", "purchase_days", "days_since_last", "mean_gap_days"] {
        assert_eq!(figures[name].as_f64(), number(name), "{id}: {name}");
    }
    assert_eq!(decimal(figures["revenue"].as_str().unwrap()), decimal(text("revenue")), "{id}");
    let scores = ["r", "f", "m"].map(text).concat();
    let octant = Octant::ALL.into_iter().find(|octant| octant.code() == text("octant")).unwrap();
    let stage = [text("new_customer_state"), text("frequency_band")].concat();
    for (label, expected) in [
        ("rfm", scores.as_str()),
        ("octant", octant.label().key()),
        ("segment", text("segment")),
        ("tier", text("tier")),
        ("churn_risk", text("churn_risk")),
    ] {
        assert_eq!(labels[label]["key"], expected, "{id}");
    }
    assert!(labels["lifecycle"]["key"].as_str().unwrap().ends_with(&stage), "{id}: {stage}: {labels}");
    for (name, column, of_segment) in [
        ("alive", "alive", "p_alive"),
        ("buys", "buys", "p_buys"),
        ("expected_purchases", "expected_purchases", "expected_purchases"),
    ] {
        assert_eq!(listed[name]["value"].as_f64(), number(of_segment), "{id}: {name}");
        assert_eq!(row[column], text(of_segment), "{id}: {name}");
    }
    let interval = |end: &str| listed["purchases_interval"][end].as_f64();
    assert_eq!([interval("low"), interval("high")], ["purchases_low", "purchases_high"].map(number), "{id}");
    for name in ["first_purchase", "last_purchase", "segment", "tier", "churn_risk", "purchases_low", "purchases_high"]
    {
        assert_eq!(row[name], expected[name], "{id}: {name}");
    }
    // In whole units of the currency.
    let money = |text: &str| rounded_to_money(text.parse().unwrap(), decimals).unwrap().to_string();
    let worth = Some(text("expected_value")).filter(|text| !text.is_empty()).map(money);
    assert_eq!(listed["expected_value"]["value"].as_str(), worth.as_deref(), "{id}");
    assert_eq!(row["expected_value"], worth.unwrap_or_default(), "{id}");
}
