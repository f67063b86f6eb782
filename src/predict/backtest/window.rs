//! One window of the past.

use super::choice::Losses;
use super::forecast::{Forecast, once_each};
use super::holdout::Holdout;
use super::track::{Outcome, RuleTotal, TrackWindow};
use super::{Backtest, Baseline, BaselineScores, Returns};
use crate::error::Result;
use crate::history::{CustomerHistory, Ledger, PurchaseLog};
use crate::number::weight::count;
use crate::predict::{
    AnyModel, Fit, FitOptions, GammaGamma, KeptShare, ModelKind, PurchaseModel, Revival, RevivingModel, Sample, Samples,
};
use crate::record::CustomerId;
use crate::record::calendar::Day;
use crate::segment::MissedCycles;

/// One window of a [`RollingBacktest`](super::RollingBacktest).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RollingWindow {
    /// The models' fits and scores, and those of the simple rules.
    pub backtest: Backtest,
    /// The net revenue of the customers known at the split within the window, credits deducted; `None` beyond 128 bits.
    pub revenue: Option<f64>,
    /// What each candidate expected of all customers together; `None` without a fit.
    pub totals: Vec<Option<ExpectedTotals>>,
}

/// The totals that a model expects of the customers of a window, those who come back counted where that is
/// [in force](Returns::in_force).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ExpectedTotals {
    /// Purchase days.
    pub purchases: f64,
    /// Customers with a purchase.
    pub buyers: f64,
    /// Revenue: of each customer, expected purchases times the expected spend of a [`GammaGamma`] fitted at the split, and
    /// times the [`KeptShare`] after credits. `None` where the spend has no maximum, and where some customer's has no mean.
    pub revenue: Option<f64>,
}

impl RollingWindow {
    /// The models that are at a maximum.
    pub(super) fn interior(&self) -> impl Iterator<Item = AnyModel> + '_ {
        self.backtest.candidates.iter().filter_map(|candidate| match &candidate.fit {
            Some(Fit::Interior(fitted)) => Some(fitted.model),
            _ => None,
        })
    }

    pub(super) fn track(&self, kind: ModelKind) -> TrackWindow {
        let Self { backtest, revenue, totals } = self;
        let rows = backtest.candidates.iter().zip(totals).find(|(candidate, _)| candidate.kind == kind);
        let row = rows.and_then(|(candidate, totals)| candidate.scores.as_ref().zip(totals.as_ref()));
        let all = backtest.baseline(Baseline::Nobody);
        TrackWindow {
            split: backtest.split,
            end: backtest.end,
            customers: all.map_or(0, |scores| scores.customers),
            purchases: row.map(|(scores, totals)| Outcome::of((count(scores.actual), totals.purchases))),
            buyers: row.map(|(scores, totals)| Outcome::of((count(scores.buyers), totals.buyers))),
            revenue: revenue.zip(row.and_then(|(_, totals)| totals.revenue)).map(Outcome::of),
            rules: RuleTotal::of_scores(&backtest.baselines),
        }
    }
}

/// A window, and what the choice of a model needs of it.
pub(super) struct Scored {
    pub(super) window: RollingWindow,
    pub(super) customers: u64,
    /// Of each kind, the sum of the log scores; `None` without a fit.
    pub(super) sums: Vec<Option<f64>>,
    /// Of each kind and each other one, the sum of the differences of their log scores and that of the squares.
    pub(super) differences: Vec<Vec<(f64, f64)>>,
    /// Of each kind, where they were learnt.
    pub(super) returns: Vec<Option<Returns>>,
}

