//! Visitors: who came and has not bought, and how likely a first purchase is.

use chrono::{NaiveDate, TimeZone};

use crate::error::{Error, Result};
use crate::history::PurchaseLog;
use crate::number::special::logistic;
use crate::record::calendar::Day;
use crate::record::{CustomerId, Interaction, ProductId, ShopCalendar};
use crate::scale::Confidence;

mod check;
mod climb;
mod past;
mod sample;

pub use check::VisitorCheck;
use climb::climb;
use past::Past;
use sample::FEATURES;
pub use sample::VisitorSample;

/// The options by which a model of visitors is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct VisitorOptions {
    /// The days of interactions that count, up to and including the day on which a visitor is judged: 1 or more, 90 by
    /// default.
    pub lookback_days: u32,
    /// The days after it in which the purchase may come: 1 or more, 30 by default.
    pub horizon_days: u32,
    /// The number of past spans of `horizon_days` that are read, 1 or more, 6 by default.
    pub spans: u32,
    /// The weight of the ridge penalty, above 0 and finite; 1 by default. [`VisitorModel::fit`] has the formula.
    pub penalty: f64,
    /// The confidence of the check's intervals.
    pub confidence: Confidence,
}

impl Default for VisitorOptions {
    fn default() -> Self {
        Self { lookback_days: 90, horizon_days: 30, spans: 6, penalty: 1.0, confidence: Confidence::default() }
    }
}

impl VisitorOptions {
    /// The same options with other days of interactions.
    #[must_use]
    pub const fn with_lookback_days(self, lookback_days: u32) -> Self {
        Self { lookback_days, ..self }
    }

    /// The same options with other days for the purchase.
    #[must_use]
    pub const fn with_horizon_days(self, horizon_days: u32) -> Self {
        Self { horizon_days, ..self }
    }

    /// The same options with another number of past spans.
    #[must_use]
    pub const fn with_spans(self, spans: u32) -> Self {
        Self { spans, ..self }
    }

    /// The same options with another penalty.
    #[must_use]
    pub const fn with_penalty(self, penalty: f64) -> Self {
        Self { penalty, ..self }
    }

    /// The same options with another confidence.
    #[must_use]
    pub const fn with_confidence(self, confidence: Confidence) -> Self {
        Self { confidence, ..self }
    }

    fn check(&self) -> Result<()> {
        check_days(self.lookback_days, self.horizon_days)?;
        Error::within("past spans of visitors", self.spans, 1..=u32::MAX.into())?;
        let (field, expected, found) = ("penalty", "above 0 and finite", self.penalty);
        if found.is_finite() && found > 0.0 { Ok(()) } else { Err(Error::Number { field, found, expected }) }
    }
}

fn check_days(lookback: u32, horizon: u32) -> Result<()> {
    Error::within("days of interactions", lookback, 1..=u32::MAX.into())?;
    Error::within("days in which a purchase may come", horizon, 1..=u32::MAX.into())
}

/// The change of the log-odds of a first purchase by each unit of a [`VisitorSample`]'s numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct VisitorParams {
    /// The log-odds where all numbers are 0.
    pub intercept: f64,
    /// The change by a unit of [`VisitorSample::views`].
    pub views: f64,
    /// The change by a unit of [`VisitorSample::searches`].
    pub searches: f64,
    /// The change by a unit of [`VisitorSample::favourites`].
    pub favourites: f64,
    /// The change by a unit of [`VisitorSample::carts`].
    pub carts: f64,
    /// The change by a unit of [`VisitorSample::recency`].
    pub recency: f64,
    /// The change by a unit of [`VisitorSample::visit_days`].
    pub visit_days: f64,
    /// The change by a unit of [`VisitorSample::categories`].
    pub categories: f64,
}

impl VisitorParams {
    const fn coefficients(&self) -> [f64; FEATURES] {
        let Self { views, searches, favourites, carts, recency, visit_days, categories, .. } = *self;
        [views, searches, favourites, carts, recency, visit_days, categories]
    }
}

