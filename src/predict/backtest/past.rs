//! The input of a rolling backtest, where a shop's customers are counted apart.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::courses::Courses;
use crate::error::{Error, Result};
use crate::history::PurchaseLog;
use crate::predict::Samples;
use crate::record::CustomerId;
use crate::record::calendar::Day;

/// All that a rolling backtest needs to know of a shop's past: the different customers as of the as-of day and of each day that lies
/// a whole number of horizons before it, with what they did in the horizon that followed, each with its number.
///
/// Tallies of customers who are on many machines [merge](PastTally::merge) to the tally of all of them, and
/// [`RollingBacktest::run_tally`](super::RollingBacktest::run_tally) and
/// [`ShopChecks::of_tally`](crate::shop::ShopChecks::of_tally) say of it what they say of one log, to the last bit. A part
/// does not know which windows are complete in the whole shop: it keeps all windows in which it has a customer, 104 at most.
/// On one machine [`RollingBacktest::run_parts`](super::RollingBacktest::run_parts) holds as few at a time as it is told to.
///
/// **Population**: the customers of the logs, each in one of them with all of their purchases.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::predict::{FitOptions, ModelKind, PastTally, RollingBacktest};
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let as_of = NaiveDate::from_ymd_opt(2025, 12, 31).unwrap();
/// let log = |ids: core::ops::Range<u64>| {
///     let of_one = |id: u64| (0..300_u64).filter(move |day| (7 * id + day * (1 + id % 11)) % 41 == 0).map(move |day| (id, day));
///     let order = |(id, day)| Order::on(id, as_of - chrono::Days::new(day), Decimal::TEN);
///     PurchaseLog::from_records(ids.flat_map(of_one).map(order).collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc())
/// };
/// let mut past = PastTally::of(&log(0..70)?, as_of, 30)?;
/// past.merge(&PastTally::of(&log(70..200)?, as_of, 30)?)?;
/// let (whole, kinds, options) = (log(0..200)?, [ModelKind::Nbd, ModelKind::MbgNbd], FitOptions::default());
/// assert_eq!(
///     RollingBacktest::run_tally(&past, &kinds, &options)?,
///     RollingBacktest::run(&whole, as_of, 30, &kinds, &options)?
/// );
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastTally {
    as_of: NaiveDate,
    horizon_days: u32,
    /// The customers as of the as-of day, and of each split, the latest first; equal customers counted, ascending.
    windows: Vec<Courses>,
}

/// The most windows worked on of those that begin after the last purchase of all.
const LEAST_WINDOWS: u32 = 3;

/// The most windows; the others are left out: two years of weeks.
const MOST_WINDOWS: u32 = 104;

impl PastTally {
    /// The tally of no customers.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a horizon of 0 days, [`Error::DayOverflow`] for one that leaves the calendar.
    pub fn new(as_of: NaiveDate, horizon_days: u32) -> Result<Self> {
        checked_horizon(as_of, horizon_days)?;
        Ok(Self { as_of, horizon_days, windows: Vec::new() })
    }

    /// The tally of every customer of a log, which must be complete up to the as-of day.
    ///
    /// # Errors
    ///
    /// As [`new`](PastTally::new), and [`Error::Customer`] as [`PurchaseLog::ledger`].
    ///
    /// # Complexity
    ///
    /// That of one pass over the log up to its end, and of sorting its customers, for each window.
    pub fn of<Id: CustomerId>(log: &PurchaseLog<Id>, as_of: NaiveDate, horizon_days: u32) -> Result<Self> {
        let mut tally = Self::new(as_of, horizon_days)?;
        for back in 0..=MOST_WINDOWS {
            let Some(split) = split(as_of.into(), horizon_days, back) else { break };
            let mut courses = Courses::of(log, split, as_of.into(), horizon_days)?;
            if courses.list.is_empty() {
                break;
            }
            courses.count()?;
            tally.windows.push(courses);
        }
        Ok(tally)
    }

