//! Findings of the shop's own data about its forecasts.

use chrono::NaiveDate;

use super::checks::RhythmCheck;
use super::estimate::EstimateStatus;
use super::models::ShopModels;
use super::outlook::Outlook;
use crate::number::weight;
use crate::predict::{
    BetterRule, Difference, Identification, Latent, ModelKind, Regularity, Returns, Total, TrackRecord, TrackWindow,
    mean_size,
};

/// One sentence about a shop's forecasts, with the numbers behind it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "code", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Finding {
    /// The forecasts were not checked: the shop was fitted without its log, or with a given model.
    Unchecked,
    /// The length of the past to check them on.
    Windows {
        /// The complete windows.
        windows: u32,
        /// The length of each, in days.
        horizon_days: u32,
        /// The first purchase day of all.
        first_day: Option<NaiveDate>,
    },
    /// There are fewer than the three complete windows that an interval needs.
    TooShort {
        /// The complete windows.
        windows: u32,
        /// The length of each, in days.
        horizon_days: u32,
        /// The day up to which the log must reach to hold three; `None` without a purchase.
        from: Option<NaiveDate>,
    },
    /// Customers can be seen to leave.
    DropoutIdentified {
        /// The numbers that show it.
        dropout: Identification,
    },
    /// Nobody can be seen to leave: P(alive) says nothing.
    DropoutNotIdentified {
        /// The numbers that show it.
        dropout: Identification,
    },
    /// The model that forecasts, and why.
    Model {
        /// The model; `None` where there is none.
        kind: Option<ModelKind>,
        /// The origin of the model.
        status: EstimateStatus,
        /// Its log score per customer less that of NBD over the windows of the past; `None` for NBD itself.
        gain: Option<Difference>,
    },
    /// The gain of a model that knows rhythms on the shop's past.
    Rhythm {
        /// The model compared with, the gain, and whether it is preferred.
        check: RhythmCheck,
        /// Whether it forecasts: where it is preferred, and its fit to all orders tells who leaves.
        is_used: bool,
    },
    /// The regularity of customers.
    Regularity {
        /// The shares of customers by their rhythm.
        regularity: Regularity,
        /// The customers of two known gaps or more, who tell it.
        customers: u64,
    },
    /// The errors of the last forecasts of the shop's purchase days and revenue.
    Errors {
        /// The windows.
        windows: u32,
        /// The mean of `|ln(actual / forecast)|`.
        mean: f64,
        /// The smallest of `ln(actual / forecast)`.
        lowest: f64,
        /// The largest.
        highest: f64,
        /// The mean of `|ln(actual / forecast)|` of revenue; `None` where no window has one.
        revenue: Option<f64>,
    },
    /// A rule of thumb was nearer.
    BetterRule {
        /// To which total.
        total: Total,
        /// The rule.
        rule: BetterRule,
        /// The forecasts' mean of `|ln(actual / forecast)|`.
        error: f64,
        /// The windows.
        windows: u32,
    },
    /// Whether last year's error helps this year's forecast.
    Season {
        /// The windows that have one a year earlier.
        windows: u32,
        /// The mean of `|ln(actual / forecast)|` in them, without the correction.
        plain: f64,
        /// The mean with the correction.
        corrected: f64,
        /// The mean with half of the mean error of the other windows instead, as helps a forecast that is always too high.
        evenly: f64,
        /// The gain of the correction in a window over the better one of the two others: the mean of the differences.
        gain: Difference,
        /// Whether these windows cover a year, less than which tells no season.
        covers_a_year: bool,
    },
    /// A season cannot be told: no window has another one a year earlier.
    NoSeason {
        /// The day up to which the log must reach for the first such window; `None` where the horizon fits no year.
        from: Option<NaiveDate>,
    },
    /// The customers whom the model took for gone.
    Returns {
        /// The number who came back, and whether that is counted.
        returns: Returns,
    },
    /// The spend of some customers has no mean.
    NoMeanSpend {
        /// The number of these customers.
        customers: u64,
        /// All customers.
        of: u64,
    },
}

