//! Checks of a shop's forecasts on its own past.

use chrono::NaiveDate;

use super::estimate::PurchaseChoice;
use super::options::ShopOptions;
use crate::error::{Error, Result};
use crate::history::{Ledger, PurchaseLog};
use crate::predict::{
    Difference, ModelKind, ModelRecord, PastTally, Regularity, RollingBacktest, Samples, TrackRecord,
};
use crate::record::CustomerId;

/// The record of the models that a shop may use in every complete window of its past: what decides between them, how
/// far off the next total may be, who comes back, and how regularly customers come.
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
    /// And of how many customers the gaps say so.
    pub(super) regularity: Option<(Regularity, u64)>,
    rhythm: Option<RhythmCheck>,
}

/// The gain of a model that knows rhythms, MBG/CNBD-k, in all windows over the model that would forecast without it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct RhythmCheck {
    /// The other model.
    pub over: ModelKind,
    /// The log score per customer of MBG/CNBD-k less that of the other.
    pub gain: Difference,
}

impl RhythmCheck {
    /// Whether it is preferred: for a gain of more than two standard errors.
    pub fn is_preferred(&self) -> bool {
        self.gain.exceeds(2.0)
    }
}

impl ShopChecks {
    /// Runs the [`RollingBacktest`] of the options' horizon: of NBD and MBG/NBD for [`PurchaseChoice::Auto`], of NBD and the
    /// model asked for otherwise, and of none for a given model, which is used unchecked. For
    /// [`PurchaseChoice::AutoWithRhythm`], then one more, of MBG/CNBD-k and the model that did best or as well.
    ///
    /// # Errors
    ///
    /// As [`RollingBacktest::run`] and [`Regularity::fit`].
    pub fn of<Id: CustomerId>(log: &PurchaseLog<Id>, as_of: NaiveDate, options: &ShopOptions) -> Result<Self> {
        let run = |kinds: &[ModelKind]| RollingBacktest::run(log, as_of, options.horizon_days, kinds, &options.fit);
        Self::of_rolling(options, run, || Ok(Samples::of(&log.ledger(as_of)?)))
    }

    /// The same of a tally, such as one that was merged from many machines, to the last bit.
    ///
    /// # Errors
    ///
    /// As [`RollingBacktest::run_tally`] and [`Regularity::fit`].
    pub fn of_tally(past: &PastTally, options: &ShopOptions) -> Result<Self> {
        let run = |kinds: &[ModelKind]| RollingBacktest::run_tally(past, kinds, &options.fit);
        Self::of_rolling(options, run, || Ok(past.samples()))
    }

    /// The same of a log in parts by customer, as [`RollingBacktest::run_parts`] has them, and of the ledger of all of them, to
    /// the last bit.
    ///
    /// # Errors
    ///
    /// As there, and [`Regularity::fit`].
    ///
    /// # Examples
    ///
    /// `ShopChecks::of_parts(&ledger, |each| parts.iter().try_for_each(each), 1, &options)?` of logs in memory; otherwise as for
    /// [`RollingBacktest::run_parts`].
    pub fn of_parts<Id: CustomerId, E: From<Error>>(
        ledger: &Ledger<Id>,
        mut parts: impl FnMut(&mut dyn FnMut(&PurchaseLog<Id>) -> Result<()>) -> Result<(), E>,
        windows_at_once: usize,
        options: &ShopOptions,
    ) -> Result<Self, E> {
        let (as_of, horizon_days) = (ledger.as_of(), options.horizon_days);
        let run = |kinds: &[ModelKind]| {
            RollingBacktest::run_parts(&mut parts, as_of, horizon_days, windows_at_once, kinds, &options.fit)
        };
        Self::of_rolling(options, run, || Ok(Samples::of(ledger)))
    }

    fn of_rolling<E: From<Error>>(
        options: &ShopOptions,
        mut run: impl FnMut(&[ModelKind]) -> Result<RollingBacktest, E>,
        samples: impl FnOnce() -> Result<Samples>,
    ) -> Result<Self, E> {
        let kinds = kinds(options.purchases);
        let rolling = run(&kinds)?;
        let tracks = rolling.records.iter().map(|record| rolling.track(record.kind)).collect();
        let mut checks = Self { chosen: rolling.chosen, tracks, regularity: None, rhythm: None };
        if !kinds.is_empty() {
            checks.regularity = Regularity::fit(&samples()?, &options.fit)?;
        }
        if let (PurchaseChoice::AutoWithRhythm, Some(over)) = (options.purchases, rolling.chosen) {
            let rolling = run(&[over, RHYTHM])?;
            let [simpler, rhythm] = [over, RHYTHM].map(|kind| rolling.record(kind));
            let gain = simpler.zip(rhythm).and_then(|(simpler, rhythm)| difference(rhythm, simpler));
            checks.rhythm = gain.map(|gain| RhythmCheck { over, gain });
            if checks.rhythm.is_some_and(|rhythm| rhythm.is_preferred()) {
                checks.chosen = Some(RHYTHM);
                checks.tracks.push(rolling.track(RHYTHM));
            }
        }
        Ok(checks)
    }

    /// The gain of a model that knows rhythms; `None` where none was asked for, and without a window in which both have
    /// a fit.
    pub const fn rhythm(&self) -> Option<&RhythmCheck> {
        self.rhythm.as_ref()
    }

    /// The regularity of the shop's customers; `None` where nobody's gaps are known, and where no model was run.
    pub fn regularity(&self) -> Option<&Regularity> {
        self.regularity.as_ref().map(|(regularity, _)| regularity)
    }

    /// The model that did best in all windows, or nearly so and simpler; `None` without a window.
    pub const fn chosen(&self) -> Option<ModelKind> {
        self.chosen
    }

    /// The past of a model; `None` where it was not run.
    pub fn track(&self, kind: ModelKind) -> Option<&TrackRecord> {
        self.tracks.iter().find(|track| track.record.kind == kind)
    }

    /// The log score per customer of a model less that of NBD, over all windows; `None` where one of them has none, and of the
    /// model whose gain [`rhythm`](Self::rhythm) has.
    pub fn gain(&self, kind: ModelKind) -> Option<Difference> {
        if kind == RHYTHM && self.rhythm.is_some() {
            return None;
        }
        let [model, nbd] = [self.track(kind)?, self.track(ModelKind::Nbd)?].map(|track| track.record);
        difference(&model, &nbd)
    }

    /// Returns the checks if they are of the same day and horizon as the models.
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

/// The log score of one of two models that were run together, less that of the other.
fn difference(one: &ModelRecord, other: &ModelRecord) -> Option<Difference> {
    let mean = one.log_score? - other.log_score?;
    let behind = if mean > 0.0 { other } else { one };
    Some(Difference { mean, standard_error: behind.shortfall?.standard_error })
}

/// The model that is asked whether rhythms are worth counting.
const RHYTHM: ModelKind = ModelKind::MbgCnbd;

/// The models that are checked.
fn kinds(choice: PurchaseChoice) -> Vec<ModelKind> {
    match choice {
        PurchaseChoice::Auto | PurchaseChoice::AutoWithRhythm => vec![ModelKind::Nbd, ModelKind::MbgNbd],
        PurchaseChoice::Fit(kind) => vec![ModelKind::Nbd, kind],
        PurchaseChoice::Given(_) => Vec::new(),
    }
}
