//! More orders than memory: what a ledger of batches costs, by the number of orders.
//!
//! Orders are made on the fly, three years of them, by time or in no order, and dropped batch by batch. What is timed is each
//! batch's log and its fold, then the ledger, then the fit and all labels and forecasts; not the making of orders.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "orders are fewer than 2^52, and numbers below a limit fit it"
)]

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::time::Duration;

use cpu_time::ProcessTime;
use repurchase::history::{LedgerFold, Spill, SpilledFold};
use repurchase::record::RecordColumns;
use repurchase::segment::LabelKind;
use repurchase::shop::{Figure, ShopModels, ShopOptions};
use repurchase::{Ledger, PurchaseLog, ShopCalendar};
use serde_json::{Value, json};

use crate::Result;
use crate::stopwatch::status_mb;

/// Orders of a batch.
const BATCH: u64 = 4_000_000;

const FIRST_SECOND: i64 = 1_672_531_200;
const SECONDS: u64 = 1096 * 86_400;

/// `ORDERS CUSTOMERS`, by time; with `MEMORY FOLDER`, in no order by way of files in that folder.
pub(crate) fn run(arguments: &[String]) -> Result<Value> {
    let usage = "usage: worker batches ORDERS CUSTOMERS [MEMORY FOLDER]";
    let number = |at: usize| -> Result<u64> { Ok(arguments.get(at).ok_or(usage)?.parse()?) };
    let (orders, customers) = (number(0)?, number(1)?);
    let as_of = "2025-12-31".parse()?;
    let mut clock = Clock::default();
    let ledger = match arguments.get(2..) {
        Some([memory, folder]) => {
            let mut fold = SpilledFold::new(as_of, memory.parse()?, Files(PathBuf::from(folder)));
            each_batch(orders, customers, false, |ids, seconds, cents| {
                clock.time(|| Ok(fold.add(&log(ids, seconds, cents)?)?))
            })?;
            clock.time(|| Ok(fold.finish()?))?
        }
        Some([]) => {
            let mut fold = LedgerFold::new(as_of);
            each_batch(orders, customers, true, |ids, seconds, cents| {
                clock.time(|| Ok(fold.add(&log(ids, seconds, cents)?)?))
            })?;
            clock.time(|| Ok(fold.finish()?))?
        }
        _ => return Err(usage.into()),
    };
    let (folded, folded_mb) = (clock.seconds(), status_mb("VmHWM")?);
    let mut clock = Clock::default();
    let labelled = clock.time(|| labels(&ledger))?;
    let totals = ledger.totals()?;
    Ok(json!({
        "orders": totals.purchases, "customers": totals.customers, "revenue": totals.revenue.to_string(), "labelled": labelled,
        "fold_s": folded, "fold_ns_an_order": folded * 1e9 / orders as f64, "fold_peak_mb": folded_mb,
        "labels_s": clock.seconds(), "peak_mb": status_mb("VmHWM")?,
    }))
}

/// Customers with a segment and a forecast, asked one after the other, as they would be written to a file.
fn labels(ledger: &Ledger<u64>) -> Result<u64> {
    labelled(&ShopModels::fit(ledger, &ShopOptions::default())?, ledger)
}

/// The same by models that are there.
pub(crate) fn labelled<Id: Ord>(models: &ShopModels, ledger: &Ledger<Id>) -> Result<u64> {
    let mut labelled = 0;
    for (_, history) in ledger.iter() {
        let profile = models.profile(&history, ledger.as_of())?;
        let has_forecast = profile.figure(Figure::ExpectedPurchases).is_some();
        labelled += u64::from(profile.label(LabelKind::Segment).is_some() && has_forecast);
    }
    Ok(labelled)
}

fn log(ids: &[u64], seconds: &[i64], cents: &[i64]) -> Result<PurchaseLog<u64>> {
    Ok(PurchaseLog::from_columns(RecordColumns::new(ids, seconds, cents, 2)?, &ShopCalendar::utc())?)
}

/// Hands over each batch's columns: ids, seconds, cents.
pub(crate) fn each_batch(
    orders: u64,
    customers: u64,
    by_time: bool,
    mut fold: impl FnMut(&[u64], &[i64], &[i64]) -> Result<()>,
) -> Result<()> {
    let mut random = 20_240_601_u64;
    let mut below = |limit: u64| {
        // Knuth's linear congruential generator; the high bits.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((u128::from(random) * u128::from(limit)) >> 64) as u64
    };
    let (mut ids, mut seconds, mut cents) = (Vec::new(), Vec::new(), Vec::new());
    let mut done = 0;
    while done < orders {
        ids.clear();
        seconds.clear();
        cents.clear();
        for order in done..orders.min(done + BATCH) {
            // The smaller of two: some come often.
            let number = below(customers).min(below(customers));
            ids.push(1_000_000_000 + number * 7_919);
            let second = if by_time {
                (u128::from(order) * u128::from(SECONDS) / u128::from(orders)) as u64
            } else {
                below(SECONDS)
            };
            seconds.push(FIRST_SECOND + second as i64);
            cents.push(100 + below(20_000) as i64);
        }
        done += ids.len() as u64;
        fold(&ids, &seconds, &cents)?;
    }
    Ok(())
}

/// Processor time, added up.
#[derive(Default)]
pub(crate) struct Clock(Duration);

impl Clock {
    pub(crate) fn seconds(&self) -> f64 {
        self.0.as_secs_f64()
    }

    pub(crate) fn time<T>(&mut self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let start = ProcessTime::try_now()?;
        let out = work()?;
        self.0 += start.try_elapsed()?;
        Ok(out)
    }
}

/// Each part in a file of its own.
struct Files(PathBuf);

impl Spill for Files {
    fn append(&mut self, part: usize, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().create(true).append(true).open(self.0.join(part.to_string()))?.write_all(bytes)
    }

    fn read(&mut self, part: usize) -> io::Result<Vec<u8>> {
        let path = self.0.join(part.to_string());
        match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            read => read.and_then(|bytes| fs::remove_file(&path).map(|()| bytes)),
        }
    }
}
