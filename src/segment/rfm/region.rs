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
/// # Examples
///
/// ```
/// use core::ops::Bound;
///
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::segment::{RfmModel, RfmOptions};
/// use repurchase::{Ledger, Order, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let order = |id, day| Order::new(id, Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap(), Decimal::from(id));
/// let orders = (1..=5).map(|id| order(id, id)).collect::<Result<Vec<_>, _>>()?;
/// let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), NaiveDate::from_ymd_opt(2026, 3, 31).unwrap())?;
/// let model = RfmModel::fit(&ledger, &RfmOptions::default())?;
///
/// let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
/// let fours = model.region([4..=4, 1..=1, 1..=5]).expect("scores that somebody can have");
/// assert_eq!(fours.recency, (Bound::Included(day(4)), Bound::Excluded(day(5))));
/// assert_eq!(fours.monetary, (Bound::Unbounded, Bound::Unbounded));
/// assert!(fours.contains(day(4), 1, Decimal::from(4)) && !fours.contains(day(3), 1, Decimal::from(3)));
/// // All bought once, so that nobody can ever have a middle score of F.
/// assert_eq!(model.region([1..=5, 2..=4, 1..=5]), None);
/// # Ok::<(), repurchase::Error>(())
/// ```
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
