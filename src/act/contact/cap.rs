//! How often one customer may be contacted.

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
    /// At most `touches` in any `days` days in a row.
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

    /// The first day from `day` on that can take one more touch; `None` when none ever can. `taken` ascend.
    pub(super) fn free_from(self, taken: &[i64], day: i64) -> Option<i64> {
        let (room, length) = (usize::try_from(self.touches).unwrap_or(usize::MAX), i64::from(self.days));
        let last_of_full = room.checked_sub(1)?;
        let mut free = day;
        // Touches that no longer count on `day` block nothing.
        let near = taken.get(taken.partition_point(|&touch| touch + length <= day)..).unwrap_or_default();
        // `touches` touches within one length block all days that share a length with all of them. Both ends of the
        // blocked days ascend from one such group to the next.
        for (&first, &last) in near.iter().zip(near.iter().skip(last_of_full)) {
            if last - length >= free {
                break;
            }
            if last - first < length {
                free = free.max(first + length);
            }
        }
        Some(free)
    }
}

crate::stored::stored! { Cap { touches: u32, days: u32 } <=> Self::new(touches, days) }
