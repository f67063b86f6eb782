//! How much a customer spends on a purchase.

mod course;
mod likelihood;

use self::course::Course;
use self::likelihood::{Odds, PART, Row, Shape, evaluate};
use crate::error::{Error, Result};
use crate::number::optimize::covariance;
use crate::number::weight::count;
use crate::parallel;
use crate::predict::fit::search::Search;
use crate::predict::fit::{limit, params};
use crate::predict::{
    Boundary, Fit, FitOptions, FitReport, Fitted, Latent, Limit, Sample, Samples, Spread, StopReason,
};

/// The Gamma-Gamma model of spend: customers differ in their mean spend, each one's spends vary around it.
///
/// A spend is what a customer pays on a repeat purchase day. It follows `Gamma(p, ν)`, of mean `p / ν`, with a `ν` of
/// the customer's own, and over customers `ν` follows `Gamma(q, gamma)` (shape, rate). What a customer spends is taken
/// to be independent of how often: [`Samples::spend_correlation`] checks it.
///
/// Of a customer with few purchases the model believes little: its expectation lies between the customer's mean and
/// that of all customers, the nearer to the customer's own the more purchases there are.
///
/// A spend is net of the refunds of its own orders. [`Credit`](crate::record::Credit)s name no order and lower no spend:
/// an order that was given back by one counts in full. [`match_credits`](crate::record::match_credits) finds those that
/// were given back whole.
///
/// Money is `f64` here, in any one unit. Another unit changes `gamma` in proportion, `p` and `q` not at all.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{GammaGamma, GammaGammaParams, Sample};
///
/// // CDNOW, in dollars.
/// let model = GammaGamma::from_params(GammaGammaParams { p: 6.25, q: 3.74, gamma: 15.44 })?;
/// let rounded = |spend: Option<f64>| spend.map(|spend| (spend * 100.0).round() / 100.0);
/// assert_eq!(rounded(model.mean_spend()), Some(35.22));
/// let once = Sample::new(1, 7.0, 90.0)?.with_mean_spend(100.0)?;
/// assert_eq!(rounded(model.expected_spend(&once)), Some(80.26));
/// let often = Sample::new(9, 70.0, 90.0)?.with_mean_spend(100.0)?;
/// assert_eq!(rounded(model.expected_spend(&often)), Some(96.99));
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "RFM and CLV: using iso-value curves for customer base analysis",
/// Journal of Marketing Research 42(4), 415-430, doi 10.1509/jmkr.2005.42.4.415. P. S. Fader and B. G. S. Hardie
/// (2013), "The Gamma-Gamma model of monetary value", <https://www.brucehardie.com/notes/025/>, equations 1a and 5.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "GammaGammaParams", into = "GammaGammaParams"))]
pub struct GammaGamma {
    params: GammaGammaParams,
}

/// The parameters of [`GammaGamma`], each finite, above 0 and at most `1e300`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct GammaGammaParams {
    /// Shape of one customer's spends: `1 / p` is their squared coefficient of variation.
    pub p: f64,
    /// Shape of the differences between customers: the larger, the more alike are their mean spends.
    pub q: f64,
    /// Scale of the differences between customers, in money.
    pub gamma: f64,
}

params::parameters!(GammaGamma, GammaGammaParams { p, q, gamma });

