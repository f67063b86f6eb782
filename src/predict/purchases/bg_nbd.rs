//! BG/NBD: customers who may leave after each repeat purchase.

use crate::predict::purchases::beta_geometric::{self, ExtraChance};

/// The beta-geometric/NBD model: a customer leaves after a repeat purchase, never before one.
///
/// While alive, a customer buys at a rate `λ`, with `λ ~ Gamma(r, alpha)` over customers. After each repeat purchase
/// the customer leaves with a probability `p ~ Beta(a, b)`.
///
/// **A customer who came once is alive, P = 1, however long ago that was**: nobody leaves without a repeat purchase.
/// Rank customers by expected purchases, not by P(alive), or use [`MbgNbd`](crate::predict::MbgNbd).
///
/// # Formula
///
/// With `k = r + x`:
///
/// - `L = Γ(k) / Γ(r) · α^r (α + T)^-k · B(a, b + x) / B(a, b) · (1 + odds)`,
/// - `odds = a / (b + x - 1) · ((α + T) / (α + t_x))^k`, those of having left; 0 where `x = 0`,
/// - `P(alive) = 1 / (1 + odds)`, to 2e-10 at the worst and to 1e-14 as a rule,
/// - `E[Y(t)] = P(alive) · E[(1 - (1 + p t / (α + T))^-k) / p]` over `p ~ Beta(a, b + x)`; the textbook form with a
///   Gauss hypergeometric function is the same where `a ≠ 1`, and loses its digits near it.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{BgNbd, BgNbdParams, PurchaseModel, Sample};
///
/// // The CDNOW customers of the model's authors, in weeks.
/// let model = BgNbd::from_params(BgNbdParams { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })?;
/// let customer = Sample::new(2, 30.43, 38.86)?;
/// assert!((model.probability_alive(&customer) - 0.7266).abs() < 1e-4);
/// assert!((model.expected_purchases(&customer, 39.0)? - 1.226).abs() < 1e-3);
/// // A new customer, in a year.
/// assert!((model.expected_purchases(&Sample::NEW, 52.0)? - 1.446).abs() < 1e-3);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "Counting your customers the easy way: an alternative to the
/// Pareto/NBD model", Marketing Science 24(2), 275-284, doi 10.1287/mksc.1040.0098, eqs. 3, 6 and 10.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "BgNbdParams", into = "BgNbdParams"))]
pub struct BgNbd {
    params: BgNbdParams,
}

/// The parameters of [`BgNbd`], each finite, above 0 and at most `1e300`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct BgNbdParams {
    /// Shape of the purchase rates' Gamma distribution: small where customers differ much.
    pub r: f64,
    /// Rate of that distribution, in units of time: `r / alpha` purchases per unit of time on average.
    pub alpha: f64,
    /// First shape of the dropout probabilities' Beta distribution, whose mean is `a / (a + b)`.
    pub a: f64,
    /// Second shape of that distribution.
    pub b: f64,
}

beta_geometric::model!(BgNbd, BgNbdParams, "BG/NBD", ExtraChance(0));
