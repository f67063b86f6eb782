//! The errors of a shop's totals, and the interval of the next one.

use chrono::NaiveDate;

use super::nearer::BetterRule;
use super::{Baseline, ModelRecord};
use crate::record::calendar::Day;
use crate::scale::{Confidence, Interval};

/// The totals that a model forecast in each complete window of the past, beside those that came: what the interval of the
/// next total is made of.
///
/// [`RollingBacktest::track`](super::RollingBacktest::track) makes it. **Population** of each window: the customers known at
/// its split.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TrackRecord {
    /// The model over all windows.
    pub record: ModelRecord,
    /// The last day of the last window.
    pub as_of: NaiveDate,
    /// The length of each window, in days; 1 or more.
    pub horizon_days: u32,
    /// The first purchase day of all.
    pub first_day: Option<NaiveDate>,
    /// The windows, the earliest first.
    pub windows: Vec<TrackWindow>,
    /// The totals of the counting rules for the horizon that follows the as-of day.
    pub rules: Vec<RuleTotal>,
}

/// One window of a [`TrackRecord`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct TrackWindow {
    /// The last day before the window.
    pub split: NaiveDate,
    /// The last day of the window.
    pub end: NaiveDate,
    /// The customers known at the split.
    pub customers: u64,
    /// The purchase days of these customers in the window; `None` where the fit did not come to an end.
    pub purchases: Option<TotalOutcome>,
    /// Customers with a purchase in the window.
    pub buyers: Option<TotalOutcome>,
    /// The net revenue of these customers in the window; `None` where none was forecast, too.
    pub revenue: Option<TotalOutcome>,
    /// The total of each counting rule.
    pub rules: Vec<RuleTotal>,
}

/// A total that came, and the one that was forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct TotalOutcome {
    /// The actual total.
    pub actual: f64,
    /// The forecast.
    pub expected: f64,
}

/// A total by a counting rule, of purchase days and of revenue.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct RuleTotal {
    /// The rule.
    pub rule: Baseline,
    /// The purchase days.
    pub purchases: f64,
    /// The same rule applied to money: the net revenue of the period before, the spend on repeat purchase days so far, or
    /// that at each customer's own rate. `None` where the revenue of the period before is below 0, and beyond 127 bits.
    pub revenue: Option<f64>,
}

/// A total of all customers within a horizon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Total {
    /// Purchase days.
    Purchases,
    /// Customers with a purchase.
    Buyers,
    /// Net revenue.
    Revenue,
}

/// A total within the horizon that comes, with its interval.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TotalForecast {
    /// The sum of what is expected of each customer.
    pub expected: f64,
    /// The forecast: the sum, times the factor of the year-ago correction where there is one.
    pub forecast: f64,
    /// The correction; `None` where no window covers the same days of the year before.
    pub correction: Option<YearAgo>,
    /// The interval in which the total is expected, around the forecast; `None` for
    /// [`no_interval`](Self::no_interval)'s reason.
    pub interval: Option<Interval>,
    /// The reason why there is no interval.
    pub no_interval: Option<NoInterval>,
    /// The nominal confidence of the interval.
    pub confidence: Confidence,
    /// The windows whose errors are known.
    pub windows: u32,
    /// The mean of `|ln(actual / forecast)|` over them; `None` without one.
    pub error: Option<f64>,
    /// The counting rule that was nearer than the forecast in these windows, two or more, by two points of a hundred or more
    /// on average; `None` where none was.
    pub beaten_by: Option<BetterRule>,
}

/// The correction of a total by the error of the window one year earlier.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct YearAgo {
    /// The last day before that window.
    pub split: NaiveDate,
    /// The actual total of that window over its forecast.
    pub ratio: f64,
    /// `√ratio`, by which the forecast is multiplied.
    pub factor: f64,
}

/// The reason why a total has no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NoInterval {
    /// The models were fitted without the shop's log, or one of them was given.
    Unchecked,
    /// The log holds fewer than three complete windows.
    TooShort {
        /// The complete windows.
        windows: u32,
        /// The day up to which a log must reach to hold three; `None` without a purchase.
        from: Option<NaiveDate>,
    },
    /// Nothing came in some windows, so that no ratio is above 0.
    Nothing {
        /// The windows in which nothing came.
        windows: u32,
        /// All windows.
        of: u32,
    },
    /// There was a forecast in fewer than three windows: fits that did not end, or spends without a mean.
    NoForecast {
        /// The windows with one.
        windows: u32,
        /// All windows.
        of: u32,
    },
    /// A [cohort](crate::shop::CohortForecast) is too uneven: the spends of some of its customers have no variance.
    Uneven,
}

/// The least number of windows: fewer errors say nothing about the next one.
const LEAST_WINDOWS: u32 = 3;

