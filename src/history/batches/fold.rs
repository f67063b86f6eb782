//! Batches in the order of time.

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::history::fold::{Accounts, StateOf, hash_of, part_of};
use crate::history::partition::DayOrder;
use crate::history::rows::Rows;
use crate::history::statistics::Statistics;
use crate::history::{Fact, Ledger, PurchaseLog};
use crate::number::money;
use crate::record::CustomerId;
use crate::record::calendar::Day;

/// A ledger that is folded from batches in the order of time: a file per month, pages of a database cursor.
///
/// Each batch is a [`PurchaseLog`], dropped when it is folded, so that any number of orders takes the memory of their
/// customers, some 200 bytes and an id each, and of one batch. The result equals
/// [`PurchaseLog::ledger`] of all orders at once, to the bit; so it does, too, when the batches have different scales. Batches in no
/// order: [`SpilledFold`](super::SpilledFold).
///
/// # Examples
///
/// ```
/// use repurchase::history::LedgerFold;
/// use repurchase::{Ledger, Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let order = |id, day: &str| Ok::<_, Box<dyn std::error::Error>>(Order::on(id, day.parse()?, Decimal::TEN)?);
/// let february = vec![order("bo", "2026-02-27")?, order("ann", "2026-02-03")?];
/// let march = vec![order("ann", "2026-03-09")?, order("cy", "2026-03-01")?];
///
/// let (calendar, as_of) = (ShopCalendar::utc(), "2026-03-31".parse()?);
/// let mut fold = LedgerFold::new(as_of);
/// for month in [&february, &march] {
///     fold.add(&PurchaseLog::from_records(month.clone(), &calendar)?)?;
/// }
/// let ledger = fold.finish()?;
/// assert_eq!(ledger, Ledger::from_records([february, march].concat(), &calendar, as_of)?);
/// # Ok(())
/// # }
/// ```
#[doc(alias("streaming", "out of core", "incremental"))]
#[derive(Debug, Clone)]
pub struct LedgerFold<Id> {
    as_of: NaiveDate,
    scale: u32,
    customers: Spread<Id>,
    /// The first day on which the next batch may begin.
    earliest: Day,
    left_out: u64,
    /// The most purchases, or credits, of any customer.
    most: u64,
}

impl<Id: CustomerId> LedgerFold<Id> {
    /// Starts without any order, as of a day, which is included.
    pub fn new(as_of: NaiveDate) -> Self {
        let customers = Spread { parts: (0..PARTS).map(|_| Accounts::new()).collect() };
        Self { as_of, scale: 0, customers, earliest: Day::MIN, left_out: 0, most: 0 }
    }

