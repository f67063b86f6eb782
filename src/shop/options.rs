//! Options of a shop.

use super::checks::ShopChecks;
use super::estimate::PurchaseChoice;
use super::playbook::Playbook;
use crate::predict::{FitOptions, GammaGamma};
use crate::segment::{Grid, Lifecycle, MissedCycles, OctantSplit, RfmOptions, SpendBands, TierScheme};

/// The choices of a shop before anything is [fitted](super::ShopModels::fit).
///
/// The default is five quantiles of R, F and M, octants split at the means, the [RF grid](Grid::rf), tiers of
/// 80 / 16 / 3.2 / 0.8%, the lifecycle's standard days, no price bands, [`PurchaseChoice::Auto`], a fitted model of
/// spend, forecasts of 90 days, and the standard playbook.
///
/// # Examples
///
/// ```
/// use repurchase::predict::ModelKind;
/// use repurchase::segment::{RfmOptions, SpendBands};
/// use repurchase::shop::{PurchaseChoice, ShopOptions};
///
/// let options = ShopOptions::default()
///     .with_rfm(RfmOptions::quantiles(4))
///     .with_grid(None)
///     .with_spend_bands(SpendBands::default())
///     .with_purchases(PurchaseChoice::Fit(ModelKind::ParetoNbd))
///     .with_horizon_days(30);
/// # drop(options);
/// ```
#[must_use]
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct ShopOptions {
    pub(super) rfm: RfmOptions,
    pub(super) octants: OctantSplit,
    pub(super) grid: Option<Grid>,
    pub(super) tiers: TierScheme,
    pub(super) cycles: MissedCycles,
    pub(super) fitted_bands: bool,
    pub(super) spend_bands: Option<SpendBands>,
    pub(super) purchases: PurchaseChoice,
    pub(super) spend: Option<GammaGamma>,
    pub(super) fit: FitOptions,
    pub(super) horizon_days: u32,
    pub(super) playbook: Option<Playbook>,
    pub(super) checks: Option<ShopChecks>,
}

impl Default for ShopOptions {
    fn default() -> Self {
        Self {
            rfm: RfmOptions::default(),
            octants: OctantSplit::default(),
            grid: Some(Grid::rf()),
            tiers: TierScheme::default(),
            cycles: MissedCycles::default(),
            fitted_bands: false,
            spend_bands: None,
            purchases: PurchaseChoice::default(),
            spend: None,
            fit: FitOptions::default(),
            horizon_days: 90,
            playbook: None,
            checks: None,
        }
    }
}

impl ShopOptions {
    /// Sets the measures of R, F and M and their bins. A number of bins other than five asks for another grid, or none.
    pub fn with_rfm(self, rfm: RfmOptions) -> Self {
        Self { rfm, ..self }
    }

    /// Sets where high begins in the octants.
    pub fn with_octants(self, octants: OctantSplit) -> Self {
        Self { octants, ..self }
    }

    /// The named segments; `None` for a shop without them. The grid must have the bins of the RFM options.
    pub fn with_grid(self, grid: impl Into<Option<Grid>>) -> Self {
        Self { grid: grid.into(), ..self }
    }

    /// The names and shares of the membership tiers.
    pub fn with_tiers(self, tiers: TierScheme) -> Self {
        Self { tiers, ..self }
    }

    /// The days of frequency bands and new-customer states, which the churn rule counts by, too.
    pub fn with_lifecycle(self, lifecycle: Lifecycle) -> Self {
        Self { cycles: self.cycles.with_lifecycle(lifecycle), fitted_bands: false, ..self }
    }

    /// The rule of missed cycles, with its lifecycle.
    pub fn with_cycles(self, cycles: MissedCycles) -> Self {
        Self { cycles, ..self }
    }

    /// Frequency bands at the quartiles of the shop's own mean gaps, in place of given ones.
    pub fn with_fitted_bands(self) -> Self {
        Self { fitted_bands: true, ..self }
    }

    /// Price bands; `None` for a shop without them.
    pub fn with_spend_bands(self, bands: impl Into<Option<SpendBands>>) -> Self {
        Self { spend_bands: bands.into(), ..self }
    }

    /// The same options with another choice of the model of purchases.
    pub fn with_purchases(self, choice: PurchaseChoice) -> Self {
        Self { purchases: choice, ..self }
    }

    /// A model of spend that is given; `None` has one fitted.
    pub fn with_spend(self, spend: impl Into<Option<GammaGamma>>) -> Self {
        Self { spend: spend.into(), ..self }
    }

    /// Sets the options by which the models of purchases and spend are fitted.
    pub fn with_fit(self, fit: FitOptions) -> Self {
        Self { fit, ..self }
    }

    /// The same options with another number of days ahead for which purchases and revenue are forecast.
    pub fn with_horizon_days(self, horizon_days: u32) -> Self {
        Self { horizon_days, ..self }
    }

    /// Sets the actions for customers of each label. It needs an action for every label that the shop has of the kinds
    /// that it covers. `None` is the [standard playbook](super::PlaybookBuilder::standard), without the kinds for which
    /// the shop has labels of its own.
    pub fn with_playbook(self, playbook: impl Into<Option<Playbook>>) -> Self {
        Self { playbook: playbook.into(), ..self }
    }

    /// Sets the record of the models on the shop's past, made apart of the same options and day:
    /// [`ShopModels::fit_log`](super::ShopModels::fit_log) makes it by itself. The fit refuses that of another day or horizon.
    pub fn with_checks(self, checks: impl Into<Option<ShopChecks>>) -> Self {
        Self { checks: checks.into(), ..self }
    }
}