impl Scored {
    pub(super) fn of<Id: CustomerId>(
        log: &PurchaseLog<Id>,
        split: Day,
        horizon_days: u32,
        kinds: &[ModelKind],
        options: impl Fn(ModelKind) -> FitOptions + Send + Sync,
        revivals: Option<&[Revival]>,
    ) -> Result<Self> {
        let end = split.plus(horizon_days.into())?;
        let (holdout, ledger, revenue) = Holdout::with_ledger(log, split.date(), end.date(), &MissedCycles::default())?;
        let samples = Samples::of(&ledger);
        let (backtest, losses) = Backtest::of_kinds(&holdout, &samples, kinds, &options)?;
        let spends = expected_spends(&ledger, &samples, &options(ModelKind::Nbd));
        let of_kind = |kind: &ModelKind| losses.iter().find(|losses| losses.model.kind() == *kind);
        let learn = |kind: &ModelKind| {
            let losses = of_kind(kind).filter(|_| revivals.is_none() && kind.has_dropout())?;
            Some(Returns::of(&holdout, &losses.model))
        };
        let returns: Vec<Option<Returns>> = kinds.iter().map(learn).collect();
        let revival = |at: usize| match revivals {
            Some(revivals) => revivals.get(at).copied(),
            None => returns.get(at).copied().flatten().map(|returns| returns.in_force()),
        };
        let totals = |(at, kind)| {
            let model = revival(at).unwrap_or(Revival::NONE).of(of_kind(kind)?.model);
            Some(ExpectedTotals::of(&holdout, &model, of_kind(kind)?, spends.as_deref()))
        };
        let scores = |losses: Option<&Losses>| losses.map_or(&[][..], |losses| &losses.log_score).to_vec();
        let rows: Vec<Vec<f64>> = kinds.iter().map(|kind| scores(of_kind(kind))).collect();
        let difference = |left: &Vec<f64>, right: &Vec<f64>| {
            left.iter()
                .zip(right)
                .map(|(left, right)| left - right)
                .fold((0.0, 0.0), |(sum, squares), difference| (sum + difference, squares + difference * difference))
        };
        Ok(Self {
            customers: holdout.customers().len() as u64,
            sums: kinds.iter().map(|kind| Some(of_kind(kind)?.log_score.iter().sum())).collect(),
            differences: (rows.iter()).map(|left| rows.iter().map(|right| difference(left, right)).collect()).collect(),
            window: RollingWindow { revenue, totals: kinds.iter().enumerate().map(totals).collect(), backtest },
            returns,
        })
    }
}

impl ExpectedTotals {
    fn of(holdout: &Holdout, model: &RevivingModel, losses: &Losses, spends: Option<&[f64]>) -> Self {
        let (days, samples) = (holdout.horizon_days(), holdout.customers().iter().map(|customer| customer.sample));
        let samples: Vec<Sample> = samples.collect();
        let reviving = (!model.is_plain()).then(|| model.expected_purchases_all(&samples, days));
        let expected = reviving.as_ref().unwrap_or(&losses.expected);
        let stay_away = once_each(samples.iter(), |sample| model.probability_no_purchase(sample, days));
        Self {
            purchases: expected.iter().sum(),
            buyers: stay_away.iter().map(|probability| 1.0 - probability).sum(),
            revenue: spends.map(|spends| expected.iter().zip(spends).map(|(count, spend)| count * spend).sum()),
        }
    }
}

/// What each customer is expected to spend on a purchase day, less the credits to come; `None` where that of some customer is not known.
fn expected_spends<Id>(ledger: &Ledger<Id>, samples: &Samples, options: &FitOptions) -> Option<Vec<f64>> {
    let Ok(Fit::Interior(fitted)) = GammaGamma::fit(samples, options) else { return None };
    let kept = KeptShare::of(ledger).ok()?;
    let spend = |history: CustomerHistory| {
        let sample = Sample::of(&history.repeat_summary(ledger.as_of())?);
        Some(fitted.model.expected_spend(&sample)? * kept.of_customer(&history))
    };
    ledger.iter().map(|(_, history)| spend(history)).collect()
}

impl RuleTotal {
    /// What each counting rule says of a hold-out.
    pub(super) fn of(holdout: &Holdout) -> Vec<Self> {
        let total = |rule| {
            let expected = Forecast::of_baseline(holdout, rule).expected?;
            Some(Self { rule, purchases: expected.iter().sum() })
        };
        Baseline::ALL.into_iter().filter(|rule| is_told(*rule)).filter_map(total).collect()
    }

    fn of_scores(baselines: &[BaselineScores]) -> Vec<Self> {
        let total = |row: &BaselineScores| Some(Self { rule: row.baseline, purchases: row.scores.expected? });
        baselines.iter().filter(|row| is_told(row.baseline)).filter_map(total).collect()
    }
}

/// That nobody comes is no total to compare with.
fn is_told(rule: Baseline) -> bool {
    rule != Baseline::Nobody
}
