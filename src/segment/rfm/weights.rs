//! One number made of three scores.

use super::RfmScore;
use crate::error::{Error, Result};

/// Weights that make one number of three scores: the composite customer value.
///
/// # Examples
///
/// ```
/// use repurchase::segment::{CompositeWeights, RfmScore};
///
/// let weights = CompositeWeights::new(1, 2, 5)?;
/// assert_eq!(weights.value(RfmScore::new([5, 4, 3], [5; 3])?), 3.5);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

    /// The weighted mean of the scores: from 1, the worst, to the number of bins, the best. Formula:
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

crate::stored::stored! {
    CompositeWeights as weights: [u32; 3] => {
        let [recency, frequency, monetary] = weights;
        Self::new(recency, frequency, monetary)
    }
}
