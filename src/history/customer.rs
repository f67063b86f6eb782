//! The history of one customer.

use chrono::{NaiveDate, TimeZone};
use rust_decimal::Decimal;

use super::Ledger;
use super::gaps::{GapStatistics, GapSums};
use super::logarithms::from_units;
use super::statistics::Statistics;
use crate::error::{Error, Result};
use crate::number::money;
use crate::record::calendar::Day;
use crate::record::{Order, ShopCalendar};

/// The sufficient statistics of one customer's purchases and credits: small, of fixed size, exact.
///
/// Grown by [`record_order`](CustomerHistory::record_order) in O(1) as orders come in, or read from a
/// [`Ledger`](crate::Ledger); both give the same value. The empty history is that of a customer of whom nothing is
/// known, and the neutral element of [`merge`](CustomerHistory::merge).
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::{CustomerHistory, Order, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let calendar = ShopCalendar::utc();
/// let mut history = CustomerHistory::new();
/// for day in [1, 4, 10] {
///     let at = Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap();
///     history.record_order(&Order::new("ann", at, Decimal::TEN)?, &calendar)?;
/// }
/// assert_eq!(history.purchases(), 3);
/// assert_eq!(history.revenue(), Decimal::from(30));
/// assert_eq!(history.gaps().map(|gaps| gaps.mean_days()), Some(4.5));
///
/// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
/// let summary = history.repeat_summary(day(29)).expect("bought before");
/// assert_eq!((summary.repeats(), summary.recency_days(), summary.age_weeks()), (2, 9, 4.0));
/// assert_eq!(summary.mean_spend(), Some(10.0));
///
/// // Parts of a customer's time are joined, unless they overlap.
/// let mut later = CustomerHistory::new();
/// later.record_purchase(day(20), Decimal::TEN)?;
/// later.merge(&history)?;
/// assert_eq!(later.purchases(), 4);
/// assert!(later.merge(&history).is_err());
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "super::stored::StoredHistory", into = "super::stored::StoredHistory"))]
pub struct CustomerHistory {
    pub(super) known: Statistics<Decimal>,
}

impl CustomerHistory {
    /// The decimals of the finest of its sums.
    pub(crate) fn finest_scale(&self) -> u32 {
        self.known.finest_scale()
    }

    /// The history of a customer of whom nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an order, if it is a purchase; one that is unpaid, cancelled or fully refunded changes nothing.
    ///
    /// Orders come in the order of their days; on one day in any order. (Where clocks go back across midnight, a later
    /// instant can lie on an earlier day.)
    ///
    /// # Errors
    ///
    /// As [`record_purchase`](CustomerHistory::record_purchase), and [`Error::NoDay`] as [`ShopCalendar::day`]. The
    /// history is unchanged by an order that is refused.
    pub fn record_order<Id, Tz: TimeZone>(&mut self, order: &Order<Id>, calendar: &ShopCalendar<Tz>) -> Result<()> {
        if !order.is_purchase() {
            return Ok(());
        }
        self.record_purchase(order.day(calendar)?, order.net_amount())
    }

    /// Adds a purchase of a net amount, 0 or more, on a day not before the last purchase. O(1).
    ///
    /// # Errors
    ///
    /// [`Error::OlderPurchase`] for a day before the last purchase: such a history is to be rebuilt from its orders.
    /// [`Error::Amount`] for an amount below 0, [`Error::AmountOverflow`] and [`Error::CountOverflow`] for sums beyond
    /// their types. The history is unchanged by a purchase that is refused.
    pub fn record_purchase(&mut self, day: NaiveDate, net_amount: Decimal) -> Result<()> {
        let net_amount = Error::not_negative("net amount of a purchase", net_amount)?;
        if self.known.purchases > 0 && day < self.known.last.date() {
            return Err(Error::OlderPurchase { day, last: self.known.last.date() });
        }
        if self.known.purchases == u32::MAX {
            return Err(Error::CountOverflow { field: "number of purchases" });
        }
        let mut next = self.known;
        next.add_purchase(day.into(), net_amount).ok_or(Error::AmountOverflow { field: "sum of purchases" })?;
        self.become_checked(next)
    }

    /// Adds a credit of an amount above 0. O(1); credits come in any order.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] for an amount that is not above 0, [`Error::AmountOverflow`] and [`Error::CountOverflow`] for
    /// sums beyond their types. The history is unchanged by a credit that is refused.
    pub fn record_credit(&mut self, amount: Decimal) -> Result<()> {
        Error::above_zero("amount of a credit", amount)?;
        if self.known.credits == u32::MAX {
            return Err(Error::CountOverflow { field: "number of credits" });
        }
        let mut next = self.known;
        next.add_credit(amount).ok_or(Error::AmountOverflow { field: "sum of credits" })?;
        self.become_checked(next)
    }

