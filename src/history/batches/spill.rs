//! Batches in any order.

use core::hash::{BuildHasher, Hash};
use core::marker::PhantomData;
use std::io;

use chrono::NaiveDate;

use super::id::{StoredId, put, take};
use crate::error::{Error, Result};
use crate::history::amounts::{Amounts, Fact};
use crate::history::fold::{HASH, fold, hash_of, part_of};
use crate::history::partition::Partition;
use crate::history::rows::Posting;
use crate::history::{Ledger, PurchaseLog};
use crate::number::money;
use crate::record::calendar::Day;

/// A store for bytes that memory has no room for: files, an object store. This crate opens none itself.
///
/// Parts are numbered from 0 below [`SpilledFold::PARTS`]. `examples/batches.rs` keeps each in a file of its own.
pub trait Spill {
    /// Appends bytes to a part.
    ///
    /// # Errors
    ///
    /// When they could not all be written.
    fn append(&mut self, part: usize, bytes: &[u8]) -> io::Result<()>;

    /// All bytes of a part, none of one that was never appended to.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    fn read(&mut self, part: usize) -> io::Result<Vec<u8>>;
}

impl<S: Spill + ?Sized> Spill for &mut S {
    fn append(&mut self, part: usize, bytes: &[u8]) -> io::Result<()> {
        (**self).append(part, bytes)
    }

    fn read(&mut self, part: usize) -> io::Result<Vec<u8>> {
        (**self).read(part)
    }
}

/// A ledger that is folded from batches in any order, in a given amount of memory.
///
/// Purchases and credits wait as bytes, about 7 and an id each, by the hash of their customer. When they pass the
/// memory that they are given, they are appended to a [`Spill`]; in the end, one part after the other is read back and folded.
/// The result equals [`PurchaseLog::ledger`] of all orders at once, to the bit. Batches in the order of time need no
/// spill: [`LedgerFold`](super::LedgerFold).
///
/// Memory: what is given, one batch, the customers of the ledger, and in the end three times the bytes of the largest part:
/// a 256th of all, or what a single customer has.
///
/// # Examples
///
/// ```
/// use std::io;
///
/// use repurchase::history::{Spill, SpilledFold};
/// use repurchase::{Ledger, Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// struct Parts(Vec<Vec<u8>>);
///
/// impl Spill for Parts {
///     fn append(&mut self, part: usize, bytes: &[u8]) -> io::Result<()> {
///         self.0[part].extend_from_slice(bytes);
///         Ok(())
///     }
///
///     fn read(&mut self, part: usize) -> io::Result<Vec<u8>> {
///         Ok(std::mem::take(&mut self.0[part]))
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let order = |id: u64, day: &str| Ok::<_, Box<dyn std::error::Error>>(Order::on(id, day.parse()?, Decimal::TEN)?);
/// let north = vec![order(2, "2026-03-27")?, order(1, "2026-02-03")?];
/// let south = vec![order(1, "2026-01-09")?, order(3, "2026-03-01")?];
///
/// let (calendar, as_of) = (ShopCalendar::utc(), "2026-03-31".parse()?);
/// let mut fold = SpilledFold::new(as_of, 1 << 20, Parts(vec![Vec::new(); SpilledFold::PARTS]));
/// for store in [&north, &south] {
///     fold.add(&PurchaseLog::from_records(store.clone(), &calendar)?)?;
/// }
/// assert_eq!(fold.finish()?, Ledger::from_records([north, south].concat(), &calendar, as_of)?);
/// # Ok(())
/// # }
/// ```
#[doc(alias("out of core", "external", "larger than memory"))]
#[derive(Debug)]
pub struct SpilledFold<Id, S> {
    as_of: NaiveDate,
    /// The scale of the amounts in waiting bytes.
    scale: u32,
    memory: usize,
    waiting: Vec<Vec<u8>>,
    bytes: usize,
    /// The number of facts of each part.
    facts: Vec<u64>,
    left_out: u64,
    /// Whether every batch keeps each id once.
    once: bool,
    spill: S,
    /// The error after which nothing can be added any more.
    fault: Option<Error>,
    ids: PhantomData<fn() -> Id>,
}

