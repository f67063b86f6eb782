//! A request handler says everything about one customer, with models that a nightly job has stored, and why.
//!
//! ```text
//! cargo run --example score_customer --features serde
//! ```

use std::error::Error;

use chrono::NaiveDate;
use repurchase::scale::Language;
use repurchase::segment::LabelKind;
use repurchase::shop::{Amount, Figure, ShopModels, ShopOptions};
use repurchase::{CustomerHistory, Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

/// What the customers table of a shop holds.
const HISTORY: &str = r#"{
    "purchases": 5, "purchase_days": 4, "first_purchase": "1997-11-02", "last_purchase": "1998-03-24",
    "shortest_gap_days": 31, "longest_gap_days": 62, "gap_squares": 7206,
    "gap_logarithms": 49190010850,
    "spend": "214.60", "first_day_spend": "59.90", "credits": 1, "credited": "14.90"
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    // Once, when the server starts.
    let models: ShopModels = serde_json::from_str(&stored()?)?;

    // For each request.
    let customer: CustomerHistory = serde_json::from_str(HISTORY)?;
    let today = NaiveDate::from_ymd_opt(1998, 7, 2).ok_or("no such day")?;
    let profile = models.profile(&customer, today)?;
    println!(
        "revenue {}, days since last {}",
        show(profile.amount(Amount::Revenue)),
        show(profile.figure(Figure::DaysSinceLast))
    );
    for language in [Language::English, Language::Chinese] {
        println!();
        for kind in LabelKind::ALL {
            if let Some(why) = models.explain(&customer, today, kind, language) {
                println!("{}: {why}", kind.label().name(language));
            }
        }
        for figure in [Figure::R, Figure::ExpectedValue, Figure::ExpectedLoss] {
            if let Some(why) = models.explain_figure(&customer, today, figure, language) {
                println!("{}: {why}", figure.label().name(language));
            }
        }
    }
    Ok(())
}

fn show(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

/// What a nightly job has stored: see the example `nightly_fit`.
fn stored() -> Result<String, Box<dyn Error>> {
    let mut orders = Vec::new();
    for row in csv::Reader::from_reader(include_str!("data/cdnow_orders.csv").as_bytes()).deserialize() {
        let (customer, day, amount): (String, NaiveDate, Decimal) = row?;
        orders.push(Order::on(customer, day, amount)?);
    }
    let as_of = NaiveDate::from_ymd_opt(1998, 6, 30).ok_or("no such day")?;
    let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), as_of)?;
    Ok(serde_json::to_string(&ShopModels::fit(&ledger, &ShopOptions::default())?)?)
}
