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
    let cycles = CycleTable::of(&log, as_of, &CycleOptions::default());
    for (category, cycle) in cycles.ranked(20).into_iter().take(5) {
        let (days, customers) =
            (cycle.median_days().unwrap_or_default(), cycle.customers_at_median.unwrap_or_default());
        println!("  {category}: {days:.0} days, on {customers} customers of {}", cycle.customers());
    }

    let due = DueModel::fit(&log, as_of, &DueOptions::default())?;
    let week = Window::new(as_of.succ_opt().ok_or("a day")?, as_of + chrono::Days::new(8))?;
    let this_week = due.due_in(&log, week);
    println!("\nDue from {} to {}: {} customers and categories, such as", week.start(), week.last(), this_week.len());
    for one in this_week.iter().filter(|one| one.due.own_gaps >= 5).take(5) {
        let (day, earliest, latest) = (one.due.day, one.due.earliest, one.due.latest);
        println!("  {day} {}: {} (80% from {earliest} to {latest})", one.customer, one.product);
    }

    let next = NextCategories::fit(&log, as_of, &NextCategoryOptions::default())?;
    println!("\nWhat comes next, for the first three customers:");
    for (customer, suggestions) in next.rank_all(&log, 3).into_iter().take(3) {
        for one in suggestions {
            let (chance, lift) = (one.probability * 100.0, one.lift());
            let from = one.from.map(|from| format!(", after {from}: {}", one.support)).unwrap_or_default();
            println!(
                "  {customer}: {} with {chance:.0}%, {lift:.1} times as probable as for anybody{from}",
                one.category
            );
        }
    }

    let autumn = Window::new("2011-09-10".parse()?, "2011-12-10".parse()?)?;
    let trial = NextCategories::trial(&log, autumn, 5, &NextCategoryOptions::default())?;
    println!(
        "\nOn the {} customers who took up something new in autumn, {}.",
        trial.customers,
        trial.explain(Language::English)
    );
    Ok(())
}
