//! Everything that is known of the shop, computed once.

use repurchase::history::LedgerTotals;
use repurchase::measure::{Concentration, Occasion};
use repurchase::predict::{AnyModel, ModelKind};
use repurchase::scale::{Confidence, Label};
use repurchase::segment::{Grid, LabelKind, LabelSummary, TierScheme, summarize_labels};
use repurchase::shop::{Outlook, Profiles, PurchaseChoice, ShopModels, ShopOptions};
use repurchase::{CustomerHistory, Ledger, Ratio, Result};

use crate::arguments::ShopArguments;
use crate::notes::{self, Note};

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
    /// What the horizon brings; `None` without a model of purchases, and by models of another day.
    pub outlook: Option<Outlook>,
    /// The level of all intervals.
    pub level: Confidence,
    pub asked: ShopArguments,
    /// What a careful person would ask first; of a shop that is made from a ledger, about the models alone.
    pub notes: Vec<Note>,
}

/// A label and its customers.
pub type Group = (Label, LabelSummary);

impl Shop {
    /// With the options of what is asked.
    pub fn fit(ledger: Ledger<String>, asked: &ShopArguments, options: &ShopOptions) -> Result<Self> {
        let models = if ledger.is_empty() { None } else { Some(ShopModels::fit(&ledger, options)?) };
        Self::of(ledger, models, asked)
    }

    /// The shop by models that are there already.
    pub fn of(ledger: Ledger<String>, models: Option<ShopModels>, asked: &ShopArguments) -> Result<Self> {
        let totals = ledger.totals()?;
        let profiles = models.as_ref().map(|models| models.profile_all(&ledger)).transpose()?.unwrap_or_default();
        let by_day = asked.occasion == Occasion::Day;
        let occasions = |history: &CustomerHistory| if by_day { history.purchase_days() } else { history.purchases() };
        let again = ledger.iter().filter(|(_, history)| occasions(history) >= 2).count() as u64;
        // A ledger's customers have bought: exactly one occasion of each is no repeat.
        let (users, all) = (totals.customers, if by_day { totals.purchase_days } else { totals.purchases });
        let repeats = [Ratio::new(again, users)?, Ratio::new(all - users, all)?];
        let concentration = Concentration::of(&ledger)?;
        let level = Confidence::new(0.9)?;
        let of_today = models.as_ref().filter(|models| models.as_of() == ledger.as_of());
        let outlook = of_today.map(|models| models.outlook(&ledger, level)).transpose()?.flatten();
        let (asked, notes) = (asked.clone(), Vec::new());
        let mut shop = Self { ledger, totals, repeats, concentration, models, profiles, outlook, level, asked, notes };
        shop.notes = notes::of_models(&shop);
        Ok(shop)
    }

    /// With notes on the orders before those on the models.
    #[must_use]
    pub fn with_notes(self, mut notes: Vec<Note>) -> Self {
        notes.extend(self.notes);
        Self { notes, ..self }
    }

    /// Which model of purchases there is, or would be.
    pub fn model_kind(&self) -> ModelKind {
        let fitted = self.models.as_ref().and_then(|models| models.purchases().model()).map(AnyModel::kind);
        let asked = if let PurchaseChoice::Fit(kind) = self.asked.model { Some(kind) } else { None };
        fitted.or(asked).unwrap_or(ModelKind::MbgNbd)
    }

    /// Every label of a kind in its order, those that nobody has included.
    pub fn groups(&self, kind: LabelKind) -> Result<Vec<Group>> {
        self.groups_of(kind, |_| true)
    }

    /// Counts only the customers that are `asked` for.
    pub fn groups_of(&self, kind: LabelKind, asked: impl Fn(&CustomerHistory) -> bool) -> Result<Vec<Group>> {
        let (labels, mut found) = (self.labels(kind), self.profiles.labels(kind));
        let rows = summarize_labels(&self.ledger, labels.iter().map(Label::key), |_, history| {
            found.next().flatten().filter(|_| asked(history)).map(Label::key)
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
