//! The Gamma-Gamma model of spend.

mod course;
mod likelihood;
mod starts;

use self::course::Course;
use self::likelihood::{Odds, PART, Row, Shape, evaluate};
use self::starts::Dispersion;
use crate::error::{Error, Result};
use crate::number::optimize::covariance;
use crate::number::weight::count;
use crate::parallel;
use crate::predict::fit::search::Search;
use crate::predict::fit::{limit, params};
use crate::predict::value::outcome::{Outcome, SpendSum};
use crate::predict::{
    Boundary, Fit, FitOptions, FitReport, Fitted, Latent, Limit, Sample, Samples, Spread, StopReason,
};

/// The Gamma-Gamma model of spend: customers differ in their mean spend, and each one's spends vary around it.
///
/// A spend on a repeat purchase day follows `Gamma(p, ν)`, of mean `p / ν`, and over customers `ν ~ Gamma(q, gamma)`
/// (shape, rate). It is assumed to be independent of how often the customer buys, which [`Samples::spend_correlation`]
/// checks. The expectation lies between the customer's mean and that of all, nearer to the customer's with more
/// purchases.
///
/// A spend is net of the refunds of its own orders. [`Credit`](crate::record::Credit)s lower no spend: an order returned
/// by one counts in full. [`match_credits`](crate::record::match_credits) finds those returned whole.
///
/// Money is `f64`, in any one unit. Another unit changes `gamma` in proportion, `p` and `q` not at all.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{GammaGamma, GammaGammaParams, NoMeanSpend, Sample};
///
/// // CDNOW, in dollars.
/// let model = GammaGamma::from_params(GammaGammaParams { p: 6.25, q: 3.74, gamma: 15.44 })?;
/// let rounded = |spend: Option<f64>| spend.map(|spend| (spend * 100.0).round() / 100.0);
/// assert_eq!(rounded(model.mean_spend()), Some(35.22));
/// let once = Sample::new(1, 7.0, 90.0)?.with_mean_spend(100.0)?;
/// assert_eq!(rounded(model.expected_spend(&once)), Some(80.26));
/// let often = Sample::new(9, 70.0, 90.0)?.with_mean_spend(100.0)?;
/// assert_eq!(rounded(model.expected_spend(&often)), Some(96.99));
///
/// // Spend so wild that who has come back less than twice has no mean: 0.3 x + 0.5 is not above 1 before.
/// let wild = GammaGamma::from_params(GammaGammaParams { p: 0.3, q: 0.5, gamma: 40.0 })?;
/// assert_eq!(wild.expected_spend(&once), None);
/// assert_eq!(wild.without_mean(&once), Some(NoMeanSpend::Infinite { least_repeats: Some(2) }));
/// assert!(wild.median_spend(&once).is_some());
/// assert_eq!(wild.without_mean(&Sample::new(2, 7.0, 90.0)?), Some(NoMeanSpend::UnknownSpend));
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "RFM and CLV: using iso-value curves for customer base analysis",
/// Journal of Marketing Research 42(4), 415-430, doi 10.1509/jmkr.2005.42.4.415. P. S. Fader and B. G. S. Hardie
/// (2013), "The Gamma-Gamma model of monetary value", <https://www.brucehardie.com/notes/025/>, equations 1a and 5.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaGamma {
    params: GammaGammaParams,
}

params::parameters! {
    GammaGamma;
    GammaGammaParams {
        /// Shape of one customer's spends: `1 / p` is their squared coefficient of variation.
        p,
        /// Shape of the differences between customers: the larger, the more alike are their mean spends.
        q,
        /// Scale of the differences between customers, in money: from `1e-100` to `1e100`.
        gamma in SCALES,
    }
}

