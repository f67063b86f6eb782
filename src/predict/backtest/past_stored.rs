//! A tally of a shop's past in a file.

use chrono::NaiveDate;

use super::courses::{Course, Courses};
use super::past::{PastTally, checked_horizon, split};
use crate::error::{Error, Result};
use crate::history::from_units;
use crate::number::money;
use crate::predict::Sample;
use crate::stored::stored;

/// Money as text, whole units of `10^-scale`.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredWindow {
    scale: u32,
    revenue: Option<String>,
    last_period: Option<String>,
    customers: Vec<StoredCourse>,
}

/// `x`, `t_x`, `T`, the logarithms of the gaps; `x`, `t_x`, the logarithms at the end; purchase days of the period before;
/// spend, spend on repeat days, credits; customers.
type StoredCourse = ([u32; 3], u64, [u32; 2], u64, u32, [String; 3], u64);

stored! {
    PastTally(past) {
        as_of: NaiveDate = past.as_of(),
        horizon_days: u32 = past.horizon_days(),
        windows: Vec<StoredWindow> = past.windows().iter().map(StoredWindow::of).collect(),
    } <=> {
        checked_horizon(as_of, horizon_days)?;
        let courses = |(window, back): (StoredWindow, u32)| {
            let split = split(as_of.into(), horizon_days, back);
            window.courses(split.ok_or(Error::DayOverflow { from: as_of, days: -i64::from(back) })?, horizon_days)
        };
        // There is one for each step back.
        let windows = windows.into_iter().zip(0..).map(courses).collect::<Result<Vec<_>>>()?;
        PastTally::from_windows(as_of, horizon_days, windows)
    }
}

impl StoredWindow {
    fn of(courses: &Courses) -> Self {
        let of_course = |course: &Course| {
            let money = [course.spend, course.repeat_spend, course.credited].map(|minor| minor.to_string());
            (
                [course.repeats, course.recency, course.age],
                course.ln_gaps,
                [course.repeats_at_end, course.recency_at_end],
                course.ln_gaps_at_end,
                course.last_period,
                money,
                course.customers,
            )
        };
        Self {
            scale: courses.scale,
            revenue: courses.revenue.map(|minor| minor.to_string()),
            last_period: courses.last_period.map(|minor| minor.to_string()),
            customers: courses.list.iter().map(of_course).collect(),
        }
    }

    fn courses(self, split: crate::record::calendar::Day, horizon_days: u32) -> Result<Courses> {
        let sum = |text: Option<String>| text.map(|text| minor(&text)).transpose();
        let mut list = Vec::with_capacity(self.customers.len());
        for ([repeats, recency, age], ln_gaps, [more, later], ln_gaps_at_end, last_period, money, customers) in
            self.customers
        {
            let [spend, repeat_spend, credited] = money;
            let course = Course {
                repeats,
                recency,
                age,
                ln_gaps,
                repeats_at_end: more,
                recency_at_end: later,
                ln_gaps_at_end,
                last_period,
                spend: minor(&spend)?,
                repeat_spend: minor(&repeat_spend)?,
                credited: minor(&credited)?,
                customers,
            };
            list.push(checked(course, horizon_days)?);
        }
        let (revenue, last_period) = (sum(self.revenue)?, sum(self.last_period)?);
        let mut courses = Courses { split, scale: self.scale, list, revenue, last_period };
        courses.count()?;
        courses.at_scale(self.scale)
    }
}

fn minor(text: &str) -> Result<i128> {
    text.parse().map_err(|_| refused("amount of a stored tally", f64::NAN, "a whole number"))
}

const fn refused(field: &'static str, found: f64, expected: &'static str) -> Error {
    Error::Number { field, found, expected }
}

/// A customer as a log can have one.
fn checked(course: Course, horizon_days: u32) -> Result<Course> {
    let end = course.age.saturating_add(horizon_days);
    let sample = |repeats: u32, recency: u32, age: u32, ln_gaps| {
        Sample::new(repeats, recency.into(), age.into())?.with_ln_gaps(from_units(ln_gaps))
    };
    sample(course.repeats, course.recency, course.age, course.ln_gaps)?;
    sample(course.repeats_at_end, course.recency_at_end, end, course.ln_gaps_at_end)?;
    let is_later = course.repeats_at_end >= course.repeats && course.recency_at_end >= course.recency;
    let is_money = (0..=course.spend).contains(&course.repeat_spend)
        && course.credited >= 0
        && [course.spend, course.credited, course.spend - course.credited].into_iter().all(money::fits);
    if !is_later || course.last_period > course.repeats.saturating_add(1) {
        let found = course.repeats_at_end.into();
        return Err(refused("purchase days of a stored tally", found, "those of a split and of a later day"));
    }
    if !is_money || course.customers == 0 {
        return Err(refused("customers of a stored tally", f64::NAN, "one or more, of amounts of 0 or more"));
    }
    Ok(course)
}
