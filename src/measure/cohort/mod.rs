//! Cohorts: how many of the customers won in one period come back in each later one, and what they are worth by then.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::PurchaseLog;
use crate::measure::BuyerSums;
use crate::measure::days::PeriodOfDay;
use crate::measure::net::{Net, NetSum};
use crate::number::money;
use crate::record::{CustomerId, Period, Window};
use crate::scale::{Bands, Ratio};

mod fold;
mod left;
mod rows;

pub use rows::{CohortRow, GroupCohortRow, group_cohort_rows, group_cohort_table};

/// The way a cohort's time is counted, from the purchase that made its customers.
///
/// Periods of life are told by their **offset**, from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Life {
    /// Time in calendar periods of the table: offset 0 is the cohort's own, 1 the next. Whoever is won late in a month
    /// has a short month 0.
    #[default]
    Calendar,
    /// Time in spans of this many days, 1 or more, from each customer's own first purchase day: with 30, offset 0 is
    /// days 0 to
    /// 29. With 1, the retention at offset n is **N-day retention**.
    Days(u32),
    /// Time in brackets of days since the first purchase day, half-open: edges 1, 8 and 31 make offsets of day 0, days
    /// 1 to 7, 8 to 30, and 31 and later, which never ends.
    Brackets(Bands<u32>),
}

/// The options by which cohorts are made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CohortOptions {
    /// The calendar period of the first purchase, which makes the cohort; a month by default.
    pub period: Period,
    /// The way its time is counted; in calendar periods by default.
    pub life: Life,
}

impl Default for CohortOptions {
    fn default() -> Self {
        Self { period: Period::Month, life: Life::default() }
    }
}

impl CohortOptions {
    /// The same options with another period of the first purchase.
    #[must_use]
    pub fn with_period(self, period: Period) -> Self {
        Self { period, ..self }
    }

    /// The same options with time counted in another way.
    #[must_use]
    pub fn with_life(self, life: Life) -> Self {
        Self { life, ..self }
    }
}

/// The customers whose first purchase lies in one period, and what they buy in each period of their life from then on.
///
/// A period of life is **open** while some of the customers have not lived it to its end: its numbers may still grow.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Cohort {
    /// The period of the first purchase.
    pub window: Window,
    /// The cohort's customers, 1 or more.
    pub customers: u64,
    /// Customers with a purchase, purchases and net revenue, by offset; an offset without any is left out.
    pub cells: BTreeMap<u32, BuyerSums>,
    /// The customers by the offset of their last purchase; an offset without any is left out. They add up to all.
    pub last: BTreeMap<u32, u64>,
    /// The number of offsets that have begun for the oldest customer by the as-of day, 1 or more.
    pub offsets: u32,
    /// The number of these that are over for every customer, counted from offset 0: those from here on are open.
    pub complete_offsets: u32,
}

impl Cohort {
    /// The purchases of its customers in the period of an offset, credits of that period deducted; `None` for one that
    /// begins after the as-of day.
    pub fn at(&self, offset: u32) -> Option<BuyerSums> {
        (offset < self.offsets).then(|| self.cells.get(&offset).copied().unwrap_or_default())
    }

    /// The purchases of its customers from offset 0 up to and including another: all of them, since each buys at the
    /// start.
    ///
    /// [`revenue_per_customer`](BuyerSums::revenue_per_customer) of it is the cohort's value at that offset. `None`
    /// for a period that begins after the as-of day. Takes time linear in the offsets up to it.
    #[doc(alias("LTV", "cumulative revenue", "customer value"))]
    pub fn through(&self, offset: u32) -> Option<BuyerSums> {
        self.at(offset)?;
        let mut sums = BuyerSums { customers: self.customers, ..BuyerSums::default() };
        for cell in self.cells.range(..=offset).map(|(_, cell)| cell) {
            sums.purchases = sums.purchases.checked_add(cell.purchases)?;
            sums.revenue = money::exact_sum(sums.revenue, cell.revenue)?;
        }
        Some(sums)
    }

    /// The retention: those of its customers who buy in the period of an offset, of all its customers.
    ///
    /// `None` for a period that begins after the as-of day.
    #[doc(alias("retention rate", "留存率"))]
    pub fn retention(&self, offset: u32) -> Option<Ratio> {
        Ratio::new(self.at(offset)?.customers, self.customers).ok()
    }

    /// Unbounded retention: those of its customers who buy in the period of an offset or in a later one, of all its
    /// customers.
    ///
    /// Whoever has not come back by the as-of day may still do so: it only ever grows. `None` for a period that begins
    /// after the as-of day.
    #[doc(alias("rolling retention", "return on or after"))]
    pub fn unbounded_retention(&self, offset: u32) -> Option<Ratio> {
        self.at(offset)?;
        Ratio::new(self.last.range(offset..).map(|(_, customers)| customers).sum(), self.customers).ok()
    }

