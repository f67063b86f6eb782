//! A1, A2, A3: from orders to what is known of every customer.

use chrono::NaiveDate;
use repurchase::{Ledger, ShopCalendar};

use super::log;
use crate::Result;
use crate::columns::{Orders, SCALE, Shop};
use crate::stopwatch::Stopwatch;

pub(super) fn ledger(shop: &Shop, orders: &Orders, clock: &mut Stopwatch) -> Result<String> {
    Ok(check(&clock.time(|| Ok(log(orders)?.ledger(shop.as_of)?))?))
}

pub(super) fn log_alone(orders: &Orders, clock: &mut Stopwatch) -> Result<String> {
    let log = clock.time(|| log(orders))?;
    Ok(format!("purchases={} days={:?}", log.purchases(), log.days()))
}

pub(super) fn ledger_alone(shop: &Shop, orders: &Orders, clock: &mut Stopwatch) -> Result<String> {
    let log = log(orders)?;
    Ok(check(&clock.time(|| Ok(log.ledger(shop.as_of)?))?))
}

pub(super) fn ledger_of_records(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    let records = shop.records()?;
    let ledger = clock.time(|| Ok(Ledger::from_records(records.iter().cloned(), &ShopCalendar::utc(), shop.as_of)?))?;
    Ok(check(&ledger))
}

/// The peers sum seconds of first and last orders; a ledger knows days, so these sums have names of their own.
pub(super) fn check(ledger: &Ledger<u64>) -> String {
    let (mut cents, mut squares, mut first, mut last) = (0, 0, 0, 0);
    for (_, history) in ledger.iter() {
        let mut revenue = history.revenue();
        revenue.rescale(SCALE);
        cents += revenue.mantissa();
        squares += history.purchases().pow(2);
        first += history.first_purchase().map_or(0, epoch_day);
        last += history.last_purchase().map_or(0, epoch_day);
    }
    format!("n={} rev={cents} n2={squares} first_day={first} last_day={last}", ledger.len())
}

fn epoch_day(day: NaiveDate) -> i64 {
    day.to_epoch_days().into()
}

/// What a model of repeat purchases takes: one row for each customer.
struct Repeats {
    count: u32,
    recency_days: u32,
    age_days: u32,
    mean_spend: f64,
}

pub(super) fn repeat_summaries(shop: &Shop, orders: &Orders, clock: &mut Stopwatch) -> Result<String> {
    let rows: Vec<Repeats> = clock.time(|| {
        let ledger = log(orders)?.ledger(shop.as_of)?;
        let summaries = ledger.iter().filter_map(|(_, history)| history.repeat_summary(shop.as_of));
        let row = |summary: repurchase::history::RepeatSummary| Repeats {
            count: summary.repeats(),
            recency_days: summary.recency_days(),
            age_days: summary.age_days(),
            mean_spend: summary.mean_spend().unwrap_or(0.0),
        };
        Ok(summaries.map(row).collect())
    })?;
    let sum = |field: fn(&Repeats) -> u32| rows.iter().map(|row| u64::from(field(row))).sum::<u64>();
    Ok(format!(
        "n={} f={} r={} T={} m={:.2}",
        rows.len(),
        sum(|row| row.count),
        sum(|row| row.recency_days),
        sum(|row| row.age_days),
        rows.iter().map(|row| row.mean_spend).sum::<f64>()
    ))
}

/// In days.
struct Gaps {
    mean: f64,
    longest: u32,
    deviation: Option<f64>,
}

/// The peers' gaps are seconds between orders; ours are days between purchase days.
pub(super) fn gaps(shop: &Shop, orders: &Orders, clock: &mut Stopwatch) -> Result<String> {
    let rows: Vec<Option<Gaps>> = clock.time(|| {
        let ledger = log(orders)?.ledger(shop.as_of)?;
        let row = |gaps: repurchase::history::GapStatistics| Gaps {
            mean: gaps.mean_days(),
            longest: gaps.longest_days(),
            deviation: gaps.standard_deviation_days(),
        };
        Ok(ledger.iter().map(|(_, history)| history.gaps().map(row)).collect())
    })?;
    let gaps = || rows.iter().flatten();
    let longest: u64 = gaps().map(|gaps| u64::from(gaps.longest)).sum();
    let deviation: f64 = gaps().filter_map(|gaps| gaps.deviation).sum();
    let mean: f64 = gaps().map(|gaps| gaps.mean).sum();
    Ok(format!("n={} longest_days={longest} sd_days={deviation:.3e} mean_days={mean:.3e}", rows.len()))
}
