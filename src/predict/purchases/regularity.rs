//! The regularity of customers, as numbers and in words.

use crate::error::{Error, Result};
use crate::predict::purchases::rhythm::{KINDS, PHASES};
use crate::predict::{FitOptions, MbgCnbd, MbgNbd, Sample, Samples};
use crate::scale::Language;
use crate::scale::words::count;
use crate::stored::stored;

/// The regularity of a customer, or of the customers of a shop: probabilities, or shares, by the number of phases `k`.
///
/// The standard deviation of a customer's gaps is their mean over `√k`: with `k = 1` a purchase may come at any time; with
/// 2 and 3 the rhythm is loose, gaps vary by 71% and 58%; with 5 and 8 it is strict, 45% and 35%.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Regularity {
    /// The share of customers of each of [`Regularity::PHASES`]; their sum is 1.
    pub shares: [f64; KINDS],
    /// The mean gap in days of a customer of two gaps or more that are known; `None` of others, and of a shop.
    pub mean_gap_days: Option<f64>,
}

impl Regularity {
    /// The numbers of phases.
    pub const PHASES: [u32; KINDS] = PHASES;

    /// The likelihood ratio `2 (ln L - ln L₁)` of a shop's shares against `k = 1` for everyone from which on a rhythm shows: the
    /// 5% point of four parameters.
    pub const LEAST_RATIO: f64 = 9.49;

    /// Estimates the regularity of the customers of a shop: the shares of a fit of [`MbgCnbd`], and of how many
    /// customers the gaps say so, those of two gaps or more that are known. `None` without such a customer, and where
    /// the fit has no end.
    ///
    /// Where the shares' likelihood ratio is below [`LEAST_RATIO`](Self::LEAST_RATIO), no rhythm shows: all have `k = 1`.
    ///
    /// Of more than 4,096 different rows of customers every second, third and so on is fitted, so that it takes a
    /// fraction of a second whatever the size of the shop.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] for a penalty that is negative or not finite.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::predict::{FitOptions, Regularity, Sample, Samples};
    ///
    /// // Every second customer comes each 30 days or so; the others come now and then.
    /// let customer = |n: u32| {
    ///     let (repeats, age) = (2 + n % 6, 400.0 + f64::from(n % 7));
    ///     let recency = if n % 2 == 0 { 30.0 * f64::from(repeats) } else { age * f64::from(1 + n % 9) / 10.0 };
    ///     let equal = f64::from(repeats) * (recency / f64::from(repeats)).ln();
    ///     let uneven = if n % 2 == 0 { 0.01 } else { 0.6 };
    ///     Sample::new(repeats, recency, age)?.with_ln_gaps(equal - uneven * f64::from(repeats))
    /// };
    /// let samples: Samples = (0..200).map(customer).collect::<Result<_, _>>()?;
    /// let (regularity, customers) = Regularity::fit(&samples, &FitOptions::default())?.expect("gaps");
    /// assert_eq!(customers, 200);
    /// assert!((0.3..0.7).contains(&regularity.in_rhythm()), "{regularity:?}");
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn fit(samples: &Samples, options: &FitOptions) -> Result<Option<(Self, u64)>> {
        let rows: Vec<_> = samples.with_gaps().collect();
        let telling = rows.iter().filter(|(sample, _)| sample.known_ln_gaps().is_some());
        // Samples hold fewer than 2^63 customers.
        let customers: u64 = telling.map(|(_, customers)| customers).sum();
        if customers == 0 {
            return Ok(None);
        }
        let step = rows.len().div_ceil(MOST_ROWS);
        let part = Samples::from_rows(None, rows.into_iter().step_by(step), [])?;
        let ln_likelihoods = MbgCnbd::fit(&part, options).and_then(|fit| {
            let plain = MbgNbd::fit(&part, options)?.report().log_likelihood;
            Ok((fit.model().regularity(), fit.report().log_likelihood - plain))
        });
        match ln_likelihoods {
            Ok((found, gain)) if 2.0 * gain >= Self::LEAST_RATIO => Ok(Some((found, customers))),
            Ok(_) => Ok(Some((Self::NONE, customers))),
            Err(Error::NothingObserved { .. } | Error::NotConverged { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// No rhythm.
    const NONE: Self = Self { shares: [1.0, 0.0, 0.0, 0.0, 0.0], mean_gap_days: None };

    pub(super) fn of_customer(shares: [f64; KINDS], sample: &Sample) -> Self {
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
        Some(match language {
            Language::English => format!("comes in a rhythm of about {}", count(&days.to_string(), "day")),
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
        if one >= 1.0 {
            return language.pick("no rhythm shows", "看不出回购规律").to_owned();
        }
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

stored! {
    Regularity { shares: [f64; KINDS], mean_gap_days: Option<f64> } => {
        let all: f64 = shares.iter().sum();
        let is_known = mean_gap_days.is_none_or(|days| days.is_finite() && days > 0.0);
        if !(is_known && (all - 1.0).abs() < 1e-9 && shares.iter().all(|share| (0.0..=1.0).contains(share))) {
            return Err(Error::Number { field: "shares", found: all, expected: "0 to 1, and 1 in all" });
        }
        Ok(Self { shares, mean_gap_days })
    }
}

/// The most different rows of customers from which a shop's shares are estimated.
const MOST_ROWS: usize = 1 << 12;

/// The probability from which on a rhythm is spoken of.
const SURE: f64 = 0.9;
