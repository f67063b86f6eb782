//! `summary.json`: the shop in numbers.

use repurchase::scale::Language;
use repurchase::segment::{LabelKind, Octant};
use repurchase::shop::{Estimate, EstimateStatus};
use repurchase::{Ratio, Result};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::notes::Note;
use crate::params;
use crate::shop::{Group, Shop};

pub fn summary(shop: &Shop, skipped_rows: u64) -> Result<Value> {
    let (models, [users, orders], concentration) = (shop.models.as_ref(), shop.repeats, &shop.concentration);
    let ratio = |ratio: Ratio| json!({ "count": ratio.count(), "of": ratio.of() });
    let group = |one: &Group| json!({ "customers": one.1.customers.count(), "revenue": one.1.revenue.to_string() });
    let groups = |kind| Ok(object(shop.groups(kind)?.iter().map(|one| (one.0.key(), group(one)))));
    let octants = shop.groups(LabelKind::Octant)?;
    let most = concentration.customers_for(Decimal::new(8, 1))?;
    let churn = estimate(models.map(|models| models.purchases()), params::of_purchases);
    Ok(json!({
        "as_of": shop.ledger.as_of().to_string(),
        "customers": shop.ledger.len(),
        "purchases": shop.totals.purchases,
        "credits": shop.totals.credits,
        "skipped_rows": skipped_rows,
        "notes": shop.notes.iter().map(Note::json).collect::<Vec<_>>(),
        "user_repurchase": ratio(users),
        "order_repurchase": ratio(orders),
        "rfm": {
            "bins": shop.asked.bins,
            "recency_cuts": models.iter().flat_map(|models| models.rfm().recency().thresholds())
                .map(ToString::to_string).collect::<Value>(),
            "frequency_cuts": models.map(|models| models.rfm().frequency().thresholds()).unwrap_or_default(),
            "monetary_cuts": models.iter().flat_map(|models| models.rfm().monetary().thresholds())
                .map(ToString::to_string).collect::<Value>(),
        },
        "segments": groups(LabelKind::Segment)?,
        "octants": object(Octant::ALL.iter().zip(&octants).map(|(octant, one)| (octant.code(), group(one)))),
        "frequency_bands": groups(LabelKind::FrequencyBand)?,
        "new_customer_states": groups(LabelKind::NewCustomerState)?,
        "tiers": groups(LabelKind::Tier)?,
        "concentration": {
            "top_20_percent_share": concentration.top_share(Decimal::new(2, 1))?.share,
            "customers_for_80_percent": (most.of() > 0).then(|| most.count()),
            "gini": concentration.gini(),
            "of": concentration.customers(),
        },
        "churn": object([("model", params::name(shop.model_kind()).into())].into_iter().chain(churn)),
        "spend": object(estimate(models.map(|models| models.spend()), params::of_spend)),
    }))
}

fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Without customers there is none.
fn estimate<M>(
    estimate: Option<&Estimate<M>>,
    params: impl Fn(&M) -> Vec<(&'static str, f64)>,
) -> [(&'static str, Value); 4] {
    let params = estimate.and_then(Estimate::model).map(params).unwrap_or_default();
    let status = estimate.map_or(&EstimateStatus::NoCustomers, Estimate::status);
    [
        ("params", object(params.into_iter().map(|(name, value)| (name, value.into())))),
        ("log_likelihood", estimate.and_then(Estimate::log_likelihood).into()),
        ("customers", estimate.map_or(0, Estimate::customers).into()),
        ("status", status.describe(Language::English).into()),
    ]
}
