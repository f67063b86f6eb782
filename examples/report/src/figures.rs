//! The page's numbers for programs: as in `summary.json` of the `segment` program, in the same shape.

use repurchase::{Error, Ratio};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::shop::{BINS, Buyers, Group, Shop};

/// JSON that may stand inside a `script` element.
pub(crate) fn embedded(shop: &Shop) -> Result<String, Error> {
    // Nothing in it may end the element or begin a comment.
    Ok(figures(shop)?.to_string().replace('<', "\\u003c"))
}

fn figures(shop: &Shop) -> Result<Value, Error> {
    let buyers = shop.buyers.as_ref();
    let rates = buyers.map(|buyers| buyers.rates);
    let mut figures = json!({
        "as_of": shop.ledger.as_of().to_string(),
        "customers": shop.ledger.len(),
        "purchases": shop.totals.purchases,
        "credits": shop.totals.credits,
        "user_repurchase": ratio(rates.map(|rates| rates.users).unwrap_or_default()),
        "order_repurchase": ratio(rates.map(|rates| rates.orders).unwrap_or_default()),
    });
    if let (Some(buyers), Some(figures)) = (buyers, figures.as_object_mut()) {
        extend(figures, buyers)?;
    }
    Ok(figures)
}

fn extend(figures: &mut Map<String, Value>, buyers: &Buyers) -> Result<(), Error> {
    fn texts<T: ToString>(marks: &[T]) -> Vec<String> {
        marks.iter().map(ToString::to_string).collect()
    }
    let rfm = json!({
        "bins": BINS,
        "recency_cuts": texts(buyers.rfm.recency().marks()),
        "frequency_cuts": buyers.rfm.frequency().marks(),
        "monetary_cuts": texts(buyers.rfm.monetary().marks()),
    });
    let concentration = &buyers.concentration;
    let most = concentration.customers_for(Decimal::new(8, 1))?;
    let concentration = json!({
        "top_20_percent_share": concentration.top_share(Decimal::new(2, 1))?.share,
        "customers_for_80_percent": (most.of() > 0).then(|| most.count()),
        "gini": concentration.gini(),
        "of": concentration.customers(),
    });
    for (key, value) in [
        ("rfm", rfm),
        ("segments", groups(&buyers.segments)),
        ("frequency_bands", groups(&buyers.bands)),
        ("tiers", groups(&buyers.of_tiers)),
        ("concentration", concentration),
    ] {
        figures.insert(key.to_owned(), value);
    }
    Ok(())
}

fn ratio(ratio: Ratio) -> Value {
    json!({ "count": ratio.count(), "of": ratio.of() })
}

fn groups(groups: &[Group]) -> Value {
    let value = |group: &Group| {
        (group.label.key().to_owned(), json!({ "customers": group.customers, "revenue": group.revenue.to_string() }))
    };
    Value::Object(groups.iter().map(value).collect())
}