impl GammaGamma {
    /// Fits the model: the parameters under which the mean spends are the most likely.
    ///
    /// **Population**: customers with a repeat purchase and a mean spend above 0; the report counts the others as left
    /// out.
    ///
    /// Without a maximum, the answer is a [`Boundary`] that names [`SpendWithinCustomer`](Latent::SpendWithinCustomer),
    /// where the purchases of one customer seem all alike, [`MeanSpend`](Latent::MeanSpend), where customers seem to
    /// have one mean, or both: one amount for all, as for one customer and for equal means. The likelihood then has no
    /// upper limit, and the reported one is that where the search ended. Takes one logarithm for each distinct row and
    /// a few gamma functions for each different `x`, in each of some 10 evaluations. Mean spends that are decades apart, of
    /// which the logarithms have a variance above 4, may have several maxima: the search then climbs from more starts, which
    /// it finds on up to 1024 rows.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] where no customer enters, [`Error::Number`] for a penalty that is negative or not finite,
    /// [`Error::NotConverged`].
    pub fn fit(samples: &Samples, options: &FitOptions) -> Result<Fit<Self, GammaGammaParams>> {
        let name = "Gamma-Gamma";
        let given: Vec<(u32, f64, u64)> = samples.spend_rows().above_zero().collect();
        let customers: u64 = given.iter().map(|&(.., customers)| customers).sum();
        if customers == 0 {
            return Err(Error::NoCustomers { what: name });
        }
        let penalty = options.checked_penalty()?;
        // In units of the geometric mean, logarithms are small, and so is their rounding.
        let logarithms = of_each(&given, |_, mean, _| libm::log(mean));
        let ln_centre = average(&given, customers, logarithms);
        let centre = libm::exp(ln_centre);
        let course = Course { repeats: average(&given, customers, given.iter().map(|row| f64::from(row.0))) };
        let largest_mean = samples.spend_rows().largest_mean();
        let rows = of_each(&given, |repeats, mean, customers| Row::new(repeats, mean, customers, centre));
        let objective = |params: GammaGammaParams| {
            let mut evaluation = evaluate(&rows, params);
            evaluation.value -= ln_centre * count(customers);
            let in_largest = params.gamma * (centre / largest_mean);
            evaluation.penalise(penalty, &[params.p, params.q, in_largest].map(libm::log));
            evaluation
        };
        let dispersion = Dispersion::of(&rows, &course);
        // The penalty is on the parameters, which are not the coordinates of the search: it is in the objective.
        let unpenalised = options.with_penalty(0.0);
        let usual = Search::new(name, [1.0; 3], &unpenalised, customers, rows.len());
        let search = Search {
            bounds: dispersion.bounds(),
            tries_all: usual.tries_all || dispersion.is_wild(),
            left_out: samples.customers().saturating_sub(customers),
            ..usual
        };
        let found = search
            .climb(&dispersion.starts(&rows, &course), |at| Course::derivatives(objective(course.params(at)), at))?;
        let scaled = course.params(&found.parameters);
        let there = objective(scaled);
        let plain = evaluate(&rows, scaled).value - ln_centre * count(customers);
        let report = FitReport { log_likelihood: plain, penalty, gradient_norm: there.gradient_norm(), ..found.report };
        let model = Self::from_params(GammaGammaParams { gamma: scaled.gamma * centre, ..scaled })?;
        let Some(spread) = covariance(&there.hessian).filter(|_| found.standard_errors.is_some()) else {
            let report = FitReport { stop: StopReason::Boundary, ..report };
            return Ok(Fit::Boundary(Boundary { limits: model.limits(), nearest: model, report }));
        };
        let GammaGammaParams { p, q, gamma } = model.params;
        let error = |index: usize| spread[index][index].sqrt();
        let standard_errors = GammaGammaParams { p: p * error(0), q: q * error(1), gamma: gamma * error(2) };
        Ok(Fit::Interior(Fitted { model, standard_errors, report }))
    }

    fn limits(&self) -> Vec<Limit> {
        let GammaGammaParams { p, q, gamma } = self.params;
        limit::reached(&[
            limit::approach(Latent::SpendWithinCustomer, [(Spread::Zero, p)]),
            limit::approach(Latent::MeanSpend, [(Spread::Same(p * gamma / q), q), (Spread::Extremes(q), 1.0 / q)]),
        ])
    }

    /// The log of the density of a customer's mean spend, `ln f(m | x)`, per unit of money.
    ///
    /// `None` for a customer outside a fit: without a repeat purchase, or with a mean of 0 or unknown. Formula:
    /// `p x ln u + q ln(1 - u) - ln m - ln B(p x, q)` with `u = x m / (gamma + x m)`, which is equation 1a of the note.
    pub fn log_likelihood(&self, sample: &Sample) -> Option<f64> {
        let mean = sample.mean_spend().filter(|&mean| mean > 0.0)?;
        let row = Row::new(sample.repeats(), mean, 1, 1.0);
        let odds = Odds::of(&row, self.params.gamma);
        Some(Shape::of(row.repeats, self.params).ln_density(&odds) - libm::log(mean))
    }

