//! In one process: the segment program's files, however the work is cut, and errors that say what to do.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::common::{
    CDNOW, directory, expected, fails, made_up, names, run, same_files, same_parts, succeeds, write_csv,
};
use datafusion::arrow::array::{
    ArrayRef, AsArray, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use datafusion::arrow::datatypes::{DataType, Decimal128Type};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

#[track_caller]
fn equal_files(case: &str, orders: &str, options: &[&str], cluster_options: &[&str]) {
    let expected = expected(orders, options, &format!("{case}-expected"));
    let found = directory(&format!("{case}-found"));
    succeeds(&run(&[&[orders, "--single-file", "--out", found.to_str().unwrap()], options, cluster_options].concat()));
    same_files(&found, &expected);
}

#[test]
fn the_sample_gives_the_segment_programs_files() {
    equal_files("cdnow", CDNOW, &[], &[]);
}

#[test]
fn parts_and_the_order_of_rows_make_no_difference() {
    let inputs = directory("partitions");
    let mut rows = made_up(3_000);
    let straight = inputs.join("orders.csv");
    write_csv(&straight, &rows);
    let options = ["--time-zone", "+08:00", "--occasion", "day", "--as-of", "2025-11-30"];
    let expected = expected(straight.to_str().unwrap(), &options, "partitions-expected");
    for (partitions, stride) in [("1", 1), ("2", 7), ("7", 1_009), ("16", 2_999)] {
        // Every stride that shares no factor with the number of rows is a shuffle.
        rows = (0..rows.len()).map(|index| rows[index * stride % rows.len()].clone()).collect();
        let shuffled = inputs.join(format!("shuffled-{partitions}.csv"));
        write_csv(&shuffled, &rows);
        let out = directory(&format!("partitions-{partitions}"));
        let arguments = [shuffled.to_str().unwrap(), "--partitions", partitions, "--out", out.to_str().unwrap()];
        succeeds(&run(&[&arguments[..], &options].concat()));
        same_parts(&out, &expected, partitions.parse().unwrap());
    }
}

#[test]
fn models_and_their_parameters_are_the_segment_programs() {
    let options = ["--bins", "4", "--model", "bg-nbd", "--params", "r=0.25,alpha=4.4,a=0.8,b=2.4", "--horizon", "30"];
    equal_files("params", CDNOW, &options, &["--partitions", "3"]);
}

fn write_parquet(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(fs::File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn parquet_with_decimals_is_read_and_written() {
    let inputs = directory("parquet");
    let (csv, parquet) = (inputs.join("orders.csv"), inputs.join("orders.parquet"));
    fs::write(&csv, "customer_id,placed_at,amount\n7,2025-01-01,19.90\n7,2025-02-01,-0.10\n12,2025-01-05,3.00\n")
        .unwrap();
    let amounts = Decimal128Array::from(vec![1990, -10, 300]).with_precision_and_scale(18, 2).unwrap();
    let days = ["2025-01-01", "2025-02-01", "2025-01-05"];
    let columns = |amounts: ArrayRef| -> Vec<(&str, ArrayRef)> {
        vec![
            ("amount", amounts),
            ("customer_id", Arc::new(Int64Array::from(vec![7, 7, 12]))),
            ("placed_at", Arc::new(StringArray::from(days.to_vec()))),
        ]
    };
    write_parquet(&parquet, columns(Arc::new(amounts)));
    let expected = expected(csv.to_str().unwrap(), &[], "parquet-expected");
    let found = directory("parquet-found");
    succeeds(&run(&[parquet.to_str().unwrap(), "--single-file", "--out", found.to_str().unwrap()]));
    same_files(&found, &expected);

    // The customers of one file, and those of the executors' files.
    let out = ["--format", "parquet", "--out", found.to_str().unwrap()];
    succeeds(&run(&[&[parquet.to_str().unwrap(), "--single-file"], &out[..]].concat()));
    succeeds(&run(&[&[parquet.to_str().unwrap(), "--partitions", "3"], &out[..]].concat()));
    let mut parts: Vec<_> =
        names(&found.join("customers")).iter().map(|name| found.join("customers").join(name)).collect();
    parts.retain(|name| name.extension().is_some());
    for files in [vec![found.join("customers.parquet")], parts] {
        let mut customers = Vec::new();
        for file in files {
            let file = fs::File::open(file).unwrap();
            let batch =
                ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().next().unwrap().unwrap();
            let ids = batch.column_by_name("customer_id").unwrap().as_string::<i32>().iter().flatten();
            let revenue = batch.column_by_name("revenue").unwrap();
            assert_eq!(revenue.data_type(), &DataType::Decimal128(38, 2));
            let revenue = revenue.as_primitive::<Decimal128Type>().values();
            customers.extend(ids.map(str::to_owned).zip(revenue.iter().copied()));
        }
        customers.sort_unstable();
        assert_eq!(customers, [("12".to_owned(), 300), ("7".to_owned(), 1980)]);
    }

    let floats = inputs.join("floats.parquet");
    write_parquet(&floats, columns(Arc::new(Float64Array::from(vec![19.9, -0.1, 3.0]))));
    fails(&[floats.to_str().unwrap()], &["floats.parquet: column amount", "Float64", "DECIMAL(18, 2)"]);
}

#[test]
fn what_cannot_be_read_is_named() {
    let inputs = directory("errors");
    let file = |name: &str, content: &str| {
        let path = inputs.join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    fails(&["no-such.csv"], &["cannot open no-such.csv", "No such file"]);
    let amount = file("amount.csv", "customer_id,placed_at,amount\nann,2025-01-01,19.90\nbo,2025-01-02,cheap\n");
    fails(&[&amount], &["amount.csv: column amount", "\"cheap\"", "a decimal number such as 19.90"]);
    let column = file("column.csv", "customer_id,placed_at,total\nann,2025-01-01,19.90\n");
    fails(
        &[&column],
        &["column.csv: no column amount", "only: customer_id, placed_at, total", "--columns amount=NAME"],
    );
    let day = file("day.csv", "customer_id,placed_at,amount\nann,1 May 2025,19.90\n");
    let unpaid = file("unpaid.csv", "customer_id,placed_at,amount,status\nann,2025-05-01,19.90,unpaid\n");
    fails(&[&unpaid, "--as-of", "2025-06-01"], &["nobody has bought up to 2025-06-01"]);
    fails(&[&day], &["column placed_at", "\"1 May 2025\"", "a time such as 1997-01-31"]);
}

#[test]
fn names_of_columns_are_those_of_the_segment_program() {
    let inputs = directory("names");
    let rows = "ann,2025-01-01,19.90,paid\nann,2025-02-01,5,cancelled\nbo,2025-01-05,3,unpaid\nbo,2025-01-06,3,paid\n";
    let path = inputs.join("orders.csv");
    let orders = path.to_str().unwrap();
    fs::write(&path, format!("Customer ID,Placed-At,AMOUNT,Status\n{rows}")).unwrap();
    equal_files("names-any-case", orders, &[], &[]);
    fs::write(&path, format!("customer_id,placed_at,amount,Order Status\n{rows}")).unwrap();
    let near = "the column Order Status looks like the status of orders and is not read";
    fails(&[orders], &[near, "--columns \"status=Order Status\" reads it", "--columns status= does without it"]);
    equal_files("names-named", orders, &["--columns", "status=Order Status"], &[]);
    let out = directory("names-without");
    succeeds(&run(&[orders, "--columns", "status=", "--out", out.to_str().unwrap()]));
    fs::write(&path, format!("customer_id,placed_at,amount,status,order_id\n{}", rows.replace('\n', ",1\n"))).unwrap();
    fails(&[orders], &["the column order_id looks like the order_id of orders", "--columns order_id= does without it"]);
    fails(&[orders, "--columns", "status=Zustand,order_id="], &["no column Zustand"]);
}
