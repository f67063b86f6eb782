//! Windows of days.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::error::{Error, Result};
use crate::record::calendar::Day;

/// A half-open range `[start, end)` of the shop's calendar days, at least one.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::Window;
///
/// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
/// let window = Window::through(day(2), day(31))?;
/// assert_eq!(window, Window::last_days(day(31), 30)?);
/// assert_eq!(window, Window::new(day(2), NaiveDate::from_ymd_opt(2026, 4, 1).unwrap())?);
/// assert!(window.contains(day(2)) && window.contains(day(31)) && !window.contains(day(1)));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    start: NaiveDate,
    end: NaiveDate,
}

impl Window {
    /// The days from `start` up to and without `end`.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyWindow`] when `end` is not after `start`.
    pub fn new(start: NaiveDate, end: NaiveDate) -> Result<Self> {
        if start < end { Ok(Self { start, end }) } else { Err(Error::EmptyWindow { start, end }) }
    }

    /// The days from `first` to `last`, both included.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyWindow`] when `last` is before `first`, [`Error::DayOverflow`] when it is chrono's last day.
    pub fn through(first: NaiveDate, last: NaiveDate) -> Result<Self> {
        Self::new(first, Day::from(last).plus(1)?.date())
    }

    /// The `days` days that end with `as_of`, which is included.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when `days` is 0; [`Error::DayOverflow`] at chrono's limits.
    pub fn last_days(as_of: NaiveDate, days: u32) -> Result<Self> {
        Error::within("days of a window", days, 1..=u32::MAX.into())?;
        let end = Day::from(as_of).plus(1)?;
        Ok(Self { start: end.plus(-i64::from(days))?.date(), end: end.date() })
    }

    /// The first day.
    pub const fn start(self) -> NaiveDate {
        self.start
    }

    /// The day after the last.
    pub const fn end(self) -> NaiveDate {
        self.end
    }

    /// The last day.
    pub fn last(self) -> NaiveDate {
        // `end` is above `start`, so there is a day before it.
        self.end.pred_opt().unwrap_or(self.start)
    }

    /// The number of days, 1 or more.
    pub fn days(self) -> u32 {
        Day::from(self.end).since(self.start.into())
    }

    /// Returns the window's days up to and including one of them or a later one.
    pub(crate) fn up_to(self, as_of: NaiveDate) -> Self {
        Self { start: self.start, end: as_of.succ_opt().map_or(self.end, |next| self.end.min(next)) }
    }

    /// Whether a day lies in it.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.start <= day && day < self.end
    }
}

/// Prints the first and the last day, both included: `2026-03-02..=2026-03-31`.
impl core::fmt::Display for Window {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}..={}", self.start, self.last())
    }
}

/// A calendar period of the shop. [`Windows`] has an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Period {
    /// One day.
    Day,
    /// Monday to Sunday, as in ISO 8601.
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months, the first of them January, April, July or October.
    Quarter,
    /// A calendar year.
    Year,
}

impl Period {
    /// The period in which a day lies.
    ///
    /// # Errors
    ///
    /// [`Error::DayOverflow`] when the period reaches beyond chrono's first or last day.
    pub fn window(self, day: NaiveDate) -> Result<Window> {
        let days: u32 = match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 31,
            Self::Quarter => 92,
            Self::Year => 366,
        };
        self.bounds(day).ok_or_else(|| {
            let is_first = day.checked_sub_days(Days::new(days.into())).is_none();
            let days = i64::from(days);
            Error::DayOverflow { from: day, days: if is_first { -days } else { days } }
        })
    }

    fn bounds(self, day: NaiveDate) -> Option<Window> {
        let (start, end) = match self {
            Self::Day => (day, day.succ_opt()?),
            Self::Week => {
                let monday = day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))?;
                (monday, monday.checked_add_days(Days::new(7))?)
            }
            Self::Month => Self::months(day, day.month0(), 1)?,
            Self::Quarter => Self::months(day, day.month0() / 3 * 3, 3)?,
            Self::Year => Self::months(day, 0, 12)?,
        };
        Some(Window { start, end })
    }

    fn months(day: NaiveDate, first_month0: u32, count: u32) -> Option<(NaiveDate, NaiveDate)> {
        let start = day.with_day(1)?.with_month0(first_month0)?;
        Some((start, start.checked_add_months(Months::new(count))?))
    }

    /// The name of the period in which a day lies: `2026-03-01`, `2026-W09`, `2026-03`, `2026Q1`, `2026`.
    ///
    /// A week bears the year of its Thursday, as in ISO 8601.
    pub fn name(self, day: NaiveDate) -> String {
        match self {
            Self::Day => day.to_string(),
            Self::Week => {
                let week = day.iso_week();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month => format!("{:04}-{:02}", day.year(), day.month()),
            Self::Quarter => format!("{:04}Q{}", day.year(), day.month0() / 3 + 1),
            Self::Year => format!("{:04}", day.year()),
        }
    }
}

