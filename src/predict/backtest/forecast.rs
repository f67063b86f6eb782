//! The forecasts for each customer of a hold-out.

use hashbrown::HashMap;

use super::baseline::Baseline;
use super::holdout::{Holdout, HoldoutCustomer};
use crate::parallel;
use crate::predict::{PurchaseModel, Sample};
use crate::segment::ChurnRisk;

/// A number for each customer, in the order of the hold-out; `None` where the forecaster has none.
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
    pub(super) fn of_model(holdout: &Holdout, model: &impl PurchaseModel) -> Self {
        let days = holdout.horizon_days();
        let samples: Vec<Sample> = holdout.customers().iter().map(|customer| customer.sample).collect();
        let at_end = holdout.customers().iter().map(|customer| &customer.at_end);
        let likelihood = |sample: &Sample| model.log_likelihood(sample);
        let (before, after) = (once_each(samples.iter(), likelihood), once_each(at_end, likelihood));
        let buys_again = once_each(samples.iter(), |sample| 1.0 - model.probability_no_purchase(sample, days));
        Self {
            expected: Some(model.expected_purchases_all(&samples, days)),
            rank: Some(buys_again.clone()),
            buys_again: Some(buys_again),
            alive: Some(model.probability_alive_all(&samples)),
            log_score: Some(after.iter().zip(before).map(|(after, before)| after - before).collect()),
        }
    }

    pub(super) fn of_baseline(holdout: &Holdout, baseline: Baseline) -> Self {
        let weeks = f64::from(holdout.horizon_days()) / 7.0;
        let of_each = |number: fn(f64, &HoldoutCustomer) -> f64| {
            Some(holdout.customers().iter().map(|customer| number(weeks, customer)).collect())
        };
        let counting = |number| Self { expected: of_each(number), ..Self::default() };
        match baseline {
            Baseline::Nobody => counting(|_, _| 0.0),
            Baseline::SameAsLastPeriod => counting(|_, customer| customer.last_period.into()),
            Baseline::SameAsSoFar => counting(|_, customer| customer.sample.repeats().into()),
            Baseline::OwnRate => counting(|weeks, HoldoutCustomer { sample, .. }| {
                if sample.repeats() > 0 { f64::from(sample.repeats()) / (sample.age_days() / 7.0) * weeks } else { 0.0 }
            }),
            Baseline::DaysSinceLast => Self {
                rank: of_each(|_, customer| customer.sample.recency_days() / 7.0 - customer.sample.age_days() / 7.0),
                ..Self::default()
            },
            Baseline::MissedCycles => Self {
                rank: of_each(|_, customer| match customer.risk {
                    ChurnRisk::InCycle => 3.0,
                    ChurnRisk::Due => 2.0,
                    ChurnRisk::Overdue => 1.0,
                    ChurnRisk::ChurnInclined => 0.0,
                }),
                buys_again: of_each(|_, customer| f64::from(customer.risk != ChurnRisk::ChurnInclined)),
                ..Self::default()
            },
        }
    }
}

/// A number for each sample, computed once for equal ones.
pub(super) fn once_each<'a>(
    samples: impl Iterator<Item = &'a Sample>,
    number: impl Fn(&Sample) -> f64 + Send + Sync,
) -> Vec<f64> {
    let mut known = HashMap::<_, usize, foldhash::fast::FixedState>::default();
    let mut different = Vec::new();
    let row = |sample: &'a Sample| {
        let ln_gaps = sample.known_ln_gaps().map(f64::to_bits);
        let key = (sample.repeats(), sample.recency_days().to_bits(), sample.age_days().to_bits(), ln_gaps);
        *known.entry(key).or_insert_with(|| {
            different.push(sample);
            different.len() - 1
        })
    };
    let rows: Vec<usize> = samples.map(row).collect();
    let parts = parallel::map_ranges(different.len(), PART, |part| {
        different.get(part).unwrap_or_default().iter().map(|sample| number(sample)).collect::<Vec<_>>()
    });
    let numbers = parts.concat();
    rows.into_iter().filter_map(|row| numbers.get(row).copied()).collect()
}

const PART: usize = 1 << 11;
