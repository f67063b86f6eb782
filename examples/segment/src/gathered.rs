//! What is gathered of the logs of a file, of which there are several where it does not fit memory.

use std::error::Error;

use chrono::NaiveDate;
use order_files::{OrderParts, Orders};
use repurchase::measure::{Note, NoteTally};
use repurchase::predict::PastTally;
use repurchase::shop::{ShopChecks, ShopOptions};
use repurchase::{Ledger, PurchaseLog};

use crate::read;

/// Every customer's history, by the places of ids, and what else is asked of all orders.
pub struct Gathered {
    pub ledger: Ledger<u32>,
    /// The library's notes.
    pub notes: Vec<Note>,
    pub totals: LogTotals,
    /// How the models have done; `None` where nobody has bought or asks.
    pub checks: Option<ShopChecks>,
}

/// What logs count.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogTotals {
    pub purchases: usize,
    pub credits: usize,
    /// The last day with a purchase or credit.
    pub last: Option<NaiveDate>,
}

impl LogTotals {
    fn add(&mut self, log: &PurchaseLog<u32>) {
        self.purchases += log.purchases();
        self.credits += log.credits();
        self.last = self.last.max(log.days().map(|(_, last)| last));
    }
}

impl Gathered {
    /// Goes through the logs once; models are checked by these options and days of their horizon, if any.
    pub fn of(parts: OrderParts, checked: Option<(&ShopOptions, u32)>) -> Result<(Orders, Self), Box<dyn Error>> {
        let is_whole = parts.len() == 1;
        let (orders, mut logs) = parts.into_logs();
        let as_of = orders.as_of();
        let first = logs.next().ok_or("a file has a part")??;
        let mut totals = LogTotals::default();
        totals.add(&first);
        let by_name = |error| read::by_name(&orders, error);
        let mut ledger = first.ledger(as_of).map_err(by_name)?;
        let mut notes = NoteTally::of(&first, as_of);
        let past = |log: &PurchaseLog<u32>| {
            let asked = checked.filter(|_| !is_whole);
            asked.map(|(_, horizon_days)| PastTally::of(log, as_of, horizon_days)).transpose()
        };
        // An error is told when it is asked whether models did well, not where nobody has bought.
        let mut past_of_all = past(&first);
        if is_whole {
            let checks = checked.filter(|_| !ledger.is_empty());
            let checks =
                checks.map(|(options, _)| ShopChecks::of(&first, as_of, options)).transpose().map_err(by_name)?;
            return Ok((orders, Self { ledger, notes: notes.notes(), totals, checks }));
        }
        drop(first);
        for log in logs {
            let log = log?;
            totals.add(&log);
            ledger.merge(&log.ledger(as_of).map_err(by_name)?)?;
            notes.merge(&NoteTally::of(&log, as_of))?;
            if let Ok(Some(all)) = &mut past_of_all {
                match past(&log) {
                    Ok(more) => more.iter().try_for_each(|more| all.merge(more))?,
                    Err(error) => past_of_all = Err(error),
                }
            }
        }
        let mut checks = None;
        if let (Some((options, _)), false) = (checked, ledger.is_empty()) {
            let past = past_of_all.map_err(by_name)?;
            checks = past.map(|past| ShopChecks::of_tally(&past, options)).transpose().map_err(by_name)?;
        }
        Ok((orders, Self { ledger, notes: notes.notes(), totals, checks }))
    }
}
