//! Backtests of all windows that the past holds.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::Returns;
use super::choice::{Difference, NEGLIGIBLE};
use super::courses::Courses;
use super::past::{self, PastTally};
use super::source::{AtHand, InParts, Windows};
use super::track::{RuleTotal, TrackRecord};
use super::window::{RollingWindow, Scored};
use crate::error::{Error, Result};
use crate::history::PurchaseLog;
use crate::number::weight::count;
use crate::predict::{AnyModel, FitOptions, ModelKind, Revival};
use crate::record::CustomerId;
use crate::scale::Language;

/// A [`Backtest`](super::Backtest) of each complete window of a horizon that a log's past holds, and which model did best in all of them.
///
/// **Windows.** They are as long as the horizon and follow one another; the last one ends with the as-of day. A window is
/// complete where at least one horizon lies between the first purchase of all and its split: a log of `d` days after that
/// purchase holds `⌊d / horizon⌋ - 1` windows. At most 104 run, the latest; of those that begin after the last purchase of
/// all, in which nobody buys, the latest three. In each, the models are fitted to what was known
/// on the day before it began, and forecast the purchase days of the customers known by then. Customers who came first
/// within the window count neither in the forecast nor in what came.
///
/// **Fits.** One of each model in each window. The latest window is fitted first; from its maximum the others climb, which
/// saves some of the steps and ends at the same maximum, to the fit's own tolerance of 1e-7 in the logarithm of a parameter.
/// Shops of up to 512 customers climb from all starts as ever.
///
/// **Which model.** As in a [`Choice`](super::Choice), by the log scores of all windows together: of the models within one
/// standard error of the best, the simplest. Customers count once in each window, as if windows were independent.
///
/// **Who comes back.** Learnt on the latest window; where it is [in force](Returns::in_force) the totals of all windows count it.
/// Scores are those of the models as they are.
///
/// # Examples
///
/// ```
/// use chrono::{Days, NaiveDate, TimeZone, Utc};
/// use repurchase::predict::{FitOptions, ModelKind, RollingBacktest, Total};
/// use repurchase::scale::Confidence;
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// // 200 customers, who come now and then until they leave, sooner or later.
/// let start = Utc.with_ymd_and_hms(2025, 1, 1, 12, 0, 0).unwrap();
/// let buys = |n: u64, day: u64| (1_009 * n + 9_176 * day + 37 * n * day) % 101 < 1 + n % 7;
/// let comes = |n: u64| (0..364).filter(move |&day| day < 30 + n * n / 20 && buys(n, day)).map(move |day| (n, day));
/// let days = (0..200).flat_map(comes);
/// let orders = days.map(|(n, day)| Order::new(n, start + Days::new(day), Decimal::TEN));
/// let log = PurchaseLog::from_records(orders.collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc())?;
///
/// let as_of = NaiveDate::from_ymd_opt(2025, 12, 31).unwrap();
/// let kinds = [ModelKind::Nbd, ModelKind::MbgNbd];
/// let rolling = RollingBacktest::run(&log, as_of, 60, &kinds, &FitOptions::default())?;
/// assert_eq!(rolling.windows.len(), 5);
/// assert_eq!(rolling.chosen, Some(ModelKind::MbgNbd));
///
/// // A forecast of 500 purchases for the next 60 days, with the errors of the last five.
/// let total = rolling.track(ModelKind::MbgNbd).total(Total::Purchases, 500.0, Confidence::new(0.9)?);
/// let interval = total.interval.expect("five windows");
/// assert!(interval.low < total.forecast && total.forecast < interval.high);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RollingBacktest {
    /// The last day of the last window.
    pub as_of: NaiveDate,
    /// The length of each window, in days.
    pub horizon_days: u32,
    /// The first purchase day of all, up to the as-of day.
    pub first_day: Option<NaiveDate>,
    /// The windows, the earliest first.
    pub windows: Vec<RollingWindow>,
    /// The models over all windows, in the order of [`ModelKind::ALL`].
    pub records: Vec<ModelRecord>,
    /// The model that did best or nearly so in all windows; `None` without a window, and where no model has a fit in all.
    pub chosen: Option<ModelKind>,
    /// The totals of the counting rules for the horizon that follows the as-of day.
    pub rules: Vec<RuleTotal>,
}

/// One model over all windows of a [`RollingBacktest`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ModelRecord {
    /// The model.
    pub kind: ModelKind,
    /// The windows in which its fit came to an end.
    pub windows: u32,
    /// The mean [log score](super::Scores::log_score) over the customers of all windows; `None` unless it has a fit in each.
    pub log_score: Option<f64>,
    /// The best model's log score per customer less this one's.
    pub shortfall: Option<Difference>,
    /// The rate at which customers came back in the latest window; `None` without a fit in it, and of a model without
    /// dropout.
    pub returns: Option<Returns>,
}

