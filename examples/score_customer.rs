//! A request handler labels one customer with models that were fitted elsewhere.
//!
//! ```text
//! cargo run --example score_customer --features serde
//! ```

use std::error::Error;

use chrono::NaiveDate;
use repurchase::CustomerHistory;
use repurchase::scale::Language;
use repurchase::segment::{Grid, Lifecycle, RfmModel};

/// What a nightly job has stored: see the example `nightly_fit`.
const MODEL: &str = r#"{
    "measures": { "frequency": "purchases", "monetary": "revenue" },
    "as_of": "2026-04-01", "customers": 5120,
    "recency": { "quantiles_from_top": ["2026-01-20", "2026-02-11", "2026-03-01", "2026-03-19"] },
    "frequency": { "quantiles": [1, 2, 3, 6] },
    "monetary": { "quantiles": ["29.90", "61.00", "118.50", "260.00"] }
}"#;

/// What the customers table of a shop holds.
const HISTORY: &str = r#"{
    "purchases": 5, "purchase_days": 4, "first_purchase": "2025-11-02", "last_purchase": "2026-03-24",
    "shortest_gap_days": 31, "longest_gap_days": 62, "gap_squares": 7206,
    "spend": "214.60", "first_day_spend": "59.90", "credits": 1, "credited": "14.90"
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    // Once, when the server starts.
    let model: RfmModel = serde_json::from_str(MODEL)?;
    let (grid, lifecycle) = (Grid::rf(), Lifecycle::default());
    let today = NaiveDate::from_ymd_opt(2026, 4, 2).ok_or("no such day")?;

    // For each request.
    let customer: CustomerHistory = serde_json::from_str(HISTORY)?;
    let score = model.score(&customer).ok_or("a customer without a purchase has no score")?;
    println!("RFM {score}");
    for language in [Language::English, Language::Chinese] {
        println!("{}", model.explain(&customer, language).ok_or("has bought")?);
        println!("{}", grid.explain(score, language)?);
        println!("{}", lifecycle.explain(&customer, today, language).ok_or("bought before today")?);
    }
    Ok(())
}
