//! `summary.json`: the shop in numbers.

use repurchase::measure::Concentration;
use repurchase::segment::{Octant, RfmModel};
use repurchase::{Error, Ratio};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::forecast::Estimate;
use crate::groups::Group;
use crate::shop::Shop;

pub fn summary(shop: &Shop, skipped_rows: usize) -> Result<Value, Error> {
    let (ledger, rates) = (&shop.ledger, shop.rates);
    let octants = shop.octants()?;
    Ok(json!({
        "as_of": ledger.as_of().to_string(),
        "customers": ledger.len(),
        "purchases": shop.totals.purchases,
        "credits": shop.totals.credits,
        "skipped_rows": skipped_rows,
        "user_repurchase": ratio(rates.map(|rates| rates.users)),
        "order_repurchase": ratio(rates.map(|rates| rates.orders)),
        "rfm": rfm(shop.bins, shop.models.as_ref().map(|models| &models.rfm)),
        "segments": groups(&shop.segments()?),
        "octants": keyed(Octant::ALL.iter().map(|octant| octant.code()).zip(&octants)),
        "frequency_bands": groups(&shop.frequency_bands()?),
        "new_customer_states": groups(&shop.new_customer_states()?),
        "tiers": groups(&shop.tiers()?),
        "concentration": concentration(&shop.concentration)?,
        "churn": estimate(&shop.forecast.churn, true),
        "spend": estimate(&shop.forecast.spend, false),
    }))
}

/// Without a ratio it is 0 of 0.
pub fn ratio(ratio: Option<Ratio>) -> Value {
    let ratio = ratio.unwrap_or_default();
    json!({ "count": ratio.count(), "of": ratio.of() })
}

pub fn rfm(bins: u8, model: Option<&RfmModel>) -> Value {
    fn texts<T: ToString>(marks: &[T]) -> Vec<String> {
        marks.iter().map(ToString::to_string).collect()
    }
    json!({
        "bins": bins,
        "recency_cuts": model.map(|model| texts(model.recency().thresholds())).unwrap_or_default(),
        "frequency_cuts": model.map(|model| model.frequency().thresholds()).unwrap_or_default(),
        "monetary_cuts": model.map(|model| texts(model.monetary().thresholds())).unwrap_or_default(),
    })
}

pub fn concentration(concentration: &Concentration) -> Result<Value, Error> {
    let most = concentration.customers_for(Decimal::new(8, 1))?;
    Ok(json!({
        "top_20_percent_share": concentration.top_share(Decimal::new(2, 1))?.share,
        "customers_for_80_percent": (most.of() > 0).then(|| most.count()),
        "gini": concentration.gini(),
        "of": concentration.customers(),
    }))
}

pub fn groups(groups: &[Group]) -> Value {
    keyed(groups.iter().map(|group| (group.label.key(), group)))
}

fn keyed<'a>(groups: impl Iterator<Item = (&'a str, &'a Group)>) -> Value {
    let value = |group: &Group| json!({ "customers": group.customers, "revenue": group.revenue.to_string() });
    Value::Object(groups.map(|(key, group)| (key.to_owned(), value(group))).collect())
}

/// Which model is named where there is a choice.
fn estimate<M>(estimate: &Estimate<M>, is_choice: bool) -> Value {
    let params = estimate.params.iter().map(|&(name, value)| (name.to_owned(), json!(value)));
    let mut fields = Map::new();
    if is_choice {
        fields.insert("model".to_owned(), estimate.key.into());
    }
    fields.insert("params".to_owned(), Value::Object(params.collect()));
    fields.insert("log_likelihood".to_owned(), estimate.log_likelihood.into());
    fields.insert("customers".to_owned(), estimate.customers.into());
    fields.insert("status".to_owned(), estimate.status.as_str().into());
    Value::Object(fields)
}
