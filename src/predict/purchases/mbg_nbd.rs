//! MBG/NBD: customers who may leave after each purchase, the first too.

use crate::error::Result;
use crate::predict::purchases::beta_geometric::{self, BetaGeometric, ExtraChance, Parameters};
use crate::predict::purchases::model::{PurchaseModel, delegate};
use crate::predict::{Fit, FitOptions, Sample, Samples, TimeUnit, fit};
use crate::scale::{Confidence, Interval};

/// The modified beta-geometric/NBD model: while alive, a customer buys at a rate `λ ~ Gamma(r, alpha)`, and leaves after
/// each purchase, the first too, with a probability `p ~ Beta(a, b)`.
///
/// Unlike [`BgNbd`](crate::predict::BgNbd), it describes customers who came once.
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
/// use repurchase::predict::{MbgNbd, MbgNbdParams, PurchaseModel, Sample, TimeUnit};
///
/// // CDNOW, with rates per week.
/// let params = MbgNbdParams { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 };
/// let model = MbgNbd::from_params(params, TimeUnit::Week)?;
/// let (once, thrice) = (Sample::new(0, 0.0, 272.0)?, Sample::new(2, 213.0, 272.0)?);
/// assert!((model.probability_alive(&thrice) - 0.7062).abs() < 1e-4);
/// assert!(model.probability_alive(&once) < 0.5);
/// assert!((model.expected_purchases(&thrice, 273) - 1.263).abs() < 1e-3);
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
pub struct MbgNbd {
    unit: TimeUnit,
    params: MbgNbdParams,
}

fit::params::parameters! {
    MbgNbd, unit;
    MbgNbdParams {
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

/// The first purchase is a chance to leave, too.
const EXTRA: ExtraChance = ExtraChance(1);

impl MbgNbd {
    /// Fits the model: the parameters under which the purchases of the samples are the most likely, or else a
    /// [`Boundary`](crate::predict::Boundary) that names the simpler model that fits.
    ///
    /// # Errors
    ///
    /// As [`ModelKind::fit`](crate::predict::ModelKind::fit).
    pub fn fit(samples: &Samples, options: &FitOptions) -> Result<Fit<Self, MbgNbdParams>> {
        let params = |[r, alpha, a, b]: Parameters| MbgNbdParams { r, alpha, a, b };
        let model = |params| Self::from_params(params, options.unit());
        beta_geometric::fit("MBG/NBD", EXTRA, samples, options, params, model)
    }

    const fn core(&self) -> BetaGeometric {
        let MbgNbdParams { r, alpha, a, b } = self.params;
        BetaGeometric { extra: EXTRA, unit: self.unit, parameters: [r, alpha, a, b] }
    }
}

delegate!(MbgNbd, core);
