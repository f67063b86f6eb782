//! Every purchase of every customer.

use core::hash::BuildHasher;
use core::ops::Range;

use chrono::{NaiveDate, TimeZone};
use rust_decimal::Decimal;

use super::amounts::{Amounts, Fact};
use super::fold::{CustomerFold, HASH, Partition, fold};
use crate::error::{Error, Result};
use crate::history::Ledger;
use crate::number::money;
use crate::parallel;
use crate::record::calendar::{Day, DayClock};
use crate::record::{CustomerId, Record, RecordColumns, ShopCalendar, Window};

/// Every purchase and credit of a shop, by customer and day: what rates, cohorts and ledgers are counted from.
///
/// Built once from records in any order; asked as often as wanted. Orders that are no purchases (unpaid, cancelled,
/// fully refunded) are counted in [`passed_over`](PurchaseLog::passed_over) and leave no other trace. All of a log's
/// answers are the same for every order of its records.
///
/// A log keeps about 16 bytes and one id per purchase. If you need no
/// per-purchase answers, keep only the [`Ledger`].
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
    partitions: Vec<Partition<Id>>,
    amounts: Amounts,
    /// Purchases and credits together.
    facts: usize,
    credits: usize,
    passed_over: usize,
    /// Of the facts; in the wrong order while there is none.
    first_day: Day,
    last_day: Day,
    /// Whether the facts came in the order of days.
    ascending: bool,
}

/// Facts in a partition, about: their customers' states fill half of a level-2 cache.
const PARTITION_FACTS: usize = 1 << 16;

/// More partitions than this, and writing to them all in turn costs more than their size saves.
const MAX_PARTITION_BITS: u32 = 10;

/// More partitions than this, and a processor no longer has the addresses of all their ends at hand.
const MAX_DIRECT_BITS: u32 = 6;

/// Facts of a partition that are written to memory together where there are many partitions.
const STAGED: usize = 64;

/// The partitions of an input of unknown length.
const DEFAULT_PARTITION_BITS: u32 = 6;

/// Rows and facts for which it pays to wake another core.
const LEAST_ROWS: usize = 1 << 15;
const LEAST_FACTS: usize = 1 << 14;

/// Records that are prepared together.
const BLOCK: usize = 64;

impl<Id: CustomerId> PurchaseLog<Id> {
    /// The log of orders, credits or both, in any order.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] with the position of the first record that cannot be used: an instant that has no day in the
    /// shop's calendar ([`Error::NoDay`]), an amount that does not fit 127 bits at the finest scale of all amounts
    /// ([`Error::AmountOverflow`]), more than `u32::MAX` records ([`Error::CountOverflow`]).
    ///
    /// # Complexity
    ///
    /// Linear in records.
    pub fn from_records<R, Tz>(records: impl IntoIterator<Item = R>, calendar: &ShopCalendar<Tz>) -> Result<Self>
    where
        R: Into<Record<Id>>,
        Tz: TimeZone,
    {
        let records = records.into_iter();
        let mut log = Self::with_capacity(Amounts::default(), records.size_hint().0);
        let mut clock = DayClock::new(calendar);
        for (index, record) in records.enumerate() {
            log.add(index, record.into(), &mut clock).map_err(|error| error.at_record(index))?;
        }
        log.finish();
        Ok(log)
    }

    /// The log of columns of paid orders and credits, in any order of rows.
    ///
    /// # Errors
    ///
    /// As [`from_records`](PurchaseLog::from_records).
    ///
    /// # Complexity
    ///
    /// Linear in rows. With the feature `rayon`, parts of the rows are read side by side, which is why the time zone is
    /// to be `Sync`, as those of chrono and chrono-tz are.
    pub fn from_columns<Tz: TimeZone + Sync>(
        columns: RecordColumns<'_, Id>,
        calendar: &ShopCalendar<Tz>,
    ) -> Result<Self> {
        let RecordColumns { customers, scale, .. } = columns;
        check_record_count(customers.len()).map_err(|error| error.at_record(u32::MAX as usize))?;
        let bits = partition_bits(customers.len());
        let size = parallel::part_size(customers.len(), LEAST_ROWS);
        let logs = parallel::map_ranges(customers.len(), size, |rows| Self::of_rows(&columns, rows, bits, calendar));
        let mut logs = logs.into_iter();
        let mut log = match logs.next() {
            Some(first) => first?,
            None => Self::with_partitions(Amounts::with_scale(scale), bits, 0),
        };
        for later in logs {
            log.append(later?);
        }
        parallel::for_each(&mut log.partitions, Partition::unite);
        Ok(log)
    }

