//! Whom does a rule select, and why? A rule in JSON, the customers of CDNOW.
//!
//! ```text
//! cargo run --example audience --features serde
//! cargo run --example audience --features serde -- '{"tier": {"in": ["vip", "supreme"]}}'
//! ```

use std::error::Error;

use chrono::NaiveDate;
use repurchase::act::audience::{Audience, Rule, Schema};
use repurchase::scale::Language;
use repurchase::shop::{ShopModels, ShopOptions};
use repurchase::{Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

/// Good customers who are late: worth a call before they are gone.
const RULE: &str = r#"{"all": [
    {"tier": {"in": ["senior", "vip", "supreme"]}},
    {"purchases": {">=": 3}},
    {"any": [{"cycles_missed": {"between": [1, 2]}}, {"churn_risk": "overdue"}]},
    {"expected_value": {">=": "20.00"}},
    {"not": {"revenue": {"<": "200.00"}}}
]}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let json = std::env::args().nth(1).unwrap_or_else(|| RULE.to_owned());
    let rule: Rule = serde_json::from_str(&json)?;

    let as_of = NaiveDate::from_ymd_opt(1998, 6, 30).ok_or("no such day")?;
    let ledger = Ledger::from_records(orders()?, &ShopCalendar::utc(), as_of)?;
    let models = ShopModels::fit(&ledger, &ShopOptions::default())?;
    let audience = Audience::compile(rule, &Schema::of(&models))?;
    println!("{}\n{}\n", audience.describe(Language::English), audience.describe(Language::Chinese));

    let profiles = models.profile_all(&ledger)?;
    println!("{}\n", audience.report(&profiles, Language::English));
    let selection = audience.matches_all(&profiles);
    let others = (0..profiles.len()).filter(|&position| !selection.contains(position));
    for position in selection.positions().take(5).chain(others.take(3)) {
        let (id, profile) = ledger.ids().get(position).zip(profiles.get(position)).ok_or("a customer")?;
        println!("{id}  {}", audience.explain(&profile, Language::English));
        println!("       {}", audience.explain(&profile, Language::Chinese));
    }
    Ok(())
}

fn orders() -> Result<Vec<Order<String>>, Box<dyn Error>> {
    let mut orders = Vec::new();
    for row in csv::Reader::from_reader(include_str!("data/cdnow_orders.csv").as_bytes()).deserialize() {
        let (customer, day, amount): (String, NaiveDate, Decimal) = row?;
        orders.push(Order::on(customer, day, amount)?);
    }
    Ok(orders)
}
