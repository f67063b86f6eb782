//! BG/CNBD-k and MBG/CNBD-k: customers of whom some come in a rhythm.

use crate::error::{Error, Result};
use crate::predict::given::range::PARAMETERS;
use crate::predict::purchases::beta_geometric::ExtraChance;
use crate::predict::purchases::model::{PurchaseModel, delegate};
use crate::predict::purchases::rhythm::{self, KINDS, Rhythm};
use crate::predict::{Fit, FitOptions, Regularity, Sample, Samples, TimeUnit};
use crate::scale::{Confidence, Interval};

/// The parameters of [`MbgCnbd`] and [`BgCnbd`]: the first four from `1e-30` to `1e30`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct CnbdParams {
    /// Shape of the purchase rates' Gamma distribution: small where customers differ much.
    pub r: f64,
    /// Rate of that distribution, in units of time: `r / alpha` purchases per unit of time on average, whatever the rhythm.
    pub alpha: f64,
    /// First shape of the dropout probabilities' Beta distribution, whose mean is `a / (a + b)`.
    pub a: f64,
    /// Second shape of that distribution.
    pub b: f64,
    /// Shares of customers whose gaps are Erlang distributed of `k` = 1, 2, 3, 5 and 8 phases: 0 or more, and 1 in all. 1
    /// phase is no rhythm; of `k`, the standard deviation of a customer's gaps is their mean over `√k`.
    ///
    /// Of a fit's standard errors, those of shares of 0 are 0: they have none.
    pub shares: [f64; KINDS],
}

impl CnbdParams {
    fn checked(self) -> Result<Self> {
        let Self { r, alpha, a, b, shares } = self;
        for (field, found) in [("r", r), ("alpha", alpha), ("a", a), ("b", b)] {
            PARAMETERS.check(field, found)?;
        }
        let refused = |found, expected| Err(Error::Number { field: "shares", found, expected });
        if let Some(&found) = shares.iter().find(|&&share| !(0.0..=1.0).contains(&share)) {
            return refused(found, "0 to 1");
        }
        let found: f64 = shares.iter().sum();
        if (found - 1.0).abs() > 1e-9 { refused(found, "1 in all") } else { Ok(self) }
    }

    fn of([r, alpha, a, b, shares @ ..]: [f64; 4 + KINDS]) -> Self {
        Self { r, alpha, a, b, shares }
    }
}

