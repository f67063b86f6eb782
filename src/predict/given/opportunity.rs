//! What a model of purchase opportunities is given of a customer.

use crate::error::{Error, Result};
use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::parallel;
use crate::predict::given::gather::gather;
use crate::record::calendar::Day;
use crate::record::{CustomerId, Windows};
use crate::scale::Tally;

/// `x`, `t_x` and `n` of one customer: at how many of `n` opportunities the customer bought, and the last of them.
///
/// An opportunity is a period, an event or an issue at which a customer buys or does not; how much, or how often within
/// it, does not matter. The purchase that won the customer comes before the first opportunity.
///
/// # Examples
///
/// ```
/// use repurchase::predict::OpportunitySample;
///
/// // Bought in the second and the third of six years, and in none since.
/// let sample = OpportunitySample::new(2, 3, 6)?;
/// assert_eq!((sample.repeats(), sample.recency(), sample.opportunities()), (2, 3, 6));
///
/// let error = OpportunitySample::new(3, 2, 6).unwrap_err();
/// assert_eq!(error.to_string(), "recency t_x must lie between 3 and 6, found 2");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredSample"))]
pub struct OpportunitySample {
    repeats: u32,
    opportunities: u32,
    recency: u32,
}

impl OpportunitySample {
    /// A customer before the first opportunity: `x`, `t_x` and `n` are 0.
    ///
    /// What a model says of it, it says of a new customer.
    pub const NEW: Self = Self { repeats: 0, opportunities: 0, recency: 0 };

    /// The most opportunities of a customer: as many days as 273 years have. A model's time is linear in them.
    pub const MAX_OPPORTUNITIES: u32 = 100_000;

    /// A customer who bought at `repeats` of `opportunities` opportunities, the last time at number `recency`, counted
    /// from 1.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for more than [`MAX_OPPORTUNITIES`](OpportunitySample::MAX_OPPORTUNITIES), unless
    /// `x <= t_x <= n`, and for a recency without a repeat.
    pub fn new(repeats: u32, recency: u32, opportunities: u32) -> Result<Self> {
        within("opportunities n", opportunities, 0, Self::MAX_OPPORTUNITIES)?;
        within("repeats x", repeats, 0, opportunities)?;
        within("recency t_x", recency, repeats, if repeats > 0 { opportunities } else { 0 })?;
        Ok(Self { repeats, opportunities, recency })
    }

    /// `x`: the opportunities at which the customer bought.
    pub const fn repeats(&self) -> u32 {
        self.repeats
    }

    /// `t_x`: the number of the last opportunity at which the customer bought, counted from 1; 0 when `x` is 0.
    pub const fn recency(&self) -> u32 {
        self.recency
    }

    /// `n`: the opportunities that the customer had.
    pub const fn opportunities(&self) -> u32 {
        self.opportunities
    }
}

pub(in crate::predict) fn within(field: &'static str, found: u32, min: u32, max: u32) -> Result<()> {
    if (min..=max).contains(&found) {
        return Ok(());
    }
    Err(Error::OutOfRange { field, found: found.into(), min: min.into(), max: max.into() })
}

/// The samples of a shop's customers: each different one once, with the number of customers who share it.
///
/// No order of the input and no split into parts changes them.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{OpportunitySample, OpportunitySamples};
///
/// let (one, other) = (OpportunitySample::new(2, 3, 6)?, OpportunitySample::new(0, 0, 6)?);
/// let samples: OpportunitySamples = [one, other, one].into_iter().collect();
/// assert_eq!(samples.iter().collect::<Vec<_>>(), [(other, 1), (one, 2)]);
/// assert_eq!(OpportunitySamples::from(vec![(other, 1), (one, 2)]), samples);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<(OpportunitySample, u64)>", into = "Vec<(OpportunitySample, u64)>"))]
pub struct OpportunitySamples(Tally<OpportunitySample>);