impl GammaGamma {
    /// The model that makes what customers spent the most likely.
    ///
    /// **Population**: customers with a repeat purchase and a mean spend above 0; the report counts the others as left
    /// out. Times are not looked at.
    ///
    /// Where there is no maximum, the answer is a [`Boundary`] that names one of two quantities, or both:
    /// [`SpendWithinCustomer`](Latent::SpendWithinCustomer), where purchases of one customer seem all alike, and
    /// [`MeanSpend`](Latent::MeanSpend), where customers seem to have one mean. Both together, as for one customer, and
    /// for customers whose means are all equal, mean one amount for all: the likelihood then has no upper limit, and
    /// the reported one only says where the search ended.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] where nobody enters, [`Error::Number`] for a penalty that is negative or not finite,
    /// [`Error::NotConverged`].
    ///
    /// # Complexity
    ///
    /// An evaluation takes the time of one logarithm for each distinct row, and of a few gamma functions for each
    /// different `x`; some 10 are usual.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::predict::{FitOptions, GammaGamma, Sample, Samples};
    ///
    /// let spends = [(1, 20.0), (1, 32.0), (2, 14.0), (2, 55.0), (3, 25.0), (4, 31.0), (1, 9.0), (6, 18.5)];
    /// let came_back = spends.iter().map(|&(x, m)| Sample::new(x, 30.0, 90.0)?.with_mean_spend(m));
    /// let samples = came_back.chain([Ok(Sample::NEW)]).collect::<Result<Samples, _>>()?;
    /// let fitted = GammaGamma::fit(&samples, &FitOptions::default())?.interior()?;
    /// assert_eq!((fitted.report.customers, fitted.report.left_out), (8, 1));
    /// assert!(fitted.model.mean_spend().is_some_and(|mean| (24.0..28.0).contains(&mean)));
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn fit(samples: &Samples, options: &FitOptions) -> Result<Fit<Self, GammaGammaParams>> {
        let name = "Gamma-Gamma";
        let given: Vec<(u32, f64, u64)> = samples.spend_rows().above_zero().collect();
        let customers: u64 = given.iter().map(|&(.., customers)| customers).sum();
        if customers == 0 {
            return Err(Error::NoCustomers { what: name });
        }
        let penalty = options.checked_penalty()?;
        let average = |of: fn(u32, f64) -> f64| {
            let sum: f64 = given.iter().map(|&(repeats, mean, customers)| count(customers) * of(repeats, mean)).sum();
            sum / count(customers)
        };
        // In units of the geometric mean, logarithms are small, and so is their rounding.
        let ln_centre = average(|_, mean| libm::log(mean));
        let centre = libm::exp(ln_centre);
        let course = Course { repeats: average(|repeats, _| f64::from(repeats)) };
        let largest_mean = samples.spend_rows().largest_mean();
        let rows = parallel::map_ranges(given.len(), PART, |part| {
            let of_part = given.get(part).unwrap_or_default().iter();
            of_part.map(|&(repeats, mean, customers)| Row::new(repeats, mean, customers, centre)).collect::<Vec<_>>()
        });
        let rows: Vec<Row> = rows.into_iter().flatten().collect();
        let objective = |params: GammaGammaParams| {
            let mut evaluation = evaluate(&rows, params);
            evaluation.value -= ln_centre * count(customers);
            let in_largest = params.gamma * (centre / largest_mean);
            evaluation.penalise(penalty, &[params.p, params.q, in_largest].map(libm::log));
            evaluation
        };
        let search = Search {
            model: name,
            units: [1.0; 3],
            // The penalty is on the parameters, which are not the coordinates of the search: it is in the objective.
            options: &options.with_penalty(0.0),
            customers,
            left_out: samples.customers().saturating_sub(customers),
            distinct_rows: rows.len(),
        };
        // Spends as uneven as is usual, then more, then less.
        let starts = [(5.0, 4.0), (1.0, 1.5), (50.0, 50.0)].map(|(p, q)| course.start(p, q));
        let found = search.climb(&starts, |at| Course::derivatives(objective(course.params(at)), at))?;
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
    /// `None` for a customer who would not enter a fit: without a repeat purchase, with a mean of 0, or with one that is
    /// not known.
    ///
    /// # Formula
    ///
    /// `p x ln u + q ln(1 - u) - ln m - ln B(p x, q)` with `u = x m / (gamma + x m)`, which is equation 1a of the note.
    pub fn log_likelihood(&self, sample: &Sample) -> Option<f64> {
        let mean = sample.mean_spend().filter(|&mean| mean > 0.0)?;
        let row = Row::new(sample.repeats(), mean, 1, 1.0);
        let odds = Odds::of(&row, self.params.gamma);
        Some(Shape::of(row.repeats, self.params).ln_density(&odds) - libm::log(mean))
    }

    /// E(M | x, m): what a customer is expected to spend on a purchase to come, in the unit of the samples.
    ///
    /// Of a customer without a repeat purchase nothing is known: it is [`mean_spend`](GammaGamma::mean_spend).
    /// `None` where the expectation is infinite, at `p x + q <= 1`, or beyond the largest `f64`; and for a customer with a
    /// repeat purchase whose mean spend is not known.
    ///
    /// # Formula
    ///
    /// `p (gamma + x m) / (p x + q - 1)`: the average of `m`, weighted by `p x`, and of `p gamma / (q - 1)`, weighted
    /// by `q - 1`.
    ///
    /// # Complexity
    ///
    /// O(1), a few multiplications.
    #[doc(alias = "AOV")]
    pub fn expected_spend(&self, sample: &Sample) -> Option<f64> {
        let GammaGammaParams { p, q, gamma } = self.params;
        let repeats = f64::from(sample.repeats());
        let mean = if sample.repeats() > 0 { sample.mean_spend()? } else { 0.0 };
        let weight = p * repeats + (q - 1.0);
        (weight > 0.0).then(|| p / weight * (gamma + mean * repeats)).filter(|mean| mean.is_finite())
    }

    /// E(M): what a customer of whom nothing is known is expected to spend on a purchase; the mean over all customers
    /// of the mean spend of each.
    ///
    /// `None` where it is infinite, at `q <= 1`: large mean spends are too frequent for an average.
    ///
    /// # Formula
    ///
    /// `p gamma / (q - 1)`.
    pub fn mean_spend(&self) -> Option<f64> {
        self.expected_spend(&Sample::NEW)
    }
}
