//! What is fitted to the whole shop and applied to one customer.

use chrono::NaiveDate;
use repurchase::predict::{AnyModel, Fit, FitOptions, GammaGamma, ModelKind, Samples, SpendSamples};
use repurchase::segment::MissedCycles;
use repurchase::scale::Language;
use repurchase::segment::{
    Grid, Lifecycle, OctantModel, OctantSplit, RfmMeasures, RfmModel, RfmOptions, RfmTable, TierModel, TierScheme,
};
use repurchase::{CustomerHistory, Ledger};
use serde::{Deserialize, Serialize};

/// Thresholds and parameters: a few kilobytes, whatever the size of the shop.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Fitted {
    pub(crate) as_of: NaiveDate,
    pub(crate) horizon_days: u32,
    pub(crate) rfm: RfmModel,
    pub(crate) octants: OctantModel,
    pub(crate) tiers: TierModel,
    pub(crate) purchases: Estimate<AnyModel>,
    pub(crate) spend: Estimate<GammaGamma>,
    /// Rules that are given, not fitted; as the library has them.
    #[serde(skip)]
    pub(crate) rules: Rules,
}

#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) grid: Grid,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) cycles: MissedCycles,
}

impl Default for Rules {
    fn default() -> Self {
        Self { grid: Grid::rf(), lifecycle: Lifecycle::default(), cycles: MissedCycles::default() }
    }
}

/// A model, or why there is none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Estimate<M> {
    pub(crate) model: Option<M>,
    pub(crate) status: String,
}

impl Fitted {
    /// Fits everything to a ledger in which somebody has bought.
    pub(crate) fn fit(ledger: &Ledger<String>, horizon_days: u32) -> repurchase::Result<Self> {
        let table = RfmTable::of(ledger, RfmMeasures::default());
        let rfm = RfmModel::fit(&table, &RfmOptions::default())?;
        let octants = OctantModel::fit(&rfm.score_all(&table)?, OctantSplit::Mean)?;
        let (samples, spend) = (Samples::in_weeks(ledger), SpendSamples::of(ledger));
        Ok(Self {
            as_of: ledger.as_of(),
            horizon_days,
            rfm,
            octants,
            tiers: TierModel::fit(ledger, TierScheme::default())?,
            purchases: Estimate::of(ModelKind::MbgNbd.fit(&samples, &FitOptions::default())),
            spend: Estimate::of(GammaGamma::fit(&spend, &FitOptions::default())),
            rules: Rules::default(),
        })
    }

    pub(crate) fn segment(&self, history: &CustomerHistory) -> Option<&str> {
        Some(self.rules.grid.segment(self.rfm.score_history(history)?)?.key())
    }

    pub(crate) fn tier(&self, history: &CustomerHistory) -> Option<&str> {
        (history.purchases() > 0).then(|| self.tiers.tier(history.revenue()).key())
    }

    /// How many customers have another segment, and how many another tier, than under an earlier version.
    pub(crate) fn changes_since(&self, before: &Self, ledger: &Ledger<String>) -> (u64, u64) {
        ledger.iter().fold((0, 0), |(segments, tiers), (_, history)| {
            let segment = self.segment(&history) != before.segment(&history);
            let tier = self.tier(&history) != before.tier(&history);
            (segments + u64::from(segment), tiers + u64::from(tier))
        })
    }
}

impl<M> Estimate<M> {
    /// A fit without a maximum leaves its numbers out; the rest is not lost.
    fn of<P>(fit: repurchase::Result<Fit<M, P>>) -> Self {
        match fit {
            Ok(Fit::Interior(fitted)) => Self { model: Some(fitted.model), status: "fitted".to_owned() },
            Ok(Fit::Boundary(limit)) => Self { model: None, status: limit.describe(Language::English) },
            Err(error) => Self { model: None, status: error.to_string() },
        }
    }
}
