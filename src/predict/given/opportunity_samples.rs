//! The opportunities and purchases of a shop's customers.

use crate::error::{Error, Result};
use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::parallel;
use crate::predict::OpportunitySample;
use crate::predict::given::counted::counted;
use crate::record::calendar::Day;
use crate::record::{CustomerId, Windows};
use crate::scale::Tally;

/// The different samples of a shop's customers, each with its number of customers. They do not depend on the order of the
/// input, nor on its parts. [`opportunity_samples`] has an example.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "Vec<(OpportunitySample, u64)>", into = "Vec<(OpportunitySample, u64)>")
)]
pub struct OpportunitySamples(Tally<OpportunitySample>);

impl OpportunitySamples {
    /// Adds the customers of another part of the shop, which must share none with this one. Linear in distinct rows.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] for more than `2^63 - 1` customers; the samples are unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.0.merge(&other.0)
    }

    /// The number of customers.
    pub const fn customers(&self) -> u64 {
        self.0.customers()
    }

    /// The number of different rows.
    pub fn distinct_rows(&self) -> usize {
        self.0.distinct()
    }

    /// Each different row and its number of customers, ascending by `x`, then `n`, then `t_x`.
    pub fn iter(&self) -> impl Iterator<Item = (OpportunitySample, u64)> + '_ {
        self.0.iter().map(|(&sample, customers)| (sample, customers))
    }
}

impl FromIterator<OpportunitySample> for OpportunitySamples {
    fn from_iter<I: IntoIterator<Item = OpportunitySample>>(samples: I) -> Self {
        // No memory holds 2^63 samples.
        Self(counted(samples.into_iter().map(|sample| (sample, 1))).unwrap_or_default())
    }
}

/// Rows in any order, with the number of customers of each.
///
/// # Errors
///
/// [`Error::CountOverflow`] for more than `2^63 - 1` customers.
impl TryFrom<Vec<(OpportunitySample, u64)>> for OpportunitySamples {
    type Error = Error;

    fn try_from(rows: Vec<(OpportunitySample, u64)>) -> Result<Self> {
        counted(rows).map(Self)
    }
}

impl From<OpportunitySamples> for Vec<(OpportunitySample, u64)> {
    fn from(samples: OpportunitySamples) -> Self {
        samples.iter().collect()
    }
}

/// The samples of every customer who bought before the end of the last window, ascending by id.
///
/// Each window is one opportunity: a year of membership, a month, the days of an annual sale. Windows must not overlap;
/// days between them belong to no opportunity. A customer's windows start after the day of the first purchase in the
/// log: the purchase that wins a customer is not a repeat, nor are others in the same window. All windows count as
/// over: leave out one that still runs. Takes one pass over the purchases, with a search among windows for each;
/// `n log n` in customers.
///
/// # Errors
///
/// [`Error::NotAscending`] with the position of the first window that starts before the one before it ends,
/// [`Error::OutOfRange`] for more windows than [`OpportunitySample::MAX_OPPORTUNITIES`].
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::predict::{OpportunitySample, OpportunitySamples, opportunity_samples};
/// use repurchase::record::{Period, Windows};
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let order = |who, m| Order::new(who, Utc.with_ymd_and_hms(2026, m, 9, 12, 0, 0).unwrap(), Decimal::TEN);
/// let orders = [order("ann", 1)?, order("ann", 2)?, order("ann", 4)?, order("bo", 3)?];
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
/// let months = Windows::periods(Period::Month, day(1, 1), day(5, 31))?;
/// let samples = opportunity_samples(&log, &months)?;
/// assert_eq!(samples[0], ("ann", OpportunitySample::new(2, 3, 4)?), "February and April, of February to May");
/// assert_eq!(samples[1], ("bo", OpportunitySample::new(0, 0, 2)?));
/// let counted: OpportunitySamples = samples.iter().map(|&(_, sample)| sample).collect();
/// assert_eq!(counted.customers(), 2);
/// assert_eq!(OpportunitySamples::try_from(vec![(samples[0].1, 1), (samples[1].1, 1)])?, counted);
/// # Ok::<(), repurchase::Error>(())
/// ```
pub fn opportunity_samples<Id: CustomerId>(
    log: &PurchaseLog<Id>,
    opportunities: &Windows,
) -> Result<Vec<(Id, OpportunitySample)>> {
    let windows: Vec<_> = opportunities.iter().collect();
    let Some(last) = windows.last() else {
        return Ok(Vec::new());
    };
    Error::ascending("days of opportunities", &windows, |before, after| after.start() < before.end())?;
    let count = u32::try_from(windows.len()).unwrap_or(u32::MAX);
    Error::within("opportunities n", count, 0..=OpportunitySample::MAX_OPPORTUNITIES.into())?;
    let bounds: Vec<(Day, Day)> = windows.iter().map(|window| (window.start().into(), window.end().into())).collect();
    let parts = log.fold_parts(last.last(), || OpportunityFold { bounds: &bounds, count, samples: Vec::new() });
    let mut samples = parallel::joined(parts.into_iter().map(|part| part.samples).collect());
    parallel::sort_distinct(&mut samples, |(left, _), (right, _)| left.cmp(right));
    Ok(samples)
}

struct OpportunityFold<'a, Id> {
    bounds: &'a [(Day, Day)],
    count: u32,
    samples: Vec<(Id, OpportunitySample)>,
}

/// A customer from the first purchase on.
struct Bought {
    /// Windows that had started by the day of the first purchase.
    before: u32,
    repeats: u32,
    /// The number, counted from 1, of the last window with a repeat; `before` without any.
    last: u32,
}

impl<Id> CustomerFold<Id> for OpportunityFold<'_, Id> {
    type State = Option<Bought>;

    fn step(&mut self, _: &Id, seen: &mut Option<Bought>, fact: Fact) {
        if !fact.is_purchase() {
            return;
        }
        let place = self.bounds.partition_point(|&(start, _)| start <= fact.day);
        // There are no more windows than `count`.
        let number = place as u32;
        let Some(bought) = seen else {
            *seen = Some(Bought { before: number, repeats: 0, last: number });
            return;
        };
        let is_inside =
            place.checked_sub(1).and_then(|place| self.bounds.get(place)).is_some_and(|&(_, end)| fact.day < end);
        if is_inside && number > bought.last {
            bought.repeats += 1;
            bought.last = number;
        }
    }

    fn finish(&mut self, customer: Id, seen: Option<Bought>) {
        if let Some(Bought { before, repeats, last }) = seen {
            let sample = OpportunitySample::of_valid(repeats, last - before, self.count - before);
            self.samples.push((customer, sample));
        }
    }
}
