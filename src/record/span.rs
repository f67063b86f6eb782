//! The time between two days as people say it.

use core::fmt;

use chrono::{Datelike, Months, NaiveDate};

use crate::scale::Language;

/// The difference between two calendar days in years, months and days: for people to read, not to calculate with.
///
/// As many whole months as fit, counted from the earlier day, and then the days that are left. A month from 31 January
/// ends on the last day of February. Two spans of the same years, months and days may be a few days apart; cycles and
/// gaps are counted in days.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::record::CalendarSpan;
/// use repurchase::scale::Language;
///
/// let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
/// let gap = CalendarSpan::between(day(2013, 6, 15), day(2016, 8, 15));
/// assert_eq!((gap.years, gap.months, gap.days), (3, 2, 0));
/// assert_eq!(gap.to_string(), "3 years 2 months");
/// assert_eq!(gap.describe(Language::Chinese), "3年2个月");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CalendarSpan {
    /// The whole years.
    pub years: u32,
    /// The whole months beyond them, 0 to 11.
    pub months: u32,
    /// Days beyond them, 0 to 30.
    pub days: u32,
}

impl CalendarSpan {
    /// The span between two days, whichever is the earlier one.
    pub fn between(one: NaiveDate, other: NaiveDate) -> Self {
        let (start, end) = (one.min(other), one.max(other));
        let number = |day: NaiveDate| day.year() * 12 + day.month0() as i32;
        // `end` is not before `start`, and neither is its month.
        let most = number(end).abs_diff(number(start));
        let after = |months: u32| start.checked_add_months(Months::new(months)).filter(|&day| day <= end);
        // The last of these months may not be over yet.
        let reached = [most, most.saturating_sub(1)].into_iter().find_map(|months| Some((months, after(months)?)));
        let (months, day) = reached.unwrap_or((0, start));
        let days = u32::try_from((end - day).num_days()).unwrap_or_default();
        Self { years: months / 12, months: months % 12, days }
    }

    /// The span in words: its parts but those of 0; `0 days` when all are.
    pub fn describe(self, language: Language) -> String {
        let units = match language {
            Language::English => [["year", "years"], ["month", "months"], ["day", "days"]],
            Language::Chinese => [["年"; 2], ["个月"; 2], ["天"; 2]],
        };
        let all = [self.years, self.months, self.days];
        let is_said = |place: usize, count: u32| count > 0 || (place == 2 && all == [0; 3]);
        let parts = all.into_iter().zip(units).enumerate().filter(|&(place, (count, _))| is_said(place, count));
        let parts = parts.map(|(_, (count, [one, many]))| match language {
            Language::English => format!("{count} {}", if count == 1 { one } else { many }),
            Language::Chinese => format!("{count}{one}"),
        });
        let between = if language == Language::English { " " } else { "" };
        parts.collect::<Vec<_>>().join(between)
    }
}

/// Prints the span in English.
impl fmt::Display for CalendarSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe(Language::English))
    }
}
