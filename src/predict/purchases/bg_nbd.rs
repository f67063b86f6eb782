//! BG/NBD: customers who may leave after each repeat purchase.

use crate::error::Result;
use crate::predict::purchases::beta_geometric::{self, BetaGeometric, ExtraChance, Parameters};
use crate::predict::purchases::model::{PurchaseModel, delegate};
use crate::predict::{Fit, FitOptions, Sample, Samples, TimeUnit, fit};
use crate::scale::{Confidence, Interval};

/// The beta-geometric/NBD model: while alive, a customer buys at a rate `λ ~ Gamma(r, alpha)`, and leaves after each
/// repeat purchase with a probability `p ~ Beta(a, b)`.
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
/// use repurchase::predict::{BgNbd, BgNbdParams, PurchaseModel, Sample, TimeUnit};
///
/// // CDNOW, with rates per week.
/// let params = BgNbdParams { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
/// let model = BgNbd::from_params(params, TimeUnit::Week)?;
/// let customer = Sample::new(2, 213.0, 272.0)?;
/// assert!((model.probability_alive(&customer) - 0.7266).abs() < 1e-4);
/// assert!((model.expected_purchases(&customer, 273) - 1.226).abs() < 1e-3);
/// // A new customer, in 52 weeks.
/// assert!((model.expected_purchases(&Sample::NEW, 364) - 1.446).abs() < 1e-3);
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "Counting your customers the easy way: an alternative to the
/// Pareto/NBD model", Marketing Science 24(2), 275-284, doi 10.1287/mksc.1040.0098, eqs. 3, 6 and 10.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgNbd {
    unit: TimeUnit,
    params: BgNbdParams,
}

fit::params::parameters! {
    BgNbd, unit;
    BgNbdParams {
        /// Shape of the purchase rates' Gamma distribution: small where customers differ much.
        r,
        /// Rate of that distribution, in units of time: `r / alpha` purchases per unit of time on average.
        alpha,
        /// First shape of the dropout probabilities' Beta distribution, whose mean is `a / (a + b)`.
        a,
        /// Second shape of that distribution.
        b,
    }
}

/// The first purchase is no chance to leave.
const EXTRA: ExtraChance = ExtraChance(0);

impl BgNbd {
    /// Fits the model: the parameters under which the purchases of the samples are the most likely, or else a
    /// [`Boundary`](crate::predict::Boundary) that names the simpler model that fits.
    ///
    /// # Errors
    ///
    /// As [`ModelKind::fit`](crate::predict::ModelKind::fit).
    pub fn fit(samples: &Samples, options: &FitOptions) -> Result<Fit<Self, BgNbdParams>> {
        let params = |[r, alpha, a, b]: Parameters| BgNbdParams { r, alpha, a, b };
        let model = |params| Self::from_params(params, options.unit());
        beta_geometric::fit("BG/NBD", EXTRA, samples, options, params, model)
    }

    const fn core(&self) -> BetaGeometric {
        let BgNbdParams { r, alpha, a, b } = self.params;
        BetaGeometric { extra: EXTRA, unit: self.unit, parameters: [r, alpha, a, b] }
    }
}

delegate!(BgNbd, core);
