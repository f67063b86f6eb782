//! Cohorts: how many of the customers won in one period are active in each later one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::error::Result;
use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::measure::days::PeriodOfDay;
use crate::record::{CustomerId, Period, Window};
use crate::scale::Ratio;

/// The customers whose first purchase lies in one period, and how many of them buy in each period from it on.
///
/// Periods are told by their **offset**: 0 is the cohort's own, 1 the next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Cohort {
    /// The period of the first purchase.
    pub window: Window,
    /// The cohort's customers, 1 or more.
    pub customers: u64,
    /// The customers with a purchase, by offset; an offset without any is left out. Offset 0 holds all customers.
    pub active: BTreeMap<u32, u64>,
    /// How many offsets have begun by the as-of day, 1 or more.
    pub offsets: u32,
    /// How many of these are over, counted from offset 0: `offsets`, or one less when the last one is still running.
    pub complete_offsets: u32,
}

impl Cohort {
    /// How many of its customers buy in the period of an offset; `None` for a period that begins after the as-of day.
    ///
    /// The count of the last offset may still grow: see [`complete_offsets`](Cohort::complete_offsets).
    pub fn active(&self, offset: u32) -> Option<u64> {
        (offset < self.offsets).then(|| self.active.get(&offset).copied().unwrap_or(0))
    }

    /// The retention: those of its customers who buy in the period of an offset, of all its customers.
    ///
    /// `None` for a period that begins after the as-of day.
    #[doc(alias("retention rate", "留存率"))]
    pub fn retention(&self, offset: u32) -> Option<Ratio> {
        Ratio::new(self.active(offset)?, self.customers).ok()
    }
}

/// The cohorts of a shop, oldest first.
///
/// **Population**: every customer with a purchase up to the as-of day stands in exactly one cohort, that of the
/// calendar period of the first purchase in the log. A period in which nobody buys for the first time has no cohort.
/// Credits make nobody active, and several purchases in one period are one activity.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::measure::CohortTable;
/// use repurchase::record::Period;
/// use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let order = |who, m| Order::new(who, Utc.with_ymd_and_hms(2026, m, 9, 12, 0, 0).unwrap(), Decimal::TEN);
/// let orders = [order("ann", 1)?, order("ann", 2)?, order("bo", 1)?, order("cy", 2)?];
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
/// let table = CohortTable::of(&log, Period::Month, day(3, 15))?;
/// let january = table.cohort(day(1, 31)).expect("Ann and Bo");
/// assert_eq!(january.retention(1), Some(Ratio::new(1, 2)?));
/// assert_eq!(january.active(2), Some(0), "March has begun");
/// assert_eq!(january.complete_offsets, 2, "and is not over");
/// assert_eq!(january.active(3), None);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias("retention", "cohort analysis", "留存"))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CohortTable {
    /// The length of a cohort and of an offset.
    pub period: Period,
    /// The day up to and including which purchases count.
    pub as_of: NaiveDate,
    /// The cohorts, ascending by their windows, which are disjoint.
    pub cohorts: Vec<Cohort>,
}

impl CohortTable {
    /// The cohorts of a log as of a day, by any calendar period. A log without a purchase up to that day has no
    /// cohorts. Takes one pass over the purchases, and memory for each cohort and offset that somebody bought in.
    ///
    /// # Errors
    ///
    /// [`Error::DayOverflow`](crate::Error::DayOverflow) when a cohort's period reaches beyond chrono's limits.
    pub fn of<Id: CustomerId>(log: &PurchaseLog<Id>, period: Period, as_of: NaiveDate) -> Result<Self> {
        let Some((first, last)) = log.days() else {
            return Ok(Self { period, as_of, cohorts: Vec::new() });
        };
        let of_day = PeriodOfDay::new(period, (first, last.min(as_of)));
        let (begun, complete) = of_day.begun_and_complete(as_of);
        let fold = || CohortFold { of_day: &of_day, cells: HashMap::default() };
        let CohortFold { cells, .. } = log.fold_joined(as_of, fold, CohortFold::join);
        let mut active: BTreeMap<u32, BTreeMap<u32, u64>> = BTreeMap::new();
        for ((cohort, offset), customers) in cells {
            active.entry(cohort).or_default().insert(offset, customers);
        }
        let cohorts = active.into_iter().map(|(position, active)| {
            Ok(Cohort {
                window: of_day.window(position)?,
                customers: active.get(&0).copied().unwrap_or(0),
                active,
                // A purchase in the cohort's period lies on or before the as-of day, so the period has begun.
                offsets: begun - position,
                complete_offsets: complete - position,
            })
        });
        Ok(Self { period, as_of, cohorts: cohorts.collect::<Result<_>>()? })
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
    /// [`Error::CountOverflow`](crate::Error::CountOverflow) for a table of more than `u64::MAX` customers, which is
    /// not that of a log.
    pub fn retention(&self, offset: u32) -> Result<Ratio> {
        let complete = self.cohorts.iter().filter(|cohort| offset < cohort.complete_offsets);
        let mut whole = Ratio::default();
        complete.filter_map(|cohort| cohort.retention(offset)).try_for_each(|ratio| whole.merge(&ratio))?;
        Ok(whole)
    }
}

struct CohortFold<'a> {
    of_day: &'a PeriodOfDay,
    /// Active customers by the position of the cohort's period and the offset.
    cells: HashMap<(u32, u32), u64, FixedState>,
}

impl CohortFold<'_> {
    fn join(&mut self, other: &Self) {
        for (&cell, customers) in &other.cells {
            *self.cells.entry(cell).or_insert(0) += customers;
        }
    }
}

impl<Id> CustomerFold<Id> for CohortFold<'_> {
    /// The periods of the customer's first and last purchase so far.
    type State = Option<(u32, u32)>;

    fn step(&mut self, active: &mut Self::State, fact: Fact) {
        if !fact.is_purchase() {
            return;
        }
        let period = self.of_day.at(fact.day);
        let (cohort, last) = active.unwrap_or((period, period));
        if active.is_none() || last < period {
            *self.cells.entry((cohort, period - cohort)).or_insert(0) += 1;
            *active = Some((cohort, period));
        }
    }

    fn finish(&mut self, _: Id, _: Self::State) {}
}
