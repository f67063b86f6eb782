//! Three scores, and one number made of them.

use crate::error::{Error, Result};

/// The largest number of bins of a dimension, and so the highest score.
pub(crate) const MAX_BINS: u8 = 10;

/// A customer's scores for recency, frequency and monetary value: 1..=10 each, higher is better for all three.
///
/// # Examples
///
/// ```
/// use repurchase::segment::RfmScore;
///
/// let score = RfmScore::new(5, 4, 3)?;
/// assert_eq!(score.to_string(), "543");
/// assert!(RfmScore::new(0, 1, 1).is_err());
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "RawScore"))]
pub struct RfmScore {
    recency: u8,
    frequency: u8,
    monetary: u8,
}

impl RfmScore {
    /// The given scores.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a score that is not within 1..=10.
    pub fn new(recency: u8, frequency: u8, monetary: u8) -> Result<Self> {
        for (field, score) in [("recency", recency), ("frequency", frequency), ("monetary", monetary)] {
            if !(1..=MAX_BINS).contains(&score) {
                return Err(Error::OutOfRange { field, found: score.into(), min: 1, max: MAX_BINS.into() });
            }
        }
        Ok(Self { recency, frequency, monetary })
    }

    /// The scores of bins counted from 0, each below [`MAX_BINS`].
    pub(crate) const fn of_bins(recency: usize, frequency: usize, monetary: usize) -> Self {
        Self { recency: recency as u8 + 1, frequency: frequency as u8 + 1, monetary: monetary as u8 + 1 }
    }

    /// R: how recently the customer bought.
    pub const fn recency(self) -> u8 {
        self.recency
    }

    /// F: how often.
    pub const fn frequency(self) -> u8 {
        self.frequency
    }

    /// M: for how much.
    pub const fn monetary(self) -> u8 {
        self.monetary
    }

    /// R, F and M in this order.
    pub const fn to_array(self) -> [u8; 3] {
        [self.recency, self.frequency, self.monetary]
    }
}

/// Prints `543`; with hyphens between, `10-4-3`, when a score has two digits.
impl core::fmt::Display for RfmScore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let [r, fr, m] = self.to_array();
        if r.max(fr).max(m) < 10 { write!(f, "{r}{fr}{m}") } else { write!(f, "{r}-{fr}-{m}") }
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct RawScore {
    recency: u8,
    frequency: u8,
    monetary: u8,
}

#[cfg(feature = "serde")]
impl TryFrom<RawScore> for RfmScore {
    type Error = Error;

    fn try_from(raw: RawScore) -> Result<Self> {
        Self::new(raw.recency, raw.frequency, raw.monetary)
    }
}

/// Weights that make one number of three scores: the composite customer value.
///
/// # Examples
///
/// ```
/// use repurchase::segment::{CompositeWeights, RfmScore};
///
/// let weights = CompositeWeights::new(1, 2, 5)?;
/// assert_eq!(weights.value(RfmScore::new(5, 4, 3)?), 3.5);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "[u32; 3]", into = "[u32; 3]"))]
pub struct CompositeWeights {
    weights: [u32; 3],
}

impl CompositeWeights {
    /// Weights of R, F and M; only their proportions matter.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when all three are 0.
    pub const fn new(recency: u32, frequency: u32, monetary: u32) -> Result<Self> {
        if recency == 0 && frequency == 0 && monetary == 0 {
            return Err(Error::OutOfRange { field: "sum of weights", found: 0, min: 1, max: 3 * (u32::MAX as u64) });
        }
        Ok(Self { weights: [recency, frequency, monetary] })
    }

    /// The weighted mean of the scores: from 1, the worst, to the number of bins, the best.
    ///
    /// # Formula
    ///
    /// `(w_R R + w_F F + w_M M) / (w_R + w_F + w_M)`, of integers, rounded once.
    #[allow(clippy::cast_precision_loss, reason = "both are below 2^37")]
    pub fn value(self, score: RfmScore) -> f64 {
        let weights = self.weights.map(u64::from);
        let weighted = weights.iter().zip(score.to_array()).map(|(weight, score)| weight * u64::from(score));
        weighted.sum::<u64>() as f64 / weights.iter().sum::<u64>() as f64
    }
}

/// All three weigh the same.
impl Default for CompositeWeights {
    fn default() -> Self {
        Self { weights: [1; 3] }
    }
}

impl TryFrom<[u32; 3]> for CompositeWeights {
    type Error = Error;

    fn try_from([recency, frequency, monetary]: [u32; 3]) -> Result<Self> {
        Self::new(recency, frequency, monetary)
    }
}

impl From<CompositeWeights> for [u32; 3] {
    fn from(weights: CompositeWeights) -> Self {
        weights.weights
    }
}