impl RollingBacktest {
    /// Runs a backtest of the models of these kinds in each window up to the as-of day, up to which the log must be complete.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for a horizon of 0 days,
    /// [`Error::DayOverflow`](crate::Error::DayOverflow) for one that leaves the calendar,
    /// [`Error::Number`](crate::Error::Number) for a penalty that is negative or not finite, and
    /// [`Error::Customer`](crate::Error::Customer) as [`PurchaseLog::ledger`].
    ///
    /// # Complexity
    ///
    /// That of one pass over the log up to its end, a fit and a score in each window, for each kind. With the feature `rayon`
    /// windows are worked on at once.
    pub fn run<Id: CustomerId>(
        log: &PurchaseLog<Id>,
        as_of: NaiveDate,
        horizon_days: u32,
        kinds: &[ModelKind],
        options: &FitOptions,
    ) -> Result<Self> {
        past::checked_horizon(as_of, horizon_days)?;
        let courses = |split| Ok(Cow::Owned(Courses::of(log, split, as_of.into(), horizon_days)?));
        Self::over(as_of, horizon_days, AtHand(courses), kinds, options)
    }

    /// Runs a backtest of the models of these kinds in each window of a log that is in parts by customer: the same as
    /// [`run`](RollingBacktest::run) on the log of all customers, to the last bit.
    ///
    /// `parts` hands all logs, one after the other, to the function that it is given; each customer is in one of them with all
    /// purchases. It is asked for all once, and once more for every `windows_at_once` windows, of which so many are in memory
    /// together (1 for 0): each takes about 130 bytes a customer.
    ///
    /// # Errors
    ///
    /// As [`run`](RollingBacktest::run), and those of `parts`.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::predict::{FitOptions, ModelKind, RollingBacktest};
    /// use repurchase::{Order, PurchaseLog, Result, ShopCalendar};
    /// use rust_decimal::Decimal;
    ///
    /// let as_of = chrono::NaiveDate::from_ymd_opt(2025, 12, 31).unwrap();
    /// let log = |ids: core::ops::Range<u64>| {
    ///     let days = |id: u64| (0..300).step_by(5 + id as usize % 31).map(move |day| (id, day));
    ///     let order = |(id, day)| Order::on(id, as_of - chrono::Days::new(day), Decimal::TEN);
    ///     PurchaseLog::from_records(ids.flat_map(days).map(order).collect::<Result<Vec<_>>>()?, &ShopCalendar::utc())
    /// };
    /// let (kinds, options) = ([ModelKind::Nbd], FitOptions::default());
    /// // A program reads each part from a file here, and drops it.
    /// let parts = [log(0..40)?, log(40..100)?];
    /// let all = |each: &mut dyn FnMut(&PurchaseLog<u64>) -> Result<()>| parts.iter().try_for_each(each);
    /// let rolling = RollingBacktest::run_parts(all, as_of, 60, 1, &kinds, &options)?;
    /// assert_eq!(rolling, RollingBacktest::run(&log(0..100)?, as_of, 60, &kinds, &options)?);
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn run_parts<Id: CustomerId, E: From<Error>>(
        parts: impl FnMut(&mut dyn FnMut(&PurchaseLog<Id>) -> Result<()>) -> Result<(), E>,
        as_of: NaiveDate,
        horizon_days: u32,
        windows_at_once: usize,
        kinds: &[ModelKind],
        options: &FitOptions,
    ) -> Result<Self, E> {
        past::checked_horizon(as_of, horizon_days)?;
        let windows = InParts::new(parts, as_of.into(), horizon_days, windows_at_once);
        Self::over(as_of, horizon_days, windows, kinds, options)
    }

    /// Runs a backtest of the models of these kinds in each window of a tally, such as one that was merged from many machines:
    /// the same as [`run`](RollingBacktest::run) on the log of all customers, to the last bit.
    ///
    /// # Errors
    ///
    /// [`Error::Number`](crate::Error::Number) for a penalty that is negative or not finite.
    pub fn run_tally(past: &PastTally, kinds: &[ModelKind], options: &FitOptions) -> Result<Self> {
        Self::over(past.as_of(), past.horizon_days(), AtHand(|split| Ok(past.courses(split))), kinds, options)
    }

