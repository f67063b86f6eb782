//! Backtests: models fitted up to a day and scored after it, beside simple rules.

mod baseline;
mod choice;
mod courses;
mod explain;
mod forecast;
mod holdout;
mod nearer;
mod outcomes;
mod part;
mod past;
#[cfg(feature = "serde")]
mod past_stored;
mod renewals;
mod returns;
mod rolling;
mod scores;
mod source;
mod track;
mod track_words;
mod tracking;
mod window;

use chrono::NaiveDate;

use self::choice::Losses;
use self::forecast::Forecast;
use self::outcomes::Outcomes;
use crate::error::{Error, Result};
use crate::parallel;
use crate::predict::{AnyModel, Fit, FitOptions, ModelKind, Samples};

pub use baseline::Baseline;
pub use choice::{Choice, Difference};
pub use holdout::{Holdout, HoldoutCustomer};
pub use nearer::BetterRule;
pub use past::PastTally;
pub use renewals::{RenewalChoice, RenewalHoldout};
pub use returns::Returns;
pub use rolling::{ModelRecord, RollingBacktest};
pub use scores::{Calibration, Scores};
pub(crate) use track::mean_size;
pub use track::{NoInterval, RuleTotal, Total, TotalForecast, TotalOutcome, TrackRecord, TrackWindow, YearAgo};
pub(crate) use track_words::percent;
pub use tracking::TrackingPoint;
pub use window::{ExpectedTotals, RollingWindow};

/// The scores of all models and simple rules on a shop's [`Holdout`], and which model to use.
///
/// # Examples
///
/// ```
/// use chrono::{Days, NaiveDate, TimeZone, Utc};
/// use repurchase::predict::{Backtest, FitOptions, Holdout, Samples};
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// // 200 customers, who come now and then until they leave, sooner or later.
/// let start = Utc.with_ymd_and_hms(2025, 1, 1, 12, 0, 0).unwrap();
/// let buys = |n: u64, day: u64| (1_009 * n + 9_176 * day + 37 * n * day) % 101 < 1 + n % 7;
/// let comes = |n: u64| (0..364).filter(move |&day| day < 30 + n * n / 20 && buys(n, day)).map(move |day| (n, day));
/// let days = (0..200).flat_map(comes);
/// let orders = days.map(|(n, day)| Order::new(n, start + Days::new(day), Decimal::TEN));
/// let log = PurchaseLog::from_records(orders.collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc())?;
///
/// let day = |m, d| NaiveDate::from_ymd_opt(2025, m, d).unwrap();
/// let holdout = Holdout::of(&log, day(9, 30), day(12, 31))?;
/// let options = FitOptions::default();
/// let backtest = Backtest::run(&holdout, &options)?;
/// let choice = backtest.choice.as_ref().expect("a model fits");
/// let model = backtest.candidate(choice.model.kind()).and_then(|row| row.scores.as_ref()).expect("it is scored");
/// let rule = backtest.baseline(choice.baseline).expect("it is scored");
/// assert!(model.rmse < rule.rmse);
///
/// // The model to work with is fitted on all that is known.
/// let fit = choice.model.kind().fit(&Samples::of(&log.ledger(day(12, 31))?), &options)?;
/// assert_eq!(fit.report().customers, log.ledger(day(12, 31))?.len() as u64);
/// assert_eq!(fit.model().kind(), choice.model.kind());
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Backtest {
    /// The last day before the hold-out.
    pub split: NaiveDate,
    /// The last day of the hold-out.
    pub end: NaiveDate,
    /// The models, in the order of [`ModelKind::ALL`].
    pub candidates: Vec<Candidate>,
    /// The simple rules, in the order of [`Baseline::ALL`].
    pub baselines: Vec<BaselineScores>,
    /// The model to use; `None` when no fit came to an end.
    pub choice: Option<Choice>,
}

