//! When is a customer due to buy again, and what? Orders of a UK gift shop, by category.
//!
//! ```text
//! cargo run --release --example next_product
//! ```

use std::error::Error;

use chrono::NaiveDate;
use repurchase::history::LineLog;
use repurchase::measure::{CycleOptions, CycleTable};
use repurchase::predict::{DueModel, DueOptions, NextCategories, NextCategoryOptions};
use repurchase::record::OrderLine;
use repurchase::scale::Language;
use repurchase::{ShopCalendar, Window};

/// Every eighth customer; a category is the first three digits of a stock code. See `examples/data/README.md`.
const LINES: &str = include_str!("data/online_retail_sample.csv");

fn main() -> Result<(), Box<dyn Error>> {
    let lines = LINES.lines().skip(1).map(|line| -> Result<_, Box<dyn Error>> {
        let fields: Vec<&str> = line.split(',').collect();
        let [customer, day, category, quantity, amount] = fields[..] else { return Err(line.into()) };
        Ok(OrderLine::on(customer.parse::<u32>()?, day.parse()?, category, quantity.parse()?, amount.parse()?)?)
    });
    let log = LineLog::from_lines(lines.collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc())?;
    let as_of: NaiveDate = "2011-11-30".parse()?;
    println!("{} customers, {} categories, as of {as_of}", log.customers().len(), log.products().len());

    println!("\nBought again soonest, of those whose median rests on 20 customers or more:");
    for (category, cycle) in CycleTable::of(&log, as_of, &CycleOptions::default()).ranked(20).into_iter().take(5) {
        let (days, customers) = (cycle.median_days().unwrap_or_default(), cycle.customers());
        println!("  {category}: {days:.0} days, of {customers} customers");
    }

    let week = Window::new("2011-12-01".parse()?, "2011-12-08".parse()?)?;
    let due = DueModel::fit(&log, as_of, &DueOptions::default())?;
    let this_week = due.due_in(&log, week);
    println!("\nDue from {} to {}: {} customers and categories, such as", week.start(), week.last(), this_week.len());
    for one in this_week.iter().filter(|one| one.due.own_gaps >= 5).take(5) {
        println!("  {one}");
    }

    let next = NextCategories::fit(&log, as_of, &NextCategoryOptions::default())?;
    println!("\nWhat comes next, for the first three customers:");
    for (customer, suggestions) in next.rank_all(&log, 3).into_iter().take(3) {
        for one in suggestions {
            println!("  {customer}: {one}");
        }
    }

    let autumn = Window::new("2011-09-10".parse()?, "2011-12-10".parse()?)?;
    let trial = NextCategories::trial(&log, autumn, 5, &NextCategoryOptions::default())?;
    let (customers, words) = (trial.customers, trial.explain(Language::English));
    println!("\nOn the {customers} customers who took up something new in autumn, {words}.");
    Ok(())
}