/// The probability that a visitor, who came and has not bought, buys in the next days: a logistic regression on kinds of
/// activity, recency, days of visits and categories.
///
/// It is fitted to the shop's own past: visitors as of a day, by what they did up to it, and whether they bought in the days
/// after. Whether it is worth more than a rule of thumb stands beside it ([`VisitorCheck`]).
///
/// # Examples
///
/// ```
/// use repurchase::act::audience::{Audience, Rule, Schema, Test};
/// use repurchase::predict::{VisitorModel, VisitorParams, VisitorSample};
/// use repurchase::record::InteractionKind::{Cart, View};
/// use repurchase::shop::{Figure, Profile};
/// use rust_decimal::Decimal;
///
/// let params = VisitorParams {
///     intercept: -5.0, views: 0.2, searches: 0.3, favourites: 0.5, carts: 1.5, recency: 1.5, visit_days: 0.4, categories: 0.1,
/// };
/// let model = VisitorModel::from_params(params, 90, 30)?;
/// let looked = VisitorSample::of([(View, 40, "tea")]).ok_or("has been here")?;
/// let carted = VisitorSample::of([(View, 2, "tea"), (Cart, 1, "tea")]).ok_or("has been here")?;
/// assert!(model.probability(&looked) < 0.02 && model.probability(&carted) > 0.05);
///
/// // Whom to write to: a rule, as of customers.
/// let rule = Rule::new(Figure::ProbabilityFirstPurchase, Test::at_least(Decimal::new(5, 2)))?;
/// let audience = Audience::compile(rule, &Schema::default())?;
/// let profile = |visitor| Profile::default().with(Figure::ProbabilityFirstPurchase, model.probability(visitor));
/// assert!(audience.matches(&profile(&carted)) && !audience.matches(&profile(&looked)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("visitor conversion", "propensity", "logistic regression", "访客转化"))]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VisitorModel {
    params: VisitorParams,
    lookback_days: u32,
    horizon_days: u32,
}

/// A model of visitors with what it was fitted to, and how it did on days that it was not fitted to.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct VisitorFit {
    /// The model, fitted to all past spans.
    pub model: VisitorModel,
    /// The past spans that were read.
    pub spans: u32,
    /// Visitors in them; one who comes in several spans without buying counts in each.
    pub visitors: u64,
    /// Visitors who bought.
    pub buyers: u64,
    /// The same model fitted to all spans but the last, on the last; `None` where there is one span, where nobody or
    /// everybody bought in the others, and where nobody came in the last.
    pub check: Option<VisitorCheck>,
}

/// The visitors as of a day, ascending by id: those with an interaction in the `lookback_days` up to and including it, and
/// without a purchase up to it.
///
/// Interactions and purchases after the day are outside. The order of the records does not matter.
///
/// # Errors
///
/// [`Error::Record`] with the position of the first interaction whose instant has no day in the shop's calendar.
pub fn visitors<'a, Id: CustomerId + 'a, P: ProductId + 'a, Tz: TimeZone>(
    log: &PurchaseLog<Id>,
    interactions: impl IntoIterator<Item = &'a Interaction<Id, P>>,
    calendar: &ShopCalendar<Tz>,
    as_of: NaiveDate,
    lookback_days: u32,
) -> Result<Vec<(&'a Id, VisitorSample)>> {
    let past = Past::of(log, interactions, calendar, as_of.into())?;
    let seen = past.seen(as_of.into(), lookback_days);
    Ok(seen.into_iter().map(|seen| (seen.id, seen.sample)).collect())
}

impl VisitorModel {
    /// Makes a model of given parameters, for interactions of `lookback_days` days and purchases in the `horizon_days`
    /// after.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] for a parameter that is not within ±1e6; [`Error::OutOfRange`] for 0 days.
    pub fn from_params(params: VisitorParams, lookback_days: u32, horizon_days: u32) -> Result<Self> {
        let (field, expected) = ("parameter of a model of visitors", "within -1e6..=1e6");
        for found in params.coefficients().into_iter().chain([params.intercept]) {
            let is_within = (-1e6..=1e6).contains(&found);
            if !is_within {
                return Err(Error::Number { field, found, expected });
            }
        }
        check_days(lookback_days, horizon_days)?;
        Ok(Self { params, lookback_days, horizon_days })
    }

