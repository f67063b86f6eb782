//! Thresholds of R and M as integers.
//!
//! Fast rather than plain: comparing decimals costs ten times as much as comparing integers, and making a date of a day
//! more than a whole score. `benches/segment.rs`, `segment/score/history`, must not get slower.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::MonetaryMeasure;
use crate::history::CustomerHistory;
use crate::number::money;
use crate::record::calendar::Day;
use crate::scale::Bins;
#[cfg(feature = "serde")]
use crate::scale::{Bands, CutPoints};

/// Bins of last purchase days, and the same by the number of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "StoredDays", into = "Bins<NaiveDate>"))]
pub(super) struct DayBins {
    pub(super) dates: Bins<NaiveDate>,
    pub(super) days: Bins<Day>,
}

impl From<Bins<NaiveDate>> for DayBins {
    fn from(dates: Bins<NaiveDate>) -> Self {
        Self { days: dates.clone().map(Day::from), dates }
    }
}

/// Days that are no cuts from the top, such as those of a model from before R counted so, are refused.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredDays {
    QuantilesFromTop(CutPoints<NaiveDate>),
    Bands(Bands<NaiveDate>),
}

#[cfg(feature = "serde")]
impl From<StoredDays> for DayBins {
    fn from(days: StoredDays) -> Self {
        Self::from(match days {
            StoredDays::QuantilesFromTop(cuts) => Bins::QuantilesFromTop(cuts),
            StoredDays::Bands(bands) => Bins::Bands(bands),
        })
    }
}

impl From<DayBins> for Bins<NaiveDate> {
    fn from(bins: DayBins) -> Self {
        bins.dates
    }
}

/// Bins of amounts, and the same as integers where they fit 63 bits at the finest scale of the thresholds.
#[derive(Debug, Clone, Eq)]
pub(super) struct MoneyBins {
    pub(super) amounts: Bins<Decimal>,
    pub(super) minor: Option<MinorBins>,
}

/// The same thresholds, with however many trailing zeros, are equal.
impl PartialEq for MoneyBins {
    fn eq(&self, other: &Self) -> bool {
        self.amounts == other.amounts
    }
}

/// Thresholds in units of `10^-scale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MinorBins {
    /// The thresholds, none of which is an end of the range.
    pub(super) bins: Bins<i64>,
    pub(super) scale: u32,
}

impl From<Bins<Decimal>> for MoneyBins {
    fn from(amounts: Bins<Decimal>) -> Self {
        let scale = amounts.thresholds().iter().map(Decimal::scale).max().unwrap_or(0);
        let is_inside = |threshold: i64| i64::MIN < threshold && threshold < i64::MAX;
        let minor = |amount: Decimal| money::minor(amount, scale).map(narrow).filter(|&minor| is_inside(minor));
        let fits = amounts.thresholds().iter().all(|&amount| minor(amount).is_some());
        let bins = || amounts.clone().map(|amount| minor(amount).unwrap_or_default());
        Self { minor: fits.then(|| MinorBins { bins: bins(), scale }), amounts }
    }
}

impl MoneyBins {
    /// The bin of what a measure sums of a customer.
    #[inline]
    pub(super) fn position(&self, measure: MonetaryMeasure, history: &CustomerHistory) -> usize {
        if let (MonetaryMeasure::Revenue, Some(MinorBins { bins, scale })) = (measure, &self.minor) {
            let spend = money::minor(history.spend(), *scale);
            // Most customers have no credit, and need no difference of decimals.
            let credited = if history.credits() == 0 { Some(0) } else { money::minor(history.credited(), *scale) };
            if let Some(revenue) = spend.zip(credited).and_then(|(spend, credited)| spend.checked_sub(credited)) {
                return bins.position(&narrow(revenue));
            }
        }
        self.position_of(measure.of(history))
    }

    #[inline]
    pub(super) fn position_of(&self, amount: Decimal) -> usize {
        let Some(MinorBins { bins, scale }) = &self.minor else { return self.amounts.position(&amount) };
        // A threshold below the amount is below the next integer, too; one not above it, not above the one before.
        let (floor, ceiling) = money::bracket(amount, *scale);
        bins.position(&narrow(if bins.is_inclusive() { floor } else { ceiling }))
    }
}

/// The nearest integer of 64 bits, which compares like it with all but the ends of their range.
#[inline]
fn narrow(minor: i128) -> i64 {
    i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX })
}

crate::stored::stored! {
    MoneyBins(bins) as texts: Bins<money::Text> = bins.amounts.clone().map(money::Text)
    => Ok(Self::from(texts.map(|money::Text(amount)| amount)))
}
