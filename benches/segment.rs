//! Labels on all customers, and on one.

mod common;

use std::hint::black_box;

use common::{Orders, Result};
use criterion::{Criterion, Throughput};
use repurchase::Ledger;
use repurchase::history::CustomerHistory;
use repurchase::segment::{
    Grid, OctantModel, OctantSplit, RfmMeasures, RfmModel, RfmOptions, RfmScore, RfmTable, RfmValues, summarize,
};

/// About 100,000 customers.
const ORDERS: usize = 800_000;

fn main() -> Result {
    let mut criterion = common::criterion();
    let ledger = Orders::sorted(ORDERS).ledger()?;
    let table = RfmTable::of(&ledger, RfmMeasures::default());
    let model = RfmModel::fit(&table, &RfmOptions::default())?;
    all(&mut criterion, &ledger, &table, &model)?;
    one(&mut criterion, &ledger, &table, &model)?;
    criterion.final_summary();
    Ok(())
}

fn all(criterion: &mut Criterion, ledger: &Ledger<u64>, table: &RfmTable<'_>, model: &RfmModel) -> Result {
    let (customers, options, grid) = (ledger.len(), RfmOptions::default(), Grid::rf());
    let scores = model.score_all(table)?;
    let octants = OctantModel::fit(&scores, OctantSplit::Mean)?;
    let of_history = |history: &CustomerHistory| model.score_history(history).and_then(|score| grid.position(score));
    summarize(ledger, |_, history| of_history(history))?;

    let mut group = criterion.benchmark_group("segment");
    group.throughput(Throughput::Elements(customers as u64));
    group.bench_function(format!("fit/5x5x5/{customers}"), |bencher| {
        bencher.iter(|| RfmModel::fit(table, &options));
    });
    group.bench_function(format!("score_all/5x5x5/{customers}"), |bencher| {
        bencher.iter_with_large_drop(|| model.score_all(table));
    });
    group.bench_function(format!("octant/mean/{customers}"), |bencher| {
        bencher.iter_with_large_drop(|| scores.iter().map(|&score| octants.octant(score)).collect::<Vec<_>>());
    });
    group.bench_function(format!("grid/rf/{customers}"), |bencher| {
        bencher.iter_with_large_drop(|| scores.iter().map(|&score| grid.position(score)).collect::<Vec<_>>());
    });
    group.bench_function(format!("summarize/rf/{customers}"), |bencher| {
        bencher.iter(|| summarize(ledger, |_, history| of_history(history)));
    });
    group.finish();
    Ok(())
}

/// One call after another, each as a request handler would make it.
fn one(criterion: &mut Criterion, ledger: &Ledger<u64>, table: &RfmTable<'_>, model: &RfmModel) -> Result {
    let values: Vec<RfmValues> = table.iter().take(10_000).collect();
    let histories: Vec<CustomerHistory> = ledger.iter().take(10_000).map(|(_, history)| history).collect();
    let grid = Grid::rf();
    let place = |score: Option<RfmScore>| score.and_then(|score| grid.position(score)).unwrap_or(0);
    let score_values = || values.iter().map(|values| place(Some(model.score(black_box(values))))).sum::<usize>();
    let score_histories = || histories.iter().map(|history| place(model.score_history(black_box(history)))).sum();

    let allocations = allocation_counter::measure(|| {
        black_box::<usize>(score_values());
        black_box::<usize>(score_histories());
    });
    if allocations.count_total > 0 {
        return Err(format!("scoring allocates: {allocations:?}").into());
    }

    let mut group = criterion.benchmark_group("segment");
    group.throughput(Throughput::Elements(values.len() as u64));
    group.bench_function(format!("score/values/{}", values.len()), |bencher| bencher.iter(score_values));
    group.bench_function(format!("score/history/{}", histories.len()), |bencher| {
        bencher.iter::<usize, _>(score_histories);
    });
    group.finish();
    Ok(())
}