    /// The log of some of the rows.
    fn of_rows<Tz: TimeZone>(
        columns: &RecordColumns<'_, Id>,
        rows: Range<usize>,
        bits: u32,
        calendar: &ShopCalendar<Tz>,
    ) -> Result<Self> {
        let RecordColumns { customers, unix_seconds, amounts, scale } = *columns;
        let mut log = Self::with_partitions(Amounts::with_scale(scale), bits, rows.len());
        let mut clock = DayClock::new(calendar);
        let (mut days, mut packed) = (Vec::with_capacity(BLOCK), Vec::with_capacity(BLOCK));
        // Column by column, so that what is asked of all rows is asked of many at a time.
        for start in rows.clone().step_by(BLOCK) {
            let rows = start..rows.end.min(start + BLOCK);
            let seconds = &unix_seconds[rows.clone()];
            clock.days(seconds, &mut days).map_err(|(at, error)| error.at_record(start + at))?;
            log.amounts.pack_all(&days, &amounts[rows.clone()], &mut packed);
            log.note(&days, amounts[rows.clone()].iter().filter(|&&amount| amount < 0).count());
            let facts = customers[rows].iter().zip(&packed);
            if log.is_staged() {
                facts.for_each(|(customer, &packed)| log.partition(customer).stage(customer.clone(), packed));
            } else {
                facts.for_each(|(customer, &packed)| log.partition(customer).push(customer.clone(), packed));
            }
        }
        log.finish();
        Ok(log)
    }

    /// Takes over the facts of later rows, by the same hashes in as many partitions.
    fn append(&mut self, later: Self) {
        self.facts += later.facts;
        self.credits += later.credits;
        self.ascending &= later.ascending && self.last_day <= later.first_day;
        self.first_day = self.first_day.min(later.first_day);
        self.last_day = self.last_day.max(later.last_day);
        let moved = self.amounts.join(later.amounts);
        for (partition, more) in self.partitions.iter_mut().zip(later.partitions) {
            partition.append(more, moved);
        }
    }

    fn with_capacity(amounts: Amounts, expected: usize) -> Self {
        Self::with_partitions(amounts, partition_bits(expected), expected)
    }

    fn with_partitions(amounts: Amounts, bits: u32, expected: usize) -> Self {
        // An eighth more than the mean, since hashes spread unevenly; an expectation is not trusted beyond reason.
        let capacity = (expected >> bits).min(2 * PARTITION_FACTS);
        let capacity = capacity + capacity / 8;
        let staged = if bits > MAX_DIRECT_BITS { STAGED } else { 0 };
        let partitions = (0..1 << bits).map(|_| Partition::with_capacity(capacity, staged)).collect();
        Self {
            partitions,
            amounts,
            facts: 0,
            credits: 0,
            passed_over: 0,
            first_day: Day::MAX,
            last_day: Day::MIN,
            ascending: true,
        }
    }

    fn add<Tz: TimeZone>(&mut self, index: usize, record: Record<Id>, clock: &mut DayClock<'_, Tz>) -> Result<()> {
        check_record_count(index + 1)?;
        let (instant, amount) = match &record {
            Record::Order(order) if !order.is_purchase() => {
                self.passed_over += 1;
                return Ok(());
            }
            Record::Order(order) => (order.placed_at(), order.net_amount()),
            Record::Credit(credit) => (credit.issued_at(), -credit.amount()),
        };
        let day = clock.day(instant.timestamp())?;
        if amount.scale() > self.amounts.scale() {
            self.amounts.refine(amount.scale(), self.partitions.iter_mut().flat_map(Partition::facts_mut))?;
        }
        let fact = Fact { day, amount: self.amounts.minor(amount)? };
        let customer = match record {
            Record::Order(order) => order.into_customer(),
            Record::Credit(credit) => credit.into_customer(),
        };
        self.add_fact(customer, fact);
        Ok(())
    }

    fn add_fact(&mut self, customer: Id, fact: Fact) {
        self.note(&[fact.day], usize::from(!fact.is_purchase()));
        let packed = self.amounts.pack(fact);
        if self.is_staged() {
            self.partition(&customer).stage(customer, packed);
        } else {
            self.partition(&customer).push(customer, packed);
        }
    }

