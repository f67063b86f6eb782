//! Options of an RFM model.

use rust_decimal::Decimal;

use super::measure::Measures;
use super::score::MAX_BINS;
use super::{FrequencyMeasure, MonetaryMeasure};
use crate::error::{Error, Result};
use crate::scale::Bands;

/// The rule by which one of R, F and M becomes scores.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "serde", serde(bound(deserialize = "T: Ord + serde::Deserialize<'de>")))]
pub enum BinRule<T> {
    /// A number of bins, 2..=10, of equal shares of the customers; ties can leave some of them empty.
    Quantiles(u8),
    /// The shop's own thresholds, of 2..=10 bands. Needed where most customers have bought once, so that quantiles
    /// of F leave most bins empty.
    Bands(Bands<T>),
}

/// The options by which an [`RfmModel`](super::RfmModel) is fitted: what F counts and M sums, and the bins of each.
///
/// The default scores the last purchase day, purchases and revenue in five quantile bins each.
///
/// # Examples
///
/// ```
/// use repurchase::scale::Bands;
/// use repurchase::segment::{BinRule, FrequencyMeasure, RfmOptions};
///
/// // Once, two or three times, more often; several orders on one day are one.
/// let options = RfmOptions::default()
///     .with_frequency_measure(FrequencyMeasure::PurchaseDays)
///     .with_frequency(BinRule::Bands(Bands::new(vec![2, 4])?));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct RfmOptions {
    pub(super) measures: Measures,
    pub(super) recency: BinRule<u32>,
    pub(super) frequency: BinRule<u64>,
    #[cfg_attr(feature = "serde", serde(with = "super::stored::amounts"))]
    pub(super) monetary: BinRule<Decimal>,
}

impl Default for RfmOptions {
    fn default() -> Self {
        Self::quantiles(5)
    }
}

impl RfmOptions {
    /// The last purchase day, purchases and revenue in this number of quantile bins, 2..=10.
    pub fn quantiles(bins: u8) -> Self {
        Self {
            measures: Measures::default(),
            recency: BinRule::Quantiles(bins),
            frequency: BinRule::Quantiles(bins),
            monetary: BinRule::Quantiles(bins),
        }
    }

    /// Sets the bins of R. Bands are of days since the last purchase, ascending; the first scores highest.
    ///
    /// Days are counted back from the as-of day of the fit: the model keeps dates, and is fitted anew as time goes on.
    pub fn with_recency(self, bins: BinRule<u32>) -> Self {
        Self { recency: bins, ..self }
    }

    /// Sets the bins of F.
    pub fn with_frequency(self, bins: BinRule<u64>) -> Self {
        Self { frequency: bins, ..self }
    }

    /// Sets the bins of M.
    pub fn with_monetary(self, bins: BinRule<Decimal>) -> Self {
        Self { monetary: bins, ..self }
    }

    /// The measure of F.
    pub const fn frequency_measure(&self) -> FrequencyMeasure {
        self.measures.frequency
    }

    /// The measure of M.
    pub const fn monetary_measure(&self) -> MonetaryMeasure {
        self.measures.monetary
    }

    /// Sets the measure of F.
    pub const fn with_frequency_measure(mut self, measure: FrequencyMeasure) -> Self {
        self.measures.frequency = measure;
        self
    }

    /// Sets the measure of M.
    pub const fn with_monetary_measure(mut self, measure: MonetaryMeasure) -> Self {
        self.measures.monetary = measure;
        self
    }
}

impl<T> BinRule<T> {
    pub(super) fn check(&self) -> Result<&Self> {
        check_bins(match self {
            Self::Quantiles(bins) => usize::from(*bins),
            Self::Bands(bands) => bands.len(),
        })?;
        Ok(self)
    }
}

pub(super) fn check_bins(bins: usize) -> Result<()> {
    Error::within("bins", bins as u64, 2..=MAX_BINS.into())
}
