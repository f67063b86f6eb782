//! How a shop's forecasts have done on its own past.

use chrono::NaiveDate;

use super::estimate::PurchaseChoice;
use super::options::ShopOptions;
use crate::error::{Error, Result};
use crate::history::PurchaseLog;
use crate::predict::{Difference, ModelKind, PastTally, RollingBacktest, TrackRecord};
use crate::record::CustomerId;

/// How the models that a shop may use have done in every complete window of its past: what decides between them, how far off
/// the next total may be, and who comes back.
///
/// [`ShopModels::fit_log`](super::ShopModels::fit_log) makes and uses it. Where models are fitted to a ledger or to a merged
/// tally, it is made apart, of a log of all customers or a merged [`PastTally`], and [given](ShopOptions::with_checks).
///
/// # Examples
///
/// As for [`ShopModels::fit_log`](super::ShopModels::fit_log).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct ShopChecks {
    chosen: Option<ModelKind>,
    tracks: Vec<TrackRecord>,
}

impl ShopChecks {
    /// Runs the [`RollingBacktest`] of the options' horizon: of NBD and MBG/NBD for [`PurchaseChoice::Auto`], of NBD and the
    /// model asked for otherwise, and of none for a given model, which is used unchecked.
    ///
    /// # Errors
    ///
    /// As [`RollingBacktest::run`].
    pub fn of<Id: CustomerId>(log: &PurchaseLog<Id>, as_of: NaiveDate, options: &ShopOptions) -> Result<Self> {
        let kinds = kinds(options.purchases);
        Ok(Self::of_rolling(&RollingBacktest::run(log, as_of, options.horizon_days, &kinds, &options.fit)?))
    }

    /// The same of a tally, such as one that was merged from many machines, to the last bit.
    ///
    /// # Errors
    ///
    /// As [`RollingBacktest::run_tally`].
    pub fn of_tally(past: &PastTally, options: &ShopOptions) -> Result<Self> {
        Ok(Self::of_rolling(&RollingBacktest::run_tally(past, &kinds(options.purchases), &options.fit)?))
    }

    fn of_rolling(rolling: &RollingBacktest) -> Self {
        let tracks = rolling.records.iter().map(|record| rolling.track(record.kind)).collect();
        Self { chosen: rolling.chosen, tracks }
    }

    /// The model that did best in all windows, or nearly so and simpler; `None` without a window.
    pub const fn chosen(&self) -> Option<ModelKind> {
        self.chosen
    }

    /// The past of a model; `None` where it was not run.
    pub fn track(&self, kind: ModelKind) -> Option<&TrackRecord> {
        self.tracks.iter().find(|track| track.record.kind == kind)
    }

    /// The log score per customer of a model less that of NBD, over all windows; `None` where one of them has none.
    pub fn gain(&self, kind: ModelKind) -> Option<Difference> {
        let [model, nbd] = [self.track(kind)?, self.track(ModelKind::Nbd)?].map(|track| track.record);
        let mean = model.log_score? - nbd.log_score?;
        let better = if mean > 0.0 { nbd } else { model };
        Some(Difference { mean, standard_error: better.shortfall?.standard_error })
    }

    /// Of the same day and horizon as the models.
    pub(super) fn checked(self, as_of: NaiveDate, horizon_days: u32) -> Result<Self> {
        for track in &self.tracks {
            if track.as_of != as_of {
                return Err(Error::AsOfMismatch { left: as_of, right: track.as_of });
            }
            Error::within(
                "days of the checks' horizon",
                track.horizon_days,
                horizon_days.into()..=horizon_days.into(),
            )?;
        }
        Ok(self)
    }
}

/// The models that are checked.
fn kinds(choice: PurchaseChoice) -> Vec<ModelKind> {
    match choice {
        PurchaseChoice::Auto => vec![ModelKind::Nbd, ModelKind::MbgNbd],
        PurchaseChoice::Fit(kind) => vec![ModelKind::Nbd, kind],
        PurchaseChoice::Given(_) => Vec::new(),
    }
}
