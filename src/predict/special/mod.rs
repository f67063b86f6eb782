//! Functions that the probability models and the intervals of campaigns are made of, each for the whole range of its
//! arguments.
//!
//! They neither allocate nor panic, and give the same bits on every platform. Measured against 50 digits, they are
//! right to about 1e-13 of their value, and to 1e-15 where the value passes through zero.

mod beta;
mod difference;
mod exponential;
mod gamma;
mod hypergeometric;
mod incomplete_beta;
mod logistic;
mod polynomial;
mod quadrature;

pub(super) use beta::{ln_beta, ln_beta_ratio};
pub(super) use difference::{digamma_difference, ln_rising, trigamma_difference};
pub(super) use exponential::exp_of_nonpositive;
pub(super) use gamma::{stirling_remainder, trigamma};
pub(super) use hypergeometric::discounted_survival;
pub(super) use incomplete_beta::deviance;
pub(crate) use incomplete_beta::{beta_kernel, regularized_beta};
pub(super) use logistic::{ln_1p_exp, logistic};
pub(crate) use polynomial::polynomial;
pub(super) use quadrature::{TWELVE_NODES, TWENTY_NODES, integrate_panels, visit_nodes};

#[cfg(test)]
mod tests;
