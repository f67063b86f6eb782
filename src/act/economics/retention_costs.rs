//! The cost of keeping a customer, and of winning one.

use rust_decimal::Decimal;

use crate::act::economics::{product, quotient, share};
use crate::error::{Error, Result};

/// The cost of trying to keep a customer beside the cost of winning a new one.
///
/// # Examples
///
/// ```
/// use repurchase::act::economics::RetentionCosts;
/// use rust_decimal::Decimal;
///
/// let online = RetentionCosts::online();
/// assert_eq!(online.ratio(), Some(Decimal::from(5)));
/// assert_eq!(online.break_even_success(), Some(Decimal::new(2, 1)), "one success in five tries pays");
/// ```
#[doc(alias("retention cost", "CAC"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RetentionCosts {
    retain: Decimal,
    acquire: Decimal,
}

impl RetentionCosts {
    /// Takes the cost of one try to keep a customer, and of winning one.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] for a cost that is not above 0.
    pub fn new(retain: Decimal, acquire: Decimal) -> Result<Self> {
        Ok(Self {
            retain: Error::above_zero("cost of retaining", retain)?,
            acquire: Error::above_zero("cost of acquiring", acquire)?,
        })
    }

    /// The rule of thumb of shops in the street: winning a customer costs 2 times as much as a try to keep one.
    pub const fn offline() -> Self {
        Self { retain: Decimal::ONE, acquire: Decimal::TWO }
    }

    /// The rule of thumb of shops on the net: winning a customer costs 5 times as much as a try to keep one.
    pub const fn online() -> Self {
        Self { retain: Decimal::ONE, acquire: Decimal::from_parts(5, 0, 0, false, 0) }
    }

    /// The number of customers who could be addressed for the cost of winning one.
    pub fn ratio(&self) -> Option<Decimal> {
        Some(quotient(self.acquire, self.retain)?.normalize())
    }

    /// The share of tries that must succeed for keeping a customer to be as cheap as winning one; `None` above 1, when
    /// it never is. Formula: `retain / acquire`.
    pub fn break_even_success(&self) -> Option<Decimal> {
        let success = quotient(self.retain, self.acquire)?.normalize();
        (success <= Decimal::ONE).then_some(success)
    }

    /// The saving of one try, when a share `success` of tries keeps a customer who would otherwise have to be replaced;
    /// below 0 when it loses. `None` when the share is not within 0..=1. Formula: `success * acquire - retain`.
    pub fn saving_per_try(&self, success: Decimal) -> Option<Decimal> {
        let success = share("success", success).ok()?;
        Some(product(success, self.acquire)?.checked_sub(self.retain)?.normalize())
    }
}

crate::stored::stored! {
    RetentionCosts {
        #[serde(with = "crate::number::decimal")] retain: Decimal,
        #[serde(with = "crate::number::decimal")] acquire: Decimal,
    } <=> Self::new(retain, acquire)
}