    /// The first offset by whose end the value of a customer reaches the cost of winning one; `None` when it has not
    /// done so as of the day.
    ///
    /// Compared exactly. From [`complete_offsets`](Cohort::complete_offsets) on the period is open: the cost is paid back
    /// already, by what those bring who have lived it so far, and a credit may still take that away.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when the cost is not above 0.
    #[doc(alias("CAC", "payback period", "回本周期"))]
    pub fn payback(&self, cost_per_customer: Decimal) -> Result<Option<u32>> {
        let cost = Error::above_zero("cost of winning a customer", cost_per_customer)?;
        let mut revenue = Decimal::ZERO;
        for (&offset, cell) in &self.cells {
            let Some(sum) = money::exact_sum(revenue, cell.revenue) else { return Ok(None) };
            revenue = sum;
            if reaches(revenue, cost, self.customers) {
                return Ok(Some(offset));
            }
        }
        Ok(None)
    }
}

/// Whether an amount is at least a cost above 0 for each of `customers` customers.
fn reaches(revenue: Decimal, cost: Decimal, customers: u64) -> bool {
    let scale = revenue.scale().max(cost.scale());
    // What does not fit is larger than what does.
    let whole = money::minor(cost, scale).and_then(|cost| cost.checked_mul(customers.into()));
    match (money::minor(revenue, scale), whole) {
        (Some(revenue), Some(whole)) => revenue >= whole,
        (None, Some(_)) => revenue.is_sign_positive(),
        (_, None) => false,
    }
}

/// The cohorts of a shop, oldest first: retention, revenue, orders and customers by period of life.
///
/// **Population**: every customer with a purchase up to the as-of day stands in exactly one cohort, that of the
/// calendar period of the first purchase in the log. A period in which nobody buys for the first time has no cohort.
/// Credits make nobody active; they lower the revenue of the period in which they were issued. Several purchases in one
/// period are one activity. The revenue of all cells, less [`other_credits`](CohortTable::other_credits), is that of
/// the shop.
///
/// # Examples
///
/// ```
/// use repurchase::measure::{CohortOptions, CohortTable, Life};
/// use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let rows = [("ann", "2026-01-09", 30), ("ann", "2026-02-20", 50), ("bo", "2026-01-31", 20), ("cy", "2026-02-01", 10)];
/// let orders = rows.map(|(who, day, amount)| Ok(Order::on(who, day.parse()?, Decimal::from(amount))?));
/// let orders = orders.into_iter().collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let table = CohortTable::of(&log, "2026-03-15".parse()?, &CohortOptions::default())?;
/// let january = table.cohort("2026-01-31".parse()?).ok_or("Ann and Bo")?;
/// assert_eq!(january.retention(1), Some(Ratio::new(1, 2)?));
/// assert_eq!(january.retention(2), Some(Ratio::new(0, 2)?), "March has begun");
/// assert_eq!((january.complete_offsets, january.retention(3)), (2, None), "and is not over");
///
/// // 50 in January, 100 by the end of February: 50 a customer, which pays back 40.
/// assert_eq!(january.at(0).map(|sums| sums.revenue), Some(Decimal::from(50)));
/// assert_eq!(january.through(1).and_then(|sums| sums.revenue_per_customer()), Some(Decimal::from(50)));
/// assert_eq!(january.payback(Decimal::from(40))?, Some(1));
/// assert_eq!(table.through(1)?.revenue, Decimal::from(100), "February's customers have not lived March to its end");
///
/// // In 30-day months from each customer's own first day, Ann's second order is of her month 1.
/// let options = CohortOptions::default().with_life(Life::Days(30));
/// let table = CohortTable::of(&log, "2026-03-15".parse()?, &options)?;
/// assert_eq!((table.cohorts[0].complete_offsets, table.cohorts[0].offsets), (1, 3), "43 days of Bo's, 65 of Ann's");
///
/// // By any key of the customer.
/// let tables = CohortTable::by(&log, "2026-03-15".parse()?, &options, |&who| who < "b")?;
/// assert_eq!(tables[&true].cohorts[0].customers, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("retention", "cohort analysis", "cohort value", "留存"))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CohortTable {
    /// The options by which the cohorts were made.
    pub options: CohortOptions,
    /// The day up to and including which purchases and credits count.
    pub as_of: NaiveDate,
    /// The cohorts, ascending by their windows, which are disjoint.
    pub cohorts: Vec<Cohort>,
    /// Credits before their customer's first purchase day, and of customers who have not bought: 0 or more.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub other_credits: Decimal,
}

impl CohortTable {
    /// The cohorts of a log as of a day. A log without a purchase up to that day has no cohorts. Takes one pass over the
    /// purchases, and memory for each cohort and offset up to the last that somebody bought in.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for periods of life of no days; [`Error::DayOverflow`] when a cohort's period reaches
    /// beyond chrono's limits; [`Error::AmountOverflow`] when the revenue of a cohort up to some offset does not fit a
    /// `Decimal` at the finest scale of all amounts.
    pub fn of<Id: CustomerId>(log: &PurchaseLog<Id>, as_of: NaiveDate, options: &CohortOptions) -> Result<Self> {
        let whole = Self::by(log, as_of, options, |_| ())?.pop_first();
        Ok(whole.map_or_else(|| Self::empty(as_of, options), |((), table)| table))
    }

