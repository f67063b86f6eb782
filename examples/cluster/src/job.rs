//! The job: histories from the executors, then what the segment program does with them.

use std::error::Error;
use std::fmt::Write as _;
use std::time::Instant;

use chrono::{NaiveDate, TimeDelta};
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Int32Type};
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use repurchase::Ledger;
use repurchase::scale::Language;
use repurchase_segment::shop::Shop;
use repurchase_segment::{SAMPLE, customers, output, page};

use crate::arguments::{Arguments, DayArguments, Format};
use crate::orders::Columns;
use crate::{engine, history, orders, table};

/// Runs the job, writes its files and prints its page.
///
/// # Errors
///
/// What stands in the way, where, and what to do about it.
pub async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let place = arguments.orders.as_deref().unwrap_or(SAMPLE);
    let context = engine::session(arguments.scheduler.as_deref(), arguments.partitions.map(usize::from)).await?;
    let columns = orders::register(&context, place).await?;

    let start = Instant::now();
    let batches =
        collect(&context, &histories_sql(&columns, arguments)).await.map_err(|error| in_words(place, &error))?;
    let distributed = start.elapsed();
    let (ledger, asked) = (ledger(&batches, &arguments.days)?, &arguments.shop);
    let shop = Shop::fit(ledger, asked, &asked.options()?)?;

    if let Some(directory) = &arguments.out {
        let mut csv = Vec::new();
        customers::write(&shop, &mut csv)?;
        let (name, customers) = match arguments.format {
            Format::Csv => ("customers.csv", csv),
            Format::Parquet => ("customers.parquet", table::parquet(&csv, shop.ledger.scale())?),
        };
        repurchase_segment::write(directory, (name, &|out| out.write_all(&customers)), &shop, 0)?;
    }
    if arguments.timing {
        eprintln!("{}", timing(&context, &columns, distributed.as_secs_f64(), start).await?);
    }
    Ok(output::print(&page::page(&shop, Language::English)?)?)
}

/// One row for each customer: the history up to the as-of day, the last day with a purchase or credit, the finest decimals.
fn histories_sql(columns: &Columns, arguments: &Arguments) -> String {
    let (customer, fact) = (columns.customer(), columns.order_fact(arguments.days.time_zone));
    let filter =
        arguments.days.as_of.map(|day| format!(" FILTER (WHERE fact['day'] <= DATE '{day}')")).unwrap_or_default();
    format!(
        "SELECT customer_id, purchase_history(fact['day'], fact['amount']){filter} AS history, \
         max(fact['day']) FILTER (WHERE fact['amount'] IS NOT NULL) AS last_day, max(fact['scale']) AS scale \
         FROM (SELECT {customer} AS customer_id, {fact} AS fact FROM orders) GROUP BY customer_id"
    )
}

async fn collect(context: &SessionContext, sql: &str) -> datafusion::error::Result<Vec<RecordBatch>> {
    context.sql(sql).await?.collect().await
}

/// The customers' histories, at the decimals of the finest amount in the whole file.
fn ledger(batches: &[RecordBatch], days: &DayArguments) -> Result<Ledger<String>, Box<dyn Error>> {
    let last_days = batches.iter().flat_map(|batch| batch.column(2).as_primitive::<Date32Type>().iter().flatten());
    let last_day = last_days.max().map(|day| NaiveDate::default() + TimeDelta::days(day.into()));
    let as_of = days.as_of.or(last_day).ok_or("no row is a purchase or a credit, so --as-of must be given")?;
    let scales = batches.iter().flat_map(|batch| batch.column(3).as_primitive::<Int32Type>().iter().flatten());
    let scale = scales.max().unwrap_or(0).unsigned_abs();
    let mut histories = Vec::new();
    for batch in batches {
        let ids = cast(batch.column(0), &DataType::Utf8)?;
        let ids = ids.as_string::<i32>().iter().map(|id| id.unwrap_or_default().to_owned());
        histories.extend(ids.zip(history::with_scale(batch.column(1), scale)?));
    }
    Ok(Ledger::from_histories(histories, as_of)?)
}

/// What went wrong on an executor comes wrapped in everything that it passed on its way.
fn in_words(place: &str, error: &DataFusionError) -> Box<dyn Error> {
    let text = error.to_string();
    if text.contains("could not be prepared") || text.contains("There is no UD") {
        return "an executor or the scheduler does not know the library's functions: start all of them with \
                `cargo run --bin executor` and `cargo run --bin scheduler`, of the same build as this program"
            .into();
    }
    if let Some(fault) = fault(&text) {
        return format!("{place}: column {fault}").into();
    }
    format!("{place}: {text}").into()
}

/// What `order_fact` said of a column: plain, or as a string in the code that Ballista prints.
fn fault(text: &str) -> Option<String> {
    let Some((_, quoted)) = text.split_once("Execution(\"column ") else {
        return text.split_once("Execution error: column ")?.1.lines().next().map(str::to_owned);
    };
    let (mut fault, mut letters) = (String::new(), quoted.chars());
    loop {
        match letters.next()? {
            '"' => return Some(fault),
            '\\' => fault.push(letters.next()?),
            letter => fault.push(letter),
        }
    }
}

/// Seconds, and those of Ballista's own aggregate over the same file.
async fn timing(
    context: &SessionContext,
    columns: &Columns,
    distributed: f64,
    start: Instant,
) -> Result<String, Box<dyn Error>> {
    let total = start.elapsed().as_secs_f64();
    let customer = columns.customer();
    let plain = format!(
        "SELECT {customer} AS customer_id, count(*), min(placed_at), max(placed_at), \
         sum(CAST(amount AS DECIMAL(18, 2))) FROM orders GROUP BY customer_id"
    );
    let mut report = format!("histories {distributed:.3} s, whole job {total:.3} s");
    for _ in 0..3 {
        let start = Instant::now();
        collect(context, &plain).await?;
        let plain = start.elapsed().as_secs_f64();
        write!(report, "; plain aggregate {plain:.3} s, ratio {:.2}", distributed / plain)?;
    }
    Ok(report)
}
