//! Cut points of a population, counts of it, and one value against them.

mod common;

use std::hint::black_box;

use common::{Random, Result};
use criterion::{BatchSize, Throughput};
use repurchase::scale::{CutPoints, Tally};

const VALUES: usize = 100_000;

fn main() -> Result {
    let mut criterion = common::criterion();
    let mut random = Random(7);
    let shapes: [(&str, Vec<u64>); 3] = [
        ("wide", (0..VALUES).map(|_| random.next() >> 20).collect()),
        ("days", (0..VALUES).map(|_| random.below(1096)).collect()),
        // Most customers have bought once.
        ("mostly_equal", (0..VALUES).map(|_| 1 + random.below(20).saturating_sub(16)).collect()),
    ];
    let mut group = criterion.benchmark_group("scale");
    group.throughput(Throughput::Elements(VALUES as u64));
    for (shape, values) in &shapes {
        CutPoints::fit(values.iter().copied(), 5)?;
        group.bench_function(format!("cut_points_fit/{shape}/{VALUES}"), |bencher| {
            bencher.iter_batched(|| values.clone(), |values| CutPoints::fit(values, 5), BatchSize::LargeInput);
        });
    }
    for (shape, values) in &shapes {
        group.bench_function(format!("tally/{shape}/{VALUES}"), |bencher| {
            bencher.iter_with_large_drop(|| values.iter().copied().collect::<Tally<u64>>());
        });
        let [left, right] = [&values[..VALUES / 2], &values[VALUES / 2..]].map(|part| part.iter().copied().collect());
        group.bench_function(format!("tally_merge/{shape}/{VALUES}"), |bencher| {
            let merge = |mut left: Tally<u64>| left.merge(&right).map(|()| left);
            bencher.iter_batched(|| Tally::clone(&left), merge, BatchSize::LargeInput);
        });
    }
    let (_, values) = &shapes[0];
    let cuts = CutPoints::fit(values.iter().copied(), 5)?;
    group.bench_function(format!("cut_points_position/wide/{VALUES}"), |bencher| {
        bencher.iter(|| values.iter().map(|value| black_box(&cuts).position(value)).sum::<usize>());
    });
    group.finish();
    criterion.final_summary();
    Ok(())
}
