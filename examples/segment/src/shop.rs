//! Everything that is known of the shop, computed once.

use std::ops::RangeBounds;

use repurchase::history::LedgerTotals;
use repurchase::measure::{Concentration, Occasion};
use repurchase::scale::Label;
use repurchase::segment::{ChurnRisk, CycleStanding, MissedCycles};
use repurchase::segment::{
    FrequencyBand, FrequencyMeasure, Grid, Lifecycle, NewCustomerState, Octant, OctantModel, OctantSplit, RfmModel,
    RfmOptions, RfmScore, TierModel, TierScheme,
};
use repurchase::{CustomerHistory, Error, Ledger, Ratio};

use crate::forecast::{Forecast, Question};
use crate::groups::{Group, groups};

/// The shop as of a day.
pub struct Shop {
    pub ledger: Ledger<String>,
    pub totals: LedgerTotals,
    pub bins: u8,
    pub occasion: Occasion,
    /// `None` when there is nothing up to the as-of day.
    pub rates: Option<Rates>,
    pub concentration: Concentration,
    pub lifecycle: Lifecycle,
    /// With the thresholds of the lifecycle.
    pub churn_rule: MissedCycles,
    /// The named segments, which are those of five bins.
    pub grid: Option<Grid>,
    /// `None` when nobody has bought.
    pub models: Option<Models>,
    pub forecast: Forecast,
}

/// The repurchase rates over all days up to the as-of day.
#[derive(Clone, Copy)]
pub struct Rates {
    pub users: Ratio,
    pub orders: Ratio,
}

/// What is fitted to all customers, and their scores in the order of the ledger.
pub struct Models {
    pub rfm: RfmModel,
    pub scores: Vec<RfmScore>,
    pub octants: OctantModel,
    pub tiers: TierModel,
}

impl Shop {
    pub fn new(
        ledger: Ledger<String>,
        bins: u8,
        occasion: Occasion,
        question: &Question,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let rates = Some(Rates::of(&ledger, occasion)?).filter(|rates| rates.users.of() > 0);
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
    pub fn repeats_on_one_day(&self) -> usize {
        self.ledger.iter().filter(|(_, history)| history.purchases() >= 2 && history.purchase_days() == 1).count()
    }

    /// A customer's named segment, by the place in the ledger.
    pub fn segment(&self, index: usize) -> Option<usize> {
        self.grid.as_ref()?.position(*self.models.as_ref()?.scores.get(index)?).ok()
    }

    pub fn octant(&self, index: usize) -> Option<Octant> {
        let models = self.models.as_ref()?;
        models.octants.octant(*models.scores.get(index)?).ok()
    }

    pub fn frequency_band(&self, history: &CustomerHistory) -> Option<FrequencyBand> {
        self.lifecycle.frequency.band(history)
    }

    pub fn new_customer_state(&self, history: &CustomerHistory) -> Option<NewCustomerState> {
        self.lifecycle.new_customers.state(history, self.ledger.as_of())
    }

    pub fn cycle_standing(&self, history: &CustomerHistory) -> Option<CycleStanding> {
        self.churn_rule.standing(history, self.ledger.as_of())
    }

    pub fn segments(&self) -> Result<Vec<Group>, Error> {
        let labels = self.grid.iter().flat_map(|grid| grid.segments().iter().enumerate());
        self.groups(labels, |index, _| self.segment(index))
    }

    pub fn octants(&self) -> Result<Vec<Group>, Error> {
        self.groups(Octant::ALL.map(|octant| (octant, octant.label())), |index, _| self.octant(index))
    }

    pub fn frequency_bands(&self) -> Result<Vec<Group>, Error> {
        self.groups(FrequencyBand::ALL.map(|band| (band, band.label())), |_, history| self.frequency_band(history))
    }

    pub fn new_customer_states(&self) -> Result<Vec<Group>, Error> {
        let labels = NewCustomerState::ALL.map(|state| (state, state.label()));
        self.groups(labels, |_, history| self.new_customer_state(history))
    }

    /// Of the customers whose purchase days are so many.
    pub fn churn_risks(&self, purchase_days: impl RangeBounds<u64>) -> Result<Vec<Group>, Error> {
        self.groups(ChurnRisk::ALL.map(|risk| (risk, risk.label())), |_, history| {
            let standing = self.cycle_standing(history)?;
            purchase_days.contains(&history.purchase_days()).then(|| standing.risk())
        })
    }

    pub fn tiers(&self) -> Result<Vec<Group>, Error> {
        let scheme = TierScheme::default();
        self.groups(scheme.names().iter().enumerate(), |_, history| {
            self.models.as_ref().map(|models| models.tiers.position(history.revenue()))
        })
    }

    fn groups<'a, L: Ord>(
        &self,
        labels: impl IntoIterator<Item = (L, &'a Label)>,
        mut label: impl FnMut(usize, &CustomerHistory) -> Option<L>,
    ) -> Result<Vec<Group>, Error> {
        let mut index = 0..;
        groups(&self.ledger, labels, |history| label(index.next()?, history))
    }
}

impl Rates {
    /// Over all days up to the as-of day, so what each customer's history counts is all they need.
    fn of(ledger: &Ledger<String>, occasion: Occasion) -> Result<Self, Error> {
        let (mut repeaters, mut occasions) = (0, 0);
        for (_, history) in ledger.iter() {
            let of_customer = if occasion == Occasion::Day { history.purchase_days() } else { history.purchases() };
            repeaters += u64::from(of_customer >= 2);
            occasions += of_customer;
        }
        // A ledger's customers have bought: exactly one occasion of each is no repeat.
        let users = ledger.len() as u64;
        Ok(Self { users: Ratio::new(repeaters, users)?, orders: Ratio::new(occasions - users, occasions)? })
    }
}

/// The rule with the thresholds of the lifecycle.
pub fn churn_rule(lifecycle: &Lifecycle) -> Result<MissedCycles, Error> {
    Ok(MissedCycles::of(lifecycle))
}

impl Models {
    fn fit(ledger: &Ledger<String>, bins: u8, occasion: Occasion) -> Result<Self, Error> {
        let options = RfmOptions::quantiles(bins).with_frequency_measure(match occasion {
            Occasion::Order => FrequencyMeasure::Purchases,
            Occasion::Day => FrequencyMeasure::PurchaseDays,
        });
        let rfm = RfmModel::fit(ledger, &options)?;
        let scores = rfm.score_all(ledger)?;
        let octants = OctantModel::fit(&scores, &OctantSplit::Mean)?;
        let tiers = TierModel::fit(ledger, &TierScheme::default())?;
        Ok(Self { rfm, scores, octants, tiers })
    }
}
