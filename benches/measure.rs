//! Numbers about the shop, from a ready log or ledger.

mod common;

use common::{ORDERS, Orders, Result};
use criterion::{Criterion, Throughput};
use repurchase::measure::{
    CohortTable, Concentration, Occasion, RateOptions, buyer_mix, repurchase_rates, second_purchase_rate,
};
use repurchase::record::{Period, Windows};
use repurchase::{PurchaseLog, Window};

fn main() -> Result {
    let mut criterion = common::criterion();
    for (shape, orders) in [("sorted", Orders::sorted(ORDERS)), ("shuffled", Orders::shuffled(ORDERS))] {
        rates(&mut criterion, shape, &orders.log()?)?;
    }
    others(&mut criterion, &Orders::sorted(ORDERS))?;
    criterion.final_summary();
    Ok(())
}

fn rates(criterion: &mut Criterion, shape: &str, log: &PurchaseLog<u64>) -> Result {
    let (first_day, as_of) = (common::first_day()?, common::as_of()?);
    let days = first_day.iter_days().take_while(|day| *day <= as_of);
    let windows = [
        ("months", Windows::periods(Period::Month, first_day, as_of)?),
        ("trailing_90_days", Windows::trailing(90, days)?),
    ];
    let mut group = criterion.benchmark_group("measure");
    group.throughput(Throughput::Elements(ORDERS as u64));
    for (kind, windows) in &windows {
        let id = format!("repurchase_rates/{}_{kind}_{shape}/{ORDERS}", windows.len());
        group.bench_function(id, |bencher| {
            bencher.iter(|| repurchase_rates(log, windows, RateOptions::default()));
        });
    }
    group.finish();
    Ok(())
}

fn others(criterion: &mut Criterion, orders: &Orders) -> Result {
    let (log, as_of) = (orders.log()?, common::as_of()?);
    let ledger = log.ledger(as_of)?;
    Concentration::of(&ledger)?;
    let cohort = Window::new(common::first_day()?, as_of)?;
    let mut group = criterion.benchmark_group("measure");
    group.throughput(Throughput::Elements(ORDERS as u64));
    group.bench_function(format!("cohort_table/months/{ORDERS}"), |bencher| {
        bencher.iter(|| CohortTable::from_log(&log, Period::Month, as_of));
    });
    group.bench_function(format!("buyer_mix/months/{ORDERS}"), |bencher| {
        bencher.iter(|| buyer_mix(&log, Period::Month, as_of));
    });
    group.bench_function(format!("second_purchase_rate/30_days/{ORDERS}"), |bencher| {
        bencher.iter(|| second_purchase_rate(&log, cohort, 30, as_of, Occasion::Order));
    });
    group.throughput(Throughput::Elements(ledger.len() as u64));
    group.bench_function(format!("concentration/revenue/{}", ledger.len()), |bencher| {
        bencher.iter_with_large_drop(|| Concentration::of(&ledger));
    });
    group.finish();
    Ok(())
}
