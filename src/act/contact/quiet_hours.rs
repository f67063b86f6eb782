//! Hours in which nobody is contacted.

use core::fmt;

use chrono::{NaiveTime, Timelike};

use crate::act::contact::clock::SECONDS_A_DAY;
use crate::error::{Error, Result};

/// The half-open hours `[from, until)` of the shop's clock in which nobody is contacted.
///
/// Hours may pass midnight: 21:00 until 09:00. On a day on which clocks change, the time shown counts: an hour shown
/// twice is quiet, or not, both times, and hours that end in a skipped hour end with it.
/// [`ContactRules`](super::ContactRules) has an example.
#[doc(alias("do not disturb", "免打扰"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QuietHours {
    from: NaiveTime,
    until: NaiveTime,
}

impl QuietHours {
    /// Makes quiet hours from `from`, included, until `until`, not included.
    ///
    /// # Errors
    ///
    /// [`Error::QuietHours`] for two equal times, which could mean always or never (to forbid a channel, give it a
    /// [cap](super::Cap) of 0), and for times that are not whole seconds.
    pub fn new(from: NaiveTime, until: NaiveTime) -> Result<Self> {
        if from == until || from.nanosecond() != 0 || until.nanosecond() != 0 {
            return Err(Error::QuietHours { from, until });
        }
        Ok(Self { from, until })
    }

    /// The time at which they begin.
    pub const fn from(self) -> NaiveTime {
        self.from
    }

    /// The time at which they are over.
    pub const fn until(self) -> NaiveTime {
        self.until
    }

    /// Whether a time of the shop's clock is quiet.
    pub fn contains(self, time: NaiveTime) -> bool {
        self.holds(time.num_seconds_from_midnight().into())
    }

    pub(super) fn holds(self, second_of_day: i64) -> bool {
        let (from, until) = self.seconds();
        if from < until {
            from <= second_of_day && second_of_day < until
        } else {
            from <= second_of_day || second_of_day < until
        }
    }

    /// The first time of the wall clock from `wall` on, in seconds, that is not quiet.
    pub(super) fn open_from(self, wall: i64) -> i64 {
        let second = wall.rem_euclid(SECONDS_A_DAY);
        if self.holds(second) { wall + (self.seconds().1 - second).rem_euclid(SECONDS_A_DAY) } else { wall }
    }

    fn seconds(self) -> (i64, i64) {
        (self.from.num_seconds_from_midnight().into(), self.until.num_seconds_from_midnight().into())
    }
}

/// `21:00-09:00`; with seconds where there are any.
impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from.second() == 0 && self.until.second() == 0 {
            let [from, until] = [self.from, self.until].map(|time| (time.hour(), time.minute()));
            write!(f, "{:02}:{:02}-{:02}:{:02}", from.0, from.1, until.0, until.1)
        } else {
            write!(f, "{}-{}", self.from, self.until)
        }
    }
}

crate::stored::stored! {
    QuietHours { from: NaiveTime, until: NaiveTime } <=> Self::new(from, until)
}
