//! The economics of coupons, retention and acquisition.
//!
//! | question | function |
//! |---|---|
//! | does a coupon (优惠券) pay, and how many more orders must it bring? | [`Coupon::break_even_orders`], [`Coupon::profit_change`] |
//! | does a paid membership (付费会员) pay, and how many more purchases must it bring? | [`PaidMembership::break_even_purchases`], [`PaidMembership::profit_change`] |
//! | how often must a try to keep a customer succeed? | [`RetentionCosts::break_even_success`] |
//! | what is a customer worth at a constant loss rate (LTV)? | [`ConstantLoss::value`] |
//! | what does losing fewer customers bring? | [`ConstantLoss::profit_change`] |
//!
//! Formulas are rational, in decimals, and rounded where a [`Decimal`]'s 28 digits do not hold a result. Shares and rates
//! are fractions of 1: 0.3 is 30%. A result is `None` where it is undefined, too large for a `Decimal`, or too small.

mod constant_loss;
mod coupon;
mod membership;
mod retention_costs;

pub use constant_loss::ConstantLoss;
pub use coupon::Coupon;
pub use membership::PaidMembership;
pub use retention_costs::RetentionCosts;

use rust_decimal::Decimal;

use crate::error::{Error, Result};

/// `None` beyond a `Decimal`, also towards 0.
fn product(left: Decimal, right: Decimal) -> Option<Decimal> {
    let is_zero = left.is_zero() || right.is_zero();
    left.checked_mul(right).filter(|product| product.is_zero() == is_zero)
}

/// `None` beyond a `Decimal`, also towards 0, and for a divisor of 0.
fn quotient(left: Decimal, right: Decimal) -> Option<Decimal> {
    left.checked_div(right).filter(|quotient| quotient.is_zero() == left.is_zero())
}

fn share(field: &'static str, found: Decimal) -> Result<Decimal> {
    let is_share = Decimal::ZERO <= found && found <= Decimal::ONE;
    if is_share { Ok(found) } else { Err(Error::Amount { field, found, expected: "within 0..=1" }) }
}
