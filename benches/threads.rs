//! From orders to scores on one thread and on two, with the feature `rayon`.

mod common;

use std::hint::black_box;

use common::{Orders, Result};
use criterion::{Criterion, Throughput};
use rayon::{ThreadPool, ThreadPoolBuilder};
use repurchase::segment::{RfmModel, RfmOptions};
use repurchase::{PurchaseLog, ShopCalendar};

/// About 250,000 customers.
const ORDERS: usize = 2_000_000;

fn main() -> Result {
    let mut criterion = common::criterion();
    let orders = Orders::shuffled(ORDERS);
    for threads in [1, 2] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build()?;
        on_pool(&mut criterion, &orders, &pool)?;
    }
    criterion.final_summary();
    Ok(())
}

fn on_pool(criterion: &mut Criterion, orders: &Orders, pool: &ThreadPool) -> Result {
    let (calendar, columns, as_of) = (ShopCalendar::utc(), orders.columns()?, common::as_of()?);
    let log = orders.log()?;
    let ledger = log.ledger(as_of)?;
    let model = RfmModel::fit(&ledger, &RfmOptions::default())?;
    let (threads, customers) = (pool.current_num_threads(), ledger.len());

    let mut group = criterion.benchmark_group("threads");
    group.throughput(Throughput::Elements(ORDERS as u64));
    group.bench_function(format!("log_from_columns/{threads}/{ORDERS}"), |bencher| {
        bencher.iter_with_large_drop(|| pool.install(|| PurchaseLog::from_columns(columns, &calendar)));
    });
    group.bench_function(format!("ledger/{threads}/{ORDERS}"), |bencher| {
        bencher.iter_with_large_drop(|| pool.install(|| log.ledger(as_of)));
    });
    group.throughput(Throughput::Elements(customers as u64));
    group.bench_function(format!("fit_and_score_all/5x5x5/{threads}/{customers}"), |bencher| {
        bencher.iter_with_large_drop(|| {
            pool.install(|| {
                black_box(RfmModel::fit(&ledger, &RfmOptions::default()).ok());
                model.score_all(&ledger)
            })
        });
    });
    group.finish();
    Ok(())
}