    /// The cohorts of each group of customers, ascending by group, in one pass.
    ///
    /// `key` says to which group a customer belongs: a channel, a product, a coupon, a region. It is asked for the
    /// purchases of each customer's first purchase day, in no particular order; where it differs among them, as the key
    /// [of an order](crate::record::Keyed) may, the smallest counts. So every customer stands in one group with
    /// all that was bought ever after. Credits of those who have not bought stand in the group of their own key.
    ///
    /// Takes time `log n` in groups for each customer, too.
    ///
    /// # Errors
    ///
    /// As [`of`](CohortTable::of).
    pub fn by<Id: CustomerId, K: Ord + Clone + Send>(
        log: &PurchaseLog<Id>,
        as_of: NaiveDate,
        options: &CohortOptions,
        key: impl Fn(&Id) -> K + Sync,
    ) -> Result<BTreeMap<K, Self>> {
        if let Life::Days(days) = options.life {
            Error::within("days of a period of life", days, 1..=u32::MAX.into())?;
        }
        let Some((first, last)) = log.days() else {
            return Ok(BTreeMap::new());
        };
        let of_day = PeriodOfDay::new(options.period, (first, last.min(as_of)));
        let empty = Self::empty(as_of, options);
        if log.sums_to_64_bits() {
            count::<_, _, i64>(log, &of_day, &empty, &key)
        } else {
            count::<_, _, Net>(log, &of_day, &empty, &key)
        }
    }

    fn empty(as_of: NaiveDate, options: &CohortOptions) -> Self {
        Self { options: options.clone(), as_of, cohorts: Vec::new(), other_credits: Decimal::ZERO }
    }

    /// The cohort in whose period a day lies; `None` when nobody bought for the first time in that period.
    pub fn cohort(&self, day: NaiveDate) -> Option<&Cohort> {
        self.cohorts.iter().find(|cohort| cohort.window.contains(day))
    }

    /// The retention at an offset of all cohorts together.
    ///
    /// **Population**: the customers of the cohorts for which the offset is complete; 0 of 0 when it is for none. Each
    /// customer weighs the same, so large cohorts weigh more than small ones.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] for a table of more than `u64::MAX` customers, which is not that of a log.
    pub fn retention(&self, offset: u32) -> Result<Ratio> {
        self.merged(offset, Cohort::retention)
    }

    /// The [unbounded retention](Cohort::unbounded_retention) at an offset of all cohorts together.
    ///
    /// **Population** and errors: as [`retention`](CohortTable::retention).
    ///
    /// # Errors
    ///
    /// As [`retention`](CohortTable::retention).
    pub fn unbounded_retention(&self, offset: u32) -> Result<Ratio> {
        self.merged(offset, Cohort::unbounded_retention)
    }

    fn merged(&self, offset: u32, of: impl Fn(&Cohort, u32) -> Option<Ratio>) -> Result<Ratio> {
        let mut whole = Ratio::default();
        self.complete(offset).filter_map(|cohort| of(cohort, offset)).try_for_each(|ratio| whole.merge(&ratio))?;
        Ok(whole)
    }

    /// The purchases of customers from offset 0 up to and including another, all cohorts together.
    ///
    /// **Population**: the customers of the cohorts for which the offset is complete, each weighing the same; nobody
    /// and 0 when it is for none. Open cells are in none of it.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] when the revenue does not fit a `Decimal` exactly; [`Error::CountOverflow`] for
    /// counts that are not those of a log.
    pub fn through(&self, offset: u32) -> Result<BuyerSums> {
        let mut whole = BuyerSums::default();
        for cohort in self.complete(offset) {
            let amount = Error::AmountOverflow { field: "revenue of cohorts" };
            let sums = cohort.through(offset).ok_or(amount.clone())?;
            let count = |left: u64, right| left.checked_add(right).ok_or(Error::CountOverflow { field: "cohorts" });
            whole = BuyerSums {
                customers: count(whole.customers, sums.customers)?,
                purchases: count(whole.purchases, sums.purchases)?,
                revenue: money::exact_sum(whole.revenue, sums.revenue).ok_or(amount)?,
            };
        }
        Ok(whole)
    }

    fn complete(&self, offset: u32) -> impl Iterator<Item = &Cohort> {
        self.cohorts.iter().filter(move |cohort| offset < cohort.complete_offsets)
    }
}

fn count<Id: CustomerId, K: Ord + Clone + Send, S: NetSum>(
    log: &PurchaseLog<Id>,
    of_day: &PeriodOfDay,
    empty: &CohortTable,
    key: &(impl Fn(&Id) -> K + Sync),
) -> Result<BTreeMap<K, CohortTable>> {
    let new = || fold::CohortFold::<_, _, S>::new(of_day, &empty.options.life, key);
    fold::tables(log.fold_joined(empty.as_of, new, fold::CohortFold::join), log, empty)
}
