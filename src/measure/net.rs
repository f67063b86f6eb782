//! Money in and out, summed exactly in any order.

use crate::history::Fact;

/// A sum of purchases less credits, in units of `10^-scale` of a log.
pub(super) trait NetSum: Copy + Default + Send {
    fn add(&mut self, fact: Fact);

    fn merge(&mut self, other: Self);

    /// `None` from the sum on that left 127 bits.
    fn net(self) -> Option<i128>;
}

/// Sums for logs whose amounts add up to 64 bits.
impl NetSum for i64 {
    #[inline]
    fn add(&mut self, fact: Fact) {
        *self = self.wrapping_add(fact.amount as Self);
    }

    fn merge(&mut self, other: Self) {
        *self = self.wrapping_add(other);
    }

    fn net(self) -> Option<i128> {
        Some(self.into())
    }
}

/// Sums for any log. `None` from the sum on that left 127 bits: both only ever grow, so whether they leave them does
/// not depend on the order of what is summed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Net {
    spent: Option<i128>,
    pub(super) credited: Option<i128>,
}

impl Default for Net {
    fn default() -> Self {
        Self { spent: Some(0), credited: Some(0) }
    }
}

impl Net {
    pub(super) fn plus(self, other: Self) -> Self {
        let sum = |left: Option<i128>, right: Option<i128>| left?.checked_add(right?);
        Self { spent: sum(self.spent, other.spent), credited: sum(self.credited, other.credited) }
    }

    pub(super) fn of(fact: Fact) -> Self {
        let amount = Some(fact.amount.abs());
        if fact.is_purchase() {
            Self { spent: amount, ..Self::default() }
        } else {
            Self { credited: amount, ..Self::default() }
        }
    }
}

impl NetSum for Net {
    fn add(&mut self, fact: Fact) {
        *self = self.plus(Self::of(fact));
    }

    fn merge(&mut self, other: Self) {
        *self = self.plus(other);
    }

    fn net(self) -> Option<i128> {
        // Neither is below 0, so their difference fits.
        Some(self.spent? - self.credited?)
    }
}
