//! Thousands of shops in one pass: what each stage costs, by the number of shops.
//!
//! Orders of all shops are made on the fly and folded into one ledger, by the shop's key before the customer's, so that a shop's
//! customers lie together. Then each shop has models of its own, by which its customers are labelled.

use repurchase::history::LedgerFold;
use repurchase::record::RecordColumns;
use repurchase::shop::{ShopModels, ShopOptions};
use repurchase::{CustomerHistory, Ledger, PurchaseLog, ShopCalendar};
use serde_json::{Value, json};

use crate::Result;
use crate::batches::{Clock, each_batch, labelled};
use crate::stopwatch::status_mb;

/// A shop, and a customer of it.
type Key = (u32, u32);

/// What was done, and what it took.
#[derive(Default)]
struct Work {
    shops: u32,
    customers: u64,
    labelled: u64,
    fits: Clock,
    labels: Clock,
}

/// `SHOPS CUSTOMERS ORDERS`, of all shops together.
pub(crate) fn run(arguments: &[String]) -> Result<Value> {
    let [shops, customers, orders] = arguments else { return Err("usage: worker shops SHOPS CUSTOMERS ORDERS".into()) };
    let (shops, customers, orders): (u64, u64, u64) = (shops.parse()?, customers.parse()?, orders.parse()?);
    let as_of = "2025-12-31".parse()?;
    let (mut fold, mut folded) = (LedgerFold::<Key>::new(as_of), Clock::default());
    each_batch(orders, customers, true, |ids, seconds, cents| {
        let key = |id: &u64| Ok((u32::try_from(id % shops)?, u32::try_from(id / shops)?));
        let keys: Vec<Key> = ids.iter().map(key).collect::<Result<_>>()?;
        folded.time(|| {
            let columns = RecordColumns::new(&keys, seconds, cents, 2)?;
            Ok(fold.add(&PurchaseLog::from_columns(columns, &ShopCalendar::utc())?)?)
        })
    })?;
    let ledger = folded.time(|| Ok(fold.finish()?))?;
    let (mut work, mut open): (_, (u32, Vec<(u32, CustomerHistory)>)) = (Work::default(), (0, Vec::new()));
    for (&(shop, customer), history) in ledger.iter() {
        if shop != open.0 {
            work.label(&Ledger::from_histories(std::mem::take(&mut open.1), as_of)?)?;
            open.0 = shop;
        }
        open.1.push((customer, history));
    }
    work.label(&Ledger::from_histories(open.1, as_of)?)?;
    Ok(json!({
        "shops": work.shops, "customers": work.customers, "orders": orders, "with_forecast": work.labelled,
        "fold_s": folded.seconds(), "fits_s": work.fits.seconds(), "labels_s": work.labels.seconds(),
        "fit_ms_a_shop": work.fits.seconds() * 1e3 / f64::from(work.shops), "peak_mb": status_mb("VmHWM")?,
    }))
}

impl Work {
    /// One shop's fit, then the labels and forecasts of all its customers.
    fn label(&mut self, shop: &Ledger<u32>) -> Result<()> {
        if shop.is_empty() {
            return Ok(());
        }
        let models = self.fits.time(|| Ok(ShopModels::fit(shop, &ShopOptions::default())?))?;
        self.labelled += self.labels.time(|| labelled(&models, shop))?;
        self.shops += 1;
        self.customers += shop.len() as u64;
        Ok(())
    }
}
