//! The answers of the models for one customer.
//!
//! `benches/shop.rs`, `shop/profile`, must not get slower, nor allocate.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::ahead::sample;
use super::figure::{Amount, Figure};
use super::models::ShopModels;
use super::profile::{Profile, absent_label, difference};
use super::profiles::{ABSENT_CODE, FIRST_CODE, UNKNOWN_CODE};
use crate::error::Result;
use crate::history::CustomerHistory;
use crate::predict::{PurchaseModel, Sample};
use crate::scale::range::around;
use crate::segment::{CycleStanding, LabelKind, LifecycleStage, RfmScore};

/// The inputs of a customer's answers that are used several times.
pub(super) struct Asked<'a> {
    pub(super) history: &'a CustomerHistory,
    pub(super) as_of: NaiveDate,
    pub(super) score: Option<RfmScore>,
    pub(super) standing: Option<CycleStanding>,
    pub(super) sample: Option<Sample>,
    pub(super) forecast: Option<Forecast>,
}

/// The answers of the model of purchases.
#[derive(Clone, Copy)]
pub(super) struct Forecast {
    pub(super) alive: f64,
    /// The purchases expected of a customer who has not left, times P(alive).
    pub(super) staying: f64,
    /// Those of one who has left and comes back.
    pub(super) returning: f64,
    pub(super) buys: f64,
    pub(super) next_days: Option<u32>,
}

impl Forecast {
    fn purchases(&self) -> f64 {
        self.staying + self.returning
    }
}

/// The probability of the next purchase by its day.
pub(super) const EVEN_ODDS: f64 = 0.5;

/// A code for the label of each kind, as a column of [`Profiles`](super::Profiles) has it.
pub(super) type Codes = [u32; LabelKind::ALL.len()];

