//! Numbers of customers as floats.

/// A number of customers, rounded beyond nine quadrillions.
#[inline]
#[allow(clippy::cast_precision_loss, reason = "nine quadrillion customers are exact")]
pub(crate) const fn count(customers: u64) -> f64 {
    // Signed numbers become floats in one instruction, and there are no more customers than they hold.
    let signed = if customers > i64::MAX as u64 { i64::MAX } else { customers as i64 };
    signed as f64
}
