//! Who will not come back, whom to call first, and what is at stake?
//!
//! ```text
//! cargo run --example who_leaves
//! ```

use std::error::Error;

use chrono::NaiveDate;
use repurchase::scale::Language;
use repurchase::shop::{Figure, ShopModels, ShopOptions};
use repurchase::{Ledger, Order, ShopCalendar};

fn main() -> Result<(), Box<dyn Error>> {
    let mut orders = Vec::new();
    for row in csv::Reader::from_reader(include_str!("data/cdnow_orders.csv").as_bytes()).deserialize() {
        let (customer, day, amount): (String, String, String) = row?;
        orders.push(Order::on(customer, day.parse()?, amount.parse()?)?);
    }
    let as_of = NaiveDate::from_ymd_opt(1998, 6, 30).ok_or("no such day")?;
    let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), as_of)?;
    let models = ShopModels::fit(&ledger, &ShopOptions::default().with_horizon_days(90))?;
    let profiles = models.profile_all(&ledger)?;

    let total = |figure| profiles.iter().filter_map(|profile| profile.figure(figure)).sum::<f64>();
    let [alive, purchases, value] =
        [Figure::ProbabilityAlive, Figure::ExpectedPurchases, Figure::ExpectedValue].map(total);
    println!("{as_of}: of {} customers, about {alive:.0} should still be there.", ledger.len());
    println!("In the next 90 days they should buy {purchases:.0} times, for {value:.2} in all.\n");

    let calls = profiles.calls();
    let loss = |position: usize| profiles.get(position).and_then(|profile| profile.figure(Figure::ExpectedLoss));
    let at_stake = |calls: &[usize]| calls.iter().filter_map(|&position| loss(position)).sum::<f64>();
    println!("{} are late and may yet be won back; {:.2} is at stake. First to call:\n", calls.len(), at_stake(&calls));
    let first = calls.get(..10).unwrap_or(&calls);
    for &position in first {
        let id = ledger.ids().get(position).ok_or("a customer")?;
        let history = ledger.get(id).ok_or("has bought")?;
        let why = models.explain_figure(&history, as_of, Figure::ExpectedLoss, Language::English);
        println!("{id}  {}", why.unwrap_or_default());
    }
    println!("\nWith these {}, {:.2} is at stake.", first.len(), at_stake(first));
    Ok(())
}