    /// E(M | x, m): the expected spend on a future purchase, in the unit of the samples; without a repeat purchase,
    /// [`mean_spend`](GammaGamma::mean_spend).
    ///
    /// `None` where the expectation is infinite, at `p x + q <= 1`, and with a repeat purchase of unknown spend: [`without_mean`](GammaGamma::without_mean) says which. Formula:
    /// `p (gamma + x m) / (p x + q - 1)`: the average of `m`, weighted by `p x`, and of `p gamma / (q - 1)`, weighted
    /// by `q - 1`.
    #[doc(alias = "AOV")]
    pub fn expected_spend(&self, sample: &Sample) -> Option<f64> {
        let GammaGammaParams { p, q, gamma } = self.params;
        let repeats = f64::from(sample.repeats());
        let mean = if sample.repeats() > 0 { sample.mean_spend()? } else { 0.0 };
        let weight = p * repeats + (q - 1.0);
        (weight > 0.0).then(|| p / weight * (gamma + mean * repeats))
    }

    /// E(M), `p gamma / (q - 1)`: the mean over all customers of the mean spend of each. `None` where it is infinite, at
    /// `q <= 1`.
    pub fn mean_spend(&self) -> Option<f64> {
        self.expected_spend(&Sample::NEW)
    }

    /// The reason why there is no [`expected_spend`](GammaGamma::expected_spend) of a customer; `None` where there is
    /// one.
    ///
    /// A [median](GammaGamma::median_spend) there is all the same, of every customer of a known spend. [`GammaGamma`]
    /// has an example.
    pub fn without_mean(&self, sample: &Sample) -> Option<NoMeanSpend> {
        if self.expected_spend(sample).is_some() {
            None
        } else if sample.repeats() > 0 && sample.mean_spend().is_none() {
            Some(NoMeanSpend::UnknownSpend)
        } else {
            Some(NoMeanSpend::Infinite { least_repeats: self.least_repeats() })
        }
    }

    /// The fewest repeat purchases of a customer whose spend has a mean: the smallest `x` with `p x + q > 1`. `None` from
    /// `u32::MAX` on.
    pub fn least_repeats(&self) -> Option<u32> {
        let GammaGammaParams { p, q, .. } = self.params;
        let repeats = f64::max((1.0 - q) / p, 0.0).floor();
        let is_above = |repeats: &f64| p * repeats + (q - 1.0) > 0.0;
        let least = [repeats, repeats + 1.0, repeats + 2.0].into_iter().find(is_above)?;
        // Whole, and in range.
        (least < f64::from(u32::MAX)).then_some(least as u32)
    }

    /// The median of a customer's next spend: half of such spends are lower. It exists where the mean does not, and is
    /// lower where spends are uneven. `None` with a repeat purchase of unknown spend, and beyond the largest `f64`.
    /// Formula: the `s` at which `z = s / (s + gamma + x m)` has `I_z(p, p x + q) = 1/2`.
    pub fn median_spend(&self, sample: &Sample) -> Option<f64> {
        Outcome::new(&[(1.0, 1.0)], true, 1.0, self.total(sample)?).quantile(0.5)
    }

    /// The distribution of the sum of a customer's future spends; `None` of an unknown spend.
    pub(in crate::predict) fn total(&self, sample: &Sample) -> Option<SpendSum> {
        let GammaGammaParams { p, q, gamma } = self.params;
        let repeats = f64::from(sample.repeats());
        let mean = if sample.repeats() > 0 { sample.mean_spend()? } else { 0.0 };
        Some(SpendSum { of_each: p, shape: p * repeats + q, scale: gamma + mean * repeats })
    }
}

/// `of` each row of `x`, mean and customers, in their order, on all cores.
fn of_each<R: Send>(given: &[(u32, f64, u64)], of: impl Fn(u32, f64, u64) -> R + Send + Sync) -> Vec<R> {
    parallel::concat(given.len(), PART, |part| {
        let rows = given.get(part).unwrap_or_default().iter();
        rows.map(|&(repeats, mean, customers)| of(repeats, mean, customers)).collect()
    })
}

/// The mean over all customers of what each row has, summed in the order of the rows.
fn average(given: &[(u32, f64, u64)], all: u64, of: impl IntoIterator<Item = f64>) -> f64 {
    let sum: f64 = given.iter().zip(of).map(|(&(.., customers), of)| count(customers) * of).sum();
    sum / count(all)
}

/// The reason why a model of spend has no mean for a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NoMeanSpend {
    /// Spends are so uneven that the mean is infinite, at `p x + q <= 1`.
    Infinite {
        /// See [`GammaGamma::least_repeats`].
        least_repeats: Option<u32>,
    },
    /// The customer's own spend is not known.
    UnknownSpend,
}