impl SpilledFold<(), ()> {
    /// The parts by the hash of customers.
    pub const PARTS: usize = 1 << 8;
}

impl<Id: StoredId, S: Spill> SpilledFold<Id, S> {
    /// Starts without any order, as of a day, which is included: `memory` bytes of purchases and credits wait before
    /// they are spilled.
    pub fn new(as_of: NaiveDate, memory: usize, spill: S) -> Self {
        Self {
            as_of,
            scale: 0,
            memory,
            waiting: vec![Vec::new(); SpilledFold::PARTS],
            bytes: 0,
            facts: vec![0; SpilledFold::PARTS],
            left_out: 0,
            once: true,
            spill,
            fault: None,
            ids: PhantomData,
        }
    }

    /// Takes in a batch; what happened after the as-of day is left out, and counted in [`Ledger::left_out`]. Takes time linear
    /// in the batch's purchases and credits.
    ///
    /// # Errors
    ///
    /// [`Error::Bytes`] when bytes could not be appended, [`Error::CountOverflow`] for more than `u32::MAX` purchases and
    /// credits in a part. Part of the batch may be counted then: the fold answers nothing but that error any more.
    pub fn add(&mut self, batch: &PurchaseLog<Id>) -> Result<()> {
        self.fault.clone().map_or(Ok(()), Err)?;
        self.take_in(batch).inspect_err(|error| self.fault = Some(error.clone()))
    }

    fn take_in(&mut self, batch: &PurchaseLog<Id>) -> Result<()> {
        if batch.scale() > self.scale {
            // What waits is of the coarser scale.
            self.spill_all()?;
            self.scale = batch.scale();
        }
        self.once &= batch.once;
        let factor = money::power(self.scale - batch.scale()).unwrap_or(1);
        let last = Day::from(self.as_of);
        for (customer, packed) in batch.partitions.iter().flat_map(Partition::facts) {
            let Fact { day, amount } = batch.amounts.unpack(packed);
            if day > last {
                self.left_out += 1;
                continue;
            }
            let part = part_of_customer(customer);
            let bytes = &mut self.waiting[part];
            let before = bytes.len();
            customer.write(bytes);
            put(day.since(Day::MIN).into(), bytes);
            // A sum that would pass 127 bits is refused in the end.
            put(zigzag(amount.saturating_mul(factor)), bytes);
            self.bytes += bytes.len() - before;
            self.facts[part] += 1;
            if self.facts[part] > u32::MAX.into() {
                return Err(Error::CountOverflow { field: "records of a part" });
            }
            if self.bytes > self.memory {
                self.spill_all()?;
            }
        }
        Ok(())
    }

    /// Appends what waits to the spill, as a block with a header: its length, its hash and the scale of its amounts.
    fn spill_all(&mut self) -> Result<()> {
        for (part, bytes) in self.waiting.iter_mut().enumerate().filter(|(_, bytes)| !bytes.is_empty()) {
            let header = Header { length: bytes.len() as u64, hash: HASH.hash_one(&*bytes), scale: self.scale };
            let block = [header.bytes().as_slice(), bytes].concat();
            self.spill.append(part, &block).map_err(|error| failed(part, &error))?;
            bytes.clear();
        }
        self.bytes = 0;
        Ok(())
    }

    /// The ledger of all batches. Takes time linear in purchases and credits, and `n log n` in customers.
    ///
    /// # Errors
    ///
    /// [`Error::Bytes`] when bytes cannot be read, or are not those that were appended; [`Error::Customer`] when the sum of a
    /// customer's amounts does not fit a `Decimal` at the finest scale of all batches; the error of an
    /// [`add`](SpilledFold::add) that failed.
    pub fn finish(self) -> Result<Ledger<Id>> {
        self.finish_parts(|_| Ok(()))
    }

