//! A shop of one-time buyers: what quantiles cannot tell apart, and a grid of the shop's own that can.
//!
//! ```text
//! cargo run --example own_grid
//! ```

use std::error::Error;

use chrono::{Days, NaiveDate};
use repurchase::scale::{Bands, Label, Language};
use repurchase::segment::{BinRule, Grid, RfmModel, RfmOptions, summarize};
use repurchase::{Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

fn main() -> Result<(), Box<dyn Error>> {
    // 85 of 100 customers buy once; the others two to six times.
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).ok_or("no such day")?;
    let day = |offset: u64| first + Days::new(offset);
    let mut orders = Vec::new();
    for customer in 0..100_u64 {
        for purchase in 0..=customer.saturating_sub(84).min(5) {
            let day = day((customer * 7 + purchase * 30) % 180);
            orders.push(Order::on(customer, day, Decimal::from(20 + customer))?);
        }
    }
    let as_of = day(180);
    let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), as_of)?;

    let quantiles = RfmModel::fit(&ledger, &RfmOptions::default())?;
    let names =
        |labels: Vec<&Label>| labels.iter().map(|label| label.name(Language::English)).collect::<Vec<_>>().join(", ");
    println!("With five quantiles nobody can be: {}", names(Grid::rf().unreachable(&quantiles)?));

    // Thresholds of the shop's own: within 30, 90 days; once, two or three times, more often.
    let own = RfmOptions::default()
        .with_recency(BinRule::Bands(Bands::new(vec![30, 90])?))
        .with_frequency(BinRule::Bands(Bands::new(vec![2, 4])?));
    let model = RfmModel::fit(&ledger, &own)?;
    let label = |key: &'static str, english: &'static str, chinese: &'static str| Label::new(key, english, chinese);
    let builder = Grid::builder([3, 3, 1])
        .rule(label("regular", "Regular", "常客"), 2..=3, 3..=3, 1..=1)
        .rule(label("second", "Came back", "回头客"), 2..=3, 2..=2, 1..=1)
        .rule(label("first", "First purchase", "首购"), 3..=3, 1..=1, 1..=1);
    println!("Cells [R, F, M] that no rule names: {:?}", builder.report().gaps);
    let grid = builder.otherwise(label("away", "Away", "沉默")).build()?;
    println!("With the shop's own grid every segment can be reached: {}\n", grid.unreachable(&model)?.is_empty());

    let summary = summarize(&ledger, |_, history| grid.segment(model.score(history)?).ok())?;
    for (segment, group) in summary {
        println!("{:<16}{:<24}revenue {}", segment.name(Language::English), group.customers.to_string(), group.revenue);
    }
    Ok(())
}
