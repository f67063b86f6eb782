//! What is a new customer worth after so many months, and when is the cost of winning one paid back?
//!
//! ```text
//! cargo run --example cohort_value
//! ```

use std::error::Error;
use std::fs;

use chrono::NaiveDateTime;
use repurchase::measure::{Cohort, CohortOptions, CohortTable, Life};
use repurchase::record::{Credit, Keyed, Period, Record};
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

/// UCI Online Retail: invoices of a British gift shop; a negative amount is a credit.
const ORDERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/online_retail_orders.csv");

fn main() -> Result<(), Box<dyn Error>> {
    let mut records: Vec<Record<Keyed<u32, &str>>> = Vec::new();
    for row in csv::Reader::from_reader(fs::read(ORDERS)?.as_slice()).deserialize() {
        let (customer, placed_at, amount): (u32, String, String) = row?;
        let amount: Decimal = amount.parse()?;
        let at = NaiveDateTime::parse_from_str(&placed_at, "%Y-%m-%d %H:%M:%S")?.and_utc();
        // The key of an order: any text or number will do, such as its channel or coupon. Here it is its size.
        let key = if amount < Decimal::from(250) { "below 250" } else { "250 and more" };
        let id = Keyed { customer, key };
        let is_credit = amount < Decimal::ZERO;
        let record = if is_credit { Credit::new(id, at, -amount)?.into() } else { Order::new(id, at, amount)?.into() };
        records.push(record);
    }
    let log = PurchaseLog::from_records(records, &ShopCalendar::utc())?;
    let (as_of, cost) = ("2011-12-09".parse()?, Decimal::from(700));

    // Months of 30 days from each customer's own first day; cohorts by the quarter of that day.
    let options = CohortOptions::default().with_period(Period::Quarter).with_life(Life::Days(30));
    let table = CohortTable::of(&log, &options, as_of)?;
    println!("Revenue per customer, cumulative, by 30-day month of life as of {as_of} (* some have not lived it)\n");
    println!("cohort  customers{}  {cost} are paid back in", line(|month| format!("{month} ")));
    for cohort in &table.cohorts {
        let name = Period::Quarter.name(cohort.window.start());
        println!("{name}  {:>9}{}  {}", cohort.customers, values(cohort), payback(cohort, cost)?);
    }
    let all = |month| table.through(month).ok().and_then(|sums| sums.revenue_per_customer());
    println!(
        "all              {}\n",
        line(|month| all(month).map_or(String::new(), |value| format!("{} ", value.round_dp(0))))
    );

    println!("By the size of the first order:");
    for (size, table) in CohortTable::by(&log, &options.with_period(Period::Year), as_of, |id| id.key)? {
        for cohort in &table.cohorts {
            let name = Period::Year.name(cohort.window.start());
            println!("{size:>12}, {name}: {:>5} customers{}", cohort.customers, values(cohort));
        }
    }
    Ok(())
}

/// What a customer has brought up to each month; a star where some have not lived it to its end.
fn values(cohort: &Cohort) -> String {
    let value = |month| {
        let open = if month < cohort.complete_offsets { ' ' } else { '*' };
        cohort.through(month)?.revenue_per_customer().map(|value| format!("{}{open}", value.round_dp(0)))
    };
    line(|month| value(month).unwrap_or_default())
}

/// A field of seven columns for each month.
fn line(field: impl Fn(u32) -> String) -> String {
    (0..=10).fold(String::new(), |line, month| line + &format!("{:>7}", field(month)))
}

fn payback(cohort: &Cohort, cost: Decimal) -> Result<String, repurchase::Error> {
    let month = cohort.payback(cost)?;
    Ok(month.map_or("not yet".to_owned(), |month| format!("month {month}")))
}
