//! Counting of each occasion in a whole range of windows.
//!
//! Written for speed before plainness: `benches/measure.rs`, id `measure/repurchase_rates`, must not get slower.

use super::{RepurchaseRates, Scope};
use crate::history::{CustomerFold, Fact};
use crate::measure::days::WindowsOfDay;
use crate::record::{Window, Windows};
use crate::scale::Ratio;

/// Plain counts of one window or group, of fewer than 2^32 facts. In a sequence of differences they wrap; their running
/// sums are right.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) users: u32,
    pub(super) repeaters: u32,
    pub(super) occasions: u32,
    /// Occasions that are their customer's first ever.
    pub(super) firsts: u32,
    /// Customers whose only occasion is their first ever.
    pub(super) sole_firsts: u32,
}

impl Counts {
    pub(super) fn rates(self, window: Window, scope: Scope) -> RepurchaseRates {
        // Inside the window, each customer has exactly one occasion that is no repeat.
        let no_repeats = match scope {
            Scope::Window => self.users,
            Scope::Lifetime => self.firsts,
        };
        let ratio = |count: u32, of: u32| Ratio::counted(count.into(), of.into());
        RepurchaseRates {
            window,
            users: ratio(self.repeaters, self.users),
            orders: ratio(self.occasions - no_repeats, self.occasions),
            returning: ratio(self.users - self.sole_firsts, self.users),
        }
    }

    pub(super) fn wrapping_add(self, other: Self) -> Self {
        Self {
            users: self.users.wrapping_add(other.users),
            repeaters: self.repeaters.wrapping_add(other.repeaters),
            occasions: self.occasions.wrapping_add(other.occasions),
            firsts: self.firsts.wrapping_add(other.firsts),
            sole_firsts: self.sole_firsts.wrapping_add(other.sole_firsts),
        }
    }
}

/// The rates of windows from the differences between neighbours.
pub(super) fn rates(windows: &Windows, differences: &[Counts], scope: Scope) -> Vec<RepurchaseRates> {
    let sums = differences.iter().scan(Counts::default(), |sum, &difference| {
        *sum = sum.wrapping_add(difference);
        Some(*sum)
    });
    windows.iter().zip(sums).map(|(window, counts)| counts.rates(window, scope)).collect()
}

/// The windows `low..high` that hold a day.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub(super) low: u32,
    pub(super) high: u32,
}

impl Range {
    /// Adds `one`, which may be [`MINUS_ONE`], in all windows of a range.
    #[inline]
    fn add(self, differences: &mut [Counts], one: u32, field: impl Fn(&mut Counts) -> &mut u32) {
        // Added as 0 or 1, since a branch on the customers' habits is often mispredicted. No bound is beyond the last
        // window.
        let any = if self.low < self.high { one } else { 0 };
        add(field(&mut differences[self.low as usize]), any);
        add(field(&mut differences[self.high as usize]), any.wrapping_neg());
    }
}

const MINUS_ONE: u32 = u32::MAX;

#[inline]
fn add(difference: &mut u32, one: u32) {
    *difference = difference.wrapping_add(one);
}

/// The customer's last two occasions: small, since all customers' states compete for the cache.
#[derive(Default, Clone, Copy)]
pub(super) struct LastTwo {
    /// The place of the last one's day, plus 1; 0 when there is none.
    place: u32,
    /// The window after those that hold the last one.
    high: u32,
    /// The same of the one before it.
    older_high: u32,
    /// The window after those that hold the customer's first ever and no other, plus 1; 0 when the first is not here.
    sole_end: u32,
}

impl LastTwo {
    pub(super) const fn is_empty(self) -> bool {
        self.place == 0
    }

    pub(super) const fn is_at(self, place: u32) -> bool {
        self.place == place + 1
    }

    /// Counts an occasion, as differences between neighbours; the customer's first ever is the first one counted here.
    ///
    /// An occasion lies in the windows `low..high`, and neither bound goes back as days go on. Of these windows, the ones
    /// from the previous occasion's `high` on do not hold that one, so this is their customer's first in them; those
    /// below it, but not below the `high` of the occasion before that, hold exactly these two, so this is the second.
    #[inline]
    pub(super) fn count(&mut self, differences: &mut [Counts], place: u32, range: Range, is_first: bool) {
        let Range { low, high } = range;
        range.add(differences, 1, |counts| &mut counts.occasions);
        Range { low: low.max(self.high), high }.add(differences, 1, |counts| &mut counts.users);
        let second = Range { low: low.max(self.older_high), high: self.high };
        second.add(differences, 1, |counts| &mut counts.repeaters);
        // The first is alone below the `low` of the second, which is the least of all later ones.
        let mut sole_end = self.sole_end.min(low + 1);
        if is_first {
            range.add(differences, 1, |counts| &mut counts.firsts);
            add(&mut differences[low as usize].sole_firsts, 1);
            sole_end = high + 1;
        }
        *self = Self { place: place + 1, high, older_high: self.high, sole_end };
    }

    /// The customer has no more occasions.
    #[inline]
    pub(super) fn close(self, differences: &mut [Counts]) {
        if let Some(end) = self.sole_end.checked_sub(1) {
            add(&mut differences[end as usize].sole_firsts, MINUS_ONE);
        }
    }

    /// Takes back that this order is the first, as another on the first day is.
    pub(super) fn yield_first(&mut self, differences: &mut [Counts], range: Range) {
        range.add(differences, MINUS_ONE, |counts| &mut counts.firsts);
        add(&mut differences[range.low as usize].sole_firsts, MINUS_ONE);
        self.sole_end = 0;
    }
}

/// Counts the whole shop.
pub(super) struct WindowFold<'a> {
    pub(super) of_day: &'a WindowsOfDay,
    pub(super) by_day: bool,
    pub(super) differences: Vec<Counts>,
}

impl WindowFold<'_> {
    pub(super) fn join(&mut self, other: &Self) {
        for (sum, &counts) in self.differences.iter_mut().zip(&other.differences) {
            *sum = sum.wrapping_add(counts);
        }
    }
}

impl<Id> CustomerFold<Id> for WindowFold<'_> {
    type State = LastTwo;

    fn step(&mut self, _: &Id, last: &mut LastTwo, fact: Fact) {
        if !fact.is_purchase() {
            return;
        }
        let place = self.of_day.place(fact.day);
        if self.by_day && last.is_at(place) {
            return;
        }
        let (low, high) = self.of_day.at(place);
        let is_first = last.is_empty();
        last.count(&mut self.differences, place, Range { low, high }, is_first);
    }

    fn finish(&mut self, _: Id, last: LastTwo) {
        last.close(&mut self.differences);
    }
}