impl OpportunitySamples {
    /// The samples of two parts of a shop, that share no customer.
    ///
    /// # Complexity
    ///
    /// Linear in distinct rows.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self(self.0.and(other.0))
    }

    /// How many customers.
    pub const fn customers(&self) -> u64 {
        self.0.customers()
    }

    /// How many different rows.
    pub fn distinct_rows(&self) -> usize {
        self.0.distinct()
    }

    /// Each different row and the number of customers who share it, ascending by `x`, then `n`, then `t_x`.
    pub fn iter(&self) -> impl Iterator<Item = (OpportunitySample, u64)> + '_ {
        self.0.iter().map(|(&sample, customers)| (sample, customers))
    }
}

impl FromIterator<OpportunitySample> for OpportunitySamples {
    fn from_iter<I: IntoIterator<Item = OpportunitySample>>(samples: I) -> Self {
        Self(gather(samples.into_iter().map(|sample| (sample, 1))))
    }
}

/// Rows in any order, with the number of customers of each. Of more than `2^63 - 1` customers in all, which no shop has,
/// those of the last rows are left out.
impl From<Vec<(OpportunitySample, u64)>> for OpportunitySamples {
    fn from(rows: Vec<(OpportunitySample, u64)>) -> Self {
        Self(gather(rows))
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
/// days between them belong to no opportunity. The windows of a customer are those that start after the day of the
/// customer's first purchase in the log: the purchase that wins a customer is not a repeat, nor are others in the same
/// window. All windows count as over: leave out one that still runs.
///
/// # Errors
///
/// [`Error::NotAscending`] with the position of the first window that starts before the one before it ends,
/// [`Error::OutOfRange`] for more windows than [`OpportunitySample::MAX_OPPORTUNITIES`].
///
/// # Complexity
///
/// One pass over the purchases, with a search among windows for each; `n log n` in customers.
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
///
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
/// let months = Windows::periods(Period::Month, day(1, 1), day(5, 31))?;
/// let samples = opportunity_samples(&log, &months)?;
/// assert_eq!(samples[0], ("ann", OpportunitySample::new(2, 3, 4)?), "February and April, of February to May");
/// assert_eq!(samples[1], ("bo", OpportunitySample::new(0, 0, 2)?));
///
/// let of_the_shop: OpportunitySamples = samples.iter().map(|&(_, sample)| sample).collect();
/// assert_eq!(of_the_shop.customers(), 2);
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
    if let Some(position) = windows.windows(2).position(|pair| pair[1].start() < pair[0].end()) {
        return Err(Error::NotAscending { what: "days of opportunities", position: position + 1 });
    }
    let count = u32::try_from(windows.len()).unwrap_or(u32::MAX);
    within("opportunities n", count, 0, OpportunitySample::MAX_OPPORTUNITIES)?;
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

/// What is known of a customer so far; `None` before the first purchase.
#[derive(Default)]
struct Seen(Option<Bought>);

struct Bought {
    /// Windows that had started by the day of the first purchase.
    before: u32,
    repeats: u32,
    /// The number, counted from 1, of the last window with a repeat; `before` without any.
    last: u32,
}

impl<Id> CustomerFold<Id> for OpportunityFold<'_, Id> {
    type State = Seen;

    fn step(&mut self, Seen(seen): &mut Seen, fact: Fact) {
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

    fn finish(&mut self, customer: Id, Seen(seen): Seen) {
        if let Some(Bought { before, repeats, last }) = seen {
            let sample = OpportunitySample { repeats, opportunities: self.count - before, recency: last - before };
            self.samples.push((customer, sample));
        }
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSample {
    repeats: u32,
    recency: u32,
    opportunities: u32,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredSample> for OpportunitySample {
    type Error = Error;

    fn try_from(StoredSample { repeats, recency, opportunities }: StoredSample) -> Result<Self> {
        Self::new(repeats, recency, opportunities)
    }
}
