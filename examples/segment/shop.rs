//! Everything that is known of the shop, computed once.

use std::ops::RangeBounds;

use repurchase::history::LedgerTotals;
use repurchase::measure::{Concentration, Occasion};
use repurchase::scale::{Label, Language};
use repurchase::segment::{ChurnRisk, CycleStanding, MissedCycles};
use repurchase::segment::{
    FrequencyBand, FrequencyMeasure, Grid, LabelSummary, Lifecycle, NewCustomerState, Octant, OctantModel, OctantSplit,
    RfmMeasures, RfmModel, RfmOptions, RfmScore, RfmTable, TierModel, TierScheme, summarize_all,
};
use repurchase::{CustomerHistory, Error, Ledger, Ratio};
use rust_decimal::Decimal;

use crate::forecast::{Forecast, Question};

/// The shop as of a day.
pub(crate) struct Shop {
    pub(crate) ledger: Ledger<String>,
    pub(crate) totals: LedgerTotals,
    pub(crate) bins: u8,
    pub(crate) occasion: Occasion,
    /// `None` when there is nothing up to the as-of day.
    pub(crate) rates: Option<Rates>,
    pub(crate) concentration: Concentration,
    pub(crate) lifecycle: Lifecycle,
    /// With the thresholds of the lifecycle.
    pub(crate) churn_rule: MissedCycles,
    /// The named segments, which are those of five bins.
    pub(crate) grid: Option<Grid>,
    /// `None` when nobody has bought.
    pub(crate) models: Option<Models>,
    pub(crate) forecast: Forecast,
}

/// The repurchase rates over all days up to the as-of day.
#[derive(Clone, Copy)]
pub(crate) struct Rates {
    pub(crate) users: Ratio,
    pub(crate) orders: Ratio,
}

/// What is fitted to all customers, and their scores in the order of the ledger.
pub(crate) struct Models {
    pub(crate) rfm: RfmModel,
    pub(crate) scores: Vec<RfmScore>,
    pub(crate) octants: OctantModel,
    pub(crate) tiers: TierModel,
}

/// The customers of one label.
pub(crate) struct Group {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) customers: u64,
    pub(crate) revenue: Decimal,
    /// Of the customers who have any label of this kind; `None` when nobody has.
    pub(crate) share: Option<f64>,
    /// Of what they bring; `None` when that is 0 or less.
    pub(crate) revenue_share: Option<f64>,
}

impl Shop {
    pub(crate) fn new(
        ledger: Ledger<String>,
        rates: Option<Rates>,
        bins: u8,
        occasion: Occasion,
        question: &Question,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let concentration = Concentration::of(&ledger)?;
        let totals = ledger.totals()?;
        let models = if ledger.is_empty() { None } else { Some(Models::fit(&ledger, bins, occasion)?) };
        let lifecycle = Lifecycle::default();
        let churn_rule = churn_rule(&lifecycle)?;
        let grid = Some(Grid::rf()).filter(|_| bins == 5);
        let forecast = Forecast::new(&ledger, question)?;
        Ok(Self { ledger, totals, bins, occasion, rates, concentration, lifecycle, churn_rule, grid, models, forecast })
    }

    /// The customers whose purchases, two or more, are all of one day.
    pub(crate) fn repeats_on_one_day(&self) -> usize {
        self.ledger.iter().filter(|(_, history)| history.purchases() >= 2 && history.purchase_days() == 1).count()
    }

    /// A customer's named segment, by the place in the ledger.
    pub(crate) fn segment(&self, index: usize) -> Option<usize> {
        self.grid.as_ref()?.position(*self.models.as_ref()?.scores.get(index)?)
    }

    pub(crate) fn octant(&self, index: usize) -> Option<Octant> {
        let models = self.models.as_ref()?;
        Some(models.octants.octant(*models.scores.get(index)?))
    }

    pub(crate) fn frequency_band(&self, history: &CustomerHistory) -> Option<FrequencyBand> {
        self.lifecycle.bands.band(history)
    }

    pub(crate) fn new_customer_state(&self, history: &CustomerHistory) -> Option<NewCustomerState> {
        self.lifecycle.nodes.state(history, self.ledger.as_of())
    }

