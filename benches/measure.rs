//! Numbers about the shop, from a ready log or ledger.

mod common;

use common::{ORDERS, Orders, Result};
use criterion::{BatchSize, Criterion, Throughput};
use repurchase::history::LineLog;
use repurchase::measure::{
    CategoryPaths, CohortOptions, CohortTable, Concentration, CycleOptions, CycleScale, CycleTable, Life, Occasion,
    RateOptions, buyer_mix, category_breadth, notes, repurchase_rates, repurchase_rates_by, second_purchase_rate,
    units_per_buyer,
};
use repurchase::record::{Period, Windows};
use repurchase::{PurchaseLog, ShopCalendar, Window};

fn main() -> Result {
    let mut criterion = common::criterion();
    for (shape, orders) in [("sorted", Orders::sorted(ORDERS)), ("shuffled", Orders::shuffled(ORDERS))] {
        rates(&mut criterion, shape, &orders.log()?)?;
    }
    others(&mut criterion, &Orders::sorted(ORDERS))?;
    for count in [ORDERS, 4 * ORDERS] {
        products(&mut criterion, &Orders::shuffled(count), count)?;
    }
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
            bencher.iter(|| repurchase_rates(log, windows, &RateOptions::default()));
        });
        let id = format!("repurchase_rates_by/{}_{kind}_20_groups_{shape}/{ORDERS}", windows.len());
        group.bench_function(id, |bencher| {
            bencher.iter(|| repurchase_rates_by(log, windows, &RateOptions::default(), |customer| customer % 20));
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
        bencher.iter(|| CohortTable::of(&log, as_of, &CohortOptions::default()));
    });
    group.bench_function(format!("cohort_table/30_days/{ORDERS}"), |bencher| {
        let options = CohortOptions::default().with_life(Life::Days(30));
        bencher.iter(|| CohortTable::of(&log, as_of, &options));
    });
    group.bench_function(format!("notes/purchases/{ORDERS}"), |bencher| {
        bencher.iter(|| notes(&log, as_of));
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

/// Products, and twenty categories, of as many lines as orders.
fn products(criterion: &mut Criterion, orders: &Orders, count: usize) -> Result {
    let (as_of, calendar) = (common::as_of()?, ShopCalendar::utc());
    let lines = orders.lines(2_000)?;
    let log = LineLog::from_lines(lines.iter().cloned(), &calendar)?;
    let categories = LineLog::from_lines(orders.lines(20)?, &calendar)?;
    let year = Window::last_days(as_of, 365)?;
    let mut group = criterion.benchmark_group("measure");
    group.throughput(Throughput::Elements(count as u64));
    group.bench_function(format!("line_log/shuffled/{count}"), |bencher| {
        bencher.iter_batched(|| lines.clone(), |lines| LineLog::from_lines(lines, &calendar), BatchSize::LargeInput);
    });
    for (name, scale) in [("by_quantity", CycleScale::Quantity), ("by_calendar", CycleScale::Calendar)] {
        let options = CycleOptions::default().with_scale(scale);
        group.bench_function(format!("cycle_table/{name}/{count}"), |bencher| {
            bencher.iter_with_large_drop(|| CycleTable::of(&log, as_of, &options));
        });
    }
    group.bench_function(format!("category_paths/20_categories/{count}"), |bencher| {
        bencher.iter(|| CategoryPaths::of(&categories, as_of));
    });
    group.bench_function(format!("category_breadth/20_categories/{count}"), |bencher| {
        bencher.iter(|| category_breadth(&categories, year));
    });
    group.bench_function(format!("units_per_buyer/2000_products/{count}"), |bencher| {
        bencher.iter(|| units_per_buyer(&log, year));
    });
    group.finish();
    Ok(())
}
