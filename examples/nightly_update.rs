//! A nightly job that reads only today's orders: yesterday's histories and counts go on, and the models are the same as
//! if everything had been computed anew.
//!
//! ```text
//! cargo run --example nightly_update --features serde
//! ```

use std::collections::BTreeMap;
use std::error::Error;

use chrono::{NaiveDate, NaiveTime};
use repurchase::segment::{RfmModel, RfmOptions, RfmTally, TierModel, TierScheme};
use repurchase::{CustomerHistory, Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

/// What the shop keeps from night to night; both can be stored with the feature `serde`.
struct Shop {
    histories: BTreeMap<String, CustomerHistory>,
    tally: RfmTally,
}

impl Shop {
    fn record(&mut self, order: &Order<String>) -> Result<(), repurchase::Error> {
        let history = self.histories.entry(order.customer().clone()).or_default();
        // Out with the customer's history of yesterday, in with that of today.
        self.tally.remove(history)?;
        history.record_order(order, &ShopCalendar::utc())?;
        self.tally.add(history)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut orders = Vec::new();
    for row in csv::Reader::from_reader(include_str!("data/cdnow_orders.csv").as_bytes()).deserialize() {
        let (customer, day, amount): (String, NaiveDate, Decimal) = row?;
        orders.push(Order::new(customer, day.and_time(NaiveTime::MIN).and_utc(), amount)?);
    }
    orders.sort_by_key(Order::placed_at);

    let (options, scheme) = (RfmOptions::default(), TierScheme::default());
    let mut shop = Shop { histories: BTreeMap::new(), tally: RfmTally::new(&options) };
    for today in orders.chunk_by(|left, right| left.placed_at() == right.placed_at()) {
        today.iter().try_for_each(|order| shop.record(order))?;
        let as_of = today.iter().map(|order| order.placed_at().date_naive()).max().ok_or("an order")?;
        let model = RfmModel::fit_tally(&shop.tally, as_of, &options)?;
        let tiers = TierModel::fit_tally(shop.tally.monetary(), &scheme)?;
        if as_of < NaiveDate::from_ymd_opt(1998, 6, 28).ok_or("no such day")? {
            continue;
        }
        let until = |order: &&Order<String>| order.placed_at().date_naive() <= as_of;
        let ledger = Ledger::from_records(orders.iter().filter(until).cloned(), &ShopCalendar::utc(), as_of)?;
        let same = model == RfmModel::fit(&ledger, &options)? && tiers == TierModel::fit(&ledger, &scheme)?;
        println!("{as_of}: {} orders, {} customers; as if computed anew: {same}", today.len(), shop.tally.customers());
    }
    Ok(())
}
