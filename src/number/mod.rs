//! Exact money, correctly rounded quotients, wide integers, special functions and the optimiser.

#[cfg(feature = "serde")]
pub(crate) mod decimal;
pub(crate) mod distribution;
mod exact_sum;
#[cfg(test)]
pub(crate) mod golden;
pub(crate) mod money;
pub(crate) mod optimize;
mod quotient;
pub(crate) mod runs;
pub(crate) mod select;
pub(crate) mod special;
pub(crate) mod weight;
pub(crate) mod wide;

pub(crate) use exact_sum::{ExactSum, exact_sum, exact_sum_of_counted};
pub(crate) use quotient::quotient;
