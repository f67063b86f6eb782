//! Whom does a rule select, and why? A rule in JSON, the customers of CDNOW.
//!
//! ```text
//! cargo run --example audience --features serde
//! cargo run --example audience --features serde -- '{"tier": {"in": ["vip", "supreme"]}}'
//! ```

use std::error::Error;

use chrono::{NaiveDate, NaiveTime};
use repurchase::act::audience::{Audience, LabelField, Profile, Rule, Schema, TierDistance};
use repurchase::scale::Language;
use repurchase::segment::MissedCycles;
use repurchase::segment::{Lifecycle, TierModel, TierScheme};
use repurchase::{Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

/// Good customers who are late: worth a call before they are gone.
const RULE: &str = r#"{"all": [
    {"tier": {"in": ["senior", "vip", "supreme"]}},
    {"purchases": {">=": 3}},
    {"any": [{"cycles_missed": {"between": [1, 2]}}, {"churn_risk": "overdue"}]},
    {"not": {"revenue": {"<": "200.00"}}}
]}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let json = std::env::args().nth(1).unwrap_or_else(|| RULE.to_owned());
    let rule: Rule = serde_json::from_str(&json)?;

    let as_of = NaiveDate::from_ymd_opt(1998, 6, 30).ok_or("no such day")?;
    let ledger = Ledger::from_records(orders()?, &ShopCalendar::utc(), as_of)?;
    let tiers = TierModel::fit(&ledger, &TierScheme::default())?;
    let schema = Schema::default().with_labels(LabelField::Tier, tiers.names())?;
    let audience = Audience::compile(rule, &schema)?;
    println!("{}\n{}\n", audience.describe(Language::English), audience.describe(Language::Chinese));

    let (lifecycle, cycles) = (Lifecycle::default(), MissedCycles::default());
    let mut customers = Vec::new();
    for (id, history) in ledger.iter() {
        // The whole lifetime counts for a tier here: nothing is about to leave it.
        let distance = TierDistance::new(&tiers, history.revenue(), Decimal::ZERO)?;
        let profile = Profile::of(&history, as_of)?
            .with_lifecycle_stage(lifecycle.stage(&history, as_of))
            .with_standing(cycles.standing(&history, as_of))
            .with_tier_distance(&distance);
        customers.push((id.as_str(), profile));
    }

    let selection = audience.select(customers.iter().copied())?;
    println!("{}\n", audience.report(&selection, Language::English));
    let is_selected = |id: &str| selection.ids.binary_search(&id).is_ok();
    let selected = customers.iter().filter(|(id, _)| is_selected(id)).take(5);
    for (id, profile) in selected.chain(customers.iter().filter(|(id, _)| !is_selected(id)).take(3)) {
        println!("{id}  {}", audience.explain(profile, Language::English));
        println!("       {}", audience.explain(profile, Language::Chinese));
    }
    Ok(())
}

fn orders() -> Result<Vec<Order<String>>, Box<dyn Error>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/cdnow_orders.csv");
    let mut orders = Vec::new();
    for row in csv::Reader::from_path(path)?.deserialize() {
        let (customer, day, amount): (String, NaiveDate, Decimal) = row?;
        orders.push(Order::new(customer, day.and_time(NaiveTime::MIN).and_utc(), amount)?);
    }
    Ok(orders)
}
