//! The next purchase: how soon the buyers of a day or month come again.

use core::fmt;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::error::Result;
use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::measure::days::PeriodOfDay;
use crate::number::quotient;
use crate::record::calendar::Day;
use crate::record::{CustomerId, Period, Window};
use crate::scale::Ratio;
use crate::scale::table::{TextTable, counted};

/// Interpurchase times: how soon those who buy in one period come again.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct InterpurchaseTimes {
    /// The period of the purchase.
    pub window: Window,
    /// Purchase days of a customer in the period that are followed by another one within the days asked for, of those that were
    /// observed for that long.
    pub rate: Ratio,
    /// The other purchase days of the period: too late to be judged, whether another one has followed or not.
    pub unobserved: u64,
    /// The mean of the days from one to the next, of those in the count of `rate`, correctly rounded; `None` for none.
    pub mean_days: Option<f64>,
    /// The median of the same days, the mean of the two in the middle where their number is even; `None` for none.
    pub median_days: Option<f64>,
}

/// [`InterpurchaseTimes`] in plain fields, named as the header of a file would be.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct InterpurchaseRow {
    /// The first day of the period of the purchase.
    pub first_day: NaiveDate,
    /// The last one.
    pub last_day: NaiveDate,
    /// Purchase days in it that were observed for long enough.
    pub purchase_days: u64,
    /// Those of them that were followed by another one in time.
    pub followed: u64,
    /// `followed / purchase_days`, correctly rounded; `None` without one.
    pub rate: Option<f64>,
    /// [`InterpurchaseTimes::unobserved`].
    pub unobserved: u64,
    /// [`InterpurchaseTimes::mean_days`].
    pub mean_days: Option<f64>,
    /// [`InterpurchaseTimes::median_days`].
    pub median_days: Option<f64>,
}

impl InterpurchaseTimes {
    /// The same in plain fields. [`next_purchase_table`] has an example.
    pub fn row(&self) -> InterpurchaseRow {
        let Self { window, rate, unobserved, mean_days, median_days } = *self;
        InterpurchaseRow {
            first_day: window.start(),
            last_day: window.last(),
            purchase_days: rate.of(),
            followed: rate.count(),
            rate: rate.value(),
            unobserved,
            mean_days,
            median_days,
        }
    }
}

/// Prints the days, the rate with its counts, and the mean and the median of the days to the next purchase.
impl fmt::Display for InterpurchaseTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { window, rate, unobserved, mean_days, median_days } = *self;
        let [mean, median] = [mean_days, median_days].map(days_or_dash);
        write!(f, "{window}: followed {rate}, mean {mean} days, median {median}, unobserved {unobserved}")
    }
}

fn days_or_dash(days: Option<f64>) -> String {
    days.map_or_else(|| "-".to_owned(), |days| format!("{days:.1}"))
}

/// Times to the next purchase as a terminal shows them: one line for each period, columns aligned, the share beside its count.
///
/// A dash stands for a number of nobody.
///
/// # Examples
///
/// ```
/// use repurchase::measure::{next_purchase_table, next_purchases};
/// use repurchase::record::Period;
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let rows = [("ann", "2026-03-01"), ("ann", "2026-03-11"), ("ann", "2026-03-14"), ("bo", "2026-04-01")];
/// let orders = rows.map(|(who, day)| Ok(Order::on(who, day.parse()?, Decimal::TEN)?));
/// let orders = orders.into_iter().collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let months = next_purchases(&log, Period::Month, 30, "2026-04-15".parse()?)?;
/// assert_eq!(
///     next_purchase_table(&months).to_string(),
///     "days                     purchase days    followed  mean days  median days  unobserved
/// 2026-03-01..=2026-03-31              3  2   66.67%        6.5          6.5           0
/// 2026-04-01..=2026-04-30              0  0        -          -            -           1"
/// );
/// assert_eq!((months[0].row().followed, months[0].row().mean_days), (2, Some(6.5)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn next_purchase_table(times: &[InterpurchaseTimes]) -> impl fmt::Display + use<> {
    let mut table = TextTable::new(1, ["days", "purchase days", "followed", "mean days", "median days", "unobserved"]);
    for InterpurchaseTimes { window, rate, unobserved, mean_days, median_days } in times {
        let [mean, median] = [*mean_days, *median_days].map(days_or_dash);
        let (days, of) = (window.to_string(), rate.of().to_string());
        table.push(vec![days, of, counted(*rate), mean, median, unobserved.to_string()]);
    }
    table
}

