//! One customer's use of purchase opportunities.

use crate::error::{Error, Result};

/// `x`, `t_x` and `n` of one customer: the number of opportunities with a purchase, the last of these, and the number of
/// all opportunities.
///
/// An opportunity is a period, an event or an issue at which a customer buys or does not; how much and how often within
/// it does not count. The purchase that won the customer comes before the first opportunity.
///
/// # Examples
///
/// ```
/// use repurchase::predict::OpportunitySample;
///
/// // Bought in the second and the third of six years, and in none since.
/// let sample = OpportunitySample::new(2, 3, 6)?;
/// assert_eq!((sample.repeats(), sample.recency(), sample.opportunities()), (2, 3, 6));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpportunitySample {
    repeats: u32,
    opportunities: u32,
    recency: u32,
}

impl OpportunitySample {
    /// A new customer, before the first opportunity: `x`, `t_x` and `n` are 0.
    pub const NEW: Self = Self { repeats: 0, opportunities: 0, recency: 0 };

    /// The most opportunities of a customer: the days of 273 years. A model's time is linear in them.
    pub const MAX_OPPORTUNITIES: u32 = 100_000;

    /// A customer with purchases at `repeats` of `opportunities` opportunities, the last at number `recency`, from 1.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for more than [`MAX_OPPORTUNITIES`](OpportunitySample::MAX_OPPORTUNITIES), unless
    /// `x <= t_x <= n`, and for a recency without a repeat.
    pub fn new(repeats: u32, recency: u32, opportunities: u32) -> Result<Self> {
        Error::within("opportunities n", opportunities, 0..=Self::MAX_OPPORTUNITIES.into())?;
        Error::within("repeats x", repeats, 0..=opportunities.into())?;
        let latest = if repeats > 0 { opportunities } else { 0 };
        Error::within("recency t_x", recency, repeats.into()..=latest.into())?;
        Ok(Self { repeats, opportunities, recency })
    }

    /// Makes a sample of numbers that are one.
    pub(in crate::predict) const fn of_valid(repeats: u32, recency: u32, opportunities: u32) -> Self {
        Self { repeats, opportunities, recency }
    }

    /// `x`: the opportunities with a purchase.
    pub const fn repeats(&self) -> u32 {
        self.repeats
    }

    /// `t_x`: the number, from 1, of the last opportunity with a purchase; 0 when `x` is 0.
    pub const fn recency(&self) -> u32 {
        self.recency
    }

    /// `n`: the customer's opportunities.
    pub const fn opportunities(&self) -> u32 {
        self.opportunities
    }
}

crate::stored::stored! {
    OpportunitySample { repeats: u32, opportunities: u32, recency: u32 }
    <=> OpportunitySample::new(repeats, recency, opportunities)
}
