//! Every purchase of every customer.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::amounts::Amounts;
use super::fold::{CustomerFold, fold};
use super::partition::Partition;
use super::times::Times;
use crate::error::{Error, Result};
use crate::history::Ledger;
use crate::number::money;
use crate::parallel;
use crate::record::calendar::Day;
use crate::record::{CustomerId, Window};

/// Every purchase and credit of a shop, by customer and day: what rates, cohorts and ledgers are counted from.
///
/// Built once from records in any order; asked as often as wanted. Orders that are no purchases (unpaid, cancelled,
/// fully refunded) are counted in [`passed_over`](PurchaseLog::passed_over) and leave no other trace. All of a log's
/// answers are the same for every order of its records.
///
/// A log keeps 16 bytes per purchase where an id is a number of up to 8 bytes. A longer id, or one that owns memory
/// (`String`, `&str`, `Arc<str>`, a UUID), is kept once for each customer, and a purchase takes 12 bytes; with a
/// [key of its order](crate::record::Keyed), an id stands beside each purchase. If you need no per-purchase answers, keep only
/// the [`Ledger`].
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let order = |customer, day| Order::new(customer, Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap(), Decimal::TEN);
/// let log = PurchaseLog::from_records([order("bo", 9)?, order("ann", 1)?, order("ann", 4)?], &ShopCalendar::utc())?;
/// assert_eq!(log.purchases(), 3);
///
/// let ledger = log.ledger(NaiveDate::from_ymd_opt(2026, 3, 4).unwrap())?;
/// assert_eq!(ledger.len(), 1, "Bo buys later");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PurchaseLog<Id> {
    pub(super) partitions: Vec<Partition<Id>>,
    pub(super) amounts: Amounts,
    /// Purchases and credits together.
    pub(super) facts: usize,
    pub(super) credits: usize,
    pub(super) passed_over: usize,
    /// Purchases that were refunded in part; `None` where nobody has told.
    pub(super) refunded: Option<usize>,
    pub(super) times: Times,
    /// The record whose amount has set the scale, and that amount; `None` for a log of columns.
    pub(super) finest: Option<(usize, Decimal)>,
    /// The first and the last day of the facts; in the wrong order while there is none.
    pub(super) first_day: Day,
    pub(super) last_day: Day,
    /// Whether the facts came in the order of days.
    pub(super) ascending: bool,
    /// Whether each id is kept once.
    pub(super) once: bool,
    /// Whether facts are written to memory many at a time.
    pub(super) staged: bool,
}

/// Facts for which it pays to wake another core.
pub(super) const LEAST_FACTS: usize = 1 << 14;

impl<Id: CustomerId> PurchaseLog<Id> {
    /// Every customer's history as of a day, which is included; what happened after it is left out. Takes time linear
    /// in purchases, and `n log n` in customers, who are sorted by id.
    ///
    /// # Errors
    ///
    /// [`Error::Customer`] when the sum of a customer's amounts does not fit a `Decimal` at the finest scale of all
    /// amounts; within [`Error::FinestAmount`], which names the amount that set the scale, where it would fit without
    /// decimals.
    pub fn ledger(&self, as_of: NaiveDate) -> Result<Ledger<Id>> {
        Ledger::from_log(self, Day::MIN, as_of)
    }

    /// Every customer's history within the days of a window: of what happened before its start, nothing is known to it.
    ///
    /// The ledger is as of the window's last day. See [`RfmModel::fit_in_window`](crate::segment::RfmModel::fit_in_window) for
    /// its use.
    ///
    /// # Errors
    ///
    /// As [`ledger`](PurchaseLog::ledger).
    pub fn ledger_in(&self, window: Window) -> Result<Ledger<Id>> {
        Ledger::from_log(self, window.start().into(), window.last())
    }

