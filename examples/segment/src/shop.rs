//! Everything that is known of the shop, computed once.

use repurchase::history::LedgerTotals;
use repurchase::measure::{Concentration, Occasion};
use repurchase::scale::{Confidence, Label};
use repurchase::segment::{LabelKind, LabelSummary};
use repurchase::shop::{Figure, Outlook, Profiles, ShopModels, ShopOptions};
use repurchase::{Ledger, Ratio, Result};

use crate::arguments::ShopArguments;
use crate::notes::{self, Note};
use crate::overview;

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

/// The level of all intervals.
pub fn level() -> Result<Confidence> {
    Confidence::new(0.9)
}

/// The customers who bought again, and the occasions that were repeats: days, or purchases.
pub fn repeats(totals: &LedgerTotals, by_day: bool) -> Result<[Ratio; 2]> {
    let by_purchase = (totals.repeat_customers, totals.purchases);
    let (again, all) = if by_day { (totals.customers_of_two_days, totals.purchase_days) } else { by_purchase };
    // A ledger's customers have bought: exactly one occasion of each is no repeat.
    Ok([Ratio::new(again, totals.customers)?, Ratio::new(all - totals.customers, all)?])
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
        let repeats = repeats(&totals, asked.occasion == Occasion::Day)?;
        let concentration = Concentration::of(&ledger)?;
        let level = level()?;
        let of_today = models.as_ref().filter(|models| models.as_of() == ledger.as_of());
        let outlook = of_today.map(|models| profiles.outlook(models, level)).transpose()?.flatten();
        let (asked, notes) = (asked.clone(), Vec::new());
        let mut shop = Self { ledger, totals, repeats, concentration, models, profiles, outlook, level, asked, notes };
        let (customers, without) = (shop.ledger.len() as u64, shop.without_mean_spend());
        shop.notes = notes::of_models(shop.models.as_ref(), customers, without);
        Ok(shop)
    }

    /// With notes on the orders before those on the models.
    #[must_use]
    pub fn with_notes(self, mut notes: Vec<Note>) -> Self {
        notes.extend(self.notes);
        Self { notes, ..self }
    }

    /// Customers of whom the model of spend, where there is one, says nothing.
    pub fn without_mean_spend(&self) -> u64 {
        let has_model = self.models.as_ref().is_some_and(|models| models.spend().model().is_some());
        let values = self.profiles.figures(Figure::ExpectedSpend);
        if has_model { values.filter(Option::is_none).count() as u64 } else { 0 }
    }

    /// What the customers whose value is known are expected to bring, in sum, and how many they are.
    pub(crate) fn expected_value(&self) -> (f64, u64) {
        let known = self.profiles.figures(Figure::ExpectedValue).flatten().count();
        (self.profiles.total(Figure::ExpectedValue), known as u64)
    }

    /// Every label of a kind in its order, those that nobody has included.
    pub fn groups(&self, kind: LabelKind) -> Result<Vec<Group>> {
        self.groups_of(kind, |_| true)
    }

    /// Counts only the customers that are `asked` for, by position.
    pub fn groups_of(&self, kind: LabelKind, asked: impl Fn(usize) -> bool) -> Result<Vec<Group>> {
        if self.models.is_none() {
            let labels = overview::labels(None, kind, &self.asked).into_iter();
            return Ok(labels.map(|label| (label, LabelSummary::default())).collect());
        }
        let rows = self.profiles.summarize(&self.ledger, kind, asked)?;
        Ok(rows.into_iter().map(|(label, summary)| (label.clone(), summary)).collect())
    }
}
