//! MBG/NBD: customers who may leave after each purchase, the first too.

use crate::predict::purchases::beta_geometric::{self, ExtraChance};

/// The modified beta-geometric/NBD model: a customer may leave after any purchase, the first one too.
///
/// While alive, a customer buys at a rate `λ`, with `λ ~ Gamma(r, alpha)` over customers. After each purchase the
/// customer leaves with a probability `p ~ Beta(a, b)`. It is [`BgNbd`](crate::predict::BgNbd) without that model's blind spot,
/// customers who came once.
///
/// # Formula
///
/// With `k = r + x`:
///
/// - `L = Γ(k) / Γ(r) · α^r (α + T)^-k · B(a, b + x + 1) / B(a, b) · (1 + odds)`,
/// - `odds = a / (b + x) · ((α + T) / (α + t_x))^k`, those of having left,
/// - `P(alive) = 1 / (1 + odds)`, to 2e-10 at the worst and to 1e-14 as a rule,
/// - `E[Y(t)] = P(alive) · E[(1 - (1 + p t / (α + T))^-k) / p]` over `p ~ Beta(a, b + x + 1)`.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{MbgNbd, MbgNbdParams, PurchaseModel, Sample};
///
/// // CDNOW, in weeks.
/// let model = MbgNbd::from_params(MbgNbdParams { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 })?;
/// let (once, twice) = (Sample::new(0, 0.0, 38.86)?, Sample::new(2, 30.43, 38.86)?);
/// assert!((model.probability_alive(&twice) - 0.7062).abs() < 1e-4);
/// assert!(model.probability_alive(&once) < 0.5);
/// assert!((model.expected_purchases(&twice, 39.0)? - 1.263).abs() < 1e-3);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// E. P. Batislam, M. Denizel and A. Filiztekin (2007), "Empirical validation and comparison of models for customer
/// base analysis", International Journal of Research in Marketing 24(3), 201-209, doi 10.1016/j.ijresmar.2006.12.005.
/// D. Hoppe and U. Wagner (2007), "Customer base analysis: the case for a central variant of the betageometric/NBD
/// model", Marketing ZFP 29(2), 75-90.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "MbgNbdParams", into = "MbgNbdParams"))]
pub struct MbgNbd {
    params: MbgNbdParams,
}

/// The parameters of [`MbgNbd`], each finite, above 0 and at most `1e300`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct MbgNbdParams {
    /// Shape of the purchase rates' Gamma distribution: small where customers differ much.
    pub r: f64,
    /// Rate of that distribution, in units of time: `r / alpha` purchases per unit of time on average.
    pub alpha: f64,
    /// First shape of the dropout probabilities' Beta distribution, whose mean is `a / (a + b)`.
    pub a: f64,
    /// Second shape of that distribution.
    pub b: f64,
}

beta_geometric::model!(MbgNbd, MbgNbdParams, "MBG/NBD", ExtraChance(1));
