//! A nightly job fits the shop on all customers, stores it as one JSON and tells what changed since last month.
//!
//! ```text
//! cargo run --example nightly_fit --features serde
//! ```

use std::error::Error;

use chrono::NaiveDate;
use repurchase::scale::Language;
use repurchase::segment::LabelKind;
use repurchase::shop::{ShopModels, ShopOptions};
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

fn main() -> Result<(), Box<dyn Error>> {
    let mut orders = Vec::new();
    for row in csv::Reader::from_reader(include_str!("data/cdnow_orders.csv").as_bytes()).deserialize() {
        let (customer, day, amount): (String, NaiveDate, Decimal) = row?;
        orders.push(Order::on(customer, day, amount)?);
    }
    let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;

    // A month ago, and tonight: fitted and stored.
    let day = |month, day| NaiveDate::from_ymd_opt(1998, month, day).ok_or("no such day");
    let (then, now) = (log.ledger(day(5, 31)?)?, log.ledger(day(6, 30)?)?);
    let earlier = serde_json::to_string(&ShopModels::fit(&then, &ShopOptions::default())?)?;
    let models = ShopModels::fit(&now, &ShopOptions::default())?;
    let stored = serde_json::to_string(&models)?;
    println!("{} customers, fitted and stored in {} bytes.", models.customers(), stored.len());
    println!("Model of purchases: {}", models.purchases().status().describe(Language::English));
    println!("Model of spend: {}\n", models.spend().status().describe(Language::English));

    // What the month changed.
    let earlier: ShopModels = serde_json::from_str(&earlier)?;
    let changes = models.changes(&now, &earlier, &then)?;
    for (kind, migration) in &changes {
        println!("{}: {} kept theirs", kind.label().name(Language::English), migration.stayed());
    }
    println!("\nChurn risk, the largest moves:");
    let mut moves: Vec<_> = changes.get(&LabelKind::ChurnRisk).ok_or("a churn risk")?.iter().collect();
    moves.retain(|(from, to, _)| from != to);
    moves.sort_by_key(|&(_, _, customers)| core::cmp::Reverse(customers));
    for (from, to, customers) in moves.into_iter().take(5) {
        println!("{customers:>5}  {} -> {}", from.unwrap_or(&"(new)"), to.unwrap_or(&"(gone)"));
    }
    Ok(())
}