    /// The log of those customers for whom `keep` answers yes: of a region, a channel, a tier.
    ///
    /// Every question that a log answers can so be asked of a part of the shop. What is passed over is not told apart
    /// by customer, and counted as 0 here. Takes time linear in purchases; `keep` is asked of each customer's id at least
    /// once, and may be asked for each purchase.
    #[must_use]
    pub fn of_customers(&self, mut keep: impl FnMut(&Id) -> bool) -> Self {
        let masks: Vec<Vec<bool>> = self.partitions.iter().map(|partition| partition.ask(&mut keep)).collect();
        let partitions = parallel::concat(masks.len(), self.part_size(LEAST_FACTS), |part| {
            part.map(|at| self.partitions[at].kept(&masks[at])).collect()
        });
        let amounts = self.amounts.clone();
        let mut log = Self { partitions, amounts, facts: 0, credits: 0, passed_over: 0, refunded: None, ..*self };
        (log.first_day, log.last_day) = (Day::MAX, Day::MIN);
        for (_, packed) in log.partitions.iter().flat_map(Partition::facts) {
            let fact = log.amounts.unpack(packed);
            log.facts += 1;
            log.credits += usize::from(!fact.is_purchase());
            (log.first_day, log.last_day) = (log.first_day.min(fact.day), log.last_day.max(fact.day));
        }
        log
    }

    /// Folds the facts up to and including a day in parts, each with the customers of its partitions and a folder of
    /// its own.
    pub(crate) fn fold_parts<F: CustomerFold<Id> + Send>(
        &self,
        as_of: NaiveDate,
        folder: impl Fn() -> F + Send + Sync,
    ) -> Vec<F> {
        parallel::map_ranges(self.partitions.len(), self.part_size(LEAST_FACTS), |part| {
            let mut folder = folder();
            fold(&self.partitions[part], &self.amounts, as_of.into(), &mut folder);
            folder
        })
    }

    /// Partitions that are worked on together, of so many facts or more.
    pub(super) fn part_size(&self, least: usize) -> usize {
        parallel::part_size(self.partitions.len(), self.least_partitions(least))
    }

    /// Partitions that have so many facts, about.
    pub(super) fn least_partitions(&self, facts: usize) -> usize {
        let partitions = self.partitions.len();
        (partitions * facts / self.facts.max(1)).clamp(1, partitions)
    }

    /// [`fold_parts`](PurchaseLog::fold_parts) with the parts' folders joined.
    pub(crate) fn fold_joined<F: CustomerFold<Id> + Send>(
        &self,
        as_of: NaiveDate,
        folder: impl Fn() -> F + Send + Sync,
        join: impl Fn(&mut F, &F),
    ) -> F {
        let mut parts = self.fold_parts(as_of, &folder).into_iter();
        let mut whole = parts.next().unwrap_or_else(folder);
        parts.for_each(|part| join(&mut whole, &part));
        whole
    }
}

impl<Id> PurchaseLog<Id> {
    /// Purchases: paid orders that are not fully refunded.
    pub const fn purchases(&self) -> usize {
        self.facts - self.credits
    }

    /// Credits.
    pub const fn credits(&self) -> usize {
        self.credits
    }

    /// Orders that are no purchases: unpaid, cancelled or fully refunded.
    pub const fn passed_over(&self) -> usize {
        self.passed_over
    }

    /// The first and the last day on which there is a purchase or a credit; `None` when there is none.
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        (self.facts > 0).then(|| (self.first_day.date(), self.last_day.date()))
    }

    /// The decimals of money in this log: those of the amount that has most.
    pub const fn scale(&self) -> u32 {
        self.amounts.scale()
    }

    /// Whether every sum of the log's amounts fits 64 bits.
    pub(crate) const fn sums_to_64_bits(&self) -> bool {
        self.amounts.sums_to_64_bits()
    }

    /// Whether nothing was given back; `false` where nobody has told.
    pub(crate) fn has_no_refund(&self) -> bool {
        self.credits == 0 && self.passed_over == 0 && self.refunded == Some(0)
    }

    /// The times of its records.
    pub(crate) const fn times(&self) -> Times {
        self.times
    }

    /// The amount of an integer in units of `10^-scale`; an error for `None`, a sum that did not fit 127 bits.
    pub(crate) fn decimal(&self, minor: Option<i128>) -> Result<Decimal> {
        minor
            .and_then(|minor| money::decimal(minor, self.scale()))
            .ok_or(Error::AmountOverflow { field: "sum of amounts" })
    }
}
