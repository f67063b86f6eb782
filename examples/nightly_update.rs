//! A nightly job that reads only today's orders: yesterday's histories and counts go on, and the models are the same as
//! if everything had been computed anew.
//!
//! ```text
//! cargo run --example nightly_update
//! ```

use std::collections::BTreeMap;
use std::error::Error;

use chrono::NaiveDate;
use repurchase::shop::{ShopModels, ShopOptions, ShopTally};
use repurchase::{CustomerHistory, Ledger, Order, ShopCalendar};

fn main() -> Result<(), Box<dyn Error>> {
    let mut orders = Vec::new();
    for row in csv::Reader::from_reader(include_str!("data/cdnow_orders.csv").as_bytes()).deserialize() {
        let (customer, day, amount): (String, String, String) = row?;
        let day: NaiveDate = day.parse()?;
        orders.push((day, Order::on(customer, day, amount.parse()?)?));
    }
    orders.sort_by_key(|&(day, _)| day);

    // What the shop keeps from night to night; both can be stored with the feature `serde`.
    let (options, calendar) = (ShopOptions::default(), ShopCalendar::utc());
    let mut histories: BTreeMap<String, CustomerHistory> = BTreeMap::new();
    let mut tally = ShopTally::new(NaiveDate::from_ymd_opt(1997, 1, 1).ok_or("no such day")?, &options);
    for today in orders.chunk_by(|(left, _), (right, _)| left == right) {
        let &(as_of, _) = today.first().ok_or("an order")?;
        tally.advance_to(as_of)?;
        for (_, order) in today {
            // Out with the customer's values of yesterday, in with those of today.
            let history = histories.entry(order.customer().clone()).or_default();
            tally.remove(history)?;
            history.record_order(order, &calendar)?;
            tally.add(history)?;
        }
        if as_of < NaiveDate::from_ymd_opt(1998, 6, 28).ok_or("no such day")? {
            continue;
        }
        let models = ShopModels::fit_tally(&tally, &options)?;
        let until = orders.iter().filter(|&&(day, _)| day <= as_of).map(|(_, order)| order.clone());
        let ledger = Ledger::from_records(until, &calendar, as_of)?;
        let same = models == ShopModels::fit(&ledger, &options)?;
        println!("{as_of}: {} orders, {} customers; as if computed anew: {same}", today.len(), models.customers());
    }
    Ok(())
}
