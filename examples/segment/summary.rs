//! `summary.json`: the shop in numbers.

use repurchase::{Error, Ratio};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::forecast::Estimate;
use crate::shop::{Group, Shop};

pub(crate) fn summary(shop: &Shop, skipped_rows: usize) -> Result<Value, Error> {
    let ledger = &shop.ledger;
    let rates = shop.rates;
    let top = shop.concentration.top_share(Decimal::new(2, 1))?;
    let most = shop.concentration.customers_for(Decimal::new(8, 1))?;
    Ok(json!({
        "as_of": ledger.as_of().to_string(),
        "customers": ledger.len(),
        "purchases": shop.totals.purchases,
        "credits": shop.totals.credits,
        "skipped_rows": skipped_rows,
        "user_repurchase": ratio(rates.map(|rates| rates.users).unwrap_or_default()),
        "order_repurchase": ratio(rates.map(|rates| rates.orders).unwrap_or_default()),
        "rfm": rfm(shop),
        "segments": groups(shop.segments()?),
        "octants": groups(shop.octants()?),
        "frequency_bands": groups(shop.frequency_bands()?),
        "new_customer_states": groups(shop.new_customer_states()?),
        "tiers": groups(shop.tiers()?),
        "concentration": {
            "top_20_percent_share": top.share,
            "customers_for_80_percent": (most.of() > 0).then(|| most.count()),
            "gini": shop.concentration.gini(),
            "of": shop.concentration.customers(),
        },
        "churn": estimate(&shop.forecast.churn, true),
        "spend": estimate(&shop.forecast.spend, false),
    }))
}

fn ratio(ratio: Ratio) -> Value {
    json!({ "count": ratio.count(), "of": ratio.of() })
}

fn rfm(shop: &Shop) -> Value {
    fn texts<T: ToString>(marks: &[T]) -> Vec<String> {
        marks.iter().map(ToString::to_string).collect()
    }
    let model = shop.models.as_ref().map(|models| &models.rfm);
    json!({
        "bins": shop.bins,
        "recency_cuts": model.map(|model| texts(model.recency().marks())).unwrap_or_default(),
        "frequency_cuts": model.map(|model| model.frequency().marks()).unwrap_or_default(),
        "monetary_cuts": model.map(|model| texts(model.monetary().marks())).unwrap_or_default(),
    })
}

/// Which model is named where there is a choice.
fn estimate<M>(estimate: &Estimate<M>, is_choice: bool) -> Value {
    let params = estimate.params.iter().map(|&(name, value)| (name.to_owned(), json!(value)));
    let mut fields = serde_json::Map::new();
    if is_choice {
        fields.insert("model".to_owned(), estimate.key.into());
    }
    fields.insert("params".to_owned(), Value::Object(params.collect()));
    fields.insert("log_likelihood".to_owned(), estimate.log_likelihood.into());
    fields.insert("customers".to_owned(), estimate.customers.into());
    fields.insert("status".to_owned(), estimate.status.as_str().into());
    Value::Object(fields)
}

fn groups(groups: Vec<Group>) -> Value {
    let value =
        |group: Group| (group.key, json!({ "customers": group.customers, "revenue": group.revenue.to_string() }));
    Value::Object(groups.into_iter().map(value).collect())
}
