//! Scores as ranges of what they are made of.

use core::ops::{Bound, RangeBounds, RangeInclusive};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::RfmModel;
use crate::scale::Bins;

/// Customers by ranges of their last purchase, F and M: what a score or a run of scores is in a database.
///
/// Each end says whether it belongs to the range, or is open. F and M are what the model's
/// [options](crate::segment::RfmOptions) count and sum.
///
/// [`RfmModel`] has an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RfmRegion {
    /// The day of the last purchase.
    pub recency: (Bound<NaiveDate>, Bound<NaiveDate>),
    /// Purchases, or purchase days.
    pub frequency: (Bound<u64>, Bound<u64>),
    /// Revenue, or mean order amount.
    pub monetary: (Bound<Decimal>, Bound<Decimal>),
}

impl RfmRegion {
    /// Whether a customer of this last purchase day, frequency and amount lies in all three ranges.
    pub fn contains(&self, last_purchase: NaiveDate, frequency: u64, monetary: Decimal) -> bool {
        self.recency.contains(&last_purchase)
            && self.frequency.contains(&frequency)
            && self.monetary.contains(&monetary)
    }
}

impl RfmModel {
    /// The values that get scores of R, F and M within these, both ends included.
    ///
    /// `None` where no value does: for scores that the model does not give, for a first score above the last, and for
    /// [empty scores](RfmModel::empty_scores) alone.
    pub fn region(&self, scores: [RangeInclusive<u8>; 3]) -> Option<RfmRegion> {
        let [recency, frequency, monetary] = scores;
        Some(RfmRegion {
            recency: range(self.recency(), &recency)?,
            frequency: range(self.frequency(), &frequency)?,
            monetary: range(self.monetary(), &monetary)?,
        })
    }
}

fn range<T: Ord + Copy>(bins: &Bins<T>, scores: &RangeInclusive<u8>) -> Option<(Bound<T>, Bound<T>)> {
    let place = |score: u8| usize::from(score).checked_sub(1);
    let (first, last) = (place(*scores.start())?, place(*scores.end())?);
    if first > last {
        return None;
    }
    match (bins.range(first)?.0.cloned(), bins.range(last)?.1.cloned()) {
        // Cuts that ties made equal leave nothing between them.
        (Bound::Excluded(from), Bound::Included(to)) | (Bound::Included(from), Bound::Excluded(to)) if from >= to => {
            None
        }
        range => Some(range),
    }
}
