//! Cumulative purchases of all customers.

use chrono::NaiveDate;
use hashbrown::HashMap;

use super::holdout::Holdout;
use crate::error::{Error, Result};
use crate::predict::{PurchaseModel, Sample};
use crate::record::calendar::Day;

/// One day of [`Holdout::tracking`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TrackingPoint {
    /// The day up to and including which purchases count.
    pub day: NaiveDate,
    /// Repeat purchase days of all customers so far.
    pub actual: u64,
    /// The number that the model expects.
    pub expected: f64,
}

#[allow(clippy::cast_precision_loss, reason = "customers are fewer than 2^53")]
pub(super) fn track(holdout: &Holdout, model: &impl PurchaseModel, step_days: u32) -> Result<Vec<TrackingPoint>> {
    Error::within("days of a step", step_days, 1..=u32::MAX.into())?;
    let Some(&(first, _)) = holdout.first_days.first() else {
        return Ok(Vec::new());
    };
    let end = Day::from(holdout.end());
    let (mut points, mut day) = (Vec::new(), first);
    let mut repeats = holdout.repeats.iter().peekable();
    let mut actual = 0;
    let mut by_age = HashMap::<u32, f64, foldhash::fast::FixedState>::default();
    while day < end {
        day = if end.since(day) > step_days { day.plus(step_days.into())? } else { end };
        while let Some((_, count)) = repeats.next_if(|&&(of_repeats, _)| of_repeats <= day) {
            actual += count;
        }
        let mut expected = 0.0;
        for &(first, customers) in holdout.first_days.iter().take_while(|&&(first, _)| first < day) {
            let age = day.since(first);
            let of_one = match by_age.get(&age) {
                Some(&known) => known,
                None => *by_age.entry(age).or_insert(model.expected_purchases(&Sample::NEW, age)),
            };
            expected += customers as f64 * of_one;
        }
        points.push(TrackingPoint { day: day.date(), actual, expected });
    }
    Ok(points)
}
