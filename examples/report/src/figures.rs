//! The page's numbers for programs: those of the `segment` program's `summary.json` that the page shows.

use repurchase::Error;
use repurchase_segment::overview::Overview;
use repurchase_segment::summary::summary;
use serde_json::Value;

use crate::shop::Shop;

/// The fields that the page shows.
const SHOWN: [&str; 11] = [
    "as_of",
    "customers",
    "purchases",
    "credits",
    "user_repurchase",
    "order_repurchase",
    "rfm",
    "segments",
    "frequency_bands",
    "tiers",
    "concentration",
];

/// JSON that may stand inside a `script` element.
pub(crate) fn embedded(shop: &Shop) -> Result<String, Error> {
    let mut figures = summary(&Overview::of(shop)?, 0);
    if let Value::Object(figures) = &mut figures {
        figures.retain(|name, _| SHOWN.contains(&name.as_str()));
    }
    // Nothing in it may end the element or begin a comment.
    Ok(figures.to_string().replace('<', "\\u003c"))
}
