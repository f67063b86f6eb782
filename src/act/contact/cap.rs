//! Caps on the contacts of one customer.

use core::ops::Range;
use std::collections::BTreeMap;

use crate::error::{Error, Result};

/// A frequency cap: at most `touches` touches of one customer in any `days` days in a row.
///
/// Days are the shop's. A touch on day `d` counts on the half-open days `[d, d + n)`: with 7 days, a touch on a Monday no
/// longer counts on the next Monday. The cap holds for **every** run of `n` days, those with touches in the future
/// included. A cap of 0 forbids all touches.
#[doc(alias("frequency cap", "触达频次"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cap {
    touches: u32,
    days: u32,
}

impl Cap {
    /// Allows at most `touches` in any `days` days in a row.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for 0 days.
    pub const fn new(touches: u32, days: u32) -> Result<Self> {
        if days == 0 {
            return Err(Error::OutOfRange { field: "days of a cap", found: 0, min: 1, max: u32::MAX as u64 });
        }
        Ok(Self { touches, days })
    }

    /// The most touches.
    pub const fn touches(self) -> u32 {
        self.touches
    }

    /// The days in a row.
    pub const fn days(self) -> u32 {
        self.days
    }

    /// Whether a day has no room for one more touch. Takes time linear in the days of touches within the cap's days of it.
    pub(super) fn closes(self, touches: &Touches, day: i64) -> bool {
        let length = i64::from(self.days);
        // A touch further away shares no run of days with this one; all others that share one with each other do.
        let near = day - length + 1..day + length;
        self.touches == 0 || self.groups(touches.range(near.clone()), touches.range(near)).next().is_some()
    }

    /// The stretches of days without room for one more touch, ascending; they may overlap. `None` for all days.
    pub(super) fn closed(self, touches: &Touches) -> Option<impl Iterator<Item = Range<i64>> + '_> {
        let length = i64::from(self.days);
        let groups = self.groups(touches.iter(), touches.iter());
        (self.touches > 0).then(|| groups.map(move |(first, last)| last - length + 1..first + length))
    }

    /// Returns, for each day on which touches use up the cap with those before them, the latest first day of such
    /// touches, and the day itself.
    fn groups<'a>(
        self,
        days: impl Iterator<Item = (&'a i64, &'a u64)>,
        mut from: impl Iterator<Item = (&'a i64, &'a u64)>,
    ) -> impl Iterator<Item = (i64, i64)> {
        let (room, length) = (u64::from(self.touches), i64::from(self.days));
        let (mut first, mut held) = (from.next(), 0);
        days.filter_map(move |(&last, touches)| {
            held += touches;
            while let Some((&day, &of_day)) = first {
                let is_far = last - day >= length;
                if !(is_far || held - of_day >= room) {
                    break;
                }
                held -= of_day;
                first = from.next();
            }
            first.filter(|_| held >= room).map(|(&day, _)| (day, last))
        })
    }
}

/// The number of touches on each day.
pub(super) type Touches = BTreeMap<i64, u64>;

crate::stored::stored! { Cap { touches: u32, days: u32 } <=> Self::new(touches, days) }