impl ShopModels {
    /// All that is known of a customer as of a day: every label, figure, amount and forecast. Without an allocation.
    ///
    /// A customer without a purchase has no label and no forecast.
    ///
    /// # Errors
    ///
    /// [`Error::AfterAsOf`](crate::Error::AfterAsOf) when the last purchase lies after `as_of`;
    /// [`Error::AmountOverflow`](crate::Error::AmountOverflow) for a distance to a tier that does not fit a `Decimal`.
    pub fn profile(&self, history: &CustomerHistory, as_of: NaiveDate) -> Result<Profile<'_>> {
        let asked = self.asked(history, as_of);
        let mut profile = Profile::default();
        let codes = self.fill(&asked, &mut profile)?;
        for (kind, code) in LabelKind::ALL.into_iter().zip(codes) {
            profile.labels[kind as usize] = match code {
                UNKNOWN_CODE => None,
                ABSENT_CODE => Some(absent_label()),
                _ => self.label_at(kind, (code - FIRST_CODE) as usize),
            };
        }
        Ok(profile)
    }

    pub(super) fn asked<'a>(&self, history: &'a CustomerHistory, as_of: NaiveDate) -> Asked<'a> {
        let sample = sample(history, as_of);
        let forecast = |sample| {
            let model = self.forecaster()?;
            let alive = model.probability_alive(&sample);
            Some(Forecast {
                alive,
                staying: model.model().expected_purchases(&sample, self.horizon_days),
                returning: model.expected_returns(alive, &sample, self.horizon_days),
                buys: model.probability_buys(&sample, self.horizon_days),
                next_days: model.days_until(&sample, EVEN_ODDS),
            })
        };
        Asked {
            history,
            as_of,
            score: self.rfm.score(history),
            standing: self.cycles.standing(history, as_of),
            sample,
            forecast: sample.and_then(forecast),
        }
    }

    /// Sets all that a profile has but its labels, whose codes are the answer.
    pub(super) fn fill(&self, asked: &Asked<'_>, profile: &mut Profile<'_>) -> Result<Codes> {
        let &Asked { history, as_of, score, sample, forecast, .. } = asked;
        let scores = score.map(RfmScore::to_array);
        let of_score = |position: usize| scores.map(|scores| f64::from(scores[position]));
        profile.set_history(history, as_of)?;
        profile.set(Figure::R, of_score(0));
        profile.set(Figure::F, of_score(1));
        profile.set(Figure::M, of_score(2));
        profile.set_standing(asked.standing.as_ref());
        if let Some(model) = self.purchases.model() {
            if model.kind().has_dropout() {
                profile.set(Figure::ProbabilityAlive, forecast.map(|forecast| forecast.alive));
            }
            profile.set(Figure::ProbabilityBuys, forecast.map(|forecast| forecast.buys));
            let next_days = forecast.and_then(|forecast| forecast.next_days);
            profile.set(Figure::NextPurchaseDays, next_days.map(f64::from));
            if model.kind().is_of_rhythm() {
                let waits = profile.came_again() && profile.figure(Figure::CyclesMissed) == Some(0.0);
                profile.set(Figure::DueDays, next_days.filter(|_| waits).map(f64::from));
            }
            profile.set(Figure::ExpectedPurchases, forecast.map(|forecast| forecast.purchases()));
        }
        if let Some(model) = self.spend.model() {
            let spend = sample.and_then(|sample| model.expected_spend(&sample));
            profile.set(Figure::ExpectedSpend, spend);
            if let Some(model) = self.purchases.model() {
                let kept = self.kept.of_customer(history);
                let worth = |purchases: fn(&Forecast) -> f64| Some(purchases(&forecast?) * spend? * kept);
                let value = worth(Forecast::purchases);
                profile.set(Figure::ExpectedValue, value);
                if model.kind().has_dropout() {
                    let returned = worth(|forecast| forecast.returning).unwrap_or(0.0);
                    let alive = forecast.map(|forecast| forecast.alive);
                    let staying = worth(|forecast| forecast.staying);
                    let usual = alive.zip(staying).and_then(|(alive, staying)| usual_value(alive, staying));
                    let loss = alive.zip(usual).map(|(alive, usual)| expected_loss(alive, usual, returned));
                    profile.set(Figure::UsualValue, usual);
                    profile.set(Figure::ExpectedLoss, loss);
                } else {
                    profile.set(Figure::UsualValue, value);
                }
            }
        }
        let (codes, tier) = self.codes(asked)?;
        let (mut margin, mut gap) = (None, None);
        if let Some(tier) = tier {
            let (revenue, [low, high]) = (history.revenue(), self.tier_cuts(tier));
            margin = low.map(|low| difference(revenue, low)).transpose()?;
            gap = high.map(|high| difference(high, revenue)).transpose()?;
        }
        profile.set_amount(Amount::TierMargin, margin);
        profile.set_amount(Amount::TierGap, gap);
        Ok(codes)
    }

    /// The cut above which a tier begins, and the one above which the next does.
    pub(super) fn tier_cuts(&self, position: usize) -> [Option<Decimal>; 2] {
        let (low, high) = around(self.tiers.cuts().cuts(), position);
        [low.copied(), high.copied()]
    }

    /// The labels' codes, and the position of the tier.
    fn codes(&self, asked: &Asked<'_>) -> Result<(Codes, Option<usize>)> {
        let &Asked { history, as_of, score, .. } = asked;
        let octant = score.map(|score| self.octants.octant(score)).transpose()?;
        let segment = self.grid.as_ref().zip(score).map(|(grid, score)| grid.position(score)).transpose()?;
        let (state, band) = match self.lifecycle().stage(history, as_of) {
            Some(LifecycleStage::New(state)) => (Some(state as usize), None),
            Some(LifecycleStage::Repeat(band)) => (None, Some(band as usize)),
            None => (None, None),
        };
        let spend_band = self.spend_bands.as_ref().and_then(|bands| bands.position(history));
        let tier = score.map(|_| self.tiers.position(history.revenue()));
        let mut codes = [ABSENT_CODE; LabelKind::ALL.len()];
        for (kind, position) in [
            (LabelKind::Octant, octant.map(|octant| octant as usize)),
            (LabelKind::Segment, segment),
            (LabelKind::FrequencyBand, band),
            (LabelKind::SpendBand, spend_band),
            (LabelKind::NewCustomerState, state),
            (LabelKind::LifecycleStage, state.or(band.map(|band| band + FIRST_REPEAT))),
            (LabelKind::Tier, tier),
            (LabelKind::ChurnRisk, asked.standing.map(|standing| standing.risk() as usize)),
        ] {
            if let Some(position) = position {
                // Labels are fewer than 2^32.
                codes[kind as usize] = position as u32 + FIRST_CODE;
            }
        }
        if self.grid.is_none() {
            codes[LabelKind::Segment as usize] = UNKNOWN_CODE;
        }
        if self.spend_bands.is_none() {
            codes[LabelKind::SpendBand as usize] = UNKNOWN_CODE;
        }
        Ok((codes, tier))
    }
}

/// Stages of new customers stand before those of repeat customers.
const FIRST_REPEAT: usize = 4;

/// The value of the customer within the horizon if still there. `None` where nobody can be expected to be there.
///
/// But for what those who left and come back bring, an expectation takes a customer who has left for worth nothing: it is
/// P(alive) times what the customer brings if still there.
fn usual_value(alive: f64, staying: f64) -> Option<f64> {
    (alive > 0.0).then(|| staying / alive)
}

/// The part of it that is lost if nothing is done: all with the probability 1 - P(alive), less what comes back.
fn expected_loss(alive: f64, usual: f64, returned: f64) -> f64 {
    f64::max((1.0 - alive) * usual - returned, 0.0)
}
