//! Everything that is known of the shop, computed once.

use std::ops::RangeBounds;

use chrono::NaiveDate;
use repurchase::measure::{Concentration, Occasion, RateOptions, RepurchaseRates, repurchase_rates};
use repurchase::predict::{ChurnRisk, CycleStanding, MissedCycles};
use repurchase::record::Windows;
use repurchase::scale::{Label, Language};
use repurchase::segment::{
    FrequencyBand, FrequencyMeasure, Grid, Lifecycle, NewCustomerState, Octant, OctantModel, OctantSplit, RfmMeasures,
    RfmModel, RfmOptions, RfmScore, RfmTable, TierModel, TierScheme, summarize,
};
use repurchase::{CustomerHistory, Error, Ledger, PurchaseLog, Window};
use rust_decimal::Decimal;

use crate::forecast::{Forecast, Question};

/// The shop as of a day.
pub(crate) struct Shop {
    pub(crate) ledger: Ledger<String>,
    pub(crate) bins: u8,
    pub(crate) occasion: Occasion,
    /// Over the whole log up to the as-of day; `None` when there is no order up to it.
    pub(crate) rates: Option<RepurchaseRates>,
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
        log: &PurchaseLog<String>,
        as_of: NaiveDate,
        bins: u8,
        occasion: Occasion,
        question: &Question,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let ledger = log.ledger(as_of)?;
        let options = RateOptions::default().with_occasion(occasion);
        let rates = match log.days() {
            Some((first, _)) if first <= as_of => {
                let end = Window::last_days(as_of, 1)?.end();
                repurchase_rates(log, &Windows::from(Window::new(first, end)?), options).pop()
            }
            _ => None,
        };
        let concentration = Concentration::of(&ledger)?;
        let models = if ledger.is_empty() { None } else { Some(Models::fit(&ledger, bins, occasion)?) };
        let lifecycle = Lifecycle::default();
        let churn_rule = MissedCycles::default()
            .with_band_edges(lifecycle.bands.edges())?
            .with_new_customer_nodes(lifecycle.nodes.edges())?;
        let grid = Some(Grid::rf()).filter(|_| bins == 5);
        let forecast = Forecast::new(&ledger, question)?;
        Ok(Self { ledger, bins, occasion, rates, concentration, lifecycle, churn_rule, grid, models, forecast })
    }

    pub(crate) fn purchases(&self) -> u64 {
        self.ledger.iter().map(|(_, history)| history.purchases()).sum()
    }

    /// The customers whose purchases, two or more, are all of one day.
    pub(crate) fn repeats_on_one_day(&self) -> usize {
        self.ledger.iter().filter(|(_, history)| history.purchases() >= 2 && history.purchase_days() == 1).count()
    }

    /// Of customers without a purchase, too.
    pub(crate) fn credits(&self) -> u64 {
        let of_buyers: u64 = self.ledger.iter().map(|(_, history)| history.credits()).sum();
        of_buyers + self.ledger.without_purchase().map(|(_, history)| history.credits()).sum::<u64>()
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
        let mut index = 0..;
        let mut summaries = summarize(&self.ledger, |_, history| label(index.next()?, history))?;
        // A label that nobody has is 0 of what the others have, if there are others.
        let other = summaries.values().next();
        let share_of_nobody = other.map(|_| 0.0);
        let revenue_share_of_nobody = other.and_then(|other| other.revenue_share).map(|_| 0.0);
        let group = |(key, name): (L, &Label)| {
            let summary = summaries.remove(&key);
            Group {
                key: name.key().to_owned(),
                name: name.name(Language::English).to_owned(),
                customers: summary.map_or(0, |summary| summary.customers.count()),
                revenue: summary.map_or(Decimal::new(0, self.ledger.scale()), |summary| summary.revenue),
                share: match summary {
                    Some(summary) => summary.customers.value(),
                    None => share_of_nobody,
                },
                revenue_share: match summary {
                    Some(summary) => summary.revenue_share,
                    None => revenue_share_of_nobody,
                },
            }
        };
        Ok(labels.into_iter().map(group).collect())
    }
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