/// Windows to be counted in one pass: neither starts nor ends ever go back.
///
/// Calendar periods, trailing windows and gliding ones are like this. Windows may overlap and may leave days out.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::record::{Period, Window, Windows};
///
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
/// assert_eq!(Period::Quarter.window(day(2, 28))?, Window::new(day(1, 1), day(4, 1))?);
/// assert_eq!(Period::Week.window(day(3, 1))?.start(), day(2, 23));
/// let months = Windows::periods(Period::Month, day(1, 15), day(3, 1))?;
/// assert_eq!(months.len(), 3);
/// assert_eq!(months.iter().last().map(|march| march.days()), Some(1), "March ends with the as-of day");
/// let quarters = Windows::trailing(90, months.iter().map(|month| month.last()))?;
/// assert_eq!(quarters.iter().next().map(|window| window.last()), Some(day(1, 31)));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Windows {
    windows: Vec<Window>,
}

impl Windows {
    /// The given windows.
    ///
    /// # Errors
    ///
    /// [`Error::NotAscending`] when a window starts or ends before the one that stands before it.
    pub fn new(windows: Vec<Window>) -> Result<Self> {
        let goes_back = |before: &Window, after: &Window| after.start < before.start || after.end < before.end;
        Error::ascending("windows", &windows, goes_back)?;
        Ok(Self { windows })
    }

    /// Every calendar period from the one of `first` to the one of `as_of`, which ends with that day: what has not
    /// happened yet is no part of a running month. No period when `as_of` is before `first`.
    ///
    /// # Errors
    ///
    /// [`Error::DayOverflow`] when a period reaches beyond chrono's limits.
    pub fn periods(period: Period, first: NaiveDate, as_of: NaiveDate) -> Result<Self> {
        let (mut windows, mut day) = (Vec::new(), first);
        while day <= as_of {
            let window = period.window(day)?;
            windows.push(window.up_to(as_of));
            day = window.end;
        }
        Ok(Self { windows })
    }

    /// The `days` days up to and including each of `as_of`, which must ascend.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when `days` is 0, [`Error::DayOverflow`] at chrono's limits, [`Error::NotAscending`] when
    /// a day of `as_of` is before the one that stands before it.
    pub fn trailing(days: u32, as_of: impl IntoIterator<Item = NaiveDate>) -> Result<Self> {
        Self::new(as_of.into_iter().map(|day| Window::last_days(day, days)).collect::<Result<_>>()?)
    }

    /// The number of windows.
    pub fn len(&self) -> usize {
        self.windows.len()
    }

    /// Whether there is no window.
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// The windows in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Window> + '_ {
        self.windows.iter().copied()
    }
}

impl From<Window> for Windows {
    fn from(window: Window) -> Self {
        Self { windows: vec![window] }
    }
}

crate::stored::stored! { Window { start: NaiveDate, end: NaiveDate } <=> Window::new(start, end) }

crate::stored::stored! { Windows as windows: Vec<Window> => Self::new(windows) }
