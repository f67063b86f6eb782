//! Three scores, and the numbers of bins that they are out of.
//!
//! Fast rather than plain: all six numbers are packed in 32 bits, so that a grid checks and places a score in a
//! nanosecond. `benches/segment.rs`, `segment/score/history` and `segment/grid/rf`, must not get slower.

use crate::error::{Error, Result};

/// The largest number of bins of a dimension, and so the highest score.
pub(crate) const MAX_BINS: u8 = 10;

/// A customer's scores for recency, frequency and monetary value, each from 1 to its number of bins; higher is better
/// for all three.
///
/// A score knows its numbers of bins: a [`Grid`](crate::segment::Grid) or an
/// [`OctantModel`](crate::segment::OctantModel) for other bins refuses it. Scores are ordered by R, then F, then M.
///
/// # Examples
///
/// ```
/// use repurchase::segment::RfmScore;
///
/// let score = RfmScore::new([5, 4, 3], [5, 5, 5])?;
/// assert_eq!(score.to_string(), "543");
/// assert!(RfmScore::new([0, 1, 1], [5, 5, 5]).is_err());
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RfmScore {
    /// The scores, from the highest bits down, four each: the scores of R, F and M, then their [`BinCounts`].
    packed: u32,
}

/// The numbers of bins of R, F and M, 1..=10, four bits each; 0 for one that is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct BinCounts(u32);

const BITS: u32 = 4;

const fn pack([r, f, m]: [u8; 3]) -> u32 {
    (r as u32) << (2 * BITS) | (f as u32) << BITS | m as u32
}

const fn unpack(packed: u32) -> [u8; 3] {
    [(packed >> (2 * BITS) & 0xf) as u8, (packed >> BITS & 0xf) as u8, (packed & 0xf) as u8]
}

impl BinCounts {
    pub(crate) fn new(bins: [u8; 3]) -> Result<Self> {
        bins.into_iter().try_for_each(|bins| Error::within("bins", bins, 1..=MAX_BINS.into()))?;
        Ok(Self(pack(bins)))
    }

    /// Makes the numbers of bins without those that a grid does not ask, which are 1.
    pub(crate) fn asked(bins: [u8; 3]) -> Self {
        Self(pack(bins.map(|bins| if bins == 1 { 0 } else { bins })))
    }

    pub(crate) const fn to_array(self) -> [u8; 3] {
        unpack(self.0)
    }

    /// The score of a customer in these bins, counted from 0.
    #[inline]
    pub(crate) const fn score(self, recency: usize, frequency: usize, monetary: usize) -> RfmScore {
        let scores = (recency as u32) << (2 * BITS) | (frequency as u32) << BITS | monetary as u32;
        RfmScore { packed: (scores + pack([1; 3])) << (3 * BITS) | self.0 }
    }

    /// Whether a score is out of these bins, where they are asked.
    #[inline]
    pub(crate) const fn are_of(self, score: RfmScore) -> bool {
        // Of each number that is not 0, all four bits.
        let asked = (self.0 | self.0 >> 1 | self.0 >> 2 | self.0 >> 3) & pack([1; 3]);
        score.packed & (asked * 0xf) == self.0
    }

    /// [`are_of`](BinCounts::are_of), or the error of what expects these bins.
    #[inline]
    pub(crate) fn check(self, what: &'static str, score: RfmScore) -> Result<()> {
        if self.are_of(score) { Ok(()) } else { Err(self.mismatch(what, score.bins())) }
    }

    #[cold]
    pub(crate) fn mismatch(self, what: &'static str, found: [u8; 3]) -> Error {
        Error::ScoreBins { what, expected: self.to_array().map(|bins| bins.max(1)), found }
    }
}

impl RfmScore {
    /// Scores of R, F and M out of these numbers of bins.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a number of bins that is not within 1..=10, or a score that is not within 1 and its
    /// number of bins.
    pub fn new(scores: [u8; 3], bins: [u8; 3]) -> Result<Self> {
        let BinCounts(packed) = BinCounts::new(bins)?;
        for ((field, score), bins) in ["recency", "frequency", "monetary"].into_iter().zip(scores).zip(bins) {
            Error::within(field, score, 1..=bins.into())?;
        }
        Ok(Self { packed: pack(scores) << (3 * BITS) | packed })
    }

    /// R: how recently the customer bought.
    pub const fn recency(self) -> u8 {
        self.to_array()[0]
    }

    /// F: how often.
    pub const fn frequency(self) -> u8 {
        self.to_array()[1]
    }

    /// M: for how much.
    pub const fn monetary(self) -> u8 {
        self.to_array()[2]
    }

    /// R, F and M in this order.
    #[inline]
    pub const fn to_array(self) -> [u8; 3] {
        unpack(self.packed >> (3 * BITS))
    }

    /// The numbers of bins of R, F and M: the highest scores that there are.
    pub const fn bins(self) -> [u8; 3] {
        unpack(self.packed)
    }

    pub(crate) const fn bin_counts(self) -> BinCounts {
        BinCounts(self.packed & 0xfff)
    }
}

/// Prints `543`; with hyphens between, `10-4-3`, when a score has two digits.
impl core::fmt::Display for RfmScore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let [r, fr, m] = self.to_array();
        if r.max(fr).max(m) < 10 { write!(f, "{r}{fr}{m}") } else { write!(f, "{r}-{fr}-{m}") }
    }
}

impl core::fmt::Debug for RfmScore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let [r, fr, m] = self.bins();
        write!(f, "RfmScore({self} of {r}-{fr}-{m})")
    }
}

crate::stored::stored! {
    RfmScore(score) {
        recency: u8 = score.recency(),
        frequency: u8 = score.frequency(),
        monetary: u8 = score.monetary(),
        bins: [u8; 3] = score.bins(),
    } <=> Self::new([recency, frequency, monetary], bins)
}
