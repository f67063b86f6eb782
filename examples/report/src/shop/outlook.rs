//! Whether what was foretold came true: the models on a part of the past that they were not told of.

use chrono::{Days, NaiveDate};
use repurchase::predict::{AnyModel, Backtest, Candidate, Fit, FitOptions, Holdout, ModelKind, Scores, TrackingPoint};
use repurchase::{Error, PurchaseLog};

/// A backtest of which a model came.
pub(crate) struct Outlook {
    pub(crate) split: NaiveDate,
    pub(crate) end: NaiveDate,
    pub(crate) horizon_days: u32,
    pub(crate) backtest: Backtest,
    pub(crate) kind: ModelKind,
    /// Of the model that is shown.
    pub(crate) scores: Scores,
    pub(crate) tracking: Vec<TrackingPoint>,
}

/// Why nothing can be foretold and compared yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TooEarly {
    /// The shop has sold for so many days only.
    Short { days: i64 },
    /// Nobody could have come back before the split.
    NobodyKnown,
    /// Nothing has been bought since this day, for as long as is ever held out, or longer.
    Silent { last: NaiveDate },
    /// No fit came to an end.
    NoFit,
}

/// The shortest past that is worth splitting, in days.
pub(crate) const SHORTEST: i64 = 56;

/// The longest hold-out, in days.
const LONGEST: i64 = 365;

impl Outlook {
    /// The later half of the past is held out, a year at most. Shown is the kind of model that is in use; where none
    /// is, or it has no fit to the earlier half, the one that the backtest chooses.
    pub(crate) fn new(
        log: &PurchaseLog<String>,
        (first_day, last_day): (NaiveDate, NaiveDate),
        as_of: NaiveDate,
        in_use: Option<ModelKind>,
    ) -> Result<Result<Self, TooEarly>, Error> {
        let days = (as_of - first_day).num_days() + 1;
        if days < SHORTEST {
            return Ok(Err(TooEarly::Short { days }));
        }
        let held_out = (days / 2).min(LONGEST);
        let Some(split) = as_of.checked_sub_days(Days::new(held_out.unsigned_abs())) else {
            return Ok(Err(TooEarly::Short { days }));
        };
        // There is nothing to compare with, and models of a shop that stopped long ago take long to fit.
        if held_out == LONGEST && last_day <= split {
            return Ok(Err(TooEarly::Silent { last: last_day }));
        }
        let holdout = Holdout::new(log, split, as_of)?;
        let backtest = match Backtest::run(&holdout, &FitOptions::default()) {
            Err(Error::NoCustomers { .. } | Error::NothingObserved { .. }) => return Ok(Err(TooEarly::NobodyKnown)),
            backtest => backtest?,
        };
        let chosen = backtest.choice.as_ref().map(|choice| choice.model.kind());
        let mut shown = [in_use, chosen].into_iter().flatten().filter_map(|kind| tried(backtest.candidate(kind)?));
        let Some((model, scores)) = shown.next() else { return Ok(Err(TooEarly::NoFit)) };
        // A week, or what makes a hundred points.
        let step_days = u32::try_from(days / 700 * 7).unwrap_or(0).max(7);
        Ok(Ok(Self {
            split,
            end: as_of,
            horizon_days: holdout.horizon_days(),
            kind: model.kind(),
            scores,
            tracking: holdout.tracking(&model, step_days)?,
            backtest,
        }))
    }
}

/// A candidate's model, on a boundary the nearest one, and how well it did.
fn tried(candidate: &Candidate) -> Option<(AnyModel, Scores)> {
    let model = match candidate.fit.as_ref()? {
        Fit::Interior(fitted) => fitted.model,
        Fit::Boundary(boundary) => boundary.nearest,
    };
    Some((model, candidate.scores.clone()?))
}