    /// Fits the model to the shop's own past visitors, and checks it on the last of their days.
    ///
    /// The past is cut into spans of `horizon_days` that end with `as_of`, at most as many as the options say. **Population**
    /// of each: the [visitors](visitors()) as of the day before it; what is forecast is whether they buy in it. A span counts
    /// where interactions are known for all of the `lookback_days` before it, so that nobody looks newer than they are.
    ///
    /// # Formula
    ///
    /// `P = 1 / (1 + e^-(β₀ + Σ β x))` with the numbers `x` of a [`VisitorSample`]. The parameters maximise
    /// `Σ ln P(what happened) - (penalty / 2) Σ (β s)²`, where `s` are the standard deviations of the numbers, with `n` in
    /// the denominator, so that units do not matter; `β₀` is not penalised. It is a normal prior of variance
    /// `1 / penalty` on what one standard deviation adds to the log-odds. A number that is the same of everybody has a
    /// parameter of 0.
    ///
    /// Takes time linear in visitors for each Newton step, some ten of them, and `n log n` in interactions.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] and [`Error::Number`] for options that are out of range; [`Error::Record`] for an interaction
    /// without a day; [`Error::NothingObserved`] where no span counts or no span has a visitor; [`Error::NoMaximum`] where
    /// nobody or everybody bought; [`Error::NotConverged`] where the climb comes to no end.
    pub fn fit<'a, Id: CustomerId + 'a, P: ProductId + 'a, Tz: TimeZone>(
        log: &PurchaseLog<Id>,
        interactions: impl IntoIterator<Item = &'a Interaction<Id, P>>,
        calendar: &ShopCalendar<Tz>,
        as_of: NaiveDate,
        options: &VisitorOptions,
    ) -> Result<VisitorFit> {
        options.check()?;
        let VisitorOptions { lookback_days, horizon_days, spans, penalty, confidence } = *options;
        let past = Past::of(log, interactions, calendar, as_of.into())?;
        // The last span first.
        let (mut last, mut before, mut read) = (Vec::new(), Vec::new(), 0);
        let mut split = Day::from(as_of);
        while read < spans {
            let Ok(earlier) = split.plus(-i64::from(horizon_days)) else { break };
            let is_known =
                past.first.is_some_and(|first| first <= earlier && earlier.since(first) + 1 >= lookback_days);
            if !is_known {
                break;
            }
            let seen = past.seen(earlier, lookback_days).into_iter();
            let bought = |day: Option<Day>| day.is_some_and(|day| day.since(earlier) <= horizon_days);
            let rows = seen.map(|seen| (seen.sample, bought(seen.first_purchase)));
            let span = if read == 0 { &mut last } else { &mut before };
            span.extend(rows);
            (split, read) = (earlier, read + 1);
        }
        let model =
            |rows: &[(VisitorSample, bool)]| Self::from_params(climb(rows, penalty)?, lookback_days, horizon_days);
        let check = model(&before).ok().and_then(|model| {
            let split = Day::from(as_of).plus(-i64::from(horizon_days)).ok()?;
            VisitorCheck::of(split.date(), &model, &before, &last, confidence)
        });
        let all: Vec<_> = last.into_iter().chain(before).collect();
        Ok(VisitorFit {
            model: model(&all)?,
            spans: read,
            visitors: all.len() as u64,
            buyers: all.iter().filter(|(_, bought)| *bought).count() as u64,
            check,
        })
    }

    /// The probability that a visitor buys within [`horizon_days`](VisitorModel::horizon_days), if what the sample holds was
    /// done in the [`lookback_days`](VisitorModel::lookback_days) up to now.
    pub fn probability(&self, visitor: &VisitorSample) -> f64 {
        logistic(self.log_odds(visitor))
    }

    fn log_odds(&self, visitor: &VisitorSample) -> f64 {
        let terms = self.params.coefficients().into_iter().zip(visitor.features());
        terms.fold(self.params.intercept, |sum, (coefficient, feature)| sum + coefficient * feature)
    }

    /// The parameters.
    pub const fn params(&self) -> VisitorParams {
        self.params
    }

    /// The days of interactions that count.
    pub const fn lookback_days(&self) -> u32 {
        self.lookback_days
    }

    /// The days in which the purchase may come.
    pub const fn horizon_days(&self) -> u32 {
        self.horizon_days
    }
}

crate::stored::stored! {
    VisitorModel { params: VisitorParams, lookback_days: u32, horizon_days: u32 }
        <=> Self::from_params(params, lookback_days, horizon_days)
}