/// The standard deviation of `ln(actual / forecast)` over the windows of four shops, whose mean size was 0.15.
const TYPICAL: f64 = 0.2;

/// The days of a year: what a correction looks back.
const YEAR: u32 = 365;

impl TotalOutcome {
    pub(super) const fn of((actual, expected): (f64, f64)) -> Self {
        Self { actual, expected }
    }

    /// The actual total over the forecast; `None` unless both are above 0 and the ratio is a number.
    pub fn ratio(&self) -> Option<f64> {
        let ratio = self.actual / self.expected;
        (self.actual > 0.0 && self.expected > 0.0 && ratio > 0.0 && ratio.is_finite()).then_some(ratio)
    }
}

impl TotalForecast {
    /// The sum over customers, without a past to check it on.
    pub(crate) const fn unchecked(expected: f64, confidence: Confidence) -> Self {
        Self {
            expected,
            forecast: expected,
            correction: None,
            interval: None,
            no_interval: Some(NoInterval::Unchecked),
            confidence,
            windows: 0,
            error: None,
            beaten_by: None,
        }
    }
}

impl TrackWindow {
    /// A total; `None` where none was forecast.
    pub const fn outcome(&self, total: Total) -> Option<TotalOutcome> {
        match total {
            Total::Purchases => self.purchases,
            Total::Buyers => self.buyers,
            Total::Revenue => self.revenue,
        }
    }
}

impl TrackRecord {
    /// The correction of a total within the horizon that follows `split`: that of the window which begins nearest to 365
    /// days earlier. `None` where it covers less than three quarters of the same days, for horizons of more than a year, and
    /// where nothing was forecast or came in it.
    pub fn year_ago(&self, total: Total, split: NaiveDate) -> Option<YearAgo> {
        let wanted = Day::from(split).plus(-i64::from(YEAR)).ok().filter(|_| self.horizon_days <= YEAR)?;
        let away = |window: &&TrackWindow| wanted.since(window.split.into()) + Day::from(window.split).since(wanted);
        let window = self.windows.iter().min_by_key(away)?;
        if away(&window) > self.horizon_days / 4 {
            return None;
        }
        let ratio = window.outcome(total)?.ratio()?;
        Some(YearAgo { split: window.split, ratio, factor: ratio.sqrt() })
    }

    /// The errors of the forecasts as they would have been made, corrections included: `ln(actual / forecast)` for each
    /// window with a forecast, the earliest first; -∞ where nothing came.
    pub fn errors(&self, total: Total) -> Vec<f64> {
        let error = |window: &TrackWindow| {
            let outcome = window.outcome(total).filter(|outcome| outcome.expected > 0.0)?;
            let factor = self.year_ago(total, window.split).map_or(1.0, |correction| correction.factor);
            let ratio = outcome.ratio().unwrap_or(0.0);
            Some(libm::log(ratio) - libm::log(factor))
        };
        self.windows.iter().filter_map(error).collect()
    }

    /// The forecast of a total within the horizon after the as-of day, where the model expects `expected` of all customers
    /// together.
    ///
    /// # Formula
    ///
    /// The forecast is `F = expected · √ratio`, with the ratio `actual / expected` of the window one year earlier, 1 where
    /// there is none. With `e` the [`errors`](Self::errors) of `n >= 3` windows, `m` their mean and
    /// `s² = (Σ (e - m)² + 0.2²) / n`, the interval is that from `F exp(m - d)` to `F exp(m + d)`, `d = t s √(1 + 1 / n)` with
    /// the quantile `t` of Student's distribution of `n` degrees of freedom; where `F` lies outside, as when all errors point
    /// the same way, the interval reaches to it. One error of 0.2, what shops' forecasts of a window are off by, counts beside
    /// the shop's own: three windows that happened to be alike do not make the next one sure.
    ///
    /// # References
    ///
    /// G. J. Hahn and W. Q. Meeker (1991), "Statistical Intervals", section 4.8 (prediction of one further observation of a
    /// normal population), doi 10.1002/9780470316771.
    pub fn total(&self, total: Total, expected: f64, confidence: Confidence) -> TotalForecast {
        let correction = self.year_ago(total, self.as_of);
        let forecast = expected * correction.map_or(1.0, |correction| correction.factor);
        let errors = self.errors(total);
        let interval = self.interval(&errors, forecast, confidence);
        let error = mean_size(&errors);
        TotalForecast {
            expected,
            forecast,
            correction,
            interval: interval.ok(),
            no_interval: interval.err(),
            confidence,
            windows: errors.len() as u32,
            error,
            beaten_by: error.and_then(|error| self.better_rule(total, error)),
        }
    }