/// One model of a [`Backtest`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Candidate {
    /// The model.
    pub kind: ModelKind,
    /// The fit to the samples at the split; `None` when it did not end ([`Error::NotConverged`]).
    pub fit: Option<Fit<AnyModel, ()>>,
    /// The scores of the model; on a boundary, those of the nearest model. `None` without a fit.
    pub scores: Option<Scores>,
    /// The best model's log score per customer less this one's; `None` without a fit.
    pub shortfall: Option<Difference>,
}

/// One simple rule of a [`Backtest`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BaselineScores {
    /// The rule.
    pub baseline: Baseline,
    /// The scores of the rule.
    pub scores: Scores,
}

/// The number of different customers from which on models are fitted in parallel.
const MANY: usize = 1 << 11;

impl Backtest {
    /// Fits every model to the samples at the split, scores all on the hold-out and chooses one: see [`Choice`]. It takes
    /// the time of [`ModelKind::fit`] and [`Holdout::score`], for each model.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] when nobody bought up to the split, [`Error::NothingObserved`] when everyone came for the
    /// first time on that day, [`Error::Number`] for a penalty that is negative or not finite.
    pub fn run(holdout: &Holdout, options: &FitOptions) -> Result<Self> {
        let days = (holdout.split(), holdout.end());
        let outcomes = holdout.outcomes();
        Ok(Self::of_kinds(days, &outcomes, &holdout.samples(), &ModelKind::ALL, &Baseline::ALL, |_| *options)?.0)
    }

    /// Runs the backtest of these models, each fitted to the samples with its options, and these rules; with the
    /// forecasts of models that have a fit. What customers are sorted for is there where all rules are asked for.
    fn of_kinds(
        (split, end): (NaiveDate, NaiveDate),
        outcomes: &Outcomes,
        samples: &Samples,
        kinds: &[ModelKind],
        rules: &[Baseline],
        options: impl Fn(ModelKind) -> FitOptions + Send + Sync,
    ) -> Result<(Self, Vec<Losses>)> {
        let is_ranked = rules.len() == Baseline::ALL.len();
        let scores = |forecast: &Forecast| {
            let scores = Scores::of(outcomes, forecast);
            if is_ranked { scores.ranked(outcomes, forecast) } else { scores }
        };
        let of_model = |kind: ModelKind| {
            let fit = match kind.fit(samples, &options(kind)) {
                Err(Error::NotConverged { .. }) => None,
                fit => Some(fit?),
            };
            let Some(model) = fit.as_ref().map(Fit::model) else {
                return Ok((Candidate { kind, fit, scores: None, shortfall: None }, None));
            };
            let forecast = Forecast::of_model(outcomes, model);
            let scores = Some(scores(&forecast));
            let losses = Losses::new(outcomes, *model, forecast);
            Ok((Candidate { kind, fit, scores, shortfall: None }, Some(losses)))
        };
        let (mut candidates, mut fitted) = (Vec::new(), Vec::new());
        // With few customers, the models are quicker one after the other.
        let at_once = if outcomes.rows.len() < MANY { kinds.len() } else { 1 };
        let of_models = parallel::map_ranges(kinds.len(), at_once, |some| {
            some.filter_map(|kind| kinds.get(kind).copied()).map(&of_model).collect::<Result<Vec<_>>>()
        });
        for of_model in of_models {
            for (candidate, losses) in of_model? {
                candidates.push(candidate);
                fitted.extend(losses);
            }
        }
        let of_baseline = |&baseline: &Baseline| BaselineScores {
            baseline,
            scores: scores(&Forecast::of_baseline(outcomes, baseline)),
        };
        let baselines: Vec<_> = rules.iter().map(of_baseline).collect();
        let choice = choice::choose(outcomes, &fitted, &mut candidates, &baselines);
        Ok((Self { split, end, candidates, baselines, choice }, fitted))
    }

    /// The row of a model.
    pub fn candidate(&self, kind: ModelKind) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| candidate.kind == kind)
    }

    /// The scores of a simple rule.
    pub fn baseline(&self, baseline: Baseline) -> Option<&Scores> {
        self.baselines.iter().find(|row| row.baseline == baseline).map(|row| &row.scores)
    }
}
