//! Labels on all customers, and on one.

mod common;

use std::hint::black_box;

use common::{Orders, Result};
use criterion::{Criterion, Throughput};
use repurchase::Ledger;
use repurchase::history::CustomerHistory;
use repurchase::segment::{Grid, OctantModel, OctantSplit, RfmModel, RfmOptions, summarize};

/// About 100,000 customers.
const ORDERS: usize = 800_000;

fn main() -> Result {
    let mut criterion = common::criterion();
    let ledger = Orders::sorted(ORDERS).ledger()?;
    let model = RfmModel::fit(&ledger, &RfmOptions::default())?;
    all(&mut criterion, &ledger, &model)?;
    one(&mut criterion, &ledger, &model)?;
    criterion.final_summary();
    Ok(())
}

fn all(criterion: &mut Criterion, ledger: &Ledger<u64>, model: &RfmModel) -> Result {
    let (customers, options, grid) = (ledger.len(), RfmOptions::default(), Grid::rf());
    let scores = model.score_all(ledger)?;
    let octants = OctantModel::fit(&scores, &OctantSplit::Mean)?;
    let of_history = |history: &CustomerHistory| model.score(history).and_then(|score| grid.position(score).ok());
    summarize(ledger, |_, history| of_history(history))?;

    let mut group = criterion.benchmark_group("segment");
    group.throughput(Throughput::Elements(customers as u64));
    group.bench_function(format!("fit/5x5x5/{customers}"), |bencher| {
        bencher.iter(|| RfmModel::fit(ledger, &options));
    });
    group.bench_function(format!("score_all/5x5x5/{customers}"), |bencher| {
        bencher.iter_with_large_drop(|| model.score_all(ledger));
    });
    group.bench_function(format!("octant/mean/{customers}"), |bencher| {
        bencher.iter_with_large_drop(|| octants.octant_all(&scores));
    });
    group.bench_function(format!("grid/rf/{customers}"), |bencher| {
        bencher.iter_with_large_drop(|| grid.position_all(&scores));
    });
    group.bench_function(format!("summarize/rf/{customers}"), |bencher| {
        bencher.iter(|| summarize(ledger, |_, history| of_history(history)));
    });
    group.finish();
    Ok(())
}

/// One call after another, each as a request handler would make it.
fn one(criterion: &mut Criterion, ledger: &Ledger<u64>, model: &RfmModel) -> Result {
    let histories: Vec<CustomerHistory> = ledger.iter().take(10_000).map(|(_, history)| history).collect();
    let grid = Grid::rf();
    let place = |history| model.score(black_box(history)).and_then(|score| grid.position(score).ok()).unwrap_or(0);
    let score_histories = || histories.iter().map(place).sum();

    let allocations = allocation_counter::measure(|| {
        black_box::<usize>(score_histories());
    });
    if allocations.count_total > 0 {
        return Err(format!("scoring allocates: {allocations:?}").into());
    }

    let mut group = criterion.benchmark_group("segment");
    group.throughput(Throughput::Elements(histories.len() as u64));
    group.bench_function(format!("score/history/{}", histories.len()), |bencher| {
        bencher.iter::<usize, _>(score_histories);
    });
    group.finish();
    Ok(())
}
