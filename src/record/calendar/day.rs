//! Days as numbers.

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::number::select::Key;

/// A calendar day as a number, for arithmetic in bulk: days since 1970-01-01, within chrono's range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Day(pub(super) i32);

impl Day {
    pub(crate) const MIN: Self = Self(NaiveDate::MIN.to_epoch_days());
    pub(crate) const MAX: Self = Self(NaiveDate::MAX.to_epoch_days());

    #[inline]
    pub(crate) fn new(number: i64) -> Option<Self> {
        let number = i32::try_from(number).ok()?;
        (Self::MIN.0..=Self::MAX.0).contains(&number).then_some(Self(number))
    }

    /// The day `count` days after chrono's first, for counts that came from a day.
    #[inline]
    pub(crate) const fn nth(count: u32) -> Self {
        Self(Self::MIN.0 + count as i32)
    }

    #[inline]
    pub(crate) const fn number(self) -> i32 {
        self.0
    }

    /// Days from `earlier` to `self`, 0 where `earlier` is not earlier.
    #[inline]
    pub(crate) fn since(self, earlier: Self) -> u32 {
        // The whole range of chrono is shorter than 2^28 days.
        u32::try_from(self.0 - earlier.0).unwrap_or(0)
    }

    pub(crate) fn date(self) -> NaiveDate {
        // A `Day` is only made within chrono's range, so the fallback is never taken.
        NaiveDate::from_epoch_days(self.0).unwrap_or_default()
    }

    pub(crate) fn plus(self, days: i64) -> Result<Self> {
        i64::from(self.0)
            .checked_add(days)
            .and_then(Self::new)
            .ok_or_else(|| Error::DayOverflow { from: self.date(), days })
    }
}

impl Key for Day {
    fn above(self, smaller: Self) -> u64 {
        self.since(smaller).into()
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self(date.to_epoch_days())
    }
}
