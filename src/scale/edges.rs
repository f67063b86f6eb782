//! Three thresholds in days, between four labels.

use core::ops::Bound;

use crate::error::Result;
use crate::scale::range::{Quantity, describe, range};
use crate::scale::{Bands, Language};

/// Strictly ascending days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct DayEdges {
    pub(crate) days: [u32; 3],
}

/// The edges that Chinese e-commerce teaches, for gaps between purchases and for days since the only one.
impl Default for DayEdges {
    fn default() -> Self {
        Self { days: [30, 50, 80] }
    }
}

impl DayEdges {
    pub(crate) fn new(days: [u32; 3]) -> Result<Self> {
        Bands::new(days.to_vec())?;
        Ok(Self { days })
    }

    /// The label of a number of days: how many edges it has reached.
    pub(crate) fn pick<L: Copy>(self, labels: [L; 4], days: u32) -> L {
        let [first, second, third] = self.days;
        let [below_first, below_second, below_third, above] = labels;
        match days {
            _ if days < first => below_first,
            _ if days < second => below_second,
            _ if days < third => below_third,
            _ => above,
        }
    }

    /// The days of a label, by its position; `None` where there are none.
    pub(crate) fn range(self, position: usize) -> Option<(Bound<u32>, Bound<u32>)> {
        match range(&self.days, position, [Bound::Included, Bound::Excluded])? {
            (_, Bound::Excluded(0)) => None,
            (lower, upper) => Some((lower.cloned(), upper.cloned())),
        }
    }

    /// The first edge that a number of days has not reached; `None` behind the last one.
    pub(crate) fn above(self, days: u32) -> Option<u32> {
        self.days.into_iter().find(|&edge| days < edge)
    }

    /// The edges around a number of days, in words.
    pub(crate) fn describe(self, days: u32, language: Language) -> String {
        let lower = self.days.into_iter().rev().find(|&edge| edge <= days).map_or(Bound::Unbounded, Bound::Included);
        let upper = self.above(days).map_or(Bound::Unbounded, Bound::Excluded);
        describe((lower, upper), Quantity::Number, language)
    }
}

crate::stored::stored! { DayEdges as days: [u32; 3] => Self::new(days) }
