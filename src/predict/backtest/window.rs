//! One window of the past.
//!
//! Written for speed before plainness: `benches/predict.rs`, id `predict/rolling_backtest/cdnow`, must not get slower.

use super::choice::Losses;
use super::courses::{Course, Courses};
use super::outcomes::Outcomes;
use super::track::{RuleTotal, TotalOutcome, TrackWindow};
use super::{Backtest, Baseline, Returns};
use crate::error::Result;
use crate::number::weight::count;
use crate::number::{exact_sum, exact_sum_of_counted, money, quotient};
use crate::predict::{
    AnyModel, Fit, FitOptions, GammaGamma, KeptShare, ModelKind, PurchaseModel, Revival, RevivingModel, Samples,
};

/// One window of a [`RollingBacktest`](super::RollingBacktest).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RollingWindow {
    /// The models' fits and scores, and those of the counting rules: without what customers are sorted for, which are AUC
    /// and tenths. [`Holdout::score`](super::Holdout::score) has them.
    pub backtest: Backtest,
    /// The net revenue of the customers known at the split within the window, credits deducted; `None` beyond 128 bits.
    pub revenue: Option<f64>,
    /// The totals that each candidate expected of all customers together; `None` without a fit.
    pub totals: Vec<Option<ExpectedTotals>>,
    /// The total of each counting rule.
    pub rules: Vec<RuleTotal>,
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
        let Self { backtest, revenue, totals, rules } = self;
        let rows = backtest.candidates.iter().zip(totals).find(|(candidate, _)| candidate.kind == kind);
        let row = rows.and_then(|(candidate, totals)| candidate.scores.as_ref().zip(totals.as_ref()));
        let all = backtest.baseline(Baseline::Nobody);
        TrackWindow {
            split: backtest.split,
            end: backtest.end,
            customers: all.map_or(0, |scores| scores.customers),
            purchases: row.map(|(scores, totals)| TotalOutcome::of((count(scores.actual), totals.purchases))),
            buyers: row.map(|(scores, totals)| TotalOutcome::of((count(scores.buyers), totals.buyers))),
            revenue: revenue.zip(row.and_then(|(_, totals)| totals.revenue)).map(TotalOutcome::of),
            rules: rules.clone(),
        }
    }
}

/// A window, and what the choice of a model needs of it.
pub(super) struct Scored {
    pub(super) window: RollingWindow,
    pub(super) customers: u64,
    /// The sum of the log scores of each kind; `None` without a fit.
    pub(super) sums: Vec<Option<f64>>,
    /// The sums of the differences between the log scores of each kind and each other one, and of their squares.
    pub(super) differences: Vec<Vec<(f64, f64)>>,
    /// The rates of return of each kind, where they were learnt.
    pub(super) returns: Vec<Option<Returns>>,
}

/// The rules that count purchases.
const COUNTING: [Baseline; 4] =
    [Baseline::Nobody, Baseline::SameAsLastPeriod, Baseline::SameAsSoFar, Baseline::OwnRate];

impl Scored {
    pub(super) fn of(
        courses: &Courses,
        horizon_days: u32,
        kinds: &[ModelKind],
        options: impl Fn(ModelKind) -> FitOptions + Send + Sync,
        revivals: Option<&[Revival]>,
    ) -> Result<Self> {
        let days = (courses.split.date(), courses.split.plus(horizon_days.into())?.date());
        // Only some models read gaps.
        let gaps = kinds.iter().any(|kind| kind.is_of_rhythm());
        let counted = courses.list.iter().map(|course| (course.outcome(gaps, horizon_days), course.customers));
        let (outcomes, places) = Outcomes::of(horizon_days, counted);
        let samples = courses.samples(gaps);
        let (backtest, losses) = Backtest::of_kinds(days, &outcomes, &samples, kinds, &COUNTING, &options)?;
        let spends = courses.expected_spends(&samples, &options(ModelKind::Nbd));
        let of_kind = |kind: &ModelKind| losses.iter().find(|losses| losses.model.kind() == *kind);
        let learn = |kind: &ModelKind| {
            let Losses { model, buys, .. } = of_kind(kind).filter(|_| revivals.is_none() && kind.has_dropout())?;
            let alive = model.probability_alive_all(&outcomes.before);
            Some(Returns::learn(days, &outcomes, model, &alive, buys))
        };
        let returns: Vec<Option<Returns>> = kinds.iter().map(learn).collect();
        let revival = |at: usize| match revivals {
            Some(revivals) => revivals.get(at).copied(),
            None => returns.get(at).copied().flatten().map(|returns| returns.in_force()),
        };
        let totals = |(at, kind)| {
            let losses = of_kind(kind)?;
            let model = revival(at).unwrap_or(Revival::NONE).of(losses.model);
            let customers = places.iter().copied().zip(&courses.list);
            let spends = spends.as_deref().map(|spends| customers.zip(spends));
            Some(ExpectedTotals::of(&outcomes, &model, losses, spends))
        };
        let difference = |left: &ModelKind, right: &ModelKind| {
            let pairs =
                of_kind(left).zip(of_kind(right)).map(|(left, right)| left.log_score.iter().zip(&right.log_score));
            let rows = pairs.into_iter().flatten().map(|(left, right)| left - right).zip(&outcomes.rows);
            let squares = rows.clone().map(|(difference, row)| row.weight() * difference * difference);
            (exact_sum(rows.map(|(difference, row)| row.weight() * difference)), exact_sum(squares))
        };
        let differences = |left| kinds.iter().map(|right| difference(left, right)).collect();
        Ok(Self {
            customers: outcomes.customers,
            sums: kinds.iter().map(|kind| Some(of_kind(kind)?.total)).collect(),
            differences: kinds.iter().map(differences).collect(),
            window: RollingWindow {
                revenue: courses.amount(courses.revenue),
                totals: kinds.iter().enumerate().map(totals).collect(),
                rules: RuleTotal::of(courses, horizon_days),
                backtest,
            },
            returns,
        })
    }
}