    /// The ledger of all batches, and on the way the log of each part of the customers, with all that they bought up to the as-of
    /// day: what is counted of a log is counted of each and merged, all of it in one pass. A part that nobody is in has no log.
    ///
    /// Rates ([`RepurchaseRates::merge`](crate::measure::RepurchaseRates::merge)), mixes, cohorts, notes
    /// ([`NoteTally`](crate::measure::NoteTally)) and tallies merge; concentration is that of the ledger.
    ///
    /// # Errors
    ///
    /// As [`finish`](SpilledFold::finish), and those of `of_part`.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::history::{Spill, SpilledFold};
    /// use repurchase::measure::{CohortOptions, CohortTable, RateOptions, RepurchaseRates, repurchase_rates};
    /// use repurchase::record::{Period, Windows};
    /// use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar};
    /// use rust_decimal::Decimal;
    ///
    /// # struct Parts(Vec<Vec<u8>>);
    /// # impl Spill for Parts {
    /// #     fn append(&mut self, part: usize, bytes: &[u8]) -> std::io::Result<()> {
    /// #         self.0[part].extend_from_slice(bytes);
    /// #         Ok(())
    /// #     }
    /// #     fn read(&mut self, part: usize) -> std::io::Result<Vec<u8>> {
    /// #         Ok(std::mem::take(&mut self.0[part]))
    /// #     }
    /// # }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let order = |id: u64, day: &str| Ok::<_, Box<dyn std::error::Error>>(Order::on(id, day.parse()?, Decimal::TEN)?);
    /// let stores = [[order(2, "2026-03-27")?, order(1, "2026-02-03")?], [order(1, "2026-02-09")?, order(3, "2026-03-01")?]];
    /// let (as_of, options) = ("2026-03-31".parse()?, RateOptions::default());
    ///
    /// let mut fold = SpilledFold::new(as_of, 1 << 20, Parts(vec![Vec::new(); SpilledFold::PARTS]));
    /// for store in stores {
    ///     fold.add(&PurchaseLog::from_records(store, &ShopCalendar::utc())?)?;
    /// }
    /// let months = Windows::periods(Period::Month, "2026-02-01".parse()?, as_of)?;
    /// let mut rates: Vec<RepurchaseRates> = Vec::new();
    /// let mut cohorts: Option<CohortTable> = None;
    /// fold.finish_parts(|log| {
    ///     let of_part = repurchase_rates(log, &months, &options);
    ///     if rates.is_empty() { rates = of_part } else {
    ///         rates.iter_mut().zip(&of_part).try_for_each(|(all, more)| all.merge(more))?;
    ///     }
    ///     let of_part = CohortTable::of(log, as_of, &CohortOptions::default())?;
    ///     match &mut cohorts {
    ///         Some(all) => all.merge(&of_part)?,
    ///         None => cohorts = Some(of_part),
    ///     }
    ///     Ok(())
    /// })?;
    /// assert_eq!(rates[0].users, Ratio::new(1, 1)?, "in February, customer 1 bought twice");
    /// assert_eq!(cohorts.ok_or("bought")?.cohorts.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn finish_parts(mut self, mut of_part: impl FnMut(&PurchaseLog<Id>) -> Result<()>) -> Result<Ledger<Id>> {
        self.fault.take().map_or(Ok(()), Err)?;
        let mut rows = Vec::with_capacity(SpilledFold::PARTS);
        for part in 0..SpilledFold::PARTS {
            let waiting = core::mem::take(&mut self.waiting[part]);
            let facts = self.facts[part] as usize;
            if facts == 0 {
                continue;
            }
            let mut read = Read { log: PurchaseLog::with_capacity(Amounts::with_scale(self.scale), facts, self.once) };
            let spilled = self.spill.read(part).map_err(|error| failed(part, &error))?;
            let is_whole = read.blocks(&spilled).and_then(|()| read.block(&waiting, self.scale));
            if is_whole.is_none() || read.log.facts != facts {
                return Err(Error::bytes(name(part), "has not the bytes that were appended"));
            }
            drop((spilled, waiting));
            let mut log = read.log;
            log.finish();
            of_part(&log)?;
            let mut posting = Posting::new(self.scale);
            fold(&log.partitions, &log.amounts, self.as_of.into(), &mut posting);
            rows.push(posting.rows);
        }
        let mut ledger = Ledger::of_rows(rows, self.scale, self.as_of, None)?;
        ledger.left_out = self.left_out;
        Ok(ledger)
    }
}

