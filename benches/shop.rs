//! One customer in one call; a million in one call, beside the parts asked one after the other.

mod common;

use std::hint::black_box;

use common::{Orders, Result};
use criterion::Throughput;
use repurchase::Ledger;
use repurchase::predict::{PurchaseModel, Sample};
use repurchase::shop::{ShopModels, ShopOptions};
use rust_decimal::Decimal;

/// Orders of a million customers.
const MANY: usize = 8_000_000;

fn main() -> Result {
    let mut criterion = common::criterion();
    let ledger = Orders::shuffled(common::ORDERS).ledger()?;
    let models = ShopModels::fit(&ledger, &ShopOptions::default())?;
    let histories: Vec<_> = ledger.iter().map(|(_, history)| history).collect();
    let as_of = ledger.as_of();
    let profiles = || histories.iter().map(|history| models.profile(history, as_of)).for_each(|one| _ = black_box(one));
    let allocations = allocation_counter::measure(profiles);
    if allocations.count_total > 0 {
        return Err(format!("a profile allocates: {allocations:?}").into());
    }
    let mut group = criterion.benchmark_group("shop");
    group.throughput(Throughput::Elements(histories.len() as u64));
    group.bench_function(format!("profile/{}", histories.len()), |bencher| bencher.iter(profiles));

    let ledger = Orders::shuffled(MANY).ledger()?;
    let models = ShopModels::fit(&ledger, &ShopOptions::default())?;
    group.throughput(Throughput::Elements(ledger.len() as u64)).sample_size(10);
    group.bench_function(format!("profile_all/{}", ledger.len()), |bencher| {
        bencher.iter_with_large_drop(|| models.profile_all(&ledger));
    });
    group.bench_function(format!("parts/{}", ledger.len()), |bencher| {
        bencher.iter_with_large_drop(|| parts(&models, &ledger));
    });
    group.bench_function(format!("fit/{}", ledger.len()), |bencher| {
        bencher.iter_with_large_drop(|| ShopModels::fit(&ledger, &ShopOptions::default()));
    });
    group.finish();
    criterion.final_summary();
    Ok(())
}

/// What the parts of the shop say of everybody, each as one would ask for it.
fn parts(models: &ShopModels, ledger: &Ledger<u64>) -> Result<impl Sized> {
    let as_of = ledger.as_of();
    let scores = models.rfm().score_all(ledger)?;
    let octants = models.octants().octant_all(&scores)?;
    let segments = models.grid().map(|grid| grid.position_all(&scores)).transpose()?;
    let revenues: Vec<Decimal> = ledger.iter().map(|(_, history)| history.revenue()).collect();
    let tiers: Vec<usize> = revenues.iter().map(|&revenue| models.tiers().position(revenue)).collect();
    let means: Vec<_> = ledger.iter().map(|(_, history)| history.mean_order_amount()).collect();
    let lifecycle = models.lifecycle();
    let stages: Vec<_> = ledger.iter().map(|(_, history)| lifecycle.stage(&history, as_of)).collect();
    let standings = ledger.iter().map(|(_, history)| models.cycles().standing(&history, as_of));
    let standings: Vec<_> = standings
        .map(|standing| {
            let standing = standing?;
            let cycle = (standing.expected_cycle_days(), standing.cycles_missed(), standing.overdue_days());
            Some((cycle, standing.risk()))
        })
        .collect();
    let gaps: Vec<_> = ledger.iter().map(|(_, history)| history.gaps().map(|gaps| gaps.mean_days())).collect();
    let counts: Vec<_> = ledger.iter().map(|(_, history)| (history.purchases(), history.purchase_days())).collect();
    let days: Vec<_> = ledger.iter().map(|(_, history)| history.days_since_last(as_of)).collect();
    let samples: Vec<Sample> = ledger
        .iter()
        .filter_map(|(_, history)| history.repeat_summary(as_of))
        .map(|summary| Sample::of(&summary))
        .collect();
    let forecasts = models.purchases().model().map(|model| {
        let horizon = models.horizon_days();
        let purchases = model.expected_purchases_all(&samples, horizon);
        let next = (model.probability_buys_all(&samples, horizon), model.days_until_all(&samples, 0.5));
        ((model.probability_alive_all(&samples), next), purchases)
    });
    let spend = models.spend().model();
    let spends: Vec<_> = samples.iter().map(|sample| spend.and_then(|spend| spend.expected_spend(sample))).collect();
    let values: Option<Vec<_>> = forecasts.as_ref().map(|(_, purchases)| {
        purchases.iter().zip(&spends).map(|(purchases, spend)| spend.map(|spend| purchases * spend)).collect()
    });
    Ok((
        (octants, segments, scores, revenues, tiers, means),
        (stages, standings, gaps, counts, days),
        (samples, forecasts, spends, values),
    ))
}
