//! The cost of ids: of a log and its ledger, by the type of the customers' ids.
//!
//! A process for each kind, so that none finds memory that another left.

use std::sync::Arc;

use repurchase::record::{CustomerId, RecordColumns};
use repurchase::{PurchaseLog, ShopCalendar};
use serde_json::{Value, json};

use crate::Result;
use crate::batches::each_batch;
use crate::stopwatch::{Stopwatch, status_mb};

/// `KIND ORDERS CUSTOMERS [time]`: a log of orders by time or in no order, then its ledger.
pub(crate) fn run(arguments: &[String]) -> Result<Value> {
    let usage = "usage: worker ids u64|str|arc|string10|string100|str100 ORDERS CUSTOMERS [time]";
    let [kind, orders, customers, order @ ..] = arguments else { return Err(usage.into()) };
    let mut columns = (Vec::new(), Vec::new(), Vec::new());
    each_batch(orders.parse()?, customers.parse()?, !order.is_empty(), |ids, seconds, cents| {
        columns.0.extend_from_slice(ids);
        columns.1.extend_from_slice(seconds);
        columns.2.extend_from_slice(cents);
        Ok(())
    })?;
    let (numbers, seconds, cents) = columns;
    let texts = |length: usize| numbers.iter().map(|id| format!("{id:0length$}")).collect::<Vec<String>>();
    match kind.as_str() {
        "u64" => cost(kind, &numbers, &seconds, &cents),
        "string10" => cost(kind, &texts(10), &seconds, &cents),
        "string100" => cost(kind, &texts(100), &seconds, &cents),
        "str" => cost(kind, &texts(10).iter().map(String::as_str).collect::<Vec<_>>(), &seconds, &cents),
        "str100" => cost(kind, &texts(100).iter().map(String::as_str).collect::<Vec<_>>(), &seconds, &cents),
        "arc" => {
            // One for each customer, as whoever makes such ids has them.
            let mut known = std::collections::HashMap::<u64, Arc<str>>::new();
            let arc = |id: &u64| Arc::clone(known.entry(*id).or_insert_with(|| id.to_string().into()));
            cost(kind, &numbers.iter().map(arc).collect::<Vec<_>>(), &seconds, &cents)
        }
        _ => Err(usage.into()),
    }
}

fn cost<Id: CustomerId>(kind: &str, ids: &[Id], seconds: &[i64], cents: &[i64]) -> Result<Value> {
    let columns = RecordColumns::new(ids, seconds, cents, 2)?;
    let (mut of_log, mut of_ledger) = (Stopwatch::default(), Stopwatch::default());
    let before = status_mb("VmRSS")?;
    let log = of_log.time(|| Ok(PurchaseLog::from_columns(columns, &ShopCalendar::utc())?))?;
    let log_mb = status_mb("VmRSS")? - before;
    let ledger = of_ledger.time(|| Ok(log.ledger("2025-12-31".parse()?)?))?;
    let (of_log, of_ledger) = (of_log.cost().ok_or("timed")?, of_ledger.cost().ok_or("timed")?);
    let ms = |cost: crate::stopwatch::Cost| (cost.cpu.as_secs_f64() * 1e4).round() / 10.0;
    Ok(json!({
        "ids": kind, "customers": ledger.len(), "log_ms": ms(of_log), "log_mb": log_mb.round(), "log_peak_mb": of_log.extra_mb.round(),
        "ledger_ms": ms(of_ledger), "ledger_peak_mb": of_ledger.extra_mb.round(),
    }))
}
