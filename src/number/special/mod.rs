//! Special functions for the whole range of their arguments.
//!
//! They neither allocate nor panic, and give the same bits on every platform: against 50 digits, right to about 1e-13 of
//! their value, and to 1e-15 where it passes through zero.

mod beta;
mod difference;
mod exponential;
mod gamma;
mod hypergeometric;
mod incomplete_beta;
mod logistic;
mod polynomial;
mod quadrature;

pub(crate) use beta::{digamma_second_difference, ln_beta, ln_beta_ratio};
pub(crate) use difference::{digamma_difference, ln_rising, trigamma_difference};
pub(crate) use exponential::exp_of_nonpositive;
pub(crate) use gamma::{stirling_remainder, trigamma};
pub(crate) use hypergeometric::discounted_survival;
pub(crate) use incomplete_beta::{beta_kernel, deviance, regularized_beta, regularized_beta_by};
pub(crate) use logistic::{ln_1p_exp, logistic};
pub(crate) use polynomial::{polynomial, reciprocals};
pub(crate) use quadrature::{FOUR_NODES, TWELVE_NODES, TWENTY_NODES, integrate, integrate_panels, visit_nodes};

#[cfg(test)]
mod tests;
