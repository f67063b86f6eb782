//! `summary.json`: the shop in numbers.

use repurchase::Ratio;
use repurchase::predict::TotalForecast;
use repurchase::scale::{Interval, Language};
use repurchase::segment::{LabelKind, Octant};
use repurchase::shop::{Estimate, EstimateStatus, Finding};
use serde_json::{Value, json};

use crate::notes::Note;
use crate::overview::Overview;
use crate::shop::Group;
use crate::{page, params};

/// As the file has it.
pub fn text(shop: &Overview<'_>, skipped_rows: u64) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(&summary(shop, skipped_rows))? + "\n")
}

pub fn summary(shop: &Overview<'_>, skipped_rows: u64) -> Value {
    let (models, counted) = (shop.models, &shop.counted);
    let ([users, orders], concentration) = (counted.repeats, &counted.concentration);
    let ratio = |ratio: Ratio| json!({ "count": ratio.count(), "of": ratio.of() });
    let group = |one: &Group| json!({ "customers": one.1.customers.count(), "revenue": one.1.revenue.to_string() });
    let groups = |kind| object(shop.groups(kind).iter().map(|one| (one.0.key(), group(one))));
    let octants = shop.groups(LabelKind::Octant);
    let mut churn = estimate(models.map(|models| models.purchases()), params::of_purchases);
    // The model beside the others, and not alone.
    let findings = models.map(|models| models.diagnosis(counted.outlook.as_ref())).unwrap_or_default();
    let why = findings.iter().find(|finding| matches!(finding, Finding::Model { .. }));
    if let (Some(why), Some((_, reason))) = (why, churn.last_mut()) {
        *reason = why.describe(Language::English).into();
    }
    json!({
        "as_of": shop.as_of.to_string(),
        "customers": counted.totals.customers,
        "purchases": counted.totals.purchases,
        "credits": counted.totals.credits,
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
        "segments": groups(LabelKind::Segment),
        "octants": object(Octant::ALL.iter().zip(&octants).map(|(octant, one)| (octant.code(), group(one)))),
        "frequency_bands": groups(LabelKind::FrequencyBand),
        "new_customer_states": groups(LabelKind::NewCustomerState),
        "tiers": groups(LabelKind::Tier),
        "concentration": {
            "top_20_percent_share": concentration.top.share,
            "customers_for_80_percent": (concentration.most.of() > 0).then(|| concentration.most.count()),
            "gini": concentration.gini,
            "of": concentration.most.of(),
        },
        "churn": object([("model", params::name(shop.model_kind()).into())].into_iter().chain(churn)),
        "spend": object(estimate(models.map(|models| models.spend()), params::of_spend)),
        "next": next(shop),
    })
}

fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Without customers there is none.
fn estimate<M>(
    estimate: Option<&Estimate<M>>,
    params: impl Fn(&M) -> Vec<(&'static str, f64)>,
) -> [(&'static str, Value); 5] {
    let params = estimate.and_then(Estimate::model).map(params).unwrap_or_default();
    let status = estimate.map_or(&EstimateStatus::NoCustomers, Estimate::status);
    [
        ("params", object(params.into_iter().map(|(name, value)| (name, value.into())))),
        ("log_likelihood", estimate.and_then(Estimate::log_likelihood).into()),
        ("customers", estimate.map_or(0, Estimate::customers).into()),
        ("status", code(status).into()),
        ("reason", status.describe(Language::English).into()),
    ]
}

const fn code(status: &EstimateStatus) -> &'static str {
    match status {
        EstimateStatus::Fitted => "fitted",
        EstimateStatus::Given => "given",
        EstimateStatus::AtLimit { .. } => "at_limit",
        EstimateStatus::Instead { .. } => "instead",
        EstimateStatus::NotIdentified { .. } => "not_identified",
        EstimateStatus::NoGain { .. } => "no_gain",
        EstimateStatus::NoRepeats => "no_repeats",
        EstimateStatus::NoMaximum { .. } => "no_maximum",
        EstimateStatus::NoCustomers => "no_customers",
        EstimateStatus::NothingObserved => "nothing_observed",
        EstimateStatus::NotConverged { .. } => "not_converged",
        _ => "none",
    }
}

/// What the horizon brings; the reason says why a number is missing.
fn next(shop: &Overview<'_>) -> Value {
    let (outlook, language) = (shop.counted.outlook.as_ref(), Language::English);
    let [purchases, buyers] = [outlook.map(|all| &all.purchases), outlook.map(|all| &all.buyers)];
    let revenue = outlook.and_then(|all| all.revenue.as_ref());
    let forecast = |total: Option<&TotalForecast>| total.map(|total| total.forecast);
    let [low, high] = [|interval: Interval| interval.low, |interval: Interval| interval.high];
    let interval = |total: Option<&TotalForecast>| total.and_then(|total| total.interval);
    let mut reasons: Vec<String> = Vec::new();
    match outlook {
        None => reasons.push("no model of purchases".to_owned()),
        Some(outlook) => {
            let totals = [purchases, buyers, revenue].into_iter().flatten();
            reasons.extend(totals.filter_map(|total| Some(total.no_interval?.describe(language))));
            reasons.extend(revenue.is_none().then(|| page::without_revenue(shop, outlook, language)));
        }
    }
    reasons.dedup();
    json!({
        "horizon_days": shop.models.map_or(shop.asked.horizon, |models| models.horizon_days()),
        "purchases": forecast(purchases),
        "purchases_low": interval(purchases).map(low),
        "purchases_high": interval(purchases).map(high),
        "revenue": forecast(revenue),
        "revenue_low": interval(revenue).map(low),
        "revenue_high": interval(revenue).map(high),
        "buyers": forecast(buyers),
        "level": shop.level.level(),
        "reason": Some(reasons.join("; ")).filter(|reason| !reason.is_empty()),
    })
}
