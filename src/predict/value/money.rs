//! From estimates to amounts of money.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::number::money;

/// An estimate in money as a decimal: the nearest amount with `decimals` decimals; of two equally near ones,
/// the even one.
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
    if decimals > Decimal::MAX_SCALE {
        let (found, max) = (decimals.into(), Decimal::MAX_SCALE.into());
        return Err(Error::OutOfRange { field: "decimals", found, min: 0, max });
    }
    money::nearest(estimate, decimals).ok_or(Error::Number {
        field: "estimate in money",
        found: estimate,
        expected: "finite and within 96 bits at the decimals asked for",
    })
}
