//! A nightly job fits on all customers and stores the models; a web server loads and applies them.
//!
//! ```text
//! cargo run --example nightly_fit --features serde
//! ```

use std::error::Error;

use chrono::{NaiveDate, NaiveTime};
use repurchase::segment::{OctantModel, OctantSplit, RfmModel, RfmOptions, TierModel, TierScheme};
use repurchase::{Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

/// Everything that needed the whole shop.
#[derive(serde::Serialize, serde::Deserialize)]
struct Models {
    as_of: NaiveDate,
    rfm: RfmModel,
    octants: OctantModel,
    tiers: TierModel,
}

fn fit(ledger: &Ledger<String>) -> Result<Models, repurchase::Error> {
    let rfm = RfmModel::fit(ledger, &RfmOptions::default())?;
    let octants = OctantModel::fit(&rfm.score_all(ledger)?, &OctantSplit::Mean)?;
    Ok(Models { as_of: ledger.as_of(), rfm, octants, tiers: TierModel::fit(ledger, &TierScheme::default())? })
}

fn main() -> Result<(), Box<dyn Error>> {
    // At night: all orders.
    let mut orders = Vec::new();
    for row in csv::Reader::from_reader(include_str!("data/cdnow_orders.csv").as_bytes()).deserialize() {
        let (customer, day, amount): (String, NaiveDate, Decimal) = row?;
        orders.push(Order::new(customer, day.and_time(NaiveTime::MIN).and_utc(), amount)?);
    }
    let as_of = NaiveDate::from_ymd_opt(1998, 6, 30).ok_or("no such day")?;
    let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), as_of)?;
    let stored = serde_json::to_string_pretty(&fit(&ledger)?)?;
    println!("{} customers, fitted and stored in {} bytes:\n{stored}\n", ledger.len(), stored.len());

    // Online: the stored models and one customer's history.
    let models: Models = serde_json::from_str(&stored)?;
    for (id, history) in ledger.iter().take(5) {
        let score = models.rfm.score(&history).ok_or("has bought")?;
        let (octant, tier) = (models.octants.octant(score)?, models.tiers.tier(history.revenue()));
        println!("{id}: RFM {score}, octant {}, {} tier", octant.code(), tier.key());
    }
    Ok(())
}