    /// Goes on from a ledger, such as last night's, as of a later day: the next batch begins on the day after the ledger's.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for a day before the ledger's.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::history::LedgerFold;
    /// use repurchase::{Ledger, Order, PurchaseLog, ShopCalendar};
    /// use rust_decimal::Decimal;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let order = |id, day: &str| Ok::<_, Box<dyn std::error::Error>>(Order::on(id, day.parse()?, Decimal::TEN)?);
    /// let (calendar, today) = (ShopCalendar::utc(), "2026-03-31".parse()?);
    /// let so_far = vec![order("bo", "2026-02-27")?, order("ann", "2026-02-03")?];
    /// let yesterday = Ledger::from_records(so_far.clone(), &calendar, "2026-03-30".parse()?)?;
    ///
    /// let new = vec![order("ann", "2026-03-31")?];
    /// let mut fold = LedgerFold::resume(&yesterday, today)?;
    /// fold.add(&PurchaseLog::from_records(new.clone(), &calendar)?)?;
    /// assert_eq!(fold.finish()?, Ledger::from_records([so_far, new].concat(), &calendar, today)?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume(ledger: &Ledger<Id>, as_of: NaiveDate) -> Result<Self> {
        if as_of < ledger.as_of {
            return Err(Error::AsOfMismatch { left: ledger.as_of, right: as_of });
        }
        let mut fold = Self { scale: ledger.scale, ..Self::new(as_of) };
        let bought = (0..ledger.len()).filter_map(|index| ledger.columns.row(index));
        for (id, known) in ledger.ids.iter().zip(bought) {
            let place = fold.customers.place(id);
            *fold.customers.state(place) = known;
        }
        for (id, history) in &ledger.without_purchase {
            let place = fold.customers.place(id);
            *fold.customers.state(place) = history.known.minor(ledger.scale)?;
        }
        let counts = fold.customers.states().map(|known| known.purchases.max(known.credits));
        fold.most = counts.max().unwrap_or(0).into();
        // A ledger as of chrono's last day has nothing after it.
        fold.earliest = Day::from(ledger.as_of).plus(1).unwrap_or(Day::MAX);
        Ok(fold)
    }

    /// Folds a batch, which begins on the last day of those before it or later; what happened after the as-of day is left
    /// out, and counted in [`Ledger::left_out`]. Takes time linear in the batch's purchases and credits.
    ///
    /// # Errors
    ///
    /// [`Error::BatchOrder`] for a batch that begins before the last day of an earlier one; [`Error::CountOverflow`] when a
    /// customer could have more than `u32::MAX` purchases or credits. Nothing of the batch is counted then.
    pub fn add(&mut self, batch: &PurchaseLog<Id>) -> Result<()> {
        let Some((first, _)) = batch.days() else { return Ok(()) };
        if batch.first_day < self.earliest {
            return Err(Error::BatchOrder { first, earliest: self.earliest.date() });
        }
        let facts = (batch.purchases() + batch.credits()) as u64;
        if self.most + facts > u32::MAX.into() {
            let counts = self.customers.states().map(|known| known.purchases.max(known.credits));
            let most = u64::from(counts.max().unwrap_or(0));
            if most + facts > u32::MAX.into() {
                return Err(Error::CountOverflow { field: "purchases of a customer" });
            }
            self.most = most;
        }
        let factor = self.refine(batch.scale());
        let (mut order, mut counted) = (DayOrder::default(), 0);
        for partition in &batch.partitions {
            partition.walk(
                self.as_of.into(),
                &batch.amounts,
                &mut order,
                &mut self.customers,
                |_, known, Fact { day, amount }| {
                    // A sum that would pass 127 bits stays there, and is refused in the end.
                    let amount = amount.saturating_mul(factor);
                    let _: Option<()> = if amount >= 0 {
                        known.add_purchase(day, amount)
                    } else {
                        known.add_credit(amount.saturating_neg())
                    };
                    counted += 1;
                },
            );
        }
        self.earliest = batch.last_day;
        self.most += facts;
        self.left_out += facts - counted;
        Ok(())
    }

    /// The ledger of all batches. Takes time `n log n` in customers, who are sorted by id.
    ///
    /// # Errors
    ///
    /// [`Error::Customer`] when the sum of a customer's amounts does not fit a `Decimal` at the finest scale of all batches.
    pub fn finish(self) -> Result<Ledger<Id>> {
        let rows = |part: Accounts<Id, Statistics<i128>>| {
            let (mut rows, mut list) = (Rows::new(self.scale), part.into_list());
            rows.reserve(list.len());
            rows.append(&mut list);
            rows
        };
        let parts = self.customers.parts.into_iter().map(rows).collect();
        let mut ledger = Ledger::of_rows(parts, self.scale, self.as_of, None)?;
        ledger.left_out = self.left_out;
        Ok(ledger)
    }

    /// Takes over a finer scale; by what amounts of the given scale are multiplied.
    fn refine(&mut self, scale: u32) -> i128 {
        let factor = |from: u32, to: u32| money::power(to.saturating_sub(from)).unwrap_or(1);
        if scale > self.scale {
            let finer = factor(self.scale, scale);
            self.customers.states().for_each(|known| known.scale_by(finer));
            self.scale = scale;
        }
        factor(scale, self.scale)
    }
}

/// Parts of the customers: each is small enough to grow without a copy of all of them.
const PARTS: usize = 1 << 6;

/// Customers in parts by their hash, as a log has them.
#[derive(Debug, Clone)]
struct Spread<Id> {
    parts: Vec<Accounts<Id, Statistics<i128>>>,
}

impl<Id> Spread<Id> {
    fn states(&mut self) -> impl Iterator<Item = &mut Statistics<i128>> {
        self.parts.iter_mut().flat_map(|part| part.list().iter_mut().map(|(_, known)| known))
    }
}

impl<Id: CustomerId> StateOf<Id> for Spread<Id> {
    type State = Statistics<i128>;
    type Place = (u32, u32);

    #[inline]
    fn place(&mut self, customer: &Id) -> (u32, u32) {
        // As a log's partitions are chosen, so that a partition of a batch meets few parts.
        let part = part_of(hash_of(customer), PARTS);
        (part as u32, self.parts[part].place(customer))
    }

    #[inline]
    fn state(&mut self, (part, place): (u32, u32)) -> &mut Statistics<i128> {
        self.parts[part as usize].state(place)
    }
}
