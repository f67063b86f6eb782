//! The functions in plain SQL, against the columns that the job writes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{CDNOW, directory, run, succeeds};
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

/// Text is compared, so that every bit of a number counts.
const TABLE: &str = "SELECT customer_id, \
    CAST(score['r'] AS VARCHAR) || CAST(score['f'] AS VARCHAR) || CAST(score['m'] AS VARCHAR), \
    rf_segment(history, '{rfm}'), frequency_band(history), membership_tier(history, '{tiers}'), \
    cycles_missed(history, DATE '1998-06-30'), \
    probability_alive(history, DATE '1998-06-30', 'mbg-nbd', '{params}'), \
    expected_purchases(history, DATE '1998-06-30', 'mbg-nbd', '{params}', 90) \
    FROM (SELECT customer_id, history, rfm_score(history, '{rfm}') AS score FROM ({histories})) ORDER BY customer_id";

#[tokio::test(flavor = "multi_thread")]
async fn sql_gives_the_columns_of_the_job() {
    let out = directory("functions");
    succeeds(&run(&["--out", out.to_str().unwrap()]));
    let mut expected = String::new();
    for row in csv::Reader::from_path(out.join("customers.csv")).unwrap().records() {
        let row = row.unwrap();
        let rfm = [&row[8], &row[9], &row[10]].concat();
        let fields = [&row[0], &rfm, &row[12], &row[13], &row[15], &row[16], &row[21], &row[22]];
        expected += &(fields.join(",") + "\n");
    }
    let summary = std::fs::read_to_string(out.join("summary.json")).unwrap();
    let in_summary = |params: &str| {
        for (name, value) in params.split(',').map(|pair| pair.split_once('=').unwrap()) {
            assert!(summary.contains(&format!("\"{name}\": {value}")), "{name} is not {value} in {summary}");
        }
    };

    for partitions in [1, 5] {
        let context = engine::session(None, Some(partitions)).await.unwrap();
        context.register_csv("orders", CDNOW, text_columns().schema(&schema())).await.unwrap();
        let histories = "SELECT customer_id, purchase_history(CAST(placed_at AS DATE), CAST(amount AS DECIMAL(18, 2))) \
                         AS history FROM orders GROUP BY customer_id";
        let fit = |call: &str| format!("SELECT {call} FROM ({histories})");
        let rfm = text(&context, &fit("rfm_fit(history, DATE '1998-06-30', 5, 'order')")).await;
        let tiers = text(&context, &fit("tier_fit(history)")).await;
        let params = text(&context, &fit("purchase_fit(history, DATE '1998-06-30', 'mbg-nbd')")).await;
        in_summary(&params);
        in_summary(&text(&context, &fit("spend_fit(history, DATE '1998-06-30')")).await);
        let table = TABLE.replace("{histories}", histories).replace("{rfm}", &rfm).replace("{tiers}", &tiers);
        let found = csv(&context, &table.replace("{params}", &params)).await;
        for (found, expected) in found.lines().zip(expected.lines()) {
            assert_eq!(same_numbers(found), same_numbers(expected), "{partitions} partitions");
        }
        assert_eq!(found.lines().count(), expected.lines().count());
    }
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
                   h['shortest_gap_days'], h['longest_gap_days'], h['gap_squares']";
    let of = |values: &str, call: &str| {
        format!("{history} FROM (SELECT {call} AS h FROM (VALUES {values}) AS t(day, a, kind))")
    };
    let signed =
        "('2025-01-05', '-0.50', 'x'), ('2025-01-01', '10', 'x'), ('2025-01-04', '2.5', 'x'), ('2025-01-01', '1', 'x')";
    let found = csv(&context, &of(signed, "purchase_history(CAST(day AS DATE), a)")).await;
    assert_eq!(found, "3,2,13.5,1,0.5,3,3,9\n".replace("13.5", "13.50").replace("0.5,3", "0.50,3"));
    let kinds = "('2025-01-05', 50, 'credit'), ('2025-01-01', 1000, 'purchase'), ('2025-01-04', 0, NULL)";
    let found = csv(&context, &of(kinds, "purchase_history(CAST(day AS DATE), a, kind)")).await;
    assert_eq!(found, "2,2,1000,1,50,3,3,9\n");

    let floats = context.sql("SELECT purchase_history(DATE '2025-01-01', CAST(1.5 AS DOUBLE))").await;
    let refused = floats.expect_err("a float is no exact amount").to_string();
    assert!(refused.contains("Float64") && refused.contains("DECIMAL(18, 2)"), "{refused}");
}
