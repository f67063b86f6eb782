//! Everything that is fitted to a shop.

use chrono::NaiveDate;

use super::checks::ShopChecks;
use super::estimate::Estimate;
use super::figure::Figure;
use super::options::ShopOptions;
use super::playbook::Playbook;
use super::tally::ShopTally;
use crate::error::{Error, Result};
use crate::history::{Ledger, PurchaseLog};
use crate::predict::{AnyModel, GammaGamma, KeptShare, Samples};
use crate::record::CustomerId;
use crate::scale::{Label, Language};
use crate::segment::{
    ChurnRisk, FrequencyBand, FrequencyBands, Grid, LabelKind, Lifecycle, LifecycleStage, MissedCycles,
    NewCustomerState, Octant, OctantModel, RfmModel, SpendBands, TierModel,
};

/// Everything that needs the whole shop, as one value: fitted in one call, stored as one JSON (feature `serde`), asked
/// about one customer in one call.
///
/// It says the same of a customer in a request handler as in a nightly report: every label, figure, amount and forecast
/// as a [`Profile`](super::Profile), and the reason for each when asked.
///
/// # Stored
///
/// As one object, whose field `form` tells how the others are to be read. What was stored in another form is refused
/// with a message that says so: the cure is to fit again.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "super::stored::Enveloped", into = "super::stored::StoredModels"))]
pub struct ShopModels {
    pub(super) as_of: NaiveDate,
    pub(super) horizon_days: u32,
    pub(super) rfm: RfmModel,
    pub(super) octants: OctantModel,
    pub(super) grid: Option<Grid>,
    pub(super) tiers: TierModel,
    pub(super) cycles: MissedCycles,
    pub(super) spend_bands: Option<SpendBands>,
    pub(super) purchases: Estimate<AnyModel>,
    pub(super) spend: Estimate<GammaGamma>,
    pub(super) kept: KeptShare,
    pub(super) playbook: Playbook,
    pub(super) checks: Option<ShopChecks>,
}

