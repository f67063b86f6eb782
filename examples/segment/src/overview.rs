//! What the page and `summary.json` say of a shop: all of it but its customers.

use chrono::NaiveDate;
use repurchase::history::LedgerTotals;
use repurchase::measure::{Concentration, Occasion, RevenueShare};
use repurchase::predict::{AnyModel, ModelKind};
use repurchase::scale::{Confidence, Label};
use repurchase::segment::{Grid, LabelKind, LabelSummary, TierScheme};
use repurchase::shop::{Amount, Figure, Outlook, Profile, PurchaseChoice, ShopModels};
use repurchase::{Ratio, Result};
use rust_decimal::Decimal;

use crate::arguments::ShopArguments;
use crate::notes::Note;
use crate::shop::{Group, Shop};

/// The shop as of a day, whose customers may be elsewhere.
pub struct Overview<'a> {
    pub as_of: NaiveDate,
    pub counted: Counted,
    /// `None` when nobody has bought.
    pub models: Option<&'a ShopModels>,
    /// The level of all intervals.
    pub level: Confidence,
    pub asked: &'a ShopArguments,
    pub notes: &'a [Note],
}

/// What was counted of all customers.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Counted {
    /// The first purchase day of all; `None` when nobody has bought.
    pub first_day: Option<NaiveDate>,
    pub totals: LedgerTotals,
    /// The customers who bought again, and the occasions that were repeats.
    pub repeats: [Ratio; 2],
    pub concentration: Shares,
    /// By kind, in the order of [`LabelKind::ALL`].
    pub groups: Vec<Vec<LabelSummary>>,
    /// By churn risk: the customers who came again, and those who came once.
    pub risks: [Vec<Ratio>; 2],
    /// What the horizon brings; `None` without a model of purchases.
    pub outlook: Option<Outlook>,
    /// Customers of whom the model of spend, where there is one, says nothing.
    pub without_mean_spend: u64,
    /// What the others are expected to bring, and how many they are.
    pub expected_value: (f64, u64),
    pub calls: Calls,
}

/// How few customers bring how much.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Shares {
    /// What the best 20% bring.
    pub top: RevenueShare,
    /// The fewest who bring 80%.
    pub most: Ratio,
    pub gini: Option<f64>,
    pub without_revenue: u64,
}

/// Whom to call first.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Calls {
    /// Those who are late and may be won back.
    pub customers: u64,
    /// Whether anybody's loss and value are known.
    pub are_known: [bool; 2],
    /// The first of them.
    pub first: Vec<Call>,
}

/// One customer to call.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Call {
    pub id: String,
    pub days_since_last: Option<f64>,
    pub buys: Option<f64>,
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str_option"))]
    pub revenue: Option<Decimal>,
    /// The expected loss and value.
    pub stakes: [Option<f64>; 2],
}

/// What may be at stake, of which the first that is known is shown.
pub const STAKES: [Figure; 2] = [Figure::ExpectedLoss, Figure::ExpectedValue];

impl Shares {
    pub fn of(concentration: &Concentration) -> Result<Self> {
        Ok(Self {
            top: concentration.top_share(Decimal::new(2, 1))?,
            most: concentration.customers_for(Decimal::new(8, 1))?,
            gini: concentration.gini(),
            without_revenue: concentration.without_revenue(),
        })
    }
}

impl Calls {
    /// How many are shown.
    pub const SHOWN: usize = 10;
}

impl Call {
    pub fn of(id: &str, profile: &Profile<'_>) -> Self {
        Self {
            id: id.to_owned(),
            days_since_last: profile.figure(Figure::DaysSinceLast),
            buys: profile.figure(Figure::ProbabilityBuys),
            revenue: profile.amount(Amount::Revenue),
            stakes: STAKES.map(|figure| profile.figure(figure)),
        }
    }
}

impl<'a> Overview<'a> {
    pub fn of(shop: &'a Shop) -> Result<Self> {
        let groups = |kind| Ok(shop.groups(kind)?.into_iter().map(|(_, summary)| summary).collect());
        // By what their label says of them, and not one by one.
        let states = shop.profiles.labels(LabelKind::NewCustomerState);
        let came_once: Vec<bool> = states.map(|state| state.is_some()).collect();
        let risks = |is_new| {
            let risks = shop.groups_of(LabelKind::ChurnRisk, |position| came_once.get(position) == Some(&is_new))?;
            Ok(risks.into_iter().map(|(_, summary)| summary.customers).collect())
        };
        let calls = shop.profiles.calls();
        let call = |&position: &usize| Some(Call::of(shop.ledger.ids().get(position)?, &shop.profiles.get(position)?));
        let counted = Counted {
            first_day: shop.ledger.days().map(|(first, _)| first),
            totals: shop.totals,
            repeats: shop.repeats,
            concentration: Shares::of(&shop.concentration)?,
            groups: LabelKind::ALL.into_iter().map(groups).collect::<Result<_>>()?,
            risks: [risks(false)?, risks(true)?],
            outlook: shop.outlook.clone(),
            without_mean_spend: shop.without_mean_spend(),
            expected_value: shop.expected_value(),
            calls: Calls {
                customers: calls.len() as u64,
                are_known: STAKES.map(|figure| shop.profiles.figures(figure).any(|value| value.is_some())),
                first: calls.iter().take(Calls::SHOWN).filter_map(call).collect(),
            },
        };
        let (models, asked, notes) = (shop.models.as_ref(), &shop.asked, &shop.notes);
        Ok(Self { as_of: shop.ledger.as_of(), counted, models, level: shop.level, asked, notes })
    }

    /// Which model of purchases there is, or would be.
    pub fn model_kind(&self) -> ModelKind {
        let fitted = self.models.and_then(|models| models.purchases().model()).map(AnyModel::kind);
        let asked = if let PurchaseChoice::Fit(kind) = self.asked.model { Some(kind) } else { None };
        fitted.or(asked).unwrap_or(ModelKind::MbgNbd)
    }

    /// Every label of a kind in its order, those that nobody has included.
    pub fn groups(&self, kind: LabelKind) -> Vec<Group> {
        let summaries = self.counted.groups.get(kind as usize).into_iter().flatten();
        self.labels(kind).into_iter().zip(summaries.copied()).collect()
    }

    fn labels(&self, kind: LabelKind) -> Vec<Label> {
        labels(self.models, kind, self.asked)
    }

    /// The churn risks, each with the customers who came again and those who came once.
    pub fn risks(&self) -> Vec<(Label, [Ratio; 2])> {
        let [again, once] = &self.counted.risks;
        let counts = again.iter().zip(once).map(|(again, once)| [*again, *once]);
        self.labels(LabelKind::ChurnRisk).into_iter().zip(counts).collect()
    }

    pub fn by_day(&self) -> bool {
        self.asked.occasion == Occasion::Day
    }
}

/// The labels of a kind; a shop without customers has its labels, too.
pub(crate) fn labels(models: Option<&ShopModels>, kind: LabelKind, asked: &ShopArguments) -> Vec<Label> {
    match (models, kind) {
        (Some(models), _) => models.labels(kind).into_iter().cloned().collect(),
        (None, LabelKind::Segment) if asked.bins == 5 => Grid::rf().segments().to_vec(),
        (None, LabelKind::Tier) => TierScheme::default().names().to_vec(),
        (None, _) => kind.labels().unwrap_or_default().into_iter().cloned().collect(),
    }
}
