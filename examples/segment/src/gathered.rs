//! What is gathered of the logs of a file, of which there are several where it does not fit memory.

use std::error::Error;

use chrono::NaiveDate;
use order_files::{OrderParts, Orders};
use repurchase::measure::{Note, NoteTally};
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

/// What looks at the log of each part.
type Each<'a> = &'a mut dyn FnMut(&PurchaseLog<u32>) -> repurchase::Result<()>;

/// What one customer takes in a window of the past, roughly.
const BYTES_A_WINDOW: u64 = 130;

impl Gathered {
    /// Goes through the logs once and, where models are to be checked by these options, once more for as many windows of the past as
    /// memory has room for.
    pub fn of(parts: OrderParts, checked: Option<&ShopOptions>, memory: u64) -> Result<(Orders, Self), Box<dyn Error>> {
        let (orders, mut logs) = parts.into_logs()?;
        let as_of = orders.as_of();
        let by_name = |error| read::by_name(&orders, error);
        let (mut known, mut totals): (Option<(Ledger<u32>, NoteTally<u32>)>, _) = (None, LogTotals::default());
        logs.each(|log| {
            totals.add(log);
            let (more, of_more) = (log.ledger(as_of).map_err(by_name)?, NoteTally::of(log, as_of));
            match &mut known {
                Some((ledger, notes)) => {
                    ledger.merge(&more)?;
                    notes.merge(&of_more)?;
                }
                none => *none = Some((more, of_more)),
            }
            Ok::<_, Box<dyn Error>>(())
        })?;
        let (ledger, notes) = known.ok_or("a file has a part")?;
        let at_once = memory / (BYTES_A_WINDOW * ledger.len().max(1) as u64);
        // Of nobody who has bought there is no past.
        let checks = checked.filter(|_| !ledger.is_empty()).map(|options| {
            if let Some(log) = logs.whole() {
                return Ok(ShopChecks::of(log, as_of, options).map_err(by_name)?);
            }
            let all = |each: Each<'_>| logs.each(|log| Ok(each(log).map_err(by_name)?));
            let at_once = usize::try_from(at_once).unwrap_or(usize::MAX);
            ShopChecks::of_parts::<_, Box<dyn Error>>(&ledger, all, at_once, options)
        });
        let checks = checks.transpose()?;
        Ok((orders, Self { ledger, notes: notes.notes(), totals, checks }))
    }
}