/// Returns, for each calendar period of the purchase, the days to the customer's next purchase, where it follows within
/// `within_days` days.
///
/// Purchases are counted by day: a customer's orders of one day are one. The next purchase may lie in a later period.
///
/// **Population** of each period: the customers' purchase days in it that lie at least `within_days` days before `as_of`.
/// Later ones stand in [`unobserved`](InterpurchaseTimes::unobserved): to count those of them that were followed already would
/// make the latest periods look fast. Means and medians are those of the ones who came again in time; for a curve that
/// needs no limit, see [`SurvivalCurve::of_nth_purchase`](crate::measure::SurvivalCurve::of_nth_purchase). A period
/// without a purchase does not appear.
///
/// Takes memory for each period and number of days that occurs.
///
/// # Errors
///
/// [`Error::DayOverflow`](crate::Error::DayOverflow) when a period reaches beyond chrono's limits.
///
/// # Examples
///
/// ```
/// use repurchase::measure::next_purchases;
/// use repurchase::record::Period;
/// use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let rows = [("ann", "2026-03-01"), ("ann", "2026-03-11"), ("ann", "2026-03-14"), ("bo", "2026-03-01")];
/// let orders = rows.map(|(who, day)| Ok(Order::on(who, day.parse()?, Decimal::TEN)?));
/// let orders = orders.into_iter().collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let days = next_purchases(&log, Period::Day, 30, "2026-04-10".parse()?)?;
/// assert_eq!((days[0].rate, days[0].mean_days), (Ratio::new(1, 2)?, Some(10.0)), "1 March: Ann, not Bo");
/// assert_eq!((days[2].rate, days[2].unobserved), (Ratio::new(0, 0)?, 1), "14 March is 27 days ago");
/// let months = next_purchases(&log, Period::Month, 30, "2026-04-30".parse()?)?;
/// assert_eq!((months[0].rate, months[0].median_days), (Ratio::new(2, 4)?, Some(6.5)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("repurchase cycle", "inter-purchase time", "复购周期", "回购周期"))]
pub fn next_purchases<Id: CustomerId>(
    log: &PurchaseLog<Id>,
    period: Period,
    within_days: u32,
    as_of: NaiveDate,
) -> Result<Vec<InterpurchaseTimes>> {
    let Some((first, last)) = log.days() else {
        return Ok(Vec::new());
    };
    let of_day = PeriodOfDay::new(period, (first, last.min(as_of)));
    let new = || NextFold { of_day: &of_day, within_days, as_of: as_of.into(), days: HashMap::default() };
    let mut periods: BTreeMap<u32, BTreeMap<u32, u64>> = BTreeMap::new();
    for ((period, days), count) in log.fold_joined(as_of, new, NextFold::join).days {
        periods.entry(period).or_default().insert(days, count);
    }
    periods.into_iter().map(|(position, days)| Ok(summary(of_day.window(position)?, days))).collect()
}

/// The mark in place of the days of a purchase that was not followed in time, or was not observed for long enough.
const NOT_IN_TIME: u32 = u32::MAX;
const UNOBSERVED: u32 = u32::MAX - 1;

fn summary(window: Window, mut days: BTreeMap<u32, u64>) -> InterpurchaseTimes {
    let unobserved = days.remove(&UNOBSERVED).unwrap_or_default();
    let late = days.remove(&NOT_IN_TIME).unwrap_or_default();
    let returned: u64 = days.values().sum();
    let sum: i128 = days.iter().map(|(&days, &count)| i128::from(days) * i128::from(count)).sum();
    let at = |place: u64| {
        let mut passed = 0;
        let reached = days.iter().find(|&(_, &count)| {
            passed += count;
            passed > place
        });
        reached.map_or(0, |(&days, _)| i128::from(days))
    };
    let middle = returned.checked_sub(1).and_then(|last| quotient(at(last / 2) + at(returned / 2), 2));
    InterpurchaseTimes {
        window,
        rate: Ratio::counted(returned, returned + late),
        unobserved,
        mean_days: quotient(sum, returned.into()),
        median_days: middle,
    }
}

struct NextFold<'a> {
    of_day: &'a PeriodOfDay,
    within_days: u32,
    as_of: Day,
    /// Purchase days by their period and the days to the next one.
    days: HashMap<(u32, u32), u64, FixedState>,
}

impl NextFold<'_> {
    fn join(&mut self, other: &Self) {
        for (&cell, count) in &other.days {
            *self.days.entry(cell).or_default() += count;
        }
    }

    fn add(&mut self, day: Day, next: Option<Day>) {
        let days = match next.map(|next| next.since(day)) {
            _ if self.as_of.since(day) < self.within_days => UNOBSERVED,
            Some(days) if days <= self.within_days => days,
            _ => NOT_IN_TIME,
        };
        *self.days.entry((self.of_day.at(day), days)).or_default() += 1;
    }
}

impl<Id> CustomerFold<Id> for NextFold<'_> {
    /// The last purchase day so far.
    type State = Option<Day>;

    fn step(&mut self, _: &Id, last: &mut Option<Day>, fact: Fact) {
        if !fact.is_purchase() || *last == Some(fact.day) {
            return;
        }
        if let Some(day) = last.replace(fact.day) {
            self.add(day, Some(fact.day));
        }
    }

    fn finish(&mut self, _: Id, last: Option<Day>) {
        if let Some(day) = last {
            self.add(day, None);
        }
    }
}
