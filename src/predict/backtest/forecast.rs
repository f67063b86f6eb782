//! The forecasts for the customers of a hold-out.

use super::baseline::Baseline;
use super::outcomes::{Outcomes, Row};
use crate::predict::{PurchaseModel, Sample};
use crate::segment::ChurnRisk;

/// A number for each row of a hold-out; `None` where the forecaster has none.
#[derive(Debug, Default)]
pub(super) struct Forecast {
    /// Purchases.
    pub(super) expected: Option<Vec<f64>>,
    /// Higher for those who are more likely to buy again.
    pub(super) rank: Option<Vec<f64>>,
    pub(super) buys_again: Option<Vec<f64>>,
    pub(super) alive: Option<Vec<f64>>,
    /// The log density of what came, given what was known.
    pub(super) log_score: Option<Vec<f64>>,
}

impl Forecast {
    pub(super) fn of_model(outcomes: &Outcomes, model: &impl PurchaseModel) -> Self {
        let (days, samples) = (outcomes.horizon_days, outcomes.before.as_slice());
        let (before, after) = (model.log_likelihood_all(samples), model.log_likelihood_all(&outcomes.after));
        let buys_again = model.probability_buys_all(samples, days);
        Self {
            expected: Some(model.expected_purchases_all(samples, days)),
            rank: Some(buys_again.clone()),
            buys_again: Some(buys_again),
            alive: Some(model.probability_alive_all(samples)),
            log_score: Some(after.iter().zip(before).map(|(after, before)| after - before).collect()),
        }
    }

    pub(super) fn of_baseline(outcomes: &Outcomes, baseline: Baseline) -> Self {
        let weeks = f64::from(outcomes.horizon_days) / 7.0;
        let of_each = |number: fn(f64, &Sample, &Row) -> f64| {
            Some(outcomes.iter().map(|(sample, row)| number(weeks, sample, row)).collect())
        };
        let counting = |number| Self { expected: of_each(number), ..Self::default() };
        match baseline {
            Baseline::Nobody => counting(|_, _, _| 0.0),
            Baseline::SameAsLastPeriod => counting(|_, _, row| row.last_period.into()),
            Baseline::SameAsSoFar => counting(|_, sample, _| sample.repeats().into()),
            Baseline::OwnRate => counting(|weeks, sample, _| {
                if sample.repeats() > 0 { f64::from(sample.repeats()) / (sample.age_days() / 7.0) * weeks } else { 0.0 }
            }),
            Baseline::DaysSinceLast => Self {
                rank: of_each(|_, sample, _| sample.recency_days() / 7.0 - sample.age_days() / 7.0),
                ..Self::default()
            },
            Baseline::MissedCycles => Self {
                rank: of_each(|_, _, row| match row.risk {
                    ChurnRisk::InCycle => 3.0,
                    ChurnRisk::Due => 2.0,
                    ChurnRisk::Overdue => 1.0,
                    ChurnRisk::ChurnInclined => 0.0,
                }),
                buys_again: of_each(|_, _, row| f64::from(row.risk != ChurnRisk::ChurnInclined)),
                ..Self::default()
            },
        }
    }
}
