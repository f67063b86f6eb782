//! Records in any order become a log.
//!
//! Written for speed before plainness: `benches/history.rs`, ids `history/log_from_columns` and
//! `history/log_from_records`, must not get slower.

use core::ops::Range;

use chrono::TimeZone;

use super::PurchaseLog;
use super::amounts::{Amounts, Fact};
use super::fold::{hash_of, part_of};
use super::partition::{Partition, keeps_once};
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

/// Facts after which ids that are kept once are looked for.
const SETTLED: usize = 1 << 20;

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
        let mut records = records.into_iter();
        let expected = records.size_hint().0;
        let first: Option<Record<Id>> = records.next().map(Into::into);
        let once = first.as_ref().is_some_and(|first| match first {
            Record::Order(order) => keeps_once(&order.customer),
            Record::Credit(credit) => keeps_once(&credit.customer),
        });
        let mut log = Self::with_capacity(Amounts::default(), expected, once);
        log.refunded = Some(0);
        let mut clock = DayClock::new(calendar);
        first.map_or(Ok(()), |first| log.add(0, first, &mut clock)).map_err(|error| error.at_record(0))?;
        for (record, index) in records.zip(1..) {
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
        let len = customers.len();
        check_record_count(len).map_err(|error| error.at_record(u32::MAX as usize))?;
        let amounts = Amounts::with_scale(scale);
        if customers.first().is_some_and(keeps_once) {
            // Partition by partition, ids are found in the processor's cache.
            let mut borrowed = PurchaseLog::with_capacity(amounts, len, false);
            borrowed.read_all(&columns, calendar, |id| id)?;
            return Ok(Self::of_borrowed(borrowed));
        }
        let mut log = Self::with_capacity(amounts, len, false);
        log.read_all(&columns, calendar, Clone::clone)?;
        Ok(log)
    }

    /// The finished log with its own ids, each kept once.
    fn of_borrowed(log: PurchaseLog<&Id>) -> Self {
        let size = log.part_size(LEAST_ROWS);
        let PurchaseLog { mut partitions, amounts, facts, credits, passed_over, refunded, times, finest, .. } = log;
        let (first_day, last_day, ascending, staged) = (log.first_day, log.last_day, log.ascending, log.staged);
        let partitions = parallel::map_chunks(&mut partitions, size, |_, borrowed| {
            let take = |borrowed: &mut _| core::mem::replace(borrowed, Partition::with_capacity(0, 0));
            borrowed.iter_mut().map(take).map(Partition::of_borrowed).collect()
        });
        Self {
            partitions: parallel::joined(partitions),
            amounts,
            facts,
            credits,
            passed_over,
            refunded,
            times,
            finest,
            first_day,
            last_day,
            ascending,
            once: true,
            staged,
        }
    }

    /// Reads all rows, of whose ids `own` makes what is kept.
    fn read_all<'a, Of: CustomerId, Tz: TimeZone + Sync>(
        &mut self,
        columns: &RecordColumns<'a, Of>,
        calendar: &ShopCalendar<Tz>,
        own: impl Fn(&'a Of) -> Id + Copy + Send + Sync,
    ) -> Result<()> {
        let (len, bits) = (columns.customers.len(), self.partitions.len().trailing_zeros());
        let size = parallel::part_size(len, LEAST_ROWS);
        if size >= len {
            self.read(columns, 0..len, calendar, own)?;
            self.finish();
            return Ok(());
        }
        self.partitions.iter_mut().for_each(|partition| *partition = Partition::with_capacity(0, 0));
        // Their room is asked for on the thread that will give it back, so that an allocator has it at hand for the next log.
        let amounts = || Amounts::with_scale(columns.scale);
        let mut logs: Vec<_> =
            (0..len.div_ceil(size)).map(|_| Self::with_partitions(amounts(), bits, size, staged(bits))).collect();
        let read = parallel::map_each(&mut logs, |part, log| {
            log.read(columns, part * size..len.min((part + 1) * size), calendar, own)?;
            log.finish();
            Ok(())
        });
        read.into_iter().collect::<Result<()>>()?;
        for later in logs {
            self.append(later);
        }
        Ok(())
    }

    /// Takes over the facts of later rows, by the same hashes in as many partitions.
    fn append(&mut self, mut later: Self) {
        self.facts += later.facts;
        self.credits += later.credits;
        self.times.join(later.times);
        self.ascending &= later.ascending && self.last_day <= later.first_day;
        self.first_day = self.first_day.min(later.first_day);
        self.last_day = self.last_day.max(later.last_day);
        let places = self.amounts.join(&mut later.amounts);
        for (partition, more) in self.partitions.iter_mut().zip(later.partitions) {
            partition.append(more, places);
        }
    }

    /// Reads some of the rows, of whose ids `own` makes what is kept.
    fn read<'a, Of: CustomerId, Tz: TimeZone>(
        &mut self,
        columns: &RecordColumns<'a, Of>,
        rows: Range<usize>,
        calendar: &ShopCalendar<Tz>,
        own: impl Fn(&'a Of) -> Id,
    ) -> Result<()> {
        let RecordColumns { customers, unix_seconds, amounts, .. } = *columns;
        let mut clock = DayClock::new(calendar);
        let (mut days, mut packed) = (Vec::with_capacity(BLOCK), Vec::with_capacity(BLOCK));
        // Column by column, so that what is asked of all rows is asked of many at a time.
        for start in rows.clone().step_by(BLOCK) {
            let rows = start..rows.end.min(start + BLOCK);
            let seconds = &unix_seconds[rows.clone()];
            clock.days(seconds, &mut days).map_err(|(at, error)| error.at_record(start + at))?;
            self.amounts.pack_all(&days, &amounts[rows.clone()], &mut packed);
            self.times.note(seconds, &days);
            self.note(&days, amounts[rows.clone()].iter().filter(|&&amount| amount < 0).count());
            if self.last_day.number() >= LATE {
                refuse_milliseconds(seconds).map_err(|(at, error)| error.at_record(start + at))?;
            }
            let (facts, partitions) = (customers[rows].iter().zip(&packed), self.partitions.as_mut_slice());
            if self.staged {
                facts.for_each(|(customer, &packed)| partition_of(partitions, customer).stage(own(customer), packed));
            } else {
                facts.for_each(|(customer, &packed)| partition_of(partitions, customer).push(own(customer), packed));
            }
        }
        Ok(())
    }

    /// An empty log with room for what is expected; whether it keeps each id once.
    pub(super) fn with_capacity(amounts: Amounts, expected: usize, once: bool) -> Self {
        let bits = partition_bits(expected);
        Self { once, ..Self::with_partitions(amounts, bits, expected, staged(bits)) }
    }

    fn with_partitions(amounts: Amounts, bits: u32, expected: usize, staged: usize) -> Self {
        // An eighth more than the mean, since hashes spread unevenly; an expectation is not trusted beyond reason.
        let capacity = (expected >> bits).min(2 * PARTITION_FACTS);
        let capacity = capacity + capacity / 8;
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
            once: false,
            staged: staged > 0,
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
        let (packed, partition) = (self.amounts.pack(fact), partition_of(&mut self.partitions, &customer));
        if self.staged {
            partition.stage(customer, packed);
        } else {
            partition.push(customer, packed);
        }
        if self.once && self.facts % SETTLED == 0 {
            self.each_partition(Partition::settle);
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

    pub(super) fn finish(&mut self) {
        let (once, ascending) = (self.once, self.ascending);
        self.each_partition(|partition| {
            if once {
                partition.settle();
            }
            partition.finish(ascending);
        });
    }

    fn each_partition(&mut self, work: impl Fn(&mut Partition<Id>) + Send + Sync) {
        let size = self.part_size(LEAST_ROWS);
        parallel::map_chunks(&mut self.partitions, size, |_, partitions| partitions.iter_mut().for_each(&work));
    }
}

#[inline]
fn partition_of<'a, Id, Of: CustomerId>(partitions: &'a mut [Partition<Id>], customer: &Of) -> &'a mut Partition<Id> {
    let place = part_of(hash_of(customer), partitions.len());
    &mut partitions[place]
}

/// Facts that are staged where so many bits choose a partition.
const fn staged(bits: u32) -> usize {
    if bits > MAX_DIRECT_BITS { STAGED } else { 0 }
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