impl ShopModels {
    /// Returns the findings about the shop's forecasts, at most ten sentences: how much past there is, whether anybody
    /// can be seen to leave, which model forecasts and why, how regularly customers come, how far off forecasts were,
    /// whether a rule of thumb was nearer, whether there is a season, who comes back, and, with an outlook, whose spend
    /// has no mean.
    pub fn diagnosis(&self, outlook: Option<&Outlook>) -> Vec<Finding> {
        let (estimate, track) = (&self.purchases, self.track());
        let mut findings = vec![track.map_or(Finding::Unchecked, |track| {
            let (windows, horizon_days) = (track.windows.len() as u32, track.horizon_days);
            match track.no_interval_yet() {
                Some(from) => Finding::TooShort { windows, horizon_days, from },
                None => Finding::Windows { windows, horizon_days, first_day: track.first_day },
            }
        })];
        let dropout = estimate.identifications().iter().find(|one| one.of != Latent::PurchaseRate);
        // That nobody can be seen to leave may be why another model forecasts, and is then said with it.
        let is_reason = matches!(estimate.status(), EstimateStatus::Instead { because, .. }
            if matches!(**because, EstimateStatus::NotIdentified { .. }));
        findings.extend(dropout.filter(|_| !is_reason).map(|&dropout| {
            let is_identified = dropout.is_identified();
            if is_identified {
                Finding::DropoutIdentified { dropout }
            } else {
                Finding::DropoutNotIdentified { dropout }
            }
        }));
        let kind = estimate.model().map(|model| model.kind());
        let gain = self.checks.as_ref().zip(kind.filter(|kind| *kind != ModelKind::Nbd && track.is_some()));
        let gain = gain.and_then(|(checks, kind)| checks.gain(kind));
        findings.push(Finding::Model { kind, status: estimate.status().clone(), gain });
        findings.extend(self.checks.iter().flat_map(|checks| {
            let is_used = kind == Some(ModelKind::MbgCnbd);
            let rhythm = checks.rhythm().map(|&check| Finding::Rhythm { check, is_used });
            let regularity = checks.regularity.map(|(of_some, customers)| {
                // Of a model with rhythms, its own.
                let regularity = estimate.model().and_then(|model| model.regularity()).unwrap_or(of_some);
                Finding::Regularity { regularity, customers }
            });
            rhythm.into_iter().chain(regularity)
        }));
        findings.extend(track.into_iter().flat_map(|track| of_track(track, outlook)));
        let without = outlook.filter(|outlook| outlook.without_mean_spend > 0 && self.spend.model().is_some());
        findings.extend(
            without
                .map(|outlook| Finding::NoMeanSpend { customers: outlook.without_mean_spend, of: outlook.customers }),
        );
        findings
    }
}

fn of_track(track: &TrackRecord, outlook: Option<&Outlook>) -> Vec<Finding> {
    let (errors, mut findings) = (track.errors(Total::Purchases), Vec::new());
    if let Some(mean) = mean_size(&errors) {
        let windows = errors.len() as u32;
        let [lowest, highest] = [f64::min, f64::max].map(|of| errors.iter().copied().reduce(of).unwrap_or(0.0));
        let revenue = mean_size(&track.errors(Total::Revenue));
        findings.push(Finding::Errors { windows, mean, lowest, highest, revenue });
    }
    let totals = outlook
        .map(|outlook| [(Total::Purchases, Some(&outlook.purchases)), (Total::Revenue, outlook.revenue.as_ref())]);
    findings.extend(totals.into_iter().flatten().filter_map(|(total, forecast)| {
        let forecast = forecast?;
        Some(Finding::BetterRule {
            total,
            rule: forecast.beaten_by?,
            error: forecast.error?,
            windows: forecast.windows,
        })
    }));
    findings.push(of_season(track).unwrap_or_else(|| Finding::NoSeason { from: track.day_of_season() }));
    findings
        .extend(track.record.returns.filter(|returns| returns.silent > 0).map(|returns| Finding::Returns { returns }));
    findings
}

/// Whether last year's error helps more than an error that all windows share; `None` without a window one year earlier.
fn of_season(track: &TrackRecord) -> Option<Finding> {
    let error = |window: &TrackWindow| Some(libm::log(window.purchases?.ratio()?));
    let all: Vec<_> = track.windows.iter().filter_map(error).collect();
    let (sum, others) = (all.iter().sum::<f64>(), f64::max(weight::count(all.len() as u64) - 1.0, 1.0));
    let rows = track.windows.iter().filter_map(|window| {
        let (plain, year_ago) = (error(window)?, track.year_ago(Total::Purchases, window.split)?);
        Some([plain, plain - libm::log(year_ago.factor), plain - 0.5 * (sum - plain) / others])
    });
    let rows: Vec<_> = rows.collect();
    let [plain, corrected, evenly] =
        [0, 1, 2].map(|at| mean_size(&rows.iter().map(|row: &[f64; 3]| row[at]).collect::<Vec<_>>()));
    let (plain, corrected, evenly) = (plain?, corrected?, evenly?);
    let rival = if evenly < plain { 2 } else { 0 };
    let gains: Vec<_> = rows.iter().map(|row| row[rival].abs() - row[1].abs()).collect();
    let (windows, gain) = (rows.len() as u32, Difference::of_values(&gains));
    Some(Finding::Season { windows, plain, corrected, evenly, gain, covers_a_year: track.covers_a_year(windows) })
}
