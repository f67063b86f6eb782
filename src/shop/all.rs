//! The answers of the models for all customers of a ledger, column by column.
//!
//! `benches/shop.rs`, `shop/profile_all`, must take no more than 1.1 times `shop/parts`.

use super::ahead;
use super::models::ShopModels;
use super::one::{Asked, EVEN_ODDS, Forecast};
use super::profile::Profile;
use super::profiles::{Profiles, Rows};
use crate::error::Result;
use crate::history::Ledger;
use crate::parallel;
use crate::predict::{PurchaseModel, RevivingModel, Sample};
use crate::segment::LabelKind;

/// Customers who are worked on in one go.
const PART: usize = 1 << 13;

impl ShopModels {
    /// The [profile](ShopModels::profile) of each customer of a ledger, in the ledger's order, as of the ledger's day:
    /// the same bits, column by column.
    ///
    /// On all cores with the feature `rayon`; the same for any number of threads.
    ///
    /// # Errors
    ///
    /// As [`profile`](ShopModels::profile), for the first customer who has one.
    pub fn profile_all<Id: Sync>(&self, ledger: &Ledger<Id>) -> Result<Profiles> {
        let (len, as_of) = (ledger.len(), ledger.as_of());
        let scores = self.rfm.score_all(ledger)?;
        let samples = ahead::samples(ledger);
        let forecasts = self.forecaster().map(|model| self.forecasts(&model, &samples));
        let cuts = self.tiers.cuts().cuts().iter().map(|cut| cut.scale());
        let scale = cuts.chain([ledger.scale()]).max().unwrap_or(0);
        let labels = LabelKind::ALL.map(|kind| self.labels(kind).into_iter().cloned().collect::<Vec<_>>());
        let counts = labels.each_ref().map(Vec::len);
        let parts = parallel::map_ranges(len, PART, |part| {
            let (mut rows, mut profile) = (Rows::new(part.len(), scale, &counts), Profile::default());
            for position in part {
                let Some(history) = ledger.history(position) else { continue };
                let asked = Asked {
                    history: &history,
                    as_of,
                    score: scores.get(position).copied(),
                    standing: self.cycles.standing(&history, as_of),
                    sample: samples.get(position).copied(),
                    forecast: forecasts.as_ref().and_then(|forecasts| forecasts.get(position).copied()),
                };
                let codes = self.fill(&asked, &mut profile)?;
                rows.push(&profile, codes);
            }
            Ok(rows)
        });
        let parts = parts.into_iter().collect::<Result<Vec<_>>>()?;
        Ok(Rows::joined(&parts, labels).with_day(as_of))
    }

    fn forecasts(&self, model: &RevivingModel, samples: &[Sample]) -> Vec<Forecast> {
        let alive = model.probability_alive_all(samples);
        let staying = model.model().expected_purchases_all(samples, self.horizon_days);
        let buys = model.probability_buys_all(samples, self.horizon_days);
        let next_days = model.days_until_all(samples, EVEN_ODDS);
        let all = alive.into_iter().zip(staying).zip(buys).zip(next_days).zip(samples);
        all.map(|((((alive, staying), buys), next_days), sample)| {
            let returning = model.expected_returns(alive, sample, self.horizon_days);
            Forecast { alive, staying, returning, buys, next_days }
        })
        .collect()
    }
}
