//! Records in any order become a log.
//!
//! Written for speed before plainness: `benches/history.rs`, ids `history/log_from_columns` and
//! `history/log_from_records`, must not get slower.

use core::ops::Range;

use chrono::TimeZone;

use super::PurchaseLog;
use super::amounts::{Amounts, Fact};
use super::fold::{Partition, part_of};
use super::times::Times;
use crate::error::{Error, Result};
use crate::number::money;
use crate::parallel;
use crate::record::calendar::{Day, DayClock};
use crate::record::{CustomerId, Record, RecordColumns, ShopCalendar};

/// Facts in a partition, about: their customers' states fill half of a level-2 cache.
const PARTITION_FACTS: usize = 1 << 16;

/// The most partitions: with more, writing to them all in turn costs more than their size saves.
const MAX_PARTITION_BITS: u32 = 10;

/// The most partitions of which a processor has the addresses of all ends at hand.
const MAX_DIRECT_BITS: u32 = 6;

/// Facts of a partition that are written to memory together where there are many partitions.
const STAGED: usize = 64;

/// The partitions of an input of unknown length.
const DEFAULT_PARTITION_BITS: u32 = 6;

/// Rows for which it pays to wake another core.
const LEAST_ROWS: usize = 1 << 15;

/// The day on which seconds begin that are taken for milliseconds, as a number.
const LATE: i32 = (MILLISECONDS.start / 86_400) as i32;

/// Records that are prepared together.
const BLOCK: usize = 64;

impl<Id: CustomerId> PurchaseLog<Id> {
    /// The log of orders, credits or both, in any order. Takes time linear in records.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] with the position of the first record that cannot be used: an instant that has no day in the
    /// shop's calendar ([`Error::NoDay`]), an amount that does not fit 127 bits at the finest scale of all amounts
    /// ([`Error::AmountOverflow`]), more than `u32::MAX` records ([`Error::CountOverflow`]).
    pub fn from_records<R, Tz>(records: impl IntoIterator<Item = R>, calendar: &ShopCalendar<Tz>) -> Result<Self>
    where
        R: Into<Record<Id>>,
        Tz: TimeZone,
    {
        let records = records.into_iter();
        let mut log = Self::with_capacity(Amounts::default(), records.size_hint().0);
        log.refunded = Some(0);
        let mut clock = DayClock::new(calendar);
        for (index, record) in records.enumerate() {
            log.add(index, record.into(), &mut clock).map_err(|error| error.at_record(index))?;
        }
        log.finish();
        Ok(log)
    }

    /// The log of columns of paid orders and credits, in any order of rows. Takes time linear in rows. With the feature
    /// `rayon`, threads read parts of the rows side by side and share the time zone, which must be `Sync`: those of chrono
    /// and chrono-tz are.
    ///
    /// # Errors
    ///
    /// As [`from_records`](PurchaseLog::from_records), and [`Error::UnixMilliseconds`] for seconds beyond the year 5000
    /// that would lie between 1973 and 2200 as milliseconds.
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
            log.times.note(seconds, &days);
            log.note(&days, amounts[rows.clone()].iter().filter(|&&amount| amount < 0).count());
            if log.last_day.number() >= LATE {
                refuse_milliseconds(seconds).map_err(|(at, error)| error.at_record(start + at))?;
            }
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
        self.times.join(later.times);
        self.ascending &= later.ascending && self.last_day <= later.first_day;
        self.first_day = self.first_day.min(later.first_day);
        self.last_day = self.last_day.max(later.last_day);
        let moved = self.amounts.join(later.amounts);
        for (partition, more) in self.partitions.iter_mut().zip(later.partitions) {
            partition.append(more, moved);
        }
    }

    pub(super) fn with_capacity(amounts: Amounts, expected: usize) -> Self {
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
            refunded: None,
            times: Times::default(),
            finest: None,
            first_day: Day::MAX,
            last_day: Day::MIN,
            ascending: true,
        }
    }

    fn add<Tz: TimeZone>(&mut self, index: usize, record: Record<Id>, clock: &mut DayClock<'_, Tz>) -> Result<()> {
        check_record_count(index + 1)?;
        let (when, amount) = match &record {
            Record::Order(order) if !order.is_purchase() => {
                self.passed_over += 1;
                return Ok(());
            }
            Record::Order(order) => (order.placed_at, order.net_amount()),
            Record::Credit(credit) => (credit.issued_at, -credit.amount()),
        };
        let day = clock.day_of(when)?;
        if amount.scale() > self.amounts.scale() {
            self.amounts.refine(amount.scale(), self.partitions.iter_mut().flat_map(Partition::facts_mut))?;
            self.finest = Some((index, amount.abs()));
        }
        let Some(amount) = money::minor(amount, self.amounts.scale()) else {
            return Err(Error::AmountOverflow { field: "amount" }.of_finest(self.finest));
        };
        let fact = Fact { day, amount };
        match when.instant() {
            Some(instant) => self.times.note(&[instant.timestamp()], &[day]),
            None => self.times.trust(),
        }
        let customer = match record {
            Record::Order(order) => {
                self.refunded = self.refunded.map(|orders| orders + usize::from(!order.refunded().is_zero()));
                order.customer
            }
            Record::Credit(credit) => credit.customer,
        };
        self.add_fact(customer, fact);
        Ok(())
    }

    pub(super) fn add_fact(&mut self, customer: Id, fact: Fact) {
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
        let place = part_of(customer, self.partitions.len());
        &mut self.partitions[place]
    }

    fn is_staged(&self) -> bool {
        self.partitions.len() > 1 << MAX_DIRECT_BITS
    }

    pub(super) fn finish(&mut self) {
        let ascending = self.ascending;
        self.partitions.iter_mut().for_each(|partition| partition.finish(ascending));
    }
}

/// The number of bits that choose a partition.
fn partition_bits(expected: usize) -> u32 {
    match expected.div_ceil(PARTITION_FACTS) {
        0 => DEFAULT_PARTITION_BITS,
        partitions => partitions.next_power_of_two().trailing_zeros().min(MAX_PARTITION_BITS),
    }
}

/// Seconds from the year 5138 to 231,969 that are milliseconds from 1973 to 2199.
const MILLISECONDS: Range<i64> = 100_000_000_000..7_258_118_400_000;

/// Refuses seconds that must be milliseconds, with their place.
#[cold]
fn refuse_milliseconds(unix_seconds: &[i64]) -> Result<(), (usize, Error)> {
    match unix_seconds.iter().enumerate().find(|(_, seconds)| MILLISECONDS.contains(seconds)) {
        Some((at, &unix_seconds)) => Err((at, Error::UnixMilliseconds { unix_seconds })),
        None => Ok(()),
    }
}

fn check_record_count(count: usize) -> Result<()> {
    if count > u32::MAX as usize {
        return Err(Error::CountOverflow { field: "number of records" });
    }
    Ok(())
}
