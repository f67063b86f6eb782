//! The times of a log's records: whether they may be dates, read as instants of another time zone.

use crate::record::calendar::Day;

const SECONDS_A_DAY: i64 = 86_400;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Times {
    /// Whether all so far are at midnight UTC.
    at_midnight: bool,
    /// Whether one of them is on another day in the shop's time zone.
    on_other_days: bool,
}

impl Default for Times {
    fn default() -> Self {
        Self { at_midnight: true, on_other_days: false }
    }
}

impl Times {
    /// Notes instants and their days; asks no more once one was not at midnight.
    #[inline]
    pub(super) fn note(&mut self, unix_seconds: &[i64], days: &[Day]) {
        if !self.at_midnight {
            return;
        }
        self.at_midnight = unix_seconds.iter().all(|seconds| seconds % SECONDS_A_DAY == 0);
        let mut pairs = unix_seconds.iter().zip(days);
        self.on_other_days |= pairs.any(|(seconds, day)| seconds / SECONDS_A_DAY != i64::from(day.number()));
    }

    /// Notes a day of the shop, which is no instant.
    pub(super) const fn trust(&mut self) {
        self.at_midnight = false;
    }

    pub(crate) const fn join(&mut self, other: Self) {
        self.at_midnight &= other.at_midnight;
        self.on_other_days |= other.on_other_days;
    }

    /// Whether all are at midnight, and whether one is on another day, for a file.
    #[cfg(feature = "serde")]
    pub(crate) const fn kept(self) -> (bool, bool) {
        (self.at_midnight, self.on_other_days)
    }

    #[cfg(feature = "serde")]
    pub(crate) const fn of_kept((at_midnight, on_other_days): (bool, bool)) -> Self {
        Self { at_midnight, on_other_days }
    }

    /// Whether all times are midnights of UTC, and some of them on another day in the shop's time zone.
    pub(crate) const fn are_midnights_of_other_days(self) -> bool {
        self.at_midnight && self.on_other_days
    }
}