    /// Adds the history of another part of the same customer's time, an earlier or a later one.
    ///
    /// One part may end on the day on which the other starts.
    ///
    /// # Errors
    ///
    /// [`Error::OverlappingHistories`] when both have purchases and neither ends before, or on the day on which, the
    /// other starts; [`Error::AmountOverflow`] and [`Error::CountOverflow`] for sums beyond their types. The history is
    /// then unchanged. [`CustomerHistory`] has an example.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let next = if self.known.purchases == 0 || other.known.purchases == 0 || self.known.last <= other.known.first {
            self.followed_by(other)?
        } else if other.known.last <= self.known.first {
            other.followed_by(self)?
        } else {
            let is_earlier = (self.known.first, self.known.last) <= (other.known.first, other.known.last);
            let (earlier, later) = if is_earlier { (&*self, other) } else { (other, &*self) };
            return Err(Error::OverlappingHistories {
                end: earlier.known.last.date(),
                start: later.known.first.date(),
            });
        };
        self.become_checked(next)
    }

    /// Revenue is `spend - credited`; both fit, and so must their difference.
    fn become_checked(&mut self, next: Statistics<Decimal>) -> Result<()> {
        money::exact_sum(next.spend, -next.credited).ok_or(Error::AmountOverflow { field: "revenue" })?;
        self.known = next;
        Ok(())
    }

    /// `later` may start on the day on which `self` ends.
    fn followed_by(&self, later: &Self) -> Result<Statistics<Decimal>> {
        let (later, earlier) = (&later.known, &self.known);
        let sum = |field, left, right| money::exact_sum(left, right).ok_or(Error::AmountOverflow { field });
        let count = |field, left: u32, right| left.checked_add(right).ok_or(Error::CountOverflow { field });
        let mut joined = *earlier;
        joined.credits = count("number of credits", earlier.credits, later.credits)?;
        joined.credited = sum("sum of credits", earlier.credited, later.credited)?;
        joined.purchases = count("number of purchases", earlier.purchases, later.purchases)?;
        joined.spend = sum("sum of purchases", earlier.spend, later.spend)?;
        if later.purchases == 0 {
            return Ok(joined);
        }
        joined.last = later.last;
        if earlier.purchases == 0 {
            joined.first = later.first;
            joined.purchase_days = later.purchase_days;
            joined.first_day_spend = later.first_day_spend;
            joined.gaps = later.gaps;
            return Ok(joined);
        }
        let shared_day = earlier.last == later.first;
        // A purchase day holds a purchase, so days fit where purchases did.
        joined.purchase_days = earlier.purchase_days + later.purchase_days - u32::from(shared_day);
        joined.gaps.merge(later.gaps);
        if !shared_day {
            joined.gaps.add(later.first.since(earlier.last));
        } else if earlier.first == earlier.last {
            joined.first_day_spend = sum("sum of purchases", earlier.first_day_spend, later.first_day_spend)?;
        }
        Ok(joined)
    }

    /// Purchases: paid orders that are not fully refunded.
    pub const fn purchases(&self) -> u64 {
        self.known.purchases as u64
    }

    /// The number of distinct days with a purchase.
    pub const fn purchase_days(&self) -> u64 {
        self.known.purchase_days as u64
    }

    /// The day of the first purchase; `None` without one.
    pub fn first_purchase(&self) -> Option<NaiveDate> {
        (self.known.purchases > 0).then(|| self.known.first.date())
    }

    /// The day of the last purchase; `None` without one.
    pub fn last_purchase(&self) -> Option<NaiveDate> {
        (self.known.purchases > 0).then(|| self.known.last.date())
    }

    /// [`last_purchase`](CustomerHistory::last_purchase) as the number of the day, which takes no calendar.
    #[inline]
    pub(crate) fn last_day(&self) -> Option<Day> {
        (self.known.purchases > 0).then_some(self.known.last)
    }

    /// The amount paid for the purchases, net of their own refunds; credits, which name no order, are not taken off.
    pub const fn spend(&self) -> Decimal {
        self.known.spend
    }

    /// The part of [`spend`](CustomerHistory::spend) that fell on the first purchase day.
    pub const fn first_day_spend(&self) -> Decimal {
        self.known.first_day_spend
    }

    /// The number of credits.
    pub const fn credits(&self) -> u64 {
        self.known.credits as u64
    }

    /// The sum of the credits, 0 or more.
    pub const fn credited(&self) -> Decimal {
        self.known.credited
    }

    /// The customer's revenue: spend less credits. Below 0 when more was credited than spent.
    #[inline]
    pub fn revenue(&self) -> Decimal {
        if self.known.credits == 0 {
            return self.known.spend;
        }
        self.known.spend - self.known.credited
    }

    /// The spend per purchase; `None` without a purchase.
    ///
    /// Rounded to a `Decimal`'s 28 digits where the quotient does not end.
    #[doc(alias("AOV", "客单价"))]
    pub fn mean_order_amount(&self) -> Option<Decimal> {
        self.known.spend.checked_div(self.known.purchases.into())
    }

    /// The gaps between purchase days; `None` with fewer than two of them.
    pub fn gaps(&self) -> Option<GapStatistics> {
        GapStatistics::new(
            self.known.purchase_days.saturating_sub(1),
            self.known.last.since(self.known.first),
            self.known.gaps,
        )
    }

    /// The recency of RFM: days from the last purchase to `as_of`.
    ///
    /// `None` without a purchase, and when the last one lies after `as_of`.
    pub fn days_since_last(&self, as_of: NaiveDate) -> Option<u32> {
        let as_of = Day::from(as_of);
        (self.known.purchases > 0 && self.known.last <= as_of).then(|| as_of.since(self.known.last))
    }

    /// Returns the numbers that models of repeat purchases read of a customer as of a day.
    ///
    /// `None` without a purchase, and when the last one lies after `as_of`. [`CustomerHistory`] has an example.
    pub fn repeat_summary(&self, as_of: NaiveDate) -> Option<RepeatSummary> {
        self.days_since_last(as_of)?;
        let known = &self.known;
        let repeat_spend = known.spend - known.first_day_spend;
        Some(RepeatSummary::of(known.purchase_days, [known.first, known.last, as_of.into()], known.gaps, repeat_spend))
    }
}