impl ShopModels {
    /// Fits everything to the customers of a ledger.
    ///
    /// A model of purchases or spend that cannot be fitted is no error: its [`Estimate`] says why, and what it would
    /// have said of a customer is unknown. Takes time linear in customers, apart from the fits' own steps over the
    /// distinct rows of [`Samples`].
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] without a customer; [`Error::ScoreBins`] for a grid of other bins than the scores;
    /// [`Error::TooAlike`] where frequency bands are to be fitted to gaps that are too alike; [`Error::PlaybookGap`] for a
    /// playbook without an action for a label of the shop; and those of the options, such as a number of bins out of
    /// range.
    pub fn fit<Id>(ledger: &Ledger<Id>, options: &ShopOptions) -> Result<Self> {
        if ledger.is_empty() {
            return Err(Error::NoCustomers { what: "a shop" });
        }
        let rfm = RfmModel::fit(ledger, &options.rfm)?;
        let octants = OctantModel::fit(&rfm.score_all(ledger)?, &options.octants)?;
        let tiers = TierModel::fit(ledger, &options.tiers)?;
        let bands = if options.fitted_bands { Some(FrequencyBands::fit(ledger)?) } else { None };
        Self::of_parts(
            ledger.as_of(),
            rfm,
            octants,
            tiers,
            bands,
            &Samples::of(ledger),
            KeptShare::fit(ledger)?,
            options,
        )
    }

    /// Fits everything to what a log says as of a day, and checks it on the shop's past: [`ShopChecks`] decide which model
    /// forecasts, how far off a total may be, and whether those come back who were taken for gone.
    ///
    /// # Errors
    ///
    /// As [`fit`](ShopModels::fit), [`PurchaseLog::ledger`] and [`ShopChecks::of`].
    ///
    /// # Complexity
    ///
    /// That of [`fit`](ShopModels::fit), and two fits and scores in each window of the past.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::scale::{Confidence, Language};
    /// use repurchase::shop::{ShopModels, ShopOptions};
    /// use repurchase::{Order, PurchaseLog, ShopCalendar};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let csv = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/cdnow_orders.csv"));
    /// # let mut orders = Vec::new();
    /// # for row in csv.lines().skip(1) {
    /// #     let mut fields = row.split(',');
    /// #     let mut field = || fields.next().ok_or("customer, day, amount");
    /// #     orders.push(Order::on(field()?, field()?.parse()?, field()?.parse()?)?);
    /// # }
    /// // The orders of CDNOW's 2,357 customers.
    /// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
    /// let today = "1998-06-30".parse()?;
    /// let models = ShopModels::fit_log(&log, today, &ShopOptions::default())?;
    ///
    /// let outlook = models.profile_all(&log.ledger(today)?)?.outlook(&models, Confidence::new(0.9)?)?.ok_or("a model")?;
    /// let interval = outlook.purchases.interval.ok_or("five windows of 90 days")?;
    /// assert!(interval.contains(outlook.purchases.forecast));
    /// for finding in models.diagnosis(Some(&outlook)) {
    ///     println!("{}", finding.describe(Language::English));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn fit_log<Id: CustomerId>(log: &PurchaseLog<Id>, as_of: NaiveDate, options: &ShopOptions) -> Result<Self> {
        let checks = ShopChecks::of(log, as_of, options)?;
        Self::fit(&log.ledger(as_of)?, &options.clone().with_checks(checks))
    }

    /// Fits everything to a tally, such as one that was merged from many machines: the same models as
    /// [`fit`](ShopModels::fit) on a ledger of all customers, to the last bit.
    ///
    /// # Errors
    ///
    /// As [`fit`](ShopModels::fit), and [`Error::MeasuresMismatch`] for options of other measures than the tally's.
    pub fn fit_tally(tally: &ShopTally, options: &ShopOptions) -> Result<Self> {
        if tally.customers() == 0 {
            return Err(Error::NoCustomers { what: "a shop" });
        }
        let rfm = RfmModel::fit_tally(&tally.rfm, tally.as_of, &options.rfm)?;
        let octants = OctantModel::fit_model(&rfm, &tally.rfm, &options.octants)?;
        let tiers = TierModel::fit_tally(tally.revenues(), &options.tiers)?;
        let bands = if options.fitted_bands { Some(FrequencyBands::fit_tally(&tally.mean_gaps)?) } else { None };
        let kept = KeptShare::fit_tally(tally.revenues(), &tally.credited)?;
        Self::of_parts(tally.as_of, rfm, octants, tiers, bands, &tally.samples, kept, options)
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of a shop")]
    fn of_parts(
        as_of: NaiveDate,
        rfm: RfmModel,
        octants: OctantModel,
        tiers: TierModel,
        bands: Option<FrequencyBands>,
        samples: &Samples,
        kept: KeptShare,
        options: &ShopOptions,
    ) -> Result<Self> {
        let cycles = options.cycles;
        let fitted = |frequency| cycles.with_lifecycle(Lifecycle::new(cycles.lifecycle().new_customers, frequency));
        let mut models = Self {
            as_of,
            horizon_days: options.horizon_days,
            rfm,
            octants,
            grid: options.grid.clone(),
            tiers,
            cycles: bands.map_or(cycles, fitted),
            spend_bands: options.spend_bands.clone(),
            purchases: Estimate::of_purchases(samples, options.purchases, options.checks.as_ref(), &options.fit)?,
            spend: Estimate::of_spend(samples, options.spend, &options.fit)?,
            kept,
            playbook: options.playbook.clone().unwrap_or_default(),
            checks: options.checks.clone(),
        };
        if options.playbook.is_none() {
            models.playbook = Playbook::standard_for(|kind| models.labels(kind));
        }
        models.checked()
    }

    /// All parts are of the same scores, and the playbook is of the shop's labels.
    pub(super) fn checked(self) -> Result<Self> {
        if let Some(grid) = &self.grid {
            grid.check(&self.rfm)?;
        }
        if self.octants.bins() != self.rfm.bins() {
            return Err(Error::ScoreBins {
                what: "octant split",
                expected: self.octants.bins(),
                found: self.rfm.bins(),
            });
        }
        let playbook = self.playbook.clone().for_labels(|kind| self.labels(kind))?;
        let checks = self.checks.clone().map(|checks| checks.checked(self.as_of, self.horizon_days)).transpose()?;
        Ok(Self { playbook, checks, ..self })
    }

    /// The as-of day of the fit.
    pub const fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The customers the models were fitted to.
    pub const fn customers(&self) -> u64 {
        self.rfm.customers()
    }

    /// A note to read before scores, octants and segments; `None` for a shop of 50 customers or more. Ranks among
    /// fewer say little.
    pub fn note(&self, language: Language) -> Option<String> {
        self.rfm.note(language)
    }

    /// The days ahead for which purchases and revenue are forecast.
    pub const fn horizon_days(&self) -> u32 {
        self.horizon_days
    }

    /// The cuts of R, F and M.
    pub const fn rfm(&self) -> &RfmModel {
        &self.rfm
    }

    /// The splits of the octants.
    pub const fn octants(&self) -> &OctantModel {
        &self.octants
    }

    /// The named segments, if the shop has them.
    pub const fn grid(&self) -> Option<&Grid> {
        self.grid.as_ref()
    }

    /// The cuts of the membership tiers.
    pub const fn tiers(&self) -> &TierModel {
        &self.tiers
    }

    /// The frequency bands and the new-customer bands.
    pub const fn lifecycle(&self) -> &Lifecycle {
        self.cycles.lifecycle()
    }

    /// The churn rule, which counts by the days of the lifecycle.
    pub const fn cycles(&self) -> &MissedCycles {
        &self.cycles
    }

    /// The price bands, if the shop has them.
    pub const fn spend_bands(&self) -> Option<&SpendBands> {
        self.spend_bands.as_ref()
    }

    /// The model of purchases, or why there is none.
    pub const fn purchases(&self) -> &Estimate<AnyModel> {
        &self.purchases
    }

    /// The model of spend, or why there is none.
    pub const fn spend(&self) -> &Estimate<GammaGamma> {
        &self.spend
    }

    /// The share of spend that is kept after credits: [`Figure::ExpectedValue`] is net of it.
    pub const fn kept(&self) -> &KeptShare {
        &self.kept
    }

    /// The record of the models on the shop's past; `None` where they were fitted without it.
    pub const fn checks(&self) -> Option<&ShopChecks> {
        self.checks.as_ref()
    }

    /// The actions for a customer of each label: [`Playbook::advise`] says it of a [profile](ShopModels::profile).
    pub const fn playbook(&self) -> &Playbook {
        &self.playbook
    }

    /// All labels of a kind, in their order; empty where the shop has none of the kind.
    pub fn labels(&self, kind: LabelKind) -> Vec<&Label> {
        kind.labels().unwrap_or_else(|| match kind {
            LabelKind::Segment => self.grid.iter().flat_map(Grid::segments).collect(),
            LabelKind::SpendBand => self.spend_bands.iter().flat_map(SpendBands::labels).collect(),
            _ => self.tiers.names().iter().collect(),
        })
    }

    /// The label of a kind at a position.
    pub(super) fn label_at(&self, kind: LabelKind, position: usize) -> Option<&Label> {
        match kind {
            LabelKind::Octant => Octant::ALL.get(position).map(|octant| octant.label()),
            LabelKind::FrequencyBand => FrequencyBand::ALL.get(position).map(|band| band.label()),
            LabelKind::NewCustomerState => NewCustomerState::ALL.get(position).map(|state| state.label()),
            LabelKind::LifecycleStage => LifecycleStage::ALL.get(position).map(|stage| stage.label()),
            LabelKind::ChurnRisk => ChurnRisk::ALL.get(position).map(|risk| risk.label()),
            LabelKind::Tier => self.tiers.names().get(position),
            LabelKind::Segment => self.grid.as_ref()?.segments().get(position),
            LabelKind::SpendBand => self.spend_bands.as_ref()?.labels().get(position),
        }
    }

    const fn sees_leaving(&self) -> bool {
        match self.purchases.model() {
            Some(model) => model.kind().has_dropout(),
            None => false,
        }
    }

    /// Whether a figure is known of the shop's customers.
    pub(crate) const fn supplies(&self, figure: Figure) -> bool {
        match figure {
            Figure::QuantityStretch | Figure::ProbabilityFirstPurchase => false,
            Figure::ProbabilityAlive => self.sees_leaving(),
            Figure::ProbabilityBuys | Figure::NextPurchaseDays | Figure::ExpectedPurchases => {
                self.purchases.model().is_some()
            }
            Figure::ExpectedSpend => self.spend.model().is_some(),
            Figure::ExpectedValue | Figure::UsualValue => {
                self.purchases.model().is_some() && self.spend.model().is_some()
            }
            Figure::ExpectedLoss => self.sees_leaving() && self.spend.model().is_some(),
            _ => true,
        }
    }
}
