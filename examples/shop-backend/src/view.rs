//! A customer as people and programs see it: labels, figures, what to expect, each with its reason.

use chrono::NaiveDate;
use repurchase::CustomerHistory;
use repurchase::predict::rounded_to_money;
use repurchase::scale::{Confidence, Language};
use repurchase::segment::LabelKind;
use repurchase::shop::{Figure, Profile, ShopModels};
use serde::Serialize;
use utoipa::ToSchema;

use crate::models::Version;
use crate::money::Currency;
use crate::traits::{Traits, TraitsView};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerView {
    #[schema(example = "00001")]
    customer_id: String,
    /// The shop's today, as of which all of this is said.
    as_of: NaiveDate,
    /// The version of the models; null while nobody has bought.
    model: Option<i64>,
    figures: Figures,
    /// Null for a customer without a purchase.
    labels: Option<Labels>,
    /// Null where there is no model that says so; `GET /models` says why.
    alive: Option<Number>,
    /// The probability of a purchase within the horizon.
    buys: Option<Number>,
    /// Within the horizon.
    expected_purchases: Option<Number>,
    /// Between which numbers the purchase days within the horizon lie.
    purchases_interval: Option<Within>,
    /// Within the horizon.
    expected_value: Option<Money>,
    /// The part of it that is lost if nothing is done.
    expected_loss: Option<Money>,
    /// What the shop has said of the customer; left out where customers come beside something else, such as orders.
    #[serde(skip_serializing_if = "Option::is_none")]
    traits: Option<TraitsView>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Figures {
    purchases: u64,
    purchase_days: u64,
    first_purchase: Option<NaiveDate>,
    last_purchase: Option<NaiveDate>,
    days_since_last: Option<u32>,
    #[schema(example = "114.90")]
    revenue: String,
    mean_order_amount: Option<String>,
    mean_gap_days: Option<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Labels {
    rfm: Labelled,
    segment: Labelled,
    octant: Labelled,
    tier: Labelled,
    lifecycle: Labelled,
    churn_risk: Labelled,
}

/// A label: its key for programs, its name and its reason for people.
#[derive(Debug, Serialize, ToSchema)]
struct Labelled {
    #[schema(example = "loyal")]
    key: String,
    #[schema(example = "Loyal")]
    name: String,
    why: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct Number {
    value: f64,
    why: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct Money {
    #[schema(example = "23.10")]
    value: String,
    why: String,
}

/// Both ends belong to it. By chance alone the number lies in it at this level: whether the model is right, it does not
/// know.
#[derive(Debug, Serialize, ToSchema)]
struct Within {
    low: f64,
    high: f64,
    #[schema(example = 0.9)]
    level: f64,
}

/// Of all intervals.
pub(crate) const LEVEL: f64 = 0.9;

impl CustomerView {
    pub(crate) fn new(
        customer_id: String,
        history: &CustomerHistory,
        version: Option<&Version>,
        as_of: NaiveDate,
        currency: Currency,
        language: Language,
    ) -> repurchase::Result<Self> {
        // A purchase after today is one of a clock that went back: nothing is said of that customer.
        let known = version.filter(|_| history.days_since_last(as_of).is_some());
        let said = known.map(|version| Said::new(&version.models, history, as_of, language)).transpose()?;
        let said = said.as_ref();
        let money = |figure| {
            let Some(Number { value, why }) = said.and_then(|said| said.number(figure)) else { return Ok(None) };
            let value = rounded_to_money(value, currency.decimals())?.to_string();
            Ok::<_, repurchase::Error>(Some(Money { value, why }))
        };
        Ok(Self {
            customer_id,
            as_of,
            model: version.map(|version| version.number),
            figures: Figures::of(history, as_of, currency),
            labels: said.and_then(Said::labels),
            alive: said.and_then(|said| said.number(Figure::ProbabilityAlive)),
            buys: said.and_then(|said| said.number(Figure::ProbabilityBuys)),
            expected_purchases: said.and_then(|said| said.number(Figure::ExpectedPurchases)),
            purchases_interval: said.map(Said::purchases_interval).transpose()?.flatten(),
            expected_value: money(Figure::ExpectedValue)?,
            expected_loss: money(Figure::ExpectedLoss)?,
            traits: None,
        })
    }

    pub(crate) fn with_traits(mut self, traits: &Traits) -> Self {
        self.traits = Some(traits.into());
        self
    }
}

impl Figures {
    fn of(history: &CustomerHistory, as_of: NaiveDate, currency: Currency) -> Self {
        Self {
            purchases: history.purchases(),
            purchase_days: history.purchase_days(),
            first_purchase: history.first_purchase(),
            last_purchase: history.last_purchase(),
            days_since_last: history.days_since_last(as_of),
            revenue: currency.text(history.revenue()),
            mean_order_amount: history.mean_order_amount().map(|amount| amount.round_dp(4).to_string()),
            mean_gap_days: history.gaps().map(|gaps| gaps.mean_days()),
        }
    }
}

/// What the models say of a customer, and why.
struct Said<'a> {
    models: &'a ShopModels,
    history: &'a CustomerHistory,
    as_of: NaiveDate,
    language: Language,
    profile: Profile<'a>,
}

impl<'a> Said<'a> {
    fn new(
        models: &'a ShopModels,
        history: &'a CustomerHistory,
        as_of: NaiveDate,
        language: Language,
    ) -> repurchase::Result<Self> {
        Ok(Self { models, history, as_of, language, profile: models.profile(history, as_of)? })
    }

    fn labels(&self) -> Option<Labels> {
        Some(Labels {
            rfm: self.scores()?,
            segment: self.label(LabelKind::Segment)?,
            octant: self.label(LabelKind::Octant)?,
            tier: self.label(LabelKind::Tier)?,
            lifecycle: self.label(LabelKind::LifecycleStage)?,
            churn_risk: self.label(LabelKind::ChurnRisk)?,
        })
    }

    fn scores(&self) -> Option<Labelled> {
        let score = self.models.rfm().score(self.history)?;
        Some(Labelled { key: score.to_string(), name: format!("RFM {score}"), why: self.why(Figure::R)? })
    }

    fn label(&self, kind: LabelKind) -> Option<Labelled> {
        let label = self.profile.label(kind)?;
        let why = self.models.explain(self.history, self.as_of, kind, self.language)?;
        Some(Labelled { key: label.key().to_owned(), name: label.name(self.language).to_owned(), why })
    }

    fn number(&self, figure: Figure) -> Option<Number> {
        Some(Number { value: self.profile.figure(figure)?, why: self.why(figure)? })
    }

    fn purchases_interval(&self) -> repurchase::Result<Option<Within>> {
        let interval = self.models.purchases_interval(self.history, self.as_of, Confidence::new(LEVEL)?);
        Ok(interval.map(|interval| Within { low: interval.low, high: interval.high, level: LEVEL }))
    }

    fn why(&self, figure: Figure) -> Option<String> {
        self.models.explain_figure(self.history, self.as_of, figure, self.language)
    }
}