/// `x`, `t_x`, `T`, the logarithms of gaps and the mean spend of one customer as of a day, as the buy-till-you-die models
/// define them.
///
/// Several purchases on one day are one; the first purchase day opens the account and is no repeat. Made by
/// [`CustomerHistory::repeat_summary`].
///
/// # References
///
/// P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "Counting your customers the easy way", Marketing Science 24(2),
/// 275-284, doi 10.1287/mksc.1040.0098.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RepeatSummary {
    repeats: u32,
    recency_days: u32,
    age_days: u32,
    logarithms: u64,
    repeat_spend: Decimal,
}

impl<Id> Ledger<Id> {
    /// [`CustomerHistory::repeat_summary`] of the customer at a position, as of the ledger's day.
    #[inline]
    pub(crate) fn repeat_summary(&self, index: usize) -> Option<RepeatSummary> {
        let row = self.columns.row(index)?;
        let repeat_spend = money::decimal(row.spend - row.first_day_spend, self.scale)?;
        Some(RepeatSummary::of(row.purchase_days, [row.first, row.last, self.as_of.into()], row.gaps, repeat_spend))
    }
}

impl RepeatSummary {
    /// Makes the summary of a customer with a purchase, of the first, the last and the as-of day.
    #[inline]
    pub(super) fn of(purchase_days: u32, days: [Day; 3], gaps: GapSums, repeat_spend: Decimal) -> Self {
        let [first, last, as_of] = days;
        let (recency_days, age_days) = (last.since(first), as_of.since(first));
        Self { repeats: purchase_days - 1, recency_days, age_days, logarithms: gaps.logarithms, repeat_spend }
    }

    /// `x`: purchase days - 1.
    pub const fn repeats(&self) -> u32 {
        self.repeats
    }

    /// `t_x` in days: last - first purchase day. 0 when `x` is 0.
    pub const fn recency_days(&self) -> u32 {
        self.recency_days
    }

    /// `T` in days: as-of day - first purchase day, not below `t_x`.
    pub const fn age_days(&self) -> u32 {
        self.age_days
    }

    /// `t_x` in weeks, that is days / 7, fractional.
    pub fn recency_weeks(&self) -> f64 {
        f64::from(self.recency_days) / 7.0
    }

    /// `T` in weeks, that is days / 7, fractional.
    pub fn age_weeks(&self) -> f64 {
        f64::from(self.age_days) / 7.0
    }

    /// `Σ ln g`: the sum of the natural logarithms of the gaps in days, each as
    /// [`gap_logarithm`](crate::history::gap_logarithm) gives it. 0 when `x` is 0.
    pub fn ln_gaps(&self) -> f64 {
        from_units(self.logarithms)
    }

    /// The spend on the repeat purchase days, net of refunds; credits are left out.
    pub const fn repeat_spend(&self) -> Decimal {
        self.repeat_spend
    }

    /// The mean spend per repeat purchase day, correctly rounded; `None` when `x` is 0.
    pub fn mean_spend(&self) -> Option<f64> {
        money::mean(self.repeat_spend, self.repeats.into())
    }
}