    /// Notes the days of the next facts, and how many of these are credits.
    #[inline]
    fn note(&mut self, days: &[Day], credits: usize) {
        self.facts += days.len();
        self.credits += credits;
        self.ascending &= days.first().is_none_or(|&first| self.last_day <= first);
        self.ascending &= days.windows(2).filter(|pair| pair[0] > pair[1]).count() == 0;
        self.first_day = days.iter().fold(self.first_day, |first, &day| first.min(day));
        self.last_day = days.iter().fold(self.last_day, |last, &day| last.max(day));
    }

    #[inline]
    fn partition(&mut self, customer: &Id) -> &mut Partition<Id> {
        // The number of partitions is a power of two. Tables inside a partition use the hash's ends, so its middle
        // chooses.
        let place = (HASH.hash_one(customer) >> 32) as usize & (self.partitions.len() - 1);
        &mut self.partitions[place]
    }

    fn is_staged(&self) -> bool {
        self.partitions.len() > 1 << MAX_DIRECT_BITS
    }

    fn finish(&mut self) {
        let ascending = self.ascending;
        self.partitions.iter_mut().for_each(|partition| partition.finish(ascending));
    }

    /// Every customer's history as of a day, which is included; what happened after it is left out.
    ///
    /// # Errors
    ///
    /// [`Error::Customer`] when the sum of a customer's amounts does not fit a `Decimal` at the finest scale of all
    /// amounts.
    ///
    /// # Complexity
    ///
    /// Linear in purchases, and `n log n` in customers, who are sorted by id.
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

    /// Whether every sum of this log's amounts fits 64 bits.
    pub(crate) const fn sums_to_64_bits(&self) -> bool {
        self.amounts.sums_to_64_bits()
    }

    /// The log of those customers for whom `keep` answers yes: of a region, a channel, a tier.
    ///
    /// Every question that a log answers can so be asked of a part of the shop. What is passed over is not told apart
    /// by customer, and counted as 0 here.
    ///
    /// # Complexity
    ///
    /// Linear in purchases; `keep` is asked for each of them.
    #[must_use]
    pub fn of_customers(&self, mut keep: impl FnMut(&Id) -> bool) -> Self {
        let mut log = Self::with_capacity(Amounts::with_scale(self.scale()), 0);
        for (customer, packed) in self.partitions.iter().flat_map(Partition::facts) {
            if keep(customer) {
                log.add_fact(customer.clone(), self.amounts.unpack(*packed));
            }
        }
        log.finish();
        log
    }

    /// Folds the facts up to and including a day in parts, each with the customers of its partitions and a folder of
    /// its own.
    pub(crate) fn fold_parts<F: CustomerFold<Id> + Send>(
        &self,
        as_of: NaiveDate,
        folder: impl Fn() -> F + Send + Sync,
    ) -> Vec<F> {
        let partitions = self.partitions.len();
        let least = partitions * LEAST_FACTS / self.facts.max(1);
        let size = parallel::part_size(partitions, least.clamp(1, partitions));
        parallel::map_ranges(partitions, size, |part| {
            let mut folder = folder();
            fold(&self.partitions[part], &self.amounts, as_of.into(), &mut folder);
            folder
        })
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

    /// Folds the facts up to and including a day, one after the other.
    pub(crate) fn fold<F: CustomerFold<Id>>(&self, as_of: NaiveDate, mut folder: F) -> F {
        fold(&self.partitions, &self.amounts, as_of.into(), &mut folder);
        folder
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

    /// The amount of an integer in units of `10^-scale`.
    pub(crate) fn decimal(&self, minor: i128) -> Result<Decimal> {
        money::decimal(minor, self.scale()).ok_or(Error::AmountOverflow { field: "sum of amounts" })
    }
}

/// The number of bits that choose a partition.
fn partition_bits(expected: usize) -> u32 {
    match expected.div_ceil(PARTITION_FACTS) {
        0 => DEFAULT_PARTITION_BITS,
        partitions => partitions.next_power_of_two().trailing_zeros().min(MAX_PARTITION_BITS),
    }
}

fn check_record_count(count: usize) -> Result<()> {
    if count > u32::MAX as usize {
        return Err(Error::CountOverflow { field: "number of records" });
    }
    Ok(())
}
