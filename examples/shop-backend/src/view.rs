//! A customer as people and programs see it: labels, figures, what to expect, each with its reason.

use chrono::NaiveDate;
use repurchase::CustomerHistory;
use repurchase::predict::{CustomerForecast, SpendSample, rounded_to_money};
use repurchase::scale::{Label, Language};
use serde::Serialize;
use utoipa::ToSchema;

use crate::models::{Fitted, Version};
use crate::money::Currency;

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
    /// Within the horizon.
    expected_purchases: Option<Number>,
    /// Within the horizon.
    expected_value: Option<Money>,
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

impl CustomerView {
    pub(crate) fn new(
        customer_id: String,
        history: &CustomerHistory,
        version: Option<&Version>,
        as_of: NaiveDate,
        currency: Currency,
        language: Language,
    ) -> repurchase::Result<Self> {
        let fitted = version.map(|version| &version.fitted);
        let expected = match fitted {
            Some(fitted) => Expected::of(history, fitted, as_of, currency, language)?,
            None => Expected::default(),
        };
        Ok(Self {
            customer_id,
            as_of,
            model: version.map(|version| version.number),
            figures: Figures::of(history, as_of, currency),
            labels: fitted.and_then(|fitted| Labels::of(history, fitted, as_of, language)),
            alive: expected.alive,
            expected_purchases: expected.purchases,
            expected_value: expected.value,
        })
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

impl Labels {
    /// `None` without a purchase.
    fn of(history: &CustomerHistory, fitted: &Fitted, as_of: NaiveDate, language: Language) -> Option<Self> {
        let values = fitted.rfm.measures().of(history)?;
        let score = fitted.rfm.score(&values);
        let (grid, lifecycle, cycles) = (&fitted.rules.grid, &fitted.rules.lifecycle, &fitted.rules.cycles);
        let labelled =
            |label: &Label, why| Labelled { key: label.key().to_owned(), name: label.name(language).to_owned(), why };
        let octant = fitted.octants.octant(score);
        let standing = cycles.standing(history, as_of)?;
        Some(Self {
            rfm: Labelled {
                key: score.to_string(),
                name: format!("RFM {score}"),
                why: fitted.rfm.explain(&values, language),
            },
            segment: labelled(grid.segment(score)?, grid.explain(score, language)?),
            octant: labelled(octant.label(), fitted.octants.explain(score, language)),
            tier: labelled(fitted.tiers.tier(history.revenue()), fitted.tiers.explain(history.revenue(), language)),
            lifecycle: labelled(lifecycle.stage(history, as_of)?.label(), lifecycle.explain(history, as_of, language)?),
            churn_risk: labelled(standing.risk().label(), standing.explain(language)),
        })
    }
}

#[derive(Default)]
struct Expected {
    alive: Option<Number>,
    purchases: Option<Number>,
    value: Option<Money>,
}

impl Expected {
    fn of(
        history: &CustomerHistory,
        fitted: &Fitted,
        as_of: NaiveDate,
        currency: Currency,
        language: Language,
    ) -> repurchase::Result<Self> {
        let (Some(summary), Some(model)) = (history.repeat_summary(as_of), fitted.purchases.model) else {
            return Ok(Self::default());
        };
        let mut forecast = CustomerForecast::in_weeks(&model, &summary, fitted.horizon_days)?;
        if let Some(spend) = fitted.spend.model {
            forecast = forecast.with_spend(&spend, &SpendSample::of(&summary));
        }
        let decimals = currency.decimals();
        let money = |(value, why)| {
            Ok::<_, repurchase::Error>(Money { value: rounded_to_money(value, decimals)?.to_string(), why })
        };
        let value = forecast.expected_value().zip(forecast.explain_value(decimals, language));
        Ok(Self {
            alive: Some(Number { value: forecast.probability_alive(), why: forecast.explain_alive(language) }),
            purchases: Some(Number { value: forecast.expected_purchases(), why: forecast.explain_purchases(language) }),
            value: value.map(money).transpose()?,
        })
    }
}
