//! An order comes in: the customer's stored history is updated, not recomputed.
//!
//! ```text
//! cargo run --example update_history
//! ```

use std::error::Error;

use chrono::{FixedOffset, TimeZone};
use repurchase::{CustomerHistory, Error as RepurchaseError, Order, ShopCalendar};
use rust_decimal::Decimal;

fn main() -> Result<(), Box<dyn Error>> {
    let shanghai = FixedOffset::east_opt(8 * 3600).ok_or("no such offset")?;
    let calendar = ShopCalendar::new(shanghai);
    let order = |month, day, hour, cents| -> Result<Order<u64>, Box<dyn Error>> {
        let at = shanghai.with_ymd_and_hms(2026, month, day, hour, 0, 0).single().ok_or("no such time")?;
        Ok(Order::new(42, at.to_utc(), Decimal::new(cents, 2))?)
    };
    let mut orders = vec![order(1, 5, 10, 59_00)?, order(1, 5, 23, 12_50)?, order(2, 14, 9, 80_00)?];
    let mut history = CustomerHistory::new();
    for order in &orders {
        history.record_order(order, &calendar)?;
    }
    show("Three orders, two of them on one day", &history);

    let newer = order(3, 1, 12, 45_00)?;
    history.record_order(&newer, &calendar)?;
    orders.push(newer);
    show("A fourth", &history);

    // An order that arrives late has no place in a history that has gone on: it says so, and is rebuilt from the
    // orders.
    let late = order(1, 20, 12, 20_00)?;
    match history.record_order(&late, &calendar) {
        Err(error @ RepurchaseError::OlderPurchase { .. }) => println!("\n{error}"),
        other => return Err(format!("an older order must be refused, not {other:?}").into()),
    }
    orders.push(late);
    orders.sort_by_key(Order::placed_at);
    let mut rebuilt = CustomerHistory::new();
    for order in &orders {
        rebuilt.record_order(order, &calendar)?;
    }
    show("Rebuilt with the late order", &rebuilt);
    Ok(())
}

fn show(title: &str, history: &CustomerHistory) {
    println!("\n{title}: {} purchases on {} days, {}", history.purchases(), history.purchase_days(), history.revenue());
    if let Some(gaps) = history.gaps() {
        println!("  mean gap {:.1} days, longest {}", gaps.mean_days(), gaps.longest_days());
    }
}