macro_rules! model {
    ($(#[$about:meta])* $model:ident, $name:literal, $extra:literal) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(try_from = "StoredCnbd", into = "StoredCnbd"))]
        pub struct $model {
            unit: TimeUnit,
            params: CnbdParams,
        }

        impl $model {
            /// The model of known parameters.
            ///
            /// # Errors
            ///
            /// [`Error::Number`] for a parameter outside its range, for a share that is not in `[0, 1]`, and for shares that
            /// do not sum to 1 within `1e-9`.
            pub fn from_params(params: CnbdParams, unit: TimeUnit) -> Result<Self> {
                Ok(Self { unit, params: params.checked()? })
            }

            /// Fits the model: the parameters and shares under which the purchases of the samples are the most likely, or
            /// else a [`Boundary`](crate::predict::Boundary) that names the simpler model that fits. Shares of 0 are no
            /// boundary.
            ///
            /// # Errors
            ///
            /// As [`ModelKind::fit`](crate::predict::ModelKind::fit).
            pub fn fit(samples: &Samples, options: &FitOptions) -> Result<Fit<Self, CnbdParams>> {
                let model = |params| Self::from_params(params, options.unit());
                rhythm::fit($name, ExtraChance($extra), samples, options, CnbdParams::of, model)
            }

            /// Its parameters.
            pub const fn params(&self) -> CnbdParams {
                self.params
            }

            /// The unit of time of its rates and parameters.
            pub const fn unit(&self) -> TimeUnit {
                self.unit
            }

            /// The regularity of the shop's customers.
            pub const fn regularity(&self) -> Regularity {
                Regularity { shares: self.params.shares, mean_gap_days: None }
            }

            /// The regularity of a customer, given the purchases: the shop's shares, by Bayes' rule.
            pub fn regularity_of(&self, sample: &Sample) -> Regularity {
                Regularity::of_customer(self.core().posterior(sample), sample)
            }

            const fn core(&self) -> Rhythm {
                let CnbdParams { r, alpha, a, b, shares } = self.params;
                Rhythm { extra: ExtraChance($extra), unit: self.unit, parameters: [r, alpha, a, b], shares }
            }
        }

        delegate!($model, core);

        #[cfg(feature = "serde")]
        impl From<$model> for StoredCnbd {
            fn from($model { unit, params }: $model) -> Self {
                let CnbdParams { r, alpha, a, b, shares } = params;
                Self { unit, r, alpha, a, b, shares }
            }
        }

        #[cfg(feature = "serde")]
        impl TryFrom<StoredCnbd> for $model {
            type Error = Error;

            fn try_from(StoredCnbd { unit, r, alpha, a, b, shares }: StoredCnbd) -> Result<Self> {
                Self::from_params(CnbdParams { r, alpha, a, b, shares }, unit)
            }
        }
    };
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCnbd {
    unit: TimeUnit,
    r: f64,
    alpha: f64,
    a: f64,
    b: f64,
    shares: [f64; KINDS],
}

model! {
    /// The MBG/CNBD-k model with shares of customers by `k`: while alive, a customer buys at a rate of `Gamma(r, alpha)`, with
    /// gaps that are Erlang distributed of `k` phases, and leaves after each purchase, the first too, with a probability
    /// `p ~ Beta(a, b)`.
    ///
    /// With `k = 1` alone it is [`MbgNbd`](crate::predict::MbgNbd), to the bit. A regular customer is due once the usual gap
    /// is over, and silence after it says more than of others: the model ranks who buys **within days**. Over a long horizon
    /// it buries a regular customer who skips a cycle too early.
    ///
    /// # Formula
    ///
    /// Of a customer of `k`, with `A = alpha / k`, `K = r + k x`, `q = (T - t_x) / (A + T)` and
    /// `w_j = Γ(K + j) / (Γ(K) j!) q^j` for `j` in `0..k`:
    ///
    /// - `L_k = Π g^(k - 1) / ((k - 1)!)^x · Γ(K) / Γ(r) · A^r (A + T)^-K · B(a, b + x + 1) / B(a, b) · (Σ w_j + odds)`,
    /// - `odds = a / (b + x) · ((A + T) / (A + t_x))^K`, `P_k(alive) = Σ w_j / (Σ w_j + odds)`,
    /// - `P_k(Y >= m) = P_k(alive) Σ w_j I_z(m k - j, K + j) / Σ w_j · B(a, b + x + m) / B(a, b + x + 1)`, with
    ///   `z = t / (A + T + t)`,
    ///
    /// and all answers are means over `k`, weighted by `share_k L_k`. All terms are positive. Where a sample's gaps are not
    /// known, the likelihood is the mean over all gaps that fill `t_x`.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::predict::{CnbdParams, MbgCnbd, PurchaseModel, Sample, TimeUnit};
    /// use repurchase::scale::Language;
    ///
    /// let shares = [0.5, 0.2, 0.1, 0.1, 0.1];
    /// let params = CnbdParams { r: 0.9, alpha: 30.0, a: 0.5, b: 4.0, shares };
    /// let model = MbgCnbd::from_params(params, TimeUnit::Day)?;
    /// // Ten gaps of 28 days or so, the last purchase 25 days ago; and as many of any length.
    /// let regular = Sample::new(10, 280.0, 305.0)?.with_ln_gaps(10.0 * 27.8f64.ln())?;
    /// let other = Sample::new(10, 280.0, 305.0)?.with_ln_gaps(10.0 * 15.0f64.ln())?;
    /// assert!(model.regularity_of(&regular).in_rhythm() > 0.99 && model.regularity_of(&other).in_rhythm() < 0.2);
    /// let due = |sample| model.probability_buys(sample, 7);
    /// assert!(due(&regular) > due(&other));
    /// let words = model.regularity_of(&regular).rhythm(Language::English);
    /// assert_eq!(words.as_deref(), Some("comes in a rhythm of about 28 days"));
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    ///
    /// # References
    ///
    /// T. Reutterer, M. Platzer and N. Schröder (2021), "Leveraging purchase regularity for predicting customer behavior the
    /// easy way", International Journal of Research in Marketing 38(1), 194-215, doi 10.1016/j.ijresmar.2020.09.002, for one
    /// `k`. M. Platzer and T. Reutterer (2016), "Ticking away the moments: timing regularity helps to better predict customer
    /// activity", Marketing Science 35(5), 779-799, doi 10.1287/mksc.2015.0963.
    MbgCnbd, "MBG/CNBD-k", 1
}

model! {
    /// The BG/CNBD-k model with shares of customers by `k`: as [`MbgCnbd`], but that a customer leaves after repeat purchases
    /// only.
    ///
    /// **A customer who came once is alive, P = 1, however long ago that was.** With `k = 1` alone it is
    /// [`BgNbd`](crate::predict::BgNbd), to the bit.
    ///
    /// # Formula
    ///
    /// That of [`MbgCnbd`] with `x` in place of `x + 1` in the beta functions, and `odds = a / (b + x - 1) · ...`, which are
    /// 0 where `x = 0`.
    ///
    /// # References
    ///
    /// Those of [`MbgCnbd`].
    BgCnbd, "BG/CNBD-k", 0
}