impl ExpectedTotals {
    /// `spends` are the row, the course and the spend of each customer.
    fn of<'a>(
        outcomes: &Outcomes,
        model: &RevivingModel,
        losses: &Losses,
        spends: Option<impl Iterator<Item = ((u32, &'a Course), &'a f64)>>,
    ) -> Self {
        let (days, samples) = (outcomes.horizon_days, &outcomes.before);
        let reviving = (!model.is_plain())
            .then(|| (model.expected_purchases_all(samples, days), model.probability_buys_all(samples, days)));
        let (expected, buys) = reviving.as_ref().map_or((&losses.expected, &losses.buys), |(all, buys)| (all, buys));
        let sum = |numbers: &[f64]| exact_sum(numbers.iter().zip(&outcomes.rows).map(|(one, row)| row.weight() * one));
        // Equal customers add up to what each of them alone does, to the bit.
        let revenue = |((row, course), spend): ((u32, &Course), &f64)| {
            (expected.get(row as usize).map_or(0.0, |purchases| purchases * spend), course.customers)
        };
        Self {
            purchases: sum(expected),
            buyers: sum(buys),
            revenue: spends.map(|spends| exact_sum_of_counted(spends.map(revenue))),
        }
    }
}

impl Courses {
    /// The samples with mean spends, and with gaps where they are asked for.
    fn samples(&self, gaps: bool) -> Samples {
        let equal = |course: &Course| {
            let sample = course.sample(gaps, self.scale);
            core::iter::repeat_n(sample, usize::try_from(course.customers).unwrap_or(usize::MAX)).flatten()
        };
        self.list.iter().flat_map(equal).collect()
    }

    /// The amount that a customer of each course is expected to spend on a purchase day, less the credits to come; `None` where that of some customer is not known.
    fn expected_spends(&self, samples: &Samples, options: &FitOptions) -> Option<Vec<f64>> {
        let fit = GammaGamma::fit(samples, options).ok()?;
        if matches!(&fit, Fit::Boundary(boundary) if !boundary.forecasts()) {
            return None;
        }
        let sum = |of: fn(&Course) -> i128| {
            let sum = |sum: i128, course: &Course| sum.checked_add(of(course).checked_mul(course.customers.into())?);
            self.list.iter().try_fold(0, sum)
        };
        let unit = money::power(self.scale)?;
        let kept =
            KeptShare::of_minor(sum(|course| course.spend)?, sum(|course| course.credited)?, self.customers(), unit)?;
        let spend = |course: &Course| {
            let net = kept.of_amounts(quotient(course.spend, unit)?, quotient(course.credited, unit)?);
            Some(fit.model().expected_spend(&course.sample(false, self.scale)?)? * net)
        };
        self.list.iter().map(spend).collect()
    }
}

impl RuleTotal {
    /// Returns the total of each counting rule for the horizon after a split.
    pub(super) fn of(courses: &Courses, horizon_days: u32) -> Vec<Self> {
        let (list, unit) = (&courses.list, money::power(courses.scale).unwrap_or(1));
        let sum = |of: fn(&Course) -> u32| count(list.iter().map(|one| one.customers * u64::from(of(one))).sum());
        let own_rate = |number: &dyn Fn(&Course) -> f64| {
            let repeating = list.iter().filter(|course| course.repeats > 0);
            let rate = |one: &Course| count(one.customers) * number(one) / f64::from(one.age);
            exact_sum(repeating.map(|course| rate(course) * f64::from(horizon_days)))
        };
        let spent = list
            .iter()
            .try_fold(0_i128, |sum, course| sum.checked_add(course.repeat_spend.checked_mul(course.customers.into())?));
        let spend_rate = own_rate(&|course| quotient(course.repeat_spend, unit).unwrap_or(0.0));
        let total = |rule, purchases, revenue| Self { rule, purchases, revenue };
        vec![
            total(
                Baseline::SameAsLastPeriod,
                sum(|course| course.last_period),
                // Where more was given back than bought, it says nothing.
                courses.amount(courses.last_period).filter(|revenue| *revenue >= 0.0),
            ),
            total(Baseline::SameAsSoFar, sum(|course| course.repeats), courses.amount(spent)),
            total(
                Baseline::OwnRate,
                own_rate(&|course| course.repeats.into()),
                Some(spend_rate).filter(|revenue| revenue.is_finite()),
            ),
        ]
    }
}
