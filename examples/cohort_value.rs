//! What is a new customer worth after a number of months, when is the cost of winning one paid back, and what will the months
//! bring that some have not lived to the end?
//!
//! ```text
//! cargo run --release --example cohort_value
//! ```

use std::error::Error;
use std::fs;

use chrono::{NaiveDate, NaiveDateTime};
use repurchase::measure::{CohortOptions, CohortTable, Life};
use repurchase::record::{Credit, Keyed, Period, Record};
use repurchase::scale::{Confidence, Language};
use repurchase::shop::{ShopModels, ShopOptions};
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

/// UCI Online Retail: invoices of a British gift shop; a negative amount is a credit.
const ORDERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/online_retail_orders.csv");

fn main() -> Result<(), Box<dyn Error>> {
    let mut records: Vec<Record<Keyed<u32, &str>>> = Vec::new();
    for row in csv::Reader::from_reader(fs::File::open(ORDERS)?).deserialize() {
        let (customer, placed_at, amount): (u32, String, String) = row?;
        let (at, amount) = (NaiveDateTime::parse_from_str(&placed_at, "%F %T")?.and_utc(), amount.parse::<Decimal>()?);
        // The key of an order: any text or number will do, such as its channel or coupon. Here it is its size.
        let id = Keyed { customer, key: if amount < Decimal::from(250) { "below 250" } else { "250 and more" } };
        let is_credit = amount < Decimal::ZERO;
        records.push(if is_credit { Credit::new(id, at, -amount)?.into() } else { Order::new(id, at, amount)?.into() });
    }
    let log = PurchaseLog::from_records(records, &ShopCalendar::utc())?;
    let as_of: NaiveDate = "2011-12-09".parse()?;

    // Months of 30 days from each customer's own first day; cohorts by the quarter of that day.
    let options = CohortOptions::default().with_period(Period::Quarter).with_life(Life::Days(30));
    let table = CohortTable::of(&log, as_of, &options)?;
    println!("{table}\n\nMonth of life by whose end a cost of 700 for winning a customer is paid back:");
    for cohort in &table.cohorts {
        let month = cohort.payback(Decimal::from(700))?.map_or("not yet".to_owned(), |month| month.to_string());
        println!("  {}: {month}", Period::Quarter.name(cohort.window.start()));
    }

    // The open months, by models that were checked on the shop's own past.
    let models = ShopModels::fit_log(&log, as_of, &ShopOptions::default())?;
    let forecasts = models.cohort_forecasts(&log.ledger(as_of)?, &table, Confidence::new(0.9)?)?;
    println!("\nWhat the open months will have brought when they are over:");
    for month in forecasts.ok_or("models")? {
        let (name, offset) = (Period::Quarter.name(month.window.start()), month.offset);
        println!("  {name}, month {offset}: {}", month.describe(0, Language::English));
    }

    println!("\nBy the size of the first order:");
    for (size, table) in CohortTable::by(&log, as_of, &options.with_period(Period::Year), |id| id.key)? {
        println!("\n{size}\n{table}");
    }
    Ok(())
}
