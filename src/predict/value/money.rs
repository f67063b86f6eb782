//! Conversion of estimates to amounts of money.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::number::money;

/// The amount with `decimals` decimals that is nearest to an estimate; of two equally near ones, the even one.
///
/// # Errors
///
/// [`Error::OutOfRange`] for more than 28 decimals; [`Error::Number`] for an estimate that is not finite, or does not
/// fit a `Decimal`'s 96 bits with that many decimals.
///
/// # Examples
///
/// ```
/// use repurchase::predict::rounded_to_money;
/// use rust_decimal::Decimal;
///
/// assert_eq!(rounded_to_money(19.996, 2)?.to_string(), "20.00");
/// assert_eq!(rounded_to_money(0.125, 2)?, Decimal::new(12, 2));
/// assert!(rounded_to_money(f64::NAN, 2).is_err());
/// # Ok::<(), repurchase::Error>(())
/// ```
pub fn rounded_to_money(estimate: f64, decimals: u32) -> Result<Decimal> {
    Error::within("decimals", decimals, 0..=Decimal::MAX_SCALE.into())?;
    let expected = "finite and within 96 bits at the decimals asked for";
    let refused = Error::Number { field: "estimate in money", found: estimate, expected };
    money::nearest(estimate, decimals).ok_or(refused)
}
