//! The page's numbers for programs: as in `summary.json` of the `segment` program, in the same shape.

use repurchase::Error;
use repurchase_segment::summary::{concentration, groups, ratio, rfm};
use serde_json::{Value, json};

use crate::shop::{BINS, Buyers, Shop};

/// JSON that may stand inside a `script` element.
pub(crate) fn embedded(shop: &Shop) -> Result<String, Error> {
    // Nothing in it may end the element or begin a comment.
    Ok(figures(shop)?.to_string().replace('<', "\\u003c"))
}

fn figures(shop: &Shop) -> Result<Value, Error> {
    let rates = shop.buyers.as_ref().map(|buyers| buyers.rates);
    let mut figures = json!({
        "as_of": shop.ledger.as_of().to_string(),
        "customers": shop.ledger.len(),
        "purchases": shop.totals.purchases,
        "credits": shop.totals.credits,
        "user_repurchase": ratio(rates.map(|rates| rates.users)),
        "order_repurchase": ratio(rates.map(|rates| rates.orders)),
    });
    if let (Some(Buyers { rfm: model, concentration: revenue, segments, bands, of_tiers, .. }), Some(figures)) =
        (&shop.buyers, figures.as_object_mut())
    {
        figures.extend(
            [
                ("rfm", rfm(BINS, Some(model))),
                ("segments", groups(segments)),
                ("frequency_bands", groups(bands)),
                ("tiers", groups(of_tiers)),
                ("concentration", concentration(revenue)?),
            ]
            .map(|(key, value)| (key.to_owned(), value)),
        );
    }
    Ok(figures)
}