/// By bits of the hash that choose no partition of a log: all of a part's customers would lie in few of them, and each of
/// these would be taken for a sample of all.
fn part_of_customer<Id: Hash>(customer: &Id) -> usize {
    part_of(hash_of(customer) >> 16, SpilledFold::PARTS)
}

fn name(part: usize) -> String {
    format!("part {part} of the spill")
}

fn failed(part: usize, error: &io::Error) -> Error {
    Error::bytes(name(part), format!("failed: {error}"))
}

/// The header of a block.
struct Header {
    length: u64,
    hash: u64,
    scale: u32,
}

impl Header {
    fn bytes(&self) -> Vec<u8> {
        [&self.length.to_le_bytes()[..], &self.hash.to_le_bytes(), &self.scale.to_le_bytes()].concat()
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self { length: u64::read(bytes)?, hash: u64::read(bytes)?, scale: u32::read(bytes)? })
    }
}

/// The facts of a part as they are read.
struct Read<Id> {
    /// The log, at the finest scale of all blocks.
    log: PurchaseLog<Id>,
}

impl<Id: StoredId> Read<Id> {
    /// `None` for bytes that are no blocks.
    fn blocks(&mut self, mut bytes: &[u8]) -> Option<()> {
        while !bytes.is_empty() {
            let header = Header::read(&mut bytes)?;
            let (block, rest) = bytes.split_at_checked(usize::try_from(header.length).ok()?)?;
            if HASH.hash_one(block) != header.hash {
                return None;
            }
            self.block(block, header.scale)?;
            bytes = rest;
        }
        Some(())
    }

    /// `None` for bytes that are no facts.
    fn block(&mut self, mut bytes: &[u8], scale: u32) -> Option<()> {
        let factor = money::power(self.log.scale().checked_sub(scale)?)?;
        while !bytes.is_empty() {
            let id = Id::read(&mut bytes)?;
            let day = u32::try_from(take(&mut bytes)?).ok()?;
            let day = Some(Day::nth(day)).filter(|day| day.since(Day::MIN) <= Day::MAX.since(Day::MIN))?;
            let amount = unzigzag(take(&mut bytes)?).saturating_mul(factor);
            self.log.add_fact(id, Fact { day, amount });
        }
        Some(())
    }
}

/// Amounts near 0, of either sign, as small numbers.
const fn zigzag(amount: i128) -> u128 {
    (amount << 1 ^ amount >> 127) as u128
}

const fn unzigzag(number: u128) -> i128 {
    (number >> 1) as i128 ^ -((number & 1) as i128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_of_a_part_lie_in_all_partitions_of_its_log() {
        let mut partitions = [0; 256];
        let mut parts = [0; SpilledFold::PARTS];
        for id in 0..1_000_000_u64 {
            parts[part_of_customer(&id)] += 1;
            if part_of_customer(&id) == 7 {
                partitions[part_of(hash_of(&id), 256)] += 1;
            }
        }
        // Some 3,900 a part, and 15 of them a partition.
        assert!(parts.iter().all(|customers| (3_500..4_300).contains(customers)), "{parts:?}");
        assert!(partitions.iter().all(|customers| (1..45).contains(customers)), "{partitions:?}");
    }

    #[test]
    fn amounts_of_either_sign_are_read_back() {
        for amount in [0, 1, -1, 63, -64, i128::MAX, i128::MIN] {
            assert_eq!(unzigzag(zigzag(amount)), amount);
        }
        assert_eq!([0, -1, 1, -2].map(zigzag), [0, 1, 2, 3]);
    }
}
