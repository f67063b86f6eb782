//! Whether the data show that customers leave, and that they differ.

use core::fmt;

use crate::predict::fit::limit::Latent;
use crate::scale::Language;
use crate::scale::words::phrase;

/// The evidence of the data for a [`Latent`] quantity of a model: whether they show it, or a simpler model would do as
/// well.
///
/// The models stand one within the other. In a Poisson shop all customers buy at one rate; [`Nbd`](crate::predict::Nbd)
/// adds that rates differ ([`Latent::PurchaseRate`]); [`MbgNbd`](crate::predict::MbgNbd),
/// [`BgNbd`](crate::predict::BgNbd) and [`ParetoNbd`](crate::predict::ParetoNbd) add that customers leave
/// ([`Latent::DropoutProbability`], [`Latent::DropoutRate`]). Each step is measured by what it adds to `ln L`.
///
/// A quantity is **identified** when its likelihood ratio is [`LEAST_RATIO`](Self::LEAST_RATIO) or more, whether the likelihood
/// has a maximum or runs to customers who are alike. Where dropout is not, nobody can be seen to leave: P(alive) says nothing,
/// and NBD forecasts as well.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{FitOptions, Latent, MbgNbd, Sample, Samples};
/// use repurchase::scale::Language;
///
/// // A hundred customers who come every ten days or so, all of them still there.
/// let customers = (0..100u32).map(|n| Sample::new(3 + n % 5, 90.0 + f64::from(n % 10), 100.0));
/// let samples: Samples = customers.collect::<Result<_, _>>()?;
/// let fit = MbgNbd::fit(&samples, &FitOptions::default())?;
/// let dropout = fit.report().identification(Latent::DropoutProbability).expect("a model with dropout");
/// assert!(!dropout.is_identified());
/// assert_eq!(
///     dropout.describe(Language::English),
///     "nobody can be seen to leave (likelihood ratio 0.00, 6 needed)"
/// );
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Identification {
    /// The quantity.
    pub of: Latent,
    /// `2 (ln L - ln L₀)`, 0 or more, with the largest likelihood `L₀` of the model without the quantity: Poisson for
    /// the purchase rate, then with `ln L` of NBD; NBD for dropout.
    pub likelihood_ratio: f64,
}

impl Identification {
    /// The smallest likelihood ratio of a quantity that is identified: two parameters have one as large by chance in 5% of
    /// shops.
    pub const LEAST_RATIO: f64 = 6.0;

    /// Whether the data show the quantity.
    pub const fn is_identified(&self) -> bool {
        self.likelihood_ratio >= Self::LEAST_RATIO
    }

    /// Whether the data show the quantity, in words, with the numbers that decide.
    pub fn describe(&self, language: Language) -> String {
        let (ratio, least) = (self.likelihood_ratio, Self::LEAST_RATIO);
        let verdict = match (self.of == Latent::PurchaseRate, self.is_identified()) {
            (true, true) => phrase!(language, "customers buy at different rates", "客户的购买频率各不相同"),
            (true, false) => {
                phrase!(
                    language,
                    "customers cannot be told apart by their purchase rates",
                    "看不出客户的购买频率有差别"
                )
            }
            (false, true) => phrase!(language, "customers can be seen to leave", "可以看出客户会流失"),
            (false, false) => phrase!(language, "nobody can be seen to leave", "看不出有客户流失"),
        };
        phrase!(
            language,
            "{verdict} (likelihood ratio {ratio:.2}, {least} needed)",
            "{verdict}（似然比 {ratio:.2}，至少需 {least}）"
        )
    }
}

/// [`describe`](Identification::describe) in English.
impl fmt::Display for Identification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe(Language::English))
    }
}

/// The largest likelihoods of the models without dropout.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct Simpler {
    pub(in crate::predict) poisson: f64,
    pub(in crate::predict) nbd: f64,
}

impl Simpler {
    /// The identifications of a fit: of the purchase rate, and of `dropout` in a model that has it.
    pub(in crate::predict) fn identify(
        &self,
        log_likelihood: f64,
        dropout: Option<Latent>,
    ) -> [Option<Identification>; 2] {
        // A fit that ended a little below its limit has not become less likely than the limit.
        let identification =
            |of, above: f64, below: f64| Identification { of, likelihood_ratio: f64::max(2.0 * (above - below), 0.0) };
        let rate = identification(Latent::PurchaseRate, self.nbd, self.poisson);
        [Some(rate), dropout.map(|of| identification(of, log_likelihood, self.nbd))]
    }
}
