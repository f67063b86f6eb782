//! From orders to logs, and from logs to ledgers.

mod common;

use common::{ORDERS, Orders, Result};
use criterion::{BatchSize, Criterion, Throughput};
use repurchase::{PurchaseLog, ShopCalendar};

fn main() -> Result {
    let mut criterion = common::criterion();
    for (shape, orders) in [("sorted", Orders::sorted(ORDERS)), ("shuffled", Orders::shuffled(ORDERS))] {
        log(&mut criterion, shape, &orders)?;
        ledger(&mut criterion, shape, &orders)?;
    }
    criterion.final_summary();
    Ok(())
}

fn log(criterion: &mut Criterion, shape: &str, orders: &Orders) -> Result {
    let calendar = ShopCalendar::utc();
    let (columns, records) = (orders.columns()?, orders.records()?);
    let mut group = criterion.benchmark_group("history");
    group.throughput(Throughput::Elements(ORDERS as u64));
    group.bench_function(format!("log_from_columns/{shape}/{ORDERS}"), |bencher| {
        bencher.iter_with_large_drop(|| PurchaseLog::from_columns(columns, &calendar));
    });
    group.bench_function(format!("log_from_records/{shape}/{ORDERS}"), |bencher| {
        let log = |records| PurchaseLog::from_records::<repurchase::Order<u64>, _>(records, &calendar);
        bencher.iter_batched(|| records.clone(), log, BatchSize::LargeInput);
    });
    group.finish();
    Ok(())
}

fn ledger(criterion: &mut Criterion, shape: &str, orders: &Orders) -> Result {
    let (log, as_of) = (orders.log()?, common::as_of()?);
    let ledger = log.ledger(as_of)?;
    let mut group = criterion.benchmark_group("history");
    group.throughput(Throughput::Elements(ORDERS as u64));
    group.bench_function(format!("ledger/{shape}/{ORDERS}"), |bencher| {
        bencher.iter_with_large_drop(|| log.ledger(as_of));
    });
    group.throughput(Throughput::Elements(ledger.len() as u64));
    group.bench_function(format!("repeat_summaries/{shape}/{}", ledger.len()), |bencher| {
        let spend = |summary: repurchase::history::RepeatSummary| summary.mean_spend();
        bencher.iter(|| {
            let summaries = ledger.iter().filter_map(|(_, history)| history.repeat_summary(as_of));
            summaries.filter_map(spend).sum::<f64>()
        });
    });
    group.finish();
    Ok(())
}
