//! Everything that is known of the shop, computed once.

use std::error::Error;

use repurchase::history::LedgerTotals;
use repurchase::measure::{Concentration, Occasion};
use repurchase::predict::ModelKind;
use repurchase::scale::Label;
use repurchase::segment::{Grid, LabelKind, LabelSummary, TierScheme, summarize_labels};
use repurchase::shop::{Profiles, PurchaseChoice, ShopModels, ShopOptions};
use repurchase::{CustomerHistory, Ledger, Ratio};

use crate::arguments::ShopArguments;

/// The shop as of a day.
pub struct Shop {
    pub ledger: Ledger<String>,
    pub totals: LedgerTotals,
    /// The customers who bought again, and the purchases that were repeats, over all days up to the as-of day.
    pub repeats: [Ratio; 2],
    pub concentration: Concentration,
    /// `None` when nobody has bought.
    pub models: Option<ShopModels>,
    /// In the order of the ledger.
    pub profiles: Profiles,
    pub asked: ShopArguments,
}

/// A label and its customers.
pub type Group = (Label, LabelSummary);

impl Shop {
    pub fn new(ledger: Ledger<String>, asked: &ShopArguments) -> Result<Self, Box<dyn Error>> {
        Ok(Self::fit(ledger, asked, &asked.options()?)?)
    }

    /// With the options of what is asked.
    pub fn fit(ledger: Ledger<String>, asked: &ShopArguments, options: &ShopOptions) -> repurchase::Result<Self> {
        let models = if ledger.is_empty() { None } else { Some(ShopModels::fit(&ledger, options)?) };
        Self::of(ledger, models, asked)
    }

    /// The shop by models that are there already.
    pub fn of(ledger: Ledger<String>, models: Option<ShopModels>, asked: &ShopArguments) -> repurchase::Result<Self> {
        let totals = ledger.totals()?;
        let profiles = models.as_ref().map(|models| models.profile_all(&ledger)).transpose()?.unwrap_or_default();
        let by_day = asked.occasion == Occasion::Day;
        let occasions = |history: &CustomerHistory| if by_day { history.purchase_days() } else { history.purchases() };
        let again = ledger.iter().filter(|(_, history)| occasions(history) >= 2).count() as u64;
        // A ledger's customers have bought: exactly one occasion of each is no repeat.
        let (users, all) = (totals.customers, if by_day { totals.purchase_days } else { totals.purchases });
        let repeats = [Ratio::new(again, users)?, Ratio::new(all - users, all)?];
        let concentration = Concentration::of(&ledger)?;
        Ok(Self { ledger, totals, repeats, concentration, models, profiles, asked: asked.clone() })
    }

    /// Which model of purchases there is, or would be.
    pub fn model_kind(&self) -> ModelKind {
        match (self.models.as_ref().and_then(|models| models.purchases().model()), self.asked.model) {
            (Some(model), _) => model.kind(),
            (None, PurchaseChoice::Fit(kind)) => kind,
            _ => ModelKind::MbgNbd,
        }
    }

    /// Every label of a kind in its order, those that nobody has included.
    pub fn groups(&self, kind: LabelKind) -> repurchase::Result<Vec<Group>> {
        self.groups_of(kind, |_| true)
    }

    /// Counts only the customers that are `asked` for.
    pub fn groups_of(
        &self,
        kind: LabelKind,
        asked: impl Fn(&CustomerHistory) -> bool,
    ) -> repurchase::Result<Vec<Group>> {
        let labels = self.labels(kind);
        let mut found = self.profiles.labels(kind);
        let keys = labels.iter().map(Label::key);
        let rows = summarize_labels(&self.ledger, keys, |_, history| {
            let label = found.next().flatten()?;
            asked(history).then(|| label.key())
        })?;
        Ok(labels.iter().cloned().zip(rows).collect())
    }

    /// A shop without customers has its labels, too.
    fn labels(&self, kind: LabelKind) -> Vec<Label> {
        match (&self.models, kind) {
            (Some(models), _) => models.labels(kind).into_iter().cloned().collect(),
            (None, LabelKind::Segment) if self.asked.bins == 5 => Grid::rf().segments().to_vec(),
            (None, LabelKind::Tier) => TierScheme::default().names().to_vec(),
            (None, _) => kind.labels().unwrap_or_default().into_iter().cloned().collect(),
        }
    }
}