    /// Runs over windows that are made when they are needed.
    fn over<E: From<Error>>(
        as_of: NaiveDate,
        horizon_days: u32,
        mut source: impl Windows<E>,
        kinds: &[ModelKind],
        options: &FitOptions,
    ) -> Result<Self, E> {
        options.checked_penalty()?;
        let kinds: Vec<_> = ModelKind::ALL.into_iter().filter(|kind| kinds.contains(kind)).collect();
        let now = |now: &Courses| Ok((now.first_and_last_day(), RuleTotal::of(now, horizon_days)));
        let (days, rules) = source.one(as_of.into(), now)?;
        // Without a model there is nothing to check.
        let splits = days.filter(|_| !kinds.is_empty());
        let splits = splits.map_or_else(Vec::new, |days| past::complete(days, as_of.into(), horizon_days));
        let mut scored = Vec::with_capacity(splits.len());
        if let Some((&latest, earlier)) = splits.split_first() {
            let of_latest = |courses: &Courses| Scored::of(courses, horizon_days, &kinds, |_| *options, None);
            let latest = source.one(latest, of_latest)?;
            let returns =
                latest.returns.iter().map(|returns| returns.map_or(Revival::NONE, |returns| returns.in_force()));
            let revivals: Vec<Revival> = returns.collect();
            let near: Vec<AnyModel> = latest.window.interior().collect();
            let start = |kind| {
                let near = near.iter().find(|model| model.kind() == kind);
                let name = |model: &AnyModel| model.kind().label().name(Language::English);
                near.map_or(*options, |model| options.with_start(name(model), model.parameters()))
            };
            let of_each = |courses: &Courses| Scored::of(courses, horizon_days, &kinds, start, Some(&revivals));
            scored.extend(source.each(earlier, of_each)?.into_iter().rev());
            scored.push(latest);
        }
        let (records, chosen) = pooled(&kinds, &scored);
        Ok(Self {
            as_of,
            horizon_days,
            first_day: days.map(|(first, _)| first.date()),
            windows: scored.into_iter().map(|scored| scored.window).collect(),
            records,
            chosen,
            rules,
        })
    }

    /// The errors of the totals of a model, window by window; of a model that was not run, without forecasts.
    pub fn track(&self, kind: ModelKind) -> TrackRecord {
        let &Self { as_of, horizon_days, first_day, .. } = self;
        let windows = self.windows.iter().map(|window| window.track(kind)).collect();
        let none = ModelRecord { kind, windows: 0, log_score: None, shortfall: None, returns: None };
        let record = self.record(kind).copied().unwrap_or(none);
        TrackRecord { record, as_of, horizon_days, first_day, windows, rules: self.rules.clone() }
    }

    /// The row of a model.
    pub fn record(&self, kind: ModelKind) -> Option<&ModelRecord> {
        self.records.iter().find(|record| record.kind == kind)
    }
}

/// The models over all windows, and the one to use.
fn pooled(kinds: &[ModelKind], windows: &[Scored]) -> (Vec<ModelRecord>, Option<ModelKind>) {
    let customers = windows.iter().map(|window| window.customers).sum();
    let sum = |at: usize| windows.iter().map(|window| window.sums.get(at).copied().flatten()).sum::<Option<f64>>();
    let totals: Vec<Option<f64>> = (0..kinds.len()).map(|at| sum(at).filter(|_| customers > 0)).collect();
    // A difference below the error of a model on a boundary does not count.
    let is_above = |(_, one): (usize, f64), (_, other): (usize, f64)| one - other > NEGLIGIBLE * other.abs();
    let ended = || totals.iter().enumerate().filter_map(|(at, total)| Some((at, (*total)?)));
    let best = ended().reduce(|best, other| if is_above(other, best) { other } else { best });
    let shortfall = |at: usize| {
        let of_window = |window: &Scored| window.differences.get(best?.0)?.get(at).copied();
        let sums = windows.iter().filter_map(of_window);
        let (sum, squares) = sums.fold((0.0, 0.0), |(sum, squares), (more, of_more)| (sum + more, squares + of_more));
        Difference::of_sums(sum, squares, customers)
    };
    let record = |(at, &kind): (usize, &ModelKind)| {
        let log_score = totals.get(at).copied().flatten();
        ModelRecord {
            kind,
            windows: windows.iter().filter(|window| matches!(window.sums.get(at), Some(Some(_)))).count() as u32,
            log_score: log_score.map(|total| total / count(customers)),
            shortfall: log_score.map(|_| shortfall(at)),
            returns: windows.last().and_then(|latest| latest.returns.get(at).copied().flatten()),
        }
    };
    let is_near = |at: usize, total: f64| {
        best.is_some_and(|best| !(is_above(best, (at, total)) && shortfall(at).exceeds_noise()))
    };
    let chosen = ended().find(|&(at, total)| is_near(at, total)).and_then(|(at, _)| kinds.get(at).copied());
    (kinds.iter().enumerate().map(record).collect(), chosen)
}