    /// The day from which on there may be an interval, where there are too few windows for one.
    #[allow(clippy::option_option, reason = "a shop without a purchase has too few windows and no such day")]
    pub(crate) fn no_interval_yet(&self) -> Option<Option<NaiveDate>> {
        (self.windows.len() < LEAST_WINDOWS as usize).then(|| self.day_of_windows(LEAST_WINDOWS))
    }

    /// The as-of day from which on a log like this one holds a window with another one a year earlier; `None` where the
    /// windows of this horizon are never a year apart.
    pub(crate) fn day_of_season(&self) -> Option<NaiveDate> {
        let back = (YEAR + self.horizon_days / 2) / self.horizon_days;
        let apart = back * self.horizon_days;
        let fits = back > 0 && apart.abs_diff(YEAR) <= self.horizon_days / 4;
        fits.then(|| self.day_of_windows(back + 1)).flatten()
    }

    /// Whether this number of windows covers a year, but for a quarter of a window.
    pub(crate) const fn covers_a_year(&self, windows: u32) -> bool {
        windows.saturating_mul(self.horizon_days).saturating_add(self.horizon_days / 4) >= YEAR
    }

    fn interval(&self, errors: &[f64], forecast: f64, confidence: Confidence) -> Result<Interval, NoInterval> {
        let [all, windows] = [self.windows.len(), errors.len()].map(|count| count as u32);
        let nothing = errors.iter().filter(|error| !error.is_finite()).count() as u32;
        if all < LEAST_WINDOWS {
            return Err(NoInterval::TooShort { windows: all, from: self.day_of_windows(LEAST_WINDOWS) });
        }
        if windows < LEAST_WINDOWS {
            return Err(NoInterval::NoForecast { windows, of: all });
        }
        let none = NoInterval::Nothing { windows: nothing, of: all };
        let n = f64::from(windows);
        let mean = errors.iter().sum::<f64>() / n;
        let squares: f64 = errors.iter().map(|error| (error - mean) * (error - mean)).sum();
        let half = confidence.t(n) * ((squares + TYPICAL * TYPICAL) / n * (1.0 + 1.0 / n)).sqrt();
        let at = |error: f64| f64::min(forecast * libm::exp(error), f64::MAX);
        Interval::of(f64::min(at(mean - half), forecast), f64::max(at(mean + half), forecast))
            .filter(|_| nothing == 0)
            .ok_or(none)
    }

    /// The as-of day from which on a log like this one holds this number of windows.
    fn day_of_windows(&self, windows: u32) -> Option<NaiveDate> {
        let days = i64::from(windows + 1) * i64::from(self.horizon_days);
        Some(Day::from(self.first_day?).plus(days).ok()?.date())
    }
}

impl RuleTotal {
    /// The rule's total; `None` of buyers, whom no rule counts, and of an unknown revenue.
    pub const fn says(&self, total: Total) -> Option<f64> {
        match total {
            Total::Purchases => Some(self.purchases),
            Total::Buyers => None,
            Total::Revenue => self.revenue,
        }
    }
}

/// The mean of the absolute values; `None` without one, and where one is infinite.
pub(crate) fn mean_size(errors: &[f64]) -> Option<f64> {
    super::scores::mean(errors.iter().map(|error| error.abs())).filter(|mean| mean.is_finite())
}

crate::stored::stored! {
    TrackRecord {
        record: ModelRecord,
        as_of: NaiveDate,
        horizon_days: u32,
        first_day: Option<NaiveDate>,
        windows: Vec<TrackWindow>,
        rules: Vec<RuleTotal>,
    } => TrackRecord { record, as_of, horizon_days, first_day, windows, rules }.checked()
}

#[cfg(feature = "serde")]
impl TrackRecord {
    fn checked(self) -> crate::error::Result<Self> {
        use crate::error::Error;
        Error::within("days of a horizon", self.horizon_days, 1..=u32::MAX.into())?;
        let (mut before, mut numbers) = (None, Vec::new());
        for window in &self.windows {
            let &TrackWindow { split, end, purchases, buyers, revenue, .. } = window;
            if end <= split || before.is_some_and(|before| split < before) || end > self.as_of {
                return Err(Error::EmptyWindow { start: split, end });
            }
            before = Some(end);
            numbers.extend([purchases, buyers].into_iter().flatten().flat_map(|of| [of.actual, of.expected]));
            numbers.extend(revenue.into_iter().flat_map(|of| [of.actual.abs(), of.expected]));
            numbers.extend(window.rules.iter().flat_map(|row| [Some(row.purchases), row.revenue]).flatten());
        }
        numbers.extend(self.rules.iter().flat_map(|row| [Some(row.purchases), row.revenue]).flatten());
        match numbers.into_iter().find(|number| !(number.is_finite() && *number >= 0.0)) {
            Some(found) => Err(Error::Number { field: "total of a forecast", found, expected: "finite and 0 or more" }),
            None => Ok(self),
        }
    }
}