    /// Adds the customers of another part of the shop, which must share none with this one.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for a tally as of another day, [`Error::OutOfRange`] for one of another horizon,
    /// [`Error::AmountOverflow`] where amounts do not fit a `Decimal` at the finer scale of both, [`Error::CountOverflow`] for
    /// more than 2^53 customers; the tally is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.as_of != other.as_of {
            return Err(Error::AsOfMismatch { left: self.as_of, right: other.as_of });
        }
        let days = u64::from(self.horizon_days);
        Error::within("days of a merged tally's horizon", other.horizon_days, days..=days)?;
        let scale = self.windows.iter().chain(&other.windows).map(|courses| courses.scale).max().unwrap_or(0);
        let mut left = self.windows.iter().map(|courses| courses.at_scale(scale));
        let mut right = other.windows.iter().map(|courses| courses.at_scale(scale));
        let mut windows = Vec::with_capacity(left.len().max(right.len()));
        loop {
            windows.push(match (left.next().transpose()?, right.next().transpose()?) {
                (Some(mut left), Some(right)) => {
                    left.add(right)?;
                    left.count()?;
                    left
                }
                (Some(only), None) | (None, Some(only)) => only,
                (None, None) => break,
            });
        }
        self.windows = windows;
        Ok(())
    }

    /// The customers as of the as-of day, with their gaps and without spend.
    pub fn samples(&self) -> Samples {
        let courses = self.courses(self.as_of.into());
        let rows = courses.list.iter().map(|course| (course.times(true), course.customers));
        // A log holds fewer than 2^63 customers.
        Samples::from_rows(Some(self.as_of), rows, []).unwrap_or_else(|_| Samples::new(self.as_of))
    }

    /// The as-of day.
    pub const fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The length of each window, in days.
    pub const fn horizon_days(&self) -> u32 {
        self.horizon_days
    }

    /// The number of customers.
    pub fn customers(&self) -> u64 {
        self.windows.first().map_or(0, Courses::customers)
    }

    #[cfg(feature = "serde")]
    pub(super) fn windows(&self) -> &[Courses] {
        &self.windows
    }

    /// Makes a tally from windows as they are kept.
    #[cfg(feature = "serde")]
    pub(super) fn from_windows(as_of: NaiveDate, horizon_days: u32, windows: Vec<Courses>) -> Result<Self> {
        Error::within("windows of a stored tally", windows.len() as u64, 0..=u64::from(MOST_WINDOWS) + 1)?;
        Ok(Self { as_of, horizon_days, windows })
    }

    /// The customers as of a split, or of the as-of day; nobody where none is known.
    pub(super) fn courses(&self, split: Day) -> Cow<'_, Courses> {
        match self.windows.iter().find(|courses| courses.split == split) {
            Some(courses) => Cow::Borrowed(courses),
            None => Cow::Owned(Courses::none(split)),
        }
    }
}

/// Checks that windows of this length are days, and that the one after the as-of day is of the calendar.
pub(super) fn checked_horizon(as_of: NaiveDate, horizon_days: u32) -> Result<()> {
    Error::within("days of a horizon", horizon_days, 1..=u32::MAX.into())?;
    Day::from(as_of).plus(horizon_days.into()).map(|_| ())
}

/// The splits of the windows that run in a shop of this first and last purchase day, the latest first.
pub(super) fn complete((first, last): (Day, Day), as_of: Day, horizon_days: u32) -> Vec<Day> {
    let windows = (as_of.since(first) / horizon_days).saturating_sub(1).min(MOST_WINDOWS);
    let splits = (1..=windows).filter_map(|back| Some((back, split(as_of, horizon_days, back)?)));
    splits.filter(|&(back, split)| back <= LEAST_WINDOWS || split < last).map(|(_, split)| split).collect()
}

pub(super) fn split(as_of: Day, horizon_days: u32, back: u32) -> Option<Day> {
    as_of.plus(-i64::from(back) * i64::from(horizon_days)).ok()
}