    pub(crate) fn cycle_standing(&self, history: &CustomerHistory) -> Option<CycleStanding> {
        self.churn_rule.standing(history, self.ledger.as_of())
    }

    pub(crate) fn segments(&self) -> Result<Vec<Group>, Error> {
        let labels = self.grid.iter().flat_map(|grid| grid.segments().iter().enumerate());
        self.groups(labels, |index, _| self.segment(index))
    }

    /// Under the octants' codes.
    pub(crate) fn octants(&self) -> Result<Vec<Group>, Error> {
        let mut groups =
            self.groups(Octant::ALL.map(|octant| (octant, octant.label())), |index, _| self.octant(index))?;
        groups.iter_mut().zip(Octant::ALL).for_each(|(group, octant)| octant.code().clone_into(&mut group.key));
        Ok(groups)
    }

    pub(crate) fn frequency_bands(&self) -> Result<Vec<Group>, Error> {
        self.groups(FrequencyBand::ALL.map(|band| (band, band.label())), |_, history| self.frequency_band(history))
    }

    pub(crate) fn new_customer_states(&self) -> Result<Vec<Group>, Error> {
        let labels = NewCustomerState::ALL.map(|state| (state, state.label()));
        self.groups(labels, |_, history| self.new_customer_state(history))
    }

    /// Of the customers whose purchase days are so many.
    pub(crate) fn churn_risks(&self, purchase_days: impl RangeBounds<u64>) -> Result<Vec<Group>, Error> {
        self.groups(ChurnRisk::ALL.map(|risk| (risk, risk.label())), |_, history| {
            let standing = self.cycle_standing(history)?;
            purchase_days.contains(&history.purchase_days()).then(|| standing.risk())
        })
    }

    pub(crate) fn tiers(&self) -> Result<Vec<Group>, Error> {
        let scheme = TierScheme::default();
        self.groups(scheme.names().iter().enumerate(), |_, history| {
            self.models.as_ref().map(|models| models.tiers.position(history.revenue()))
        })
    }

    /// Every label of a kind, those that nobody has included.
    fn groups<'a, L: Ord>(
        &self,
        labels: impl IntoIterator<Item = (L, &'a Label)>,
        mut label: impl FnMut(usize, &CustomerHistory) -> Option<L>,
    ) -> Result<Vec<Group>, Error> {
        let (keys, names): (Vec<L>, Vec<&Label>) = labels.into_iter().unzip();
        let mut index = 0..;
        let rows = summarize_all(&self.ledger, keys, |_, history| label(index.next()?, history))?;
        let group = |(name, row): (&Label, LabelSummary)| Group {
            key: name.key().to_owned(),
            name: name.name(Language::English).to_owned(),
            customers: row.customers.count(),
            revenue: row.revenue,
            share: row.customers.value(),
            revenue_share: row.revenue_share,
        };
        Ok(names.into_iter().zip(rows).map(group).collect())
    }
}

/// The rule with the thresholds of the lifecycle.
pub(crate) fn churn_rule(lifecycle: &Lifecycle) -> Result<MissedCycles, Error> {
    let rule = MissedCycles::default().with_band_edges(lifecycle.bands.edges())?;
    rule.with_new_customer_nodes(lifecycle.nodes.edges())
}

impl Models {
    fn fit(ledger: &Ledger<String>, bins: u8, occasion: Occasion) -> Result<Self, Error> {
        let measures = RfmMeasures::default().with_frequency(match occasion {
            Occasion::Order => FrequencyMeasure::Purchases,
            Occasion::Day => FrequencyMeasure::PurchaseDays,
        });
        let table = RfmTable::of(ledger, measures);
        let rfm = RfmModel::fit(&table, &RfmOptions::quantiles(bins))?;
        let scores = rfm.score_all(&table)?;
        let octants = OctantModel::fit(&scores, OctantSplit::Mean)?;
        let tiers = TierModel::fit(ledger, TierScheme::default())?;
        Ok(Self { rfm, scores, octants, tiers })
    }
}
