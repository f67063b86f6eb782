//! The functions in plain SQL, against the columns that the job writes.

use super::common::{CDNOW, directory, run, succeeds};
use datafusion::arrow::array::AsArray;
use datafusion::arrow::csv::WriterBuilder;
use datafusion::prelude::SessionContext;
use repurchase_cluster::engine;

async fn text(context: &SessionContext, sql: &str) -> String {
    let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
    batches.iter().find(|batch| batch.num_rows() > 0).unwrap().column(0).as_string::<i32>().value(0).to_owned()
}

async fn csv(context: &SessionContext, sql: &str) -> String {
    let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
    let mut writer = WriterBuilder::new().with_header(false).build(Vec::new());
    for batch in &batches {
        writer.write(batch).unwrap();
    }
    String::from_utf8(writer.into_inner()).unwrap()
}

const COLUMNS: [(&str, &str); 17] = [
    ("days_since_last", "days_since_last"),
    ("mean_gap_days", "mean_gap_days"),
    ("r", "r"),
    ("f", "f"),
    ("m", "m"),
    ("segment", "segment"),
    ("frequency_band", "frequency_band"),
    ("new_customer_state", "new_customer_state"),
    ("tier", "tier"),
    ("cycles_missed", "cycles_missed"),
    ("x", "repeats"),
    ("purchases", "purchases"),
    ("revenue", "revenue"),
    ("p_alive", "probability_alive"),
    ("expected_purchases", "expected_purchases"),
    ("expected_spend", "expected_spend"),
    ("expected_value", "expected_value"),
];

#[tokio::test(flavor = "multi_thread")]
async fn sql_gives_the_columns_of_the_job() {
    let out = directory("functions");
    succeeds(&run(&["--single-file", "--out", out.to_str().unwrap()]));
    let mut table = csv::Reader::from_path(out.join("customers.csv")).unwrap();
    let header = table.headers().unwrap().clone();
    let places = COLUMNS.map(|(name, _)| header.iter().position(|found| found == name).unwrap());
    let mut expected = String::new();
    for row in table.records() {
        let row = row.unwrap();
        let fields = places.iter().map(|&place| &row[place]);
        expected += &([&row[0]].into_iter().chain(fields).collect::<Vec<_>>().join(",") + "\n");
    }
    let summary = std::fs::read_to_string(out.join("summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();

    let mut fitted = Vec::new();
    for partitions in [1, 5] {
        let context = engine::session(None, Some(partitions)).await.unwrap();
        context.register_csv("orders", CDNOW, text_columns().schema(&schema())).await.unwrap();
        let histories = "SELECT customer_id, purchase_history(CAST(placed_at AS DATE), CAST(amount AS DECIMAL(18, 2))) \
                         AS history FROM orders GROUP BY customer_id";
        let fit = format!("SELECT shop_fit(history, DATE '1998-06-30', '{{}}') FROM ({histories})");
        let shop = text(&context, &fit).await;
        let models: serde_json::Value = serde_json::from_str(&shop).unwrap();
        let [purchases, spend] = [&models["purchases"]["model"]["mbg_nbd"], &models["spend"]["model"]];
        for (model, summary) in [(purchases, &summary["churn"]["params"]), (spend, &summary["spend"]["params"])] {
            for (name, value) in summary.as_object().unwrap() {
                assert_eq!(&model[name], value, "{name} of {model}");
            }
        }
        // A name such as "Can't lose", in a literal.
        let literal = shop.replace('\'', "''");
        let columns = COLUMNS.map(|(_, key)| format!("shop['{key}']")).join(", ");
        let profiles = format!(
            "SELECT customer_id, {columns} FROM (SELECT customer_id, \
             shop_profile(history, DATE '1998-06-30', '{literal}') AS shop FROM ({histories})) ORDER BY customer_id"
        );
        let found = csv(&context, &profiles).await;
        for (found, expected) in found.lines().zip(expected.lines()) {
            assert_eq!(same_numbers(found), same_numbers(expected), "{partitions} partitions");
        }
        assert_eq!(found.lines().count(), expected.lines().count());
        fitted.push(shop);
    }
    assert_eq!(fitted[0], fitted[1], "parts make no difference");
}

/// Numbers by their bits, since two writers of CSV write one number in two ways.
fn same_numbers(line: &str) -> Vec<Result<u64, &str>> {
    line.split(',').map(|field| field.parse::<f64>().map(f64::to_bits).map_err(|_| field)).collect()
}

fn schema() -> datafusion::arrow::datatypes::Schema {
    use datafusion::arrow::datatypes::{DataType, Field, Schema};
    Schema::new(["customer_id", "placed_at", "amount"].map(|name| Field::new(name, DataType::Utf8, true)).to_vec())
}

fn text_columns<'a>() -> datafusion::prelude::CsvReadOptions<'a> {
    datafusion::prelude::CsvReadOptions::new()
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_signs_and_types_of_amounts() {
    let context = engine::session(None, Some(2)).await.unwrap();
    let history = "SELECT h['purchases'], h['purchase_days'], h['spend'], h['credits'], h['credited'], \
                   h['shortest_gap_days'], h['longest_gap_days'], h['gap_squares'], h['gap_logarithms']";
    let of = |values: &str, call: &str| {
        format!("{history} FROM (SELECT {call} AS h FROM (VALUES {values}) AS t(day, a, kind))")
    };
    let signed =
        "('2025-01-05', '-0.50', 'x'), ('2025-01-01', '10', 'x'), ('2025-01-04', '2.5', 'x'), ('2025-01-01', '1', 'x')";
    let found = csv(&context, &of(signed, "purchase_history(CAST(day AS DATE), a)")).await;
    assert_eq!(found, "3,2,13.5,1,0.5,3,3,9,4718503851\n".replace("13.5", "13.50").replace("0.5,3", "0.50,3"));
    let kinds = "('2025-01-05', 50, 'credit'), ('2025-01-01', 1000, 'purchase'), ('2025-01-04', 0, NULL)";
    let found = csv(&context, &of(kinds, "purchase_history(CAST(day AS DATE), a, kind)")).await;
    assert_eq!(found, "2,2,1000,1,50,3,3,9,4718503851\n");

    let floats = context.sql("SELECT purchase_history(DATE '2025-01-01', CAST(1.5 AS DOUBLE))").await;
    let refused = floats.expect_err("a float is no exact amount").to_string();
    assert!(refused.contains("Float64") && refused.contains("DECIMAL(18, 2)"), "{refused}");
}
