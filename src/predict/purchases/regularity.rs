//! How regularly customers come, as numbers and in words.

use crate::predict::Sample;
use crate::predict::purchases::rhythm::{KINDS, PHASES};
use crate::scale::Language;

/// How regularly a customer comes, or the customers of a shop: probabilities, or shares, by the number of phases `k`.
///
/// The standard deviation of a customer's gaps is their mean over `√k`: with `k = 1` a purchase may come at any time; with
/// 2 and 3 the rhythm is loose, gaps vary by 71% and 58%; with 5 and 8 it is strict, 45% and 35%.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Regularity {
    /// Of [`Regularity::PHASES`], 1 in all.
    pub shares: [f64; KINDS],
    /// The mean gap in days of a customer of two gaps or more that are known; `None` of others, and of a shop.
    pub mean_gap_days: Option<f64>,
}

impl Regularity {
    /// The numbers of phases.
    pub const PHASES: [u32; KINDS] = PHASES;

    pub(super) fn of(shares: [f64; KINDS], sample: &Sample) -> Self {
        let mean = sample.recency_days() / f64::from(sample.repeats());
        Self { shares, mean_gap_days: sample.known_ln_gaps().map(|_| mean) }
    }

    /// The probability, or share, of a rhythm: of `k` above 1.
    pub fn in_rhythm(&self) -> f64 {
        let [_, rhythms @ ..] = self.shares;
        f64::min(rhythms.iter().sum(), 1.0)
    }

    /// The days after which a customer usually comes; `None` unless gaps are known and a rhythm has a probability of 90%.
    pub fn rhythm_days(&self) -> Option<f64> {
        self.mean_gap_days.filter(|_| self.in_rhythm() >= SURE)
    }

    /// [`rhythm_days`](Regularity::rhythm_days) in words.
    pub fn rhythm(&self, language: Language) -> Option<String> {
        let days = libm::round(self.rhythm_days()?);
        let s = if days > 1.0 { "s" } else { "" };
        Some(match language {
            Language::English => format!("comes in a rhythm of about {days} day{s}"),
            Language::Chinese => format!("回购很有规律，大约每 {days} 天一次"),
        })
    }

    /// The shares of a shop's customers in words.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::predict::{CnbdParams, MbgCnbd, TimeUnit};
    /// use repurchase::scale::Language;
    ///
    /// let shares = [0.24, 0.2, 0.26, 0.0, 0.3];
    /// let shop = MbgCnbd::from_params(CnbdParams { r: 1.0, alpha: 4.0, a: 0.5, b: 4.0, shares }, TimeUnit::Week)?;
    /// assert_eq!(
    ///     shop.regularity().describe(Language::English),
    ///     "24% of customers come at any time, 46% in a loose rhythm, 30% in a strict one"
    /// );
    /// assert_eq!(
    ///     shop.regularity().describe(Language::Chinese),
    ///     "24% 的客户回购没有规律，46% 大致有规律，30% 很有规律"
    /// );
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn describe(&self, language: Language) -> String {
        let [one, two, three, five, eight] = self.shares;
        let [none, loose, strict] = [one, two + three, five + eight].map(|share| share * 100.0);
        match language {
            Language::English => format!(
                "{none:.0}% of customers come at any time, {loose:.0}% in a loose rhythm, {strict:.0}% in a strict one"
            ),
            Language::Chinese => {
                format!("{none:.0}% 的客户回购没有规律，{loose:.0}% 大致有规律，{strict:.0}% 很有规律")
            }
        }
    }
}

/// The probability from which on a rhythm is spoken of.
const SURE: f64 = 0.9;
